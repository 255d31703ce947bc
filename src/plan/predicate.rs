//! Filter → predicate: what the application can answer itself.
//!
//! `Ok(None)` means that the gateway has to evaluate this part over a bounded set of records;
//! an error, that nobody can answer it. An answer is never made up.

use std::collections::HashMap;
use std::sync::Arc;

use crate::expr::{Env, Outcome};
use crate::mapping::{Computed, Disable, Lookup, OpenRule, Read, ResourceMapping, Rule, Selector, Write};
use crate::record::{FieldName, Member, RecordKey};
use crate::scim::{AttributePath, CompareOp, Filter, Resource, ScimError};
use crate::value::{Object, Value};

use super::create::case_of;
use super::{Comparison, Predicate};

mod named;

use named::named;

/// What the ids and externalIds in a filter stand for; filled in by the gateway beforehand.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// Records that have this `id`.
    pub ids: HashMap<String, Vec<RecordKey>>,
    /// Records that have this `externalId`, where the application has no field for it.
    pub external_ids: HashMap<String, Vec<RecordKey>>,
    /// Members that have this id, of whatever type.
    pub members: HashMap<String, Vec<Member>>,
    /// What is stored for a word, by the lookup's name and the word.
    pub stored: HashMap<(Arc<str>, String), Vec<Value>>,
}

/// What a translation works with.
pub(super) struct Translation<'a> {
    pub(super) mapping: &'a ResourceMapping,
    pub(super) resolved: &'a Resolved,
    pub(super) env: &'a Env,
}

