//! The rules that fields come to. Pure.

use super::guess::Resource;
use super::record::{Field, Record};
use super::schema::Kind;
use crate::cli::init::lines::{Line, line, quoted};
use crate::cli::init::words::{Meaning, squeezed};

/// The attribute of an address.
pub(super) const EMAIL: &str = "'emails[type eq \"work\"].value'";

/// What a status is called that lets people in, and one that does not; likeliest first.
const ON: &[&str] = &["active", "enabled", "enable", "normal", "confirmed", "on", "ok", "approved", "valid", "1"];
const OFF: &[&str] = &[
    "suspended",
    "disabled",
    "inactive",
    "deactivated",
    "blocked",
    "locked",
    "disable",
    "banned",
    "off",
    "archived",
    "deprovisioned",
    "deleted",
    "0",
];

/// A rule with the field that it writes.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) line: Line,
    /// The path of the field; empty where there is none.
    pub(super) field: String,
    /// What can be looked up by it: the field's own name.
    pub(super) looked_up: Option<String>,
}

/// The rules of users.
pub(super) fn of_users(users: &Resource<'_>) -> Vec<Rule> {
    let record = &users.record;
    let mut rules = Vec::new();
    let email = record.field(Meaning::Email);
    let login = record.login();
    if let Some(field) = login {
        let same = |other: Option<&Field<'_>>| other.is_some_and(|other| other.path == field.path);
        let note = match (same(record.field(Meaning::UserName)), same(email)) {
            _ if !field.shown => "by its name; the document does not show it in answers, where it must be",
            (true, _) => "by its name",
            (_, true) => "no field of a login: the address",
            _ => "no field of a login: the name",
        };
        rules.push(looked_up(rule("userName", field, &["match = 1"], note), field));
    }
    rules.extend(names(record, login));
    rules.extend(active(record));
    if let Some(field) = email.filter(|email| login.is_none_or(|login| login.path != email.path)) {
        rules.push(looked_up(rule(EMAIL, field, &["match = 2", wanted(field)], "by its name"), field));
        rules.push(Rule::bare("'emails[type eq \"work\"].primary'", "{ constant = true }"));
    }
    rules.extend(if email.is_none() { addresses(record) } else { Vec::new() });
    let further = [
        (Meaning::Title, "title"),
        (Meaning::Phone, "'phoneNumbers[type eq \"work\"].value'"),
        (Meaning::Language, "preferredLanguage"),
        (Meaning::Locale, "locale"),
        (Meaning::TimeZone, "timezone"),
        (Meaning::EmployeeNumber, "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber\""),
        (Meaning::Department, "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department\""),
        (Meaning::ExternalId, "externalId"),
    ];
    for (meaning, attribute) in further {
        let Some(field) = record.field(meaning) else { continue };
        rules.push(rule(attribute, field, &[wanted(field)], "by its name"));
    }
    if let Some(field) = record.field(Meaning::Password).filter(|field| field.is_taken() && !field.required) {
        let value = format!("{{ field = {}, write_only = true }}", quoted(&field.path));
        rules.push(Rule::of("password", value, "by its name; without the line nobody signs in by password", field));
    }
    rules.extend(times(record));
    rules
}

/// The rules of groups.
pub(super) fn of_groups(groups: &Resource<'_>) -> Vec<Rule> {
    let name = groups.record.field(Meaning::Name);
    let mut rules: Vec<Rule> = name
        .map(|field| looked_up(rule("displayName", field, &["match = 1"], "by its name"), field))
        .into_iter()
        .collect();
    let external = groups.record.field(Meaning::ExternalId);
    rules.extend(external.map(|field| rule("externalId", field, &[wanted(field)], "by its name")));
    rules.extend(times(&groups.record));
    rules
}

impl Rule {
    fn of(attribute: &str, value: String, note: &str, field: &Field<'_>) -> Self {
        Self { line: line(attribute, value, note), field: field.path.clone(), looked_up: None }
    }

    fn bare(attribute: &str, value: &str) -> Self {
        Self { line: line(attribute, value, ""), field: String::new(), looked_up: None }
    }
}

