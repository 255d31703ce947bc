//! Stage 2: the rules of `[X.attributes]`.

use crate::diagnostic::{Code, Diagnostic, Key, Node, NodeValue, Problems, Span, Table};
use crate::record::FieldName;
use crate::scim::{Mutability, Uniqueness};
use crate::value::Value;

use super::super::{Apply, Computed, Read, Rule, Slot, Write, is_text};
use super::{Stage, expressions};

pub(super) fn rules(stage: &Stage<'_>, problems: &mut Problems) -> Vec<Rule> {
    let help = format!("add `[{}.attributes]`", stage.name);
    let Some(node) = stage.table.required("attributes", &help, problems) else { return Vec::new() };
    let Some(table) = Table::open(node, &format!("[{}.attributes]", stage.name), problems) else { return Vec::new() };
    let mut rules: Vec<(Rule, Span)> = Vec::new();
    for (key, node) in table.entries() {
        let Some(rule) = rule(stage, key, node, problems) else { continue };
        if rules.iter().any(|(have, _)| have.slot == rule.slot) {
            let message = format!("`{}` has two rules", rule.slot);
            problems.push(Diagnostic::error(Code::DUPLICATE_RULE, &key.span, message));
            continue;
        }
        rules.push((rule, key.span.clone()));
    }
    mark_first_selectors(&mut rules);
    report_fields_fed_twice(&rules, problems);
    report_missing_required(stage, &rules, &table.span, problems);
    report_lists_mixed(&rules, problems);
    rules.into_iter().map(|(rule, _)| rule).collect()
}

/// The first selector of each attribute also takes an element that says nothing of what selects.
fn mark_first_selectors(rules: &mut [(Rule, Span)]) {
    let mut firsts: Vec<Slot> = Vec::new();
    for (rule, _) in rules.iter() {
        let known = firsts.iter().any(|first| first.path.same_attribute(&rule.slot.path));
        if rule.slot.selector.is_some() && !known {
            firsts.push(rule.slot.clone());
        }
    }
    let mark = |slot: &mut Slot| {
        let first = firsts.iter().find(|first| first.path.same_attribute(&slot.path));
        if let (Some(selector), Some(first)) = (&mut slot.selector, first) {
            selector.takes_unmarked = first.selector.as_ref() == Some(&*selector);
        }
    };
    for (rule, _) in rules.iter_mut() {
        mark(&mut rule.slot);
        if let Write::Expression(computed) = &mut rule.write {
            computed.slots.iter_mut().for_each(mark);
        }
    }
}

fn rule(stage: &Stage<'_>, key: &Key, node: &Node, problems: &mut Problems) -> Option<Rule> {
    let slot = match Slot::parse(&key.name, &stage.kind) {
        Ok(slot) => slot,
        Err((message, near)) => {
            let mut problem = Diagnostic::error(Code::UNKNOWN_ATTRIBUTE, &key.span, message);
            problem.help = near.map(|near| format!("did you mean `{near}`?"));
            problems.push(problem);
            return None;
        }
    };
    if slot.path.schema.is_none() && ["schemas", "id", "members", "groups"].contains(&&*slot.path.attribute) {
        let message = format!("`{}` is the gateway's own", slot.path.attribute);
        let mut problem = Diagnostic::error(Code::READ_ONLY_ATTRIBUTE, &key.span, message);
        problem.help = (&*slot.path.attribute == "members")
            .then(|| format!("say where members are in `[{}.members]`", stage.name));
        problems.push(problem);
        return None;
    }
    match &node.value {
        NodeValue::String(field) => Some(short_rule(stage, slot, field)),
        _ => long_rule(stage, key, slot, node, problems),
    }
}

/// `userName = "login"`.
fn short_rule(stage: &Stage<'_>, slot: Slot, field: &str) -> Rule {
    let (list, field) = split_list(&slot, field);
    let mut rule = plain(stage, slot);
    rule.write = if rule.slot.path.mutability == Mutability::ReadOnly { Write::Never } else { Write::Direct };
    rule.read = if rule.slot.path.mutability == Mutability::WriteOnly { Read::Never } else { Read::Direct };
    rule.field = Some(field);
    rule.list = list;
    rule
}

fn plain(stage: &Stage<'_>, slot: Slot) -> Rule {
    let attribute = match &slot.path.schema {
        Some(urn) => stage.kind.schema_of(urn).and_then(|schema| schema.attribute(&slot.path.attribute)),
        None => stage.kind.attribute(&slot.path.attribute),
    };
    let whole = slot.path.sub.is_none();
    let unique = whole && attribute.is_some_and(|attribute| attribute.uniqueness != Uniqueness::None);
    Rule {
        required: slot.path.required && whole,
        case_exact: slot.path.case_exact || !is_text(slot.path.kind),
        slot,
        field: None,
        list: None,
        write: Write::Never,
        read: Read::Never,
        apply: Apply::Always,
        default: None,
        one_of: Vec::new(),
        max_length: None,
        unique,
        matching: None,
        references: None,
        shadow: false,
    }
}

