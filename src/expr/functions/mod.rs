//! The functions of the language: one file for each, one line in the table.

use super::function::Function;

mod append;
mod coalesce;
mod cstr;
mod guid;
mod ignore_flow_if_null_or_empty;
mod iif;
mod is_null;
mod is_null_or_empty;
mod is_present;
mod is_string;
mod join;
mod not;
mod now;
mod random_string;
mod split;
mod switch;
mod to_lower;
mod to_upper;

/// Every function, by name.
pub(super) const FUNCTIONS: &[&dyn Function] = &[
    &append::Append,
    &coalesce::Coalesce,
    &cstr::CStr,
    &guid::Guid,
    &ignore_flow_if_null_or_empty::IgnoreFlowIfNullOrEmpty,
    &iif::Iif,
    &is_null::IsNull,
    &is_null_or_empty::IsNullOrEmpty,
    &is_present::IsPresent,
    &is_string::IsString,
    &join::Join,
    &not::Not,
    &now::Now,
    &random_string::RandomString,
    &split::Split,
    &switch::Switch,
    &to_lower::ToLower,
    &to_upper::ToUpper,
];

/// The function of a name, whatever its case.
pub(super) fn find(name: &str) -> Option<&'static dyn Function> {
    FUNCTIONS.iter().find(|function| function.signature().name.eq_ignore_ascii_case(name)).copied()
}
