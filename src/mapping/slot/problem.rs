//! Why a text is no place in a resource, in words for the operator.

use std::ops::Range;

use crate::scim::{AttributePath, PathProblem, ResourceType};

/// Why a text is no place in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotProblem {
    /// What kind of problem.
    pub fault: SlotFault,
    /// What is wrong, for the operator.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// A near miss.
    pub near: Option<String>,
    /// Where, in bytes of the text.
    pub at: Range<usize>,
}

/// Kinds of problems with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotFault {
    /// It is no path.
    Malformed,
    /// The schemas have no such attribute.
    UnknownAttribute,
    /// The resource type has no such schema.
    UnknownSchema,
}

impl SlotProblem {
    pub(super) const fn malformed(message: String, help: Option<String>, at: Range<usize>) -> Self {
        Self { fault: SlotFault::Malformed, message, help, near: None, at }
    }

    /// A problem with the path `text`, which begins at the byte `start` of the whole.
    pub(super) fn of_path(problem: PathProblem, text: &str, start: usize, kind: &ResourceType) -> Self {
        let at = start..start + text.len();
        let has_schema = |path: &str| {
            let urn = |id: &str| path.get(..id.len()).is_some_and(|start| start.eq_ignore_ascii_case(id));
            kind.schemas().any(|schema| urn(&schema.id))
        };
        match problem {
            PathProblem::Malformed(path) if path.is_empty() => {
                Self::malformed("the attribute has no name".to_owned(), None, at)
            }
            PathProblem::Malformed(path) => {
                let help = "`attribute`, `attribute.part`, or an extension's URN, a colon and the attribute".to_owned();
                Self::malformed(format!("`{path}` is not an attribute path"), Some(help), at)
            }
            PathProblem::Unknown { path, .. } if path.contains(':') && !has_schema(&path) => {
                let urn = path.rsplit_once(':').map_or(path.as_str(), |(urn, _)| urn);
                Self {
                    fault: SlotFault::UnknownSchema,
                    message: format!("`{path}` is of no schema that is known here"),
                    help: Some(format!("declare it: `[schema.\"{urn}\"]` with `attributes`")),
                    near: None,
                    at,
                }
            }
            PathProblem::Unknown { path, resource_type, near } => Self {
                fault: SlotFault::UnknownAttribute,
                help: Some(instead_of(&path, kind)),
                message: format!("`{path}` is not an attribute of {resource_type}"),
                near,
                at,
            },
        }
    }

    /// What the filter parser says of a selector, with the place that it names.
    pub(super) fn of_filter(detail: &str, text: &str, close: usize) -> Self {
        let place = detail.strip_prefix("filter, character ").and_then(|rest| rest.split_once(": "));
        let (character, message) = place.map_or((1, detail), |(n, rest)| (n.parse::<usize>().unwrap_or(1), rest));
        let (message, near) = match message.split_once("; did you mean `") {
            Some((message, near)) => (message, near.strip_suffix("`?").map(str::to_owned)),
            None => (message, None),
        };
        let start = text.char_indices().nth(character.saturating_sub(1)).map_or(0, |(byte, _)| byte).min(close);
        let length = text[start..close].find([' ', ')']).unwrap_or(close - start);
        Self { near, ..Self::malformed(message.to_owned(), None, start..start + length.max(1)) }
    }
}

/// What can be written in place of an unknown attribute that resembles none.
fn instead_of(path: &str, kind: &ResourceType) -> String {
    let parent = path.rsplit_once('.').and_then(|(parent, _)| Some((parent, AttributePath::parse(parent, kind).ok()?)));
    let parts = parent.and_then(|(parent, path)| Some((parent, path.definition(kind)?.into_owned().sub_attributes)));
    match parts {
        Some((parent, parts)) if parts.is_empty() => format!("`{parent}` has no parts"),
        Some((parent, parts)) => {
            let names: Vec<&str> = parts.iter().map(|part| &*part.name).collect();
            format!("the parts of `{parent}`: {}", names.join(", "))
        }
        None => "an attribute of your own is declared in a schema: `[schema.\"urn:…\"]`".to_owned(),
    }
}
