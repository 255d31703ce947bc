//! Catalogue → guesses: which tables hold users, groups, memberships and addresses. Pure.

use crate::cli::init::words::{GROUPS, Meaning, USERS, rank, squeezed, words};
use crate::downstream::{Catalogue, ColumnFacts, ColumnKind, TableFacts};

/// What a first mapping is made of.
#[derive(Debug)]
pub(super) struct Guess<'a> {
    pub(super) users: &'a TableFacts,
    /// The column that tells users from what else is in their table.
    pub(super) kind: Option<&'a ColumnFacts>,
    pub(super) addresses: Option<Addresses<'a>>,
    pub(super) groups: Option<Groups<'a>>,
    /// Other tables that were nearly taken for the users'.
    pub(super) rivals: Vec<&'a str>,
    pub(super) catalogue: &'a Catalogue,
}

/// A table of e-mail addresses.
#[derive(Debug)]
pub(super) struct Addresses<'a> {
    pub(super) table: &'a TableFacts,
    pub(super) owner: &'a ColumnFacts,
    pub(super) address: &'a ColumnFacts,
    /// The flag of the address that counts.
    pub(super) first: Option<&'a ColumnFacts>,
}

/// Groups and their members.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    /// The users' own table where groups are kept among them.
    pub(super) table: &'a TableFacts,
    pub(super) name: &'a ColumnFacts,
    pub(super) members: Option<Members<'a>>,
}

/// A table that says who is a member of what.
#[derive(Debug, Clone)]
pub(super) struct Members<'a> {
    pub(super) table: &'a TableFacts,
    pub(super) group: &'a ColumnFacts,
    pub(super) member: &'a ColumnFacts,
}

/// A table of numbers.
#[derive(Debug)]
pub(super) struct Numbers<'a> {
    pub(super) table: &'a TableFacts,
    pub(super) of: &'a str,
    pub(super) column: &'a str,
    pub(super) number: &'a str,
}

/// Fewer points than this, and a table is not one of users.
const ENOUGH: i32 = 5;

/// Guesses; `None` when no table looks like one of users.
pub(super) fn guess(catalogue: &Catalogue) -> Option<Guess<'_>> {
    let tables = || catalogue.tables.iter().filter(|table| table.key().is_some() || table.view);
    let mut ranked: Vec<_> = tables().map(|table| (points(table), table)).filter(|(p, _)| *p >= ENOUGH).collect();
    ranked.sort_by_key(|(points, table)| (-points, table.name.len()));
    let users = ranked.first()?.1;
    let rivals = ranked.iter().skip(1).filter(|(points, _)| points + 2 >= ranked[0].0).map(|(_, table)| &*table.name);
    let groups = groups(catalogue, users);
    let shared = groups.as_ref().is_some_and(|groups| std::ptr::eq(groups.table, users));
    Some(Guess {
        users,
        kind: kind(users).filter(|_| shared),
        addresses: if column(users, Meaning::Email).is_none() { addresses(catalogue, users) } else { None },
        groups,
        rivals: rivals.collect(),
        catalogue,
    })
}

/// The likeliest column of a meaning.
pub(super) fn column(table: &TableFacts, meaning: Meaning) -> Option<&ColumnFacts> {
    let ranked = table.columns.iter().filter_map(|column| Some((rank(meaning, &column.name)?, column)));
    ranked.filter(|(_, column)| fits(meaning, column.kind())).min_by_key(|(rank, _)| *rank).map(|(_, column)| column)
}

fn fits(meaning: Meaning, kind: ColumnKind) -> bool {
    match meaning {
        Meaning::Active | Meaning::Locked => !matches!(kind, ColumnKind::Time | ColumnKind::Date | ColumnKind::Other),
        Meaning::Status => matches!(kind, ColumnKind::Integer | ColumnKind::Number | ColumnKind::Text),
        Meaning::Created | Meaning::Modified => matches!(kind, ColumnKind::Time | ColumnKind::Integer),
        _ => kind == ColumnKind::Text,
    }
}

/// How much a table looks like one of users: by its name and by what a row holds.
fn points(table: &TableFacts) -> i32 {
    let words = words(&table.name);
    let named = words.last().and_then(|last| USERS.iter().position(|word| word == last));
    let has = |meaning, points| if column(table, meaning).is_some() { points } else { 0 };
    let mut sum = match named {
        Some(0) => 5,
        Some(_) => 3,
        None => 0,
    };
    sum += has(Meaning::UserName, 3) + has(Meaning::Password, 3) + has(Meaning::Email, 2);
    sum += has(Meaning::GivenName, 1) + has(Meaning::FamilyName, 1);
    if table.references.len() >= 2 && table.columns.len() <= 5 {
        sum -= 5;
    }
    let knows_them = [Meaning::UserName, Meaning::Email].into_iter().any(|meaning| column(table, meaning).is_some());
    if knows_them { sum } else { 0 }
}

/// A table that counts the keys of others: which table, which column, and the number.
pub(super) fn numbers(catalogue: &Catalogue) -> Option<Numbers<'_>> {
    let named = |table: &'_ TableFacts, names: &[&str], number: bool| {
        let fits = |column: &ColumnFacts| (column.kind() == ColumnKind::Integer) == number;
        table.columns.iter().position(|column| fits(column) && names.contains(&&*squeezed(&column.name)))
    };
    catalogue.tables.iter().filter(|table| table.visible && table.columns.len() == 3).find_map(|table| {
        let of = named(table, &["tablename", "table"], false)?;
        let column = named(table, &["fieldname", "columnname", "field"], false)?;
        let number = named(table, &["nextid", "lastid", "nextval", "nextvalue"], true)?;
        let name = |at: usize| table.columns[at].name.as_str();
        Some(Numbers { table, of: name(of), column: name(column), number: name(number) })
    })
}

