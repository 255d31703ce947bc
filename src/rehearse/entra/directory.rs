//! The source: people, groups and who is assigned, as Entra's directory knows them. Read from TOML.
//!
//! ```toml
//! [[person]]
//! objectId          = "5f1c…"
//! userPrincipalName = "kim.ito@example.com"
//! givenName         = "Kim"
//! accountEnabled    = true                    # so unless something else is written
//! manager           = "77aa…"                 # an objectId
//! appRoleAssignments = [{ value = "Admin", displayName = "Administrator" }]
//! assigned          = false                   # true unless something else is written
//!
//! [[group]]
//! objectId    = "9b…"
//! displayName = "Sales"
//! members     = ["5f1c…"]
//! ```
//!
//! With a list `assignments` at the top only the objects that it names are assigned.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, NodeValue, Problems, SourceFile, Table};
use crate::value::{Object, Value};

use super::table::Scope;

/// The directory of one moment.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Everybody, assigned or not.
    pub people: Vec<Person>,
    /// All groups.
    pub groups: Vec<Group>,
    /// The object ids of the people and groups that are assigned to the application.
    pub assignments: Vec<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The id that never changes.
    pub object_id: String,
    /// Everything else, `objectId` included, by Entra's names.
    pub attributes: Object,
    /// In the directory's bin, for thirty days.
    pub soft_deleted: bool,
}

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The id that never changes.
    pub object_id: String,
    /// Everything else, `objectId` included.
    pub attributes: Object,
    /// The object ids of the direct members, people and groups.
    pub members: Vec<String>,
}

impl Directory {
    /// Reads the file, noting every problem.
    pub fn parse(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Self> {
        let document = Document::parse(file, problems)?;
        let table = Table::open(&document.root, "the directory", problems)?;
        let mut directory = Self::default();
        let named = table.node("assignments").is_some();
        let assignments = table.strings("assignments", problems);
        directory.assignments = assignments.iter().map(|(id, _)| (*id).to_owned()).collect();
        for (key, is_group) in [("person", false), ("group", true)] {
            let nodes = match table.node(key).map(|node| (&node.value, node)) {
                Some((NodeValue::Array(nodes), _)) => nodes.as_slice(),
                Some((_, node)) => {
                    let message = format!("`{key}` is {}", node.kind());
                    let help = format!("write `[[{key}]]` with two brackets on each side");
                    problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
                    &[]
                }
                None => &[],
            };
            for node in nodes {
                directory.take(node, key, is_group, named, problems);
            }
        }
        table.finish(problems);
        for (id, span) in assignments {
            if !directory.knows(id) {
                let message = format!("nobody has the objectId `{id}`");
                problems.push(Diagnostic::error(Code::UNKNOWN_REFERENCE, span, message));
            }
        }
        (!problems.has_errors()).then_some(directory)
    }

    fn take(&mut self, node: &Node, what: &str, is_group: bool, named: bool, problems: &mut Problems) {
        let Some(table) = Table::open(node, &format!("the {what}"), problems) else { return };
        let Some((id, span)) = table.required_string("objectId", "the id that never changes, any text", problems)
        else {
            return;
        };
        if self.knows(id) {
            let message = format!("two objects have the objectId `{id}`");
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, span, message));
        }
        let members = if is_group { table.strings("members", problems) } else { Vec::new() };
        let assigned = table.boolean("assigned", problems).unwrap_or(true);
        let soft_deleted = table.boolean("softDeleted", problems).unwrap_or(false);
        if assigned && !named {
            self.assignments.push(id.to_owned());
        }
        let object_id = id.to_owned();
        let own = ["members", "assigned", "softDeleted"];
        let attributes = table.entries().iter().filter(|(key, _)| !own.contains(&key.name.as_str()));
        let attributes: Object = attributes.map(|(key, node)| (key.name.clone(), value(node))).collect();
        if is_group {
            let members = members.into_iter().map(|(id, _)| id.to_owned()).collect();
            self.groups.push(Group { object_id, attributes, members });
        } else {
            self.people.push(Person { object_id, attributes, soft_deleted });
        }
    }

    fn knows(&self, id: &str) -> bool {
        self.person(id).is_some() || self.group(id).is_some()
    }

    /// The person with this object id.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.object_id == id)
    }

    /// The same, to change it.
    pub fn person_mut(&mut self, id: &str) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.object_id == id)
    }

    /// The group with this object id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.object_id == id)
    }

    /// The same, to change it.
    pub fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.object_id == id)
    }

    /// Assigns a person or a group.
    pub fn assign(&mut self, id: &str) {
        if !self.assignments.iter().any(|have| have == id) {
            self.assignments.push(id.to_owned());
        }
    }

    /// Takes the assignment away.
    pub fn unassign(&mut self, id: &str) {
        self.assignments.retain(|have| have != id);
    }

    /// Deletes a person or a group for good.
    pub fn remove(&mut self, id: &str) {
        self.people.retain(|person| person.object_id != id);
        self.groups.retain(|group| group.object_id != id);
        self.unassign(id);
        self.groups.iter_mut().for_each(|group| group.members.retain(|member| member != id));
    }

    /// True when the object is assigned itself, or is a direct member of a group that is: nested
    /// groups pass nothing on.
    #[must_use]
    pub fn is_assigned(&self, id: &str, scope: Scope) -> bool {
        let assigned = |id: &str| self.assignments.iter().any(|have| have == id);
        scope == Scope::All
            || assigned(id)
            || (self.person(id).is_some()
                && self.groups.iter().any(|group| assigned(&group.object_id) && group.members.iter().any(|m| m == id)))
    }
}

impl Person {
    /// A person without any attribute but the id.
    #[must_use]
    pub fn new(object_id: &str) -> Self {
        let attributes = [("objectId", object_id)].into_iter().collect();
        Self { object_id: object_id.to_owned(), attributes, soft_deleted: false }
    }

    /// The same with an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.set(name, value);
        self
    }

    /// False for an account that was disabled in the directory.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.attributes.get("accountEnabled").is_none_or(|enabled| !enabled.to_text().eq_ignore_ascii_case("false"))
    }
}

impl Group {
    /// A group.
    #[must_use]
    pub fn new(object_id: &str, name: &str, members: &[&str]) -> Self {
        let attributes = [("objectId", object_id), ("displayName", name)].into_iter().collect();
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        Self { object_id: object_id.to_owned(), attributes, members }
    }
}

/// What stands in a file.
pub(super) fn value(node: &Node) -> Value {
    match &node.value {
        NodeValue::String(text) | NodeValue::Datetime(text) => Value::from(text.as_str()),
        NodeValue::Integer(i) => Value::Integer(*i),
        NodeValue::Float(f) => Value::Decimal(*f),
        NodeValue::Boolean(b) => Value::Boolean(*b),
        NodeValue::Array(items) => Value::List(items.iter().map(value).collect()),
        NodeValue::Table(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.name.clone(), value(node))).collect())
        }
    }
}
