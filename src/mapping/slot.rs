//! A place in a resource: an attribute, a sub-attribute, or a sub-attribute of the element that a
//! selector picks out of a multi-valued attribute (`emails[type eq "work"].value`).

use std::fmt;
use std::sync::Arc;

use crate::scim::{AttributePath, CompareOp, ExternalId, Filter, Leniency, Resource, ResourceType};
use crate::value::{Object, Value};

mod problem;

pub use problem::{SlotFault, SlotProblem};

/// A place in a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The attribute and, for complex ones, the sub-attribute.
    pub path: AttributePath,
    /// Which element of a multi-valued attribute.
    pub selector: Option<Selector>,
}

/// What tells one element from the others: `type eq "work"`.
#[derive(Debug, Clone)]
pub struct Selector {
    /// Sub-attribute and value, all of which must hold.
    pub equals: Vec<(Arc<str>, Value)>,
    /// True for the first selector of an attribute in the mapping: it also takes an element that
    /// says nothing of what selects (an e-mail address without a `type`), when no element fits.
    pub takes_unmarked: bool,
}

impl PartialEq for Selector {
    /// What is selected makes a selector, not its rank in the mapping.
    fn eq(&self, other: &Self) -> bool {
        self.equals == other.equals
    }
}

impl Slot {
    /// Reads `attr`, `attr.sub`, `urn:attr.sub` or `attr[sub eq "x" and …].sub`.
    ///
    /// # Errors
    /// What is wrong with the path, for the operator.
    pub fn parse(text: &str, kind: &ResourceType) -> Result<Self, SlotProblem> {
        let Some(open) = text.find('[') else {
            let path =
                AttributePath::parse(text, kind).map_err(|problem| SlotProblem::of_path(problem, text, 0, kind))?;
            return Ok(Self { path, selector: None });
        };
        let whole = &text[..open];
        let path =
            AttributePath::parse(whole, kind).map_err(|problem| SlotProblem::of_path(problem, whole, 0, kind))?;
        if !path.multi_valued {
            let message = format!("`{whole}` is there once, so there is nothing to select from");
            let help = format!("name its parts without a selector: `{whole}.…`");
            return Err(SlotProblem::malformed(message, Some(help), 0..text.len()));
        }
        let close = text.rfind(']').filter(|close| *close > open).ok_or_else(|| {
            let help = format!("`{whole}[type eq \"work\"].value`");
            SlotProblem::malformed("the selector has no closing bracket".to_owned(), Some(help), open..text.len())
        })?;
        let selected = open..close + 1;
        let filter = Filter::parse_with(&text[..=close], kind, &AS_TEXT)
            .map_err(|error| SlotProblem::of_filter(&error.detail, text, close))?;
        let selector = selector_of(&filter).ok_or_else(|| {
            let help = format!("one value, or several joined by `and`: `{whole}[type eq \"work\"].value`");
            SlotProblem::malformed("a selector compares with `eq` only".to_owned(), Some(help), selected)
        })?;
        let path = match (text[close + 1..].strip_prefix('.'), text[close + 1..].is_empty()) {
            (Some(sub), _) => AttributePath::parse(&format!("{path}.{sub}"), kind)
                .map_err(|problem| SlotProblem::of_path(problem, sub, close + 2, kind))?,
            (None, true) => path,
            (None, false) => {
                let help = format!("a dot and a part: `{}.value`", &text[..=close]);
                let message = "only a dot and a part can follow a selector".to_owned();
                return Err(SlotProblem::malformed(message, Some(help), close + 1..text.len()));
            }
        };
        Ok(Self { path, selector: Some(selector) })
    }

    /// The value at this place; `Null` when there is none.
    #[must_use]
    pub fn value_in(&self, resource: &Resource) -> Value {
        if self.path.is("externalId") {
            return resource.external_id.as_ref().map_or(Value::Null, |id| id.as_str().into());
        }
        let Some(attribute) = self.container(&resource.attributes) else { return Value::Null };
        match &self.selector {
            Some(selector) => {
                selector.chosen_of(attribute.elements()).map_or(Value::Null, |element| self.sub_of(element))
            }
            None => match (&self.path.sub, attribute) {
                (None, value) => value.clone(),
                (Some(_), Value::Object(object)) => self.sub_of(object),
                // In an expression `[emails.value]` is the list of all of them.
                (Some(_), Value::List(items)) => {
                    Value::List(items.iter().filter_map(Value::as_object).map(|element| self.sub_of(element)).collect())
                }
                (Some(_), _) => Value::Null,
            },
        }
    }

    /// The value in one element of the multi-valued attribute.
    #[must_use]
    pub fn value_in_element(&self, element: &Object) -> Value {
        self.sub_of(element)
    }

