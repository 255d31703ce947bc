//! Reads from a resource's table of the mapping how its records lie in tables.
//!
//! Only the driver's own keys: what else stands in `[User]` belongs to the mapping.

use std::sync::Arc;

use super::errors::Rule;
use super::given::{Known, further, instead};
use super::keys::{KeyKind, key_source, made_key};
use super::layout::{Column, Layout, Membership, Place, Related, Scope};
use super::mark::mark;
use super::memberships::memberships;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};
use crate::record::{FieldName, FieldShape, RecordShape};
use crate::value::Value;

/// The tenant's variables.
pub(super) type Variables<'a> = &'a [(String, Value)];

/// Reads one resource. Notes every problem; `None` when it has no table or no key.
pub(super) fn layout(
    shape: &RecordShape,
    node: &Node,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Option<Layout> {
    let what = format!("[{}]", shape.resource);
    let table = Table::open(node, &what, problems)?;
    let name = table.required_string("table", "the table that holds the records", problems);
    if shape.is_token() {
        return tokens(shape, name?.0, node, &table, variables, problems);
    }
    if shape.looked_up {
        return looked_up(shape, name?.0, &table, variables, problems);
    }
    let key = table.required_string("key", "the column that identifies a record", problems);
    let (name, key) = (name?.0.to_owned(), key?.0.to_owned());
    let related = relations(&table, &what, variables, problems);
    let columns: Vec<_> =
        shape.fields.iter().filter_map(|field| column(shape, field, &related, node, problems)).collect();
    report_unused(&related, &columns, node, problems);
    let display = columns.iter().find(|column| &*column.label == "displayName" && column.place == Place::Main);
    let key_from = key_source(&table, variables, problems);
    let uuid = key_from.as_ref().is_some_and(|source| matches!(source.kind, KeyKind::Uuid));
    let natural = columns.iter().any(|column| column.written && column.place == Place::Main && column.name == key);
    let known = Known { columns: &columns, key_first: uuid || natural, key_counted: key_from.is_some() && !uuid };
    let (instead, further) = (instead(&table, &what, &known, problems), further(&table, &what, &known, problems));
    let mark = mark(node, variables, problems);
    let (scope, marked) = scope(&table, variables, problems).parted(mark.as_ref());
    let memberships = memberships(shape, &table, variables, problems);
    let distinct = distinct(&table, &name, &key, &memberships, problems);
    Some(Layout {
        resource: Arc::clone(&shape.resource),
        looked_up: false,
        key_from,
        scope,
        marked,
        mark,
        distinct,
        version: table.string("version", problems).map(|(column, _)| column.to_owned()),
        ignores_case: ignoring_case(&table, problems),
        memberships,
        instead,
        further,
        errors: Rule::read_all(table.node("errors"), shape, problems),
        display: display.map(|column| column.name.clone()),
        table: name,
        key,
        related,
        columns,
    })
}

/// The rows of `[token]`; the first field is the secret, which is the key.
fn tokens(
    shape: &RecordShape,
    name: &str,
    node: &Node,
    table: &Table<'_>,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Option<Layout> {
    let related = relations(table, "[token]", variables, problems);
    let columns: Vec<_> =
        shape.fields.iter().filter_map(|field| column(shape, field, &related, node, problems)).collect();
    report_unused(&related, &columns, node, problems);
    let scope = scope(table, variables, problems);
    let key = columns.first()?.name.clone();
    let layout = Layout::looked_up(Arc::clone(&shape.resource), name.to_owned(), key, scope, columns);
    Some(Layout { related, ignores_case: ignoring_case(table, problems), ..layout })
}

/// The tables of `related`.
fn relations(table: &Table<'_>, what: &str, variables: Variables<'_>, problems: &mut Problems) -> Vec<Related> {
    let name = format!("{}.related]", what.trim_end_matches(']'));
    let Some(relations) = table.node("related").and_then(|node| Table::open(node, &name, problems)) else {
        return Vec::new();
    };
    let each = relations.entries().iter();
    each.filter_map(|(relation, node)| relation_of(&relation.name, what, node, variables, problems)).collect()
}

fn ignoring_case(table: &Table<'_>, problems: &mut Problems) -> Vec<String> {
    table.strings("ignores_case", problems).into_iter().map(|(column, _)| column.to_owned()).collect()
}

/// The rows of `[lookup.NAME]`; the last of the two fields is the key.
fn looked_up(
    shape: &RecordShape,
    name: &str,
    table: &Table<'_>,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Option<Layout> {
    let scope = scope(table, variables, problems);
    let columns = shape.fields.iter().map(|field| Column {
        field: field.name.clone(),
        place: Place::Main,
        name: field.name.as_str().to_owned(),
        label: Arc::clone(&field.label),
        read: true,
        written: false,
        once: false,
        presence: false,
        in_list: false,
    });
    let columns: Vec<Column> = columns.collect();
    for column in columns.iter().filter(|column| column.name.starts_with('$') || column.name.contains('.')) {
        let message = format!("`{}` is no column of `{name}`", column.name);
        let span = table.span_of(&column.label);
        problems.push(Diagnostic::error(Code::BAD_FIELD, &span, message).help("name a column of the lookup's table"));
    }
    let key = columns.last()?.name.clone();
    Some(Layout::looked_up(Arc::clone(&shape.resource), name.to_owned(), key, scope, columns))
}

/// `distinct = true`: the groups are nothing but the names in their own membership table.
fn distinct(table: &Table<'_>, name: &str, key: &str, memberships: &[Membership], problems: &mut Problems) -> bool {
    let distinct = table.boolean("distinct", problems).unwrap_or(false);
    let fits = matches!(memberships, [one] if one.table == name && one.group == key);
    if distinct && memberships.iter().any(|one| one.kept.is_some()) {
        let message = "groups that are only names have no rows, and `on` needs a row for each group";
        let help = "leave `distinct` out, and name the table that has a row for each group";
        problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("distinct"), message).help(help));
    } else if distinct && !fits && !problems.has_errors() {
        let message = "groups that are only names are in the table that says who is a member";
        problems.push(
            Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("distinct"), message)
                .help(format!("let `[Group.members]` have `table = \"{name}\"` and `group = \"{key}\"`")),
        );
    }
    distinct
}

