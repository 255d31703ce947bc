//! The endpoints of RFC 7644 §3.2 and what each of them takes.

use std::sync::Arc;

use crate::scim::cursor::invalid_cursor;
use crate::scim::{
    AttributePath, AttributeType, BulkRequest, Discovery, Filter, Leniency, Mutability, Paging, Projection, Query,
    ResourceId, ResourceType, ResourceTypes, Returned, ScimError, ScimType, SortOrder, conform, patch, urn,
};
use crate::value::{Object, Value};

use super::{Operation, RawQuery, RawRequest, Request, Verb};

pub(super) fn parse(raw: &RawRequest, types: &ResourceTypes, leniency: &Leniency) -> Result<Request, ScimError> {
    let path: Vec<&str> = raw.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["ServiceProviderConfig"] => discover(raw, Discovery::ServiceProviderConfig),
        ["ResourceTypes"] => discover(raw, Discovery::ResourceTypes),
        ["ResourceTypes", name] => discover(raw, Discovery::ResourceType((*name).to_owned())),
        ["Schemas"] => discover(raw, Discovery::Schemas),
        ["Schemas", urn] => discover(raw, Discovery::Schema((*urn).to_owned())),
        // A token that stands for a user has had its alias replaced by now.
        ["Me", ..] => Err(ScimError::new(501, "this token stands for no user, so there is no `/Me`")),
        ["Bulk"] => bulk(raw),
        [] | [".search"] => everywhere(raw, types, leniency),
        [endpoint] => at(endpoint, types).and_then(|kind| collection(raw, kind, leniency)),
        [endpoint, ".search"] => at(endpoint, types).and_then(|kind| search(raw, kind, leniency)),
        [endpoint, id] => at(endpoint, types).and_then(|kind| item(raw, kind, id, leniency)),
        _ => Err(no_endpoint()),
    }
}

fn no_endpoint() -> ScimError {
    ScimError::not_found("there is no such endpoint")
}

fn at<'t>(endpoint: &str, types: &'t ResourceTypes) -> Result<&'t Arc<ResourceType>, ScimError> {
    types.at_endpoint(endpoint).ok_or_else(no_endpoint)
}

fn not_allowed(takes: &str) -> ScimError {
    ScimError::new(405, format!("this endpoint takes {takes}"))
}

fn discover(raw: &RawRequest, document: Discovery) -> Result<Request, ScimError> {
    if raw.verb != Verb::Get {
        return Err(not_allowed("GET"));
    }
    // RFC 7644 §4: a filter here is refused with 403, so that nobody mistakes all for some.
    if raw.query.get("filter").is_some() {
        return Err(ScimError::new(403, "discovery documents cannot be filtered"));
    }
    Ok(request(raw, Operation::Discover(document), Projection::default()))
}

fn bulk(raw: &RawRequest) -> Result<Request, ScimError> {
    if raw.verb != Verb::Post {
        return Err(not_allowed("POST"));
    }
    Ok(request(raw, Operation::Bulk(BulkRequest::parse(body(raw)?)?), Projection::default()))
}

fn collection(raw: &RawRequest, kind: &Arc<ResourceType>, leniency: &Leniency) -> Result<Request, ScimError> {
    let projection = projection(&raw.query, kind)?;
    match raw.verb {
        Verb::Get => {
            let query = query_of_one(&raw.query, kind, projection.clone(), leniency)?;
            Ok(request(raw, Operation::Query(kind.clone(), Box::new(query)), projection))
        }
        Verb::Post => {
            let (resource, unknown) = conform(body(raw)?, kind)?;
            let operation = Operation::Create(kind.clone(), Box::new(resource));
            Ok(Request { unknown, ..request(raw, operation, projection) })
        }
        Verb::Put | Verb::Patch | Verb::Delete => Err(not_allowed("GET and POST; to change a resource, add its id")),
    }
}

