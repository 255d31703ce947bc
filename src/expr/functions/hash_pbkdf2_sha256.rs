//! `HashPbkdf2Sha256`: a password as Django keeps it. Ours, not Entra's.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct HashPbkdf2Sha256;

/// Rounds unless said: what OWASP asks for of PBKDF2 with SHA-256.
const ITERATIONS: i64 = 600_000;

/// The most rounds, because they hold up the request: about a second.
const MAX_ITERATIONS: i64 = 2_000_000;

/// The letters of a salt, and how many Django takes.
const SALT: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const SALT_LENGTH: usize = 22;

impl Function for HashPbkdf2Sha256 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(password) = arguments.text(0)?.filter(|password| !password.is_empty()) else {
            return Ok(Value::Null);
        };
        let rounds = arguments.integer(1)?.unwrap_or(ITERATIONS);
        let rounds = u32::try_from(rounds).ok().filter(|_| rounds <= MAX_ITERATIONS).and_then(NonZeroU32::new);
        let rounds = rounds.ok_or_else(|| arguments.fail_at(1, "not between 1 and 2,000,000"))?;
        let salt = match arguments.text(2)? {
            Some(salt) if salt.contains('$') => return Err(arguments.fail_at(2, "`$` ends a salt")),
            Some(salt) => salt.into_owned(),
            None => salt(arguments),
        };
        let mut key = [0; 32];
        derive(PBKDF2_HMAC_SHA256, rounds, salt.as_bytes(), password.as_bytes(), &mut key);
        Ok(Value::String(format!("pbkdf2_sha256${rounds}${salt}${}", STANDARD.encode(key))))
    }
}

fn salt(arguments: &Arguments<'_>) -> String {
    let mut random = arguments.random();
    (0..SALT_LENGTH).map(|_| char::from(SALT[random.below(SALT.len())])).collect()
}

static SIGNATURE: Signature = Signature {
    name: "HashPbkdf2Sha256",
    summary: "Hashes a password as Django does: `pbkdf2_sha256$iterations$salt$hash`, 600,000 iterations and a random \
              salt unless given; null for null and the empty password. Logs do not show it.",
    parameters: &[
        Parameter::new("password", Kind::Text),
        Parameter::new("iterations", Kind::Number).optional(),
        Parameter::new("salt", Kind::Text).optional(),
    ],
    required: 1,
    depends: Depends::Randomness,
    portable: false,
    secret: true,
    lost: "a hash does not tell its password",
    examples: &[
        Example {
            expression: r#"HashPbkdf2Sha256([password], 1000, "seasalt")"#,
            given: r#"{"password": "s3cret"}"#,
            gives: r#""pbkdf2_sha256$1000$seasalt$OgwedktTHn6mmDBUe8hEgyWcem7MmUwZPnXWdUXxiJk=""#,
        },
        Example { expression: "HashPbkdf2Sha256([password])", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
