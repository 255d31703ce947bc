//! A line of the audit in columns.

use std::io;

use serde_json::Value;

const HEAD: [&str; 15] = [
    "time",
    "category",
    "level",
    "tenant",
    "token",
    "address",
    "request",
    "operation",
    "type",
    "id",
    "key",
    "outcome",
    "status",
    "changed",
    "reason",
];

/// The head of the table, as CSV.
pub(super) fn csv_head() -> io::Result<String> {
    row(HEAD.iter().map(|name| (*name).to_owned()))
}

/// The line as CSV (RFC 4180).
pub(super) fn csv(line: &Value) -> io::Result<String> {
    row(cells(line).into_iter().map(harmless))
}

/// The line for a terminal: what is not known is left out.
pub(super) fn text(line: &Value) -> String {
    let [time, category, level, tenant, token, address, _, operation, kind, id, key, outcome, status, changed, reason] =
        cells(line).map(|cell| cell.replace(|c: char| c.is_control(), "?"));
    let mut parts = vec![time, format!("{level:<7}"), format!("{category:<13}")];
    let mut part = |name: &str, value: String| {
        if !value.is_empty() {
            parts.push(if name.is_empty() { value } else { format!("{name}={value}") });
        }
    };
    part("", outcome);
    part("", status);
    part("", [operation, kind].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
    part("id", id);
    part("key", key);
    part("changed", changed);
    part("reason", reason);
    part("tenant", tenant);
    part("token", token);
    part("from", address);
    format!("{}\n", parts.join("  "))
}

fn cells(line: &Value) -> [String; HEAD.len()] {
    let actor = &line["actor"];
    let changed = line["changed"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    [
        told(&line["time"]),
        told(&line["category"]),
        told(&line["level"]),
        told(&line["tenant"]),
        told(&actor["token"]),
        told(&actor["ip"]),
        told(&line["request"]),
        told(&line["op"]),
        told(&line["type"]),
        told(&line["id"]),
        told(&line["key"]),
        told(&line["outcome"]),
        told(&line["status"]),
        changed.join(","),
        told(&line["reason"]),
    ]
}

fn told(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A spreadsheet takes some first characters for the beginning of a formula (OWASP, *CSV Injection*); a
/// key is the application's text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn row(cells: impl Iterator<Item = String>) -> io::Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).map_err(io::Error::other)?;
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
