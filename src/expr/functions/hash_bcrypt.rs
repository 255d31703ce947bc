//! `HashBcrypt`: a password as PHP, Rails, Spring and many others keep it. Ours, not Entra's.

use base64::Engine as _;
use bcrypt::{BASE_64, Version, hash_with_salt};

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

use super::password::{CRYPT, Cost, drawn, password};

pub(super) struct HashBcrypt;

/// A power of two; each step doubles the work.
const COST: Cost = Cost { at: 1, usual: 12, least: 4, most: 14 };

/// The argument with the letters of the algorithm's revision. The hash is the same; applications
/// differ in what they read.
const REVISION: usize = 2;

/// The argument with the salt, its letters and its bytes.
const SALT: usize = 3;
const SALT_LETTERS: usize = 22;
const SALT_BYTES: usize = 16;

impl Function for HashBcrypt {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        match arguments.get(REVISION) {
            None | Some(Node::Missing) => {}
            Some(given) => {
                let known = given.literal_text().and_then(revision);
                known.ok_or_else(|| (REVISION, "the revision is none of `2a`, `2b` and `2y`".to_owned()))?;
            }
        }
        COST.check(arguments)
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(password) = password(arguments)? else { return Ok(Value::Null) };
        let revision = arguments.text(REVISION)?.and_then(|given| revision(&given)).unwrap_or(Version::TwoB);
        let hash = hash_with_salt(password, COST.of(arguments)?, salt(arguments)?);
        let hash = hash.map_err(|_| arguments.fail("the password cannot be hashed"))?;
        Ok(Value::String(hash.format_for_version(revision)))
    }
}

fn revision(word: &str) -> Option<Version> {
    match word {
        "2a" => Some(Version::TwoA),
        "2b" => Some(Version::TwoB),
        "2y" => Some(Version::TwoY),
        _ => None,
    }
}

fn salt(arguments: &Arguments<'_>) -> Result<[u8; SALT_BYTES], Stop> {
    // Four bits of the last letter stand for nothing.
    let drawn = || format!("{}.", drawn(arguments, CRYPT, SALT_LETTERS - 1));
    let letters = arguments.text(SALT)?.map_or_else(drawn, |given| given.into_owned());
    let bytes = BASE_64.decode(letters).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| arguments.fail_at(SALT, "not 22 letters of bcrypt's alphabet, the last one of `.Oeu`"))
}

static SIGNATURE: Signature = Signature {
    name: "HashBcrypt",
    summary: "Hashes a password with bcrypt: `$2b$cost$salthash`, cost 12 and a random salt unless given. The cost is a \
              constant from 4 to 14. The revision is `2a`, `2b` or `2y`, whichever the application reads: `2y` is PHP's. \
              As everywhere with bcrypt, only the first 72 bytes of the password count. Null for null and the empty \
              password. Logs do not show it.",
    parameters: &[
        Parameter::new("password", Kind::Text),
        Parameter::new("cost", Kind::Number).optional(),
        Parameter::new("revision", Kind::Text).optional(),
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
            expression: r#"HashBcrypt([password], 5, , "abcdefghijklmnopqrstuu")"#,
            given: r#"{"password": "s3cret"}"#,
            gives: r#""$2b$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK""#,
        },
        Example { expression: r#"HashBcrypt([password], 12, "2y")"#, given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
