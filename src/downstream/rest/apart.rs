//! `where = { "$.members[*].kind" = "user" }`: which elements of a list are meant, such as the members of
//! one type; `except` says which are not.

use serde_json::Value as Json;

use super::path::{JsonPath, Step};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// A place in an element, and the value that those have there who are meant.
#[derive(Debug, Clone)]
pub(super) struct Apart {
    place: JsonPath,
    value: Json,
}

impl Apart {
    /// Reads the table. The paths begin at the record when `list` is a place in it, else at the
    /// element. `None` when something is wrong with it.
    pub(super) fn read_all(node: &Node, list: Option<&JsonPath>, problems: &mut Problems) -> Option<Vec<Self>> {
        let table = Table::open(node, "`where`", problems)?;
        let each = table.entries().iter().map(|(key, node)| {
            let place = match place(&key.name, list) {
                Ok(place) => Some(place),
                Err(why) => {
                    let message = format!("`{}` is no place in an element", key.name);
                    problems.push(Diagnostic::error(Code::BAD_CALL, &key.span, message).help(why));
                    None
                }
            };
            let value = match &node.value {
                NodeValue::String(text) => Some(Json::from(text.as_str())),
                NodeValue::Integer(i) => Some((*i).into()),
                NodeValue::Boolean(b) => Some((*b).into()),
                _ => {
                    let message = format!("a constant is {}", node.kind());
                    problems.push(
                        Diagnostic::error(Code::WRONG_TYPE, &node.span, message)
                            .help("write a string, a whole number, `true` or `false`"),
                    );
                    None
                }
            };
            Some(Self { place: place?, value: value? })
        });
        let read: Vec<_> = each.collect();
        read.into_iter().collect()
    }

    /// True when a new element can be given the value.
    pub(super) fn is_writable(&self) -> bool {
        self.place.steps().is_some_and(|steps| !steps.contains(&Step::Each))
    }

    /// Gives an element the value.
    pub(super) fn write(&self, element: &mut Json) {
        self.place.write(element, self.value.clone());
    }

    /// True when the element has the value.
    pub(super) fn holds(&self, element: &Json) -> bool {
        self.place.first(element) == Some(&self.value)
    }
}

fn place(text: &str, list: Option<&JsonPath>) -> Result<JsonPath, String> {
    let path = JsonPath::parse(text)?;
    let Some(list) = list else { return Ok(path) };
    match path.split_list() {
        Some((beside, inside)) if beside.steps() == list.steps() => Ok(inside),
        _ => {
            let start = list.as_str().split("[*]").next().unwrap_or_default();
            Err(format!("begin it as the list does: `{start}[*].kind`"))
        }
    }
}
