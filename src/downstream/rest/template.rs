//! Texts with typed slots (`/users/{key}.json`): every value is encoded for the place that it
//! goes to, and one that could leave its slot is refused. JSON bodies are in `body.rs`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::answer::key_of;
use super::body::credential_of;
use super::context::Context;
use super::path::JsonPath;
use super::quoting::Quoting;
use crate::diagnostic::{Code, Diagnostic, Problems, Span, nearest};

/// What a slot in a text can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The key of the record.
    Key,
    /// The value that is looked up.
    Value,
    /// The bearer token that is asked about.
    Token,
    /// What the application calls one member: its key, or what `named` says.
    Member,
    /// The key of one member.
    MemberKey,
    /// The version of the record that a change was made for.
    Version,
    /// A field of the new record: `{record.NAME}`.
    Record,
    /// The user of a login.
    User,
    /// The password of a login.
    Password,
}

/// Where a text goes, which decides how values are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A request target: one segment, or a part of one.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// A string in a JSON body, which the JSON writer encodes.
    Json,
}

/// The values for the slots of a text; passwords are among them, so that nothing prints them.
#[derive(Clone, Copy, Default)]
pub(super) struct Texts<'a> {
    /// For `{key}`.
    pub(super) key: Option<&'a str>,
    /// For `{value}` and `{token}`.
    pub(super) value: Option<&'a str>,
    /// For `{member}`.
    pub(super) member: Option<&'a str>,
    /// For `{member.key}`.
    pub(super) member_key: Option<&'a str>,
    /// For `{version}`.
    pub(super) version: Option<&'a str>,
    /// For `{record.NAME}`.
    pub(super) record: Option<&'a serde_json::Value>,
    /// For `{user}`.
    pub(super) user: Option<&'a str>,
    /// For `{password}`.
    pub(super) password: Option<&'a str>,
}

/// A slot's value would have left its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused(pub(super) Slot);

/// A text with slots.
#[derive(Debug, Clone)]
pub(super) struct Template {
    source: String,
    place: Place,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    /// Encoded already.
    Text(String),
    Slot(Slot, Option<Quoting>),
    /// A place in the new record.
    Field(JsonPath, Option<Quoting>),
}

impl Slot {
    const ALL: &'static [Self] = &[Self::Key, Self::Value, Self::Member, Self::MemberKey, Self::Version];

    /// The name between the braces.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
            Self::Token => "token",
            Self::Member => "member",
            Self::MemberKey => "member.key",
            Self::Version => "version",
            Self::Record => "record.NAME",
            Self::User => "user",
            Self::Password => "password",
        }
    }
}

impl Template {
    /// Reads a text. Notes every slot that is unknown or has no value in this call, a tenant
    /// variable that does not exist, and a path that is none.
    pub(super) fn parse(
        text: &str,
        span: &Span,
        place: Place,
        allowed: &[Slot],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut template = Self { source: text.to_owned(), place, parts: Vec::new() };
        let mut rest = text;
        let mut fine = place != Place::Path || check_path(text, span, problems);
        while let Some((before, name, after)) = next_slot(rest) {
            template.push_text(before);
            let at = text.len() - rest.len() + before.len();
            let place = span.inside_string(text, at..at + name.len() + 2);
            let between = [before.chars().next_back(), after.chars().next()];
            match template.slot(name, between, allowed, context) {
                Ok(part) => template.parts.push(part),
                Err((message, help)) => {
                    problems.push(Diagnostic::error(Code::BAD_CALL, &place, message).help(help));
                    fine = false;
                }
            }
            rest = after;
        }
        template.push_text(rest);
        if place == Place::Path && template.parts.iter().any(|part| part.text().is_some_and(|t| t.contains(['{', '}'])))
        {
            problems.push(Diagnostic::error(Code::BAD_CALL, span, "a brace in a path begins no slot"));
            fine = false;
        }
        if place == Place::Header && !template.parts.iter().all(|part| part.text().is_none_or(is_header_text)) {
            problems.push(Diagnostic::error(Code::BAD_CALL, span, "a header holds plain ASCII only"));
            fine = false;
        }
        fine.then_some(template)
    }

    /// No text at all.
    pub(super) const fn empty() -> Self {
        Self { source: String::new(), place: Place::Path, parts: Vec::new() }
    }