fn looked_up(rule: Rule, field: &Field<'_>) -> Rule {
    Rule { looked_up: Some(field.name.to_owned()), ..rule }
}

fn rule(attribute: &str, field: &Field<'_>, extra: &[&str], note: &str) -> Rule {
    Rule::of(attribute, value(field, extra, true), note, field)
}

/// `{ field = "$.login", match = 1, max_length = 60 }`, or the field alone.
fn value(field: &Field<'_>, extra: &[&str], with_length: bool) -> String {
    let mut parts = vec![format!("field = {}", quoted(&field.path))];
    parts.extend(extra.iter().filter(|part| !part.is_empty()).map(|part| (*part).to_owned()));
    let length = field.schema.bound("maxLength").filter(|length| with_length && (1..=1_000_000).contains(length));
    match (field.is_taken(), field.changed) {
        (false, _) => parts.push("read_only = true".to_owned()),
        (true, false) => parts.push("apply = \"create\"".to_owned()),
        (true, true) => {}
    }
    // A name by which accounts are found must be read; what else is never answered is not asked for.
    if !field.shown && !extra.iter().any(|part| part.starts_with("match")) {
        parts.push("write_only = true".to_owned());
    }
    parts.extend(length.filter(|_| field.is_taken()).map(|length| format!("max_length = {length}")));
    if parts.len() == 1 { quoted(&field.path) } else { format!("{{ {} }}", parts.join(", ")) }
}

