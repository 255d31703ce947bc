//! `[lookup.NAME]`: rows that translate values, as a small resource that is only read. Either all of
//! them are listed (`call`), or each value is asked for (`find` by what clients say, `read` by what
//! is stored).

use std::sync::Arc;

use super::call::{Call, Role, Then};
use super::context::Context;
use super::fields::FieldPaths;
use super::path::JsonPath;
use super::related::Sends;
use super::resource::{Calls, Key, Resource};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::plan::{Capabilities, Membership, Searchable};
use crate::record::RecordShape;

/// Reads a lookup and notes every problem in it.
pub(super) fn read(
    shape: &RecordShape,
    node: &Node,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Resource> {
    let what = format!("[{}]", shape.resource);
    let table = Table::open(node, &what, problems)?;
    let call = |key: &str, role: Role, problems: &mut Problems| {
        let node = table.node(key)?;
        Some(Call::read(node, format!("{what} {key}"), role, context, problems))
    };
    let mut list = call("call", Role::List, problems);
    let mut find = call("find", Role::Find, problems);
    let read = call("read", Role::Read, problems);
    report_calls(&table, problems);
    let (from, to) = (shape.fields.first()?, shape.fields.last()?);
    let mut fine = true;
    for field in [from, to] {
        if let Err(why) = JsonPath::parse(field.name.as_str()) {
            let message = format!("`{}` is no field of a JSON record", field.name);
            let span = node.get(&field.label).map_or(&node.span, |value| &value.span);
            problems.push(Diagnostic::error(Code::BAD_FIELD, span, message).help(why));
            fine = false;
        }
    }
    if !fine {
        return None;
    }
    // Rows are whole as they are listed: there is nothing else to read of them.
    for call in [&mut list, &mut find].into_iter().flatten().flatten() {
        call.then = Then::Nothing;
    }
    let key = Key { path: JsonPath::parse(to.name.as_str()).ok()?, is_text: false, is_address: false, is_none: false };
    let searchable = Searchable::Equal(find.iter().map(|_| from.name.clone()).collect());
    let find = find.map(|call| Some((from.name.clone(), call?)));
    let find = find.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Resource {
        version: None,
        sends: Sends::ALL,
        name: Arc::clone(&shape.resource),
        key,
        fields: FieldPaths::read(shape, node, problems)?,
        calls: Calls { list: whole(list)?, read: whole(read)?, find, ..Calls::default() },
        members: Vec::new(),
        groups: None,
        keeps: None,
        rules: Vec::new(),
        capabilities: Capabilities {
            searchable,
            sort: false,
            keyset: false,
            membership: Membership::None,
            groups: false,
            version: false,
            resumes: false,
            scan_limit: 10_000,
        },
    })
}

/// A call that is there must have been read.
#[allow(clippy::option_option, reason = "there is no call, or one that is faulty, or one")]
fn whole(call: Option<Option<Call>>) -> Option<Option<Call>> {
    match call {
        Some(None) => None,
        Some(call) => Some(call),
        None => Some(None),
    }
}

fn report_calls(table: &Table<'_>, problems: &mut Problems) {
    let has = |key: &str| table.node(key).is_some();
    match (has("call"), has("find"), has("read")) {
        (true, false, false) | (false, true, true) => {}
        (true, _, _) => {
            let span = table.span_of(if has("find") { "find" } else { "read" });
            let message = "all rows are listed by `call`, so none is asked for";
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &span, message).help("leave one of the two out"));
        }
        (false, true, false) => {
            let help = "how the row is read that is stored: `read = { get = \"/folders/{key}\" }`";
            table.missing("read", help, problems);
        }
        (false, false, true) => {
            let help = "how a row is found by what clients say: `find = { get = \"/folders\", query = { name = \"{value}\" }, items = \"$[*]\" }`";
            table.missing("find", help, problems);
        }
        (false, false, false) => {
            let help = "how the rows are listed: `call = { get = \"/folders\", items = \"$[*]\" }`";
            table.missing("call", help, problems);
        }
    }
}