    /// Puts a value at this place, making the element that the selector describes if need be.
    pub fn put(&self, value: Value, resource: &mut Resource) {
        if self.path.is("externalId") {
            resource.external_id = value.as_str().map(ExternalId::new);
            return;
        }
        let top = match &self.path.schema {
            Some(schema) => resource.attributes.entry(schema).object_or_insert(),
            None => &mut resource.attributes,
        };
        let attribute = top.entry(&self.path.attribute);
        match (&self.selector, &self.path.sub) {
            (None, None) => *attribute = value,
            (None, Some(sub)) if self.path.multi_valued => put_in_each(sub, &value, attribute),
            (None, Some(sub)) => attribute.object_or_insert().set(&**sub, value),
            (Some(selector), Some(sub)) => selector.element_of(attribute).set(&**sub, value),
            (Some(selector), None) => {
                if let Value::Object(object) = value {
                    let element = selector.element_of(attribute);
                    for (name, value) in object {
                        element.set(name, value);
                    }
                }
            }
        }
    }

    /// True when the element or complex attribute that this place is a part of exists.
    #[must_use]
    pub fn has_home(&self, resource: &Resource) -> bool {
        let Some(attribute) = self.container(&resource.attributes) else { return false };
        match &self.selector {
            Some(selector) => {
                attribute.elements().iter().filter_map(Value::as_object).any(|element| selector.selects(element))
            }
            None => !attribute.is_unassigned(),
        }
    }

    fn container<'a>(&self, attributes: &'a Object) -> Option<&'a Value> {
        match &self.path.schema {
            Some(schema) => attributes.get(schema)?.as_object()?.get(&self.path.attribute),
            None => attributes.get(&self.path.attribute),
        }
    }

    fn sub_of(&self, element: &Object) -> Value {
        match &self.path.sub {
            Some(sub) => element.get(sub).cloned().unwrap_or_default(),
            None => Value::Object(element.clone()),
        }
    }
}

impl Selector {
    /// The element that this place is about.
    #[must_use]
    pub fn chosen_of<'a>(&self, elements: &'a [Value]) -> Option<&'a Object> {
        let objects = || elements.iter().filter_map(Value::as_object);
        let unmarked = |element: &&Object| self.equals.iter().all(|(sub, _)| element.get(sub).is_none());
        let fits = objects().find(|element| self.selects(element));
        fits.or_else(|| objects().find(unmarked).filter(|_| self.takes_unmarked))
    }

    /// True when the element is the selected one.
    #[must_use]
    pub fn selects(&self, element: &Object) -> bool {
        self.equals.iter().all(|(sub, wanted)| match (element.get(sub), wanted) {
            (Some(Value::String(have)), Value::String(wanted)) => have.eq_ignore_ascii_case(wanted),
            (Some(have), wanted) => have == wanted,
            // An absent `primary` is false (RFC 7643 §2.4).
            (None, wanted) => *wanted == Value::Boolean(false),
        })
    }

    fn element_of<'a>(&self, attribute: &'a mut Value) -> &'a mut Object {
        let items = attribute.list_or_insert();
        let found = items.iter().position(|item| item.as_object().is_some_and(|element| self.selects(element)));
        let at = found.unwrap_or_else(|| {
            let element: Object = self.equals.iter().map(|(sub, value)| (sub.to_string(), value.clone())).collect();
            items.push(Value::Object(element));
            items.len() - 1
        });
        items[at].object_or_insert()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(selector) = &self.selector else { return self.path.fmt(f) };
        if let Some(schema) = &self.path.schema {
            write!(f, "{schema}:")?;
        }
        write!(f, "{}[", self.path.attribute)?;
        for (i, (sub, value)) in selector.equals.iter().enumerate() {
            write!(f, "{}{sub} eq {}", if i > 0 { " and " } else { "" }, value.to_json())?;
        }
        f.write_str("]")?;
        match &self.path.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// Clients' own mappings have `primary eq "True"`, which is copied into rules as it is.
const AS_TEXT: Leniency = Leniency {
    unquoted_filter_values: false,
    typed_text: true,
    bare_extension_names: false,
    create_selected: false,
    unknown_attributes: false,
    listed_removal: false,
};

fn selector_of(filter: &Filter) -> Option<Selector> {
    let Filter::Element { filter, .. } = filter else { return None };
    let parts: &[Filter] = match &**filter {
        Filter::And(parts) => parts,
        one => std::slice::from_ref(one),
    };
    let equals = parts.iter().map(|part| match part {
        Filter::Compare { path, op: CompareOp::Eq, value } => path.sub.clone().map(|sub| (sub, value.clone())),
        _ => None,
    });
    equals.collect::<Option<Vec<_>>>().map(|equals| Selector { equals, takes_unmarked: false })
}

/// Each value to the element in its place, made if need be; what is left over loses the part.
fn put_in_each(sub: &str, value: &Value, attribute: &mut Value) {
    let values = value.elements();
    let items = attribute.list_or_insert();
    items.resize(items.len().max(values.len()), Value::Object(Object::new()));
    for (i, item) in items.iter_mut().enumerate() {
        item.object_or_insert().set(sub, values.get(i).cloned().unwrap_or_default());
    }
}
