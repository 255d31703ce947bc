//! `HashSha256`: the SHA-256 digest of a text. Ours, not Entra's.

use aws_lc_rs::digest::SHA256;

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::value::Value;

use super::digest::{PARAMETERS, hashed};

pub(super) struct HashSha256;

impl Function for HashSha256 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        hashed(arguments, &SHA256)
    }
}

static SIGNATURE: Signature = Signature {
    name: "HashSha256",
    summary: "Gives the SHA-256 digest of the text, with the salt before it, in small hexadecimal digits; null for null \
              and the empty text. Logs do not show it.",
    parameters: PARAMETERS,
    required: 1,
    portable: false,
    secret: true,
    lost: "a digest does not tell its text",
    examples: &[Example {
        expression: "HashSha256([x])",
        given: r#"{"x": "abc"}"#,
        gives: r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
    }],
    ..Signature::PLAIN
};
