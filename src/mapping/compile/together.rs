//! What no rule sees alone: fields fed twice, attributes without a rule, what accounts are found by.

use crate::diagnostic::{Code, Diagnostic, Problems, Table, nearest};
use crate::scim::AttributeType;

use super::super::{Read, Rule, Write};
use super::Stage;

/// Reports what is wrong with the rules of one resource taken together.
pub(super) fn check(stage: &Stage<'_>, rules: &[Rule], table: &Table<'_>, problems: &mut Problems) {
    fields_fed_twice(rules, problems);
    missing_required(stage, rules, table, problems);
    lists_mixed(rules, problems);
    wholes_in_one_field(rules, problems);
    match_precedence(stage, rules, table, problems);
    for rule in rules.iter().filter(|rule| rule.matching.is_some()) {
        match_not_searchable(rule, problems);
        also_not_searchable(rule, rules, problems);
    }
}

/// What is found in another field's place has to be stored there as it is sent.
fn also_not_searchable(rule: &Rule, rules: &[Rule], problems: &mut Problems) {
    let has_field = |rule: &Rule| rule.field.is_some() && rule.list.is_none() && rule.lookup.is_none();
    let is_plain = |rule: &Rule| has_field(rule) && matches!(rule.read, Read::Direct);
    for slot in &rule.also {
        let message = match rules.iter().find(|other| other.slot == *slot) {
            _ if !is_plain(rule) => {
                format!("`{}` is not stored as it is sent, so no other field holds the same", rule.slot)
            }
            None => format!("`{slot}` has no rule, so no field is known that holds it"),
            Some(other) if other.slot == rule.slot => format!("`{slot}` is found by itself already"),
            Some(other) if !has_field(other) => format!("`{slot}` has no field of the record's own"),
            Some(_) => continue,
        };
        let help = "`also` names attributes whose field holds the same texts";
        problems.push(Diagnostic::error(Code::MATCH_NOT_SEARCHABLE, &rule.span, message).help(help));
    }
}

fn fields_fed_twice(rules: &[Rule], problems: &mut Problems) {
    for (i, rule) in rules.iter().enumerate() {
        let Some(field) = &rule.field else { continue };
        if matches!(rule.write, Write::Never) {
            continue;
        }
        let earlier = rules[..i].iter().find(|other| {
            other.field.as_ref() == Some(field) && other.list == rule.list && !matches!(other.write, Write::Never)
        });
        if let Some(other) = earlier {
            let (line, _) = other.span.line_and_column();
            problems.push(
                Diagnostic::error(
                    Code::FIELD_FED_TWICE,
                    &rule.span,
                    format!("field `{field}` is the target of two rules"),
                )
                .label(format!("already filled at line {line}"))
                .help(format!("remove one rule, or make `{}` read-only with `read_only = true`", other.slot)),
            );
        }
    }
}

/// The tables that hold attributes under other names are in the way of `required`: what the schema
/// requires must have a rule, and one that keeps the value.
fn missing_required(stage: &Stage<'_>, rules: &[Rule], table: &Table<'_>, problems: &mut Problems) {
    for attribute in stage.kind.schema.attributes.iter().filter(|attribute| attribute.required) {
        let about = |rule: &&Rule| rule.slot.path.schema.is_none() && rule.slot.path.attribute == attribute.name;
        // A rule that was refused, be it for a slip in this name, has its own problem.
        let tried = table.entries().iter().any(|(key, _)| {
            nearest(&key.name, [&*attribute.name]).is_some() && !rules.iter().any(|rule| rule.span == key.span)
        });
        match rules.iter().find(about) {
            None if tried => {}
            None => {
                let message = format!("the required attribute `{}` has no rule", attribute.name);
                problems.push(
                    Diagnostic::error(Code::REQUIRED_ATTRIBUTE, &table.span, message)
                        .help(format!("add `{} = \"…\"`", attribute.name)),
                );
            }
            Some(rule) if matches!(rule.write, Write::Never) && !is_used(rule, rules) => {
                let message = format!("clients must send `{}`, and nothing keeps it", rule.slot);
                problems.push(
                    Diagnostic::warning(Code::REQUIRED_ATTRIBUTE, &rule.span, message)
                        .help("let the rule write a field, or use the attribute in another rule's `write`"),
                );
            }
            Some(_) => {}
        }
    }
}

fn is_used(rule: &Rule, rules: &[Rule]) -> bool {
    rules.iter().any(|other| matches!(&other.write, Write::Expression(computed) if computed.slots.contains(&rule.slot)))
}

