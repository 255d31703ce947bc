//! Where the fields of a record are in a JSON document, in both directions.

use serde_json::{Map, Value as Json};

use super::path::JsonPath;
use super::related::Related;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span};
use crate::plan::{ListChange, UpdatePlan};
use crate::record::{FieldName, Fields, RecordShape};
use crate::value::{Object, Value};

/// The fields of a resource and their places.
#[derive(Debug)]
pub(super) struct FieldPaths {
    single: Vec<Single>,
    lists: Vec<List>,
    related: Vec<Related>,
}

/// A field with one value, and where it is.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) name: FieldName,
    pub(super) path: JsonPath,
    pub(super) read: bool,
    pub(super) label: std::sync::Arc<str>,
}

/// How a document says that a member of an object goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// It is not there: the document takes the place of the old one.
    LeftOut,
    /// It is null: right for an API that merges (RFC 7396), and for one that replaces.
    Null,
}

/// A list of elements, `$.phones[*]`, with the fields of each.
#[derive(Debug)]
struct List {
    name: FieldName,
    /// `$.phones[*]`
    whole: JsonPath,
    place: JsonPath,
    within: JsonPath,
    fields: Vec<Single>,
}

impl FieldPaths {
    /// Parses every field of the shape; `node` is the resource's table, to point into.
    pub(super) fn read(shape: &RecordShape, node: &Node, problems: &mut Problems) -> Option<Self> {
        let related = Related::read_all(shape, node, problems);
        let mut fine = related.is_some();
        let mut paths = Self { single: Vec::new(), lists: Vec::new(), related: related.unwrap_or_default() };
        // What a faulty relation would have is told with it.
        let declared = |name: &str| node.get("related").is_some_and(|table| table.get(name).is_some());
        for field in &shape.fields {
            if let Some(is_fine) = Related::take_field(&mut paths.related, field, node, problems) {
                fine &= is_fine;
                continue;
            }
            if !fine && declared(field.name.as_str().split('.').next().unwrap_or_default()) {
                continue;
            }
            let parsed = match &field.list {
                None => JsonPath::parse(field.name.as_str()),
                Some(_) => JsonPath::parse_relative(field.name.as_str()),
            };
            let unwritable = "a field that is written is a path of names: `$.name.first`".to_owned();
            let parsed = parsed.and_then(|path| match &field.list {
                None if field.written && !path.is_writable() => Err(unwritable),
                _ => Ok(path),
            });
            let place = field.list.as_ref().map(|list| paths.list(list));
            let (path, place) = match (parsed, place.transpose()) {
                (Ok(path), Ok(place)) => (path, place),
                (Err(why), _) | (_, Err(why)) => {
                    let name = field.list.as_ref().map_or_else(
                        || field.name.to_string(),
                        |list| match field.name.as_str() {
                            "$" => list.to_string(),
                            name => format!("{list}.{name}"),
                        },
                    );
                    let message = format!("`{}` is no field of a JSON record", field.name);
                    problems.push(Diagnostic::error(Code::BAD_FIELD, &place_of(node, &name), message).help(why));
                    fine = false;
                    continue;
                }
            };
            let single =
                Single { name: field.name.clone(), path, read: field.read, label: std::sync::Arc::clone(&field.label) };
            match place {
                Some(at) => paths.lists[at].fields.push(single),
                None => paths.single.push(single),
            }
        }
        if fine {
            Related::report_unused(&paths.related, node, problems);
        }
        fine.then_some(paths)
    }

    fn list(&mut self, name: &FieldName) -> Result<usize, String> {
        if let Some(at) = self.lists.iter().position(|list| list.name == *name) {
            return Ok(at);
        }
        let whole = JsonPath::parse(name.as_str())?;
        let (place, within) = whole
            .split_list()
            .filter(|(place, within)| {
                place.is_writable() && !within.steps().is_some_and(|s| s.contains(&super::path::Step::Each))
            })
            .ok_or("a list is a path of names that ends in `[*]`: `$.phones[*]`")?;
        self.lists.push(List { name: name.clone(), whole, place, within, fields: Vec::new() });
        Ok(self.lists.len() - 1)
    }

    /// Every path of a field, those of lists with what is in each element.
    pub(super) fn paths(&self) -> impl Iterator<Item = &JsonPath> {
        let lists = self.lists.iter().map(|list| &list.whole);
        let related = self.related.iter().map(|related| &related.whole);
        self.single.iter().map(|field| &field.path).chain(lists).chain(related)
    }

    /// True when the document speaks of every field that a rule reads.
    pub(super) fn are_answered_by(&self, document: &Json) -> bool {
        self.single.iter().filter(|field| field.read).all(|field| field.path.is_answered_by(document))
            && self.lists.iter().all(|list| list.place.is_answered_by(document))
            && self.related.iter().all(|related| related.is_answered_by(document))
    }

    /// Takes the fields out of a document. One that says nothing of a field leaves it out.
    ///
    /// # Errors
    /// The list that is no list.
    pub(super) fn take(&self, document: &Json) -> Result<Fields, String> {
        let mut fields = Fields::new();
        for field in &self.single {
            let found = field.path.all(document);
            match found.as_slice() {
                [] => {}
                [one] => fields.set(&field.name, Value::from_serde((*one).clone())),
                many => fields
                    .set(&field.name, many.iter().map(|v| Value::from_serde((*v).clone())).collect::<Vec<_>>().into()),
            }
        }
        for list in &self.lists {
            match list.place.first(document) {
                None => {}
                Some(Json::Null) => fields.set(&list.name, Value::List(Vec::new())),
                Some(Json::Array(items)) => {
                    let elements = items.iter().map(|item| Value::Object(list.element(item))).collect();
                    fields.set(&list.name, Value::List(elements));
                }
                Some(_) => return Err(format!("`{}` is no list", list.place.as_str())),
            }
        }
        for related in &self.related {
            related.take(document, &mut fields)?;
        }
        Ok(fields)
    }

