//! `[[tenant]]`: a path, a mapping, a client, its tokens.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table, nearest};
use crate::quirks::Profile;
use crate::server::Token;
use crate::value::Value;

/// One tenant.
#[derive(Debug)]
pub struct Tenant {
    /// Its name, in metrics and in the audit.
    pub name: Arc<str>,
    /// Where its SCIM endpoint is: `/contoso/scim/v2`.
    pub path: String,
    /// Its mapping file.
    pub mapping: PathBuf,
    /// Where the mapping file is named, for problems with it.
    pub mapping_span: Span,
    /// Whose deviations are tolerated.
    pub profile: Profile,
    /// `{tenant.NAME}` in the mapping.
    pub variables: Vec<(String, Value)>,
    /// Who may come in.
    pub tokens: Vec<Token>,
    /// `DefaultDomain()` in expressions.
    pub default_domain: Option<String>,
    /// How long a request may take.
    pub deadline: Duration,
}

pub(super) fn tenants(table: &Table<'_>, folder: &Path, problems: &mut Problems) -> Vec<Tenant> {
    let Some(nodes) = list(table, "tenant", "[[tenant]]", problems) else { return Vec::new() };
    if nodes.is_empty() {
        problems.push(
            Diagnostic::error(Code::NO_TENANT, &table.span, "no tenant is configured")
                .help("add `[[tenant]]` with `name`, `path`, `mapping` and a `[[tenant.token]]`"),
        );
    }
    let mut found: Vec<Tenant> = Vec::new();
    for node in nodes {
        let Some(tenant) = tenant(node, folder, problems) else { continue };
        for other in &found {
            // Two tenants with one name would share ids, and with one path nobody could tell them apart.
            for (what, same) in [("name", other.name == tenant.name), ("path", other.path == tenant.path)] {
                if same && !(tenant.name.is_empty() && what == "name") && !(tenant.path.is_empty() && what == "path") {
                    let span = node.get(what).map_or(&node.span, |value| &value.span);
                    let message = format!("two tenants have the same `{what}`");
                    problems.push(
                        Diagnostic::error(Code::BAD_TENANT, span, message)
                            .help("each tenant has a name and a path of its own"),
                    );
                }
            }
        }
        found.push(tenant);
    }
    found
}

fn tenant(node: &Node, folder: &Path, problems: &mut Problems) -> Option<Tenant> {
    let table = Table::open(node, "the tenant", problems)?;
    let name = name(&table, problems);
    let path = path(&table, problems);
    let mapping = table.required_string("mapping", "name the mapping file", problems);
    let profile = profile(&table, problems);
    let variables = variables(&table, problems);
    let tokens = tokens(&table, problems);
    let default_domain = table.string("default_domain", problems).map(|(text, _)| text.to_owned());
    let deadline = table.duration("deadline", problems).unwrap_or(Duration::from_secs(20));
    if deadline < Duration::from_secs(1) {
        let span = table.node("deadline").map_or(&table.span, |node| &node.span);
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, span, "no request can be answered within this `deadline`")
                .help("at least a second; `20s` where nothing is written"),
        );
    }
    table.finish(problems);
    let (mapping, span) = mapping?;
    // What is wrong with the name does not hide what is wrong with the mapping.
    Some(Tenant {
        name: name.unwrap_or_else(|| "".into()),
        path: path.unwrap_or_default(),
        mapping: folder.join(mapping),
        mapping_span: span.clone(),
        profile,
        variables,
        tokens,
        default_domain,
        deadline,
    })
}

fn name(table: &Table<'_>, problems: &mut Problems) -> Option<Arc<str>> {
    let (text, span) = table.required_string("name", "a short name for metrics and the audit", problems)?;
    let good =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !good {
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, span, format!("`{text}` is no tenant's name"))
                .help("letters, digits, `-`, `_` and `.`, at most 64"),
        );
    }
    good.then(|| text.into())
}

fn path(table: &Table<'_>, problems: &mut Problems) -> Option<String> {
    let (text, span) = table.required_string("path", "where clients find it: `/scim/v2`", problems)?;
    let plain = format!("/{}", text.trim_matches('/'));
    let good = plain.len() > 1
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~/".contains(&b))
        && !plain.contains("//");
    if !good {
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, span, format!("`{text}` is no path of a tenant"))
                .help("segments of letters, digits, `-`, `_`, `.` and `~`: `/contoso/scim/v2`"),
        );
    }
    good.then_some(plain)
}

fn profile(table: &Table<'_>, problems: &mut Problems) -> Profile {
    let Some((word, span)) = table.string("client", problems) else { return Profile::default() };
    if let Some((_, profile)) = Profile::ALL.iter().find(|(name, _)| *name == word) {
        return *profile;
    }
    let names = Profile::ALL.iter().map(|(name, _)| *name);
    let problem = Diagnostic::error(Code::BAD_TENANT, span, format!("`{word}` is no client that is known"));
    problems.push(match nearest(word, names.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("one of {}", names.collect::<Vec<_>>().join(", "))),
    });
    Profile::default()
}

