//! Where the members, or the groups, are in a record or in what a call lists:
//! `{ field = "$.users[*].id", name = "$.users[*].username", display = "$.users[*].title" }`. Pure.

use serde_json::Value as Json;

use super::answer::key_of;
use super::apart::Apart;
use super::call::Call;
use super::keys::path;
use super::path::JsonPath;
use crate::diagnostic::{Code, Diagnostic, Problems, Table};
use crate::record::RecordKey;

/// Where the members, or the groups, are.
#[derive(Debug)]
pub(super) struct List {
    place: JsonPath,
    key: Option<JsonPath>,
    name: Option<JsonPath>,
    display: Option<JsonPath>,
    /// What elements of another type have otherwise.
    pub(super) apart: Vec<Apart>,
    /// What elements have that are not meant.
    pub(super) except: Vec<Apart>,
}

/// One element: its key or its name, or both.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key of the record that it speaks of.
    pub(super) key: Option<RecordKey>,
    /// What the application calls that record.
    pub(super) name: Option<String>,
    /// What a person would call it.
    pub(super) display: Option<String>,
}

impl List {
    /// The places within what a call lists.
    pub(super) fn of_call(call: &Call) -> Option<Self> {
        let place = call.items.clone()?;
        let (key, name, display) = (call.field.clone(), call.member_name.clone(), call.display.clone());
        (key.is_some() || name.is_some()).then_some(Self {
            place,
            key,
            name,
            display,
            apart: Vec::new(),
            except: Vec::new(),
        })
    }

    /// Reads the places in a record; the key and what it lists are for messages.
    pub(super) fn read(table: &Table<'_>, listed: &str, problems: &mut Problems) -> Option<Self> {
        let (name, _) = (table.node("name"), table.node("display"));
        if name.is_none() {
            table.required("field", "`{ field = \"$.users[*].id\" }`", problems)?;
        }
        let mut place: Option<JsonPath> = None;
        let mut within = |key: &str, problems: &mut Problems| -> Result<Option<JsonPath>, ()> {
            if table.node(key).is_none() {
                return Ok(None);
            }
            let Some(path) = path(table, key, problems) else { return Err(()) };
            let span = table.span_of(key);
            let problem = match (path.split_list(), &place) {
                (Some((beside, inside)), None) => {
                    place = Some(beside);
                    return Ok(Some(inside));
                }
                (Some((beside, inside)), Some(place)) if beside.steps() == place.steps() => return Ok(Some(inside)),
                (None, None) => Diagnostic::error(Code::BAD_CALL, &span, format!("`{key}` names no list of {listed}"))
                    .help("a path of names with one `[*]`: `$.users[*].id`"),
                (_, Some(_)) => {
                    let other = if table.node("field").is_some() { "field" } else { "name" };
                    Diagnostic::error(Code::BAD_CALL, &span, format!("`{key}` is not in the same list as `{other}`"))
                }
            };
            problems.push(problem);
            Err(())
        };
        let key = within("field", problems).ok()?;
        let name = within("name", problems).ok()?;
        let display = within("display", problems).ok()?;
        Some(Self { place: place?, key, name, display, apart: Vec::new(), except: Vec::new() })
    }

    /// Where the list is.
    pub(super) const fn place(&self) -> &JsonPath {
        &self.place
    }

    /// True when elements tell names.
    pub(super) const fn has_names(&self) -> bool {
        self.name.is_some()
    }

    /// True when elements tell keys, so that names need not be looked up.
    pub(super) const fn has_keys(&self) -> bool {
        self.key.is_some()
    }

    /// True when the document speaks of the list.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        self.place.is_answered_by(document)
    }

    /// The elements of a document that speaks of the list.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Entry>, String> {
        let items = match self.place.first(document) {
            Some(Json::Array(items)) => items.as_slice(),
            Some(Json::Null) => &[],
            _ => return Err(format!("`{}` is no list", self.place.as_str())),
        };
        self.own(items)
    }

    /// The elements of some that are of the list's type.
    ///
    /// # Errors
    /// That one has neither key nor name.
    pub(super) fn own(&self, items: &[Json]) -> Result<Vec<Entry>, String> {
        let is_meant = |item: &&Json| {
            self.apart.iter().all(|apart| apart.holds(item)) && !self.except.iter().any(|apart| apart.holds(item))
        };
        let own = items.iter().filter(is_meant);
        own.map(|item| self.entry(item)).collect()
    }

    fn entry(&self, item: &Json) -> Result<Entry, String> {
        let told = |path: &Option<JsonPath>, what: &str| match path {
            None => Ok(None),
            Some(path) => match path.first(item).and_then(key_of) {
                Some(found) => Ok(Some(found)),
                None => Err(format!("an element under `{}` has no {what}", path.as_str())),
            },
        };
        let key = told(&self.key, "key")?;
        let name = told(&self.name, "name")?.map(|name| name.as_str().to_owned());
        let display = self.display.as_ref().and_then(|path| path.first(item)).and_then(Json::as_str);
        Ok(Entry { key, name, display: display.map(str::to_owned) })
    }
}
