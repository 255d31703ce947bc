//! How a value is written inside a text of another language: a filter such as
//! `userName eq {value:odata}`. The value comes with its quotes, so that it cannot end them. No I/O.

use std::fmt::Write as _;

/// A language whose literals are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// `'O''Brien'`: OData 4.01 (ABNF, `SQUOTE-in-string`), and whatever quotes as SQL does.
    Odata,
    /// `"a \"b\" \\c"`: RSQL and FIQL as widely built, Lucene's phrases, JQL, KQL.
    Backslash,
    /// `"a \"b\""`: RFC 8259, also the values of SCIM filters (RFC 7644 §3.4.2.2) and of GraphQL.
    Json,
    /// `'O!'Brien!!'`: Rison.
    Rison,
    /// `O'Brien \28x\29`, without quotes: filters of LDAP (RFC 4515 §3).
    Ldap,
    /// `100\%`, without quotes: a search that the application hands on as SQL's LIKE, with the escape
    /// that PostgreSQL and MySQL know without being told.
    Like,
}

impl Quoting {
    /// Every language by its word; several words may mean the same.
    pub(super) const ALL: &'static [(&'static str, Self)] = &[
        ("odata", Self::Odata),
        ("rsql", Self::Backslash),
        ("lucene", Self::Backslash),
        ("jql", Self::Backslash),
        ("json", Self::Json),
        ("scim", Self::Json),
        ("graphql", Self::Json),
        ("rison", Self::Rison),
        ("ldap", Self::Ldap),
        ("like", Self::Like),
    ];

    /// The value as a literal of the language.
    pub(super) fn write(self, value: &str) -> String {
        match self {
            Self::Odata => format!("'{}'", value.replace('\'', "''")),
            Self::Backslash => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Json => serde_json::Value::from(value).to_string(),
            Self::Rison => format!("'{}'", value.replace('!', "!!").replace('\'', "!'")),
            Self::Ldap => ldap(value),
            Self::Like => value.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"),
        }
    }
}

/// What has a meaning in a filter stands as a backslash and two hexadecimal digits.
fn ldap(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '*' | '(' | ')' | '\\' | '\0' => drop(write!(written, "\\{:02x}", u32::from(c))),
            c => written.push(c),
        }
    }
    written
}
