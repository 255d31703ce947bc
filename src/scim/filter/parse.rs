//! Filter text → `Filter`, by recursive descent over the grammar of RFC 7644 §3.4.2.2:
//!
//! ```text
//! or      = and *("or" and)
//! and     = term *("and" term)
//! term    = ["not"] "(" or ")" / path "[" or "]" ["." name compare] / path compare
//! compare = "pr" / operator literal
//! ```
//!
//! `path[…].name compare` is not in the RFC's grammar; clients send it, and it can mean only one
//! thing. Bounds are checked before each descent, so that no input costs more than its bound.

use std::sync::Arc;

use crate::diagnostic::nearest;
use crate::scim::path::{did_you_mean, excerpt};
use crate::scim::{Attribute, AttributePath, AttributeType, Leniency, ResourceType, Returned, ScimError};
use crate::value::Object;

use super::literal::literal;
use super::read::Reader;
use super::{CompareOp, Filter};

/// Longest filter, in bytes.
pub(super) const BYTES: usize = 4096;
/// Deepest nesting of parentheses and brackets.
const DEPTH: usize = 16;
/// Most comparisons in one filter.
const TERMS: usize = 64;

pub(super) fn parse(
    text: &str,
    kind: &ResourceType,
    others: &[Arc<ResourceType>],
    leniency: &Leniency,
) -> Result<Filter, ScimError> {
    bounded(text)?;
    let mut parser = Parser { reader: Reader::new(text), kind, others, leniency, terms: 0 };
    let filter = parser.or(None, 0)?;
    parser.end()?;
    Ok(filter)
}

/// Parses what stands inside the brackets of a value path on `path` (PATCH, RFC 7644 §3.5.2).
pub(crate) fn parse_inside(
    text: &str,
    path: &AttributePath,
    kind: &ResourceType,
    leniency: &Leniency,
) -> Result<Filter, ScimError> {
    bounded(text)?;
    let mut parser = Parser { reader: Reader::new(text), kind, others: &[], leniency, terms: 0 };
    let attribute = parser.listed(path)?;
    let filter = parser.or(Some(&Inside { path, attribute: &attribute }), 1)?;
    parser.end()?;
    Ok(filter)
}

fn bounded(text: &str) -> Result<(), ScimError> {
    if text.len() > BYTES {
        return Err(ScimError::invalid_filter(format!("filter: longer than {BYTES} bytes")));
    }
    Ok(())
}

/// The attribute whose elements a filter in brackets is about.
struct Inside<'a> {
    path: &'a AttributePath,
    attribute: &'a Attribute,
}

struct Parser<'a> {
    reader: Reader<'a>,
    kind: &'a ResourceType,
    /// The types whose attributes may be named as well: here they have no value.
    others: &'a [Arc<ResourceType>],
    leniency: &'a Leniency,
    terms: usize,
}