fn item(raw: &RawRequest, kind: &Arc<ResourceType>, id: &str, leniency: &Leniency) -> Result<Request, ScimError> {
    if id.is_empty() || id.len() > LONGEST_ID || id.contains(char::is_control) {
        return Err(ScimError::not_found(format!("there is no such {}", kind.name)));
    }
    let id = ResourceId::new(id);
    let projection = projection(&raw.query, kind)?;
    let kind = kind.clone();
    let (operation, unknown) = match raw.verb {
        Verb::Get => (Operation::Get(kind, id), Vec::new()),
        Verb::Delete => (Operation::Delete(kind, id), Vec::new()),
        Verb::Put => {
            let (resource, unknown) = conform(body(raw)?, &kind)?;
            (Operation::Replace(kind, id, Box::new(resource)), unknown)
        }
        Verb::Patch => {
            let (operations, unknown) = patch::parse(body(raw)?, &kind, leniency)?;
            (Operation::Patch(kind, id, operations), unknown)
        }
        Verb::Post => return Err(not_allowed("GET, PUT, PATCH and DELETE; to create a resource, leave out the id")),
    };
    Ok(Request { unknown, ..request(raw, operation, projection) })
}

/// POST /Users/.search (RFC 7644 §3.4.3): the query parameters as a JSON body.
fn search(raw: &RawRequest, kind: &Arc<ResourceType>, leniency: &Leniency) -> Result<Request, ScimError> {
    if raw.verb != Verb::Post {
        return Err(not_allowed("POST"));
    }
    let parameters = parameters(raw)?;
    let projection = projection(&parameters, kind)?;
    let query = query_of_one(&parameters, kind, projection.clone(), leniency)?;
    Ok(request(raw, Operation::Query(kind.clone(), Box::new(query)), projection))
}

/// GET on the base path and POST /.search: one query over every resource type (RFC 7644 §3.4.2.1).
/// What one type lacks has no value there; what every type lacks is refused.
fn everywhere(raw: &RawRequest, types: &ResourceTypes, leniency: &Leniency) -> Result<Request, ScimError> {
    let parameters = match (raw.verb, raw.path.is_empty()) {
        (Verb::Get, true) => raw.query.clone(),
        (Verb::Post, false) => parameters(raw)?,
        _ => return Err(not_allowed("GET here and POST at `/.search`")),
    };
    if parameters.get("sortBy").is_some_and(|by| !by.is_empty()) {
        // The types come one after the other; to answer them so would pass them off as sorted.
        return Err(ScimError::invalid_value("`sortBy` orders the resources of one endpoint, not of all at once"));
    }
    let mut queries = Vec::new();
    for kind in &types.types {
        let projection = projection(&parameters, kind)?;
        let filter = parameters.get("filter").map(|text| Filter::parse_among(text, kind, types, leniency));
        let query = query(&parameters, kind, filter.transpose()?, projection.clone())?;
        queries.push(request(raw, Operation::Query(kind.clone(), Box::new(query)), projection));
    }
    Ok(request(raw, Operation::QueryAll(queries), Projection::default()))
}

fn parameters(raw: &RawRequest) -> Result<RawQuery, ScimError> {
    let Value::Object(body) = body(raw)? else {
        return Err(ScimError::invalid_syntax("the body must be a JSON object"));
    };
    check_message(body, urn::SEARCH_REQUEST)?;
    let found = PARAMETERS.iter().filter_map(|name| parameter(body, name).transpose());
    Ok(RawQuery(found.collect::<Result<Vec<_>, _>>()?))
}

fn parameter(body: &Object, name: &str) -> Result<Option<(String, String)>, ScimError> {
    let wrong = || ScimError::invalid_value(format!("`{name}` has the wrong type"));
    let is_list = name == "attributes" || name == "excludedAttributes";
    let text = match body.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::List(items)) if is_list => {
            items.iter().map(|item| item.as_str().ok_or_else(wrong)).collect::<Result<Vec<_>, _>>()?.join(",")
        }
        Some(Value::String(text)) if name != "startIndex" && name != "count" => text.clone(),
        Some(Value::Integer(number)) if name == "startIndex" || name == "count" => number.to_string(),
        Some(_) => return Err(wrong()),
    };
    Ok(Some((name.to_owned(), text)))
}

/// A message of RFC 7644 says which one it is.
pub(crate) fn check_message(body: &Object, urn: &str) -> Result<(), ScimError> {
    let listed = body.get("schemas").and_then(Value::as_list).unwrap_or_default();
    if listed.iter().filter_map(Value::as_str).any(|listed| listed.eq_ignore_ascii_case(urn)) {
        return Ok(());
    }
    Err(ScimError::invalid_syntax(format!("`schemas` must be a list that has `{urn}`")))
}

