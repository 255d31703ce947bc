//! `DateFromNum`: a file time as a date.

use crate::expr::Kind;
use crate::expr::date;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Undone};
use crate::expr::node::Node;
use crate::value::Value;

pub(super) struct DateFromNum;

impl Function for DateFromNum {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(steps) = arguments.integer(0)? else { return Ok(Value::Null) };
        let at = date::from_filetime(steps).ok_or_else(|| arguments.fail("not a file time"))?;
        Ok(date::value(at))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            let steps = date::of(value).and_then(date::to_filetime).ok_or("the value is no date from 1601 on")?;
            Ok(Value::String(steps.to_string()))
        })?;
        Ok(undone.losing_where(Concerns::Texts, "a number does not tell how it was written"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "DateFromNum",
    summary: "Gives the date of a file time: steps of 100 nanoseconds since 1601.",
    parameters: &[Parameter::new("value", Kind::Number)],
    required: 1,
    result: Kind::DateTime,
    examples: &[Example {
        expression: "CStr(DateFromNum([lastLogon]))",
        given: r#"{"lastLogon": "129699324000000000"}"#,
        gives: r#""1/1/2012 11:00:00 PM""#,
    }],
    ..Signature::PLAIN
};
