//! XML as JSON and back, so that a mapping says the same paths and the same bodies for both. No I/O.
//!
//! `<users count="1"><user id="7"><login>bj</login></user></users>` is
//! `{"users": {"@count": "1", "user": {"@id": "7", "login": "bj"}}}`: an element is an object of its
//! attributes and its children; one that has neither is its text, and text beside them is `#text`.
//! Children of one name are a list; where a path says `[*]`, one or none are a list, too
//! ([`as_list`]). Prefixes of namespaces are the sender's choice and are left out. `xsi:nil` is null.
//! A document type is refused: its entities could be files, or grow without end.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::{Map, Value as Json};

use super::path::Step;

/// Elements within elements; answers are outside input.
const DEEPEST: usize = 64;

const UNBALANCED: &str = "an element ends that did not begin";

/// The member that holds an element's text beside attributes and children.
const TEXT: &str = "#text";

/// Reads a document.
///
/// # Errors
/// What is wrong with it, for the operator.
pub(super) fn read(text: &str) -> Result<Json, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let depth = open.len();
        let here = open.last_mut().ok_or(UNBALANCED)?;
        match event {
            Event::Start(_) if depth > DEEPEST => return Err("elements are nested too deeply".to_owned()),
            Event::Start(start) => open.push(Element::begin(&start)?),
            Event::End(_) => {
                let done = open.pop().ok_or(UNBALANCED)?;
                open.last_mut().ok_or(UNBALANCED)?.add(done);
            }
            Event::Text(text) => here.text.push_str(&text.xml10_content()),
            Event::CData(text) => here.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => here.text.push(character(&name)?),
            Event::DocType(_) => return Err("a document type is not taken".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            Event::Eof => break,
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(document), true) if document.members.len() == 1 => Ok(Json::Object(document.members)),
        _ => Err("it is not one whole element".to_owned()),
    }
}

/// `&amp;` and `&#233;`; other names would have to be declared in a document type.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    if let Some(c) = name.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(c);
    }
    match &*name.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err("an entity is not taken".to_owned()),
    }
}

/// An element that has begun.
#[derive(Default)]
struct Element {
    name: String,
    members: Map<String, Json>,
    text: String,
    is_nil: bool,
}

impl Element {
    fn begin(start: &BytesStart<'_>) -> Result<Self, String> {
        let mut element = Self { name: local(start.name().as_ref()).to_owned(), ..Self::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let name = attribute.key.as_ref();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            match local(name) {
                _ if name == "xmlns" || name.starts_with("xmlns:") => {}
                "nil" if name.contains(':') => element.is_nil = matches!(&*value, "true" | "1"),
                name => drop(element.members.insert(format!("@{name}"), value.as_ref().into())),
            }
        }
        Ok(element)
    }

    fn add(&mut self, child: Self) {
        let name = child.name.clone();
        let value = child.into_value();
        match self.members.get_mut(&name) {
            Some(Json::Array(items)) => items.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
            None => drop(self.members.insert(name, value)),
        }
    }

    fn into_value(mut self) -> Json {
        if self.is_nil && self.members.is_empty() {
            return Json::Null;
        }
        if self.members.is_empty() {
            return self.text.into();
        }
        // Blanks between children are only there to be looked at.
        if !self.text.trim().is_empty() {
            self.members.insert(TEXT.to_owned(), self.text.into());
        }
        Json::Object(self.members)
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Makes what a path calls a list one: XML does not tell one child from a list of one, nor an empty
/// list from nothing. Where the element that would hold the list is not there, nothing is made up.
pub(super) fn as_list(value: &mut Json, steps: &[Step]) {
    match steps {
        [] => {}
        [Step::Each, rest @ ..] => {
            value.as_array_mut().into_iter().flatten().for_each(|item| as_list(item, rest));
        }
        [Step::Member(name), rest @ ..] => {
            let is_list = rest.first() == Some(&Step::Each);
            if is_list && value.as_str().is_some_and(|text| text.trim().is_empty()) {
                *value = Json::Object(Map::new());
            }
            let Json::Object(members) = value else { return };
            if is_list {
                let held = members.entry(name.as_str()).or_insert_with(|| Json::Array(Vec::new()));
                if !held.is_array() {
                    *held = Json::Array(vec![held.take()]);
                }
            }
            if let Some(held) = members.get_mut(name) {
                as_list(held, rest);
            }
        }
    }
}

/// Writes an object of one member as a document; `None` when a name or a character cannot stand in
/// XML 1.0, or when there is no single root.
pub(super) fn write(body: &Json) -> Option<String> {
    let members = body.as_object().filter(|members| members.len() == 1)?;
    let (name, root) = members.iter().next()?;
    let mut text = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    // Two roots would be no document.
    if root.is_array() {
        return None;
    }
    element(name, root, &mut text)?;
    Some(text)
}

fn element(name: &str, value: &Json, text: &mut String) -> Option<()> {
    if !is_name(name) {
        return None;
    }
    if let Json::Array(items) = value {
        return items.iter().try_for_each(|item| element(name, item, text));
    }
    text.push('<');
    text.push_str(name);
    let members = value.as_object();
    for (attribute, value) in members.into_iter().flatten() {
        let Some(attribute) = attribute.strip_prefix('@') else { continue };
        if !is_name(attribute) {
            return None;
        }
        text.push_str(&format!(" {attribute}=\"{}\"", escaped(&plain(value)?)?));
    }
    text.push('>');
    match members {
        None => text.push_str(&escaped(&plain(value)?)?),
        Some(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('@')) {
                match name.as_str() {
                    TEXT => text.push_str(&escaped(&plain(value)?)?),
                    name => element(name, value, text)?,
                }
            }
        }
    }
    text.push_str(&format!("</{name}>"));
    Some(())
}

/// A value as text; lists and objects are elements.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// Text for an element or an attribute. A reader makes blanks of line ends and tabs in attributes, and
/// a line feed of a carriage return, so these go as references (XML 1.0 §2.11, §3.3.3).
fn escaped(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\t' | '\n' | '\r' => written.push_str(&format!("&#{};", u32::from(c))),
            // XML 1.0 §2.2 has no way to write these.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return None,
            c => written.push(c),
        }
    }
    Some(written)
}

/// A name, perhaps with a prefix, of what XML and namespaces allow as much as anybody uses.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}
