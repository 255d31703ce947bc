//! Guesses → the text of a mapping. Pure.

use super::attributes::{Rule, can_disable, of_groups, of_users};
use super::calls::calls;
use super::document::text;
use super::fields::fields;
use super::guess::{Guess, Resource};
use super::members::{groups_of_user, members};
use super::reach::{base_url, common_path, credentials};
use crate::cli::init::lines::{Line, harmless, inline, line, put, quoted};

/// The column at which comments begin.
const MARGIN: usize = 72;
/// The longest title that becomes the application's name, in characters.
const TITLE: usize = 60;

/// The mapping.
pub(super) fn mapping(guess: &Guess<'_>) -> String {
    let common = common_path(guess);
    let title = text(guess.document.root("info"), "title").unwrap_or_default();
    let title: String = harmless(title).trim().chars().take(TITLE).collect();
    let title = if title.is_empty() { "My application" } else { &title };
    let mut text = String::from(
        "# A first mapping, guessed from paths, parameters and schemas of the application's OpenAPI document.\n\
         # Look at every line that says `guess`, then run `postern check --live`.\n\n[application]\n",
    );
    put(&mut text, &[line("name", quoted(title), "")]);
    text.push_str("\n[downstream]\n");
    put(&mut text, &[line("kind", quoted("rest"), ""), base_url(guess.document, &common)]);
    match credentials(guess) {
        Ok(lines) => {
            text.push_str("\n[downstream.credentials]\n");
            put(&mut text, &lines);
        }
        Err(why) => text.push_str(&format!("# {why}\n")),
    }
    let membership = guess.groups.as_ref().and_then(|groups| members(guess, groups, &common));
    user(&mut text, guess, &common, membership.as_deref());
    if let Some(groups) = &guess.groups {
        group(&mut text, guess, groups, &common, membership);
    }
    text
}

fn user(text: &mut String, guess: &Guess<'_>, common: &str, membership: Option<&[Line]>) {
    let users = &guess.users;
    let on_user = membership.is_some_and(|lines| lines.iter().any(|line| line.key == "on"));
    let mut lines = vec![key(users)];
    let groups = guess.groups.as_ref().filter(|_| membership.is_some() && !on_user);
    lines.extend(groups.and_then(|groups| groups_of_user(guess, groups)));
    head(text, "User", users, &guess.rivals, &lines);
    let rules = of_users(users);
    body(text, "User", users, (common, &rules));
    supply(text, "User", users, &rules, if on_user { membership.unwrap_or_default() } else { &[] });
    hints(text, "User", users);
    if can_disable(users) {
        text.push_str("\n[User.deprovision]\n");
        put(text, &[line("delete", quoted("disable"), "the careful way; `delete` deletes the record")]);
    } else if users.collection.item.delete.is_none() {
        text.push_str("\n[User.deprovision]\n");
        put(text, &[line("delete", quoted("refuse"), "the document has neither a deletion nor a field that disables")]);
    }
}

fn group(text: &mut String, guess: &Guess<'_>, groups: &Resource<'_>, common: &str, membership: Option<Vec<Line>>) {
    head(text, "Group", groups, &guess.group_rivals, &[key(groups)]);
    let rules = of_groups(groups);
    body(text, "Group", groups, (common, &rules));
    let on_user = membership.as_ref().is_some_and(|lines| lines.iter().any(|line| line.key == "on"));
    supply(text, "Group", groups, &rules, membership.as_deref().filter(|_| !on_user).unwrap_or_default());
    hints(text, "Group", groups);
    match membership {
        Some(lines) => {
            text.push_str("\n[Group.members]\n");
            put(text, &lines);
        }
        None => text
            .push_str("\n# Nothing was found that says who is a member: write [Group.members], or leave groups out.\n"),
    }
}

fn head(text: &mut String, resource: &str, found: &Resource<'_>, rivals: &[&str], lines: &[Line]) {
    let names = |path: &&str| format!("`{}`", harmless(path));
    let rivals: Vec<String> = rivals.iter().map(names).collect();
    let rivals = if rivals.is_empty() { String::new() } else { format!("; or {}?", rivals.join(", ")) };
    let path = harmless(found.collection.path);
    text.push_str(&format!("\n{:<MARGIN$} # guess: `{path}`, by its names{rivals}\n", format!("[{resource}]")));
    put(text, lines);
}

fn key(resource: &Resource<'_>) -> Line {
    let key = &resource.key;
    let note = match (key.name, key.is_address) {
        (None, _) => "the document does not say where the key is in a record",
        (Some(_), true) => "the last segment of an address",
        (Some(_), false) => "by its name",
    };
    let path = quoted(&key.path);
    let value = if key.is_address { inline(&[("field", path), ("type", quoted("address"))]) } else { path };
    line("key", value, note)
}

fn body(text: &mut String, resource: &str, found: &Resource<'_>, (common, rules): (&str, &[Rule])) {
    let (lines, finds) = calls(found, common, rules);
    text.push_str(&format!("\n[{resource}.calls]\n"));
    put(text, &lines);
    finds.iter().for_each(|find| put(text, std::slice::from_ref(find)));
    text.push_str(&format!("\n[{resource}.attributes]\n"));
    put(text, &rules.iter().map(|rule| rule.line.clone()).collect::<Vec<_>>());
}

fn supply(text: &mut String, resource: &str, found: &Resource<'_>, rules: &[Rule], members: &[Line]) {
    let (lines, comments) = fields(found, rules, members);
    if lines.is_empty() && comments.is_empty() {
        return;
    }
    text.push_str(&format!("\n[{resource}.fields]\n"));
    put(text, &lines);
    comments.iter().for_each(|comment| text.push_str(&format!("# {comment}\n")));
}

/// What no document tells, with what to write.
fn hints(text: &mut String, resource: &str, found: &Resource<'_>) {
    if found.collection.create.is_none_or(|create| create.may_answer("409")) {
        return;
    }
    let head = format!("# [[{resource}.errors]]");
    text.push_str(&format!(
        "\n{head:<MARGIN$} # how it says that a name is taken, where not by a 409\n\
         # status  = 400\n# matches = {{ path = \"$.errors[*]\", text = \"already\" }}\n# means   = \"uniqueness\"\n"
    ));
}
