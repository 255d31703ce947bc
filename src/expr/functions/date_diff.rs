//! `DateDiff`: the time between two dates.

use jiff::civil::{Date, DateTime, Time};

use crate::expr::Kind;
use crate::expr::date::{self, Interval};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::value::Value;

pub(super) struct DateDiff;

impl Function for DateDiff {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let word = arguments.text(0)?.unwrap_or_default();
        let interval = Interval::of(&word).ok_or_else(|| arguments.fail_at(0, "no interval"))?;
        Ok(Value::Integer(difference(interval, arguments.date(1)?, arguments.date(2)?)))
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        date::check_interval(&arguments[0])
    }
}

fn difference(interval: Interval, from: DateTime, to: DateTime) -> i64 {
    let seconds = to.duration_since(from).as_secs();
    let (first, last) = (from.date(), to.date());
    let years = i64::from(last.year()) - i64::from(first.year());
    match interval {
        Interval::Second => seconds,
        Interval::Minute => seconds / 60,
        Interval::Hour => seconds / 3600,
        Interval::Day => seconds / 86_400,
        Interval::Week => week(last) - week(first),
        Interval::Month => years * 12 + i64::from(last.month()) - i64::from(first.month()),
        Interval::Year => years,
    }
}

/// The number of the week that begins with the Sunday on or before `day`, counted from any fixed one.
fn week(day: Date) -> i64 {
    let sunday = Date::constant(1600, 1, 2).to_datetime(Time::midnight());
    let days = day.to_datetime(Time::midnight()).duration_since(sunday);
    days.as_secs().div_euclid(7 * 86_400)
}

static SIGNATURE: Signature = Signature {
    name: "DateDiff",
    summary: "Gives how many intervals `date2` is later than `date1`, negative when it is earlier. Days and \
              less count whole elapsed ones, weeks the Sundays passed, months and years the calendar fields.",
    parameters: &[
        Parameter::new("interval", Kind::Text),
        Parameter::new("date1", Kind::DateTime),
        Parameter::new("date2", Kind::DateTime),
    ],
    required: 3,
    result: Kind::Number,
    lost: "only the distance of the dates is left",
    examples: &[
        Example {
            expression: r#"DateDiff("d", CDate([start]), CDate([end]))"#,
            given: r#"{"start": "2021-08-24", "end": "2021-08-31"}"#,
            gives: "7",
        },
        Example { expression: r#"DateDiff("m", CDate("2021-01-31"), CDate("2021-02-01"))"#, given: "{}", gives: "1" },
    ],
    ..Signature::PLAIN
};
