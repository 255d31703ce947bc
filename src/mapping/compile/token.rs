//! Stage 1: `[token]`, the application's own bearer tokens. Where they are is the driver's to read;
//! what they mean stands here.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};
use crate::record::FieldName;
use crate::scim::ResourceTypes;
use crate::value::Value;

use super::super::{Access, TokenFormat, TokenHash, TokenSource, TokenText};
use super::Variables;
use super::constants::with_variables;

/// The drivers read these from the same table; their values are theirs to check.
const SQL_KEYS: &[&str] = &["table", "where", "except", "related", "ignores_case"];
const REST_KEYS: &[&str] = &["call"];

/// Reads the table; `kind` is the application's kind, as far as it is known.
pub(super) fn token(
    node: &Node,
    kind: Option<&str>,
    variables: &Variables,
    types: &ResourceTypes,
    problems: &mut Problems,
) -> Option<TokenSource> {
    let table = Table::open(node, "[token]", problems)?;
    let is_api = kind == Some("rest");
    let secret = if is_api {
        None
    } else {
        let help = "the column that holds the token: `secret = \"token\"`";
        table.required_string("secret", help, problems).map(|(column, _)| column)
    };
    let formats = [("text", TokenFormat::Text), ("uuid", TokenFormat::Uuid)];
    let hashes = [("plain", TokenHash::Plain), ("sha256", TokenHash::Sha256)];
    let found = TokenSource {
        secret: FieldName::new(secret.unwrap_or("$")),
        found_is_known: !is_api,
        format: word(&table, "format", &formats, problems),
        hash: if is_api { TokenHash::Plain } else { word(&table, "hash", &hashes, problems) },
        values: values(&table, problems),
        require: require(&table, variables, problems),
        name: field(&table, "name", problems),
        expires: field(&table, "expires", problems),
        basic_user: basic_user(&table, problems),
        access: word(&table, "access", Access::ALL, problems),
        scope: scope(&table, types, problems),
        kept: kept(&table, problems),
    };
    let (own, others, other) = if is_api { (REST_KEYS, SQL_KEYS, "sql") } else { (SQL_KEYS, REST_KEYS, "rest") };
    for key in own {
        table.node(key);
    }
    let elsewhere = |key: &str| {
        let is_other = others.contains(&key) || is_api && ["secret", "hash"].contains(&key);
        is_other.then(|| format!("`{key}` belongs to applications of `kind = \"{other}\"`"))
    };
    if is_api && found.require.is_empty() {
        let help = "what the answer says of a token that is good: `require = { \"$.active\" = true }`";
        table.missing("require", help, problems);
    }
    table.finish_with(&elsewhere, problems);
    (is_api || secret.is_some()).then_some(found)
}

/// The meaning of the word under `key`; the first one where there is none.
fn word<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)], problems: &mut Problems) -> T {
    let first = known[0].1;
    let Some((word, span)) = table.string(key, problems) else { return first };
    if let Some((_, meant)) = known.iter().find(|(name, _)| *name == word) {
        return *meant;
    }
    let names = || known.iter().map(|(name, _)| *name);
    let problem = Diagnostic::error(Code::BAD_TOKEN, span, format!("`{word}` is no `{key}` of a token"));
    problems.push(match nearest(word, names()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("one of {}", names().collect::<Vec<_>>().join(", "))),
    });
    first
}

fn field(table: &Table<'_>, key: &str, problems: &mut Problems) -> Option<FieldName> {
    table.string(key, problems).map(|(name, _)| FieldName::new(name))
}

fn values(table: &Table<'_>, problems: &mut Problems) -> Vec<(String, FieldName)> {
    let Some(values) = table.node("values").and_then(|node| Table::open(node, "`values`", problems)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, node) in values.entries() {
        if !is_name(&key.name) {
            let message = format!("`{}` cannot be the name of a value", key.name);
            problems.push(
                Diagnostic::error(Code::BAD_TOKEN, &key.span, message).help("letters, digits and `_`, at most 64"),
            );
            continue;
        }
        match node.as_str() {
            Some(field) => found.push((key.name.clone(), FieldName::new(field))),
            None => {
                let message = format!("`{}` is {}", key.name, node.kind());
                problems.push(
                    Diagnostic::error(Code::WRONG_TYPE, &node.span, message)
                        .help("name the field that holds the value"),
                );
            }
        }
    }
    found
}

