//! `[Group.members]` and `groups` of a user: who is a member of what, and the calls that change it. Pure.
//!
//! In this order: what lies below a group's path, the one group that a user's record names, a list in the
//! group's record, a list in the user's record.

use super::below::{Below, below};
use super::calls::{joined, target, with_query};
use super::envelope::{list_in, step};
use super::guess::{Guess, Resource};
use super::operation::Operation;
use super::paging::pages;
use super::record::Field;
use super::schema::{Kind, Schema};
use crate::cli::init::lines::{Line, inline, line, quoted};
use crate::cli::init::words::{Meaning, USERS, squeezed, words};

/// The lines of `[Group.members]`; `None` when nothing says who is a member.
pub(super) fn members(guess: &Guess<'_>, groups: &Resource<'_>, common: &str) -> Option<Vec<Line>> {
    of_calls(guess, groups, &below(guess, groups, common))
        .or_else(|| one_group(guess, groups, common))
        .or_else(|| in_group(guess, groups, common))
        .or_else(|| several_groups(guess, groups, common))
}

/// Members by calls below the group's path.
fn of_calls(guess: &Guess<'_>, groups: &Resource<'_>, below: &Below<'_>) -> Option<Vec<Line>> {
    let (list, note) = match below.list {
        Some(list) => listed_by(guess, list, &below.path, below.named.as_deref())?,
        None => (in_record(guess, groups)?.0, String::new()),
    };
    let list = line("list", list, note);
    let (Some(add), Some(remove)) = (&below.add, &below.remove) else {
        return Some(vec![list, below.replace.as_ref()?.line("replace", false)]);
    };
    let named = below.named.as_ref();
    let mut lines: Vec<Line> =
        named.map(|path| line("named", quoted(path), "what the calls call a member")).into_iter().collect();
    lines.extend([list, add.line("add", named.is_some()), remove.line("remove", named.is_some())]);
    Some(lines)
}

/// `list = { get = "/groups/{key}/users", items = … , field = "$.id" }`.
fn listed_by(guess: &Guess<'_>, list: Operation<'_>, path: &str, named: Option<&str>) -> Option<(String, String)> {
    let listed = list.answer().and_then(|answer| list_in(answer, "users"));
    let (items, element) = match &listed {
        Some(listed) => (listed.path.clone(), Some(listed.element)),
        None => ("$[*]".to_owned(), None),
    };
    let mut parts = vec![("get", quoted(path)), ("items", quoted(&items))];
    let mut note = if listed.is_none() { "where in the answer the members are the document does not say" } else { "" };
    let key = element.map_or_else(|| Some("$.id".to_owned()), |element| key_in(guess, element));
    let name = named.filter(|_| element.is_some()).and_then(|named| {
        let field = guess.users.record.fields.iter().find(|field| field.path == named)?;
        let step = step(element?.properties().iter().find(|property| property.name == field.name)?.name)?;
        Some(format!("${step}"))
    });
    match (key, name) {
        (Some(key), None) => parts.push(("field", quoted(&key))),
        (Some(key), Some(name)) => parts.extend([("field", quoted(&key)), ("name", quoted(&name))]),
        (None, Some(name)) => parts.push(("name", quoted(&name))),
        (None, None) => {
            parts.push(("field", quoted("$.id")));
            note = "where in an element the member's key is";
        }
    }
    let pages = pages(list, None);
    parts.extend(pages.value(true).map(|page| ("page", page)));
    let unsaid = if pages.value(true).is_none() { "" } else { &pages.note };
    Some((inline(&parts), joined(&[note, unsaid])))
}

/// Where in an element that speaks of a user the user's key is: `$.id`, `$.user_id`, `$.user.id`, or `$`.
fn key_in(guess: &Guess<'_>, element: Schema<'_>) -> Option<String> {
    if element.kind() != Kind::Object {
        return Some("$".to_owned());
    }
    let key = guess.users.key.name.filter(|_| !guess.users.key.is_address).unwrap_or("id");
    let properties = element.properties();
    let of = |names: &[String]| {
        let found = names.iter().find_map(|name| properties.iter().find(|one| squeezed(one.name) == *name))?;
        Some((*found, step(found.name)?))
    };
    let user = words(guess.users.collection.name).pop().unwrap_or_default();
    let outer = [format!("{user}{}", squeezed(key)), format!("{user}id"), "memberid".to_owned()];
    if let Some((_, step)) = of(&outer).filter(|(found, _)| found.schema.kind() != Kind::Object) {
        return Some(format!("${step}"));
    }
    if let Some((found, before)) = of(&[user, "user".to_owned(), "member".to_owned()]) {
        let inner = found.schema.properties();
        let inner = inner.iter().find(|property| property.name == key).and_then(|property| step(property.name));
        return Some(inner.map_or_else(|| format!("${before}"), |inner| format!("${before}{inner}")));
    }
    let own = properties.iter().find(|property| property.name == key && !guess.users.key.is_address)?;
    Some(format!("${}", step(own.name)?))
}

