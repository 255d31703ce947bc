//! `[[tenant.token]]`: who may come in, with what, from where, until when.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table, nearest};

use crate::server::{Access, Permissions, Token};

use super::server::addresses;
use super::tenant::{list, variables};

/// The tokens of a tenant, and where their scopes stand. Whether a tenant may have none depends on its
/// mapping, which may know where the application has some.
pub(super) fn tokens(table: &Table<'_>, problems: &mut Problems) -> (Vec<Token>, Vec<(Arc<str>, Span)>) {
    let Some(nodes) = list(table, "token", "[[tenant.token]]", problems) else { return Default::default() };
    let mut found: Vec<Token> = Vec::new();
    let mut scopes = Vec::new();
    for node in nodes {
        let Some(token) = token(node, &mut scopes, problems) else { continue };
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
    (found, scopes)
}

fn token(node: &Node, scopes: &mut Vec<(Arc<str>, Span)>, problems: &mut Problems) -> Option<Token> {
    let table = Table::open(node, "the token", problems)?;
    let name = table.required_string("name", "a name for the audit", problems);
    let hash = table.required_string("sha256", "`postern token new` prints it", problems);
    let expires = table.node("expires").and_then(|node| expiry(node, problems));
    let user = table.string("user", problems).and_then(|(text, span)| user(text, span, problems));
    let basic_user = table.string("basic_user", problems).and_then(|(text, span)| basic_user(text, span, problems));
    let permissions = Permissions { scope: scope(&table, scopes, problems), access: access(&table, problems) };
    let allow_from = addresses(&table, "allow_from", problems);
    let values = variables(&table, problems).into();
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
    Some(Token { name: name?.0.into(), sha256, expires, user, basic_user, permissions, allow_from, values })
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

/// The user name that goes with the secret in Basic.
fn basic_user(text: &str, span: &Span, problems: &mut Problems) -> Option<Arc<str>> {
    if text.is_empty() || text.len() > LONGEST_USER_NAME || text.contains(':') || text.chars().any(char::is_control) {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, span, "`basic_user` is no user name of Basic")
                .help("a name without a colon (RFC 7617 §2)"),
        );
        return None;
    }
    Some(text.into())
}

/// The endpoints that the token is for.
fn scope(table: &Table<'_>, scopes: &mut Vec<(Arc<str>, Span)>, problems: &mut Problems) -> Option<Arc<[Arc<str>]>> {
    let node = table.node("scope")?;
    let named: Vec<(Arc<str>, Span)> = table
        .strings("scope", problems)
        .into_iter()
        .map(|(text, span)| (text.trim_matches('/').into(), span.clone()))
        .collect();
    if named.is_empty() {
        problems.push(
            Diagnostic::error(Code::BAD_TOKEN, &node.span, "the token is for nothing")
                .help("name endpoints, `scope = [\"Users\", \"Groups\"]`, or leave `scope` out for all of them"),
        );
    }
    scopes.extend(named.iter().cloned());
    Some(named.into_iter().map(|(endpoint, _)| endpoint).collect())
}

fn access(table: &Table<'_>, problems: &mut Problems) -> Access {
    let Some((word, span)) = table.string("access", problems) else { return Access::default() };
    if let Some((_, access)) = Access::ALL.iter().find(|(name, _)| *name == word) {
        return *access;
    }
    let names = Access::ALL.iter().map(|(name, _)| *name);
    let problem = Diagnostic::error(Code::BAD_TOKEN, span, format!("`{word}` is no access that a token can have"));
    problems.push(match nearest(word, names.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("one of {}", names.collect::<Vec<_>>().join(", "))),
    });
    // What was meant is not known, so nothing is allowed that might not be.
    Access::Read
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