impl Translation<'_> {
    /// The same as `predicate`, save that a matching attribute with `also` is looked for in the fields of
    /// those attributes, too: what a client asks to find an account, not what it may assert of one.
    pub(super) fn wide(&self, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        let found = self.predicate(filter)?;
        let Filter::Compare { path, op: CompareOp::Eq, .. } = filter else { return Ok(found) };
        let rule = self.mapping.rules.iter().find(|rule| !rule.also.is_empty() && about(rule, path));
        let Some((rule, found)) = rule.zip(found.clone()) else { return Ok(found) };
        let others = self.mapping.rules.iter().filter(|other| rule.also.contains(&other.slot));
        let others = others.filter_map(|other| Some(self.direct(other, other.field.as_ref()?, filter)));
        Ok(Some(or(std::iter::once(found).chain(others).collect())))
    }

    /// The whole filter as a predicate, when the application can answer all of it.
    pub(super) fn predicate(&self, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        if let Some(plain) = plain(filter) {
            return self.predicate(&plain);
        }
        match filter {
            Filter::And(parts) => Ok(self.all(parts)?.map(and)),
            Filter::Or(parts) => Ok(self.all(parts)?.map(or)),
            Filter::Not(inner) => Ok(self.predicate(inner)?.map(not)),
            // Every record has an id.
            Filter::Present(path) if path.schema.is_none() && &*path.attribute == "id" => Ok(Some(Predicate::True)),
            Filter::Present(path) => self.attribute(path, filter),
            Filter::Compare { path, op, value } => match self.special(path, *op, value) {
                Some(predicate) => Ok(predicate),
                None => self.attribute(path, filter),
            },
            Filter::Element { path, filter } => self.element(path, filter),
        }
    }

    fn all(&self, parts: &[Filter]) -> Result<Option<Vec<Predicate>>, ScimError> {
        // Every part is looked at, so that one that nobody can answer is found.
        let parts: Vec<Option<Predicate>> = parts.iter().map(|part| self.predicate(part)).collect::<Result<_, _>>()?;
        Ok(parts.into_iter().collect())
    }

    /// Attributes that are the gateway's own. `None` when `path` is none of them.
    fn special(&self, path: &AttributePath, op: CompareOp, value: &Value) -> Option<Option<Predicate>> {
        let text = value.as_str().unwrap_or_default();
        let keys = |known: &HashMap<String, Vec<RecordKey>>| match op {
            CompareOp::Eq => Some(keys(known.get(text))),
            CompareOp::Ne => Some(not(keys(known.get(text)))),
            _ => None,
        };
        if path.schema.is_some() {
            return None;
        }
        match (&*path.attribute, path.sub.as_deref()) {
            ("id", _) => Some(keys(&self.resolved.ids)),
            ("externalId", _) if !self.mapping.stores_external_id() => Some(keys(&self.resolved.external_ids)),
            ("members", Some("value")) if op == CompareOp::Eq => Some(Some(self.has_member(text))),
            ("members", Some("type")) if op == CompareOp::Eq => Some(Some(self.has_member_of(text))),
            ("members" | "groups" | "schemas", _) | ("meta", Some("location" | "version")) => Some(None),
            ("meta", Some("resourceType")) => {
                let same = text.eq_ignore_ascii_case(&self.mapping.kind.name);
                (op == CompareOp::Eq).then(|| Some(constant(same)))
            }
            _ => None,
        }
    }

    /// A comparison or `pr` of an attribute that rules are about.
    fn attribute(&self, path: &AttributePath, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        if path.schema.is_none()
            && ["id", "externalId", "schemas", "members", "groups"].contains(&&*path.attribute)
            && self.mapping.rule(&path.attribute).is_none()
        {
            return Ok(None);
        }
        let rules: Vec<&Rule> = self.mapping.rules.iter().filter(|rule| about(rule, path)).collect();
        if rules.is_empty()
            && let Some(open) = self.open(path)
        {
            return Ok(named(open, path, filter));
        }
        if rules.is_empty() {
            return if matches!(filter, Filter::Present(_)) {
                Ok(Some(Predicate::False))
            } else {
                Err(unsearchable(path))
            };
        }
        // What is kept in a list is a field of the list's elements, not of the record.
        if path.multi_valued && (path.sub.is_some() || rules.iter().any(|rule| rule.list.is_some())) {
            return self.element(path, filter);
        }
        let parts: Option<Vec<Predicate>> =
            rules.iter().map(|rule| self.rule(rule, filter)).collect::<Result<_, _>>()?;
        Ok(parts.map(or))
    }

    /// The rule of the open schema that the path's attribute is kept by and shown from.
    fn open(&self, path: &AttributePath) -> Option<&OpenRule> {
        let of_schema = |rule: &&OpenRule| path.schema.as_ref() == Some(&rule.schema);
        self.mapping.open.iter().find(of_schema).filter(|rule| rule.reads && rule.keeps(&path.attribute))
    }

    /// One comparison on one rule's field.
    fn rule(&self, rule: &Rule, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        // What a client last said of it is known to the gateway alone.
        if acknowledged(self.mapping, &rule.slot.path) {
            return Ok(None);
        }
        match (&rule.read, &rule.field) {
            (Read::Never, _) => Err(unsearchable(&rule.slot.path)),
            (Read::Constant(value), _) => Ok(Some(constant(self.constant_matches(rule, value, filter)))),
            // Shown is what was sent, stored is what became of it: that is what can be asked for.
            (Read::Direct | Read::Inverse { .. }, Some(field))
                if rule.shadow && matches!(rule.write, Write::Expression(_)) =>
            {
                Ok(self.inverted(rule, field, filter))
            }
            (Read::Direct, Some(field)) => Ok(match &rule.lookup {
                Some(lookup) => self.looked_up(lookup, field, filter),
                None => Some(self.direct(rule, field, filter)),
            }),
            (Read::Inverse { inverse, .. }, Some(field)) if inverse.is_exact() => {
                Ok(self.inverted(rule, field, filter))
            }
            _ => Ok(None),
        }
    }

    fn direct(&self, rule: &Rule, field: &FieldName, filter: &Filter) -> Predicate {
        let Filter::Compare { op, value, .. } = filter else { return Predicate::Present(field.clone()) };
        let value = match (&rule.references, value) {
            // The client's id of another resource is kept as that record's key.
            (Some(_), Value::String(id)) => match self.resolved.members.get(id).and_then(|found| found.first()) {
                Some(member) => Value::String(member.key.as_str().to_owned()),
                None => return constant(*op == CompareOp::Ne),
            },
            _ => value.clone(),
        };
        let compare =
            |value| Predicate::Compare { field: field.clone(), op: comparison(*op), value, case: case_of(rule) };
        // A column that may not be null says "none" with an empty text, which is read as no value:
        // it must not be less than another text, nor contain the empty one.
        match (op, value.as_str()) {
            (CompareOp::Eq | CompareOp::Lt | CompareOp::Le, Some("")) => Predicate::False,
            (CompareOp::Ne, Some("")) => Predicate::True,
            (_, Some("")) => Predicate::Present(field.clone()),
            (CompareOp::Lt | CompareOp::Le, Some(_)) => and(vec![Predicate::Present(field.clone()), compare(value)]),
            _ => compare(value),
        }
    }

    /// What is stored for the word is asked for; every other comparison is of what is shown.
    fn looked_up(&self, lookup: &Lookup, field: &FieldName, filter: &Filter) -> Option<Predicate> {
        let (op, word) = match filter {
            Filter::Present(_) => return Some(Predicate::Present(field.clone())),
            Filter::Compare { op: op @ (CompareOp::Eq | CompareOp::Ne), value: Value::String(word), .. } => (op, word),
            _ => return None,
        };
        let stored = match word.as_str() {
            "" => &[],
            _ => self.resolved.stored.get(&(Arc::clone(&lookup.name), word.clone()))?.as_slice(),
        };
        let equal = stored.iter().map(|value| Predicate::Compare {
            field: field.clone(),
            op: Comparison::Eq,
            value: value.clone(),
            case: super::Case::Exact,
        });
        let equal = or(equal.collect());
        Some(if *op == CompareOp::Eq { equal } else { not(equal) })
    }

    /// `active eq false` on `Switch([active], , "True", "1", "False", "3")` asks for `3`.
    fn inverted(&self, rule: &Rule, field: &FieldName, filter: &Filter) -> Option<Predicate> {
        let Filter::Compare { op: op @ (CompareOp::Eq | CompareOp::Ne), value, .. } = filter else { return None };
        let Write::Expression(computed) = &rule.write else { return None };
        let Computed { expression, slots } = &**computed;
        if slots.len() != 1 || slots[0] != rule.slot || *value == Value::Null {
            return None;
        }
        match expression.eval(std::slice::from_ref(value), self.env) {
            Ok(Outcome::Value(written)) if written != Value::Null => Some(Predicate::Compare {
                field: field.clone(),
                op: comparison(*op),
                value: written,
                case: if rule.shadow { case_of(rule) } else { super::Case::Exact },
            }),
            _ => None,
        }
    }

    fn constant_matches(&self, rule: &Rule, value: &Value, filter: &Filter) -> bool {
        let mut alone =
            Resource { attributes: Object::new(), external_id: None, id: None, meta: crate::scim::Meta::default() };
        rule.slot.put(value.clone(), &mut alone);
        filter.matches(&alone.attributes)
    }

    /// A filter on one and the same element: over each element that a selector describes, and over
    /// the list of the others.
    fn element(&self, path: &AttributePath, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        let rules: Vec<&Rule> = self.mapping.rules.iter().filter(|rule| rule.slot.path.same_attribute(path)).collect();
        if rules.is_empty() {
            let members = path.schema.is_none() && ["members", "groups"].contains(&&*path.attribute);
            return if members { Ok(self.member_element(path, filter)) } else { Err(unsearchable(path)) };
        }
        let mut found = Vec::new();
        let mut seen: Vec<&Selector> = Vec::new();
        for selector in rules.iter().filter_map(|rule| rule.slot.selector.as_ref()) {
            if seen.contains(&selector) {
                continue;
            }
            seen.push(selector);
            let own: Vec<&Rule> =
                rules.iter().copied().filter(|rule| rule.slot.selector.as_ref() == Some(selector)).collect();
            match self.selected(&own, selector, filter)? {
                Some(predicate) => found.push(predicate),
                None => return Ok(None),
            }
        }
        let listed: Vec<&Rule> = rules.iter().copied().filter(|rule| rule.list.is_some()).collect();
        if let Some(list) = listed.first().and_then(|rule| rule.list.clone()) {
            match self.inside(&listed, None, filter)? {
                Some(predicate) => found.push(Predicate::AnyElement { list, predicate: Box::new(predicate) }),
                None => return Ok(None),
            }
        }
        if found.is_empty() { Ok(None) } else { Ok(Some(or(found))) }
    }

    /// The element exists and fulfils the filter.
    fn selected(&self, rules: &[&Rule], selector: &Selector, filter: &Filter) -> Result<Option<Predicate>, ScimError> {
        let Some(inner) = self.inside(rules, Some(selector), filter)? else { return Ok(None) };
        if inner == Predicate::False || implies_presence(&inner) {
            return Ok(Some(inner));
        }
        let fields = rules.iter().filter(|rule| !matches!(rule.read, Read::Constant(_) | Read::Never));
        let exists: Vec<Predicate> = fields.filter_map(|rule| rule.field.clone()).map(Predicate::Present).collect();
        if exists.is_empty() {
            return Ok(None);
        }
        Ok(Some(and(vec![or(exists), inner])))
    }

    /// The filter on the sub-attributes of one element.
    fn inside(
        &self,
        rules: &[&Rule],
        selector: Option<&Selector>,
        filter: &Filter,
    ) -> Result<Option<Predicate>, ScimError> {
        let parts = |parts: &[Filter]| -> Result<Option<Vec<Predicate>>, ScimError> {
            parts.iter().map(|part| self.inside(rules, selector, part)).collect()
        };
        if let Some(plain) = primary(filter).or_else(|| plain(filter)) {
            return self.inside(rules, selector, &plain);
        }
        match filter {
            Filter::And(all) => Ok(parts(all)?.map(and)),
            Filter::Or(all) => Ok(parts(all)?.map(or)),
            Filter::Not(inner) => Ok(self.inside(rules, selector, inner)?.map(not)),
            Filter::Element { .. } => Ok(None),
            Filter::Present(path) if path.is_whole() => {
                let parts: Option<Vec<_>> =
                    rules.iter().map(|rule| self.rule(rule, filter)).collect::<Result<_, _>>()?;
                Ok(parts.map(or))
            }
            Filter::Present(path) | Filter::Compare { path, .. } => {
                if let Some(rule) = rules.iter().find(|rule| rule.slot.path.sub == path.sub) {
                    return self.rule(rule, filter);
                }
                let known = selector.and_then(|selector| {
                    selector.equals.iter().find(|(sub, _)| Some(sub) == path.sub.as_ref()).map(|(_, value)| value)
                });
                let element: Object =
                    known.iter().map(|value| (path.sub.as_deref().unwrap_or_default(), (*value).clone())).collect();
                Ok(Some(constant(filter.matches_element(&Value::Object(element)))))
            }
        }
    }
}

