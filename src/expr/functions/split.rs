//! `Split`: a text cut into a list.

use std::borrow::Cow;
use std::sync::Arc;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Found, Undo, Undone, undone};
use crate::expr::node::Node;
use crate::expr::text;
use crate::value::Value;

pub(super) struct Split;

impl Function for Split {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)?.filter(|source| !source.is_empty()) else { return Ok(Value::Null) };
        let delimiter = arguments.text(1)?.unwrap_or_default();
        Ok(cut(&source, &delimiter))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let delimiter = arguments[1].literal_text().filter(|delimiter| !delimiter.is_empty());
        let delimiter = delimiter.ok_or("the delimiter of `Split` is no constant")?.to_owned();
        let Undone { step, losses } = undone(&arguments[0])?;
        let undone = Undone { step: Arc::new(Joining { delimiter, inner: step }), losses };
        Ok(undone.losing("blanks around the elements and empty elements are not kept"))
    }
}

/// The pieces between the delimiters, trimmed, without empty ones.
fn cut(source: &str, delimiter: &str) -> Value {
    let pieces: Vec<&str> = if delimiter.is_empty() { vec![source] } else { source.split(delimiter).collect() };
    Value::List(pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).map(Value::from).collect())
}

/// The way back from a text that `Join` made of one list: the text is cut.
pub(super) fn undone_list(separator: &str, inner: Undone) -> Result<Undone, String> {
    if separator.is_empty() {
        return Err("nothing stands between the elements, so they cannot be told apart".to_owned());
    }
    let step = Arc::new(Cutting { separator: separator.to_owned(), inner: inner.step });
    Ok(Undone { step, losses: inner.losses })
}

#[derive(Debug)]
struct Joining {
    delimiter: String,
    inner: Arc<dyn Undo>,
}

impl Undo for Joining {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        if value.is_unassigned() {
            return self.inner.undo(&Value::Null, found);
        }
        let mut pieces = Vec::new();
        for element in value.elements() {
            let piece = text::to_text(Cow::Borrowed(element))?.unwrap_or_default();
            if piece.contains(&self.delimiter) {
                return Err("an element holds the delimiter".to_owned());
            }
            pieces.push(piece);
        }
        self.inner.undo(&pieces.join(&self.delimiter).into(), found)
    }
}

#[derive(Debug)]
struct Cutting {
    separator: String,
    inner: Arc<dyn Undo>,
}

impl Undo for Cutting {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        match text::to_text(Cow::Borrowed(value))? {
            None => self.inner.undo(&Value::Null, found),
            Some(text) if text.is_empty() => self.inner.undo(&Value::List(Vec::new()), found),
            Some(text) => {
                // `Join` leaves out what is empty; what others wrote may have it.
                let pieces = text.split(&self.separator).filter(|piece| !piece.is_empty()).map(Value::from).collect();
                self.inner.undo(&Value::List(pieces), found)
            }
        }
    }
}

static SIGNATURE: Signature = Signature {
    name: "Split",
    summary: "Cuts a text at every delimiter (one text, not a set of characters) into a list. Blanks around the pieces \
              and empty pieces are dropped.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("delimiter", Kind::Text)],
    required: 2,
    result: Kind::List,
    examples: &[Example {
        expression: r#"Split([roles], ",")"#,
        given: r#"{"roles": "admin, editor"}"#,
        gives: r#"["admin", "editor"]"#,
    }],
    ..Signature::PLAIN
};
