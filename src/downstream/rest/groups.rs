//! `groups` of a resource: where a record tells which groups it is in. Groups are never written
//! there; that is what the members of a group are for.

use std::sync::Arc;

use serde_json::Value as Json;

use super::listing::{Entry, List};
use super::naming::Naming;
use super::path::JsonPath;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::downstream::Binding;
use crate::record::RecordShape;

/// The groups in a record.
#[derive(Debug)]
pub(super) struct Groups {
    /// The resource that the groups are.
    pub(super) resource: Arc<str>,
    /// How they are named, when not by their keys.
    pub(super) naming: Option<Naming>,
    list: List,
}

impl Groups {
    /// Reads `groups = { field = "$.groups[*].id", display = "$.groups[*].name" }`, or
    /// `{ name = "$.groups[*]", named = "$.name" }`.
    pub(super) fn read(
        node: &Node,
        shape: &RecordShape,
        binding: &Binding<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let table = Table::open(node, "`groups`", problems)?;
        let list = List::read(&table, "groups", problems);
        let naming = Naming::read(&table, problems);
        if table.node("name").is_some() && table.node("named").is_none() {
            table.missing("named", "the field of the group's own record: `named = \"$.name\"`", problems);
        }
        table.finish(problems);
        let resources = binding.resources.iter().filter(|(group, _)| group.members.contains(&shape.resource));
        let resources: Vec<_> = resources.map(|(group, _)| Arc::clone(&group.resource)).collect();
        let message = match resources.as_slice() {
            [resource] => return Some(Self { resource: Arc::clone(resource), naming: naming.ok()?, list: list? }),
            [] => format!("no resource has a {} as a member", shape.resource),
            several => format!("it is not known which of {} these groups are", several.join(", ")),
        };
        problems.push(
            Diagnostic::error(Code::BAD_CALL, &node.span, message)
                .help("leave `groups` out, or write `[Group.members]` for one kind of groups"),
        );
        None
    }

    /// True when the list tells names only, so that keys have to be found out.
    pub(super) const fn needs_keys(&self) -> bool {
        !self.list.has_keys()
    }

    /// Where the list is in a record.
    pub(super) const fn place(&self) -> &JsonPath {
        self.list.place()
    }

    /// True when the document speaks of its groups.
    pub(super) fn are_answered_by(&self, document: &Json) -> bool {
        self.list.is_answered_by(document)
    }

    /// Which groups a document that speaks of them names.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Entry>, String> {
        super::naming::bare(self.naming.as_ref(), self.list.take(document)?)
    }
}
