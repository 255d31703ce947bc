//! How a list comes in pages, and which of the application's pages hold the records that are
//! wanted. Pure: the calls are made elsewhere.

use http::HeaderMap;
use serde_json::Value as Json;

use super::path::JsonPath;
use super::template::encode_all;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// Where a fact is in an answer: `"$.total_count"` or `{ header = "X-Total" }`.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In the body.
    Body(JsonPath),
    /// In a header.
    Header(http::HeaderName),
}

/// `page = { offset = "offset", limit = "limit", max = 100, total = "$.total_count" }` or
/// `page = { page = "page", per_page = "per_page", start = 1, max = 100, total = … }`.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    style: Style,
    /// The parameter that says how many records a page holds, encoded.
    size: Option<String>,
    /// The largest page that the application gives.
    pub(super) max: u64,
    /// True when the mapping said so.
    pub(super) max_is_known: bool,
    /// Where the application says how many records there are.
    pub(super) total: Option<Place>,
}

#[derive(Debug, Clone)]
enum Style {
    /// The parameter says how many records to pass over.
    Offset(String),
    /// The parameter says which page; the first has this number.
    Page(String, u64),
}

/// One page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// The query parameters, encoded.
    pub(super) query: Vec<(String, String)>,
    /// How many records stand before the page.
    pub(super) offset: u64,
    /// How many records it holds at most.
    pub(super) size: u64,
}

impl Place {
    /// Reads a place; `what` names it in messages.
    pub(super) fn read(node: &Node, what: &str, problems: &mut Problems) -> Option<Self> {
        let problem = match &node.value {
            NodeValue::String(text) => match JsonPath::parse(text) {
                Ok(path) => return Some(Self::Body(path)),
                Err(why) => Diagnostic::error(Code::BAD_CALL, &node.span, format!("`{text}` is not a path")).help(why),
            },
            _ => {
                let table = Table::open(node, what, problems)?;
                let (name, span) = table.required_string("header", "`{ header = \"X-Total\" }`", problems)?;
                table.finish(problems);
                match name.parse() {
                    Ok(name) => return Some(Self::Header(name)),
                    Err(_) => Diagnostic::error(Code::BAD_CALL, span, format!("`{name}` is no header's name")),
                }
            }
        };
        problems.push(problem);
        None
    }

    /// The text that stands there.
    pub(super) fn find(&self, headers: &HeaderMap, body: Option<&Json>) -> Option<String> {
        match self {
            Self::Header(name) => headers.get(name)?.to_str().ok().map(str::to_owned),
            Self::Body(path) => match path.first(body?)? {
                Json::String(text) => Some(text.clone()),
                Json::Number(number) => Some(number.to_string()),
                _ => None,
            },
        }
    }
}

impl Paging {
    /// Reads a `page` table and notes every problem in it.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "`page`", problems)?;
        let offset = table.string("offset", problems);
        let number = table.string("page", problems);
        let limit = table.string("limit", problems);
        let per_page = table.string("per_page", problems);
        let start = table.number("start", problems);
        let max = table.number("max", problems);
        let total = table.node("total").and_then(|node| Place::read(node, "`total`", problems));
        let style = match (offset, number) {
            (Some((name, _)), None) => Some(Style::Offset(encode_all(name))),
            (None, Some((name, _))) => Some(Style::Page(encode_all(name), start.unwrap_or(1))),
            (Some(_), Some((_, span))) => {
                let message = "`page` has both `offset` and `page`";
                problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, span, message));
                None
            }
            (None, None) => {
                table.missing("offset", "write `offset = \"…\"` or `page = \"…\"`, the parameter's name", problems);
                None
            }
        };
        if max == Some(0) {
            problems.push(Diagnostic::error(Code::BAD_CALL, &table.span_of("max"), "`max` is 0"));
        }
        table.finish(problems);
        Some(Self {
            style: style?,
            size: limit.or(per_page).map(|(name, _)| encode_all(name)),
            max: max.unwrap_or(100).max(1),
            max_is_known: max.is_some(),
            total,
        })
    }

    /// The page to ask for when `wanted` records from `offset` on are still wanted. It may begin
    /// earlier.
    pub(super) fn request(&self, offset: u64, wanted: u64) -> Request {
        let wanted = wanted.clamp(1, self.max);
        let (size, parameter) = match &self.style {
            Style::Offset(name) => (if self.size.is_some() { wanted } else { self.max }, (name.clone(), offset)),
            Style::Page(name, start) => {
                let size = if self.size.is_some() && offset.is_multiple_of(wanted) { wanted } else { self.max };
                (size, (name.clone(), start.saturating_add(offset / size)))
            }
        };
        let mut query = vec![(parameter.0, parameter.1.to_string())];
        query.extend(self.size.as_ref().map(|name| (name.clone(), size.to_string())));
        let offset = match self.style {
            Style::Offset(_) => offset,
            Style::Page(..) => offset - offset % size,
        };
        Request { query, offset, size }
    }

    /// How many records there are in all, if the application says so.
    pub(super) fn total(&self, headers: &HeaderMap, body: &Json) -> Option<Result<u64, String>> {
        let found = self.total.as_ref()?.find(headers, Some(body));
        Some(found.and_then(|text| text.parse().ok()).ok_or_else(|| "the answer says no total".to_owned()))
    }

    /// True when the application says how many records there are.
    pub(super) const fn says_total(&self) -> bool {
        self.total.is_some()
    }

    /// True when pages are numbered, so that their size decides where they begin.
    pub(super) const fn is_numbered(&self) -> bool {
        matches!(self.style, Style::Page(..))
    }
}
