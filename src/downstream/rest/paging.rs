//! How a list comes in pages, and which of the application's pages hold the records that are
//! wanted. Pure: the calls are made elsewhere.

use http::HeaderMap;
use serde_json::Value as Json;

use super::keys::path;
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
/// `page = { page = "page", per_page = "per_page", start = 1, max = 100, total = … }`, or, where each
/// page names the next, `page = { cursor = "after", from = "$.next_cursor", … }` or
/// `page = { next = "$.links.next", … }`, which may be `{ header = "Link" }`, or
/// `page = { continue = "$.continue", … }`. With `limit` and `max` alone there is one page.
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
    /// The parameter takes what stood in the page before.
    Cursor(String, Place),
    /// The page before holds the address of the next.
    Next(Place),
    /// The page before holds an object whose members are the parameters for the next.
    Continue(JsonPath),
    /// There is one page only.
    One,
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

/// What asks for the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// These parameters beside those of the call.
    Further(Vec<(String, String)>),
    /// This query instead of the call's.
    Instead(String),
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
                let named = table.required_string("header", "`{ header = \"X-Total\" }`", problems);
                table.finish(problems);
                let (name, span) = named?;
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

    /// The text that stands there; `None` when there is none, or an empty one.
    ///
    /// # Errors
    /// Something that is no text: to take it for nothing would end a list before its end.
    fn text(&self, headers: &HeaderMap, body: &Json) -> Result<Option<String>, String> {
        if let Self::Body(path) = self
            && matches!(path.first(body), Some(Json::Object(_) | Json::Array(_) | Json::Bool(true)))
        {
            return Err(format!("`{}` does not say which page is next", path.as_str()));
        }
        Ok(self.find(headers, Some(body)).filter(|text| !text.is_empty()))
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
        let cursor = table.string("cursor", problems);
        let from = table.node("from").and_then(|node| Place::read(node, "`from`", problems));
        let next = table.node("next").and_then(|node| Place::read(node, "`next`", problems));
        let object = path(&table, "continue", problems);
        if let (Some(_), None) = (cursor, table.node("from")) {
            table.missing("from", "where a page says the next cursor: `from = \"$.next_cursor\"`", problems);
        }
        let styles = [
            offset.map(|(name, _)| Some(Style::Offset(encode_all(name)))),
            number.map(|(name, _)| Some(Style::Page(encode_all(name), start.unwrap_or(1)))),
            cursor.map(|(name, _)| from.map(|from| Style::Cursor(encode_all(name), from))),
            table.node("next").map(|_| next.map(Style::Next)),
            table.node("continue").map(|_| object.map(Style::Continue)),
        ];
        let mut styles = styles.into_iter().flatten();
        let style = match (styles.next(), styles.next()) {
            (Some(style), None) => style,
            (None, _) if limit.is_some() => {
                if table.node("max").is_none() {
                    table.missing("max", "how many records the one page holds at most: `max = 1000`", problems);
                }
                Some(Style::One)
            }
            (None, _) => {
                let help = "write one of `offset = \"…\"`, `page = \"…\"`, `cursor = \"…\"`, `next = \"$…\"`, \
                            `continue = \"$…\"`, or `limit` alone";
                table.missing("offset", help, problems);
                None
            }
            _ => {
                let message = "`page` has more than one of `offset`, `page`, `cursor`, `next`, `continue`";
                problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span, message));
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
            Style::Cursor(..) | Style::Next(_) | Style::Continue(_) | Style::One => return self.first(),
            Style::Offset(name) => (if self.size.is_some() { wanted } else { self.max }, (name.clone(), offset)),
            Style::Page(name, start) => {
                let size = if self.size.is_some() && offset.is_multiple_of(wanted) { wanted } else { self.max };
                (size, (name.clone(), start.saturating_add(offset / size)))
            }
        };
        let mut query = vec![(parameter.0, parameter.1.to_string())];
        query.extend(self.size.as_ref().map(|name| (name.clone(), size.to_string())));
        let offset = if self.is_numbered() { offset - offset % size } else { offset };
        Request { query, offset, size }
    }

    /// The first page where each names the next.
    fn first(&self) -> Request {
        let query = self.size.iter().map(|name| (name.clone(), self.max.to_string())).collect();
        Request { query, offset: 0, size: self.max }
    }

    /// What asks for the page after this answer; `None` after the last one. Of an address only the
    /// query counts: host and path stay those of the call.
    pub(super) fn next(&self, headers: &HeaderMap, body: &Json) -> Result<Option<Next>, String> {
        match &self.style {
            Style::Offset(_) | Style::Page(..) | Style::One => Ok(None),
            Style::Continue(path) => {
                let mut query = self.first().query;
                let further = parameters(path, body)?;
                Ok((!further.is_empty()).then(|| {
                    query.extend(further);
                    Next::Further(query)
                }))
            }
            Style::Cursor(name, place) => {
                let found = place.text(headers, body)?;
                let mut query = self.first().query;
                Ok(found.map(|text| {
                    query.push((name.clone(), encode_all(&text)));
                    Next::Further(query)
                }))
            }
            Style::Next(place) => {
                let found = match place {
                    Place::Header(name) => {
                        headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).find_map(linked)
                    }
                    Place::Body(_) => place.text(headers, body)?,
                };
                let Some(address) = found else { return Ok(None) };
                let query = address.parse::<http::Uri>().ok().and_then(|uri| Some(uri.query()?.to_owned()));
                query.map(|query| Some(Next::Instead(query))).ok_or_else(|| "the next page has no address".to_owned())
            }
        }
    }

    /// True when no page can be asked for but the first and what follows it.
    pub(super) const fn is_chained(&self) -> bool {
        matches!(self.style, Style::Cursor(..) | Style::Next(_) | Style::Continue(_) | Style::One)
    }

    /// True when records may be left out of a page that is the only one: it is full, and nothing
    /// says that it holds all.
    pub(super) fn may_be_cut(&self, count: u64, headers: &HeaderMap, body: &Json) -> bool {
        let total = self.total(headers, body).and_then(Result::ok);
        matches!(self.style, Style::One) && total.map_or(count >= self.max, |total| total > count)
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

/// The members of an object as parameters, encoded; none when there is no object.
fn parameters(path: &JsonPath, body: &Json) -> Result<Vec<(String, String)>, String> {
    const MOST: usize = 16;
    let odd = || format!("`{}` does not say which page is next", path.as_str());
    let object = match path.first(body) {
        None | Some(Json::Null | Json::Bool(false)) => return Ok(Vec::new()),
        Some(Json::Object(object)) if object.len() <= MOST => object,
        Some(_) => return Err(odd()),
    };
    let text = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let pairs = object.iter().map(|(name, value)| Some((encode_all(name), encode_all(&text(value)?))));
    pairs.collect::<Option<_>>().ok_or_else(odd)
}

/// The address of `<…>; rel="next"` in a `Link` header (RFC 8288).
fn linked(text: &str) -> Option<String> {
    let is_next = |parameters: &str| {
        parameters.split(';').any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"))
    };
    // A comma may stand inside `<…>`, so the links are cut at their brackets.
    text.split('<').skip(1).find_map(|link| {
        let (address, parameters) = link.split_once('>')?;
        is_next(parameters.trim_end_matches([' ', ','])).then(|| address.to_owned())
    })
}
