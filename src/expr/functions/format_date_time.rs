//! `FormatDateTime`: a date from one format into another.

use std::sync::Arc;

use jiff::civil::Date;

use crate::expr::Kind;
use crate::expr::date::{Moment, Pattern, Styles, civil};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Found, Undo, Undone, undone};
use crate::expr::node::{Node, Prepared};
use crate::expr::text_of;
use crate::value::Value;

pub(super) struct FormatDateTime;

impl Function for FormatDateTime {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let styles = if has_styles(arguments.len()) { arguments.text(1)? } else { None };
        let styles =
            styles.filter(|styles| !styles.is_empty()).map_or(Ok(Styles::DEFAULT), |styles| Styles::of(&styles));
        let styles = styles.map_err(|reason| arguments.fail(reason))?;
        let today = civil(arguments.env().now).date();
        let built;
        let (input, output) = match arguments.prepared() {
            Prepared::Formats(formats) => &**formats,
            _ => {
                let last = arguments.len() - 1;
                let format = |index| -> Result<Pattern, Stop> {
                    Pattern::new(&arguments.text(index)?.unwrap_or_default())
                        .map_err(|reason| arguments.fail_at(index, reason))
                };
                built = (format(last - 1)?, format(last)?);
                &built
            }
        };
        let moment = input
            .read(&source, styles, today)
            .ok_or_else(|| arguments.fail("the text does not have the input format"))?;
        Ok(Value::String(output.print(&moment)))
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        let last = arguments.len() - 1;
        if matches!(arguments[last - 1], Node::Missing) {
            return Err((last, "`FormatDateTime` needs an input format and an output format".to_owned()));
        }
        let format = |index: usize| match arguments[index].literal_text() {
            Some(format) => Pattern::new(format).map(Some).map_err(|reason| (index, reason)),
            None => Ok(None),
        };
        Ok(match (format(last - 1)?, format(last)?) {
            (Some(input), Some(output)) => Prepared::Formats(Box::new((input, output))),
            _ => Prepared::Nothing,
        })
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let Ok(Prepared::Formats(formats)) = self.prepare(arguments) else {
            return Err("the formats of `FormatDateTime` are no constants".to_owned());
        };
        let (input, output) = *formats;
        if !input.is_kept_by(&output) {
            return Err("the output format of `FormatDateTime` leaves out a part of the date".to_owned());
        }
        let has_several_spellings = input.has_several_spellings();
        let inner = undone(&arguments[0])?;
        let undone = Undone { step: Arc::new(Reprint { input, output, inner: inner.step }), losses: inner.losses };
        if has_several_spellings {
            return Ok(undone.losing_where(Concerns::Texts, "the input format allows several spellings of one date"));
        }
        Ok(undone)
    }
}

/// The styles stand between source and formats, unless there are only three arguments.
const fn has_styles(count: usize) -> bool {
    count > 3
}

/// The way back: read by the output format, print by the input format.
#[derive(Debug)]
struct Reprint {
    input: Pattern,
    output: Pattern,
    inner: Arc<dyn Undo>,
}

impl Undo for Reprint {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let moment = match value {
            Value::Null => return self.inner.undo(value, found),
            Value::DateTime(at) => Moment::of(*at),
            other => {
                // No day is filled in: what the input format holds, the output format holds too.
                let read = self.output.read(&text_of(other), Styles::DEFAULT, Date::ZERO);
                read.ok_or("the value does not have the output format")?
            }
        };
        self.inner.undo(&self.input.print(&moment).into(), found)
    }
}

static SIGNATURE: Signature = Signature {
    name: "FormatDateTime",
    summary: "Reads a date by .NET's custom format `inputFormat` and prints it by `outputFormat`. Without \
              styles, blanks around the date are allowed and `Z` keeps UTC. A date with an offset becomes UTC.",
    parameters: &[
        Parameter::new("source", Kind::Text),
        Parameter::new("dateTimeStyles", Kind::Text).optional(),
        Parameter::new("inputFormat", Kind::Text),
        Parameter::new("outputFormat", Kind::Text),
    ],
    required: 3,
    each: true,
    examples: &[
        Example {
            expression: r#"FormatDateTime([hired], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")"#,
            given: r#"{"hired": "20150123105347.1Z"}"#,
            gives: r#""2015-01-23""#,
        },
        Example {
            expression: r#"FormatDateTime([hired], , "yyyy-MM-dd", "d MMM yyyy")"#,
            given: r#"{"hired": "2015-01-23"}"#,
            gives: r#""23 Jan 2015""#,
        },
    ],
    ..Signature::PLAIN
};
