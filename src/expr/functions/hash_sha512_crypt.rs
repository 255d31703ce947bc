//! `HashSha512Crypt`: a password as `/etc/shadow` and what reads it keep it. Ours, not Entra's.

use base64ct::{Base64ShaCrypt, Encoding as _};
use sha_crypt::{Params, sha512_crypt};

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

use super::password::{CRYPT, Cost, drawn, password};

pub(super) struct HashSha512Crypt;

/// Rounds. The usual number is not written into the hash.
const COST: Cost = Cost { at: 1, usual: 5_000, least: 1_000, most: 1_000_000 };

/// The argument with the salt, and its letters.
const SALT: usize = 2;
const SALT_LETTERS: usize = 16;

impl Function for HashSha512Crypt {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        COST.check(arguments)
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(password) = password(arguments)? else { return Ok(Value::Null) };
        let rounds = COST.of(arguments)?;
        let parameters = Params::new(rounds).map_err(|_| arguments.fail_at(COST.at, "out of range"))?;
        let salt = salt(arguments)?;
        let digest = sha512_crypt(password.as_bytes(), salt.as_bytes(), parameters);
        let told = if rounds == COST.usual { String::new() } else { format!("rounds={rounds}$") };
        Ok(Value::String(format!("$6${told}{salt}${}", Base64ShaCrypt::encode_string(&in_order(&digest)))))
    }
}

fn salt(arguments: &Arguments<'_>) -> Result<String, Stop> {
    let Some(salt) = arguments.text(SALT)? else { return Ok(drawn(arguments, CRYPT, SALT_LETTERS)) };
    if salt.is_empty() || salt.len() > SALT_LETTERS || !salt.bytes().all(|letter| CRYPT.contains(&letter)) {
        return Err(arguments.fail_at(SALT, "not up to 16 letters of `./0-9A-Za-z`"));
    }
    Ok(salt.into_owned())
}

/// The order in which crypt(3) writes the bytes: by threes out of the three thirds, which take turns
/// (<https://www.akkadia.org/drepper/SHA-crypt.txt>, step 22), the last one alone.
fn in_order(digest: &[u8; 64]) -> [u8; 64] {
    let mut ordered = [0; 64];
    for i in 0..21 {
        let mut three = [digest[i], digest[i + 21], digest[i + 42]];
        three.rotate_left(i % 3);
        three.reverse();
        ordered[3 * i..3 * i + 3].copy_from_slice(&three);
    }
    ordered[63] = digest[63];
    ordered
}

static SIGNATURE: Signature = Signature {
    name: "HashSha512Crypt",
    summary: "Hashes a password as crypt(3) does with SHA-512: `$6$salt$hash`, or `$6$rounds=n$salt$hash` with another \
              number of rounds than 5,000; a random salt unless given. The rounds are a constant from 1,000 to \
              1,000,000. Null for null and the empty password. Logs do not show it.",
    parameters: &[
        Parameter::new("password", Kind::Text),
        Parameter::new("rounds", Kind::Number).optional(),
        Parameter::new("salt", Kind::Text).optional(),
    ],
    required: 1,
    depends: Depends::Randomness,
    portable: false,
    secret: true,
    slow: true,
    lost: "a hash does not tell its password",
    examples: &[
        Example {
            expression: r#"HashSha512Crypt([password], , "seasaltseasaltse")"#,
            given: r#"{"password": "s3cret"}"#,
            gives: r#""$6$seasaltseasaltse$3xByU58QwQowM0uSIdBKx7psQeYNyP9sP/MJpHA6JlawjkojKU7wi9.PlvvB0S7HTiqrtDqu/FB04p7NavYCv/""#,
        },
        Example { expression: "HashSha512Crypt([password], 10000)", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
