//! Guesses → the text of a mapping. Pure.

use super::columns::{fields, of_another_kind, of_users, times};
use super::guess::{Groups, Guess, Numbers, column, numbers};
use crate::cli::init::lines::{Line, key_of, line, put, quoted};
use crate::cli::init::words::Meaning;
use crate::downstream::{ColumnFacts, ColumnKind, TableFacts};

/// The mapping. The address may hold a password: only one of a file is repeated.
pub(super) fn mapping(guess: &Guess<'_>, url: &str) -> String {
    let mut text = String::from(
        "# A first mapping, guessed from names, types and keys of the database's own catalogue.\n\
         # Look at every line that says `guess`, then run `postern check --live`.\n\n\
         [application]\nname = \"My application\"\n\n[downstream]\nkind = \"sql\"\n",
    );
    match url.strip_prefix("sqlite:") {
        Some(_) => text.push_str(&format!("url  = {}\n", quoted(url))),
        None => text.push_str("url  = { env = \"DATABASE_URL\" }\n"),
    }
    if url.starts_with("odbc:") {
        put(&mut text, &[line("dialect", quoted("ansi"), "say what the database speaks")]);
    }
    user(&mut text, guess);
    if let Some(groups) = &guess.groups {
        group(&mut text, guess, groups);
    }
    text
}

fn user(text: &mut String, guess: &Guess<'_>) {
    let users = guess.users;
    let rivals = match &*guess.rivals {
        [] => String::new(),
        rivals => format!("; or `{}`?", rivals.join("`, `")),
    };
    head(text, guess, ("User", users), &format!("by its name and columns{rivals}"));
    if let Some(kind) = guess.kind {
        let value = format!("{{ {} = \"User\" }}", key_of(&kind.name));
        put(text, &[line("where", value, "it tells users from groups; look its values up")]);
    }
    let own = column(users, Meaning::Email).map(|column| (column.name.clone(), column));
    let email = own.or_else(|| {
        let addresses = guess.addresses.as_ref()?;
        Some((format!("mail.{}", addresses.address.name), addresses.address))
    });
    if let Some(addresses) = &guess.addresses {
        text.push_str("\n[User.related.mail]\n");
        let key = users.key().unwrap_or("id");
        let mut lines = vec![
            line("table", quoted(&name(addresses.table)), "by its name"),
            line("on", format!("{{ {} = {} }}", key_of(&addresses.owner.name), quoted(key)), ""),
        ];
        lines.extend(
            addresses
                .first
                .map(|first| line("where", format!("{{ {} = true }}", key_of(&first.name)), "the address that counts")),
        );
        put(text, &lines);
    }
    text.push_str("\n[User.attributes]\n");
    let rules = of_users(users, email.as_ref().map(|(field, column)| (field.as_str(), *column)));
    put(text, &rules);
    let mut fed = fed(users, &rules);
    fed.extend(guess.kind.map(|kind| kind.name.as_str()));
    let mut supplied = fields(users, "", &fed);
    if let Some(addresses) = &guess.addresses {
        let mut fed = vec![addresses.owner.name.as_str(), addresses.address.name.as_str()];
        fed.extend(addresses.first.map(|first| first.name.as_str()));
        supplied.extend(fields(addresses.table, "mail.", &fed));
    }
    supply(text, "User", &supplied);
    let mut known = vec![users.name.as_str()];
    known.extend(guess.addresses.as_ref().map(|addresses| addresses.table.name.as_str()));
    let safe = rules.iter().any(|rule| rule.key == "active");
    end(text, "User", guess, users, safe, &known);
}

fn group(text: &mut String, guess: &Guess<'_>, groups: &Groups<'_>) {
    let shared = std::ptr::eq(groups.table, guess.users);
    head(text, guess, ("Group", groups.table), if shared { "groups are kept among the users" } else { "by its name" });
    let kind = guess.kind.filter(|_| shared);
    if let Some(kind) = kind {
        put(text, &[line("where", format!("{{ {} = \"Group\" }}", key_of(&kind.name)), "look its values up")]);
    }
    text.push_str("\n[Group.attributes]\n");
    let mut rules =
        vec![line("displayName", super::columns::rule(&groups.name.name, groups.name, &["match = 1"]), "by its name")];
    rules.extend(times(groups.table));
    put(text, &rules);
    let mut fed = vec![groups.name.name.as_str()];
    fed.extend(kind.map(|kind| kind.name.as_str()));
    fed.extend(groups.table.key());
    // What a password column holds by itself does for a group.
    let password = column(groups.table, Meaning::Password).filter(|column| column.filled);
    fed.extend(password.map(|column| column.name.as_str()));
    let mut supplied = if shared { of_another_kind(groups.table) } else { Vec::new() };
    supplied
        .extend(fields(groups.table, "", &fed).into_iter().filter(|line| !supplied.contains(line)).collect::<Vec<_>>());
    supply(text, "Group", &supplied);
    match &groups.members {
        Some(members) => {
            text.push_str("\n[Group.members]\n");
            let mut lines = vec![
                line("table", quoted(&name(members.table)), "it points at both"),
                line("group", quoted(&members.group.name), ""),
                line("member", quoted(&members.member.name), ""),
            ];
            let mut fed = vec![members.group.name.as_str(), members.member.name.as_str()];
            let number = |column: &&ColumnFacts| {
                Some(&*column.name) == members.table.key() && !column.filled && column.kind() == ColumnKind::Integer
            };
            let key = members.table.columns.iter().find(number).filter(|column| !fed.contains(&&*column.name));
            if let Some((key, numbers)) = key.zip(numbers(guess.catalogue)) {
                lines.extend([line("key", quoted(&key.name), ""), counted_in(&numbers, members.table, &key.name)]);
                fed.push(&key.name);
            }
            put(text, &lines);
            let more = fields(members.table, "", &fed);
            if !more.is_empty() {
                text.push_str("\n[Group.members.fields]\n");
                put(text, &more.into_iter().map(of_membership).collect::<Vec<_>>());
            }
        }
        None => text.push_str(
            "\n# No table was found that says who is a member: write [Group.members], or leave groups out.\n",
        ),
    }
    if !shared {
        let table = groups.members.as_ref().map(|members| members.table.name.as_str());
        let known: Vec<&str> = table.into_iter().chain([groups.table.name.as_str()]).collect();
        end(text, "Group", guess, groups.table, false, &known);
    }
}

