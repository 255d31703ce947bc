//! In which order the operations of a bulk message run.
//!
//! An operation runs after those that make what it refers to, be they written later. Where two
//! refer to each other, one is made without the reference first and completed once the other is
//! there (RFC 7644 §3.7.1). Without references the order is that of the message.

use std::collections::{HashMap, HashSet};

use super::{BulkRequest, Verb, reference};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Run the operation, leaving out what refers to these.
    Run(usize, HashSet<String>),
    /// Put in place what was left out of the operation.
    Complete(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Begun,
    Done,
}

struct Visit {
    operation: usize,
    /// The operations that it needs, with their names, from the last.
    needs: Vec<(usize, String)>,
    later: HashSet<String>,
}

impl BulkRequest {
    /// What to do, in order. Every operation is run once.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let made_by = self.made_by();
        let mut states = vec![State::Waiting; self.operations.len()];
        let mut steps = Vec::with_capacity(self.operations.len());
        for first in 0..self.operations.len() {
            if states[first] == State::Waiting {
                self.visit(first, &made_by, &mut states, &mut steps);
            }
        }
        steps
    }

    /// The operations that make a resource, by its name.
    fn made_by(&self) -> HashMap<&str, usize> {
        let making = self.operations.iter().enumerate().filter(|(_, operation)| operation.verb == Ok(Verb::Post));
        making.filter_map(|(at, operation)| Some((operation.bulk_id.as_deref()?, at))).collect()
    }

    /// Depth first, on a stack of its own: a thousand operations may each refer to the next.
    fn visit(&self, first: usize, made_by: &HashMap<&str, usize>, states: &mut [State], steps: &mut Vec<Step>) {
        let mut incomplete = Vec::new();
        let mut stack = vec![self.begin(first, made_by, states)];
        while let Some(top) = stack.last_mut() {
            match top.needs.pop() {
                Some((needed, name)) => match states[needed] {
                    State::Waiting => {
                        let next = self.begin(needed, made_by, states);
                        stack.push(next);
                    }
                    State::Begun => {
                        top.later.insert(name);
                    }
                    State::Done => (),
                },
                None => {
                    states[top.operation] = State::Done;
                    if !top.later.is_empty() {
                        incomplete.push(top.operation);
                    }
                    steps.push(Step::Run(top.operation, std::mem::take(&mut top.later)));
                    stack.pop();
                }
            }
        }
        steps.extend(incomplete.into_iter().map(Step::Complete));
    }

    fn begin(&self, operation: usize, made_by: &HashMap<&str, usize>, states: &mut [State]) -> Visit {
        states[operation] = State::Begun;
        let named = self.references_of(operation).into_iter();
        let mut needs: Vec<_> = named.filter_map(|name| Some((*made_by.get(name)?, name.to_owned()))).collect();
        needs.reverse();
        Visit { operation, needs, later: HashSet::new() }
    }

    /// The names that an operation refers to, each once, in order.
    fn references_of(&self, operation: usize) -> Vec<&str> {
        let operation = &self.operations[operation];
        let mut found: Vec<&str> = operation.path.iter().filter_map(|segment| reference::name(segment)).collect();
        if let Some(data) = &operation.data {
            reference::names(data, &mut found);
        }
        let mut seen = HashSet::new();
        found.retain(|name| seen.insert(*name));
        found
    }
}
