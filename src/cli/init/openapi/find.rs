//! `[User.calls] find`: how somebody is looked up. Pure.

use super::attributes::Rule;
use super::calls::{Target, at_place, items, required, target, with_query};
use super::guess::Resource;
use super::operation::Operation;
use super::paging::Pages;
use crate::cli::init::lines::{Line, inline, line, quoted};
use crate::cli::init::words::squeezed;

/// Parameters that search in many fields at once, likeliest first.
const SEARCHES: &[&str] =
    &["search", "searchterm", "searchtext", "searchstring", "query", "q", "term", "keyword", "keywords", "name"];

/// `find.userName`: by a parameter of the field's name, by one that searches, or over all.
pub(super) fn find_line(
    resource: &Resource<'_>,
    (list, paged): (&Target, &Pages),
    rule: &Rule,
    common: &str,
) -> Option<Line> {
    let name = rule.looked_up.as_deref()?;
    let key = format!("find.{}", rule.line.key);
    if resource.key.name == Some(name) && !resource.key.is_address && resource.key.path == rule.field {
        let path = target(&resource.collection.item.call.replace("{key}", "{value}"), common).path;
        let mut parts = vec![("get", quoted(&path))];
        parts.extend(at_place(&resource.place));
        return Some(line(key, inline(&parts), "the key is what is looked up"));
    }
    let operation = resource.collection.list?;
    let (mut query, _) = required(operation, &paged.query);
    let (found, note) = by_parameter(operation, name);
    query.splice(0..0, found.map(|parameter| (parameter, "{value}".to_owned())));
    let total = paged.asks_total.as_ref();
    query.extend(paged.query.iter().filter(|(name, _)| Some(name) != total).cloned());
    let mut parts = with_query(vec![("get", quoted(&list.path))], &query);
    parts.push(("items", quoted(&items(resource).0)));
    parts.extend(paged.value(false).map(|page| ("page", page)));
    Some(line(key, inline(&parts), note))
}

/// The parameter by which a field is looked up.
fn by_parameter(operation: Operation<'_>, field: &str) -> (Option<String>, String) {
    let query = operation.query();
    let name = squeezed(field);
    // An account is found whatever the case, so a parameter that says so comes first.
    let anyhow = query.iter().find(|p| p.name.to_lowercase() == format!("{}__iexact", field.to_lowercase()));
    let exact = || query.iter().find(|parameter| squeezed(parameter.name) == name);
    if let Some(parameter) = anyhow.or_else(exact) {
        return (Some(parameter.name.to_owned()), "by the parameter of that name".to_owned());
    }
    let within = [format!("filter[{field}]"), format!("filter.{field}"), format!("filter[{field}][eq]")];
    if let Some(parameter) = query.iter().find(|parameter| within.iter().any(|name| name == parameter.name)) {
        return (Some(parameter.name.to_owned()), "by the parameter of that name".to_owned());
    }
    let deep = query.iter().filter(|parameter| parameter.is_deep).find_map(|parameter| {
        let property = parameter.schema.property(field)?;
        let compares =
            property.properties().iter().map(|one| one.name).find(|one| matches!(*one, "eq" | "_eq" | "$eq"));
        Some(format!("{}[{field}]{}", parameter.name, compares.map(|eq| format!("[{eq}]")).unwrap_or_default()))
    });
    if let Some(parameter) = deep {
        return (Some(parameter), "by the parameter of that name".to_owned());
    }
    let search = SEARCHES.iter().find_map(|name| query.iter().find(|parameter| squeezed(parameter.name) == *name));
    match search {
        Some(parameter) => {
            let note = "a search, and what it finds is compared once more; see that it finds whole values";
            (Some(parameter.name.to_owned()), note.to_owned())
        }
        None => (
            None,
            "all are read, since no parameter is one of the field; a `query` with `{value}` is better".to_owned(),
        ),
    }
}