/// A sub-attribute of a multi-valued attribute without a selector exists once for each element:
/// its field is in a list, `phone.number` or `$.phones[*].number`.
fn split_list(slot: &Slot, field: &str) -> (Option<FieldName>, FieldName) {
    if !slot.path.multi_valued || slot.path.sub.is_none() || slot.selector.is_some() {
        return (None, FieldName::new(field));
    }
    if let Some(at) = field.rfind("[*].") {
        return (Some(FieldName::new(&field[..at + 3])), FieldName::new(&field[at + 4..]));
    }
    match field.split_once('.') {
        Some((list, field)) => (Some(FieldName::new(list)), FieldName::new(field)),
        None => (None, FieldName::new(field)),
    }
}

/// `userName = { field = "login", match = 1 }`.
fn long_rule(stage: &Stage<'_>, key: &Key, slot: Slot, node: &Node, problems: &mut Problems) -> Option<Rule> {
    let table = Table::open(node, &format!("the rule of `{slot}`"), problems)?;
    let mut rule = plain(stage, slot);
    if let Some((field, _)) = table.string("field", problems) {
        let (list, field) = split_list(&rule.slot, field);
        rule.field = Some(field);
        rule.list = list;
    }
    options(stage, &table, &mut rule, problems);
    let constant = table.node("constant").map(|node| constant(node, stage, problems));
    let write = table.string("write", problems);
    let read = table.string("read", problems);
    let write_only = table.boolean("write_only", problems).unwrap_or(false);
    let read_only = table.boolean("read_only", problems).unwrap_or(false);
    table.finish(problems);

    let has_field = rule.field.is_some();
    let within = rule.list.is_some().then(|| rule.slot.clone());
    rule.write = match (&constant, write) {
        (Some(_), Some(_)) => {
            problems.push(conflict(&key.span, "constant", "write"));
            Write::Never
        }
        (Some(value), None) if has_field => Write::Constant(value.clone()),
        (Some(_), None) => Write::Never,
        (None, Some((text, span))) => {
            let computed = expressions::over_attributes(text, span, stage, within.as_ref(), problems)?;
            Write::Expression(Box::new(computed))
        }
        (None, None) if has_field && !read_only && rule.slot.path.mutability != Mutability::ReadOnly => Write::Direct,
        (None, None) => Write::Never,
    };
    rule.read = match (constant, read) {
        (Some(value), None) => Read::Constant(value),
        (_, Some((text, span))) => {
            let (expression, fields) = expressions::over_fields(text, span, problems)?;
            Read::Expression { expression: Box::new(expression), fields }
        }
        (None, None) => derived_read(&mut rule, write_only, write.map(|(_, span)| span), problems),
    };
    if !has_field && matches!(rule.read, Read::Never) {
        let message = format!("the rule of `{}` neither reads nor writes", rule.slot);
        problems.push(
            Diagnostic::error(Code::RULE_WITHOUT_EFFECT, &key.span, message)
                .help("name a `field`, a `constant` or a `read` expression"),
        );
    }
    Some(rule)
}

fn options(stage: &Stage<'_>, table: &Table<'_>, rule: &mut Rule, problems: &mut Problems) {
    rule.matching = table.number("match", problems);
    rule.unique = table.boolean("unique", problems).unwrap_or_else(|| rule.unique || rule.matching == Some(1));
    rule.required = table.boolean("required", problems).unwrap_or(rule.required);
    rule.case_exact = table.boolean("case_exact", problems).unwrap_or(rule.case_exact);
    rule.max_length = table.number("max_length", problems);
    rule.one_of = table.strings("one_of", problems).iter().map(|(text, _)| (*text).to_owned()).collect();
    rule.default = table.node("default").map(|node| constant(node, stage, problems));
    rule.references = table.string("references", problems).map(|(name, _)| name.into());
    rule.shadow = table.boolean("shadow", problems).unwrap_or(false);
    rule.apply = apply(table, problems);
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

/// The reading side of a rule that has only a writing one.
fn derived_read(rule: &mut Rule, write_only: bool, span: Option<&Span>, problems: &mut Problems) -> Read {
    if write_only || rule.slot.path.mutability == Mutability::WriteOnly {
        return Read::Never;
    }
    let Write::Expression(computed) = &rule.write else {
        return if rule.field.is_some() { Read::Direct } else { Read::Never };
    };
    if !computed.slots.contains(&rule.slot) {
        // Written from other attributes: what is read is what the field holds.
        return Read::Direct;
    }
    inverse(rule, computed, span, problems)
}

fn inverse(rule: &Rule, computed: &Computed, span: Option<&Span>, problems: &mut Problems) -> Read {
    let slot = &rule.slot;
    match computed.expression.invert() {
        Ok(inverse) => Read::Inverse { inverse: Box::new(inverse), slots: computed.slots.clone() },
        // What the client sent is kept; what somebody else wrote is shown as it is.
        Err(_) if rule.shadow => Read::Direct,
        Err(reason) => {
            if let Some(span) = span {
                problems.push(
                    Diagnostic::error(Code::NOT_INVERTIBLE, span, format!("`{slot}` cannot be read back: {reason}"))
                        .help("add `read = '…'` over the application's fields, or `write_only = true`"),
                );
            }
            Read::Never
        }
    }
}

/// A TOML value as a constant; `{tenant.NAME}` in a string is replaced.
pub(super) fn constant(node: &Node, stage: &Stage<'_>, problems: &mut Problems) -> Value {
    match &node.value {
        NodeValue::String(text) => substituted(text, node, stage, problems),
        NodeValue::Integer(i) => Value::Integer(*i),
        NodeValue::Float(f) => Value::Decimal(*f),
        NodeValue::Boolean(b) => Value::Boolean(*b),
        NodeValue::Datetime(text) => text.parse().map_or_else(|_| text.as_str().into(), Value::DateTime),
        NodeValue::Array(items) => Value::List(items.iter().map(|item| constant(item, stage, problems)).collect()),
        NodeValue::Table(_) => {
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, "a constant is a table"));
            Value::Null
        }
    }
}