    /// The text as written, for messages: it names no record.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// True when the text has this slot.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Slot(have, _) if *have == slot))
    }

    /// True when the text names fields of the record.
    pub(super) fn names_fields(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Field(..)))
    }

    /// The text with its slots filled.
    ///
    /// # Errors
    /// The slot whose value could leave it.
    pub(super) fn fill(&self, texts: &Texts<'_>) -> Result<String, Refused> {
        let mut filled = String::with_capacity(self.source.len() + 16);
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Slot(slot, quoting) => {
                    let value = quoted(texts.get(*slot).ok_or(Refused(*slot))?, *quoting);
                    filled.push_str(&encode(&value, self.place).ok_or(Refused(*slot))?);
                }
                Part::Field(path, quoting) => {
                    let value = texts.record.and_then(|record| path.first(record)).and_then(key_of);
                    let value = value.ok_or(Refused(Slot::Record))?;
                    let value = quoted(value.as_str(), *quoting);
                    filled.push_str(&encode(&value, self.place).ok_or(Refused(Slot::Record))?);
                }
            }
        }
        Ok(filled)
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            let encoded = if self.place == Place::Query { encode_all(text) } else { text.to_owned() };
            self.parts.push(Part::Text(encoded));
        }
    }

    /// The slot called `name`; `between` are the characters on both sides of it.
    fn slot(
        &self,
        name: &str,
        between: [Option<char>; 2],
        allowed: &[Slot],
        context: &Context<'_>,
    ) -> Result<Part, (String, String)> {
        let (name, quoting) = match name.split_once(':') {
            Some((name, language)) => (name, Some(language_of(name, language)?)),
            None => (name, None),
        };
        if let Some(variable) = name.strip_prefix("tenant.") {
            let Some((_, value)) = context.variables.iter().find(|(have, _)| have == variable) else {
                let near = nearest(variable, context.variables.iter().map(|(have, _)| have.as_str()));
                let help = near.map(|near| format!("did you mean `{{tenant.{near}}}`?"));
                let help = help.unwrap_or_else(|| "set it under `variables` of the tenant".to_owned());
                return Err((format!("the tenant has no variable `{variable}`"), help));
            };
            let problem = (
                format!("the variable `{variable}` holds a value that cannot stand here"),
                "it must stay in its place: no control characters, not `.` or `..`".to_owned(),
            );
            return encode(&value.to_text(), self.place).map(|text| Part::Text(text.into_owned())).ok_or(problem);
        }
        if let Some(field) = name.strip_prefix("record.")
            && allowed.contains(&Slot::Record)
        {
            let path = JsonPath::parse_relative(field);
            return path
                .map(|path| Part::Field(path, quoting))
                .map_err(|why| (format!("`{field}` is no field of a record"), why));
        }
        let names = || allowed.iter().map(|slot| slot.name());
        match Slot::ALL.iter().chain(allowed).find(|slot| slot.name() == name) {
            Some(slot) if allowed.contains(slot) => {
                let quotes = matches!(between, [Some('\''), Some('\'')] | [Some('"'), Some('"')]);
                if quotes && quoting.is_none() {
                    return Err(unquoted(name));
                }
                Ok(Part::Slot(*slot, quoting))
            }
            Some(_) => Err((format!("`{{{name}}}` has no value in this call"), known_slots(names()))),
            None if credential_of(name).is_some() => Err((
                format!("`{{{name}}}` stands alone, and in a body"),
                "`json = { auth = \"{credential}\" }`; what goes in a header or a parameter is said in \
                 `[downstream.credentials]`"
                    .to_owned(),
            )),
            None => {
                let help = nearest(name, names()).map(|near| format!("did you mean `{{{near}}}`?"));
                Err((format!("`{{{name}}}` is no slot"), help.unwrap_or_else(|| known_slots(names()))))
            }
        }
    }
}

impl Part {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Slot(..) | Self::Field(..) => None,
        }
    }
}

impl Texts<'_> {
    /// The text for a slot.
    pub(super) const fn get(&self, slot: Slot) -> Option<&str> {
        match slot {
            Slot::Key => self.key,
            Slot::Value | Slot::Token => self.value,
            Slot::Member => self.member,
            Slot::MemberKey => self.member_key,
            Slot::Version => self.version,
            Slot::User => self.user,
            Slot::Password => self.password,
            Slot::Record => None,
        }
    }
}

