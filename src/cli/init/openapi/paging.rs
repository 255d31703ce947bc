//! How a list comes in pages, by the names of its parameters and of what stands beside the records. Pure.

use super::envelope::step;
use super::operation::{Operation, Parameter};
use super::schema::{Kind, Schema};
use crate::cli::init::lines::{inline, quoted};
use crate::cli::init::words::squeezed;

const OFFSETS: &[&str] = &["offset", "skip", "start", "startindex", "firstresult", "first", "from", "pageoffset"];
const LIMITS: &[&str] = &[
    "limit",
    "take",
    "perpage",
    "pagesize",
    "size",
    "maxresults",
    "max",
    "count",
    "top",
    "results",
    "itemsperpage",
    "pagelimit",
    "pageitems",
];
const PAGES: &[&str] = &["page", "pagenumber", "pageno", "pageindex", "pagenum", "pagenr"];
const CURSORS: &[&str] = &[
    "cursor",
    "after",
    "pagetoken",
    "nexttoken",
    "marker",
    "startingafter",
    "continuationtoken",
    "pagecursor",
    "continue",
    "pageafter",
];
const NEXT_CURSORS: &[&str] = &[
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "endcursor",
    "continuationtoken",
    "cursor",
    "nextmarker",
    "after",
    "next",
    "continue",
];
const NEXT_ADDRESSES: &[&str] =
    &["next", "nexturl", "nextlink", "nextpage", "nextpageurl", "odatanextlink", "nexthref"];
const TOTALS: &[&str] = &[
    "filtercount",
    "totalcount",
    "total",
    "totalelements",
    "totalitems",
    "totalresults",
    "recordstotal",
    "totalhits",
    "totalrecords",
    "count",
    "odatacount",
];
const HEADERS: &[&str] = &["X-Total-Count", "X-Total", "X-WP-Total", "Total-Count", "X-Pagination-Total"];
/// What stands beside the records with facts about them.
const BESIDE: &[&str] =
    &["meta", "pagination", "paging", "page", "pageinfo", "links", "info", "metadata", "responsemetadata", "cursor"];
/// How many records a page has where the document does not say how many it can have.
const MAX: u64 = 100;

/// The pages of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Pages {
    /// The keys of `page`, without the total; empty when nothing is said of pages.
    keys: Vec<(&'static str, String)>,
    total: Option<String>,
    /// The parameters of the query that are sent besides.
    pub(super) query: Vec<(String, String)>,
    /// The one of them that asks for the total.
    pub(super) asks_total: Option<String>,
    /// What is to be looked at.
    pub(super) note: String,
}

impl Pages {
    /// `page = …`, when there is something to say; a search does without the total.
    pub(super) fn value(&self, with_total: bool) -> Option<String> {
        if self.keys.is_empty() {
            return None;
        }
        let mut keys = self.keys.clone();
        keys.extend(self.total.clone().filter(|_| with_total).map(|total| ("total", total)));
        Some(inline(&keys))
    }
}

/// What is said of the pages of a list; `key` is the name of the records' key.
pub(super) fn pages(list: Operation<'_>, key: Option<&str>) -> Pages {
    let query = list.query();
    let limit = named(&query, LIMITS);
    let Some(mut keys) = style(list, &query, limit) else {
        return Pages {
            note: "nothing is said of pages; if there are some, write `page`".to_owned(),
            ..Pages::default()
        };
    };
    let by_number = keys.first().is_some_and(|(key, _)| *key == "page");
    keys.extend(limit.map(|limit| (if by_number { "per_page" } else { "limit" }, quoted(limit.name))));
    let zero = |page: &Parameter<'_>| page.schema.bound("default").or_else(|| page.schema.bound("minimum")) == Some(0);
    if by_number && named(&query, PAGES).is_some_and(zero) {
        keys.push(("start", "0".to_owned()));
    }
    let most = limit.and_then(|limit| limit.schema.bound("maximum")).filter(|most| *most > 0);
    keys.push(("max", most.unwrap_or(MAX).min(1000).to_string()));
    let one = !keys.iter().any(|(key, _)| matches!(*key, "offset" | "page" | "cursor" | "next"));
    let mut pages = Pages { keys, ..Pages::default() };
    pages.note = match (one, most) {
        (true, _) => "one page: how the next is asked for the document does not say".to_owned(),
        (false, None) => format!("at most {MAX} a page: the document does not say"),
        (false, Some(_)) => String::new(),
    };
    let total = list.answer().and_then(|answer| fact(answer, TOTALS, &|kind| kind == Kind::Integer));
    match (total, list.header(HEADERS)) {
        (Some(total), _) => {
            // `meta.filter_count`, told to those who ask for it by the parameter `meta`.
            let asked = total.beside.and_then(|beside| query.iter().find(|parameter| parameter.name == beside));
            pages.query.extend(asked.map(|parameter| (parameter.name.to_owned(), total.name.to_owned())));
            pages.asks_total = asked.map(|parameter| parameter.name.to_owned());
            pages.total = Some(quoted(&total.path));
        }
        (None, Some(header)) => pages.total = Some(inline(&[("header", quoted(header))])),
        (None, None) => {}
    }
    pages.query.extend(order(&query, key));
    pages
}

