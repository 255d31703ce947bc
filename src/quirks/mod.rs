//! Deviations of known clients from the RFC, undone before a request is parsed.
//!
//! After this room every request is RFC-true; vendor names stand nowhere else.

use crate::scim::{RawRequest, ResourceTypes};

/// One deviation.
pub trait Quirk: Sync {
    /// Its name, the file's name: `op_in_capitals`.
    fn name(&self) -> &'static str;
    /// Rewrites the request as the RFC would have it; leaves alone what is not concerned.
    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes);
}

/// Which deviations a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Every deviation is tolerated: the default, since their spellings do not collide.
    #[default]
    Any,
    /// None: the letter of the RFC.
    Strict,
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
}

impl Profile {
    /// Every profile with its name in `postern.toml`.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("any", Self::Any), ("strict", Self::Strict), ("entra", Self::Entra), ("okta", Self::Okta)];

    /// Undoes this client's deviations.
    pub fn undo(self, request: &mut RawRequest, types: &ResourceTypes) {
        let _ = (request, types);
    }
}
