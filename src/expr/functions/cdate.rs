//! `CDate`: text read as a date.

use crate::expr::Kind;
use crate::expr::date;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Undone};
use crate::expr::node::Node;
use crate::value::Value;

pub(super) struct CDate;

impl Function for CDate {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        arguments.date(0).map(date::value)
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            Ok(Value::String(date::of(value).ok_or("the value is no date")?.to_string() + "Z"))
        })?;
        Ok(undone.losing_where(Concerns::Texts, "the date comes back in ISO 8601, in UTC"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "CDate",
    summary: "Reads a date: ISO 8601, month/day/year or a date in English words. Without an offset it is UTC. \
              Text that is no date, and null, are errors.",
    parameters: &[Parameter::new("expression", Kind::DateTime)],
    required: 1,
    result: Kind::DateTime,
    examples: &[Example {
        expression: "CStr(CDate([hired]))",
        given: r#"{"hired": "2020-03-16-07:00"}"#,
        gives: r#""3/16/2020 7:00:00 AM""#,
    }],
    ..Signature::PLAIN
};
