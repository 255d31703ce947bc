//! The stages from TOML to a mapping, in order; each notes every problem it finds.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, Problems, Table, nearest};
use crate::scim::{ResourceType, ResourceTypes, Schema};
use crate::value::Value;

use super::{Delete, Deprovision, Mapping, ResourceMapping, Unmapped};

mod expressions;
mod fields;
mod resource_types;
mod rules;

/// The tenant's variables, for `{tenant.NAME}` in constants.
pub type Variables = [(String, Value)];

/// What every stage needs of one resource.
struct Stage<'a> {
    name: &'a str,
    node: &'a Node,
    table: Table<'a>,
    kind: Arc<ResourceType>,
    variables: &'a Variables,
}

/// Compiles a mapping file for a tenant. The result is there even when problems were found, as far
/// as they let it; whoever uses it asks `problems.has_errors()` first.
pub fn compile(document: Document, variables: &Variables, problems: &mut Problems) -> Option<Mapping> {
    let root = document.root.clone();
    let table = Table::open(&root, "the mapping", problems)?;
    let application = application_name(&table, problems);
    table.required("downstream", "add `[downstream]` with the `kind` of the application", problems);
    let declared = resource_types::declared_schemas(table.node("schema"), problems);
    let stages = open_resources(&table, &declared, variables, problems);
    if stages.is_empty() {
        problems.push(
            Diagnostic::error(Code::NO_RESOURCES, &table.span, "the mapping maps no resource type")
                .help("add a table `[User]` with `[User.attributes]`"),
        );
    }
    let types = Arc::new(ResourceTypes { types: stages.iter().map(|stage| Arc::clone(&stage.kind)).collect() });
    let resources: Vec<_> = stages.iter().map(|stage| Arc::new(compile_resource(stage, &types, problems))).collect();
    Some(Mapping { application, document, types, resources })
}

fn application_name(table: &Table<'_>, problems: &mut Problems) -> String {
    let Some(node) = table.node("application") else { return "the application".to_owned() };
    let Some(application) = Table::open(node, "[application]", problems) else { return String::new() };
    let name = application.string("name", problems).map_or("the application", |(name, _)| name);
    application.string("description", problems);
    application.finish(problems);
    name.to_owned()
}

/// Every table that is not one of the mapping's own is a resource type.
fn open_resources<'a>(
    table: &Table<'a>,
    declared: &[Arc<Schema>],
    variables: &'a Variables,
    problems: &mut Problems,
) -> Vec<Stage<'a>> {
    let mut stages = Vec::new();
    for (key, node) in table.entries() {
        if ["application", "downstream", "schema"].contains(&key.name.as_str()) {
            continue;
        }
        let own = ["application", "downstream", "schema", "User", "Group"];
        let is_resource = node.get("attributes").is_some() || node.get("schema").is_some();
        if !is_resource && !["User", "Group"].contains(&key.name.as_str()) {
            let problem = Diagnostic::error(Code::UNKNOWN_KEY, &key.span, format!("`{}` means nothing here", key.name));
            problems.push(match nearest(&key.name, own) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("a resource type has a table of its own with `attributes`"),
            });
            continue;
        }
        let Some(table) = Table::open(node, &format!("[{}]", key.name), problems) else { continue };
        if let Some(kind) = resource_types::resource_type(key, &table, declared, problems) {
            stages.push(Stage { name: &key.name, node, table, kind, variables });
        }
    }
    stages
}

fn compile_resource(stage: &Stage<'_>, types: &ResourceTypes, problems: &mut Problems) -> ResourceMapping {
    let rules = rules::rules(stage, problems);
    let fields = fields::fields(stage, &rules, problems);
    let members = members(stage, types, problems);
    let deprovision = deprovision(stage, &rules, problems);
    let unmapped = unmapped(stage, problems);
    let adopt = adopt(stage, &rules, problems);
    report_unknown_keys(stage, problems);
    ResourceMapping { kind: Arc::clone(&stage.kind), rules, fields, members, deprovision, unmapped, adopt }
}

fn adopt(stage: &Stage<'_>, rules: &[super::Rule], problems: &mut Problems) -> bool {
    let adopt = stage.table.boolean("adopt", problems).unwrap_or(false);
    if adopt && !rules.iter().any(|rule| rule.matching.is_some()) {
        let span = stage.table.span_of("adopt");
        problems.push(
            Diagnostic::error(Code::NO_MATCH, &span, format!("[{}] adopts, but matches by nothing", stage.name))
                .help("add `match = 1` to the rule of the attribute that tells accounts apart"),
        );
    }
    adopt
}

