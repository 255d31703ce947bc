//! The driver for SQL Server without one: what it would say, against a server that speaks the protocol,
//! answers what a test tells it to and knows no SQL.
//!
//! So the statements are proved to be these and no others, not that a SQL Server takes them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use self::peer::{Asked, Door, Peer, Reply};
use self::wire::Cell;
use super::*;

mod checked;
mod encrypted;
#[cfg(feature = "odbc")]
mod freetds;
mod life;
mod peer;
mod statements;
mod values;
mod wire;

/// Declared type, collation and code page.
type Declared = (String, Option<String>, Option<i64>);

/// What the columns of some tables are, by table and name.
#[derive(Clone, Default)]
struct Columns(HashMap<(String, String), Declared>);

impl Columns {
    /// `table column type [collation page]`, one column a line.
    fn read(text: &str) -> Self {
        let line = |line: &str| {
            let words: Vec<_> = line.split_whitespace().collect();
            let place = (words[0].to_owned(), words[1].to_owned());
            let collation = words.get(3).map(|name| (*name).to_owned());
            (place, (words[2].to_owned(), collation, words.get(4).map(|page| page.parse().unwrap())))
        };
        Self(text.lines().filter(|line| !line.trim().is_empty()).map(line).collect())
    }

    /// The answer to a question for a statement's types, where it is one.
    fn described(&self, asked: &Asked) -> Option<Reply> {
        if !asked.text.starts_with("SELECT system_type_name") {
            return None;
        }
        let statement = asked.parameters[0].replace(['[', ']'], "");
        let Some((columns, table)) = statement.strip_prefix("SELECT ").and_then(|rest| rest.split_once(" FROM "))
        else {
            return Some(Reply::Rows(Vec::new()));
        };
        let table = table.split(' ').next().unwrap();
        let mut rows = Vec::new();
        for column in columns.split(", ") {
            let Some((name, collation, page)) = self.0.get(&(table.to_owned(), column.to_owned())) else {
                let told = format!("Invalid column name '{column}'.");
                return Some(Reply::Rows(vec![described(None, None, None, Some(207), Some(&told))]));
            };
            rows.push(described(Some(name), collation.as_deref(), *page, None, None));
        }
        Some(Reply::Rows(rows))
    }
}

fn described(
    name: Option<&str>,
    collation: Option<&str>,
    page: Option<i64>,
    error: Option<i64>,
    message: Option<&str>,
) -> Vec<Cell> {
    let text = |text: Option<&str>| Cell::Text(text.map(str::to_owned));
    vec![text(name), text(collation), Cell::Int(4, page), Cell::Int(4, error), text(message)]
}

/// A table of people with a key that the database counts.
const PEOPLE: &str = "
people id int
people login nvarchar(60) Latin1_General_CI_AS 1252
people name nvarchar(60) Latin1_General_CI_AS 1252
";

/// Its mapping.
fn people() -> Table {
    r#"
mapping = "[User]\ntable = 'people'\nkey = 'id'\n"
[shape.User.fields]
login = "userName"
name = "displayName"
"#
    .parse()
    .unwrap()
}

/// A server with a table of people, where the script answers everything but the table's types. What it
/// has no answer for is done.
async fn people_at(door: Door, script: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Peer {
    let columns = Columns::read(PEOPLE);
    Peer::start(door, move |asked| {
        let described = || columns.described(asked);
        script(&asked.text).or_else(described).unwrap_or(Reply::Done)
    })
    .await
}

fn ada() -> InsertPlan {
    insert("User", &[("login", "ada".into()), ("name", "Ada".into())], &[])
}

/// A change of one person's columns.
fn update(key: &str, values: &[(&str, Value)]) -> UpdatePlan {
    UpdatePlan {
        resource: "User".into(),
        key: RecordKey::new(key),
        unique: Vec::new(),
        whole: fields(values),
        set: fields(values),
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::None,
        expected_version: None,
        enables: None,
        token: Default::default(),
    }
}

/// The row of Ada.
fn row() -> Reply {
    Reply::Rows(vec![vec![Cell::Int(4, Some(1)), "ada".into(), "Ada".into()]])
}
