//! `DefaultDomain`: the domain of the tenant.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Signature};
use crate::value::Value;

pub(super) struct DefaultDomain;

impl Function for DefaultDomain {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let domain = arguments.env().default_domain.clone();
        domain.map(Value::String).ok_or_else(|| arguments.fail("the tenant has no default domain"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "DefaultDomain",
    summary: "Gives the default domain of the tenant; an error when none is set.",
    depends: Depends::Tenant,
    lost: "it reads no attribute",
    examples: &[Example {
        expression: r#"IIF([mail] = "x", DefaultDomain(), [mail])"#,
        given: r#"{"mail": "ann@example.com"}"#,
        gives: r#""ann@example.com""#,
    }],
    ..Signature::PLAIN
};
