//! The functions of the language: one file for each, one line in the table.

use super::function::Function;

mod app_role_assignments;
mod app_role_assignments_complex;
mod append;
mod assertive_app_role_assignments_complex;
mod bit_and;
mod cbool;
mod cdate;
mod coalesce;
mod convert_to_base64;
mod convert_to_utf8_hex;
mod count;
mod cstr;
mod date_add;
mod date_diff;
mod date_from_num;
mod default_domain;
mod format_date_time;
mod guid;
mod ignore_flow_if_null_or_empty;
mod iif;
mod in_str;
mod is_null;
mod is_null_or_empty;
mod is_present;
mod is_string;
mod item;
mod join;
mod left;
mod len;
mod mid;
mod normalize_diacritics;
mod not;
mod now;
mod num_from_date;
mod pcase;
mod random_string;
mod redact;
mod remove_duplicates;
mod replace;
mod role;
mod select_unique_value;
mod single_app_role_assignment;
mod split;
mod strip_spaces;
mod switch;
mod to_lower;
mod to_upper;
mod word;

/// Every function, by name.
pub(super) const FUNCTIONS: &[&dyn Function] = &[
    &append::Append,
    &app_role_assignments::AppRoleAssignments,
    &app_role_assignments_complex::AppRoleAssignmentsComplex,
    &assertive_app_role_assignments_complex::AssertiveAppRoleAssignmentsComplex,
    &bit_and::BitAnd,
    &cbool::CBool,
    &cdate::CDate,
    &coalesce::Coalesce,
    &convert_to_base64::ConvertToBase64,
    &convert_to_utf8_hex::ConvertToUtf8Hex,
    &count::Count,
    &cstr::CStr,
    &date_add::DateAdd,
    &date_diff::DateDiff,
    &date_from_num::DateFromNum,
    &default_domain::DefaultDomain,
    &format_date_time::FormatDateTime,
    &guid::Guid,
    &ignore_flow_if_null_or_empty::IgnoreFlowIfNullOrEmpty,
    &iif::Iif,
    &in_str::InStr,
    &is_null::IsNull,
    &is_null_or_empty::IsNullOrEmpty,
    &is_present::IsPresent,
    &is_string::IsString,
    &item::Item,
    &join::Join,
    &left::Left,
    &len::Len,
    &mid::Mid,
    &normalize_diacritics::NormalizeDiacritics,
    &not::Not,
    &now::Now,
    &num_from_date::NumFromDate,
    &pcase::PCase,
    &random_string::RandomString,
    &redact::Redact,
    &remove_duplicates::RemoveDuplicates,
    &replace::Replace,
    &select_unique_value::SelectUniqueValue,
    &single_app_role_assignment::SingleAppRoleAssignment,
    &split::Split,
    &strip_spaces::StripSpaces,
    &switch::Switch,
    &to_lower::ToLower,
    &to_upper::ToUpper,
    &word::Word,
];

/// The function of a name, whatever its case.
pub(super) fn find(name: &str) -> Option<&'static dyn Function> {
    FUNCTIONS.iter().find(|function| function.signature().name.eq_ignore_ascii_case(name)).copied()
}
