//! Answers → records: finding the items, their keys, fields and members. No I/O.

use http::HeaderMap;
use serde_json::Value as Json;

use super::call::Call;
use super::path::{JsonPath, Step};
use super::resource::Resource;
use super::xml::as_list;
use crate::plan::Want;
use crate::record::{Record, RecordKey};

/// The one record in an answer.
///
/// # Errors
/// What is not as it should be.
pub(super) fn item<'a>(call: &Call, body: Option<&'a Json>) -> Result<&'a Json, String> {
    let body = body.ok_or("the answer is empty")?;
    let found = call.item.as_ref().map_or(Some(body), |path| path.first(body));
    match found {
        Some(item @ Json::Object(_)) => Ok(item),
        _ => Err(format!("`{}` is no record", call.item.as_ref().map_or("$", JsonPath::as_str))),
    }
}

/// The records in an answer. A list that is not there is no empty list: many applications answer
/// an error, or whom they do not know, with a 200 of another form.
///
/// # Errors
/// What is not as it should be.
pub(super) fn items<'a>(call: &Call, body: Option<&'a Json>) -> Result<Vec<&'a Json>, String> {
    let Some(path) = &call.items else { return item(call, body).map(|item| vec![item]) };
    let body = body.ok_or("the answer is empty")?;
    if call.is_optional && leaves_out(path, body) {
        return Ok(Vec::new());
    }
    if let Some(list) = path.list_of_elements()
        && !list.first(body).is_some_and(Json::is_array)
    {
        return Err(format!("`{}` is no list", path.as_str()));
    }
    let found = match path.steps() {
        Some(steps) if !steps.contains(&Step::Each) => match path.first(body) {
            Some(Json::Array(items)) => items.iter().collect(),
            _ => return Err(format!("`{}` is no list", path.as_str())),
        },
        _ => path.all(body),
    };
    Ok(found)
}

/// True when the list is not in the object where it belongs, or null there. An answer that tells an
/// error is none that leaves the list out.
fn leaves_out(path: &JsonPath, body: &Json) -> bool {
    let told = |name| body.get(name).is_some_and(|error| !is_nothing(error));
    let list = path.split_list().map(|(list, _)| list);
    let steps = list.as_ref().unwrap_or(path).steps().unwrap_or_default();
    let Some((Step::Member(last), before)) = steps.split_last() else { return false };
    let object = before.iter().try_fold(body, |here, step| match step {
        Step::Member(name) => here.get(name),
        Step::Each => None,
    });
    object.is_some_and(|object| object.is_object() && object.get(last).is_none_or(Json::is_null))
        && !told("error")
        && !told("errors")
}

/// True when an answer holds nothing where the record would be: no body, null, or an empty text,
/// list or object; of `$.result[0]` an empty `$.result`. What is not there at all says nothing of
/// the kind, since the answer may tell an error.
pub(super) fn says_nothing(call: &Call, body: Option<&Json>) -> bool {
    let Some(body) = body else { return true };
    let Some(path) = &call.item else { return is_nothing(body) };
    match path.first(body) {
        Some(found) => is_nothing(found),
        None => is_nothing(body) || path.list_of_element().is_some_and(|list| list.first(body).is_some_and(is_nothing)),
    }
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// The last segment of an address, decoded: `7` of `/api/users/7/?view=full`.
pub(super) fn last_segment(address: &str) -> Option<RecordKey> {
    let path = address.split(['?', '#']).next()?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let key = percent_encoding::percent_decode_str(last).decode_utf8().ok()?;
    (1..=512).contains(&key.len()).then(|| RecordKey::new(&key))
}

impl Resource {
    /// The key of a document.
    pub(super) fn key_in(&self, document: &Json) -> Option<RecordKey> {
        if self.key.is_none {
            return Some(RecordKey::new(&self.name));
        }
        let key = self.key.path.first(document).and_then(key_of)?;
        if self.key.is_address { last_segment(key.as_str()) } else { Some(key) }
    }

    /// A document as a record, without its members and groups.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn record(&self, document: &Json) -> Result<Record, String> {
        let key = self.key_in(document).ok_or_else(|| format!("`{}` is no key", self.key.path.as_str()))?;
        let version = match &self.version {
            Some(version) => version.of(&HeaderMap::new(), document)?,
            None => None,
        };
        Ok(Record { key, fields: self.fields.take(document)?, members: None, groups: None, version })
    }

    /// Makes lists in an XML answer of what the paths of the call, of the record and of the errors call
    /// lists.
    pub(super) fn list_in(&self, call: &Call, body: &mut Option<Json>) {
        let Some(body) = body else { return };
        let base = call.items.as_ref().or(call.item.as_ref());
        let base = base.map_or(Some(&[][..]), JsonPath::steps).unwrap_or_default();
        let members = self.members.iter().filter_map(|members| members.place());
        let lists = members.chain(self.groups.iter().map(|groups| groups.place())).filter_map(JsonPath::steps);
        let lists = lists.map(|steps| [base, steps, &[Step::Each]].concat());
        let fields = self.fields.paths().filter_map(JsonPath::steps).map(|steps| [base, steps].concat());
        let of_rules = self.rules.iter().filter_map(|rule| rule.path()?.steps().map(<[Step]>::to_vec));
        for steps in [base.to_vec()].into_iter().chain(lists).chain(fields).chain(of_rules) {
            as_list(body, &steps);
        }
    }

    /// True when a document speaks of every field.
    pub(super) fn is_whole(&self, document: &Json) -> bool {
        self.fields.are_answered_by(document)
            && self.version.as_ref().is_none_or(|version| version.is_answered_by(document))
    }

    /// True when a document speaks of its members and its groups, as far as they are wanted and
    /// records have such at all.
    pub(super) fn is_whole_of(&self, want: Want, document: &Json) -> bool {
        (!want.members || self.members.iter().all(|list| list.are_answered_by(document)))
            && (!want.groups
                || match (&self.groups, &self.keeps) {
                    (Some(groups), _) => groups.are_answered_by(document),
                    (None, Some((_, kept))) => kept.is_answered_by(document),
                    (None, None) => true,
                })
    }
}

/// A JSON value as a key: a text or a whole number.
pub(super) fn key_of(value: &Json) -> Option<RecordKey> {
    match value {
        Json::String(text) if (1..=512).contains(&text.len()) => Some(RecordKey::new(text)),
        Json::Number(number) if number.is_i64() || number.is_u64() => Some(RecordKey::new(&number.to_string())),
        _ => None,
    }
}
