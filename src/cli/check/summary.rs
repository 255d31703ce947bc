//! What a mapping that is right does with each attribute, so that nobody is surprised later.

use crate::mapping::{Class, Delete, ResourceMapping, TokenSource};
use crate::plan::Membership;

use super::super::assemble::Bound;

/// The lines for one tenant.
pub(super) fn lines(tenant: &str, bound: &Bound) -> Vec<String> {
    let mut lines = vec![format!("tenant `{tenant}`: {}", bound.mapping.application)];
    lines.extend(bound.mapping.token.as_ref().map(tokens));
    for resource in &bound.mapping.resources {
        lines.push(format!("  {} at {}", resource.kind.name, resource.kind.endpoint));
        lines.extend(resource.rules.iter().map(|rule| {
            let nature = rule.nature();
            line(&rule.slot.to_string(), nature.class, &nature.reason)
        }));
        lines.extend(resource.open.iter().map(|rule| line(&rule.label(), rule.nature().class, &rule.nature().reason)));
        if !resource.stores_external_id() {
            lines.push(line("externalId", Class::Exact, "kept by the gateway"));
        }
        if resource.has_members() {
            lines.push(members(resource, bound));
        }
        lines.push(format!("    DELETE {}", end_of(resource)));
    }
    lines
}

/// How tokens of the application are known.
fn tokens(source: &TokenSource) -> String {
    let mut parts = vec![format!("believed for {} s", source.kept.as_secs())];
    if !source.require.is_empty() {
        let names: Vec<&str> = source.require.iter().map(|(field, _)| field.as_str()).collect();
        parts.push(format!("must hold: {}", names.join(", ")));
    }
    if !source.values.is_empty() {
        let names: Vec<_> = source.values.iter().map(|(name, _)| format!("{{token.{name}}}")).collect();
        parts.push(format!("gives: {}", names.join(", ")));
    }
    format!("  bearer tokens are looked up in the application; {}", parts.join("; "))
}

fn line(attribute: &str, class: Class, reason: &str) -> String {
    format!("    {attribute:<44} {:<10} {reason}", class.as_str()).trim_end().to_owned()
}

fn members(resource: &ResourceMapping, bound: &Bound) -> String {
    let reason = match bound.downstream.capabilities(&resource.kind.name).membership {
        Membership::Delta => "added and removed one by one",
        Membership::WholeList => "each change writes the whole list",
        Membership::None => return line("members", Class::ReadOnly, "nothing says how to change them"),
    };
    match resource.members.as_slice() {
        [_] => line("members", Class::Exact, reason),
        types => line("members", Class::Exact, &format!("{}: {reason}", types.join(", "))),
    }
}

const fn end_of(resource: &ResourceMapping) -> &'static str {
    match resource.deprovision.delete {
        Delete::Delete => "deletes the record",
        Delete::Disable => "disables the record, as `active = false` does, and gives its id up",
        Delete::Acknowledge => "leaves the record alone and gives its id up",
        Delete::Refuse => "is refused",
    }
}
