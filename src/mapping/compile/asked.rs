//! Stage 1: `[lookup.NAME]` whose rows are the application's. Where the rows are is the driver's to
//! read; what they mean stands here.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Table};
use crate::record::FieldName;

use super::super::{Lookup, Missing};

/// The drivers read these from the same table; their values are theirs to check.
const SQL_KEYS: &[&str] = &["table", "where", "except"];
const REST_KEYS: &[&str] = &["call", "find", "read"];

/// True when the table says anything of rows in the application.
pub(super) fn is_asked(node: &Node) -> bool {
    let told = SQL_KEYS.iter().chain(REST_KEYS).chain(&["from", "to"]);
    node.get("values").is_none() && told.into_iter().any(|key| node.get(key).is_some())
}

/// Reads a lookup. `kind` is the application's kind, as far as it is known.
pub(super) fn lookup(key: &Key, node: &Node, kind: Option<&str>, problems: &mut Problems) -> Option<Lookup> {
    let what = format!("[lookup.{}]", key.name);
    let table = Table::open(node, &what, problems)?;
    let from = table.required_string("from", "where a row has what clients say: `from = \"name\"`", problems);
    let to = table.required_string("to", "where a row has what is stored: `to = \"id\"`", problems);
    let missing = missing(&table, problems);
    let kept = table.duration("cache", problems).unwrap_or(KEPT);
    if kept > LONGEST {
        let message = "a translation would be believed for more than a day";
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, &table.span_of("cache"), message).help("at most `24h`"));
    }
    let case_exact = table.boolean("case_exact", problems).unwrap_or(false);
    let accept_key = table.boolean("accept_key", problems).unwrap_or(false);
    let (own, others, other) = match kind {
        Some("rest") => (REST_KEYS, SQL_KEYS, "sql"),
        _ => (SQL_KEYS, REST_KEYS, "rest"),
    };
    for key in own {
        table.node(key);
    }
    let elsewhere =
        |key: &str| others.contains(&key).then(|| format!("`{key}` belongs to applications of `kind = \"{other}\"`"));
    table.finish_with(&elsewhere, problems);
    let ((from, from_span), (to, _)) = (from?, to?);
    if from == to {
        let message = format!("`from` and `to` of {what} are the same");
        let help = "`from` is what clients say, `to` is what the field holds";
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, from_span, message).help(help));
    }
    Some(Lookup {
        name: key.name.as_str().into(),
        resource: Arc::from(format!("lookup.{}", key.name)),
        from: FieldName::new(from),
        to: FieldName::new(to),
        missing,
        kept,
        case_exact,
        accept_key,
    })
}

fn missing(table: &Table<'_>, problems: &mut Problems) -> Missing {
    match table.string("missing", problems) {
        None | Some(("reject", _)) => Missing::Reject,
        Some(("keep", _)) => Missing::Keep,
        Some((word, span)) => {
            let message = format!("`{word}` is nothing that a value without a row can lead to");
            let help = "`reject` refuses it, `keep` stores it as it is; rows are made in the application";
            problems.push(Diagnostic::error(Code::BAD_LOOKUP, span, message).help(help));
            Missing::Reject
        }
    }
}

/// Names of folders, departments and the like change seldom.
const KEPT: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
