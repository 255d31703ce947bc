//! `Now`: the instant of the request.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Signature};
use crate::value::Value;

pub(super) struct Now;

impl Function for Now {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(Value::DateTime(arguments.env().now))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Now",
    summary: "Gives the current instant in UTC.",
    result: Kind::DateTime,
    depends: Depends::Time,
    lost: "it reads no attribute",
    examples: &[Example { expression: r#"DateDiff("d", Now(), Now())"#, given: "{}", gives: "0" }],
    ..Signature::PLAIN
};
