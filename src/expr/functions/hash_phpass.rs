//! `HashPhpass`: a password as WordPress, phpBB and other PHP applications keep it. Ours, not Entra's.

use base64ct::{Base64ShaCrypt, Encoding as _};
use md5::{Digest as _, Md5};

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

use super::password::{CRYPT, Cost, password, salt};

pub(super) struct HashPhpass;

/// A power of two. WordPress takes 13, written `B`.
const COST: Cost = Cost { at: 1, usual: 13, least: 7, most: 20 };

/// The argument with the salt, and its letters.
const SALT: usize = 2;
const SALT_LETTERS: usize = 8;

impl Function for HashPhpass {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        COST.check(arguments)
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(password) = password(arguments)? else { return Ok(Value::Null) };
        let cost = COST.of(arguments)?;
        let salt = salt(arguments, SALT, CRYPT, SALT_LETTERS)?;
        let mut digest = Md5::new().chain_update(&salt).chain_update(&password).finalize();
        for _ in 0..1_u32 << cost {
            digest = Md5::new().chain_update(digest).chain_update(&password).finalize();
        }
        let cost = char::from(CRYPT[cost as usize]);
        Ok(Value::String(format!("$P${cost}{salt}{}", Base64ShaCrypt::encode_string(&digest))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "HashPhpass",
    summary: "Hashes a password as phpass does, which WordPress before 6.8 and phpBB use: `$P$`, a letter for the cost, \
              the salt, the hash. The cost is a constant from 7 to 20, the logarithm of the rounds of MD5, 13 unless \
              given; the salt is random unless given. Null for null and the empty password. Logs do not show it.",
    parameters: &[
        Parameter::new("password", Kind::Text),
        Parameter::new("cost", Kind::Number).optional(),
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
            expression: r#"HashPhpass([password], 13, "seasalt1")"#,
            given: r#"{"password": "s3cret"}"#,
            gives: r#""$P$Bseasalt1oP6nLsw2nzjRrAT.6Y4ow.""#,
        },
        Example { expression: "HashPhpass([password])", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
