//! What is said about a request besides the statements: conditions, filter, order, page, fields.

use crate::mapping::ResourceMapping;
use crate::plan::{ListChange, QueryPlan};
use crate::record::Fields;
use crate::scim::patch::PatchOp;
use crate::scim::{Filter, PatchOperation, Query, Request, SortOrder, Verb};
use crate::value::{Object, Value};

use super::{parts, secret};

pub(super) const fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Patch => "PATCH",
        Verb::Delete => "DELETE",
    }
}

/// `If-Match` and `If-None-Match`.
pub(super) fn conditions(request: &Request) -> Vec<String> {
    let mut lines = Vec::new();
    let conditions = &request.preconditions;
    let read = !request.operation.is_change();
    if !conditions.if_match.is_empty() && !read {
        let tags = conditions.if_match.join(", ");
        lines.push(if tags == "*" {
            "only if it is there, whatever its version".to_owned()
        } else {
            format!("only if the version that is stored is {tags}; any other is answered with 412 and changes nothing")
        });
    }
    if !conditions.if_none_match.is_empty() && read {
        let tags = conditions.if_none_match.join(", ");
        lines.push(format!("answered with 304 and no body if the version that is stored is {tags}"));
    }
    lines
}

/// The filter and who answers which part of it, the order, the page.
pub(super) fn query(query: &Query, plan: &QueryPlan) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(filter) = &query.filter {
        lines.push(format!("filter: {filter}"));
        let left = plan.residual.as_ref().map(parts).unwrap_or_default();
        let pushed: Vec<&Filter> = parts(filter).iter().filter(|part| !left.contains(part)).collect();
        let joined = |parts: &[&Filter]| match parts {
            [one] => one.to_string(),
            several => Filter::And(several.iter().map(|part| (*part).clone()).collect()).to_string(),
        };
        match (pushed.is_empty(), left.is_empty()) {
            (true, _) => {
                lines.push("the application answers no part of it, and the gateway reads everybody".to_owned())
            }
            (false, true) => lines.push("the application answers all of it".to_owned()),
            (false, false) => lines.push(format!("the application answers of it: {}", joined(&pushed))),
        }
    }
    if let Some((path, order)) = &query.sort {
        let word = if *order == SortOrder::Ascending { "ascending" } else { "descending" };
        let by = if plan.sort.is_some() { "gateway" } else { "application" };
        lines.push(format!("order: {path}, {word}, by the {by}"));
    }
    let (offset, count) = plan.window;
    lines.push(match &query.cursor {
        Some(cursor) if cursor.is_empty() => format!("page: the first, at most {count}, and a cursor for the next"),
        Some(_) => format!("page: after the cursor, at most {count}; the statements are those of a first page"),
        None => format!("page: from {}, at most {count}", offset + 1),
    });
    lines
}

/// The fields and their values, one a line.
pub(super) fn fields(title: &str, fields: &Fields) -> Vec<String> {
    if fields.is_empty() {
        return Vec::new();
    }
    let lines = fields.iter().map(|(name, value)| format!("  {name} = {}", value.to_json()));
    std::iter::once(title.to_owned()).chain(lines).collect()
}

/// The elements that come and go.
pub(super) fn lists(changes: &[ListChange]) -> Vec<String> {
    let shown = |word: &str, list: &dyn std::fmt::Display, elements: &[Object]| -> Vec<String> {
        let each = elements.iter().map(|element| Value::Object(element.clone()).to_json());
        each.map(|element| format!("  {list}: {word} {element}")).collect()
    };
    let of = |change: &ListChange| {
        [shown("remove", &change.list, &change.remove), shown("add", &change.list, &change.add)].concat()
    };
    changes.iter().flat_map(of).collect()
}

/// An operation as it was understood.
pub(super) fn operation(operation: &PatchOperation, mapping: &ResourceMapping) -> String {
    let word = match operation.op {
        PatchOp::Add => "add",
        PatchOp::Remove => "remove",
        PatchOp::Replace => "replace",
    };
    let path = &operation.target.path;
    // A password is not for terminals and their histories.
    let is_secret = secret::is_secret(path, mapping);
    let filter = operation.target.filter.as_ref();
    let filter = filter.map(|filter| {
        if secret::is_asked_for(filter, mapping) {
            format!(" where {}", secret::HIDDEN)
        } else {
            format!(" where {filter}")
        }
    });
    let value = match &operation.value {
        Value::Null => String::new(),
        _ if is_secret => format!(" = {}", secret::HIDDEN),
        value => format!(" = {}", secret::without_secrets(path, value, mapping).to_json()),
    };
    format!("operation {}: {word} {path}{}{value}", operation.number, filter.unwrap_or_default())
}
