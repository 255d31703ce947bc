//! `HashPbkdf2Sha256`: a password as Django keeps it. Ours, not Entra's.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

use super::password::{ALPHANUMERIC, Cost, drawn, password};

pub(super) struct HashPbkdf2Sha256;

/// Iterations; unless said, what OWASP asks for of PBKDF2 with SHA-256.
const COST: Cost = Cost { at: 1, usual: 600_000, least: 1, most: 2_000_000 };

/// How many letters Django takes.
const SALT_LENGTH: usize = 22;

impl Function for HashPbkdf2Sha256 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        COST.check(arguments)
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(password) = password(arguments)? else { return Ok(Value::Null) };
        let iterations = COST.of(arguments)?;
        let salt = match arguments.text(2)? {
            Some(salt) if salt.contains('$') => return Err(arguments.fail_at(2, "`$` ends a salt")),
            Some(salt) => salt.into_owned(),
            None => drawn(arguments, ALPHANUMERIC, SALT_LENGTH),
        };
        let mut key = [0; 32];
        let rounds = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
        derive(PBKDF2_HMAC_SHA256, rounds, salt.as_bytes(), password.as_bytes(), &mut key);
        Ok(Value::String(format!("pbkdf2_sha256${iterations}${salt}${}", STANDARD.encode(key))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "HashPbkdf2Sha256",
    summary: "Hashes a password as Django does: `pbkdf2_sha256$iterations$salt$hash`, 600,000 iterations and a random \
              salt unless given. The iterations are a constant from 1 to 2,000,000. Null for null and the empty \
              password. Logs do not show it.",
    parameters: &[
        Parameter::new("password", Kind::Text),
        Parameter::new("iterations", Kind::Number).optional(),
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
            expression: r#"HashPbkdf2Sha256([password], 1000, "seasalt")"#,
            given: r#"{"password": "s3cret"}"#,
            gives: r#""pbkdf2_sha256$1000$seasalt$OgwedktTHn6mmDBUe8hEgyWcem7MmUwZPnXWdUXxiJk=""#,
        },
        Example { expression: "HashPbkdf2Sha256([password])", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
