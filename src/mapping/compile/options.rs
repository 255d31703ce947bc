//! What a rule says besides its field: when, how often, which values, which expressions.

use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};
use crate::scim::{AttributeType, Mutability};
use crate::value::Value;

use super::super::{Apply, Late, Rule, Slot, is_text};
use super::rules::path_problem;
use super::{Stage, constants};

/// What decides how a rule writes and reads.
pub(super) struct Says<'a> {
    /// The constant as it is written, and as the attribute shows it.
    pub(super) constant: Option<(Value, Value)>,
    pub(super) write: Option<(&'a str, &'a Span)>,
    pub(super) read: Option<(&'a str, &'a Span)>,
    /// The table that translates the attribute.
    pub(super) lookup: Option<(&'a str, &'a Span)>,
    pub(super) write_only: bool,
    pub(super) read_only: bool,
    /// That a lossy inverse does not matter.
    pub(super) lossy: bool,
}

/// Reads every key of a rule but `field`.
pub(super) fn read<'a>(stage: &Stage<'_>, table: &Table<'a>, rule: &mut Rule, problems: &mut Problems) -> Says<'a> {
    matching(table, rule, problems);
    also(stage, table, rule, problems);
    rule.unique = table.boolean("unique", problems).unwrap_or_else(|| rule.unique || rule.matching == Some(1));
    required(table, rule, problems);
    rule.case_exact = table.boolean("case_exact", problems).unwrap_or(rule.case_exact);
    rule.apply = apply(table, problems);
    rule.late = late(stage, table, rule, problems);
    accepted(table, rule, problems);
    references(stage, table, rule, problems);
    split(table, rule, problems);
    rule.shadow = table.boolean("shadow", problems).unwrap_or(false);
    let constant = table.node("constant").and_then(|node| constants::of_rule(node, stage, rule, problems));
    let says = Says {
        constant,
        write: table.string("write", problems),
        read: table.string("read", problems),
        lookup: table.string("lookup", problems),
        write_only: table.boolean("write_only", problems).unwrap_or(false),
        read_only: table.boolean("read_only", problems).unwrap_or(false),
        lossy: table.boolean("lossy", problems).unwrap_or(false),
    };
    asked(stage, table, rule, &says, problems);
    default(stage, table, rule, says.write.or(says.lookup).is_none(), problems);
    accept_keys(stage, table, rule, &says, problems);
    report_conflicts(table, rule, &says, problems);
    report_lost_writes(table, rule, &says, problems);
    says
}

/// `required = true`, or `"create"` for what only a new record needs.
fn required(table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    let Some(node) = table.node("required") else { return };
    match node.as_str() {
        Some("create") if rule.slot.path.required => {
            let message = format!("the schema requires `{}` always", rule.slot);
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &node.span, message).help("leave `required` out"));
        }
        Some("create") => (rule.required, rule.required_once) = (true, true),
        Some(word) => {
            let message = format!("`{word}` is no time to require a value");
            let help = "`true`, `false`, or `\"create\"` for what only a new record needs";
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
        }
        None => rule.required = table.boolean("required", problems).unwrap_or(rule.required),
    }
}

fn matching(table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    rule.matching = table.number("match", problems);
    if rule.matching == Some(0) {
        let span = table.node("match").map_or(&table.span, |node| &node.span);
        problems.push(
            Diagnostic::error(Code::WRONG_TYPE, span, "`match` counts from 1")
                .help("the attribute that is tried first has `match = 1`"),
        );
    }
}

/// `also = ["…"]`: the other attributes by which records are found, as far as one rule can tell.
fn also(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    for (text, span) in table.strings("also", problems) {
        match Slot::parse(text, &stage.kind) {
            Ok(slot) => rule.also.push(slot),
            Err(problem) => problems.push(path_problem(problem, text, span)),
        }
    }
    let span = table.span_of("also");
    if !rule.also.is_empty() && rule.matching.is_none() {
        let message = format!("nobody is found by `{}`, so nobody is found by anything else in its place", rule.slot);
        problems.push(Diagnostic::error(Code::NO_MATCH, &span, message).help("add `match = 1`, or leave `also` out"));
    }
    if !rule.also.is_empty() && stage.downstream == Some("rest") {
        let message = "an API is asked by one call";
        let help = format!("let `find.{}` be a call that looks at both, and leave `also` out", rule.slot);
        problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &span, message).help(help));
    }
}

