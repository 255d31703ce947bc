//! Every problem code, what it means, never reused.
//!
//! PST0xx files and secrets · PST1xx shape of a file · PST2xx SCIM attributes and resource types ·
//! PST3xx expressions · PST4xx matching, members, deprovisioning · PST5xx the driver's tables ·
//! PST6xx `postern.toml`.

use std::fmt;

/// A stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PST{:03}", self.0)
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $meaning:literal)*) => {
        impl Code {
            $(#[doc = $meaning] pub const $name: Self = Self($number);)*

            /// Every code with its meaning, in order.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self($number), $meaning)),*];
        }
    };
}

codes! {
    1 UNREADABLE_FILE "a file that is named cannot be read"
    2 MISSING_SECRET "a secret's environment variable or file is not there"
    3 SECRET_IN_FILE "a secret stands in the file itself"
    101 TOML_SYNTAX "the file is not TOML"
    102 UNKNOWN_KEY "a key that means nothing here"
    103 MISSING_KEY "a key that is needed is not there"
    104 WRONG_TYPE "a value has another type than the key takes"
    105 CONFLICTING_KEYS "two keys that exclude each other"
    106 NO_RESOURCES "the mapping maps no resource type"
    201 UNKNOWN_SCHEMA "a schema that is neither registered nor declared in the mapping"
    202 UNKNOWN_ATTRIBUTE "an attribute that the schemas do not have"
    203 BAD_PATH "an attribute path that cannot be read"
    204 READ_ONLY_ATTRIBUTE "a rule writes an attribute that clients cannot write"
    205 DUPLICATE_RULE "two rules for one attribute"
    206 REQUIRED_ATTRIBUTE "a required attribute has no rule"
    207 FIELD_FED_TWICE "a field is the target of two rules"
    208 RULE_WITHOUT_EFFECT "a rule that neither reads nor writes"
    209 BAD_SCHEMA "a schema declared in the mapping is not usable"
    210 UNKNOWN_RESOURCE_TYPE "a resource type that the mapping does not have"
    301 EXPRESSION_SYNTAX "an expression cannot be parsed"
    302 UNKNOWN_FUNCTION "an expression names a function that does not exist"
    303 WRONG_ARGUMENTS "a function gets too few, too many or unusable arguments"
    304 UNKNOWN_REFERENCE "an expression names an attribute that the schemas do not have"
    305 WRONG_KIND "an expression gives another kind of value than its target takes"
    306 NOT_INVERTIBLE "an expression has no inverse and the rule has no `read`"
    307 NOT_PORTABLE "an expression uses a function that Entra does not have"
    308 DOUBTFUL_EXPRESSION "an expression works, but probably not as it is meant"
    309 LOSSY "a value may come back as another than was sent"
    310 BAD_LOOKUP "a table of keys and values is not usable"
    401 NO_MATCH "a resource type has no matching attribute"
    402 MATCH_NOT_SEARCHABLE "a matching attribute cannot be searched in the application"
    403 BAD_MEMBERS "the members of a resource type are not usable"
    404 BAD_DEPROVISION "a deprovisioning rule is not usable"
    501 UNKNOWN_DOWNSTREAM "a downstream kind that does not exist"
    502 BAD_URL "an address of the application cannot be read"
    503 BAD_FIELD "a field cannot be read by this kind of downstream"
    504 BAD_CALL "a call's template is not usable"
    505 BAD_RELATION "a related table is not usable"
    506 BAD_CREDENTIALS "the credentials of the application are not usable"
    507 BAD_DIALECT "a dialect that does not exist, or that the address gives already"
    601 BAD_LISTEN "an address to listen on cannot be read"
    602 BAD_TLS "the certificate or the key is not usable"
    603 BAD_TENANT "a tenant is not usable"
    604 BAD_TOKEN "a token is not usable"
    605 BAD_CORRELATION "the correlation store is not usable"
    606 NO_TENANT "no tenant is configured"
    701 LIVE_UNREACHABLE "the application cannot be reached"
    702 LIVE_MISSING "the application has no such table, column or endpoint"
    703 LIVE_MISFIT "the application's table or endpoint does not fit the mapping"
}
