//! Stage 2: the rules of `[X.attributes]`.

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Span, Table};
use crate::record::FieldName;
use crate::scim::{Mutability, Uniqueness};

use super::super::{Apply, Computed, Late, Read, Rule, Slot, SlotFault, SlotProblem, Write, is_text};
use super::{Stage, constants, expressions, open, options, probe, together};

pub(super) fn rules(stage: &Stage<'_>, problems: &mut Problems) -> Vec<Rule> {
    let help = format!("add `[{}.attributes]`", stage.name);
    let Some(node) = stage.table.required("attributes", &help, problems) else { return Vec::new() };
    let Some(table) = Table::open(node, &format!("[{}.attributes]", stage.name), problems) else { return Vec::new() };
    let mut rules: Vec<Rule> = Vec::new();
    for (key, node) in table.entries() {
        if open::is_open_rule(&key.name) {
            continue;
        }
        let Some(rule) = rule(stage, key, node, problems) else { continue };
        if let Some(earlier) = rules.iter().find(|have| have.slot == rule.slot) {
            let message = format!("`{}` has two rules", rule.slot);
            let (line, _) = earlier.span.line_and_column();
            problems.push(
                Diagnostic::error(Code::DUPLICATE_RULE, &key.span, message)
                    .label(format!("the first is at line {line}")),
            );
            continue;
        }
        rules.push(rule);
    }
    mark_first_selectors(&mut rules);
    together::check(stage, &rules, &table, problems);
    rules
}

/// What is wrong with a path, at its place in the text of `span`.
pub(super) fn path_problem(problem: SlotProblem, text: &str, span: &Span) -> Diagnostic {
    let code = match problem.fault {
        SlotFault::Malformed => Code::BAD_PATH,
        SlotFault::UnknownAttribute => Code::UNKNOWN_ATTRIBUTE,
        SlotFault::UnknownSchema => Code::UNKNOWN_SCHEMA,
    };
    let mut found = Diagnostic::error(code, &span.inside_string(text, problem.at), problem.message);
    found.help = problem.near.map(|near| format!("did you mean `{near}`?")).or(problem.help);
    found
}

