//! JSON text → `Value`, with every bound checked while reading, before anything is built on it.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Object, Value};

/// Bounds on one JSON document. The body's size is bounded before it gets here.
#[derive(Debug, Clone)]
pub struct JsonLimits {
    /// Deepest nesting of lists and objects.
    pub depth: usize,
    /// Most values in the document, all levels together.
    pub values: usize,
    /// Longest string, in bytes.
    pub string: usize,
}

impl Default for JsonLimits {
    /// 32 deep, 1,000,000 values (a group of 200,000 members needs 800,000), strings of 64 KiB.
    fn default() -> Self {
        Self { depth: 32, values: 1_000_000, string: 64 * 1024 }
    }
}

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (line {line}, column {column})")]
pub struct JsonProblem {
    /// What is wrong, without a word of the input.
    pub reason: String,
    /// Line of the document, from 1.
    pub line: usize,
    /// Column of the line, from 1.
    pub column: usize,
}

pub(super) fn read(text: &[u8], limits: &JsonLimits) -> Result<Value, JsonProblem> {
    let count = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let seed = Seed { limits, count: &count, depth: 0 };
    let problem = |error: serde_json::Error| JsonProblem {
        reason: reason_of(&error),
        line: error.line(),
        column: error.column(),
    };
    let value = seed.deserialize(&mut deserializer).map_err(problem)?;
    deserializer.end().map_err(problem)?;
    Ok(value)
}

/// serde_json's words quote nothing of the input except in the messages that are our own.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    limits: &'a JsonLimits,
    count: &'a Cell<usize>,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= self.limits.depth {
            return Err(E::custom(format_args!("nested deeper than {} levels", self.limits.depth)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn text<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        if text.len() > self.limits.string {
            return Err(E::custom(format_args!("a string is longer than {} bytes", self.limits.string)));
        }
        Ok(Value::String(text.to_owned()))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count.set(self.count.get() + 1);
        if self.count.get() > self.limits.values {
            return Err(D::Error::custom(format_args!("more than {} values", self.limits.values)));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Boolean(b))
    }

    fn visit_i64<E>(self, i: i64) -> Result<Value, E> {
        Ok(Value::Integer(i))
    }

    #[allow(clippy::cast_precision_loss, reason = "beyond i64 JSON promises no more than a double")]
    fn visit_u64<E>(self, u: u64) -> Result<Value, E> {
        Ok(i64::try_from(u).map_or(Value::Decimal(u as f64), Value::Integer))
    }

    fn visit_f64<E>(self, d: f64) -> Result<Value, E> {
        Ok(Value::Decimal(d))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Object::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.len() > 1024 {
                return Err(A::Error::custom("a member's name is longer than 1024 bytes"));
            }
            if object.len() >= 1000 {
                return Err(A::Error::custom("an object has more than 1000 members"));
            }
            if object.get(&name).is_some() {
                return Err(A::Error::custom("an object names the same member twice"));
            }
            let value = map.next_value_seed(inner)?;
            object.set(name, value);
        }
        Ok(Value::Object(object))
    }
}
