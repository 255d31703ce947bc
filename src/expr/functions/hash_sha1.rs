//! `HashSha1`: the SHA-1 digest of a text. Ours, not Entra's.

use aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::value::Value;

use super::digest::{PARAMETERS, hashed};

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
    summary: "Gives the SHA-1 digest of the text, with the salt before it, in small hexadecimal digits, for \
              applications that keep passwords so; null for null and the empty text. With the salt in a field of its \
              own, as Redmine does: `HashSha1(HashSha1([password]), RandomHex(16, \"salt\"))`, beside \
              `RandomHex(16, \"salt\")` for the field of the salt. Logs do not show it.",
    parameters: PARAMETERS,
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
        Example {
            expression: r#"HashSha1(HashSha1([password]), "7599f9963ec07b5a3b55b354407120c0")"#,
            given: r#"{"password": "jsmith"}"#,
            gives: r#""da1e07bebb38cf83abf9fe01e3832a4e3f1fbddf""#,
        },
        Example { expression: r#"HashSha1([password], "salt")"#, given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
