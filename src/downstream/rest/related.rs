//! `[User.related.mail]`: one element of a list in the record, told from the others by `where`, as if it
//! were a row of another table. `mail.sendto` is a field of it; with `presence = true` its own name is a
//! field, too, which is true where there is such an element. Pure.
//!
//! Elements that are another's stay as they are, so a change is made of the list as it was read.

use serde_json::{Map, Value as Json};

use super::apart::Apart;
use super::fields::{Single, place_of};
use super::keys::path;
use super::path::{JsonPath, Step};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::record::{FieldName, FieldShape, Fields, RecordShape};
use crate::value::Value;

/// One element of a list.
#[derive(Debug)]
pub(super) struct Related {
    name: FieldName,
    /// `$.medias[*]`
    pub(super) whole: JsonPath,
    list: JsonPath,
    apart: Vec<Apart>,
    presence: bool,
    /// The fields of the element, by their whole names; the paths begin at the element.
    fields: Vec<Single>,
    /// The field that says whether there is one.
    flag: Option<Single>,
}

impl Related {
    /// Reads `[User.related]`; `None` when something is wrong, which is noted.
    pub(super) fn read_all(shape: &RecordShape, node: &Node, problems: &mut Problems) -> Option<Vec<Self>> {
        let Some(node) = node.get("related") else { return Some(Vec::new()) };
        let what = format!("[{}.related", shape.resource);
        let table = Table::open(node, &format!("{what}]"), problems)?;
        let each = table.entries().iter().map(|(key, node)| Self::read(&key.name, &what, node, problems));
        let read: Vec<_> = each.collect();
        read.into_iter().collect()
    }

