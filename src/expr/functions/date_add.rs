//! `DateAdd`: a date some time later or earlier.

use std::sync::Arc;

use crate::expr::Kind;
use crate::expr::date::{self, Interval};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Found, Undo, Undone, undone};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

pub(super) struct DateAdd;

impl Function for DateAdd {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let word = arguments.text(0)?.unwrap_or_default();
        let interval = Interval::of(&word).ok_or_else(|| arguments.fail_at(0, "no interval"))?;
        let count = arguments.required_integer(1)?;
        let at = date::add(interval, count, arguments.date(2)?);
        at.map(date::value).ok_or_else(|| arguments.fail("the date is beyond the year 9999 or before the year 1"))
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        date::check_interval(&arguments[0])
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let interval =
            arguments[0].literal_text().and_then(Interval::of).ok_or("the interval of `DateAdd` is no constant")?;
        if matches!(interval, Interval::Year | Interval::Month) {
            return Err("`DateAdd` over months or years may shorten the day, so it cannot be undone".to_owned());
        }
        let count = arguments[1].literal_text().and_then(|text| text.parse::<i64>().ok()).and_then(i64::checked_neg);
        let count = count.ok_or("the number of `DateAdd` is no constant")?;
        let inner = undone(&arguments[2])?;
        let undone = Undone { step: Arc::new(Shift { interval, count, inner: inner.step }), losses: inner.losses };
        Ok(undone.losing_where(Concerns::Texts, "the date comes back in ISO 8601, in UTC"))
    }
}

#[derive(Debug)]
struct Shift {
    interval: Interval,
    count: i64,
    inner: Arc<dyn Undo>,
}

impl Undo for Shift {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let at = date::of(value).ok_or("the value is no date")?;
        let before = date::add(self.interval, self.count, at).ok_or("the date is out of range")?;
        self.inner.undo(&date::value(before), found)
    }
}

static SIGNATURE: Signature = Signature {
    name: "DateAdd",
    summary: "Gives the date so many intervals later, or earlier for a negative number: `yyyy` years, `m` \
              months, `ww` weeks, `d` days, `h` hours, `n` minutes, `s` seconds. A day that the month does not \
              have becomes its last.",
    parameters: &[
        Parameter::new("interval", Kind::Text),
        Parameter::new("value", Kind::Number),
        Parameter::new("dateTime", Kind::DateTime),
    ],
    required: 3,
    result: Kind::DateTime,
    examples: &[
        Example {
            expression: r#"CStr(DateAdd("d", 7, CDate([hired])))"#,
            given: r#"{"hired": "2012-03-16"}"#,
            gives: r#""3/23/2012 12:00:00 AM""#,
        },
        Example {
            expression: r#"CStr(DateAdd("m", 1, CDate([hired])))"#,
            given: r#"{"hired": "2021-01-31"}"#,
            gives: r#""2/28/2021 12:00:00 AM""#,
        },
    ],
    ..Signature::PLAIN
};
