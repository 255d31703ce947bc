//! `Join`: texts with a separator between them.

use std::borrow::Cow;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Undone, undone};
use crate::expr::node::Node;
use crate::expr::template::Template;
use crate::expr::text::{self, Text};
use crate::value::Value;

use super::split;

pub(super) struct Join;

impl Function for Join {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let separator = arguments.text(0)?.unwrap_or_default();
        let mut joined = Text::new(arguments.function());
        for index in 1..arguments.len() {
            if !arguments.is_literal(index) {
                let value = arguments.value(index)?;
                for element in value.elements() {
                    let text =
                        text::to_text(Cow::Borrowed(element)).map_err(|reason| arguments.fail_at(index, reason))?;
                    add(&mut joined, &separator, &text.unwrap_or_default())?;
                }
            } else if let Some(text) = arguments.text(index)? {
                add(&mut joined, &separator, &text)?;
            }
        }
        Ok(joined.into_value())
    }

    /// A single attribute comes back as the list of its parts; several come back one part each.
    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let separator = arguments[0].literal_text().ok_or("the separator of `Join` is no constant")?;
        if let [_, list @ Node::Reference(_)] = arguments {
            let loss = "an element that holds the separator comes back as several";
            return Ok(split::undone_list(separator, undone(list)?)?.losing(loss));
        }
        let template = Template::of_parts(separator, &arguments[1..])?;
        let several = template.holes() > 1;
        let undone = template.into_undone();
        Ok(if several {
            undone.losing("a value in which the separator occurs more often is not taken apart")
        } else {
            undone
        })
    }
}

/// Adds one text; what is empty is skipped together with its separator.
fn add(joined: &mut Text, separator: &str, text: &str) -> Result<(), Stop> {
    if text.is_empty() {
        return Ok(());
    }
    if !joined.is_empty() {
        joined.push(separator)?;
    }
    joined.push(text)
}

static SIGNATURE: Signature = Signature {
    name: "Join",
    summary: "Puts texts together with the separator between them. A list counts as its elements; null and empty \
              texts are left out together with their separator.",
    parameters: &[Parameter::new("separator", Kind::Text).optional(), Parameter::new("source", Kind::Any).optional()],
    required: 2,
    repeat: 1,
    examples: &[
        Example {
            expression: r#"Join(" ", [givenName], [middleName], [familyName])"#,
            given: r#"{"givenName": "Ada", "familyName": "Lovelace"}"#,
            gives: r#""Ada Lovelace""#,
        },
        Example {
            expression: r#"Join(",", [roles])"#,
            given: r#"{"roles": ["admin", "editor"]}"#,
            gives: r#""admin,editor""#,
        },
    ],
    ..Signature::PLAIN
};
