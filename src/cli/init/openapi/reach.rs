//! `[downstream]`: where the API is, and what every call carries. Pure.

use http::Uri;
use serde_json::Value as Json;

use super::calls::{joined, target};
use super::collection::{open, stem};
use super::document::{Document, text};
use super::guess::Guess;
use crate::cli::init::lines::{Line, harmless, inline, line, quoted};

/// The host that is written where the document names none.
const NOWHERE: &str = "https://app.example.com";
/// The longest address that is taken over.
const LONGEST: usize = 500;

/// What the paths of users and groups have in common, which goes into `base_url`: `/api/v3`, `/orgs/{?org}`.
pub(super) fn common_path(guess: &Guess<'_>) -> String {
    let before = |path| {
        let segments = stem(path).split('/').skip(1);
        let mut segments: Vec<&str> = segments.collect();
        segments.pop();
        segments
    };
    let users = before(guess.users.collection.path);
    let groups = guess.groups.as_ref().map_or_else(|| users.clone(), |groups| before(groups.collection.path));
    let item = before(guess.users.collection.item.path);
    let item = if guess.users.collection.item.path.starts_with('/') { item } else { users.clone() };
    let common = users.iter().zip(&groups).zip(&item).take_while(|((a, b), c)| a == b && b == c);
    common.map(|((segment, _), _)| format!("/{}", open(segment))).collect()
}

/// `base_url`.
pub(super) fn base_url(document: &Document, common: &str) -> Line {
    let servers: Vec<String> =
        document.root("servers").as_array().into_iter().flatten().take(20).filter_map(address).collect();
    let (absolute, relative): (Vec<&String>, Vec<&String>) = servers.iter().partition(|url| is_absolute(url));
    let (host, note) = match (absolute.as_slice(), relative.first()) {
        ([only], _) => ((*only).clone(), "by the document's `servers`".to_owned()),
        ([first, more @ ..], _) => {
            let more: Vec<String> = more.iter().take(3).map(|url| format!("`{}`", harmless(url))).collect();
            ((*first).clone(), format!("the first of the document's `servers`; or {}?", more.join(", ")))
        }
        ([], Some(path)) => {
            let path = format!("/{}", path.trim_matches('/'));
            (format!("{NOWHERE}{}", path.trim_end_matches('/')), "put the host in: the document names none".to_owned())
        }
        ([], None) => (NOWHERE.to_owned(), "put the address in: the document names none".to_owned()),
    };
    let below = target(common, "");
    line("base_url", quoted(&format!("{}{}", host.trim_end_matches('/'), below.path)), joined(&[&note, &below.note]))
}

/// The address of a server, its variables filled in; `None` for one that cannot be written.
fn address(server: &Json) -> Option<String> {
    let short = |text: &&str| text.len() <= LONGEST;
    let mut url = text(server, "url").filter(short)?.to_owned();
    for (name, variable) in server.get("variables").and_then(Json::as_object).into_iter().flatten().take(20) {
        let value = text(variable, "default").filter(short)?;
        url = Some(url.replace(&format!("{{{name}}}"), value)).filter(|url| url.len() <= LONGEST)?;
    }
    let url = url.trim();
    let plain = is_plain(url);
    // Whoever writes a password into an address does not want it copied.
    let relative = !url.contains([':', '@']) && !url.starts_with("//");
    (plain && (relative || is_absolute(url)) && !url.contains("..")).then(|| url.to_owned())
}

/// True for what can stand in an address without a query (RFC 3986 §3.3).
fn is_plain(url: &str) -> bool {
    url.len() <= LONGEST && url.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/@!$&()*+,;=%[]".contains(c))
}

/// True for an address that the driver takes: a scheme, a host, and nobody's name before it.
fn is_absolute(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let fits = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    let host = uri.authority().is_some_and(|host| fits(host.host()) && !host.as_str().contains('@'));
    matches!(uri.scheme_str(), Some("http" | "https")) && host && uri.query().is_none() && !url.contains('#')
}

