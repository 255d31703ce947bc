//! `[[tenant]]`: a path, a mapping, a client. Its tokens are in `token.rs`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table, nearest};
use crate::quirks::Profile;
use crate::server::{AddressList, Token};
use crate::value::Value;

use super::server::{addresses, public_url};
use super::token::tokens;

/// One tenant.
#[derive(Debug)]
pub struct Tenant {
    /// Its name, in metrics and in the audit.
    pub name: Arc<str>,
    /// The host names that it is found under, in small letters; any when empty.
    pub hosts: Vec<String>,
    /// Where its SCIM endpoint is: `/contoso/scim/v2`.
    pub path: String,
    /// The address that its clients use, without a slash at its end, where it is not the server's own.
    pub public_url: Option<String>,
    /// Its mapping file.
    pub mapping: PathBuf,
    /// Where the mapping file is named, for problems with it.
    pub mapping_span: Span,
    /// Whose deviations are tolerated.
    pub profile: Profile,
    /// `{tenant.NAME}` in the mapping.
    pub variables: Vec<(String, Value)>,
    /// Who may come in; with none of them the application's own tokens alone.
    pub tokens: Vec<Token>,
    /// Where the tenant stands in the file, when no `[[tenant.token]]` is there.
    pub without_tokens: Option<Span>,
    /// Where the scopes of the tokens stand: endpoints that the mapping has or has not.
    pub scopes: Vec<(Arc<str>, Span)>,
    /// Where requests may come from; anywhere when empty.
    pub allow_from: AddressList,
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
            let same_path = other.path == tenant.path && share_a_host(&other.hosts, &tenant.hosts);
            for (what, same) in [("name", other.name == tenant.name), ("path", same_path)] {
                if same && !(tenant.name.is_empty() && what == "name") && !(tenant.path.is_empty() && what == "path") {
                    let span = node.get(what).map_or(&node.span, |value| &value.span);
                    let message = format!("two tenants have the same `{what}`");
                    problems.push(
                        Diagnostic::error(Code::BAD_TENANT, span, message)
                            .help("each tenant has a name of its own, and a path of its own or a `host` of its own"),
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
    let hosts = hosts(&table, problems);
    let path = path(&table, problems);
    let public_url = table.node("public_url").is_some().then(|| public_url(&table, problems));
    let mapping = table.required_string("mapping", "name the mapping file", problems);
    let profile = profile(&table, problems);
    let variables = variables(&table, problems);
    let (tokens, scopes) = tokens(&table, problems);
    let allow_from = addresses(&table, "allow_from", problems);
    let default_domain = table.string("default_domain", problems).map(|(text, _)| text.to_owned());
    let deadline = table.duration("deadline", problems).unwrap_or(Duration::from_secs(20));
    if deadline < Duration::from_secs(1) {
        let span = table.node("deadline").map_or(&table.span, |node| &node.span);
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, span, "no request can be answered within this `deadline`")
                .help("at least a second; `20s` where nothing is written"),
        );
    }
    let has_token =
        table.node("token").is_some_and(|node| !matches!(&node.value, NodeValue::Array(all) if all.is_empty()));
    let without_tokens = (!has_token).then(|| table.span.clone());
    table.finish(problems);
    let (mapping, span) = mapping?;
    // What is wrong with the name does not hide what is wrong with the mapping.
    Some(Tenant {
        name: name.unwrap_or_else(|| "".into()),
        public_url: public_url.or_else(|| hosts.first().map(|host| format!("https://{host}"))),
        hosts,
        path: path.unwrap_or_default(),
        mapping: folder.join(mapping),
        mapping_span: span.clone(),
        profile,
        variables,
        tokens,
        without_tokens,
        scopes,
        allow_from,
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

/// Two tenants without a host are both found under every host; one with a host comes before one without.
fn share_a_host(one: &[String], other: &[String]) -> bool {
    (one.is_empty() && other.is_empty()) || one.iter().any(|host| other.contains(host))
}

/// `host`: one name or several.
fn hosts(table: &Table<'_>, problems: &mut Problems) -> Vec<String> {
    let named = match table.node("host").map(|node| &node.value) {
        Some(NodeValue::Array(_)) => table.strings("host", problems),
        _ => table.string("host", problems).into_iter().collect(),
    };
    let mut found = Vec::new();
    for (text, span) in named {
        let name = text.to_ascii_lowercase();
        let good = (1..=253).contains(&name.len())
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        if good {
            found.push(name);
        } else {
            let message = format!("`{text}` is no host name");
            let help = "the name alone, without `https://`, port or path: `contoso.scim.example.com`";
            problems.push(Diagnostic::error(Code::BAD_TENANT, span, message).help(help));
        }
    }
    found
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

pub(super) fn variables(table: &Table<'_>, problems: &mut Problems) -> Vec<(String, Value)> {
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

/// The tables of a list `[[name]]`; `None` when there is something else in its place.
pub(super) fn list<'a>(table: &Table<'a>, key: &str, header: &str, problems: &mut Problems) -> Option<&'a [Node]> {
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