/// The language after the colon of a slot.
fn language_of(slot: &str, language: &str) -> Result<Quoting, (String, String)> {
    if let Some((_, quoting)) = Quoting::ALL.iter().find(|(known, _)| *known == language) {
        return Ok(*quoting);
    }
    let names = || Quoting::ALL.iter().map(|(name, _)| *name);
    let help = match nearest(language, names()) {
        Some(near) => format!("did you mean `{{{slot}:{near}}}`?"),
        None => format!("languages: {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err((format!("`{language}` is no language whose quotes are known"), help))
}

/// A value between quotes of the mapping could end them with a quote of its own.
fn unquoted(slot: &str) -> (String, String) {
    let message = format!("a quote in `{{{slot}}}` would end the quotes around it");
    let names = Quoting::ALL.iter().map(|(name, _)| format!("`{{{slot}:{name}}}`")).collect::<Vec<_>>();
    (message, format!("say whose quotes they are, and leave them out, they come with the value: {}", names.join(", ")))
}

fn quoted(value: &str, quoting: Option<Quoting>) -> Cow<'_, str> {
    quoting.map_or(Cow::Borrowed(value), |quoting| quoting.write(value).into())
}

fn known_slots<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names = names.map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>();
    format!("slots here: {}", [names, vec!["`{tenant.NAME}`".to_owned()]].concat().join(", "))
}

/// The text before the next `{name}`, the name, and the text after it. A brace that starts no
/// name stands for itself.
pub(super) fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let inner = &text[open + 1..];
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':')));
        if let Some(end) = end
            && end > 0
            && inner[end..].starts_with('}')
        {
            return Some((&text[..open], &inner[..end], &inner[end + 1..]));
        }
        from = open + 1;
    }
    None
}

/// A path's own text: absolute, without a query, without steps upwards, nothing to be encoded.
fn check_path(text: &str, span: &Span, problems: &mut Problems) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/!$&'()*+,;=:@%{}".contains(c);
    let (message, help) = if !text.starts_with('/') {
        (format!("the path `{text}` does not start with `/`"), "write the path below `base_url`: `/users.json`")
    } else if text.contains(['?', '#']) {
        (format!("the path `{text}` holds a query"), "write `query = { name = \"value\" }` beside it")
    } else if text.split('/').any(is_step) || text.contains("//") {
        (format!("the path `{text}` is not plain"), "without `.`, `..` and empty segments")
    } else if !text.chars().all(plain) {
        (format!("the path `{text}` holds a character that must be encoded"), "write it as `%20` and the like")
    } else {
        return true;
    };
    problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help(help));
    false
}

/// The value encoded for its place; `None` when it could leave it.
fn encode(value: &str, place: Place) -> Option<Cow<'_, str>> {
    match place {
        Place::Path => is_segment(value).then(|| encode_all(value).into()),
        Place::Query => Some(encode_all(value).into()),
        Place::Header => is_header_text(value).then_some(Cow::Borrowed(value)),
        Place::Json => Some(Cow::Borrowed(value)),
    }
}

/// Everything but RFC 3986's unreserved characters is encoded.
pub(super) fn encode_all(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// True for a value that stays one segment even where a server or a proxy decodes it before it
/// looks for segments, does so twice or thrice, takes `\` for `/` or cuts off `;…`. So a `/` is
/// refused in every spelling; `#`, `?` and a lone `\` are in the names of real users and are
/// encoded.
fn is_segment(value: &str) -> bool {
    let mut decoded = value.to_owned();
    for _ in 0..4 {
        let leaves = |c: char| c == '/' || c.is_control();
        if decoded.is_empty() || decoded.contains(leaves) || decoded.split('\\').any(is_step) {
            return false;
        }
        let Ok(next) = percent_decode_str(&decoded).decode_utf8() else { return false };
        if next == decoded {
            return true;
        }
        decoded = next.into_owned();
    }
    false
}

/// `.` and `..`, also with parameters (`..;x`) as some servers strip them.
fn is_step(segment: &str) -> bool {
    matches!(segment.split(';').next(), Some("." | ".."))
}

fn is_header_text(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
