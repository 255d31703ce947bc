//! A mapping table as Entra exports it (`synchronizationSchema`, JSON).

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, SourceFile, Span};
use crate::value::Value;

use super::{Apply, Flavour, MappingTable, Row, Scope, Source, compile};
use crate::rehearse::entra::schema::{self, AttributeMapping, ObjectMapping};
use crate::rehearse::entra::target::Target;

pub(super) fn read(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<MappingTable> {
    let schema = match schema::read(file.text.as_bytes()) {
        Ok(schema) => schema,
        Err(why) => {
            let span = Span::new(file, 0..0);
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &span, why));
            return None;
        }
    };
    let of = |resource: &str| {
        let mut found = schema.objects.iter().filter(|object| object.resource() == Some(resource));
        found.find(|object| object.enabled != Some(false))
    };
    let (users, groups) = (of("User"), of("Group"));
    let deletes = users.and_then(|users| users.flow_types.as_deref()).is_none_or(|flows| flows.contains("Delete"));
    Some(MappingTable {
        flavour: Flavour::Classic,
        scope: Scope::Assigned,
        skip_out_of_scope_deletions: false,
        deletes,
        users: rows(users, "User", file, problems),
        groups: rows(groups, "Group", file, problems),
    })
}

fn rows(object: Option<&ObjectMapping>, resource: &str, file: &Arc<SourceFile>, problems: &mut Problems) -> Vec<Row> {
    let mappings = object.and_then(|object| object.attribute_mappings.as_deref()).unwrap_or_default();
    mappings.iter().filter_map(|mapping| row(mapping, resource, file, problems)).collect()
}

fn row(mapping: &AttributeMapping, resource: &str, file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Row> {
    let name = mapping.target_attribute_name.as_deref().unwrap_or_default();
    let Some(target) = Target::parse(name, resource) else {
        let message = format!("{resource}: `{name}` is no target attribute");
        problems.push(Diagnostic::error(Code::BAD_PATH, &place(file, name), message));
        return None;
    };
    let multi = matches!(mapping.flow_type.as_deref(), Some("MultiValueAddOnly"));
    let source = if is_reference(target.attribute()) {
        Source::Reference(target.attribute().to_owned())
    } else {
        let text = mapping.source.as_ref().map(|source| match source.kind.as_deref() {
            Some("Constant") => format!("\"{}\"", source.name.as_deref().unwrap_or_default().replace('"', "\"\"")),
            _ => source.shown(),
        });
        let text = text.unwrap_or_default();
        Source::Value(Box::new(compile(&text, &place(file, &text), problems)?))
    };
    Some(Row {
        source,
        matching: mapping.matching_priority.and_then(|at| u64::try_from(at).ok()).filter(|at| *at > 0),
        default: mapping.default_value.as_deref().filter(|text| !text.is_empty()).map(Value::from),
        apply: if mapping.flow_type.as_deref() == Some("ObjectAddOnly") { Apply::Create } else { Apply::Always },
        multi,
        target,
    })
}

/// What Entra's own metadata calls a reference among the SCIM attributes.
fn is_reference(attribute: &str) -> bool {
    ["manager", "members"].iter().any(|name| attribute.eq_ignore_ascii_case(name))
}

/// Where a text stands in the file, as far as it does so unescaped.
fn place(file: &Arc<SourceFile>, text: &str) -> Span {
    let quoted = format!("\"{text}\"");
    let at = file.text.find(&quoted);
    at.map_or_else(|| Span::new(file, 0..0), |at| Span::new(file, at..at + quoted.len()))
}