/// True for what can stand in `{token.NAME}` and in `:token.NAME`.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn require(table: &Table<'_>, variables: &Variables, problems: &mut Problems) -> Vec<(FieldName, Value)> {
    let Some(require) = table.node("require").and_then(|node| Table::open(node, "`require`", problems)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, node) in require.entries() {
        let value = match &node.value {
            NodeValue::String(text) => with_variables(text, node, variables, problems),
            NodeValue::Integer(number) => Value::Integer(*number),
            NodeValue::Boolean(flag) => Value::Boolean(*flag),
            _ => {
                let message = format!("what `{}` must hold is {}", key.name, node.kind());
                problems.push(
                    Diagnostic::error(Code::WRONG_TYPE, &node.span, message)
                        .help("a text, a whole number, `true` or `false`"),
                );
                continue;
            }
        };
        found.push((FieldName::new(&key.name), value));
    }
    found
}

/// `:token.NAME` in the statements of a resource type.
pub(super) fn parameters(resource: &Node) -> Vec<TokenText> {
    let mut found = Vec::new();
    for node in ["statements", "on", "deprovision", "members"].into_iter().filter_map(|key| resource.get(key)) {
        collect(node, &mut found);
    }
    found
}

fn collect(node: &Node, found: &mut Vec<TokenText>) {
    match &node.value {
        NodeValue::Table(entries) => entries.iter().for_each(|(_, node)| collect(node, found)),
        NodeValue::Array(items) => items.iter().for_each(|node| collect(node, found)),
        NodeValue::String(text) => {
            for (at, _) in text.match_indices(":token.") {
                let start = at + ":token.".len();
                let rest = &text[start..];
                let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let span = node.span.inside_string(text, at..start + length);
                found.push(TokenText::named(&rest[..length], &span));
            }
        }
        _ => {}
    }
}

fn basic_user(table: &Table<'_>, problems: &mut Problems) -> Option<Arc<str>> {
    let (text, span) = table.string("basic_user", problems)?;
    if text.is_empty() || text.len() > 256 || text.contains(':') || text.chars().any(char::is_control) {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, span, "`basic_user` is no user name of Basic")
                .help("a name without a colon (RFC 7617 §2)"),
        );
        return None;
    }
    Some(text.into())
}

/// The endpoints that tokens are for.
fn scope(table: &Table<'_>, types: &ResourceTypes, problems: &mut Problems) -> Option<Arc<[Arc<str>]>> {
    let node = table.node("scope")?;
    let endpoints: Vec<&str> = types.types.iter().map(|kind| kind.endpoint.trim_start_matches('/')).collect();
    let named = table.strings("scope", problems);
    if named.is_empty() {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, &node.span, "the tokens are for nothing")
                .help("name endpoints, `scope = [\"Users\", \"Groups\"]`, or leave `scope` out for all of them"),
        );
    }
    for (name, span) in &named {
        if endpoints.contains(&name.trim_matches('/')) {
            continue;
        }
        let problem = Diagnostic::error(Code::BAD_TOKEN, span, format!("the mapping has no endpoint `{name}`"));
        problems.push(match nearest(name, endpoints.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("one of {}", endpoints.join(", "))),
        });
    }
    Some(named.into_iter().map(|(name, _)| Arc::from(name.trim_matches('/'))).collect())
}

fn kept(table: &Table<'_>, problems: &mut Problems) -> Duration {
    let kept = table.duration("cache", problems).unwrap_or(KEPT);
    if kept > LONGEST {
        let message = "a token would be believed for more than a minute";
        let help = "at most `60s`: whoever takes a token back in the application expects it to be worth nothing";
        problems.push(Diagnostic::error(Code::BAD_TOKEN, &table.span_of("cache"), message).help(help));
    }
    kept
}

/// A client sends its requests one after another; each of them need not be a question more.
const KEPT: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(60);
