//! One attribute as its rules really treat it: what clients may write, must send, read back, and in
//! which words.

use crate::mapping::{Apply, Read, Rule, Write, is_text};
use crate::scim::{Attribute, AttributeType, Mutability, Returned, Uniqueness};

/// The attribute with those of its parts that rules are about.
pub(super) fn cut_attribute(attribute: &Attribute, rules: &[&Rule]) -> Attribute {
    let mut told = attribute.clone();
    access(&mut told, rules);
    if rules.iter().all(|rule| rule.slot.path.sub.is_some()) {
        let only = selects_one(rules);
        told.sub_attributes.retain_mut(|sub| {
            let about: Vec<&Rule> =
                rules.iter().copied().filter(|rule| rule.slot.path.sub.as_deref() == Some(&*sub.name)).collect();
            let selected = selected_values(rules, &sub.name);
            if !about.is_empty() {
                narrow(sub, &about, only);
            } else if rules.iter().all(|rule| rule.slot.selector.is_some()) && !selected.is_empty() {
                // No other element has a place.
                sub.canonical_values.clone_from(&selected);
            }
            let reference = &*sub.name == "$ref" && rules.iter().any(|rule| rule.references.is_some());
            !about.is_empty() || !selected.is_empty() || reference
        });
        // Without the part there is no attribute: an element of a list is required only if it is there.
        told.required |= rules.iter().any(|rule| rule.list.is_none() && is_required(rule));
        add_reference(&mut told, rules);
    } else {
        narrow(&mut told, rules, false);
    }
    told
}

/// True when a resource without a value is refused.
pub(super) fn is_required(rule: &Rule) -> bool {
    rule.required && rule.default.is_none()
}

/// True when all rules are about one element of a list, `emails[type eq "work"]`: no other has a place.
fn selects_one(rules: &[&Rule]) -> bool {
    let first = rules.first().and_then(|rule| rule.slot.selector.as_ref());
    first.is_some() && rules.iter().all(|rule| rule.slot.selector.as_ref() == first)
}

/// `only` says that the rules' selectors leave one element, so that what each requires of it is required.
fn narrow(attribute: &mut Attribute, rules: &[&Rule], only: bool) {
    access(attribute, rules);
    attribute.required |= rules.iter().any(|rule| (only || rule.slot.selector.is_none()) && is_required(rule));
    if is_text(attribute.kind) {
        // An id is always compared as it is.
        attribute.case_exact = rules.iter().all(|rule| rule.case_exact || rule.references.is_some());
    }
    attribute.uniqueness = match (rules.iter().any(|rule| rule.unique), attribute.uniqueness) {
        (true, Uniqueness::None) => Uniqueness::Server,
        (false, Uniqueness::Server) => Uniqueness::None,
        (_, told) => told,
    };
    if let [first, others @ ..] = rules
        && !first.one_of.is_empty()
        && others.iter().all(|rule| !rule.one_of.is_empty())
    {
        attribute.canonical_values.clear();
        for word in rules.iter().flat_map(|rule| &rule.one_of) {
            if !attribute.canonical_values.contains(word) {
                attribute.canonical_values.push(word.clone());
            }
        }
    }
    if attribute.kind == AttributeType::Reference
        && let Some(target) = rules.iter().find_map(|rule| rule.references.as_ref())
    {
        attribute.reference_types = vec![target.to_string()];
    }
    if let Some(most) = rules.iter().filter_map(|rule| rule.max_length).min() {
        let bound = format!("at most {most} characters");
        let description = &mut attribute.description;
        *description = if description.is_empty() { bound } else { format!("{description}; {bound}") };
    }
}

/// What no rule writes is readOnly, what is written only when the resource is made is immutable;
/// what no rule reads is never returned.
fn access(attribute: &mut Attribute, rules: &[&Rule]) {
    if rules.is_empty() || attribute.mutability == Mutability::ReadOnly {
        return;
    }
    let writes = |rule: &&Rule| !matches!(rule.write, Write::Never | Write::Constant(_));
    if !rules.iter().any(writes) {
        attribute.mutability = Mutability::ReadOnly;
    } else if rules.iter().all(|rule| matches!(rule.read, Read::Never)) {
        attribute.mutability = Mutability::WriteOnly;
        attribute.returned = Returned::Never;
    } else if rules.iter().filter(|rule| writes(rule)).all(|rule| rule.apply == Apply::Create) {
        attribute.mutability = Mutability::Immutable;
    }
}

/// The words by which selectors choose elements: `work` of `type eq "work"`.
fn selected_values(rules: &[&Rule], sub: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (name, value) in rules.iter().filter_map(|rule| rule.slot.selector.as_ref()).flat_map(|s| &s.equals) {
        let word = value.to_text();
        if &**name == sub && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Beside the id of another resource its address is answered, whether the schema has a word for it
/// or not.
fn add_reference(told: &mut Attribute, rules: &[&Rule]) {
    let of_value = |rule: &&&Rule| rule.slot.path.sub.as_deref() == Some("value");
    let Some(target) = rules.iter().filter(of_value).find_map(|rule| rule.references.as_ref()) else { return };
    if told.sub_attribute("$ref").is_none() {
        let address = Attribute::new("$ref", AttributeType::Reference, "address of the resource");
        told.sub_attributes.push(Attribute { mutability: Mutability::ReadOnly, ..address });
    }
    for sub in told.sub_attributes.iter_mut().filter(|sub| &*sub.name == "$ref") {
        sub.reference_types = vec![target.to_string()];
    }
}