/// A text column that tells kinds of rows apart.
fn kind(table: &TableFacts) -> Option<&ColumnFacts> {
    let named = |column: &&ColumnFacts| matches!(&*squeezed(&column.name), "type" | "kind" | "usertype" | "class");
    table.columns.iter().find(|column| named(column) && column.kind() == ColumnKind::Text)
}

/// The column that points at `target`: by its foreign key, else by its name.
fn pointer<'a>(table: &'a TableFacts, target: &TableFacts, names: &[String]) -> Option<&'a ColumnFacts> {
    let keyed = table.references.iter().find(|to| to.table == target.name && to.schema == target.schema);
    let named = |column: &&ColumnFacts| names.iter().any(|name| *name == squeezed(&column.name));
    let by_name = table.columns.iter().find(named);
    by_name.or_else(|| table.columns.iter().find(|column| keyed.is_some_and(|to| to.column == column.name)))
}

/// What columns that point at a table are called.
fn pointer_names(table: &TableFacts, more: &str) -> Vec<String> {
    let last = words(&table.name).pop().unwrap_or_default();
    [last.as_str(), more]
        .into_iter()
        .filter(|word| !word.is_empty())
        .flat_map(|word| [format!("{word}id"), word.to_owned()])
        .collect()
}

fn addresses<'a>(catalogue: &'a Catalogue, users: &'a TableFacts) -> Option<Addresses<'a>> {
    let mut found: Vec<_> = catalogue.tables.iter().filter_map(|table| of_addresses(table, users)).collect();
    found.sort_by_key(|addresses| addresses.table.columns.len());
    found.into_iter().next()
}

fn of_addresses<'a>(table: &'a TableFacts, users: &'a TableFacts) -> Option<Addresses<'a>> {
    if !words(&table.name).iter().any(|word| matches!(&**word, "email" | "mail")) || std::ptr::eq(table, users) {
        return None;
    }
    let owner = pointer(table, users, &pointer_names(users, "user"))?;
    let text = |column: &&ColumnFacts| column.kind() == ColumnKind::Text;
    let named = |column: &&ColumnFacts| {
        rank(Meaning::Email, &column.name).is_some() || matches!(&*squeezed(&column.name), "address" | "value")
    };
    let address = table.columns.iter().filter(text).find(named)?;
    let flag = |column: &&ColumnFacts| {
        matches!(&*squeezed(&column.name), "isdefault" | "isprimary" | "primary" | "default" | "main" | "ismain")
    };
    Some(Addresses { table, owner, address, first: table.columns.iter().find(flag) })
}

/// The likeliest table of groups, one with members before one without; groups may be among the users.
fn groups<'a>(catalogue: &'a Catalogue, users: &'a TableFacts) -> Option<Groups<'a>> {
    let mut ranked: Vec<_> = catalogue
        .tables
        .iter()
        .filter(|table| !std::ptr::eq(*table, users) && table.schema == users.schema)
        .filter_map(|table| {
            let last = words(&table.name).pop()?;
            let rank = GROUPS.iter().position(|word| *word == last)?;
            let groups =
                Groups { table, name: column(table, Meaning::Name)?, members: members(catalogue, users, table) };
            Some((groups.members.is_none(), rank, table.name.len(), groups))
        })
        .collect();
    ranked.sort_by_key(|(lonely, rank, length, _)| (*lonely, *rank, *length));
    let own = || among_users(catalogue, users);
    match ranked.into_iter().next() {
        Some((false, _, _, groups)) => Some(groups),
        Some((true, _, _, groups)) => own().or(Some(groups)),
        None => own(),
    }
}

/// Groups that are rows of the users' table, told apart by a column.
fn among_users<'a>(catalogue: &'a Catalogue, users: &'a TableFacts) -> Option<Groups<'a>> {
    kind(users)?;
    let members = members(catalogue, users, users)?;
    let name = column(users, Meaning::WholeName).or_else(|| column(users, Meaning::FamilyName))?;
    Some(Groups { table: users, name, members: Some(members) })
}

/// The smallest table that points at both.
fn members<'a>(catalogue: &'a Catalogue, users: &'a TableFacts, groups: &TableFacts) -> Option<Members<'a>> {
    let same = std::ptr::eq(users, groups);
    let group_names = if same { vec!["groupid".to_owned(), "group".to_owned()] } else { pointer_names(groups, "") };
    let mut found: Vec<Members<'a>> = catalogue
        .tables
        .iter()
        .filter(|table| !std::ptr::eq(*table, users) && !std::ptr::eq(*table, groups) && table.columns.len() <= 8)
        .filter_map(|table| {
            let named = |names: &[String]| {
                table.columns.iter().find(|column| names.iter().any(|name| *name == squeezed(&column.name)))
            };
            let mut member_names = pointer_names(users, "user");
            // `member` may be anything, unless the table's own name says whose.
            let said = words(&table.name);
            if [users, groups].iter().all(|side| words(&side.name).last().is_some_and(|last| said.contains(last))) {
                member_names.extend(["memberid".to_owned(), "member".to_owned()]);
            }
            let member = pointer(table, users, &member_names)?;
            let group = if same { named(&group_names)? } else { pointer(table, groups, &group_names)? };
            (group.name != member.name).then_some(Members { table, group, member })
        })
        .collect();
    found.sort_by_key(|members| members.table.columns.len());
    found.into_iter().next()
}
