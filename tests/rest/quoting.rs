//! Values inside filters of other languages: whatever a value holds, a reader of the language finds
//! that value and nothing else. The readers here share nothing with the writers.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::scripted::{Scripted, json};
use super::support::{REDMINE, at, driver, equal, select};

/// The literal at the beginning of a text, read as a language says, and what stands after it.
type Reader = fn(&str) -> Option<(String, String)>;

const LANGUAGES: &[(&str, Reader)] = &[
    ("odata", |text| doubled(text, '\'')),
    ("rsql", |text| escaped(text, '"', '\\')),
    ("lucene", |text| escaped(text, '"', '\\')),
    ("jql", |text| escaped(text, '"', '\\')),
    ("json", json_string),
    ("scim", json_string),
    ("graphql", json_string),
    ("rison", |text| escaped(text, '\'', '!')),
    ("ldap", ldap),
    ("like", like),
];

/// Two quotes are one, one ends.
fn doubled(text: &str, quote: char) -> Option<(String, String)> {
    let mut rest = text.strip_prefix(quote)?.chars().peekable();
    let mut value = String::new();
    while let Some(c) = rest.next() {
        if c == quote && rest.next_if_eq(&quote).is_none() {
            return Some((value, rest.collect()));
        }
        value.push(c);
    }
    None
}

/// A character after `escape` is itself.
fn escaped(text: &str, quote: char, escape: char) -> Option<(String, String)> {
    let mut rest = text.strip_prefix(quote)?.chars();
    let mut value = String::new();
    while let Some(c) = rest.next() {
        match c {
            c if c == quote => return Some((value, rest.collect())),
            c if c == escape => value.push(rest.next()?),
            c => value.push(c),
        }
    }
    None
}

fn json_string(text: &str) -> Option<(String, String)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let value = values.next()?.ok()?;
    Some((value, text[values.byte_offset()..].to_owned()))
}

/// Up to the closing parenthesis; `*` would be a wildcard.
fn ldap(text: &str) -> Option<(String, String)> {
    let end = text.find([')', '*', '(', '\0'])?;
    let mut bytes = Vec::new();
    let mut rest = &text.as_bytes()[..end];
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'\\' => (u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok()?, &after[2..]),
            byte => (byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    Some((String::from_utf8(bytes).ok()?, text[end..].to_owned()))
}

/// All up to the parenthesis that the mapping wrote; a bare `%` or `_` would stand for other characters.
fn like(text: &str) -> Option<(String, String)> {
    let mut value = String::new();
    let mut rest = text.strip_suffix(')')?.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => value.push(rest.next()?),
            '%' | '_' => return None,
            c => value.push(c),
        }
    }
    Some((value, ")".to_owned()))
}

const NASTY: &[&str] = &[
    "",
    "O'Brien",
    "'",
    "''",
    "\"",
    "\\",
    "\\\"",
    "\\'",
    "!",
    "!'",
    "!!'",
    "') or (1 eq 1",
    "\" OR \"\"=\"",
    "*",
    ")(uid=*",
    "a\\2ab",
    "a\u{0}b",
    "line\nbreak",
    "é\u{1f600}",
    "{value}",
    "%27",
    "under_score",
];

async fn sent(mapping: &str, value: &str) -> String {
    let application = Scripted::start(|_| json(200, "", r#"{"users":[],"total_count":0}"#)).await;
    let driver = driver(&at(mapping, application.address));
    assert!(driver.select(&select("User", equal("$.login", value), 0, 9)).await.unwrap().records.is_empty());
    application.requests().pop().unwrap()
}

fn found_by(find: &str) -> String {
    let old = r#"query = { status = "", name = "{value}" }"#;
    assert!(REDMINE.contains(old));
    REDMINE.replacen(old, find, 1)
}

#[tokio::test]
async fn a_value_in_a_filter_is_read_as_that_value() {
    for (language, read) in LANGUAGES {
        let mapping = found_by(&format!(r#"query = {{ filter = "(login={{value:{language}}})" }}"#));
        for nasty in NASTY {
            let request = sent(&mapping, nasty).await;
            let target = request.split(' ').nth(1).unwrap();
            let query = target.split_once("?filter=").unwrap().1.split_once("&offset=").unwrap().0;
            assert!(!query.contains(['&', '=', '#', '+']), "{target}");
            let filter = percent_decode_str(query).decode_utf8().unwrap();
            let literal = filter.strip_prefix("(login=").unwrap();
            assert_eq!(read(literal), Some(((*nasty).to_owned(), ")".to_owned())), "{language}: {filter}");
        }
    }
}

#[tokio::test]
async fn a_filter_may_stand_in_a_body() {
    let mapping = found_by(r#"json = { filter = "login eq {value:odata}", whole = "{value:json}" }"#).replacen(
        r#"find.userName = { get"#,
        r#"find.userName = { post"#,
        1,
    );
    let request = sent(&mapping, "O'Brien\"").await;
    let body: serde_json::Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, serde_json::json!({ "filter": "login eq 'O''Brien\"'", "whole": r#""O'Brien\"""# }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_value_in_a_filter_is_read_as_that_value(value in ".{0,40}", language in 0..LANGUAGES.len()) {
        let (language, read) = LANGUAGES[language];
        let mapping = found_by(&format!(r#"query = {{ filter = "(login={{value:{language}}})" }}"#));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let request = runtime.block_on(sent(&mapping, &value));
        let query = request.split_once("?filter=").unwrap().1.split_once("&offset=").unwrap().0;
        let filter = percent_decode_str(query).decode_utf8().unwrap();
        prop_assert_eq!(read(filter.strip_prefix("(login=").unwrap()), Some((value, ")".to_owned())), "{}: {}", language, filter);
    }
}
