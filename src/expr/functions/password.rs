//! What the functions that hash a password share: the password, the salt, and how long it may take.
//!
//! Nothing of it verifies a password: that is the application's.

use crate::expr::eval::Stop;
use crate::expr::function::Arguments;
use crate::expr::node::{Node, Prepared};
use crate::expr::text::number_of;

use super::super::lex::Number;

/// Longest password, in bytes, as in crypt(3): hashing a longer one takes the square of its length.
const MAX_PASSWORD: usize = 512;

/// Letters and digits, the alphabet of salts that are any text.
pub(super) const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The alphabet of crypt(3).
pub(super) const CRYPT: &[u8] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How much work a hash is. It is a constant of the mapping, so that no client chooses it.
pub(super) struct Cost {
    /// Which argument says it.
    pub(super) at: usize,
    pub(super) usual: u32,
    pub(super) least: u32,
    /// About a second, because the request waits for it.
    pub(super) most: u32,
}

impl Cost {
    /// Refuses a cost that is no constant or out of range.
    pub(super) fn check(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        match arguments.get(self.at) {
            None | Some(Node::Missing) => Ok(Prepared::Nothing),
            Some(Node::Literal(literal)) => match number_of(&literal.value) {
                Some(Number::Integer(cost)) if self.allows(cost) => Ok(Prepared::Nothing),
                _ => Err((self.at, format!("the cost `{}` is not from {} to {}", literal.text, self.least, self.most))),
            },
            Some(_) => Err((self.at, "the cost is no constant".to_owned())),
        }
    }

    fn allows(&self, cost: i64) -> bool {
        (i64::from(self.least)..=i64::from(self.most)).contains(&cost)
    }

    /// The cost of this call.
    pub(super) fn of(&self, arguments: &Arguments<'_>) -> Result<u32, Stop> {
        let Some(cost) = arguments.integer(self.at)? else { return Ok(self.usual) };
        let cost = u32::try_from(cost).ok().filter(|_| self.allows(cost));
        cost.ok_or_else(|| arguments.fail_at(self.at, "out of range"))
    }
}

/// The password in the first argument; none for null and the empty text, so that nobody can sign in
/// with an empty password.
pub(super) fn password(arguments: &Arguments<'_>) -> Result<Option<String>, Stop> {
    let Some(password) = arguments.text(0)?.filter(|password| !password.is_empty()) else { return Ok(None) };
    if password.len() > MAX_PASSWORD {
        return Err(arguments.fail_at(0, "longer than 512 bytes"));
    }
    if password.contains('\0') {
        return Err(arguments.fail_at(0, "holds a NUL character, where C ends a text"));
    }
    Ok(Some(password.into_owned()))
}

/// The salt in the argument at `at`, of these letters and this length; a random one when it is left out.
pub(super) fn salt(arguments: &Arguments<'_>, at: usize, letters: &[u8], length: usize) -> Result<String, Stop> {
    let Some(salt) = arguments.text(at)? else { return Ok(drawn(arguments, letters, length)) };
    if salt.len() != length || !salt.bytes().all(|letter| letters.contains(&letter)) {
        return Err(arguments.fail_at(at, format!("not {length} letters of `./0-9A-Za-z`")));
    }
    Ok(salt.into_owned())
}

/// `length` random letters.
pub(super) fn drawn(arguments: &Arguments<'_>, letters: &[u8], length: usize) -> String {
    let mut random = arguments.random();
    (0..length).map(|_| char::from(letters[random.below(letters.len())])).collect()
}