/// A membership is made once, so nothing needs to be said about when.
fn of_membership(line: Line) -> Line {
    Line { value: line.value.replace(", apply = \"create\"", ""), ..line }
}

fn head(text: &mut String, guess: &Guess<'_>, (resource, table): (&str, &TableFacts), why: &str) {
    text.push_str(&format!("\n[{resource}]\n"));
    let key = table.key().unwrap_or("id");
    let column = table.columns.iter().find(|column| Some(&*column.name) == table.key());
    let by_us = column.is_some_and(|column| !column.filled);
    let text_key = column.is_some_and(|column| matches!(column.kind(), ColumnKind::Text | ColumnKind::Uuid));
    let counted = numbers(guess.catalogue).filter(|_| by_us && !text_key);
    let source = match (column, by_us && !text_key && counted.is_none()) {
        (None, _) => "no primary key was found",
        (_, true) => "nothing in the database makes it: see where the application's own come from",
        _ => "",
    };
    let mut lines = vec![line("table", quoted(&name(table)), why), line("key", quoted(key), source)];
    if by_us && text_key {
        lines.push(line("key_from", "\"uuid\"", "nothing in the database makes the key"));
    }
    lines.extend(counted.map(|numbers| counted_in(&numbers, table, key)));
    put(text, &lines);
}

/// `key_from`, in a table of numbers. Which number it holds the catalogue does not say.
fn counted_in(numbers: &Numbers<'_>, table: &TableFacts, key: &str) -> Line {
    let Numbers { table: own, of, column, number } = numbers;
    let row = format!("{} = {}, {} = {}", key_of(of), quoted(&table.name), key_of(column), quoted(key));
    let value = format!("{{ table = {}, column = {}, where = {{ {row} }} }}", quoted(&name(own)), quoted(number));
    line("key_from", value, "the key given last; `holds = \"next\"` where it is the one to come")
}

/// A table with its schema where it is not found without.
fn name(table: &TableFacts) -> String {
    if table.visible { table.name.clone() } else { format!("{}.{}", table.schema, table.name) }
}

/// The columns that rules write; those of `meta` are only read.
fn fed<'a>(table: &'a TableFacts, rules: &[Line]) -> Vec<&'a str> {
    let written = rules.iter().filter(|rule| !rule.key.contains("meta."));
    let values: Vec<&str> = written.map(|rule| rule.value.as_str()).collect();
    let names = |column: &&ColumnFacts| {
        let field = quoted(&column.name);
        values.iter().any(|value| *value == field || value.contains(&format!("field = {field}")))
    };
    table.columns.iter().filter(names).map(|column| column.name.as_str()).chain(table.key()).collect()
}

fn supply(text: &mut String, resource: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    text.push_str(&format!("\n[{resource}.fields]\n"));
    put(text, lines);
}

/// What the end of a resource does, and what would be in its way.
fn end(text: &mut String, resource: &str, guess: &Guess<'_>, table: &TableFacts, disable: bool, known: &[&str]) {
    let members = guess.groups.as_ref().and_then(|groups| groups.members.as_ref()).map(|members| &*members.table.name);
    let hanging: Vec<String> = guess
        .catalogue
        .tables
        .iter()
        .filter(|other| !known.contains(&&*other.name) && members != Some(&*other.name))
        .flat_map(|other| other.references.iter().map(move |to| (other, to)))
        .filter(|(_, to)| to.table == table.name && to.schema == table.schema && !to.yields)
        .map(|(other, to)| format!("#     \"DELETE FROM {} WHERE {} = :key\",\n", name(other), to.column))
        .collect();
    if !disable && hanging.is_empty() {
        return;
    }
    text.push_str(&format!("\n[{resource}.deprovision]\n"));
    if disable {
        put(text, &[line("delete", "\"disable\"", "the careful way; `delete` deletes the row")]);
    }
    if !hanging.is_empty() {
        text.push_str("# before_delete = [                                  # rows that keep one from being deleted\n");
        hanging.iter().for_each(|line| text.push_str(line));
        text.push_str("# ]\n");
    }
}