fn substituted(text: &str, node: &Node, stage: &Stage<'_>, problems: &mut Problems) -> Value {
    let Some(start) = text.find("{tenant.") else { return text.into() };
    let Some(length) = text[start..].find('}') else { return text.into() };
    let name = &text[start + "{tenant.".len()..start + length];
    let Some((_, value)) = stage.variables.iter().find(|(have, _)| have == name) else {
        let message = format!("the tenant has no variable `{name}`");
        problems
            .push(Diagnostic::error(Code::BAD_TENANT, &node.span, message).help("add it to the tenant's `variables`"));
        return Value::Null;
    };
    if start == 0 && length + 1 == text.len() {
        return value.clone();
    }
    format!("{}{}{}", &text[..start], value.to_text(), &text[start + length + 1..]).into()
}

fn conflict(span: &Span, one: &str, other: &str) -> Diagnostic {
    Diagnostic::error(Code::CONFLICTING_KEYS, span, format!("`{one}` and `{other}` exclude each other"))
}

fn report_fields_fed_twice(rules: &[(Rule, Span)], problems: &mut Problems) {
    for (i, (rule, span)) in rules.iter().enumerate() {
        let Some(field) = &rule.field else { continue };
        if matches!(rule.write, Write::Never) {
            continue;
        }
        let earlier = rules[..i].iter().find(|(other, _)| {
            other.field.as_ref() == Some(field) && other.list == rule.list && !matches!(other.write, Write::Never)
        });
        if let Some((other, first)) = earlier {
            let (line, _) = first.line_and_column();
            problems.push(
                Diagnostic::error(Code::FIELD_FED_TWICE, span, format!("field `{field}` is the target of two rules"))
                    .label(format!("already filled at line {line}"))
                    .help(format!("remove one rule, or make `{}` read-only with `read_only = true`", other.slot)),
            );
        }
    }
}

fn report_missing_required(stage: &Stage<'_>, rules: &[(Rule, Span)], span: &Span, problems: &mut Problems) {
    for attribute in stage.kind.schema.attributes.iter().filter(|attribute| attribute.required) {
        if !rules.iter().any(|(rule, _)| rule.slot.path.schema.is_none() && rule.slot.path.attribute == attribute.name)
        {
            let message = format!("the required attribute `{}` has no rule", attribute.name);
            problems.push(
                Diagnostic::error(Code::REQUIRED_ATTRIBUTE, span, message)
                    .help(format!("add `{} = \"…\"`", attribute.name)),
            );
        }
    }
    let matched = rules.iter().filter(|(rule, _)| rule.matching.is_some());
    for (rule, span) in matched {
        if rule.field.is_none() {
            let message = format!("`{}` is matched, but no field holds it", rule.slot);
            problems.push(Diagnostic::error(Code::MATCH_NOT_SEARCHABLE, span, message));
        }
    }
}

fn report_lists_mixed(rules: &[(Rule, Span)], problems: &mut Problems) {
    for (rule, span) in rules {
        let Some(list) = &rule.list else { continue };
        let foreign = rules
            .iter()
            .any(|(other, _)| other.list.as_ref() == Some(list) && !other.slot.path.same_attribute(&rule.slot.path));
        if foreign {
            let message = format!("`{list}` is the list of two attributes");
            problems.push(Diagnostic::error(Code::FIELD_FED_TWICE, span, message));
        }
    }
}
