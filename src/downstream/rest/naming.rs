//! `named = "$.username"`, `named = "user:{key}"`: what the application calls a record where others
//! speak of it, when that is not the record's bare key. Pure.

use serde_json::Value as Json;

use super::answer::key_of;
use super::listing::Entry;
use super::path::JsonPath;
use crate::diagnostic::{Code, Diagnostic, Problems, Table};
use crate::record::RecordKey;

/// How records are named.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    before: String,
    after: String,
    /// The field of the record's own; the key, when none.
    field: Option<JsonPath>,
}

impl Naming {
    /// Reads the key `named`; `Err` when something is wrong with it, which is noted.
    pub(super) fn read(table: &Table<'_>, problems: &mut Problems) -> Result<Option<Self>, ()> {
        if table.node("named").is_none() {
            return Ok(None);
        }
        let Some((text, span)) = table.string("named", problems) else { return Err(()) };
        match Self::parse(text) {
            Ok(naming) => Ok(Some(naming)),
            Err(why) => {
                let message = format!("`{text}` is no name of a record");
                problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message).help(why));
                Err(())
            }
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        const HELP: &str = "write a field of the record, `\"$.username\"`, perhaps with text around it: \
                            `\"user:{$.username}\"`, `\"user:{key}\"`";
        let (before, inner, after) = match text.split_once('{') {
            None => ("", text, ""),
            Some((before, rest)) => {
                let (inner, after) = rest.split_once('}').ok_or(HELP)?;
                (before, inner, after)
            }
        };
        let field = match inner {
            "key" if text != "key" => None,
            path => Some(JsonPath::parse(path).map_err(|_| HELP.to_owned())?),
        };
        if after.contains(['{', '}']) || before.contains('}') || text == "{key}" {
            return Err(HELP.to_owned());
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned(), field })
    }

    /// The field of the record that names it, as written; `None` where its key does.
    pub(super) fn field(&self) -> Option<&str> {
        self.field.as_ref().map(JsonPath::as_str)
    }

    /// True when there is text around what names the record.
    pub(super) const fn has_text(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// The name that a document of the record tells, without the text around it.
    pub(super) fn bare_in(&self, document: &Json) -> Option<String> {
        let value = self.field.as_ref()?.first(document)?;
        key_of(value).map(|name| name.as_str().to_owned())
    }

    /// The name with the text around it.
    pub(super) fn spell(&self, bare: &str) -> String {
        format!("{}{bare}{}", self.before, self.after)
    }

    /// What stands in the text; `None` when the text around it is another.
    pub(super) fn bare<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str()).filter(|bare| !bare.is_empty())
    }
}

/// The elements with their names bare, and their keys where those stand in the names.
///
/// # Errors
/// That one has another name than the mapping says.
pub(super) fn bare(naming: Option<&Naming>, mut entries: Vec<Entry>) -> Result<Vec<Entry>, String> {
    let Some(naming) = naming else { return Ok(entries) };
    for entry in &mut entries {
        let Some(name) = &entry.name else { continue };
        let bare = naming.bare(name).ok_or("a record is called otherwise than `named` says")?.to_owned();
        if naming.field().is_none() && entry.key.is_none() {
            entry.key = Some(RecordKey::new(&bare));
        }
        entry.name = Some(bare);
    }
    Ok(entries)
}
