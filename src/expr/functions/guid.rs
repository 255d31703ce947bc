//! `Guid`: a fresh random identifier.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Signature};
use crate::value::Value;

pub(super) struct Guid;

impl Function for Guid {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let mut random = arguments.random();
        let bytes = std::array::from_fn(|_| random.byte());
        Ok(Value::String(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Guid",
    summary: "Gives a random identifier (UUID version 4), another one for each request. Use it on creation only.",
    depends: Depends::Randomness,
    lost: "it reads no attribute",
    examples: &[Example { expression: "Len(Guid())", given: "{}", gives: "36" }],
    ..Signature::PLAIN
};