/// `split = ","`: values of a list that come as one text.
fn split(table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    let Some((separator, span)) = table.string("split", problems) else { return };
    let path = &rule.slot.path;
    let is_value = path.sub.as_deref().is_none_or(|sub| sub == "value");
    if !path.multi_valued || rule.slot.selector.is_some() || !is_value || !is_text(path.kind) {
        let message = format!("`{}` is no list of texts, so there is nothing to split", rule.slot);
        let help = "`split` is for a multi-valued attribute of texts, or for the `value` of one";
        problems.push(Diagnostic::error(Code::WRONG_KIND, span, message).help(help));
    } else if separator.is_empty() {
        problems.push(
            Diagnostic::error(Code::WRONG_TYPE, span, "`split` separates by nothing").help("a comma: `split = \",\"`"),
        );
    } else {
        rule.split = Some(separator.into());
    }
}

/// `one_of` and `max_length`.
fn accepted(table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    rule.max_length = table.number("max_length", problems);
    rule.one_of = table.strings("one_of", problems).iter().map(|(text, _)| (*text).to_owned()).collect();
    for key in ["one_of", "max_length"] {
        if table.node(key).is_some() && !is_text(rule.slot.path.kind) {
            let message = format!("`{key}` is for texts, and `{}` is {}", rule.slot, rule.slot.path.kind.as_str());
            problems.push(Diagnostic::error(Code::WRONG_KIND, &table.span_of(key), message));
        }
    }
    if let Some(node) = table.node("one_of")
        && matches!(&node.value, crate::diagnostic::NodeValue::Array(items) if items.is_empty())
    {
        let message = "`one_of` accepts no value at all";
        problems
            .push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help("list the values, or leave it out"));
    }
}

/// With a table its keys are what is accepted: a name that it does not have is refused, not dropped.
fn accept_keys(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, says: &Says<'_>, problems: &mut Problems) {
    let Some((rows, span)) = says.lookup.and_then(|(name, span)| Some((stage.tables.get(name)?, span))) else { return };
    let keys = rows.iter().map(|(key, _)| key);
    if rule.slot.path.kind == AttributeType::Boolean && keys.clone().any(|key| key != "True" && key != "False") {
        let message = format!("`{}` is true or false, and the table has other keys", rule.slot);
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, span, message).help("its keys are `True` and `False`"));
    }
    if let Some(unknown) = rule.one_of.iter().find(|accepted| !keys.clone().any(|key| key == *accepted)) {
        let message = format!("`one_of` accepts `{unknown}`, which the table does not have");
        problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("one_of"), message));
    } else if rule.one_of.is_empty() && is_text(rule.slot.path.kind) {
        rule.one_of = keys.cloned().collect();
    }
}

/// A lookup that the application is asked for. It decides what is accepted, and whether case matters.
fn asked(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, says: &Says<'_>, problems: &mut Problems) {
    let named =
        |lookup: &&std::sync::Arc<super::super::Lookup>| Some(&*lookup.name) == says.lookup.map(|(name, _)| name);
    let Some(lookup) = stage.asked.iter().find(named) else { return };
    if !matches!(rule.slot.path.kind, AttributeType::String | AttributeType::Reference) {
        let message = format!("`{}` is {} and no name in the application", rule.slot, rule.slot.path.kind.as_str());
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, &table.span_of("lookup"), message));
    }
    for key in ["one_of", "max_length", "match", "unique", "case_exact"] {
        if table.node(key).is_some() {
            let message = format!("`{key}` has no place beside a lookup that the application is asked for");
            let help = match key {
                "case_exact" => format!("whether case matters is said in `[lookup.{}]`", lookup.name),
                _ => "the application decides which names there are".to_owned(),
            };
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of(key), message).help(help));
        }
    }
    rule.case_exact = lookup.case_exact;
    rule.lookup = Some(std::sync::Arc::clone(lookup));
}

fn references(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    let Some((name, span)) = table.string("references", problems) else { return };
    if !matches!(rule.slot.path.kind, AttributeType::String | AttributeType::Reference) {
        let message = format!("`{}` is {} and holds no id", rule.slot, rule.slot.path.kind.as_str());
        problems.push(Diagnostic::error(Code::WRONG_KIND, &table.span_of("references"), message));
    }
    if !stage.resources.contains(&name) {
        problems.push(stage.no_resource_type(Code::UNKNOWN_RESOURCE_TYPE, name, span));
    }
    rule.references = Some(name.into());
}

/// `default = "…"`: what the field gets when the attribute has no value.
fn default(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, is_direct: bool, problems: &mut Problems) {
    let Some(node) = table.node("default") else { return };
    let value = constants::constant(node, stage, problems);
    if let Some(text) = value.as_str().filter(|_| is_direct) {
        let refused = if !rule.one_of.is_empty() && !rule.one_of.iter().any(|accepted| accepted == text) {
            Some(format!("`one_of` does not accept the default `{text}`"))
        } else if rule.max_length.is_some_and(|most| text.chars().count() as u64 > most) {
            Some(format!("the default `{text}` is longer than `max_length`"))
        } else {
            None
        };
        if let Some(message) = refused {
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &node.span, message));
        }
    }
    rule.default = Some(value);
}

