//! `NumFromDate`: a date as a file time.

use crate::expr::Kind;
use crate::expr::date;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Undone};
use crate::expr::lex::Number;
use crate::expr::node::Node;
use crate::expr::text::number_of;
use crate::value::Value;

pub(super) struct NumFromDate;

impl Function for NumFromDate {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        if *arguments.single(0)? == Value::Null {
            return Ok(Value::Null);
        }
        let steps =
            date::to_filetime(arguments.date(0)?).ok_or_else(|| arguments.fail("a file time begins with 1601"))?;
        Ok(Value::String(steps.to_string()))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            let Some(Number::Integer(steps)) = number_of(value) else {
                return Err("the value is no file time".to_owned());
            };
            let at = date::from_filetime(steps).ok_or("the value is no file time")?;
            Ok(Value::String(format!("{at}Z")))
        })?;
        Ok(undone.losing_where(Concerns::Texts, "the date comes back in ISO 8601, in UTC"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "NumFromDate",
    summary: "Gives the file time of a date, steps of 100 nanoseconds since 1601, as digits: it exceeds what \
              JSON numbers hold exactly.",
    parameters: &[Parameter::new("value", Kind::DateTime)],
    required: 1,
    examples: &[Example {
        expression: "NumFromDate([expires])",
        given: r#"{"expires": "2012-01-01T23:00:00Z"}"#,
        gives: r#""129699324000000000""#,
    }],
    ..Signature::PLAIN
};