fn lists_mixed(rules: &[Rule], problems: &mut Problems) {
    for (i, rule) in rules.iter().enumerate() {
        let Some(list) = &rule.list else { continue };
        let foreign = rules[..i]
            .iter()
            .find(|other| other.list.as_ref() == Some(list) && !other.slot.path.same_attribute(&rule.slot.path));
        if let Some(other) = foreign {
            let (line, _) = other.span.line_and_column();
            problems.push(
                Diagnostic::error(Code::FIELD_FED_TWICE, &rule.span, format!("`{list}` is the list of two attributes"))
                    .label(format!("`{}` has it at line {line}", other.slot.path.attribute))
                    .help("a list belongs to one attribute; rows told apart by a column are two related tables with `where`"),
            );
        }
    }
}

/// A field holds one value; a name of several parts or a list of values fits only into JSON.
fn wholes_in_one_field(rules: &[Rule], problems: &mut Problems) {
    for rule in rules.iter().filter(|rule| matches!(rule.write, Write::Direct)) {
        let (Some(field), path) = (&rule.field, &rule.slot.path) else { continue };
        let is_json = field.as_str().starts_with('$');
        let problem = if path.kind == AttributeType::Complex {
            let message = format!("`{}` has parts, and `{field}` is one field", rule.slot);
            let part = if path.multi_valued { "value" } else { "formatted" };
            let near = match &rule.slot.selector {
                None if path.multi_valued => format!("{}[type eq \"work\"].{part}", path.attribute),
                _ => format!("{}.{part}", rule.slot),
            };
            Some((message, format!("map its parts: `'{near}' = \"{field}\"`")))
        } else if path.multi_valued && rule.slot.selector.is_none() && rule.list.is_none() && !is_json {
            let message = format!("`{}` is there many times, and `{field}` is one field", rule.slot);
            let one = path.sub.as_ref().map_or_else(String::new, |sub| format!(".{sub}"));
            let help = format!(
                "for one of them `'{}[type eq \"work\"]{one}'`, for a column with all of them `write = 'Join(\",\", [{}])'`",
                path.attribute, rule.slot
            );
            Some((message, help))
        } else {
            None
        };
        if let Some((message, help)) = problem {
            problems.push(Diagnostic::warning(Code::WRONG_KIND, &rule.span, message).help(help));
        }
    }
}

fn match_precedence(stage: &Stage<'_>, rules: &[Rule], table: &Table<'_>, problems: &mut Problems) {
    for (i, rule) in rules.iter().enumerate() {
        let Some(precedence) = rule.matching else { continue };
        if let Some(other) = rules[..i].iter().find(|other| other.matching == Some(precedence)) {
            let message = format!("`{}` has `match = {precedence}` already", other.slot);
            problems.push(
                Diagnostic::error(Code::CONFLICTING_KEYS, &rule.span, message).help(format!(
                    "which is tried first? write `match = {}` for the other",
                    precedence.saturating_add(1)
                )),
            );
        }
    }
    // One that was refused has its own problem.
    if table.entries().iter().any(|(_, node)| node.get("match").is_some()) {
        return;
    }
    let likely = |rule: &&Rule| ["userName", "displayName"].iter().any(|name| rule.slot.path.is(name));
    if let Some(rule) = rules.iter().find(likely) {
        let message = format!("nothing says what a {} is found by", stage.name);
        problems.push(
            Diagnostic::warning(Code::NO_MATCH, &rule.span, message)
                .help(format!("add `match = 1` to the rule of `{}`, if its value is like no other", rule.slot)),
        );
    }
}

/// A client looks every account up by the matching attribute before it writes: what the
/// application cannot be asked for costs a walk through all of it each time.
fn match_not_searchable(rule: &Rule, problems: &mut Problems) {
    let slot = &rule.slot;
    let problem = if rule.list.is_some() {
        let message = format!("`{slot}` is there many times, so it matches nobody in particular");
        let help = format!("match by one of them: `'{}[type eq \"work\"].value'`", slot.path.attribute);
        Diagnostic::error(Code::MATCH_NOT_SEARCHABLE, &rule.span, message).help(help)
    } else if rule.field.is_none() {
        let message = format!("`{slot}` is matched, but no field holds it");
        Diagnostic::error(Code::MATCH_NOT_SEARCHABLE, &rule.span, message).help("match by an attribute with a `field`")
    } else {
        let searched = match &rule.read {
            Read::Direct | Read::Never => true,
            Read::Inverse { inverse, .. } => inverse.is_exact(),
            Read::Constant(_) | Read::Expression { .. } => false,
        };
        if searched {
            return;
        }
        let message = format!("`{slot}` cannot be searched by the application: its rule has no exact inverse");
        Diagnostic::warning(Code::MATCH_NOT_SEARCHABLE, &rule.span, message)
            .help("each lookup reads every record; match by an attribute whose field holds the value itself")
    };
    problems.push(problem);
}