/// Which resource types can be members: those named by `types`, else `User`.
fn members(stage: &Stage<'_>, types: &ResourceTypes, problems: &mut Problems) -> Vec<Arc<str>> {
    let Some(node) = stage.table.node("members") else { return Vec::new() };
    let Some(table) = Table::open(node, &format!("[{}.members]", stage.name), problems) else { return Vec::new() };
    if stage.kind.attribute("members").is_none() {
        let message = format!("{} has no attribute `members`", stage.name);
        problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span, message));
        return Vec::new();
    }
    let named = table.strings("types", problems);
    let mut found = Vec::new();
    for (name, span) in &named {
        match types.named(name) {
            Some(kind) => found.push(Arc::clone(&kind.name)),
            None => {
                let message = format!("`{name}` is no resource type of this mapping");
                problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message));
            }
        }
    }
    if named.is_empty() {
        match types.named("User") {
            Some(kind) => found.push(Arc::clone(&kind.name)),
            None => problems.push(
                Diagnostic::error(Code::BAD_MEMBERS, &table.span, "the mapping has no `[User]` to be members")
                    .help("name the resource types of members: `types = [\"Person\"]`"),
            ),
        }
    }
    found
}

fn deprovision(stage: &Stage<'_>, rules: &[super::Rule], problems: &mut Problems) -> Deprovision {
    let Some(node) = stage.table.node("deprovision") else { return Deprovision::default() };
    let Some(table) = Table::open(node, &format!("[{}.deprovision]", stage.name), problems) else {
        return Deprovision::default();
    };
    // The driver reads its own key from the same table.
    table.node("before_delete");
    if let Some((word, span)) = table.string("disable", problems)
        && word != "disable"
    {
        problems.push(
            Diagnostic::error(Code::BAD_DEPROVISION, span, format!("`{word}` is no way to disable"))
                .help("`disable` writes the rule of `active`"),
        );
    }
    let words = [
        ("delete", Delete::Delete),
        ("disable", Delete::Disable),
        ("acknowledge", Delete::Acknowledge),
        ("refuse", Delete::Refuse),
    ];
    let mut delete = Delete::default();
    if let Some((word, span)) = table.string("delete", problems) {
        match words.iter().find(|(have, _)| *have == word) {
            Some((_, meaning)) => delete = *meaning,
            None => problems.push(
                Diagnostic::error(Code::BAD_DEPROVISION, span, format!("`{word}` is no way to delete"))
                    .help("one of `delete`, `disable`, `acknowledge`, `refuse`"),
            ),
        }
    }
    let disables = rules.iter().any(|rule| rule.slot.path.is("active") && rule.field.is_some());
    if delete == Delete::Disable && !disables {
        problems.push(
            Diagnostic::error(Code::BAD_DEPROVISION, &table.span_of("delete"), "nothing says how to disable")
                .help("add a rule for `active`, or choose `delete = \"delete\"`"),
        );
    }
    table.finish(problems);
    Deprovision { delete }
}

fn unmapped(stage: &Stage<'_>, problems: &mut Problems) -> Unmapped {
    let accepted = stage.table.strings("accept", problems);
    match stage.table.string("unmapped", problems) {
        None | Some(("ignore", _)) => Unmapped::Ignore,
        Some(("reject", _)) => Unmapped::Reject(accepted.iter().map(|(name, _)| (*name).to_owned()).collect()),
        Some((word, span)) => {
            let message = format!("`{word}` is no way to treat attributes that are not mapped");
            problems.push(Diagnostic::error(Code::WRONG_TYPE, span, message).help("`ignore` or `reject`"));
            Unmapped::Ignore
        }
    }
}

/// The drivers read these from the same tables; their values are theirs to check.
const DRIVER_KEYS: [&str; 8] = ["table", "key", "where", "related", "calls", "errors", "version", "ignores_case"];

fn report_unknown_keys(stage: &Stage<'_>, problems: &mut Problems) {
    let own = [
        "attributes",
        "fields",
        "members",
        "deprovision",
        "unmapped",
        "accept",
        "adopt",
        "schema",
        "endpoint",
        "extensions",
    ];
    let known = || own.into_iter().chain(DRIVER_KEYS);
    for (key, _) in stage.node.as_table().unwrap_or_default() {
        if known().any(|have| have == key.name) {
            continue;
        }
        let message = format!("[{}] has no key `{}`", stage.name, key.name);
        let problem = Diagnostic::error(Code::UNKNOWN_KEY, &key.span, message).label("unknown key");
        problems.push(match nearest(&key.name, known()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("known keys: {}", known().collect::<Vec<_>>().join(", "))),
        });
    }
}
