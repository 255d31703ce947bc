//! The way back: from the value that an expression gave to the references that gave it.
//!
//! Each function says how its own step is undone (`Function::invert`); here the steps are put
//! together, and here are the two shapes that several functions share: a conversion of one value
//! and a template of texts with holes.

use std::fmt;
use std::sync::Arc;

use crate::value::Value;

use super::node::Node;

/// References and their values, found so far.
pub(super) type Found = Vec<(usize, Value)>;

/// One step back.
pub(super) trait Undo: fmt::Debug + Send + Sync {
    /// Finds the references that gave `value`, or says why there are none.
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String>;
}

/// The way back from a node, and what gets lost on it.
#[derive(Debug, Clone)]
pub(super) struct Undone {
    pub(super) step: Arc<dyn Undo>,
    /// Why some values do not lead back.
    pub(super) losses: Vec<Loss>,
}

/// Why some values do not lead back.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    /// In words for an administrator.
    pub(super) reason: String,
    pub(super) concerns: Concerns,
}

/// Which references a loss concerns; an expression does not know their types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    All,
    /// Texts: the date, number or truth that they mean comes back, in another spelling.
    Texts,
    /// Those that may have any value, not only the keys of a table.
    Open,
}

/// The way back from `node`.
pub(super) fn undone(node: &Node) -> Result<Undone, String> {
    match node {
        Node::Reference(slot) => Ok(Undone { step: Arc::new(Slot(*slot)), losses: Vec::new() }),
        Node::Call(call) => {
            let inner = call.function.invert(&call.arguments)?;
            Ok(if works_on_elements(node) {
                Undone { step: Arc::new(Each(inner.step)), losses: inner.losses }
            } else {
                inner
            })
        }
        Node::Literal(_) | Node::Missing | Node::Word(_) => Err("a constant tells nothing of an attribute".to_owned()),
        Node::Comparison(_) => Err("a comparison does not tell what was compared".to_owned()),
    }
}

/// True when a list in the reference below goes through `node` element by element.
fn works_on_elements(node: &Node) -> bool {
    match node {
        Node::Call(call) if call.signature().each => {
            let source = call.arguments.get(call.signature().each_at);
            matches!(source, Some(Node::Reference(_))) || source.is_some_and(works_on_elements)
        }
        _ => false,
    }
}

impl Undone {
    /// Undoes one value by `convert`, then goes on with `node`. Null stays null.
    pub(super) fn converting(node: &Node, convert: fn(&Value) -> Result<Value, String>) -> Result<Self, String> {
        let inner = undone(node)?;
        Ok(Self { step: Arc::new(Converting { convert, inner: inner.step }), losses: inner.losses })
    }

    /// Notes what gets lost.
    pub(super) fn losing(self, loss: &str) -> Self {
        self.losing_where(Concerns::All, loss)
    }

    /// Notes what gets lost of some references.
    pub(super) fn losing_where(mut self, concerns: Concerns, loss: &str) -> Self {
        self.losses.push(Loss { reason: loss.to_owned(), concerns });
        self
    }
}

/// The last step: the reference itself.
#[derive(Debug)]
struct Slot(usize);

impl Undo for Slot {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        match found.iter().find(|(slot, _)| *slot == self.0) {
            Some((_, have)) if have != value => Err("two parts of the value disagree about one attribute".to_owned()),
            Some(_) => Ok(()),
            None => {
                found.push((self.0, value.clone()));
                Ok(())
            }
        }
    }
}

#[derive(Debug)]
struct Converting {
    convert: fn(&Value) -> Result<Value, String>,
    inner: Arc<dyn Undo>,
}

impl Undo for Converting {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        match value {
            Value::Null => self.inner.undo(value, found),
            value => self.inner.undo(&(self.convert)(value)?, found),
        }
    }
}

/// A function that worked on a list element by element is undone element by element.
#[derive(Debug)]
struct Each(Arc<dyn Undo>);

impl Undo for Each {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let Value::List(elements) = value else { return self.0.undo(value, found) };
        let mut lists: Vec<(usize, Vec<Value>)> = Vec::new();
        for element in elements {
            let mut of_element = Found::new();
            self.0.undo(element, &mut of_element)?;
            for (slot, value) in of_element {
                match lists.iter_mut().find(|(have, _)| *have == slot) {
                    Some((_, list)) => list.push(value),
                    None => lists.push((slot, vec![value])),
                }
            }
        }
        found.extend(lists.into_iter().map(|(slot, list)| (slot, Value::List(list))));
        Ok(())
    }
}
