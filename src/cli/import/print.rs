//! Entra's schema → the text of a mapping. Pure.
//!
//! What does not become a rule becomes a comment that says why, and what has to be done in Entra
//! stands at the head. Each line is compiled before it is printed: one that would be refused is
//! printed as a comment, with the reason.

use std::collections::BTreeMap;

use super::super::init::{harmless, key_of, quoted};
use super::target::{Target, column, target};
use crate::diagnostic::{Document, Problems, Severity, SourceFile};
use crate::mapping;
use crate::rehearse::entra::schema::{AttributeMapping, ObjectMapping, Schema, Source};

/// How often lines that are refused are taken out; a line may only show itself wrong when another
/// one is gone.
const ROUNDS: usize = 4;

/// The mapping.
pub(super) fn mapping(schema: &Schema) -> String {
    let mut page = Page::default();
    for resource in ["User", "Group"] {
        page.resource(schema, resource);
    }
    for object in &schema.objects {
        if object.resource().is_none() {
            let (from, to) = (word(object.source_object_name.as_deref()), word(object.target_object_name.as_deref()));
            page.todo(format!("the object mapping {from} -> {to} is not of users or groups and was left out here"));
        }
    }
    let (rules, refused) = without_refused(format!("{APPLICATION}{}{}", page.body, page.own_schemas()));
    for why in refused {
        page.todo(format!("{why}: map something else, or declare it in a schema of your own"));
    }
    page.head() + &rules
}

#[derive(Default)]
struct Page {
    /// What has to be done in Entra.
    todo: Vec<String>,
    body: String,
    /// The attributes of schemas of the application's own.
    own: BTreeMap<String, Vec<String>>,
}

/// The rules of one resource.
#[derive(Default)]
struct Rules {
    text: String,
    /// How many rules have this guess so far.
    columns: BTreeMap<String, usize>,
    matches: Vec<i64>,
    members: bool,
    active: bool,
    names: Vec<String>,
}

impl Page {
    fn todo(&mut self, what: String) {
        if !self.todo.contains(&what) {
            self.todo.push(what);
        }
    }

    fn head(&self) -> String {
        let mut text = String::from(
            "# A first mapping, made of the attribute mappings of Entra ID: each rule is an attribute that will be sent.\n\
             # Entra knows nothing of the application, so every table and column is a guess: look at each line that says\n\
             # `guess`, then run `postern check --live`. The comment above a rule is what Entra sends there.\n#\n\
             # To do in Entra (enterprise application, Provisioning):\n\
             # - Tenant URL and Secret Token are those of the tenant in postern.toml.\n",
        );
        self.todo.iter().for_each(|todo| text.push_str(&format!("# - {}\n", harmless(todo))));
        text
    }

    fn resource(&mut self, schema: &Schema, resource: &str) {
        let of_it: Vec<&ObjectMapping> =
            schema.objects.iter().filter(|object| object.resource() == Some(resource)).collect();
        let (enabled, off): (Vec<_>, Vec<_>) = of_it.into_iter().partition(|object| object.enabled != Some(false));
        if !off.is_empty() && enabled.is_empty() {
            self.todo(format!("the object mapping of {resource} is switched off; switch it on, or nothing is sent"));
        }
        let Some(object) = enabled.first().or_else(|| off.first()) else {
            self.todo(format!("there is no object mapping of {resource}, so none is sent"));
            return;
        };
        if enabled.len() > 1 {
            self.todo(format!("there is more than one object mapping of {resource}; only the first is here"));
        }
        let mut rules = Rules::default();
        let mappings = object.attribute_mappings.as_deref().unwrap_or_default();
        rules.matches = mappings.iter().filter_map(|one| one.matching_priority).filter(|at| *at > 0).collect();
        rules.matches.sort_unstable();
        rules.matches.dedup();
        mappings.iter().for_each(|one| self.rule(one, resource, &mut rules));
        self.report(object, resource, &rules);
        let (table, members) = if resource == "User" { ("users", "") } else { ("groups", MEMBERS) };
        let members = if rules.members { members } else { "" };
        let end = if rules.active { DISABLE } else { "" };
        self.body.push_str(&format!(
            "\n[{resource}]\ntable = \"{table}\" # guess: the table with one row for each\nkey   = \"id\" # guess: the column that identifies a row\n\n\
             [{resource}.attributes]\n{}{members}{end}",
            rules.text
        ));
    }