/// What a comparison means where an application could read it otherwise: no value is whatever `pr`
/// does not find (an application may keep it as an empty text), and `ne` of a list is not that some
/// element differs but that none is equal.
fn plain(filter: &Filter) -> Option<Filter> {
    let Filter::Compare { path, op, value } = filter else { return None };
    let present = || Filter::Present(path.clone());
    match (op, value) {
        (CompareOp::Eq, Value::Null) => Some(Filter::Not(Box::new(present()))),
        (CompareOp::Ne, Value::Null) => Some(present()),
        (CompareOp::Ne, value) if path.multi_valued => {
            let equal = Filter::Compare { path: path.clone(), op: CompareOp::Eq, value: value.clone() };
            Some(Filter::Not(Box::new(equal)))
        }
        _ => None,
    }
}

/// An element without `primary` is one that is not primary (RFC 7643 §2.4).
fn primary(filter: &Filter) -> Option<Filter> {
    let Filter::Compare { path, op, value: Value::Boolean(false) } = filter else { return None };
    let is = || Filter::Compare { path: path.clone(), op: CompareOp::Eq, value: Value::Boolean(true) };
    match op {
        CompareOp::Eq if path.is_primary() => Some(Filter::Not(Box::new(is()))),
        CompareOp::Ne if path.is_primary() => Some(is()),
        _ => None,
    }
}