impl Parser<'_> {
    fn or(&mut self, inside: Option<&Inside<'_>>, depth: usize) -> Result<Filter, ScimError> {
        if depth > DEPTH {
            return Err(self.reader.wrong(format_args!("nested deeper than {DEPTH} levels")));
        }
        let mut parts = vec![self.and(inside, depth)?];
        while self.reader.keyword("or") {
            parts.push(self.and(inside, depth)?);
        }
        Ok(joined(parts, Filter::Or))
    }

    fn and(&mut self, inside: Option<&Inside<'_>>, depth: usize) -> Result<Filter, ScimError> {
        let mut parts = vec![self.term(inside, depth)?];
        while self.reader.keyword("and") {
            parts.push(self.term(inside, depth)?);
        }
        Ok(joined(parts, Filter::And))
    }

    fn term(&mut self, inside: Option<&Inside<'_>>, depth: usize) -> Result<Filter, ScimError> {
        if self.reader.take('(') {
            let filter = self.or(inside, depth + 1)?;
            self.reader.expect(')')?;
            return Ok(filter);
        }
        let before = self.reader.clone();
        let word = self.reader.word();
        if word.eq_ignore_ascii_case("not") {
            self.reader.expect('(')?;
            let filter = self.or(inside, depth + 1)?;
            self.reader.expect(')')?;
            return Ok(Filter::Not(Box::new(filter)));
        }
        self.terms += 1;
        if self.terms > TERMS {
            return Err(before.wrong(format_args!("more than {TERMS} comparisons")));
        }
        if word.is_empty() {
            return Err(before.wrong("expected an attribute"));
        }
        match inside {
            Some(inside) => {
                let path = self.sub(word, inside, &before)?;
                self.comparison(path, &before)
            }
            None => self.attribute(word, &before, depth),
        }
    }

    /// `path compare`, or `path[filter]` with what may follow it.
    fn attribute(&mut self, word: &str, before: &Reader<'_>, depth: usize) -> Result<Filter, ScimError> {
        let path = match self.resolve(word, before) {
            Ok(path) => path,
            Err(problem) => return self.foreign(word, before, depth).unwrap_or(Err(problem)),
        };
        if path.returned == Returned::Never {
            return Err(before.wrong(format_args!("`{path}` cannot be used in a filter")));
        }
        if !self.reader.take('[') {
            return self.comparison(path, before);
        }
        let attribute = self.listed(&path)?;
        let inside = Inside { path: &path, attribute: &attribute };
        let filter = self.or(Some(&inside), depth + 1)?;
        self.reader.expect(']')?;
        if !self.reader.dot() {
            return Ok(Filter::Element { path, filter: Box::new(filter) });
        }
        let before = self.reader.clone();
        let word = self.reader.word();
        let sub = self.sub(word, &inside, &before)?;
        let last = self.comparison(sub, &before)?;
        let filter = match filter {
            Filter::And(mut parts) => {
                parts.push(last);
                Filter::And(parts)
            }
            other => Filter::And(vec![other, last]),
        };
        Ok(Filter::Element { path, filter: Box::new(filter) })
    }

    /// A term about an attribute of another type. Where it has no value the term says the same of
    /// everybody: of all who have an id, or of none of them. `None` when no type has the attribute.
    fn foreign(&mut self, word: &str, before: &Reader<'_>, depth: usize) -> Option<Result<Filter, ScimError>> {
        let others = self.others;
        let owner = others.iter().find(|other| AttributePath::parse_with(word, other, self.leniency).is_ok())?;
        let everybody = AttributePath::parse("id", self.kind).ok().map(Filter::Present)?;
        let kind = std::mem::replace(&mut self.kind, owner);
        let term = self.attribute(word, before, depth);
        self.kind = kind;
        Some(term.map(|term| match term.matches(&Object::new()) {
            true => everybody,
            false => Filter::Not(Box::new(everybody)),
        }))
    }

    fn resolve(&self, word: &str, before: &Reader<'_>) -> Result<AttributePath, ScimError> {
        let found = AttributePath::parse_with(word, self.kind, self.leniency);
        found.map_err(|problem| before.wrong(problem))
    }

    /// The definition of a list, whose elements a value path may select.
    fn listed(&self, path: &AttributePath) -> Result<Attribute, ScimError> {
        let attribute = path.definition(self.kind).filter(|attribute| attribute.multi_valued && path.sub.is_none());
        let attribute = attribute
            .ok_or_else(|| self.reader.wrong(format_args!("`{path}` is not multi-valued, so `[` cannot follow it")))?;
        Ok(attribute.into_owned())
    }

    /// A name inside brackets: a sub-attribute. `value` stands for the element of a list of simple
    /// values.
    fn sub(&self, word: &str, inside: &Inside<'_>, before: &Reader<'_>) -> Result<AttributePath, ScimError> {
        if inside.attribute.kind != AttributeType::Complex && word.eq_ignore_ascii_case("value") {
            return Ok(inside.path.clone());
        }
        inside.path.with_sub(word, inside.attribute).ok_or_else(|| {
            let names = inside.attribute.sub_attributes.iter().map(|sub| &*sub.name);
            let near = did_you_mean(nearest(word.get(..100).unwrap_or(word), names));
            before.wrong(format_args!("`{}` is not a sub-attribute of `{}`{near}", excerpt(word), inside.path))
        })
    }

    fn comparison(&mut self, path: AttributePath, before: &Reader<'_>) -> Result<Filter, ScimError> {
        self.reader.peek();
        let here = self.reader.clone();
        let word = self.reader.word();
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let Some(op) = CompareOp::named(word) else {
            let near = did_you_mean(nearest(word.get(..20).unwrap_or(word), OPERATORS.iter().copied()));
            return Err(here.wrong(format_args!("expected an operator ({}){near}", OPERATORS.join(" "))));
        };
        let path = self.comparable(path, before)?;
        let value = literal(&mut self.reader, &path, op, self.leniency)?;
        Ok(Filter::Compare { path, op, value })
    }

    /// A complex attribute is compared by its `value` (RFC 7644 §3.4.2.2 on `emails co "…"`).
    fn comparable(&self, path: AttributePath, before: &Reader<'_>) -> Result<AttributePath, ScimError> {
        if path.kind != AttributeType::Complex {
            return Ok(path);
        }
        let attribute = path.definition(self.kind);
        attribute
            .and_then(|attribute| path.with_sub("value", &attribute))
            .ok_or_else(|| before.wrong(format_args!("`{path}` has parts; compare one of them, as in `{path}.name`")))
    }

    fn end(&mut self) -> Result<(), ScimError> {
        if self.reader.at_end() { Ok(()) } else { Err(self.reader.wrong("expected `and`, `or` or the end")) }
    }
}

fn joined(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

const OPERATORS: &[&str] = &["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"];
