//! Several calls for one operation: `create = [ { … }, { … } ]`. The first makes or changes the record,
//! the others are its steps; of `delete` the last one deletes. Which fields belong to which. Pure.

use super::call::{Call, Role};
use super::context::Context;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table, nearest};
use crate::plan::{InsertPlan, UpdatePlan};
use crate::record::{FieldName, Fields, RecordShape};

/// What becomes of a record when a step of `create` fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// It goes again.
    Undo,
    /// It stays, and the client's next attempt makes the calls that are missing.
    Resume,
}

/// The further calls of the operations.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// After `create`, in order.
    pub(super) create: Vec<Call>,
    /// After `update`, in order.
    pub(super) update: Vec<Call>,
    /// Before `delete`, in order.
    pub(super) delete: Vec<Call>,
}

/// Reads a call, or the calls of a list: the one that counts, and its steps. `Err` when something is
/// wrong, which is noted.
pub(super) fn read(
    table: &Table<'_>,
    (what, key, role): (&str, &str, Role),
    context: &Context<'_>,
    problems: &mut Problems,
) -> Result<(Option<Call>, Vec<Call>), ()> {
    let Some(node) = table.node(key) else { return Ok((None, Vec::new())) };
    let NodeValue::Array(items) = &node.value else {
        let call = Call::read(node, format!("{what} {key}"), role, context, problems).ok_or(())?;
        return Ok((Some(call), Vec::new()));
    };
    let main = if role == Role::Delete { items.len().saturating_sub(1) } else { 0 };
    let step = if role == Role::Delete { Role::Aside } else { Role::Step };
    let mut fine = true;
    let mut calls = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let (name, role) = match at == main {
            true => (format!("{what} {key}"), role),
            false => (format!("{what} {key}[{}]", at + 1), step),
        };
        let call = Call::read(item, name, role, context, problems);
        fine &= call.is_some();
        calls.extend(call);
    }
    if items.is_empty() {
        let problem = Diagnostic::error(Code::BAD_CALL, &node.span, format!("`{key}` is a list without a call"));
        problems.push(problem.help("write one call, or several in their order"));
        return Err(());
    }
    if !fine {
        return Err(());
    }
    let call = calls.remove(main);
    Ok((Some(call), calls))
}

/// What is wrong with the steps as a whole.
pub(super) fn report(
    node: &Node,
    steps: &Steps,
    (shape, on_failure): (&RecordShape, Option<OnFailure>),
    problems: &mut Problems,
) -> bool {
    let mut found = Vec::new();
    if !steps.create.is_empty() && on_failure.is_none() && node.get("on_failure").is_none() {
        let message = format!("[{}.calls] has no `on_failure`", shape.resource);
        let help = "`create` has several calls: when one of them fails, `on_failure = \"undo\"` takes back what was made, \
                    and `\"resume\"` lets the next attempt go on";
        found.push(Diagnostic::error(Code::MISSING_KEY, &node.span, message).help(help));
    }
    for step in steps.update.iter().filter(|step| step.fields.is_empty()) {
        let message = format!("{} does not say which fields it is for", step.name);
        let help = "write `fields = [\"$.mail\"]`: it is made when one of them changes, and so again after a failure";
        found.push(Diagnostic::error(Code::BAD_CALL, place(node, "update"), message).help(help));
    }
    faulty_undo(node, steps, on_failure, &mut found);
    unknown_fields(node, steps, shape, &mut found);
    let fine = found.is_empty();
    found.into_iter().for_each(|problem| problems.push(problem));
    fine
}

fn place<'n>(node: &'n Node, key: &str) -> &'n Span {
    node.get(key).map_or(&node.span, |node| &node.span)
}

/// What cannot be taken back, and what never would be.
fn faulty_undo(node: &Node, steps: &Steps, on_failure: Option<OnFailure>, found: &mut Vec<Diagnostic>) {
    let error = |key: &str, message: String| Diagnostic::error(Code::BAD_CALL, place(node, key), message);
    if !steps.create.is_empty() && on_failure == Some(OnFailure::Undo) && node.get("delete").is_none() {
        let problem = error("on_failure", "nothing takes back a new record: there is no call `delete`".to_owned());
        found.push(problem.help("write `delete = { delete = \"/users/{key}\" }`"));
    }
    let has_undo = |step: &&Call| step.undo.is_some();
    if on_failure == Some(OnFailure::Resume) {
        for step in steps.create.iter().filter(has_undo) {
            let message = format!("{} has an `undo`, and `on_failure = \"resume\"` takes nothing back", step.name);
            found.push(error("create", message).help("leave it out, or write `on_failure = \"undo\"`"));
        }
    }
    for step in steps.update.iter().filter(has_undo) {
        let message = format!("{} has an `undo`, and a change is never taken back", step.name);
        let help = "leave it out: the client's next attempt makes the calls whose fields still differ";
        found.push(error("update", message).help(help));
    }
}

fn unknown_fields(node: &Node, steps: &Steps, shape: &RecordShape, found: &mut Vec<Diagnostic>) {
    let names = || shape.fields.iter().map(|have| have.list.as_ref().unwrap_or(&have.name).as_str());
    for (key, steps) in [("create", &steps.create), ("update", &steps.update)] {
        for field in steps.iter().flat_map(|step| &step.fields) {
            if names().any(|name| name == field.as_str()) {
                continue;
            }
            let problem = Diagnostic::error(Code::BAD_CALL, place(node, key), format!("no rule writes `{field}`"));
            found.push(match nearest(field.as_str(), names()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("`fields` names fields of `[User.attributes]` or `[User.fields]`"),
            });
        }
    }
}

/// The fields that are for steps and not for the first call.
pub(super) fn taken(steps: &[Call]) -> Vec<&FieldName> {
    steps.iter().flat_map(|step| &step.fields).collect()
}

/// Some of a record's fields.
pub(super) fn only(fields: &Fields, keep: impl Fn(&str) -> bool) -> Fields {
    let mut kept = Fields::new();
    for (name, value) in fields.iter().filter(|(name, _)| keep(name)) {
        kept.set(&FieldName::new(name), value.clone());
    }
    kept
}

impl Call {
    /// True when the call is to be made for a new record: some field that it is for has a value.
    pub(super) fn is_for(&self, plan: &InsertPlan) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|field| !plan.fields.get(field).is_unassigned())
    }

    /// True when a change is about one of the call's fields.
    pub(super) fn is_for_change(&self, plan: &UpdatePlan) -> bool {
        let changes = of_fields(plan, |name| self.names(name));
        !(changes.set.is_empty() && changes.merge.is_empty() && changes.lists.is_empty())
    }

    /// True when the call is for this field.
    pub(super) fn names(&self, field: &str) -> bool {
        self.fields.iter().any(|name| name.as_str() == field)
    }
}

/// The part of a change that is about some fields.
pub(super) fn of_fields(plan: &UpdatePlan, keep: impl Fn(&str) -> bool) -> UpdatePlan {
    UpdatePlan {
        set: only(&plan.set, &keep),
        whole: only(&plan.whole, &keep),
        merge: only(&plan.merge, &keep),
        lists: plan.lists.iter().filter(|change| keep(change.list.as_str())).cloned().collect(),
        ..plan.clone()
    }
}