/// A complex attribute as a whole (`name pr`) is about each of its parts.
/// True for `active` where the mapping only acknowledges that somebody is disabled.
pub(super) fn acknowledged(mapping: &ResourceMapping, path: &AttributePath) -> bool {
    mapping.deprovision.disable == Disable::Acknowledge && path.is("active")
}

fn about(rule: &Rule, path: &AttributePath) -> bool {
    rule.slot.path.same_attribute(path) && (rule.slot.path.sub == path.sub || path.multi_valued || path.is_whole())
}

fn unsearchable(path: &AttributePath) -> ScimError {
    ScimError::invalid_filter(format!("`{path}` is not kept by this application, so it cannot be searched"))
}

/// True when the predicate can only hold for an element that has a value.
fn implies_presence(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Compare { op, value, .. } => *op != Comparison::Ne && *value != Value::Null,
        Predicate::Present(_) => true,
        Predicate::And(parts) => parts.iter().any(implies_presence),
        Predicate::Or(parts) => parts.iter().all(implies_presence),
        _ => false,
    }
}

fn keys(found: Option<&Vec<RecordKey>>) -> Predicate {
    match found {
        Some(keys) if !keys.is_empty() => Predicate::Keys(keys.clone()),
        _ => Predicate::False,
    }
}

const fn constant(truth: bool) -> Predicate {
    if truth { Predicate::True } else { Predicate::False }
}

