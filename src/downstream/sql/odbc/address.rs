//! `odbc:DSN=legacy;UID=scim;PWD=…` → what the driver manager is given. Not what the database behind it
//! speaks: the mapping's `dialect` says that, since a mapping is compiled while the database is down.
//!
//! What cannot be read is told without a word of the address, which holds a password.

use crate::diagnostic::{Code, Diagnostic, Problems, Span, nearest};

/// The words that `dialect` knows.
const DIALECTS: &[&str] = &["ansi", "db2", "hana", "mariadb", "mssql", "mysql", "oracle", "postgres", "sqlite"];

/// What the driver manager is given, and what the database speaks.
#[cfg_attr(not(feature = "odbc"), allow(dead_code, reason = "only ODBC itself asks"))]
pub(in super::super) struct Place {
    pub(super) string: String,
    pub(super) dialect: &'static str,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

/// Reads what comes after `odbc:`. Notes every problem.
pub(in super::super) fn read(
    string: &str,
    span: &Span,
    dialect: Option<(&str, &Span)>,
    problems: &mut Problems,
) -> Option<Place> {
    let dialect = match dialect {
        Some((name, span)) => known(name, span, problems),
        None => {
            let message = "an ODBC address does not say what the database speaks";
            let help = format!("add `dialect`, one of: {}", DIALECTS.join(", "));
            problems.push(Diagnostic::error(Code::MISSING_KEY, span, message).help(help));
            None
        }
    };
    if let Err(message) = usable(string) {
        let help = "write `odbc:DSN=name` or `odbc:Driver={…};…` as the driver's manual has it";
        problems.push(Diagnostic::error(Code::BAD_URL, span, message).help(help));
        return None;
    }
    let place = Place { string: string.to_owned(), dialect: dialect? };
    if cfg!(not(feature = "odbc")) {
        problems.push(
            Diagnostic::error(Code::BAD_URL, span, "this build has no ODBC")
                .help("build with `cargo build --release --features odbc`, which needs unixODBC"),
        );
        return None;
    }
    Some(place)
}

fn known(name: &str, span: &Span, problems: &mut Problems) -> Option<&'static str> {
    let found = DIALECTS.iter().find(|known| **known == name).copied();
    if found.is_none() {
        let problem = Diagnostic::error(Code::BAD_DIALECT, span, format!("`{name}` is no dialect"));
        problems.push(match nearest(name, DIALECTS.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("one of: {}", DIALECTS.join(", "))),
        });
    }
    found
}

/// Notes a `dialect` beside an address that says it already.
pub(in super::super) fn superfluous(span: &Span, problems: &mut Problems) {
    problems.push(
        Diagnostic::error(Code::BAD_DIALECT, span, "the address says which database it is")
            .help("`dialect` goes with `odbc:…` only"),
    );
}

/// Notes `tls` or `ca`, about which only the driver could be asked, in words of its own.
pub(in super::super) fn drivers_own(key: &str, span: &Span, problems: &mut Problems) {
    problems.push(
        Diagnostic::error(Code::BAD_TLS, span, format!("`{key}` cannot be passed on to an ODBC driver"))
            .help("say it in the address, in the driver's own words, such as `SSLmode=verify-full` or `Encrypt=yes`"),
    );
}

/// True when the text holds a password.
pub(in super::super) fn has_password(string: &str) -> bool {
    secrets(string).next().is_some()
}

/// The passwords in it.
pub(super) fn secrets(string: &str) -> impl Iterator<Item = String> {
    let all = attributes(string).unwrap_or_default();
    let secret = |key: &str| ["pwd", "password"].iter().any(|word| key.eq_ignore_ascii_case(word));
    all.into_iter().filter(move |(key, value)| secret(key) && !value.is_empty()).map(|(_, value)| value)
}

/// True when it sets this attribute.
#[cfg_attr(not(feature = "odbc"), allow(dead_code, reason = "only ODBC itself asks"))]
pub(super) fn sets(string: &str, attribute: &str) -> bool {
    attributes(string).is_ok_and(|all| all.iter().any(|(key, _)| key.eq_ignore_ascii_case(attribute)))
}

fn usable(string: &str) -> Result<(), &'static str> {
    let all = attributes(string)?;
    let names =
        |(key, _): &(String, String)| ["dsn", "driver", "filedsn"].iter().any(|word| key.eq_ignore_ascii_case(word));
    if all.iter().any(names) { Ok(()) } else { Err("the ODBC address names neither a data source nor a driver") }
}

/// `key=value;key={va;lue}`, where `}` is doubled within braces.
fn attributes(string: &str) -> Result<Vec<(String, String)>, &'static str> {
    const UNREADABLE: &str = "the ODBC address cannot be read";
    if string.chars().any(char::is_control) {
        return Err(UNREADABLE);
    }
    let (mut all, mut rest) = (Vec::new(), string.trim());
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or(UNREADABLE)?;
        let (value, after) = match after.trim_start().strip_prefix('{') {
            Some(inside) => braced(inside).ok_or(UNREADABLE)?,
            None => {
                let (value, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                (value.trim().to_owned(), after)
            }
        };
        if key.trim().is_empty() {
            return Err(UNREADABLE);
        }
        all.push((key.trim().to_owned(), value));
        rest = after.trim_start().trim_start_matches(';').trim_start();
    }
    Ok(all)
}

fn braced(inside: &str) -> Option<(String, &str)> {
    let (mut value, mut rest) = (String::new(), inside);
    loop {
        let end = rest.find('}')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('}') {
            Some(more) => {
                value.push('}');
                rest = more;
            }
            None => return Some((value, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_parts() {
        let read = |text| {
            attributes(text).map(|all| all.into_iter().map(|(key, value)| format!("{key}|{value}")).collect::<Vec<_>>())
        };
        assert_eq!(read("DSN=legacy"), Ok(vec!["DSN|legacy".to_owned()]));
        assert_eq!(
            read("Driver={PostgreSQL Unicode}; Server=db ;PWD={a;b}}c};"),
            Ok(vec!["Driver|PostgreSQL Unicode".to_owned(), "Server|db".to_owned(), "PWD|a;b}c".to_owned()])
        );
        assert!(read("Driver={PostgreSQL").is_err());
        assert!(read("legacy").is_err());
        assert!(read("DSN=a\nb").is_err());
    }

    #[test]
    fn a_password_is_known_for_one() {
        assert!(has_password("DSN=legacy;pwd=x"));
        assert!(has_password("Driver={X};Password={y}"));
        assert!(!has_password("DSN=legacy;PWD="));
        assert!(usable("Server=db;PWD=x").is_err());
    }
}
