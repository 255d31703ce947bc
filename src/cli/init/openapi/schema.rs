//! What a schema of the document says of a value: its kind, its bounds, the properties of an object. Pure.
//!
//! Only what a mapping needs is read. Of alternatives (`oneOf`, `anyOf`) the first that is not null
//! counts; the parts of `allOf` count together.

use serde_json::Value as Json;

use super::document::{Document, is, list, text};

/// How deep parts lie within one another.
const DEEP: usize = 12;
/// The most parts that are looked at for one schema; parts may refer to one another in circles.
const MOST_PARTS: usize = 100;
/// The most properties of one object.
const MOST_PROPERTIES: usize = 500;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A date with its time.
    Time,
    Integer,
    Number,
    Boolean,
    List,
    Object,
    /// The document does not say.
    Unknown,
}

/// A schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema<'a> {
    document: &'a Document,
    /// What stood there, perhaps a reference with more beside it.
    raw: &'a Json,
    node: &'a Json,
}

/// A property of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) schema: Schema<'a>,
    pub(super) required: bool,
}

impl<'a> Schema<'a> {
    pub(super) fn new(document: &'a Document, raw: &'a Json) -> Self {
        Self { document, raw, node: document.follow(raw) }
    }

    /// True when both are the same place of the document.
    pub(super) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.node, other.node) && !self.node.is_null()
    }

    /// The name of the schema, where it has one: the end of the reference to it.
    pub(super) fn name(self) -> Option<&'a str> {
        super::document::reference_of(self.raw)?.rsplit('/').next()
    }

    /// True when there is nothing that it says.
    pub(super) fn is_empty(self) -> bool {
        self.node.as_object().is_none_or(serde_json::Map::is_empty)
    }

    pub(super) fn kind(self) -> Kind {
        let mut here = self;
        for _ in 0..DEEP {
            match here.type_name() {
                Some("string") => {
                    let time = text(here.node, "format").is_some_and(|format| format.starts_with("date-time"));
                    return if time { Kind::Time } else { Kind::Text };
                }
                Some("integer") => return Kind::Integer,
                Some("number") => return Kind::Number,
                Some("boolean") => return Kind::Boolean,
                Some("array") => return Kind::List,
                Some("object") => return Kind::Object,
                _ if here.node.get("properties").is_some() => return Kind::Object,
                _ if here.node.get("items").is_some() => return Kind::List,
                _ => {}
            }
            let Some(next) = here.first_part() else { return Kind::Unknown };
            here = next;
        }
        Kind::Unknown
    }

    fn type_name(self) -> Option<&'a str> {
        match self.node.get("type")? {
            Json::String(name) => Some(name),
            Json::Array(names) => names.iter().filter_map(Json::as_str).find(|name| *name != "null"),
            _ => None,
        }
    }

    fn first_part(self) -> Option<Self> {
        let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|name| list(self.node, name));
        parts.map(|part| Self::new(self.document, part)).find(|part| part.type_name_or_null() != Some("null"))
    }

    fn type_name_or_null(self) -> Option<&'a str> {
        text(self.node, "type")
    }

    /// What the elements of a list are.
    pub(super) fn items(self) -> Option<Self> {
        let mut here = self;
        for _ in 0..DEEP {
            if let Some(items) = here.node.get("items") {
                return Some(Self::new(self.document, items));
            }
            here = here.first_part()?;
        }
        None
    }

    /// The properties of an object, in the document's order; those of its parts among them.
    pub(super) fn properties(self) -> Vec<Property<'a>> {
        let (mut found, mut left) = (Vec::new(), MOST_PARTS);
        self.collect(&mut found, DEEP, &mut left);
        found
    }

    fn collect(self, found: &mut Vec<Property<'a>>, deep: usize, left: &mut usize) {
        if deep == 0 || *left == 0 {
            return;
        }
        *left -= 1;
        let required = list(self.node, "required");
        let own = self.node.get("properties").and_then(Json::as_object).into_iter().flatten();
        for (name, schema) in own.take(MOST_PROPERTIES) {
            if !found.iter().any(|have| have.name == name) && found.len() < MOST_PROPERTIES {
                found.push(Property { name, schema: Self::new(self.document, schema), required: false });
            }
        }
        for part in list(self.node, "allOf") {
            Self::new(self.document, part).collect(found, deep - 1, left);
        }
        for name in required.iter().take(MOST_PROPERTIES).filter_map(Json::as_str) {
            found.iter_mut().filter(|property| property.name == name).for_each(|property| property.required = true);
        }
        let alternatives = ["oneOf", "anyOf"].into_iter().flat_map(|name| list(self.node, name));
        let mut objects = alternatives.map(|part| Self::new(self.document, part));
        if let Some(object) = objects.find(|part| part.kind() == Kind::Object) {
            object.collect(found, deep - 1, left);
        }
    }

    /// The property of that name.
    pub(super) fn property(self, name: &str) -> Option<Self> {
        self.properties().into_iter().find(|property| property.name == name).map(|property| property.schema)
    }

    /// `readOnly`: it is answered, never taken.
    pub(super) fn is_read_only(self) -> bool {
        is(self.raw, "readOnly") || is(self.node, "readOnly")
    }

    /// `writeOnly`: it is taken, never answered.
    pub(super) fn is_write_only(self) -> bool {
        is(self.raw, "writeOnly") || is(self.node, "writeOnly")
    }

    /// True when null is a value.
    pub(super) fn is_nullable(self) -> bool {
        let null_type = |node: &Json| {
            text(node, "type") == Some("null") || list(node, "type").iter().any(|name| name.as_str() == Some("null"))
        };
        let parts = || ["oneOf", "anyOf"].into_iter().flat_map(|name| list(self.node, name));
        is(self.raw, "nullable") || is(self.node, "nullable") || null_type(self.node) || parts().any(null_type)
    }

    /// The bound under a name, such as `maxLength`.
    pub(super) fn bound(self, name: &str) -> Option<u64> {
        self.node.get(name)?.as_u64()
    }

    /// The `format` of a text.
    pub(super) fn format(self) -> Option<&'a str> {
        text(self.node, "format")
    }

    /// The value that stands for none.
    pub(super) fn default(self) -> Option<&'a Json> {
        self.raw.get("default").or_else(|| self.node.get("default")).filter(|default| !default.is_null())
    }

    /// The only texts that it may be; empty when it may be others. A text that could not stand in an
    /// expression as it is makes it any.
    pub(super) fn words(self) -> Vec<&'a str> {
        let plain = |text: &&str| {
            !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c))
        };
        let values = match self.node.get("const") {
            Some(only) => std::slice::from_ref(only),
            None => list(self.node, "enum"),
        };
        let texts = values.iter().filter(|value| !value.is_null()).map(|value| value.as_str().filter(plain));
        texts.collect::<Option<Vec<_>>>().filter(|texts| texts.len() <= 50).unwrap_or_default()
    }
}