/// What a client that leaves the attribute out means. A field with a form of its own, such as an address, has no
/// empty value.
fn wanted(field: &Field<'_>) -> &'static str {
    let schema = field.schema;
    let empty = schema.kind() == Kind::Text
        && !schema.is_nullable()
        && schema.format().is_none()
        && schema.words().is_empty()
        && schema.bound("minLength").is_none_or(|least| least == 0);
    match field.required {
        true => "required = true",
        false if empty && field.is_taken() => "default = \"\"",
        false => "",
    }
}

fn names(record: &Record<'_>, login: Option<&Field<'_>>) -> Vec<Rule> {
    let free = |field: &&Field<'_>| login.is_none_or(|login| login.path != field.path);
    let family = record.field(Meaning::FamilyName).filter(free);
    // Beside a surname, `name` is what comes before it.
    let plain = || record.named("name").filter(|field| field.schema.kind() == Kind::Text).filter(free);
    let given = record.field(Meaning::GivenName).filter(free).or_else(|| family.and_then(|_| plain()));
    let of = |attribute: &str, field: &Field<'_>| rule(attribute, field, &[wanted(field)], "by its name");
    let mut rules = Vec::new();
    rules.extend(given.map(|field| of("\"name.givenName\"", field)));
    rules.extend(family.map(|field| of("\"name.familyName\"", field)));
    if let (Some(given), Some(family)) = (given, family)
        && given.is_plain()
        && family.is_plain()
    {
        let read = format!("{{ read = 'Join(\" \", [{}], [{}])' }}", given.path, family.path);
        rules.push(Rule::bare("\"name.formatted\"", &read));
    }
    let whole = record.field(Meaning::WholeName).filter(free);
    let whole = whole.filter(|whole| given.is_none_or(|given| given.path != whole.path));
    let own = given.is_none() && family.is_none();
    rules.extend(whole.filter(|field| own || squeezed(field.name) != "name").map(|field| of("displayName", field)));
    rules
}

/// True when a change can make an account inactive.
pub(super) fn can_disable(users: &Resource<'_>) -> bool {
    let record = &users.record;
    let plain = |meaning| record.field(meaning).filter(|field| field.is_plain());
    let told = || plain(Meaning::Locked).or_else(|| plain(Meaning::Status));
    record.field(Meaning::Active).or_else(told).is_some_and(|field| field.changed && field.shown)
}

/// The rule of `active`, when a field tells.
fn active(record: &Record<'_>) -> Option<Rule> {
    if let Some(field) = record.field(Meaning::Active) {
        let on = field.default().and_then(serde_json::Value::as_bool) == Some(true) && field.is_taken();
        let default = if on { "default = true" } else { "" };
        return Some(rule("active", field, &[default], "by its name"));
    }
    let of =
        |field: &Field<'_>, parts: &[&str], note: &str| Rule::of("active", value(field, parts, false), note, field);
    if let Some(field) = record.field(Meaning::Locked).filter(|field| field.is_plain()) {
        // Whoever is made without a word of it is not locked.
        let write = "write = 'Not(Coalesce([active], \"True\"))'";
        let read = format!("read = 'Not([{}])'", field.path);
        if !field.is_taken() {
            return Some(Rule::of("active", format!("{{ {read} }}"), "by its name: locked means not active", field));
        }
        let read = if field.shown { &*read } else { "" };
        return Some(of(field, &[write, read], "by its name: locked means not active"));
    }
    let field = record.field(Meaning::Status).filter(|field| field.is_plain())?;
    let words = field.schema.words();
    let known =
        |names: &[&str]| names.iter().find_map(|name| words.iter().find(|word| squeezed(word) == *name)).copied();
    let (yes, no, why) = match (known(ON), known(OFF)) {
        (Some(yes), Some(no)) => (yes, no, "by its name and values; see which of them let people in"),
        _ if field.schema.kind() == Kind::Text => {
            ("active", "inactive", "which word means what is the application's own: look them up")
        }
        _ => ("1", "3", "which number means what is the application's own: look them up"),
    };
    let read = format!("read = 'Switch([{}], \"False\", \"{yes}\", \"True\")'", field.path);
    if !field.is_taken() {
        return Some(Rule::of("active", format!("{{ {read} }}"), why, field));
    }
    let mut parts = vec![format!("write = 'Switch([active], , \"True\", \"{yes}\", \"False\", \"{no}\")'")];
    // Whoever is neither, such as one who is invited, shows as not active.
    if words.len() > 2 && field.shown {
        parts.push(read);
    }
    parts.push(format!("default = \"{yes}\""));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Some(of(field, &parts, why))
}

/// A place below a field, which is written only where the field is.
fn place(field: &Field<'_>, below: &str) -> String {
    let path = quoted(&format!("{}{below}", field.path));
    if field.is_taken() { path } else { format!("{{ field = {path}, read_only = true }}") }
}

/// The rules of several addresses in a list.
fn addresses(record: &Record<'_>) -> Vec<Rule> {
    let names = ["emails", "emailaddresses", "mails", "mailaddresses"];
    let named = names.iter().find_map(|name| record.named(name));
    let Some(field) = named.filter(|field| field.schema.kind() == Kind::List) else { return Vec::new() };
    let Some(element) = field.schema.items() else { return Vec::new() };
    if element.kind() != Kind::Object {
        return vec![Rule::of("\"emails.value\"", place(field, ""), "by its name", field)];
    }
    let part = |attribute: &str, names: &[&str]| {
        let properties = element.properties();
        let found = names.iter().find_map(|name| properties.iter().find(|p| squeezed(p.name) == *name))?;
        let step = super::envelope::step(found.name)?;
        Some(Rule::of(attribute, place(field, &format!("[*]{step}")), "by its name", field))
    };
    let value = part("\"emails.value\"", &["value", "address", "email", "mail", "emailaddress"]);
    let Some(value) = value else { return Vec::new() };
    let more =
        [part("\"emails.type\"", &["type", "kind", "label"]), part("\"emails.primary\"", &["primary", "isprimary"])];
    std::iter::once(value).chain(more.into_iter().flatten()).collect()
}

/// The rules of `meta`.
fn times(record: &Record<'_>) -> Vec<Rule> {
    let of = |meaning, attribute: &str| {
        let field = record.field(meaning).filter(|field| field.shown)?;
        Some(Rule::of(attribute, quoted(&field.path), "by its name", field))
    };
    let (created, modified) =
        (of(Meaning::Created, "\"meta.created\""), of(Meaning::Modified, "\"meta.lastModified\""));
    created.into_iter().chain(modified).collect()
}