    fn report(&mut self, object: &ObjectMapping, resource: &str, rules: &Rules) {
        if rules.matches.is_empty() {
            self.todo(format!(
                "{resource}: no attribute has a matching precedence; choose one whose values are unique"
            ));
        }
        if resource == "User" && !rules.active {
            self.todo("User: nothing is mapped to `active`, so nobody is ever disabled; map it".to_owned());
        }
        if resource == "Group" && !rules.members {
            self.todo("Group: nothing is mapped to `members`, so groups stay empty; map it".to_owned());
        }
        let flows = object.flow_types.as_deref().unwrap_or("Add, Update, Delete");
        let missing: Vec<&str> = ["Add", "Update", "Delete"].into_iter().filter(|flow| !flows.contains(flow)).collect();
        if !missing.is_empty() {
            self.todo(format!(
                "{resource}: Entra will not {} (target object actions)",
                missing.join(", ").to_lowercase()
            ));
        }
    }

    fn rule(&mut self, mapping: &AttributeMapping, resource: &str, rules: &mut Rules) {
        let name = mapping.target_attribute_name.as_deref().unwrap_or_default();
        rules.text.push_str(&format!("# Entra sends {}\n", sends(mapping)));
        if name.trim().is_empty() || name.contains(char::is_control) {
            rules.text.push_str(&format!("# left out: `{}` is the name of no attribute\n", harmless(name)));
            self.todo(format!("{resource}: `{name}` is the name of no attribute; take its mapping out"));
            return;
        }
        let (key, references, several) = match target(name, resource) {
            Target::Members => {
                rules.members = true;
                rules.text.push_str("# members: see [Group.members]\n");
                return;
            }
            Target::Nothing(why) => {
                rules.text.push_str(&format!("# {}: {why}\n", harmless(name)));
                if !why.starts_with("the gateway keeps") {
                    self.todo(format!("{resource}: `{name}`: {why}"));
                }
                return;
            }
            Target::Own { urn, name } => {
                let declared = self.own.entry(urn.clone()).or_default();
                if !declared.contains(&name) {
                    declared.push(name.clone());
                }
                (format!("{urn}:{name}"), false, false)
            }
            Target::One { key, references } => (key, references, false),
            Target::Several { key } => (key, false, true),
        };
        if rules.names.contains(&key.to_lowercase()) {
            rules.text.push_str(&format!("# {}: has a rule already\n", harmless(&key)));
            self.todo(format!("{resource}: `{key}` is mapped twice; take one out"));
            return;
        }
        rules.names.push(key.to_lowercase());
        rules.active |= key == "active";
        let line = rule(mapping, &key, (references, several), rules);
        rules.text.push_str(&line);
    }

    fn own_schemas(&self) -> String {
        let mut text = String::new();
        for (urn, names) in &self.own {
            text.push_str(&format!("\n[schema.{}.attributes]\n", key_of(urn)));
            for name in names {
                text.push_str(&format!("{} = \"string\" # guess: the type\n", key_of(name)));
            }
        }
        text
    }
}

