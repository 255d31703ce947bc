//! `Redact`: a value that logs do not show.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Undone, undone};
use crate::expr::node::Node;
use crate::value::Value;

pub(super) struct Redact;

impl Function for Redact {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(arguments.value(0)?.into_owned())
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        undone(&arguments[0])
    }
}

static SIGNATURE: Signature = Signature {
    name: "Redact",
    summary: "Gives the value; logs show `[Redact]` in its place.",
    parameters: &[Parameter::new("value", Kind::Any).passed()],
    required: 1,
    result: Kind::Any,
    secret: true,
    examples: &[Example { expression: "Redact([password])", given: r#"{"password": "s3cret"}"#, gives: r#""s3cret""# }],
    ..Signature::PLAIN
};