fn request(raw: &RawRequest, operation: Operation, projection: Projection) -> Request {
    let projection = projection.answering(&operation);
    Request { operation, projection, preconditions: raw.preconditions.clone(), unknown: Vec::new() }
}

fn body(raw: &RawRequest) -> Result<&Value, ScimError> {
    raw.body.as_ref().ok_or_else(|| ScimError::invalid_syntax("this request needs a JSON body"))
}

fn projection(query: &RawQuery, kind: &ResourceType) -> Result<Projection, ScimError> {
    let list = |name: &str| match query.get(name) {
        Some(list) if list.len() > LONGEST_LIST => {
            Err(ScimError::invalid_value(format!("`{name}` is longer than {LONGEST_LIST} bytes")))
        }
        other => Ok(other),
    };
    Ok(Projection::parse(list("attributes")?, list("excludedAttributes")?, kind))
}

fn query_of_one(
    parameters: &RawQuery,
    kind: &ResourceType,
    projection: Projection,
    leniency: &Leniency,
) -> Result<Query, ScimError> {
    let filter = parameters.get("filter").map(|text| Filter::parse_with(text, kind, leniency)).transpose()?;
    query(parameters, kind, filter, projection)
}

fn query(
    query: &RawQuery,
    kind: &ResourceType,
    filter: Option<Filter>,
    projection: Projection,
) -> Result<Query, ScimError> {
    let cursor = cursor(query)?;
    let start_index = number(query, "startIndex")?.map_or(1, |number| u64::try_from(number).unwrap_or(0).max(1));
    let count = number(query, "count")?.map(|number| u64::try_from(number).unwrap_or(0));
    Ok(Query { filter, sort: sort(query, kind)?, paging: Paging { start_index, count }, cursor, projection })
}

/// RFC 9865 §2: an empty cursor begins a list.
fn cursor(query: &RawQuery) -> Result<Option<String>, ScimError> {
    let Some(cursor) = query.get("cursor") else { return Ok(None) };
    if cursor.len() > LONGEST_CURSOR {
        return Err(invalid_cursor());
    }
    if query.get("startIndex").is_some() {
        return Err(ScimError::invalid_value("`cursor` and `startIndex` exclude each other"));
    }
    if number(query, "count").is_err() {
        return Err(ScimError::bad_request(ScimType::InvalidCount, "`count` must be a whole number"));
    }
    Ok(Some(cursor.to_owned()))
}

fn number(query: &RawQuery, name: &str) -> Result<Option<i64>, ScimError> {
    let parse = |text: &str| {
        text.trim().parse().map_err(|_| ScimError::invalid_value(format!("`{name}` must be a whole number")))
    };
    query.get(name).map(parse).transpose()
}

fn sort(query: &RawQuery, kind: &ResourceType) -> Result<Option<(AttributePath, SortOrder)>, ScimError> {
    let order = match query.get("sortOrder").map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "ascending") => SortOrder::Ascending,
        Some("descending") => SortOrder::Descending,
        Some(_) => return Err(ScimError::invalid_value("`sortOrder` must be `ascending` or `descending`")),
    };
    let Some(by) = query.get("sortBy").filter(|by| !by.is_empty()) else { return Ok(None) };
    let refused = |why: String| ScimError::bad_request(ScimType::InvalidPath, format!("`sortBy`: {why}"));
    let path = AttributePath::parse(by, kind).map_err(|problem| refused(problem.to_string()))?;
    if path.returned == Returned::Never || path.mutability == Mutability::WriteOnly {
        return Err(refused(format!("`{path}` cannot be sorted by")));
    }
    if path.kind != AttributeType::Complex {
        return Ok(Some((path, order)));
    }
    // RFC 7644 §3.4.2.3: a list is sorted by the value of its primary element.
    let value = path.definition(kind).and_then(|attribute| path.with_sub("value", &attribute));
    value.map(|path| Some((path, order))).ok_or_else(|| refused(format!("name a part of `{path}`")))
}

/// The members of a SearchRequest that are parameters.
const PARAMETERS: &[&str] =
    &["attributes", "excludedAttributes", "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor"];
/// Longest id that is looked up; ours are shorter.
const LONGEST_ID: usize = 1024;
/// Longest cursor that is looked at; ours hold a key of at most 512 bytes.
const LONGEST_CURSOR: usize = 2048;
/// Longest list of attribute names.
const LONGEST_LIST: usize = 8192;