fn variables(table: &Table<'_>, problems: &mut Problems) -> Vec<(String, Value)> {
    let Some(table) = table.node("variables").and_then(|node| Table::open(node, "`variables`", problems)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, node) in table.entries() {
        let value = match &node.value {
            NodeValue::String(text) => Value::String(text.clone()),
            NodeValue::Integer(i) => Value::Integer(*i),
            NodeValue::Boolean(b) => Value::Boolean(*b),
            _ => {
                let message = format!("the variable `{}` is {}", key.name, node.kind());
                problems.push(
                    Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help("a string, a number or a boolean"),
                );
                continue;
            }
        };
        found.push((key.name.clone(), value));
    }
    found
}

fn tokens(table: &Table<'_>, problems: &mut Problems) -> Vec<Token> {
    let Some(nodes) = list(table, "token", "[[tenant.token]]", problems) else { return Vec::new() };
    if nodes.is_empty() {
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, &table.span, "the tenant has no token, so nobody could use it")
                .help("run `postern token new` and add what it prints"),
        );
    }
    let mut found: Vec<Token> = Vec::new();
    for node in nodes {
        let Some(token) = token(node, problems) else { continue };
        let span_of = |key: &str| node.get(key).map_or(&node.span, |value| &value.span);
        if found.iter().any(|other| other.name == token.name) {
            let message = format!("two tokens are called `{}`, so the audit could not tell them apart", token.name);
            problems.push(
                Diagnostic::error(Code::BAD_TOKEN, span_of("name"), message).help("give each token a name of its own"),
            );
        }
        if found.iter().any(|other| other.sha256 == token.sha256) {
            let message = "the tenant has this token already";
            problems.push(
                Diagnostic::warning(Code::BAD_TOKEN, span_of("sha256"), message)
                    .help("`postern token new` makes another one"),
            );
        }
        found.push(token);
    }
    found
}

/// The tables of a list `[[name]]`; `None` when there is something else in its place.
fn list<'a>(table: &Table<'a>, key: &str, header: &str, problems: &mut Problems) -> Option<&'a [Node]> {
    let Some(node) = table.node(key) else { return Some(&[]) };
    if let NodeValue::Array(nodes) = &node.value {
        return Some(nodes);
    }
    problems.push(
        Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("`{key}` is {}, not a list of tables", node.kind()))
            .help(format!("write `{header}` with two brackets on each side")),
    );
    None
}

fn token(node: &Node, problems: &mut Problems) -> Option<Token> {
    let table = Table::open(node, "the token", problems)?;
    let name = table.required_string("name", "a name for the audit", problems);
    let hash = table.required_string("sha256", "`postern token new` prints it", problems);
    let expires = table.node("expires").and_then(|node| expiry(node, problems));
    let user = table.string("user", problems).and_then(|(text, span)| user(text, span, problems));
    table.finish(problems);
    let (text, span) = hash?;
    if text.starts_with("pst_") {
        problems.push(
            Diagnostic::error(Code::SECRET_IN_FILE, span, "this is the token itself, not its hash")
                .help("`postern token hash` prints its hash; a token that lay in a file is better replaced"),
        );
        return None;
    }
    let Some(sha256) = Token::hash_from_hex(text) else {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, span, "`sha256` is not 64 hexadecimal digits")
                .help("the token itself does not belong into this file; `postern token hash` prints its hash"),
        );
        return None;
    };
    Some(Token { name: name?.0.into(), sha256, expires, user })
}

/// The `userName` of the user behind `/Me`.
fn user(text: &str, span: &Span, problems: &mut Problems) -> Option<Arc<str>> {
    if text.trim().is_empty() || text.len() > LONGEST_USER_NAME {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, span, "`user` is no `userName`")
                .help("write the `userName` of the one user that `/Me` is for this token, or leave it out"),
        );
        return None;
    }
    Some(text.into())
}

/// A date (its beginning, UTC) or a date and time.
fn expiry(node: &Node, problems: &mut Problems) -> Option<jiff::Timestamp> {
    let text = match &node.value {
        NodeValue::Datetime(text) | NodeValue::String(text) => text.as_str(),
        _ => "",
    };
    let at_midnight = || {
        let date = text.parse::<jiff::civil::Date>().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    let parsed = text.parse().ok().or_else(at_midnight);
    if parsed.is_none() {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, &node.span, "`expires` is no date").help("write a date: `2027-05-01`"),
        );
    }
    if parsed.is_some_and(|at| at <= jiff::Timestamp::now()) {
        problems.push(
            Diagnostic::warning(Code::BAD_TOKEN, &node.span, "the token has expired")
                .help("`postern token new` makes another one; take this one out"),
        );
    }
    parsed
}

/// Longest `userName` that a token may stand for, in bytes; filters take no longer values.
const LONGEST_USER_NAME: usize = 1024;