/// How the next page is asked for; `None` when nothing is said of pages, nothing in it when there is one.
fn style(
    list: Operation<'_>,
    query: &[Parameter<'_>],
    limit: Option<&Parameter<'_>>,
) -> Option<Vec<(&'static str, String)>> {
    let answer = list.answer();
    let text = |kind: Kind| matches!(kind, Kind::Text | Kind::Unknown | Kind::Integer);
    let of = |names| answer.and_then(|answer| fact(answer, names, &text));
    let offset = named(query, OFFSETS).filter(|offset| is_number(offset));
    if let Some(offset) = offset.filter(|offset| limit.is_none_or(|limit| limit.name != offset.name)) {
        return Some(vec![("offset", quoted(offset.name))]);
    }
    let next = of(NEXT_ADDRESSES);
    let is_address = |fact: &Fact<'_>| fact.schema.format().is_some_and(|format| format.starts_with("uri"));
    let address = next.as_ref().filter(|next| is_address(next));
    if let (Some(cursor), Some(from), None) = (named(query, CURSORS), of(NEXT_CURSORS), address) {
        return Some(vec![("cursor", quoted(cursor.name)), ("from", quoted(&from.path))]);
    }
    if let Some(page) = named(query, PAGES).filter(|page| is_number(page)) {
        return Some(vec![("page", quoted(page.name))]);
    }
    if let Some(next) = next {
        return Some(vec![("next", quoted(&next.path))]);
    }
    if list.header(&["Link"]).is_some() {
        return Some(vec![("next", inline(&[("header", quoted("Link"))]))]);
    }
    limit.map(|_| Vec::new())
}

/// The parameter that has one of these names.
fn named<'q, 'a>(query: &'q [Parameter<'a>], names: &[&str]) -> Option<&'q Parameter<'a>> {
    names.iter().find_map(|name| query.iter().find(|parameter| squeezed(parameter.name) == *name))
}

fn is_number(parameter: &Parameter<'_>) -> bool {
    matches!(parameter.schema.kind(), Kind::Integer | Kind::Number | Kind::Unknown)
}

/// A fact that stands beside the records.
struct Fact<'a> {
    path: String,
    name: &'a str,
    /// The object that it is in, when it is in one.
    beside: Option<&'a str>,
    schema: Schema<'a>,
}

/// The fact of one of these names: in the answer itself, or in an object beside the records.
fn fact<'a>(answer: Schema<'a>, names: &[&str], fits: &dyn Fn(Kind) -> bool) -> Option<Fact<'a>> {
    let all = answer.properties();
    let mut places: Vec<(Option<&'a str>, String, Schema<'a>)> = Vec::new();
    for property in &all {
        let Some(own) = step(property.name) else { continue };
        places.push((None, format!("${own}"), property.schema));
    }
    for object in all.iter().filter(|object| BESIDE.contains(&&*squeezed(object.name))) {
        let Some(before) = step(object.name) else { continue };
        let inner = object.schema.properties();
        let inner = inner
            .iter()
            .filter_map(|one| Some((Some(object.name), format!("${before}{}", step(one.name)?), one.schema)));
        places.extend(inner);
    }
    let name_of = |path: &str| squeezed(path.rsplit(['.', '[']).next().unwrap_or_default());
    let found = names
        .iter()
        .find_map(|name| places.iter().find(|(_, path, schema)| name_of(path) == *name && fits(schema.kind())));
    let (beside, path, schema) = found?;
    let object = beside.and_then(|beside| all.iter().find(|property| property.name == beside));
    let within = object.map_or_else(|| all.clone(), |object| object.schema.properties());
    let name = within.iter().find(|property| squeezed(property.name) == name_of(path))?.name;
    Some(Fact { path: path.clone(), name, beside: *beside, schema: *schema })
}

/// The parameter that keeps the order of the pages the same, where the document lists what it takes.
fn order(query: &[Parameter<'_>], key: Option<&str>) -> Option<(String, String)> {
    let parameter = named(query, &["ordering", "sort", "orderby", "sortby", "order"])?;
    let schema = if parameter.schema.kind() == Kind::List { parameter.schema.items()? } else { parameter.schema };
    let words = schema.words();
    let by = key.into_iter().chain(["id", "pk"]).find(|name| words.contains(name))?;
    Some((parameter.name.to_owned(), by.to_owned()))
}
