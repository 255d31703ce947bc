//! `RandomHex`: random hexadecimal digits; the same ones for the same name in one request. Ours,
//! not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::value::Value;

use super::digest::hexadecimal;

pub(super) struct RandomHex;

/// The most bytes that are drawn.
const MAX_BYTES: usize = 64;

impl Function for RandomHex {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let count =
            usize::try_from(arguments.required_integer(0)?).ok().filter(|count| (1..=MAX_BYTES).contains(count));
        let count = count.ok_or_else(|| arguments.fail_at(0, "not between 1 and 64"))?;
        let mut random = match arguments.text(1)? {
            Some(name) => arguments.shared_random(&name),
            None => arguments.random(),
        };
        let drawn: Vec<u8> = (0..count).map(|_| random.byte()).collect();
        Ok(Value::String(hexadecimal(&drawn)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "RandomHex",
    summary: "Gives `bytes` random bytes (at most 64) as small hexadecimal digits, other ones for each request. Calls \
              with the same name give the same digits within one request, so that a salt can stand in a field of its \
              own: `salt = { value = 'IIF(IsPresent([password]), RandomHex(16, \"salt\"), \"\")' }` beside \
              `HashSha1(HashSha1([password]), RandomHex(16, \"salt\"))`.",
    parameters: &[Parameter::new("bytes", Kind::Number), Parameter::new("name", Kind::Text).optional()],
    required: 1,
    depends: Depends::Randomness,
    portable: false,
    lost: "it reads no attribute",
    examples: &[
        Example { expression: "Len(RandomHex(16))", given: "{}", gives: "32" },
        Example { expression: r#"IIF(RandomHex(8, "a") = RandomHex(8, "a"), 1, 2)"#, given: "{}", gives: "1" },
    ],
    ..Signature::PLAIN
};
