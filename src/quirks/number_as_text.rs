//! Clients built on templates send numbers as text, and text that looks like a number as one.
//!
//! Sent:   {"employeeNumber": 1007, "level": "5"}
//! Meant:  {"employeeNumber": "1007", "level": 5}
//!
//! The schema says which of the two it is.

use crate::scim::{AttributeType, RawRequest, ResourceTypes};
use crate::value::Value;

use super::Quirk;
use super::message::each_value;

pub(super) struct NumberAsText;

impl Quirk for NumberAsText {
    fn name(&self) -> &'static str {
        "number_as_text"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| match (attribute.kind, &*value) {
            (AttributeType::Integer, Value::String(text)) => {
                if let Ok(number) = text.trim().parse() {
                    *value = Value::Integer(number);
                }
            }
            (AttributeType::Decimal, Value::String(text)) => {
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                if let Some(number) = number {
                    *value = Value::Decimal(number);
                }
            }
            // An open schema takes numbers, and may give them back.
            (AttributeType::String | AttributeType::Reference, Value::Integer(_)) if !attribute.open => {
                *value = Value::String(value.to_text());
            }
            _ => (),
        });
    }
}