/// The list of users in a group's record, with its name there.
fn in_record<'a>(guess: &Guess<'_>, groups: &'a Resource<'_>) -> Option<(String, &'a Field<'a>)> {
    let is_list = |field: &&Field<'_>| {
        let last = words(field.name).pop().unwrap_or_default();
        field.schema.kind() == Kind::List
            && field.shown
            && (USERS.contains(&&*last) || Some(last) == words(guess.users.collection.name).pop())
    };
    let field = groups.record.fields.iter().find(is_list)?;
    let inner = field.schema.items().and_then(|element| key_in(guess, element))?;
    let inner = inner.strip_prefix('$').unwrap_or_default();
    Some((inline(&[("field", quoted(&format!("{}[*]{inner}", field.path)))]), field))
}

/// Members as a list in the group's record, which is written as a whole.
fn in_group(guess: &Guess<'_>, groups: &Resource<'_>, common: &str) -> Option<Vec<Line>> {
    let (list, field) = in_record(guess, groups)?;
    let update = groups.collection.item.update.filter(|update| update.method == "patch" && field.changed)?;
    let of_objects = field.schema.items().is_some_and(|element| element.kind() == Kind::Object);
    // Objects in a list cannot be written from keys alone.
    if of_objects || field.path.matches('.').count() > 1 {
        return None;
    }
    let body = inline(&[(field.name, quoted("{members}"))]);
    let path = target(&groups.collection.item.call, common).path;
    let replace = inline(&[(update.method, quoted(&path)), ("json", body)]);
    let note = "the whole list is written";
    Some(vec![line("list", list, "by its name"), line("replace", replace, note)])
}

/// What of a user's record names groups: by the name of their collection.
fn pointer<'a>(guess: &'a Guess<'_>, groups: &Resource<'_>, list: bool) -> Option<&'a Field<'a>> {
    let group = words(groups.collection.name).pop()?;
    let fits = |field: &&Field<'_>| {
        let mut own = words(field.name);
        own.retain(|word| !matches!(&**word, "id" | "uuid" | "primary" | "default"));
        own == [group.clone()] && (field.schema.kind() == Kind::List) == list
    };
    guess.users.record.fields.iter().find(|field| fits(field))
}

/// A user has one group, named in the user's record.
fn one_group(guess: &Guess<'_>, groups: &Resource<'_>, common: &str) -> Option<Vec<Line>> {
    let field = pointer(guess, groups, false).filter(|_| guess.users.collection.item.update.is_some())?;
    let plain = matches!(field.schema.kind(), Kind::Text | Kind::Integer | Kind::Unknown);
    if !plain || !field.shown || !field.changed || !field.schema.words().is_empty() {
        return None;
    }
    let mut lines = vec![
        line("on", quoted("user"), "a user has one, or none"),
        line("field", quoted(&field.path), "by its name"),
        line("further", quoted("refuse"), "`replace` lets one who is added to a further group leave the former"),
    ];
    lines.extend(filtered(guess, field, common));
    Some(lines)
}

/// A user's record lists the groups.
fn several_groups(guess: &Guess<'_>, groups: &Resource<'_>, common: &str) -> Option<Vec<Line>> {
    let field = pointer(guess, groups, true).filter(|field| field.shown && field.changed)?;
    guess.users.collection.item.update?;
    let place = element_of(groups, field)?;
    let mut lines = vec![
        line("on", quoted("user"), "each user's record lists the groups"),
        line("field", quoted(&place), "by its name"),
    ];
    lines.extend(filtered(guess, field, common));
    Some(lines)
}

/// Where in a user's list of groups their keys are.
fn element_of(groups: &Resource<'_>, field: &Field<'_>) -> Option<String> {
    let element = field.schema.items()?;
    if element.kind() != Kind::Object {
        return Some(format!("{}[*]", field.path));
    }
    let key = groups.key.name.filter(|_| !groups.key.is_address)?;
    let property = element.properties().into_iter().find(|property| property.name == key)?;
    Some(format!("{}[*]{}", field.path, step(property.name)?))
}

/// `list`: the users of a group by a parameter of the field's name.
fn filtered(guess: &Guess<'_>, field: &Field<'_>, common: &str) -> Option<Line> {
    let users = &guess.users;
    let list = users.collection.list?;
    let listed = users.collection.listed.as_ref()?;
    let name = list.query().into_iter().find(|parameter| squeezed(parameter.name) == squeezed(field.name))?.name;
    let pages = pages(list, users.key.name);
    let mut parts = with_query(
        vec![("get", quoted(&target(&users.collection.call, common).path))],
        &[(name.to_owned(), "{key}".to_owned())],
    );
    parts.extend([("items", quoted(&listed.path)), ("field", quoted(&users.key.path))]);
    parts.extend(pages.value(false).map(|page| ("page", page)));
    Some(line("list", inline(&parts), "by the parameter of that name"))
}

/// `groups = { field = "$.groups[*].id" }`: where a user's record tells the groups, which nobody writes there.
pub(super) fn groups_of_user(guess: &Guess<'_>, groups: &Resource<'_>) -> Option<Line> {
    let field = pointer(guess, groups, true).filter(|field| field.shown)?;
    if let Some(place) = element_of(groups, field) {
        return Some(line("groups", inline(&[("field", quoted(&place))]), "by its name"));
    }
    let name = groups.record.field(Meaning::Name)?;
    let element = field.schema.items()?.properties().into_iter().find(|property| property.name == name.name)?;
    let place = format!("{}[*]{}", field.path, step(element.name)?);
    Some(line("groups", inline(&[("name", quoted(&place)), ("named", quoted(&name.path))]), "by its name"))
}
