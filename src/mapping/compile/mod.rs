//! The stages from TOML to a mapping, in order; each notes every problem it finds.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, Problems, Span, Table, nearest};
use crate::expr::Tables;
use crate::scim::{AttributePath, ResourceType, ResourceTypes, Schema};
use crate::value::Value;

use self::lookups::Lookups;

use super::{Lookup, Mapping, ResourceMapping, Unmapped};

mod asked;
mod constants;
mod deprovision;
mod expressions;
mod fields;
mod lookups;
mod members;
mod open;
mod options;
mod probe;
mod resource_types;
mod rules;
mod together;
mod token;

/// The tenant's variables, for `{tenant.NAME}` in constants.
pub type Variables = [(String, Value)];

/// What every stage needs of one resource.
struct Stage<'a> {
    name: &'a str,
    node: &'a Node,
    table: Table<'a>,
    kind: Arc<ResourceType>,
    variables: &'a Variables,
    /// The tables of `[lookup]`.
    tables: &'a Tables,
    /// What the application translates.
    asked: &'a [Arc<Lookup>],
    /// The names of all resource types of the file.
    resources: Vec<&'a str>,
    /// The kind of the application, as far as the file names it.
    downstream: Option<&'a str>,
}

impl Stage<'_> {
    /// The problem that `name` is no resource type of the mapping.
    fn no_resource_type(&self, code: Code, name: &str, span: &Span) -> Diagnostic {
        let problem = Diagnostic::error(code, span, format!("`{name}` is no resource type of this mapping"));
        match nearest(name, self.resources.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("the resource types here: {}", self.resources.join(", "))),
        }
    }
}

/// Compiles a mapping file for a tenant. The result is there even when problems were found, as far
/// as they let it; whoever uses it asks `problems.has_errors()` first.
pub fn compile(document: Document, variables: &Variables, problems: &mut Problems) -> Option<Mapping> {
    let root = document.root.clone();
    let table = Table::open(&root, "the mapping", problems)?;
    let application = application_name(&table, problems);
    table.required("downstream", "add `[downstream]` with the `kind` of the application", problems);
    let declared = resource_types::declared_schemas(table.node("schema"), problems);
    let others = root.as_table().unwrap_or_default().iter().filter(|(key, _)| !OWN.contains(&key.name.as_str()));
    let is_empty = others.count() == 0;
    let kind = table.node("downstream").and_then(|node| node.get("kind")).and_then(Node::as_str);
    let lookups = lookups::lookups(table.node("lookup"), kind, problems);
    let around = Around { declared: &declared, variables, lookups: &lookups };
    let stages = open_resources(&table, &around, problems);
    resource_types::check_together(&stages, table.node("schema"), problems);
    if is_empty {
        problems.push(
            Diagnostic::error(Code::NO_RESOURCES, &table.span, "the mapping maps no resource type")
                .help("add a table `[User]` with `[User.attributes]`"),
        );
    }
    let types = Arc::new(ResourceTypes { types: stages.iter().map(|stage| Arc::clone(&stage.kind)).collect() });
    let resources: Vec<_> = stages.iter().map(|stage| Arc::new(compile_resource(stage, &types, problems))).collect();
    open::report_unkept(table.node("schema"), &resources, problems);
    lookups::report_unused(table.node("lookup"), &resources, expressions::all(&resources), problems);
    let token_parameters = stages.iter().flat_map(|stage| token::parameters(stage.node)).collect();
    let token = table.node("token").and_then(|node| token::token(node, kind, variables, &types, problems));
    Some(Mapping { application, document, types, resources, lookups: lookups.asked, token, token_parameters })
}

fn application_name(table: &Table<'_>, problems: &mut Problems) -> String {
    let Some(node) = table.node("application") else { return "the application".to_owned() };
    let Some(application) = Table::open(node, "[application]", problems) else { return String::new() };
    let name = application.string("name", problems).map_or("the application", |(name, _)| name);
    application.string("description", problems);
    application.finish(problems);
    name.to_owned()
}

/// What the file and the tenant have for every resource type.
struct Around<'a> {
    declared: &'a [Arc<Schema>],
    variables: &'a Variables,
    lookups: &'a Lookups,
}

/// Every table that is not one of the mapping's own is a resource type.
fn open_resources<'a>(table: &Table<'a>, around: &Around<'a>, problems: &mut Problems) -> Vec<Stage<'a>> {
    let Around { declared, variables, lookups: Lookups { tables, asked } } = *around;
    let mut stages = Vec::new();
    let is_resource = |(key, node): &(crate::diagnostic::Key, Node)| {
        node.get("attributes").is_some()
            || node.get("schema").is_some()
            || ["User", "Group"].contains(&key.name.as_str())
    };
    let entries = table.entries();
    let mapped = entries.iter().filter(|entry| !OWN.contains(&entry.0.name.as_str()) && is_resource(entry));
    let resources: Vec<&str> = mapped.map(|(key, _)| key.name.as_str()).collect();
    let downstream = table.node("downstream").and_then(|node| node.get("kind")).and_then(Node::as_str);
    for entry @ (key, node) in entries {
        if OWN.contains(&key.name.as_str()) {
            continue;
        }
        if !is_resource(entry) {
            let problem = Diagnostic::error(Code::UNKNOWN_KEY, &key.span, format!("`{}` means nothing here", key.name));
            problems.push(match nearest(&key.name, OWN.into_iter().chain(["User", "Group"])) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("a resource type has a table of its own with `attributes`"),
            });
            continue;
        }
        let Some(table) = Table::open(node, &format!("[{}]", key.name), problems) else { continue };
        if let Some(kind) = resource_types::resource_type(key, &table, declared, problems) {
            let resources = resources.clone();
            stages.push(Stage { name: &key.name, node, table, kind, variables, tables, asked, resources, downstream });
        }
    }
    stages
}