    /// True when some of these fields are in an element whose list has to be read first.
    pub(super) fn are_in_elements(&self, fields: &Fields) -> bool {
        self.related.iter().any(|related| related.is_changed_by(fields))
    }

    /// Puts a word for what is in the lists that a change of elements reads.
    pub(super) fn show_lists(&self, fields: &Fields, word: &Json, document: &mut Json) {
        for related in self.related.iter().filter(|related| related.is_changed_by(fields)) {
            related.show(word, document);
        }
    }

    /// Writes fields into a document; `present` is the document as the application has it.
    ///
    /// # Errors
    /// A field that the mapping does not have.
    fn put(&self, fields: &Fields, present: &Json, document: &mut Json) -> Result<(), String> {
        for related in &self.related {
            related.put(fields, present, document)?;
        }
        let related: Vec<_> = self.related.iter().flat_map(Related::singles).map(|field| field.name.as_str()).collect();
        for (name, value) in fields.iter().filter(|(name, _)| !related.contains(name)) {
            if let Some(field) = self.single.iter().find(|field| field.name.as_str() == name) {
                field.path.write(document, value.to_serde());
            } else if let Some(list) = self.lists.iter().find(|list| list.name.as_str() == name) {
                let elements = value.elements().iter().filter_map(Value::as_object);
                list.put(elements, document);
            } else {
                return Err(format!("`{name}` is no field of the mapping"));
            }
        }
        Ok(())
    }

    /// The fields as a JSON object: `{record}`.
    ///
    /// # Errors
    /// A field that the mapping does not have.
    pub(super) fn to_json(&self, fields: &Fields) -> Result<Json, String> {
        self.to_json_beside(fields, &Json::Null)
    }

    /// The same; `present` is the document as the application has it, for what is in lists besides.
    ///
    /// # Errors
    /// As [`FieldPaths::to_json`], and a list that is not as it should be.
    pub(super) fn to_json_beside(&self, fields: &Fields, present: &Json) -> Result<Json, String> {
        let mut document = Json::Object(Map::new());
        self.put(fields, present, &mut document)?;
        Ok(document)
    }

    /// Writes what an update changes into a document: the fields that are set and, whole, each
    /// list that changes and each object of which members change. `present` is the document as the
    /// application has it: what is in such an object besides stays.
    ///
    /// # Errors
    /// A field that the mapping does not have.
    pub(super) fn put_changes(
        &self,
        plan: &UpdatePlan,
        present: &Json,
        gone: Gone,
        document: &mut Json,
    ) -> Result<(), String> {
        self.put(&plan.set, present, document)?;
        for (name, members) in plan.merge.iter() {
            let field = self.single.iter().find(|field| field.name.as_str() == name);
            let path = &field.ok_or_else(|| format!("`{name}` is no field of the mapping"))?.path;
            let mut object = path.first(present).and_then(Json::as_object).cloned().unwrap_or_default();
            for (name, value) in members.as_object().into_iter().flat_map(Object::iter) {
                match value {
                    Value::Null if gone == Gone::LeftOut => drop(object.remove(name)),
                    value => drop(object.insert(name.to_owned(), value.to_serde())),
                }
            }
            path.write(document, Json::Object(object));
        }
        for ListChange { list: name, all, .. } in &plan.lists {
            let list = self.lists.iter().find(|list| list.name == *name);
            list.ok_or_else(|| format!("`{name}` is no list of the mapping"))?.put(all.iter(), document);
        }
        Ok(())
    }

    /// The value of one field in a document, if the document speaks of it.
    pub(super) fn value<'a>(&self, name: &FieldName, document: &'a Json) -> Option<&'a Json> {
        let Some(field) = self.single.iter().find(|field| field.name == *name) else {
            return self.related.iter().find_map(|related| related.value(name, document));
        };
        field.path.is_answered_by(document).then(|| field.path.first(document).unwrap_or(&Json::Null))
    }

    /// What SCIM calls a field.
    pub(super) fn label(&self, name: &FieldName) -> Option<String> {
        let mut all = self.single.iter().chain(self.related.iter().flat_map(Related::singles));
        all.find(|field| field.name == *name).map(|field| field.label.to_string())
    }
}

impl List {
    fn element(&self, item: &Json) -> Object {
        let inner = self.within.first(item).unwrap_or(&Json::Null);
        let value = |field: &Single| field.path.first(inner).map(|value| Value::from_serde(value.clone()));
        self.fields.iter().filter_map(|field| Some((field.name.as_str(), value(field)?))).collect()
    }

    fn put<'a>(&self, elements: impl Iterator<Item = &'a Object>, document: &mut Json) {
        let element = |object: &Object| {
            let mut inner = Json::Object(Map::new());
            for field in &self.fields {
                if let Some(value) = object.get(field.name.as_str()) {
                    field.path.write(&mut inner, value.to_serde());
                }
            }
            let mut item = Json::Object(Map::new());
            self.within.write(&mut item, inner);
            item
        };
        self.place.write(document, elements.map(element).collect());
    }
}

/// Where the mapping names a field: a value or a key under `attributes` or `fields`.
pub(super) fn place_of(node: &Node, name: &str) -> Span {
    let tables = ["attributes", "fields"].into_iter().filter_map(|key| node.get(key));
    tables.filter_map(|table| table.place_of(name)).next().unwrap_or_else(|| node.span.clone())
}
