//! A JSONPath, parsed once: simple paths (`$.name.first`, `$.users[*].id`) by a walker of our own,
//! which can also write; everything else of RFC 9535 by `jsonpath-rust`, for reading only.

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::{Map, Value as Json};

/// A path into a JSON document.
#[derive(Debug, Clone)]
pub(super) struct JsonPath {
    text: String,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Steps(Vec<Step>),
    Query(Box<JpQuery>),
}

/// One step of a simple path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `.name` or `['name']`
    Member(String),
    /// `[*]`
    Each,
}

impl JsonPath {
    /// Reads a path that starts with `$`.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('$') {
            return Err("a JSONPath starts with `$`, like `$.name.first`".to_owned());
        }
        if let Some(steps) = steps_of(&text[1..]) {
            return Ok(Self { text: text.to_owned(), way: Way::Steps(steps) });
        }
        let query = parse_json_path(text).map_err(|_| "this is no JSONPath (RFC 9535)".to_owned())?;
        Ok(Self { text: text.to_owned(), way: Way::Query(Box::new(query)) })
    }

    /// Reads a path that starts at an element of a list: `number`, `name.first`, or `$` and `@`
    /// for the element itself.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub(super) fn parse_relative(text: &str) -> Result<Self, String> {
        match text.strip_prefix(['$', '@']).unwrap_or(text) {
            "" => Self::parse("$"),
            rest if rest.starts_with(['.', '[']) => Self::parse(&format!("${rest}")),
            rest => Self::parse(&format!("$.{rest}")),
        }
    }

    /// The path as written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The steps of a simple path.
    pub(super) fn steps(&self) -> Option<&[Step]> {
        match &self.way {
            Way::Steps(steps) => Some(steps),
            Way::Query(_) => None,
        }
    }

    /// True when [`JsonPath::write`] can use the path: members only.
    pub(super) fn is_writable(&self) -> bool {
        self.steps().is_some_and(|steps| !steps.is_empty() && !steps.contains(&Step::Each))
    }

    /// Splits `$.users[*].id` into the list `$.users` and `$.id` within each element.
    pub(super) fn split_list(&self) -> Option<(Self, Self)> {
        let steps = self.steps()?;
        let at = steps.iter().position(|step| *step == Step::Each)?;
        let part = |steps: &[Step]| Self { text: self.text.clone(), way: Way::Steps(steps.to_vec()) };
        Some((part(&steps[..at]), part(&steps[at + 1..])))
    }

    /// The list whose elements the path leads to: `$.users` of `$.users[*]` and of `$.users[?@.kind == 1]`.
    pub(super) fn list_of_elements(&self) -> Option<Self> {
        if let Some((list, _)) = self.split_list() {
            return Some(list);
        }
        let (list, _) = self.text.split_once("[?")?;
        Self::parse(list).ok().filter(|list| list.steps().is_some())
    }

    /// The list whose element the path leads to: `$.result` of `$.result[0]`.
    pub(super) fn list_of_element(&self) -> Option<Self> {
        let (list, _) = self.text.strip_suffix(']')?.rsplit_once('[')?;
        Self::parse(list).ok().filter(|list| list.is_writable())
    }

    /// Every value that the path leads to.
    pub(super) fn all<'a>(&self, document: &'a Json) -> Vec<&'a Json> {
        match &self.way {
            Way::Query(query) => {
                let found = js_path_process(query, document).unwrap_or_default();
                found.into_iter().map(jsonpath_rust::query::QueryRef::val).collect()
            }
            Way::Steps(steps) => {
                let mut found = vec![document];
                for step in steps {
                    found = match step {
                        Step::Member(name) => found.into_iter().filter_map(|value| value.get(name)).collect(),
                        Step::Each => found.into_iter().filter_map(Json::as_array).flatten().collect(),
                    };
                }
                found
            }
        }
    }

    /// The first value that the path leads to.
    pub(super) fn first<'a>(&self, document: &'a Json) -> Option<&'a Json> {
        self.all(document).into_iter().next()
    }

    /// True when the document says something about the path, be it null: `{"name": null}` does
    /// about `$.name.first`, `{}` does not.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        let Some(steps) = self.steps() else { return true };
        let mut here = document;
        for step in steps {
            let Step::Member(name) = step else { return true };
            match here.get(name) {
                None => return here.is_null(),
                Some(next) => here = next,
            }
        }
        true
    }

    /// Writes a value, making the objects on the way.
    pub(super) fn write(&self, document: &mut Json, value: Json) {
        let mut here = document;
        for step in self.steps().unwrap_or_default() {
            let Step::Member(name) = step else { return };
            if !here.is_object() {
                *here = Json::Object(Map::new());
            }
            let Json::Object(map) = here else { return };
            here = map.entry(name.as_str()).or_insert(Json::Null);
        }
        *here = value;
    }
}

/// The steps after `$` of a simple path; `None` for all that is not one.
fn steps_of(mut rest: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]") {
            steps.push(Step::Each);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            steps.push(Step::Member(name.to_owned()));
            rest = after;
        } else {
            let quote = rest.strip_prefix('[')?.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let inner = &rest[2..];
            let end = inner.find(quote)?;
            let name = &inner[..end];
            rest = inner[end + 1..].strip_prefix(']')?;
            if name.contains('\\') {
                return None;
            }
            steps.push(Step::Member(name.to_owned()));
        }
    }
    Some(steps)
}