/// The first selector of each attribute also takes an element that says nothing of what selects.
fn mark_first_selectors(rules: &mut [Rule]) {
    let mut firsts: Vec<Slot> = Vec::new();
    for rule in rules.iter() {
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
    for rule in rules.iter_mut() {
        mark(&mut rule.slot);
        if let Write::Expression(computed) = &mut rule.write {
            computed.slots.iter_mut().for_each(mark);
        }
    }
}

fn rule(stage: &Stage<'_>, key: &Key, node: &Node, problems: &mut Problems) -> Option<Rule> {
    let slot = match Slot::parse(&key.name, &stage.kind) {
        Ok(slot) => slot,
        Err(problem) => {
            problems.push(path_problem(problem, &key.name, &key.span));
            return None;
        }
    };
    if let Some(help) = not_for_rules(&slot, stage.name) {
        let message = format!("`{}` is the gateway's own", slot.path);
        problems.push(Diagnostic::error(Code::READ_ONLY_ATTRIBUTE, &key.span, message).help(help));
        return None;
    }
    match node.as_str() {
        Some("") => {
            let message = format!("the field of `{slot}` has no name");
            problems.push(Diagnostic::error(Code::BAD_FIELD, &node.span, message).help("name the application's field"));
            None
        }
        Some(field) => Some(short_rule(stage, slot, key, field)),
        None => long_rule(stage, key, slot, node, problems),
    }
}

/// For attributes that the gateway itself keeps: what to do instead of writing a rule.
fn not_for_rules(slot: &Slot, resource: &str) -> Option<String> {
    if slot.path.schema.is_some() {
        return None;
    }
    match (&*slot.path.attribute, slot.path.sub.as_deref()) {
        ("id", _) => Some(format!("ids are made by the gateway; name the application's key as `key` of [{resource}]")),
        ("schemas", _) => Some("it follows from the attributes that have rules; leave this rule out".to_owned()),
        ("groups", _) => Some("it follows from `[Group.members]`; leave this rule out".to_owned()),
        ("members", _) => Some(format!("say where members are in `[{resource}.members]`")),
        ("meta", None | Some("location" | "resourceType")) => {
            Some("`meta.created`, `meta.lastModified` and `meta.version` can have rules".to_owned())
        }
        _ => None,
    }
}

/// `userName = "login"`.
fn short_rule(stage: &Stage<'_>, slot: Slot, key: &Key, field: &str) -> Rule {
    let (list, field) = split_list(&slot, field);
    let mut rule = plain(stage, slot, key);
    rule.write = if rule.slot.path.mutability == Mutability::ReadOnly { Write::Never } else { Write::Direct };
    rule.read = if rule.slot.path.mutability == Mutability::WriteOnly { Read::Never } else { Read::Direct };
    rule.field = Some(field);
    rule.list = list;
    rule
}

fn plain(stage: &Stage<'_>, slot: Slot, key: &Key) -> Rule {
    let attribute = slot.path.definition(&stage.kind);
    let whole = slot.path.sub.is_none();
    let unique = whole && attribute.is_some_and(|attribute| attribute.uniqueness != Uniqueness::None);
    Rule {
        span: key.span.clone(),
        required: slot.path.required && whole,
        required_once: false,
        case_exact: slot.path.case_exact || !is_text(slot.path.kind),
        slot,
        field: None,
        list: None,
        write: Write::Never,
        read: Read::Never,
        apply: Apply::Always,
        late: Late::Filled,
        default: None,
        one_of: Vec::new(),
        max_length: None,
        unique,
        matching: None,
        also: Vec::new(),
        references: None,
        lookup: None,
        split: None,
        shadow: false,
    }
}

/// A sub-attribute of a multi-valued attribute without a selector exists once for each element:
/// its field is in a list, `phone.number` or `$.phones[*].number`, or `$.phones[*]` where the
/// elements are the values themselves. Without a list the field holds all values at once.
fn split_list(slot: &Slot, field: &str) -> (Option<FieldName>, FieldName) {
    if !slot.path.multi_valued || slot.path.sub.is_none() || slot.selector.is_some() {
        return (None, FieldName::new(field));
    }
    if let Some(at) = field.rfind("[*].") {
        return (Some(FieldName::new(&field[..at + 3])), FieldName::new(&field[at + 4..]));
    }
    match field.split_once('.') {
        Some(_) if field.ends_with("[*]") => (Some(FieldName::new(field)), FieldName::new("$")),
        Some((list, column)) if list != "$" => (Some(FieldName::new(list)), FieldName::new(column)),
        _ => (None, FieldName::new(field)),
    }
}

/// `userName = { field = "login", match = 1 }`.
fn long_rule(stage: &Stage<'_>, key: &Key, slot: Slot, node: &Node, problems: &mut Problems) -> Option<Rule> {
    let Some(_) = node.as_table() else {
        let message = format!("the rule of `{slot}` is {}", node.kind());
        problems.push(
            Diagnostic::error(Code::WRONG_TYPE, &node.span, message)
                .help("write the field's name, `\"field\"`, or `{ field = \"field\" }`"),
        );
        return None;
    };
    let table = Table::open(node, &format!("the rule of `{slot}`"), problems)?;
    let mut rule = plain(stage, slot, key);
    let named = table.node("field").is_some() || table.node("constant").is_some();
    if let Some((field, _)) = table.string("field", problems) {
        let (list, field) = split_list(&rule.slot, field);
        rule.field = Some(field);
        rule.list = list;
    }
    let says = options::read(stage, &table, &mut rule, problems);
    let unknown = table.has_unknown_keys();
    let part = |name: &str| {
        let whole = rule.slot.path.definition(&stage.kind)?;
        whole.sub_attribute(name).map(|sub| format!("quote the whole path: `\"{}.{}\" = …`", key.name, sub.name))
    };
    table.finish_with(&part, problems);
    if unknown && rule.field.is_none() {
        // What was meant cannot be told; more problems would only hide the first.
        return None;
    }
    rule.write = written(stage, &rule, &says, problems)?;
    if rule.write.candidates() > 1 {
        // Another candidate would be another name for the same record.
        rule.apply = Apply::Create;
        rule.late = Late::Ignored;
    }
    rule.read = match (&says.constant, says.read) {
        (Some((_, read)), None) => Read::Constant(read.clone()),
        (_, Some((text, span))) => read_by(stage, &rule, text, span, problems)?,
        (None, None) => derived_read(&rule, &says, problems),
    };
    if !named && matches!(rule.read, Read::Never) && says.write.is_none() {
        let message = format!("the rule of `{}` neither reads nor writes", rule.slot);
        problems.push(
            Diagnostic::error(Code::RULE_WITHOUT_EFFECT, &key.span, message)
                .help("name a `field`, a `constant` or a `read` expression"),
        );
    }
    Some(rule)
}

/// The writing side. `None` when its expression does not compile.
fn written(stage: &Stage<'_>, rule: &Rule, says: &options::Says<'_>, problems: &mut Problems) -> Option<Write> {
    let has_field = rule.field.is_some();
    if let Some((name, span)) = says.lookup.filter(|_| rule.lookup.is_none()) {
        let computed = expressions::looked_up(rule, name, span, stage, problems)?;
        return Some(Write::Expression(Box::new(computed)));
    }
    Some(match (&says.constant, says.write) {
        (Some((value, _)), None) if has_field => Write::Constant(value.clone()),
        (Some(_), _) => Write::Never,
        (None, Some((text, span))) => {
            let within = rule.list.is_some().then_some(&rule.slot);
            let computed = expressions::over_attributes(text, span, stage, within, problems)?;
            Write::Expression(Box::new(computed))
        }
        (None, None) if has_field && !says.read_only && rule.slot.path.mutability != Mutability::ReadOnly => {
            Write::Direct
        }
        (None, None) => Write::Never,
    })
}

fn read_by(stage: &Stage<'_>, rule: &Rule, text: &str, span: &Span, problems: &mut Problems) -> Option<Read> {
    let (expression, fields) = expressions::over_fields(text, span, stage, problems)?;
    let path = &rule.slot.path;
    let given = expression.result_kind();
    if !constants::can_be(given, path.kind, path.multi_valued && rule.list.is_none() && rule.slot.selector.is_none()) {
        let message = format!("`{}` is {}, the expression gives {}", rule.slot, path.kind.as_str(), given.name());
        let help = "wrap it so that it gives what the attribute is: `IIF(…, \"True\", \"False\")`, `CStr(…)`";
        problems.push(Diagnostic::error(Code::WRONG_KIND, span, message).help(help));
    }
    Some(Read::Expression { expression: Box::new(expression), fields })
}

/// The reading side of a rule that has only a writing one.
fn derived_read(rule: &Rule, says: &options::Says<'_>, problems: &mut Problems) -> Read {
    if says.write_only || rule.slot.path.mutability == Mutability::WriteOnly {
        return Read::Never;
    }
    let Write::Expression(computed) = &rule.write else {
        return if rule.field.is_some() { Read::Direct } else { Read::Never };
    };
    if !computed.slots.contains(&rule.slot) {
        // Written from other attributes: what is read is what the field holds.
        return Read::Direct;
    }
    inverse(rule, computed, says, problems)
}

fn inverse(rule: &Rule, computed: &Computed, says: &options::Says<'_>, problems: &mut Problems) -> Read {
    let slot = &rule.slot;
    const HELP: &str = "add `read = '…'` over the application's fields, `shadow = true` to answer what was sent, or `write_only = true`";
    let span = says.write.or(says.lookup).map(|(_, span)| span);
    if let Some(span) = span
        && slot.path.is("active")
        && probe::disables_the_silent(computed)
    {
        let message = "whoever is made without `active` would be disabled";
        let help = "let no value lead to no value: `Switch([active], , \"True\", \"0\", \"False\", \"1\")`";
        problems.push(Diagnostic::warning(Code::DOUBTFUL_EXPRESSION, span, message).help(help));
    }
    let inverse = computed.expression.invert().map(|inverse| probe::known(rule, computed, inverse));
    match (inverse, span) {
        (Ok(inverse), span) => {
            if let Some(span) = span
                && !inverse.is_exact()
                && !says.lossy
                && !rule.shadow
            {
                let why = inverse.losses().join("; ");
                problems.push(
                    Diagnostic::warning(Code::LOSSY, span, format!("`{slot}` may come back as another value: {why}"))
                        .help(format!("{HELP}, or say that it does not matter: `lossy = true`")),
                );
            }
            Read::Inverse { inverse: Box::new(inverse), slots: computed.slots.clone() }
        }
        // What the client sent is kept; what somebody else wrote is shown as it is.
        (Err(_), _) if rule.shadow => Read::Direct,
        (Err(reason), span) => {
            if let Some(span) = span {
                problems.push(
                    Diagnostic::error(Code::NOT_INVERTIBLE, span, format!("`{slot}` cannot be read back: {reason}"))
                        .help(HELP),
                );
            }
            Read::Never
        }
    }
}
