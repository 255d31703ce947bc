//! The rules that columns come to. Pure.

use super::guess::column;
use crate::cli::init::lines::{Line, key_of, line, quoted};
use crate::cli::init::words::{Meaning, rank};
use crate::downstream::{ColumnFacts, ColumnKind, TableFacts};

/// `{ field = "login", match = 1, max_length = 60 }`, or the field alone.
pub(super) fn rule(field: &str, column: &ColumnFacts, extra: &[&str]) -> String {
    let mut parts = vec![format!("field = {}", quoted(field))];
    parts.extend(extra.iter().filter(|part| !part.is_empty()).map(|part| (*part).to_owned()));
    parts.extend(column.length().map(|length| format!("max_length = {length}")));
    if parts.len() == 1 { quoted(field) } else { format!("{{ {} }}", parts.join(", ")) }
}

/// What a client that leaves the attribute out means, where the column refuses null.
pub(super) fn default_text(column: &ColumnFacts) -> &'static str {
    if column.not_null { "default = \"\"" } else { "" }
}

/// The rules of a users' table. `email` is the field of the address, with its column; it may be in
/// a table of its own, where an empty one would be no row.
pub(super) fn of_users(table: &TableFacts, email: Option<(&str, &ColumnFacts)>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    let login = column(table, Meaning::UserName);
    match (login, email) {
        (Some(login), _) => {
            taken.push(&login.name);
            lines.push(line("userName", rule(&login.name, login, &["match = 1"]), "by its name"));
        }
        (None, Some((field, column))) => {
            lines.push(line("userName", rule(field, column, &["match = 1"]), "no login column: the address"));
        }
        (None, None) => {}
    }
    lines.extend(names(table));
    lines.extend(active(table));
    if let Some((field, column)) = email.filter(|_| login.is_some()) {
        let more = if field.contains('.') { "required = true, unique = true" } else { default_text(column) };
        let value = rule(field, column, &[more, "match = 2"]);
        lines.push(line("'emails[type eq \"work\"].value'", value, "by its name"));
        lines.push(line("'emails[type eq \"work\"].primary'", "{ constant = true }", ""));
    }
    let further = [
        (Meaning::Title, "title"),
        (Meaning::Phone, "'phoneNumbers[type eq \"work\"].value'"),
        (Meaning::EmployeeNumber, "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber\""),
        (Meaning::Department, "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department\""),
    ];
    for (meaning, attribute) in further {
        let Some(column) = column(table, meaning) else { continue };
        lines.push(line(attribute, rule(&column.name, column, &[default_text(column)]), "by its name"));
    }
    lines.extend(times(table));
    lines
}

fn names(table: &TableFacts) -> Vec<Line> {
    let family = column(table, Meaning::FamilyName);
    // Beside a surname, `name` is what comes before it.
    let plain = || table.columns.iter().find(|column| column.name.eq_ignore_ascii_case("name"));
    let given = column(table, Meaning::GivenName).or_else(|| family.and_then(|_| plain()));
    let of = |attribute: &str, column: &ColumnFacts| {
        line(attribute, rule(&column.name, column, &[default_text(column)]), "by its name")
    };
    let mut lines = Vec::new();
    lines.extend(given.map(|column| of("\"name.givenName\"", column)));
    lines.extend(family.map(|column| of("\"name.familyName\"", column)));
    match (given, family, column(table, Meaning::WholeName)) {
        (Some(given), Some(family), _) => {
            let read = format!("{{ read = 'Join(\" \", [{}], [{}])' }}", given.name, family.name);
            lines.push(line("\"name.formatted\"", read, ""));
        }
        (None, None, Some(column)) => lines.push(of("displayName", column)),
        _ => {}
    }
    lines
}

/// The rule of `active`, when a column tells.
pub(super) fn active(table: &TableFacts) -> Option<Line> {
    if let Some(column) = column(table, Meaning::Active) {
        let default = if column.not_null { "default = true" } else { "" };
        return Some(line("active", rule(&column.name, &whole(column), &[default]), "by its name"));
    }
    let (column, yes, no, why) = match (column(table, Meaning::Locked), column(table, Meaning::Status)) {
        (Some(column), _) => (column, "0", "1", "by its name: locked means not active"),
        (None, Some(column)) => (column, "1", "3", "which number means what is the application's own: look them up"),
        (None, None) => return None,
    };
    let write = format!("write = 'Switch([active], , \"True\", \"{yes}\", \"False\", \"{no}\")'");
    let default = if column.not_null { format!("default = \"{yes}\"") } else { String::new() };
    Some(line("active", rule(&column.name, &whole(column), &[&write, &default]), why))
}