/// The lines of `[downstream.credentials]`; and what is said of them where none can be written.
pub(super) fn credentials(guess: &Guess<'_>) -> Result<Vec<Line>, String> {
    let components = guess.document.root("components");
    let schemes = components.get("securitySchemes").and_then(Json::as_object);
    let wanted = guess.users.collection.list.or(guess.users.collection.item.read).and_then(|one| one.security());
    let wanted = wanted.unwrap_or_else(|| guess.document.root("security"));
    let names: Vec<&str> = wanted
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_object)
        .flatten()
        .map(|(name, _)| &**name)
        .collect();
    let asked = |name: &str| names.is_empty() || names.contains(&name);
    let mut known: Vec<(usize, &str, Vec<Line>)> = schemes
        .into_iter()
        .flatten()
        .take(50)
        .filter(|(name, _)| asked(name))
        .filter_map(|(name, scheme)| {
            let (rank, lines) = scheme_lines(guess.document.follow(scheme))?;
            Some((rank, &**name, lines))
        })
        .collect();
    known.sort_by_key(|(rank, ..)| *rank);
    let more: Vec<String> = known.iter().skip(1).take(5).map(|(_, name, _)| format!("`{}`", harmless(name))).collect();
    let Some((_, name, mut lines)) = known.into_iter().next() else {
        let other = schemes.filter(|schemes| !schemes.is_empty()).map_or("no way", |_| "no way that is known here");
        return Err(format!(
            "the document names {other} to sign in: write `[downstream.credentials]`, or leave it out"
        ));
    };
    if let Some(kind) = lines.first_mut() {
        let or = if more.is_empty() { String::new() } else { format!("; or {}?", more.join(", ")) };
        kind.note = format!("`{}` of the document's schemes{or}", harmless(name));
    }
    Ok(lines)
}

/// What a scheme comes to, and how gladly it is taken: a token that a service has of its own before a
/// person's password, and that before what stands in addresses.
fn scheme_lines(scheme: &Json) -> Option<(usize, Vec<Line>)> {
    let env = |name: &str| inline(&[("env", quoted(name))]);
    let name = || text(scheme, "name").filter(|name| name.len() <= 100 && name.bytes().all(|b| b.is_ascii_graphic()));
    let kind = |kind: &str| line("kind", quoted(kind), "");
    let token = |note: &str| vec![kind("bearer"), line("token", env("APP_TOKEN"), note)];
    let found = match (text(scheme, "type")?, text(scheme, "scheme"), text(scheme, "in")) {
        ("http", Some(scheme), _) if scheme.eq_ignore_ascii_case("bearer") => (0, token("")),
        ("http", Some(scheme), _) if scheme.eq_ignore_ascii_case("basic") => {
            let lines = [line("user", env("APP_USER"), ""), line("password", env("APP_PASSWORD"), "")];
            (3, std::iter::once(kind("basic")).chain(lines).collect())
        }
        ("apiKey", _, Some("header")) if name()?.eq_ignore_ascii_case("authorization") => {
            (1, token("sent after the word `Bearer`; another word is `scheme = \"…\"`"))
        }
        ("apiKey", _, Some("header")) => {
            name()?.parse::<http::HeaderName>().ok()?;
            (1, vec![kind("header"), line("name", quoted(name()?), ""), line("value", env("APP_TOKEN"), "")])
        }
        ("apiKey", _, Some("query")) => {
            (5, vec![kind("query"), line("name", quoted(name()?), ""), line("value", env("APP_TOKEN"), "")])
        }
        ("oauth2", ..) => return oauth(scheme),
        ("openIdConnect", ..) => (4, token("how a service gets a token the document does not say")),
        _ => return None,
    };
    Some(found)
}

fn oauth(scheme: &Json) -> Option<(usize, Vec<Line>)> {
    let env = |name: &str| inline(&[("env", quoted(name))]);
    let flows = scheme.get("flows")?;
    let Some(flow) = flows.get("clientCredentials") else {
        let note = "the document's flows are for people; see how a service gets a token";
        return Some((4, vec![line("kind", quoted("bearer"), ""), line("token", env("APP_TOKEN"), note)]));
    };
    let url = text(flow, "tokenUrl").filter(|url| is_plain(url));
    let url = url.filter(|url| is_absolute(url) || url.starts_with('/') && !url.contains("//") && !url.contains(".."));
    let (url, note) = match url {
        Some(url) => (url, ""),
        None => ("/oauth2/token", "put in where tokens are given: the document names no address"),
    };
    let mut lines = vec![
        line("kind", quoted("client_credentials"), ""),
        line("token_url", quoted(url), note),
        line("client_id", env("APP_CLIENT_ID"), ""),
        line("client_secret", env("APP_CLIENT_SECRET"), ""),
    ];
    let plain =
        |scope: &&str| scope.len() <= 200 && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    let scopes: Vec<&str> = flow
        .get("scopes")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(scope, _)| &**scope)
        .filter(plain)
        .collect();
    let of_people: Vec<&str> = scopes.into_iter().filter(|scope| about_people(scope)).take(10).collect();
    if !of_people.is_empty() {
        lines.push(line("scope", quoted(&of_people.join(" ")), "those that speak of users and groups"));
    }
    Some((2, lines))
}

fn about_people(scope: &str) -> bool {
    use crate::cli::init::words::{GROUPS, USERS, words};
    words(scope).iter().any(|word| USERS[..2].contains(&&**word) || GROUPS.contains(&&**word))
}