    fn read(name: &str, what: &str, node: &Node, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, &format!("{what}.{name}]"), problems)?;
        table.required("list", "the list in the record: `list = \"$.mails[*]\"`", problems);
        let whole = path(&table, "list", problems);
        let help = "what tells the element from others: `where = { \"$.mails[*].kind\" = \"work\" }`";
        let told = table.required("where", help, problems);
        let presence = table.boolean("presence", problems).unwrap_or(false);
        let parts = whole.as_ref().map(|whole| (whole, whole.split_list()));
        let list = match parts {
            Some((_, Some((list, inside)))) if list.is_writable() && inside.steps().is_some_and(<[_]>::is_empty) => {
                Some(list)
            }
            Some((whole, _)) => {
                let message = format!("`{}` is no list in a record", whole.as_str());
                problems.push(
                    Diagnostic::error(Code::BAD_RELATION, &table.span_of("list"), message)
                        .help("a path of names that ends in `[*]`: `$.mails[*]`"),
                );
                None
            }
            None => None,
        };
        let apart = told.zip(list.as_ref()).and_then(|(node, list)| Apart::read_all(node, Some(list), problems));
        table.finish(problems);
        let apart = apart?;
        if !apart.iter().all(Apart::is_writable) || apart.is_empty() {
            let message = "`where` does not say what a new element holds";
            problems.push(
                Diagnostic::error(Code::BAD_RELATION, &told?.span, message)
                    .help("paths of names: `where = { \"$.mails[*].kind\" = \"work\" }`"),
            );
            return None;
        }
        Some(Self {
            name: FieldName::new(name),
            whole: whole?,
            list: list?,
            apart,
            presence,
            fields: Vec::new(),
            flag: None,
        })
    }

    /// Takes a field that is one of some element's: true when it is, be it a faulty one, which is noted.
    pub(super) fn take_field(
        all: &mut [Self],
        field: &FieldShape,
        node: &Node,
        problems: &mut Problems,
    ) -> Option<bool> {
        let name = field.name.as_str();
        if field.list.is_some() || name.starts_with('$') {
            return None;
        }
        let (relation, inside) =
            name.split_once('.').map_or((name, None), |(relation, inside)| (relation, Some(inside)));
        let related = all.iter_mut().find(|related| related.name.as_str() == relation)?;
        let single = |path| Single {
            name: field.name.clone(),
            path,
            read: field.read,
            label: std::sync::Arc::clone(&field.label),
        };
        match inside.map(JsonPath::parse_relative) {
            None if related.presence => related.flag = JsonPath::parse("$").ok().map(single),
            Some(Ok(path)) if path.is_writable() || !field.written => related.fields.push(single(path)),
            parsed => {
                let message = format!("`{name}` is no field of an element");
                let help = match parsed {
                    None => format!("name what is in the element, `{relation}.value`, or write `presence = true`"),
                    _ => format!("a path of names after `{relation}`: `{relation}.value`"),
                };
                problems.push(Diagnostic::error(Code::BAD_RELATION, &place_of(node, name), message).help(help));
                return Some(false);
            }
        }
        Some(true)
    }

    /// A related element of which nothing is read or written is a slip of the hand somewhere else.
    pub(super) fn report_unused(all: &[Self], node: &Node, problems: &mut Problems) {
        let declared = node.get("related").and_then(Node::as_table).unwrap_or_default();
        for related in all.iter().filter(|related| related.fields.is_empty() && related.flag.is_none()) {
            let Some((key, _)) = declared.iter().find(|(key, _)| key.name == related.name.as_str()) else { continue };
            let message = format!("no rule uses a field of `{}`", key.name);
            let help = format!("name its fields in rules, as `{}.value`, or leave it out", key.name);
            problems.push(Diagnostic::warning(Code::BAD_RELATION, &key.span, message).help(help));
        }
    }

    /// The fields that it has.
    pub(super) fn singles(&self) -> impl Iterator<Item = &Single> {
        self.fields.iter().chain(&self.flag)
    }

    /// True when a document speaks of the list, or no rule reads from it.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        !self.singles().any(|field| field.read) || self.list.is_answered_by(document)
    }

    /// The value of one of its fields in a document that speaks of the list.
    pub(super) fn value<'a>(&self, name: &FieldName, document: &'a Json) -> Option<&'a Json> {
        let field = self.fields.iter().find(|field| field.name == *name)?;
        let items = self.items(document).ok()??;
        let element = items.iter().find(|item| self.is_told(item));
        Some(element.and_then(|element| field.path.first(element)).unwrap_or(&Json::Null))
    }

    /// Takes the fields out of a document.
    ///
    /// # Errors
    /// The list that is no list.
    pub(super) fn take(&self, document: &Json, fields: &mut Fields) -> Result<(), String> {
        let Some(items) = self.items(document)? else { return Ok(()) };
        let element = items.iter().find(|item| self.is_told(item));
        if let Some(flag) = &self.flag {
            fields.set(&flag.name, Value::Boolean(element.is_some()));
        }
        for field in &self.fields {
            if let Some(value) = element.and_then(|element| field.path.first(element)) {
                fields.set(&field.name, Value::from_serde(value.clone()));
            }
        }
        Ok(())
    }

    /// True when some of these fields are its own.
    pub(super) fn is_changed_by(&self, fields: &Fields) -> bool {
        self.singles().any(|field| fields.contains(&field.name))
    }

    /// Puts a word in the place of what is in the list.
    pub(super) fn show(&self, word: &Json, document: &mut Json) {
        self.list.write(document, Json::Array(vec![word.clone()]));
    }

    /// Writes the list with its own fields changed; `present` is the document as the application has it,
    /// for the elements that are others'. What another relation has written of the same list counts.
    ///
    /// # Errors
    /// The list that is no list, or that the record leaves out.
    pub(super) fn put(&self, fields: &Fields, present: &Json, document: &mut Json) -> Result<(), String> {
        if !self.is_changed_by(fields) {
            return Ok(());
        }
        let before = match self.items(document)? {
            Some(items) => Some(items),
            // A list that nobody has seen is not written over.
            None if !self.list.is_answered_by(present) => {
                return Err(format!("the record does not speak of `{}`", self.whole.as_str()));
            }
            None => self.items(present)?,
        };
        let mut items = before.cloned().unwrap_or_default();
        let had = items.len();
        let at = items.iter().position(|item| self.is_told(item));
        let mut element = at.map_or_else(|| self.new_element(), |at| items[at].clone());
        for field in self.fields.iter().filter(|field| fields.contains(&field.name)) {
            field.path.write(&mut element, fields.get(&field.name).to_serde());
        }
        let stays = match self.flag.as_ref().filter(|flag| fields.contains(&flag.name)) {
            Some(flag) => is_true(fields.get(&flag.name)),
            None if self.fields.is_empty() || self.presence => at.is_some(),
            None => self.fields.iter().any(|field| field.path.first(&element).is_some_and(|value| !is_nothing(value))),
        };
        match (at, stays) {
            (Some(at), true) => items[at] = element,
            (None, true) => items.push(element),
            // Whoever is in twice is out of both.
            (_, false) => items.retain(|item| !self.is_told(item)),
        }
        if before.is_some() || had > 0 || !items.is_empty() {
            self.list.write(document, items.into());
        }
        Ok(())
    }

    /// The list, where the document speaks of it.
    fn items<'d>(&self, document: &'d Json) -> Result<Option<&'d Vec<Json>>, String> {
        match self.list.first(document) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Array(items)) => Ok(Some(items)),
            Some(_) => Err(format!("`{}` is no list", self.whole.as_str())),
        }
    }

    fn is_told(&self, element: &Json) -> bool {
        self.apart.iter().all(|apart| apart.holds(element))
    }

    fn new_element(&self) -> Json {
        let mut element = Json::Object(Map::new());
        self.apart.iter().for_each(|apart| apart.write(&mut element));
        element
    }
}