/// The column without its length, which matters to texts of clients only.
fn whole(column: &ColumnFacts) -> ColumnFacts {
    ColumnFacts { declared: String::new(), ..column.clone() }
}

/// The rules of `meta`.
pub(super) fn times(table: &TableFacts) -> Vec<Line> {
    let created = column(table, Meaning::Created).filter(|column| column.kind() == ColumnKind::Time);
    let modified = column(table, Meaning::Modified).filter(|column| column.kind() == ColumnKind::Time);
    let mut lines = Vec::new();
    lines.extend(created.map(|column| line("\"meta.created\"", quoted(&column.name), "by its name")));
    lines.extend(modified.map(|column| line("\"meta.lastModified\"", quoted(&column.name), "by its name")));
    lines
}

/// What makes rows of other things than users complete where they share the users' table.
pub(super) fn of_another_kind(table: &TableFacts) -> Vec<Line> {
    let login = column(table, Meaning::UserName).filter(|column| column.not_null);
    let status = column(table, Meaning::Status).filter(|column| column.not_null);
    let of = |column: &ColumnFacts, value: &str, note: &str| {
        line(key_of(&column.name), format!("{{ constant = {value}, apply = \"create\" }}"), note)
    };
    let login = login.map(|column| of(column, "\"\"", "a group has none"));
    let status = status.map(|column| {
        of(column, if column.kind() == ColumnKind::Text { "\"1\"" } else { "1" }, "as of an active user")
    });
    login.into_iter().chain(status).collect()
}

/// The columns that need a value and get none from the rules: those that refuse null, and times of
/// creation and change, which applications rely on. `prefix` is that of a related table.
pub(super) fn fields(table: &TableFacts, prefix: &str, fed: &[&str]) -> Vec<Line> {
    let wanted = |column: &&ColumnFacts| {
        let time =
            [Meaning::Created, Meaning::Modified].into_iter().any(|meaning| rank(meaning, &column.name).is_some());
        let time = time && column.kind() == ColumnKind::Time;
        let password = rank(Meaning::Password, &column.name).is_some() && column.kind() == ColumnKind::Text;
        !fed.contains(&&*column.name) && (!column.filled && (column.not_null || time) || password && column.not_null)
    };
    table.columns.iter().filter(wanted).map(|column| field(column, prefix)).collect()
}

fn field(column: &ColumnFacts, prefix: &str) -> Line {
    const ONCE: &str = "apply = \"create\"";
    let named = |meaning| rank(meaning, &column.name).is_some();
    let (value, note) = match column.kind() {
        ColumnKind::Time if named(Meaning::Modified) => ("{ value = \"Now()\" }".to_owned(), "at every change"),
        ColumnKind::Time | ColumnKind::Date => (format!("{{ value = \"Now()\", {ONCE} }}"), "the time of creation"),
        ColumnKind::Boolean => (format!("{{ constant = false, {ONCE} }}"), "off"),
        ColumnKind::Integer | ColumnKind::Number => (format!("{{ constant = 0, {ONCE} }}"), "0"),
        ColumnKind::Uuid => (format!("{{ value = \"Guid()\", {ONCE} }}"), "a new one"),
        ColumnKind::Text if named(Meaning::Password) && column.filled => {
            (format!("{{ constant = \"\", {ONCE} }}"), "no password, as by the column's own default")
        }
        ColumnKind::Text if named(Meaning::Password) => {
            (format!("{{ constant = \"!\", {ONCE} }}"), "no password fits; see which mark the application uses")
        }
        ColumnKind::Text | ColumnKind::Other => (format!("{{ constant = \"\", {ONCE} }}"), "empty"),
    };
    let note = format!("{note}; `{}`{}", column.declared, if column.not_null { " NOT NULL" } else { "" });
    line(key_of(&format!("{prefix}{}", column.name)), value, note)
}
