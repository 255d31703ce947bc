//! Answers → records: finding the items, their keys, fields and members. No I/O.

use serde_json::Value as Json;

use super::call::Call;
use super::path::{JsonPath, Step};
use super::resource::Resource;
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
    if let Some((list, _)) = path.split_list()
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

impl Resource {
    /// The key of a document.
    pub(super) fn key_in(&self, document: &Json) -> Option<RecordKey> {
        self.key.path.first(document).and_then(key_of)
    }

    /// A document as a record, without its members and groups.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn record(&self, document: &Json) -> Result<Record, String> {
        let key = self.key_in(document).ok_or_else(|| format!("`{}` is no key", self.key.path.as_str()))?;
        Ok(Record { key, fields: self.fields.take(document)?, members: None, groups: None, version: None })
    }

    /// True when a document speaks of every field.
    pub(super) fn is_whole(&self, document: &Json) -> bool {
        self.fields.are_answered_by(document)
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
