//! A schema and its attributes (RFC 7643 §7, §2.2).

use std::sync::Arc;

/// A schema: the attributes that one URN stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The URN.
    pub id: Arc<str>,
    /// The name for people: `User`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// True when clients may use attribute names that are not listed (a bag of open keys).
    pub open: bool,
    /// True when such a name may have blanks, dots, colons and letters of every alphabet.
    pub any_name: bool,
}

impl Schema {
    /// The attribute called `name`, whatever its case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The attribute that an open schema has under a name that is not listed: text, as the client
    /// spells it. `None` when the schema is not open or the name cannot be one.
    #[must_use]
    pub fn open_attribute(&self, name: &str) -> Option<Attribute> {
        let named = self.open && self.attribute(name).is_none() && self.takes_name(name);
        named.then(|| Attribute { open: true, ..Attribute::new(name, AttributeType::String, "") })
    }
}

impl Schema {
    /// True for a name that a client may give to an attribute that is not listed.
    #[must_use]
    pub fn takes_name(&self, name: &str) -> bool {
        is_open_name(name) || (self.any_name && is_any_name(name))
    }
}

/// True for a name where customers choose names for people: at most 64 characters without control
/// characters, and no blank at either end.
#[must_use]
pub fn is_any_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= LONGEST_OPEN_NAME
        && name.trim() == name
        && name != ANY
        && !name.eq_ignore_ascii_case("schemas")
        && !name.contains(|c: char| c.is_control() || is_invisible(c))
}

/// Characters that turn the direction of writing or take no room, so that two names look the same.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// True for a name that a client may give to an attribute of an open schema: a letter, then letters,
/// digits, `-` and `_` (RFC 7643 §2.1), at most 64 of them; not `schemas`, which some clients repeat in
/// each extension.
#[must_use]
pub fn is_open_name(name: &str) -> bool {
    name.len() <= LONGEST_OPEN_NAME
        && !name.eq_ignore_ascii_case("schemas")
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Characters of an attribute's name in an open schema.
pub const LONGEST_OPEN_NAME: usize = 64;
/// Characters of a value in an open schema.
pub const LONGEST_OPEN_VALUE: usize = 4096;
/// Attributes that one resource may have of an open schema, those that it lists left aside.
pub const MOST_OPEN: usize = 100;
/// Stands for every attribute of an open schema that it does not list; no attribute has this name.
pub const ANY: &str = "*";

/// An attribute's definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The name as the schema spells it.
    pub name: Arc<str>,
    /// The data type.
    pub kind: AttributeType,
    /// True for a list of values.
    pub multi_valued: bool,
    /// What it is for.
    pub description: String,
    /// True when a resource without it is refused.
    pub required: bool,
    /// The values that are suggested.
    pub canonical_values: Vec<String>,
    /// True when `A` and `a` differ.
    pub case_exact: bool,
    /// When clients may change it.
    pub mutability: Mutability,
    /// When answers carry it.
    pub returned: Returned,
    /// How far its values are unique.
    pub uniqueness: Uniqueness,
    /// What a reference may point to.
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute.
    pub sub_attributes: Vec<Self>,
    /// True for an attribute of an open schema that no schema lists: text, numbers and truth values
    /// are taken, and kept as text.
    pub open: bool,
}

impl Attribute {
    /// A readWrite, optional, single-valued attribute returned by default, ignoring case.
    #[must_use]
    pub fn new(name: &str, kind: AttributeType, description: &str) -> Self {
        Self {
            name: name.into(),
            kind,
            multi_valued: false,
            description: description.to_owned(),
            required: false,
            canonical_values: Vec::new(),
            case_exact: matches!(kind, AttributeType::Reference | AttributeType::Binary),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
            open: false,
        }
    }

    /// The sub-attribute called `name`, whatever its case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|sub| sub.name.eq_ignore_ascii_case(name))
    }
}

/// RFC 7643 §2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An xsd:dateTime.
    DateTime,
    /// Bytes in base64.
    Binary,
    /// A URI, URL or id.
    Reference,
    /// Named parts.
    Complex,
}

impl AttributeType {
    /// The word of RFC 7643 §7.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

/// RFC 7643 §7, `mutability`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// The server's alone.
    ReadOnly,
    /// Free.
    ReadWrite,
    /// Set once.
    Immutable,
    /// Set, never read.
    WriteOnly,
}

impl Mutability {
    /// The word of RFC 7643 §7.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// RFC 7643 §7, `returned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// In every answer.
    Always,
    /// In none.
    Never,
    /// Unless excluded.
    Default,
    /// Only when asked for.
    Request,
}

impl Returned {
    /// The word of RFC 7643 §7.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

/// RFC 7643 §7, `uniqueness`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Within this server.
    Server,
    /// Everywhere.
    Global,
}

impl Uniqueness {
    /// The word of RFC 7643 §7.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Global => "global",
        }
    }
}
