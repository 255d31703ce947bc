//! What a cycle came to: every exchange, every object, Entra's word for what failed.

use std::fmt;

use crate::rehearse::Exchange;
use crate::value::Object as Named;

use super::errors::Failure;
use super::quarantine::Quarantine;

/// What is provisioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    User,
    /// A group.
    Group,
}

/// A cycle, a test of the connection, or one object on demand.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Requests and answers, in order.
    pub exchanges: Vec<Exchange>,
    /// Every object that was looked at, in order.
    pub objects: Vec<Object>,
    /// Why the connection test failed, where this is one.
    pub refused: Option<Failure>,
    /// The job is in quarantine after this.
    pub quarantine: Option<Quarantine>,
    /// References that wait for an object that is not there yet: whose, and to whom.
    pub waiting: Vec<(String, String)>,
}

/// What became of one object.
#[derive(Debug, Clone)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its `objectId`.
    pub source: String,
    /// Its id at the other end, where there is a link.
    pub target: Option<String>,
    /// What was done.
    pub outcome: Outcome,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The targets that were sent, in order.
    pub sent: Vec<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new object.
    Created,
    /// Differences were sent.
    Updated,
    /// `active=false` was sent.
    Disabled,
    /// DELETE was sent.
    Deleted,
    /// Everything was as wanted.
    Unchanged,
    /// Nothing to do with the application: out of scope, disabled and unknown there.
    Skipped,
    /// Failed; it is tried again.
    Escrowed,
}

impl Kind {
    /// `User`, `Group`.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// `/Users`, `/Groups`.
    #[must_use]
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }
}

impl Outcome {
    /// The word of a report: `created`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Escrowed => "escrowed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Report {
    /// How many POST, PUT, PATCH and DELETE were sent.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.exchanges.iter().filter(|exchange| exchange.is_write()).count()
    }

    /// The last that became of the object with this `objectId`.
    #[must_use]
    pub fn object(&self, source: &str) -> Option<&Object> {
        self.objects.iter().rev().find(|object| object.source == source)
    }

    /// The same, as a word: `created`, `unchanged`, `escrowed`; nothing when it was not looked at.
    #[must_use]
    pub fn outcome(&self, source: &str) -> Option<Outcome> {
        self.object(source).map(|object| object.outcome)
    }

    /// Entra's word for the failure of an object: `EntryConflict`.
    #[must_use]
    pub fn code(&self, source: &str) -> Option<&'static str> {
        self.object(source)?.failure.as_ref().map(|failure| failure.code)
    }

    /// The objects that failed.
    pub fn failures(&self) -> impl Iterator<Item = (&Object, &Failure)> {
        self.objects.iter().filter_map(|object| Some((object, object.failure.as_ref()?)))
    }

    /// True when nothing failed and no quarantine is on.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.refused.is_none() && self.quarantine.is_none() && self.failures().next().is_none()
    }
}

impl Object {
    /// The whole as one object, for a report that machines read.
    #[must_use]
    pub fn to_object(&self) -> Named {
        let mut object = Named::new();
        object.set("kind", self.kind.resource());
        object.set("objectId", self.source.as_str());
        if let Some(target) = &self.target {
            object.set("id", target.as_str());
        }
        object.set("outcome", self.outcome.as_str());
        if let Some(failure) = &self.failure {
            object.set("code", failure.code);
            object.set("detail", failure.detail.as_str());
        }
        object
    }
}
