//! Deviations of known clients from the RFC, undone before a request is parsed.
//!
//! After this room every request is RFC-true; vendor names stand nowhere else. A deviation that
//! only the parser can see (a missing quotation mark) is a [`Leniency`] instead, chosen here too.

use crate::scim::{Leniency, RawRequest, ResourceTypes};

mod message;

pub(crate) use message::each_value;

mod boolean_as_text;
mod dotted_keys_without_path;
mod empty_text;
mod group_schema_of_2006;
mod id_in_patch;
mod list_for_single_object;
mod manager_as_text;
mod missing_schemas;
mod null_member_list;
mod number_as_text;
mod op_in_capitals;
mod remove_with_value_list;
mod roles_as_json_text;
mod single_object_for_list;
mod urn_of_1_0;

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
    /// OneLogin, whose bodies an administrator's template makes.
    OneLogin,
    /// JumpCloud.
    JumpCloud,
    /// authentik.
    Authentik,
}

/// Every deviation with the profiles that have it; [`Profile::Any`] has all. The order matters:
/// first the names are put right, then what a message is made of, then its values.
pub const QUIRKS: &[(&dyn Quirk, &[Profile])] = &[
    (&urn_of_1_0::UrnOf10, &[Profile::Entra]),
    (&group_schema_of_2006::GroupSchemaOf2006, &[Profile::Entra]),
    (&missing_schemas::MissingSchemas, &[Profile::Entra, Profile::Okta, Profile::OneLogin, Profile::JumpCloud]),
    (&op_in_capitals::OpInCapitals, &[Profile::Entra]),
    (&dotted_keys_without_path::DottedKeysWithoutPath, &[Profile::Entra]),
    (&id_in_patch::IdInPatch, &[Profile::Okta, Profile::Authentik]),
    (&null_member_list::NullMemberList, &[Profile::Okta, Profile::Authentik]),
    (&roles_as_json_text::RolesAsJsonText, &[Profile::Entra]),
    (&single_object_for_list::SingleObjectForList, &[Profile::Entra, Profile::OneLogin]),
    (&list_for_single_object::ListForSingleObject, &[Profile::Entra]),
    (&manager_as_text::ManagerAsText, &[Profile::Entra, Profile::Okta, Profile::OneLogin]),
    (&boolean_as_text::BooleanAsText, &[Profile::Entra, Profile::OneLogin]),
    (&number_as_text::NumberAsText, &[Profile::Entra, Profile::OneLogin]),
    (&empty_text::EmptyText, &[Profile::Entra, Profile::Okta, Profile::OneLogin]),
    (
        &remove_with_value_list::RemoveWithValueList,
        &[Profile::Entra, Profile::OneLogin, Profile::JumpCloud, Profile::Authentik],
    ),
];

impl Profile {
    /// Every profile with its name in `postern.toml`.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("any", Self::Any),
        ("strict", Self::Strict),
        ("entra", Self::Entra),
        ("okta", Self::Okta),
        ("onelogin", Self::OneLogin),
        ("jumpcloud", Self::JumpCloud),
        ("authentik", Self::Authentik),
    ];

    /// Undoes this client's deviations.
    pub fn undo(self, request: &mut RawRequest, types: &ResourceTypes) {
        for (quirk, profiles) in QUIRKS {
            if self == Self::Any || profiles.contains(&self) {
                quirk.undo(request, types);
            }
        }
    }

    /// What the parsers tolerate of this client.
    #[must_use]
    pub const fn leniency(self) -> Leniency {
        match self {
            Self::Any | Self::Entra => Leniency {
                unquoted_filter_values: true,
                typed_text: true,
                bare_extension_names: true,
                create_selected: true,
                unknown_attributes: true,
                listed_removal: true,
            },
            Self::Okta | Self::OneLogin | Self::JumpCloud | Self::Authentik => {
                Leniency { unknown_attributes: true, listed_removal: true, ..STRICT }
            }
            Self::Strict => STRICT,
        }
    }
}

const STRICT: Leniency = Leniency {
    unquoted_filter_values: false,
    typed_text: false,
    bare_extension_names: false,
    create_selected: false,
    unknown_attributes: false,
    listed_removal: false,
};