/// The tables of a mapping that are no resource types.
const OWN: [&str; 5] = ["application", "downstream", "schema", "lookup", "token"];

fn compile_resource(stage: &Stage<'_>, types: &ResourceTypes, problems: &mut Problems) -> ResourceMapping {
    let rules = rules::rules(stage, problems);
    let open = open::open_rules(stage, &rules, problems);
    let fields = fields::fields(stage, &rules, problems);
    let members = members::members(stage, types, problems);
    let ignores_other_members = members::ignores_others(stage, problems);
    let deprovision = deprovision::deprovision(stage, &rules, problems);
    let unmapped = unmapped(stage, problems);
    let adopt = adopt(stage, &rules, problems);
    report_unknown_keys(stage, problems);
    ResourceMapping {
        kind: Arc::clone(&stage.kind),
        rules,
        open,
        fields,
        members,
        ignores_other_members,
        deprovision,
        unmapped,
        adopt,
    }
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

fn unmapped(stage: &Stage<'_>, problems: &mut Problems) -> Unmapped {
    let accepted = stage.table.strings("accept", problems);
    for (name, span) in &accepted {
        if let Err(problem) = AttributePath::parse_unqualified(name, &stage.kind) {
            let near = match &problem {
                crate::scim::PathProblem::Unknown { near, .. } => near.clone(),
                crate::scim::PathProblem::Malformed(_) => None,
            };
            let message = format!("`{name}` is not an attribute of {}", stage.name);
            let mut found = Diagnostic::warning(Code::UNKNOWN_ATTRIBUTE, span, message);
            found.help = near.map(|near| format!("did you mean `{near}`?"));
            problems.push(found);
        }
    }
    let rejects = match stage.table.string("unmapped", problems) {
        None | Some(("ignore", _)) => false,
        Some(("reject", _)) => true,
        Some((word, span)) => {
            let message = format!("`{word}` is no way to treat attributes that are not mapped");
            problems.push(Diagnostic::error(Code::WRONG_TYPE, span, message).help("`ignore` or `reject`"));
            return Unmapped::Ignore;
        }
    };
    if rejects {
        return Unmapped::Reject(accepted.iter().map(|(name, _)| (*name).to_owned()).collect());
    }
    if stage.table.node("accept").is_some() {
        let message = "`accept` has no effect: attributes without a rule are ignored anyway";
        problems.push(
            Diagnostic::warning(Code::CONFLICTING_KEYS, &stage.table.span_of("accept"), message)
                .help("add `unmapped = \"reject\"`, or leave `accept` out"),
        );
    }
    Unmapped::Ignore
}

/// The drivers read these from the same tables; their values are theirs to check.
const SQL_KEYS: [&str; 12] = [
    "table",
    "key",
    "distinct",
    "where",
    "except",
    "related",
    "version",
    "ignores_case",
    "key_from",
    "statements",
    "on",
    "errors",
];
const REST_KEYS: [&str; 7] = ["key", "version", "calls", "errors", "groups", "related", "sends"];

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
    let (sql, rest): (&[&str], &[&str]) = match stage.downstream {
        Some("sql") => (&SQL_KEYS, &[]),
        Some("rest") => (&[], &REST_KEYS),
        _ => (&SQL_KEYS, &REST_KEYS),
    };
    let known = || own.into_iter().chain(sql.iter().chain(rest).copied());
    for (key, _) in stage.node.as_table().unwrap_or_default() {
        let name = key.name.as_str();
        if known().any(|have| have == name) {
            continue;
        }
        let message = format!("[{}] has no key `{name}`", stage.name);
        let problem = Diagnostic::error(Code::UNKNOWN_KEY, &key.span, message).label("unknown key");
        let elsewhere = [("sql", SQL_KEYS.as_slice()), ("rest", REST_KEYS.as_slice())]
            .into_iter()
            .find(|(_, keys)| keys.contains(&name));
        problems.push(match (elsewhere, nearest(name, known())) {
            (Some((kind, _)), _) => problem.help(format!("`{name}` belongs to applications of `kind = \"{kind}\"`")),
            (None, Some(near)) => problem.help(format!("did you mean `{near}`?")),
            (None, None) => problem.help(format!("known keys: {}", known().collect::<Vec<_>>().join(", "))),
        });
    }
}