fn relation_of(
    name: &str,
    what: &str,
    node: &Node,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Option<Related> {
    let table = Table::open(node, &format!("{}.related.{name}]", what.trim_end_matches(']')), problems)?;
    let target = table.required_string("table", "the table that holds the related rows", problems);
    let on = table.required("on", "for example `on = { user_id = \"id\" }`", problems);
    let related = Related {
        name: FieldName::new(name),
        scope: scope(&table, variables, problems),
        many: table.boolean("many", problems).unwrap_or(false),
        presence: table.boolean("presence", problems).unwrap_or(false),
        order: table.string("order", problems).map(|(column, _)| column.to_owned()),
        key: made_key(&table, variables, problems),
        table: target.map_or_else(String::new, |(name, _)| name.to_owned()),
        child: String::new(),
        parent: String::new(),
    };
    if related.presence && related.many {
        let message = "whether there is a row is one value, and this table has many rows";
        let span = table.span_of("presence");
        problems.push(Diagnostic::error(Code::BAD_RELATION, &span, message).help("leave out `many` or `presence`"));
    }
    table.finish(problems);
    target?;
    let on = on?;
    match on.as_table() {
        Some([(child, parent)]) if parent.as_str().is_some() => {
            Some(Related { child: child.name.clone(), parent: parent.as_str()?.to_owned(), ..related })
        }
        _ => {
            problems.push(
                Diagnostic::error(Code::BAD_RELATION, &on.span, "`on` is not one column with its counterpart")
                    .help("write `on = { user_id = \"id\" }`: the related table's column, then this table's"),
            );
            None
        }
    }
}

/// A related table of which nothing is read or written is a slip of the hand somewhere else.
fn report_unused(related: &[Related], columns: &[Column], node: &Node, problems: &mut Problems) {
    let declared = node.get("related").and_then(Node::as_table).unwrap_or_default();
    for (at, relation) in related.iter().enumerate() {
        let used = columns.iter().any(|column| column.place == Place::Related(at));
        let key = declared.iter().find(|(key, _)| key.name == relation.name.as_str());
        if let Some((key, _)) = key.filter(|_| !used && !problems.has_errors()) {
            let message = format!("no rule uses a column of `{}`", key.name);
            problems.push(
                Diagnostic::warning(Code::BAD_RELATION, &key.span, message)
                    .help(format!("name its columns in rules, as `{}.column`, or leave it out", key.name)),
            );
        }
    }
}

fn column(
    shape: &RecordShape,
    field: &FieldShape,
    related: &[Related],
    node: &Node,
    problems: &mut Problems,
) -> Option<Column> {
    let find = |name: &str, many: bool| related.iter().position(|r| r.many == many && r.name.as_str() == name);
    let name = field.name.as_str();
    let located = match (&field.list, name.split_once('.')) {
        (Some(list), _) => find(list.as_str(), true).map(|at| (Place::Related(at), name)),
        (None, Some((relation, column))) => find(relation, false).map(|at| (Place::Related(at), column)),
        (None, None) => Some(match find(name, false).filter(|at| related[*at].presence) {
            Some(at) => (Place::Related(at), related[at].child.as_str()),
            None => (Place::Main, name),
        }),
    };
    let Some((place, name)) = located else {
        // A related table that is declared and faulty has its own problem.
        let relation = field.list.as_ref().map_or_else(|| name.split('.').next().unwrap_or(name), FieldName::as_str);
        let declared = node.get("related").is_some_and(|table| table.get(relation).is_some());
        if !declared || related.iter().any(|known| known.name.as_str() == relation) {
            problems.push(misplaced(shape, field, relation, node, declared));
        }
        return None;
    };
    Some(Column {
        field: field.name.clone(),
        place,
        name: name.to_owned(),
        label: Arc::clone(&field.label),
        read: field.read,
        written: field.written,
        once: field.once,
        presence: matches!(place, Place::Related(at) if related[at].presence && related[at].name == field.name),
        in_list: field.list.is_some(),
    })
}

/// Why a field is in none of the tables.
fn misplaced(shape: &RecordShape, field: &FieldShape, relation: &str, node: &Node, declared: bool) -> Diagnostic {
    let written = field.list.as_ref().map_or_else(|| field.name.to_string(), |list| format!("{list}.{}", field.name));
    let place = |key: &str| node.get(key).and_then(|table| table.place_of(&written));
    let named = || shape.is_token().then(|| node.get(&field.label).map(|value| value.span.clone())).flatten();
    let span = place("attributes").or_else(|| place("fields")).or_else(named).unwrap_or_else(|| node.span.clone());
    let resource = &shape.resource;
    let (message, help) = match (declared, &field.list) {
        _ if relation == "$" => (
            format!("`{written}` is a path into JSON, and this application is a database"),
            format!("name the column: `{}`", written.trim_start_matches("$.")),
        ),
        (true, Some(_)) => (
            format!("the related table `{relation}` has one row, and `{}` is there many times", field.label),
            format!(
                "say `many = true` in `[{resource}.related.{relation}]`, or select one: `'…[type eq \"work\"].value'`"
            ),
        ),
        (true, None) => (
            format!("the related table `{relation}` has many rows, and `{}` is one value", field.label),
            format!("leave `many` out of `[{resource}.related.{relation}]`, or declare another one with a `where`"),
        ),
        (false, _) => {
            let names = node.get("related").and_then(Node::as_table).unwrap_or_default();
            let near = nearest(relation, names.iter().map(|(key, _)| key.name.as_str()));
            let many = if field.list.is_some() { ", with `many = true`" } else { "" };
            let declare = format!("declare `[{resource}.related.{relation}]`{many}");
            (
                format!("there is no related table `{relation}` for `{written}`"),
                near.map_or(declare, |near| format!("did you mean `{near}`?")),
            )
        }
    };
    Diagnostic::error(Code::BAD_FIELD, &span, message).help(help)
}

pub(super) fn scope(table: &Table<'_>, variables: Variables<'_>, problems: &mut Problems) -> Scope {
    let fixed = constants(table, "where", variables, problems);
    Scope { fixed, except: constants(table, "except", variables, problems) }
}

fn constants(table: &Table<'_>, key: &str, variables: Variables<'_>, problems: &mut Problems) -> Vec<(String, Value)> {
    let Some(node) = table.node(key) else { return Vec::new() };
    let Some(entries) = Table::open(node, &format!("`{key}`"), problems) else { return Vec::new() };
    let constant = |(column, node): &(_, Node), problems: &mut Problems| {
        let column: &crate::diagnostic::Key = column;
        constant(node, variables, problems).map(|value| (column.name.clone(), value))
    };
    entries.entries().iter().filter_map(|entry| constant(entry, problems)).collect()
}

/// A constant of the mapping; `{tenant.NAME}` stands for the tenant's variable, which keeps its
/// type when it is all of the text.
pub(super) fn constant(node: &Node, variables: Variables<'_>, problems: &mut Problems) -> Option<Value> {
    let text = match &node.value {
        NodeValue::Integer(i) => return Some(Value::Integer(*i)),
        NodeValue::Float(f) => return Some(Value::Decimal(*f)),
        NodeValue::Boolean(b) => return Some(Value::Boolean(*b)),
        NodeValue::String(text) | NodeValue::Datetime(text) => text,
        NodeValue::Array(_) | NodeValue::Table(_) => {
            problems.push(
                Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("a constant is {}", node.kind()))
                    .help("write a string, a number, `true` or `false`"),
            );
            return None;
        }
    };
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some(start) = rest.find("{tenant.") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + "{tenant.".len()..start + length];
        let Some((_, value)) = variables.iter().find(|(have, _)| have == name) else {
            problems.push(
                Diagnostic::error(
                    Code::BAD_TENANT,
                    &node.span.inside_string(
                        text,
                        text.len() - rest.len() + start..text.len() - rest.len() + start + length + 1,
                    ),
                    format!("the tenant has no variable `{name}`"),
                )
                .help("add it to `variables` of the tenant"),
            );
            return None;
        };
        if start == 0 && length + 1 == text.len() {
            return Some(value.clone());
        }
        filled.push_str(&rest[..start]);
        filled.push_str(&value.to_text());
        rest = &rest[start + length + 1..];
    }
    Some(Value::String(filled + rest))
}