/// `sends = { "$.mails[*]" = ["kind", "address"] }`: what the application takes back of the elements of a
/// list, where it refuses some of what it tells.
#[derive(Debug)]
pub(super) struct Sends(Vec<(JsonPath, Vec<String>)>);

impl Sends {
    /// Everything is sent.
    pub(super) const ALL: Self = Self(Vec::new());

    /// Reads the table; `None` when something is wrong, which is noted.
    pub(super) fn read(node: Option<&Node>, problems: &mut Problems) -> Option<Self> {
        let Some(node) = node else { return Some(Self::ALL) };
        let table = Table::open(node, "`sends`", problems)?;
        let mut found = Vec::new();
        for (key, _) in table.entries() {
            let list = JsonPath::parse(&key.name).ok().and_then(|path| path.split_list());
            let list = list.filter(|(list, inside)| {
                list.is_writable() && inside.steps().is_some_and(|steps: &[Step]| steps.is_empty())
            });
            let names: Vec<_> =
                table.strings(&key.name, problems).into_iter().map(|(name, _)| name.to_owned()).collect();
            match list {
                Some((list, _)) => found.push((list, names)),
                None => {
                    let message = format!("`{}` is no list in a record", key.name);
                    problems.push(
                        Diagnostic::error(Code::BAD_RELATION, &key.span, message)
                            .help("a path of names that ends in `[*]`: `$.mails[*]`"),
                    );
                    return None;
                }
            }
        }
        Some(Self(found))
    }

    /// Leaves out of the elements of a document what is not sent.
    pub(super) fn apply(&self, document: &mut Json) {
        for (list, names) in &self.0 {
            let Some(Json::Array(items)) = list.first(document) else { continue };
            let mut items = items.clone();
            for item in items.iter_mut().filter_map(Json::as_object_mut) {
                item.retain(|name, _| names.contains(name));
            }
            list.write(document, items.into());
        }
    }
}

/// A flag as rules write it.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Boolean(is) => *is,
        other => matches!(other.to_text().as_str(), "1" | "true" | "True"),
    }
}

fn is_nothing(value: &Json) -> bool {
    matches!(value, Json::Null) || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty)
}
