//! `IsGuid`: whether a text is an identifier of `Guid`'s form. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct IsGuid;

impl Function for IsGuid {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let text = arguments.text(0)?.unwrap_or_default();
        // `uuid` also takes URNs, which nobody means here.
        let is_urn = text.len() > "{00000000-0000-0000-0000-000000000000}".len();
        Ok(Value::Boolean(!is_urn && uuid::Uuid::try_parse(&text).is_ok()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsGuid",
    summary: "True for 32 hexadecimal digits, with or without hyphens in the usual places or braces around them.",
    parameters: &[Parameter::new("expression", Kind::Text)],
    required: 1,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example {
            expression: "IsGuid([id])",
            given: r#"{"id": "0f8fad5b-d9cb-469f-a165-70867728950e"}"#,
            gives: "true",
        },
        Example { expression: "IsGuid([id])", given: r#"{"id": "417"}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
