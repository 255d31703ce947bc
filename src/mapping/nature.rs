//! What becomes of an attribute's value on its way into the application and back, and why.

use super::{Read, Rule, Write};
use crate::scim::Mutability;

/// What a rule does to a value, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nature {
    /// The kind.
    pub class: Class,
    /// Why, in a few words; empty when there is nothing to say.
    pub reason: String,
}

/// Kinds of rules by what comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What was written is read.
    Exact,
    /// What was sent is answered as long as the field holds what it gave.
    Shadowed,
    /// Some values come back as others.
    Lossy,
    /// Written and read by rules of their own, which nobody has compared.
    Unproved,
    /// Written, never read.
    WriteOnly,
    /// Read, never written.
    ReadOnly,
    /// Always the same.
    Constant,
}

impl Class {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Shadowed => "shadowed",
            Self::Lossy => "lossy",
            Self::Unproved => "unproved",
            Self::WriteOnly => "write-only",
            Self::ReadOnly => "read-only",
            Self::Constant => "constant",
        }
    }
}

impl Rule {
    /// What becomes of the values of this rule's attribute.
    #[must_use]
    pub fn nature(&self) -> Nature {
        let (class, reason) = self.class();
        let reason = match &self.default {
            Some(default) if !default.to_text().is_empty() => {
                let also = format!("without a value `{}` is stored", default.to_text());
                if reason.is_empty() { also } else { format!("{reason}; {also}") }
            }
            _ => reason,
        };
        Nature { class, reason }
    }

    fn class(&self) -> (Class, String) {
        let because = |class, reason: &str| (class, reason.to_owned());
        match (&self.write, &self.read) {
            (Write::Never, Read::Constant(_)) => because(Class::Constant, "no field holds it"),
            (Write::Constant(_), _) => because(Class::Constant, "the field is always written"),
            (Write::Never, _) if self.slot.path.mutability == Mutability::ReadOnly => {
                because(Class::ReadOnly, "clients cannot write it")
            }
            (Write::Never, Read::Expression { .. }) => because(Class::ReadOnly, "computed from fields"),
            (Write::Never, _) => because(Class::ReadOnly, "the rule says `read_only`"),
            (_, Read::Never) if self.slot.path.mutability == Mutability::WriteOnly => {
                because(Class::WriteOnly, "it is never returned")
            }
            (_, Read::Never) => because(Class::WriteOnly, "the rule says `write_only`"),
            (Write::Direct, Read::Direct) => match &self.lookup {
                Some(lookup) if self.shadow => (
                    Class::Shadowed,
                    format!("translated by [{}]; what was sent is kept beside the id", lookup.resource),
                ),
                Some(lookup) => (Class::Exact, format!("translated by [{}]", lookup.resource)),
                None => because(Class::Exact, ""),
            },
            (Write::Direct | Write::Expression(_), _) if self.shadow => {
                because(Class::Shadowed, "what was sent is kept beside the id")
            }
            (_, Read::Inverse { inverse, .. }) if inverse.is_exact() => because(Class::Exact, "read by the inverse"),
            (_, Read::Inverse { inverse, .. }) => (Class::Lossy, inverse.losses().join("; ")),
            (_, Read::Direct) => because(Class::Unproved, "written from other attributes, read from the field"),
            (_, Read::Expression { .. } | Read::Constant(_)) => {
                because(Class::Unproved, "`write` and `read` are rules of their own")
            }
        }
    }
}