/// `userName = { field = "user_name", match = 1 } # guess: …`
fn rule(mapping: &AttributeMapping, key: &str, (references, several): (bool, bool), rules: &mut Rules) -> String {
    let mut field = column(key);
    let same = rules.columns.entry(field.clone()).or_default();
    *same += 1;
    if *same > 1 {
        field.push_str(&format!("_{same}"));
    }
    let mut parts = vec![format!("field = {}", quoted(&field))];
    if several {
        parts.push(format!("write = {}", quoted(&format!("Join(\",\", [{key}])"))));
        parts.push("lossy = true".to_owned());
    }
    let priority = mapping.matching_priority.filter(|_| !several).unwrap_or(0);
    if let Some(at) = rules.matches.iter().position(|have| *have == priority) {
        parts.push(format!("match = {}", at + 1));
    }
    if references {
        parts.push("references = \"User\"".to_owned());
    }
    if mapping.flow_type.as_deref() == Some("ObjectAddOnly") {
        parts.push("apply = \"create\"".to_owned());
    }
    let value = if parts.len() == 1 { quoted(&field) } else { format!("{{ {} }}", parts.join(", ")) };
    let guess = if several { "the column, and that all values stand in it with commas" } else { "the column" };
    format!("{} = {value} # guess: {guess}\n", key_of(key))
}

/// What Entra sends, when, and what it does where there is nothing.
fn sends(mapping: &AttributeMapping) -> String {
    let mut text = mapping.source.as_ref().map_or_else(|| "an unknown source".to_owned(), Source::shown);
    if let Some(default) = mapping.default_value.as_deref().filter(|default| !default.is_empty()) {
        text.push_str(&format!("; {default:?} where that is empty"));
    }
    text.push_str(match mapping.flow_type.as_deref() {
        None | Some("Always") => "",
        Some("ObjectAddOnly") => "; only when the object is made",
        Some("MultiValueAddOnly") => "; values are added, none is taken away",
        Some("ValueAddOnly") => "; it is never taken away",
        Some("AttributeAddOnly") => "; only where there is no value yet",
        Some(_) => "; by a flow type that is not known here",
    });
    if mapping.flow_behavior.as_deref() == Some("FlowAlways") {
        text.push_str("; with every change");
    }
    if mapping.matching_priority.is_some_and(|at| at > 0) {
        text.push_str("; objects are found by it");
    }
    harmless(&text)
}

fn word(name: Option<&str>) -> String {
    name.map_or_else(|| "(no name)".to_owned(), |name| format!("`{name}`"))
}

/// Makes comments of the lines that would be refused; gives the reasons, too.
fn without_refused(mut text: String) -> (String, Vec<String>) {
    let mut reasons = Vec::new();
    for _ in 0..ROUNDS {
        let refused = refused(&text);
        if refused.is_empty() {
            break;
        }
        let line = |(at, line): (usize, &str)| match refused.get(&(at + 1)) {
            Some(why) => format!("# not translated: {}\n# {line}\n", harmless(why)),
            None => format!("{line}\n"),
        };
        text = text.lines().enumerate().map(line).collect();
        reasons.extend(refused.into_values());
    }
    (text, reasons)
}

/// The rules that do not compile, or would not work as meant, by their line, with what is wrong.
fn refused(text: &str) -> BTreeMap<usize, String> {
    let mut problems = Problems::new();
    let file = SourceFile::new("mapping.toml", text);
    if let Some(document) = Document::parse(&file, &mut problems) {
        let _ = mapping::compile(document, &[], &mut problems);
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut found = BTreeMap::new();
    for problem in problems.into_sorted().into_iter().filter(|problem| problem.severity >= Severity::Warning) {
        let Some(span) = &problem.span else { continue };
        let (at, _) = span.line_and_column();
        if lines.get(at - 1).is_some_and(|line| line.contains(" = ") && !line.starts_with('#')) {
            found.entry(at).or_insert(problem.message);
        }
    }
    found
}

const APPLICATION: &str = "
[application]
name = \"My application\"

[downstream]
kind = \"sql\"
url  = { env = \"DATABASE_URL\" } # guess: a database; for a REST API see \"A REST API\" in mappings/README.md
";

const MEMBERS: &str = "
[Group.members]
table  = \"group_members\" # guess: the table with one row for each membership
group  = \"group_id\" # guess: its column with the group's key
member = \"user_id\" # guess: its column with the member's key
";

const DISABLE: &str = "
[User.deprovision]
delete = \"disable\" # guess: the careful way; `delete` deletes the row
";
