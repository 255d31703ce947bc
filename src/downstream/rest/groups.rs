//! `groups` of a resource: where a record tells which groups it is in. Groups are never written
//! there; that is what the members of a group are for.

use std::sync::Arc;

use serde_json::Value as Json;

use super::members::List;
use crate::diagnostic::{Code, Diagnostic, Node, Problems};
use crate::downstream::Binding;
use crate::record::{Member, RecordShape};

/// The groups in a record.
#[derive(Debug)]
pub(super) struct Groups {
    /// The resource that the groups are.
    resource: Arc<str>,
    list: List,
}

impl Groups {
    /// Reads `groups = { field = "$.groups[*].id", display = "$.groups[*].name" }`.
    pub(super) fn read(
        node: &Node,
        shape: &RecordShape,
        binding: &Binding<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let list = List::read(node, ("`groups`", "groups"), problems);
        let resources = binding.resources.iter().filter(|(group, _)| group.members.contains(&shape.resource));
        let resources: Vec<_> = resources.map(|(group, _)| Arc::clone(&group.resource)).collect();
        let message = match resources.as_slice() {
            [resource] => return Some(Self { resource: Arc::clone(resource), list: list? }),
            [] => format!("no resource has a {} as a member", shape.resource),
            several => format!("it is not known which of {} these groups are", several.join(", ")),
        };
        problems.push(
            Diagnostic::error(Code::BAD_CALL, &node.span, message)
                .help("leave `groups` out, or write `[Group.members]` for one kind of groups"),
        );
        None
    }

    /// True when the document speaks of its groups.
    pub(super) fn are_answered_by(&self, document: &Json) -> bool {
        self.list.is_answered_by(document)
    }

    /// The groups of a document that speaks of them.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Member>, String> {
        self.list.take(document, &self.resource)
    }
}
