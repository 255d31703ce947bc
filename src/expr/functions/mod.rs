//! The functions of the language: one file for each, one line in the table.

use super::function::Function;

mod and;
mod app_role_assignments;
mod app_role_assignments_complex;
mod append;
mod assertive_app_role_assignments_complex;
mod bit_and;
mod cbool;
mod cdate;
mod cnum;
mod coalesce;
mod contains;
mod convert_from_base64;
mod convert_from_utf8_hex;
mod convert_to_base64;
mod convert_to_utf8_hex;
mod count;
mod cstr;
mod date_add;
mod date_diff;
mod date_from_num;
mod default_domain;
mod digest;
mod ends_with;
mod first;
mod format_date_time;
mod guid;
mod hash_bcrypt;
mod hash_pbkdf2_sha256;
mod hash_phpass;
mod hash_sha1;
mod hash_sha256;
mod hash_sha512_crypt;
mod ignore_flow_if_null_or_empty;
mod iif;
mod in_;
mod in_str;
mod is_guid;
mod is_null;
mod is_null_or_empty;
mod is_numeric;
mod is_present;
mod is_string;
mod item;
mod item_or_null;
mod join;
mod left;
mod len;
mod lookup;
mod mid;
mod normalize_diacritics;
mod not;
mod now;
mod num_from_date;
mod or;
mod pad;
mod pad_left;
mod pad_right;
mod pair;
mod password;
mod pcase;
mod random_hex;
mod random_string;
mod redact;
mod regex_match;
mod remove_duplicates;
mod replace;
mod right;
mod role;
mod select_unique_value;
mod single_app_role_assignment;
mod split;
mod starts_with;
mod strip_spaces;
mod substring_after;
mod substring_before;
mod switch;
mod to_lower;
mod to_upper;
mod trim;
mod word;

/// Every function, by name.
pub(super) const FUNCTIONS: &[&dyn Function] = &[
    &and::And,
    &append::Append,
    &app_role_assignments::AppRoleAssignments,
    &app_role_assignments_complex::AppRoleAssignmentsComplex,
    &assertive_app_role_assignments_complex::AssertiveAppRoleAssignmentsComplex,
    &bit_and::BitAnd,
    &cbool::CBool,
    &cdate::CDate,
    &cnum::CNum,
    &coalesce::Coalesce,
    &contains::Contains,
    &convert_from_base64::ConvertFromBase64,
    &convert_from_utf8_hex::ConvertFromUtf8Hex,
    &convert_to_base64::ConvertToBase64,
    &convert_to_utf8_hex::ConvertToUtf8Hex,
    &count::Count,
    &cstr::CStr,
    &date_add::DateAdd,
    &date_diff::DateDiff,
    &date_from_num::DateFromNum,
    &default_domain::DefaultDomain,
    &ends_with::EndsWith,
    &first::First,
    &format_date_time::FormatDateTime,
    &guid::Guid,
    &hash_bcrypt::HashBcrypt,
    &hash_pbkdf2_sha256::HashPbkdf2Sha256,
    &hash_phpass::HashPhpass,
    &hash_sha1::HashSha1,
    &hash_sha256::HashSha256,
    &hash_sha512_crypt::HashSha512Crypt,
    &ignore_flow_if_null_or_empty::IgnoreFlowIfNullOrEmpty,
    &iif::Iif,
    &in_::In,
    &in_str::InStr,
    &is_guid::IsGuid,
    &is_null::IsNull,
    &is_null_or_empty::IsNullOrEmpty,
    &is_numeric::IsNumeric,
    &is_present::IsPresent,
    &is_string::IsString,
    &item::Item,
    &item_or_null::ItemOrNull,
    &join::Join,
    &left::Left,
    &len::Len,
    &lookup::Lookup,
    &mid::Mid,
    &normalize_diacritics::NormalizeDiacritics,
    &not::Not,
    &now::Now,
    &num_from_date::NumFromDate,
    &or::Or,
    &pad_left::PadLeft,
    &pad_right::PadRight,
    &pcase::PCase,
    &random_hex::RandomHex,
    &random_string::RandomString,
    &redact::Redact,
    &regex_match::RegexMatch,
    &remove_duplicates::RemoveDuplicates,
    &replace::Replace,
    &right::Right,
    &select_unique_value::SelectUniqueValue,
    &single_app_role_assignment::SingleAppRoleAssignment,
    &split::Split,
    &starts_with::StartsWith,
    &strip_spaces::StripSpaces,
    &substring_after::SubstringAfter,
    &substring_before::SubstringBefore,
    &switch::Switch,
    &to_lower::ToLower,
    &to_upper::ToUpper,
    &trim::Trim,
    &word::Word,
];

/// The function of a name, whatever its case.
pub(super) fn find(name: &str) -> Option<&'static dyn Function> {
    FUNCTIONS.iter().find(|function| function.signature().name.eq_ignore_ascii_case(name)).copied()
}