/// `apply = "always"` or `apply = "create"`.
pub(super) fn apply(table: &Table<'_>, problems: &mut Problems) -> Apply {
    match table.string("apply", problems) {
        None | Some(("always", _)) => Apply::Always,
        Some(("create", _)) => Apply::Create,
        Some((word, span)) => {
            let message = format!("`{word}` is no time to apply a rule");
            problems.push(Diagnostic::error(Code::WRONG_TYPE, span, message).help("`always` or `create`"));
            Apply::Always
        }
    }
}

/// `on_change = "refuse"` or `on_change = "ignore"`.
fn late(stage: &Stage<'_>, table: &Table<'_>, rule: &Rule, problems: &mut Problems) -> Late {
    if rule.apply == Apply::Create && rule.list.is_some() {
        let message = "`apply = \"create\"` is for one value, and a list is compared as a whole";
        problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("apply"), message).help("leave it out"));
    }
    let said = table.string("on_change", problems);
    if said.is_some() && rule.apply == Apply::Always {
        let message = "`on_change` is for what is written on creation only";
        problems.push(
            Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("on_change"), message)
                .help("add `apply = \"create\"`, or leave it out"),
        );
    }
    // A statement of the file's own is told only what changes can change.
    let told = stage.node.get("statements").is_some_and(|statements| statements.get("update").is_some());
    match said {
        Some(("ignore", _)) => Late::Ignored,
        None | Some(("refuse", _)) if told => Late::Refused,
        None | Some(("refuse", _)) => Late::Filled,
        Some((word, span)) => {
            let message = format!("`{word}` is nothing that a change can lead to");
            problems.push(Diagnostic::error(Code::WRONG_TYPE, span, message).help("`refuse` or `ignore`"));
            Late::Filled
        }
    }
}

/// Keys that exclude each other; the caret is under the second.
fn report_conflicts(table: &Table<'_>, rule: &Rule, says: &Says<'_>, problems: &mut Problems) {
    let constant = table.node("constant").is_some();
    let given = |key: &str| table.node(key).is_some();
    let (read_only, write_only) = (says.read_only, says.write_only);
    let pairs = [
        ("constant", "write", constant && says.write.is_some()),
        ("constant", "read", constant && says.read.is_some()),
        ("constant", "default", constant && given("default")),
        ("constant", "read_only", constant && read_only && rule.field.is_some()),
        ("lookup", "constant", says.lookup.is_some() && constant),
        ("lookup", "write", says.lookup.is_some() && says.write.is_some()),
        ("lookup", "read", says.lookup.is_some() && says.read.is_some()),
        ("lookup", "references", says.lookup.is_some() && rule.references.is_some()),
        ("read_only", "write", read_only && says.write.is_some()),
        ("read_only", "lookup", read_only && says.lookup.is_some() && rule.lookup.is_none()),
        ("read_only", "write_only", read_only && write_only),
        ("read_only", "default", read_only && given("default")),
        ("read_only", "one_of", read_only && given("one_of")),
        ("read_only", "max_length", read_only && given("max_length")),
        ("read_only", "apply", read_only && given("apply")),
        ("read_only", "required", read_only && given("required") && rule.required),
        ("write_only", "read", write_only && says.read.is_some()),
        ("write_only", "match", write_only && rule.matching.is_some()),
    ];
    for (one, other, both) in pairs {
        if both {
            problems.push(conflict(&table.span_of(other), one, other));
        }
    }
}

/// Two keys that cannot stand together.
pub(super) fn conflict(span: &Span, one: &str, other: &str) -> Diagnostic {
    Diagnostic::error(Code::CONFLICTING_KEYS, span, format!("`{one}` and `{other}` exclude each other"))
        .help("leave out one of the two")
}

/// An expression that writes nowhere, or something that clients cannot write.
fn report_lost_writes(table: &Table<'_>, rule: &Rule, says: &Says<'_>, problems: &mut Problems) {
    if says.write.or(says.lookup).is_none() {
        return;
    }
    let key = if says.write.is_some() { "write" } else { "lookup" };
    let span = table.span_of(key);
    if rule.slot.path.mutability == Mutability::ReadOnly {
        problems.push(
            Diagnostic::error(Code::READ_ONLY_ATTRIBUTE, &span, format!("clients cannot write `{}`", rule.slot))
                .help(format!("leave `{key}` out; the table `fields` fills fields without an attribute")),
        );
    } else if table.node("field").is_none() {
        problems.push(
            Diagnostic::error(Code::MISSING_KEY, &span, format!("the `{key}` of `{}` writes to no field", rule.slot))
                .help("add `field = \"…\"`"),
        );
    }
}
