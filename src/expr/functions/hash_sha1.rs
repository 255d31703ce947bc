//! `HashSha1`: the SHA-1 digest of a text. Ours, not Entra's.

use aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

use super::digest::hashed;

pub(super) struct HashSha1;

impl Function for HashSha1 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        hashed(arguments, &SHA1_FOR_LEGACY_USE_ONLY)
    }
}

static SIGNATURE: Signature = Signature {
    name: "HashSha1",
    summary: "Gives the SHA-1 digest of the text in small hexadecimal digits, for applications that keep passwords so; \
              null for null and the empty text. With a salt: `HashSha1(Append(RandomHex(16, \"salt\"), HashSha1([password])))`. Logs do not show it.",
    parameters: &[Parameter::new("text", Kind::Text)],
    required: 1,
    portable: false,
    secret: true,
    lost: "a digest does not tell its text",
    examples: &[
        Example {
            expression: "HashSha1([x])",
            given: r#"{"x": "abc"}"#,
            gives: r#""a9993e364706816aba3e25717850c26c9cd0d89d""#,
        },
        Example { expression: "HashSha1([x])", given: r#"{"x": ""}"#, gives: "null" },
    ],
    ..Signature::PLAIN
};