pub(super) fn and(parts: Vec<Predicate>) -> Predicate {
    if parts.contains(&Predicate::False) {
        return Predicate::False;
    }
    let mut parts: Vec<Predicate> = parts.into_iter().filter(|part| *part != Predicate::True).collect();
    match parts.len() {
        0 => Predicate::True,
        1 => parts.remove(0),
        _ => Predicate::And(parts),
    }
}

pub(super) fn or(parts: Vec<Predicate>) -> Predicate {
    if parts.contains(&Predicate::True) {
        return Predicate::True;
    }
    let mut parts: Vec<Predicate> = parts.into_iter().filter(|part| *part != Predicate::False).collect();
    match parts.len() {
        0 => Predicate::False,
        1 => parts.remove(0),
        _ => Predicate::Or(parts),
    }
}

fn not(part: Predicate) -> Predicate {
    match part {
        Predicate::True => Predicate::False,
        Predicate::False => Predicate::True,
        part => Predicate::Not(Box::new(part)),
    }
}

const fn comparison(op: CompareOp) -> Comparison {
    match op {
        CompareOp::Eq => Comparison::Eq,
        CompareOp::Ne => Comparison::Ne,
        CompareOp::Co => Comparison::Contains,
        CompareOp::Sw => Comparison::StartsWith,
        CompareOp::Ew => Comparison::EndsWith,
        CompareOp::Gt => Comparison::Gt,
        CompareOp::Ge => Comparison::Ge,
        CompareOp::Lt => Comparison::Lt,
        CompareOp::Le => Comparison::Le,
    }
}
