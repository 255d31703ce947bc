//! Values → PostgreSQL. Every parameter goes in its text form, which the server converts to
//! whatever type it found for the placeholder.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use super::super::column::Parameter;

/// A value in its text form.
#[derive(Debug)]
pub(super) struct AsText<'a, T>(pub(super) &'a T);

impl ToSql for AsText<'_, Parameter> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(text) = text_of(self.0, ty) else { return Ok(IsNull::Yes) };
        out.put_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

fn text_of(parameter: &Parameter, ty: &Type) -> Option<String> {
    Some(match parameter {
        Parameter::Null => return None,
        Parameter::Boolean(b) if matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8 | Type::NUMERIC) => {
            i64::from(*b).to_string()
        }
        Parameter::Boolean(b) => b.to_string(),
        Parameter::Integer(i) => i.to_string(),
        Parameter::Decimal(d) => d.to_string(),
        Parameter::Text(text) | Parameter::Narrow(text, _) => text.clone(),
        Parameter::Bytes(bytes) => bytes.iter().fold("\\x".to_owned(), |hex, byte| hex + &format!("{byte:02x}")),
        Parameter::List(items) | Parameter::Array(items) => array(items),
    })
}

/// `{"a","b\"c",NULL}`.
fn array(items: &[Parameter]) -> String {
    let mut text = String::with_capacity(items.len() * 8 + 2);
    text.push('{');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        match text_of(item, &Type::TEXT) {
            None => text.push_str("NULL"),
            Some(item) => {
                text.push('"');
                for c in item.chars() {
                    if matches!(c, '"' | '\\') {
                        text.push('\\');
                    }
                    text.push(c);
                }
                text.push('"');
            }
        }
    }
    text.push('}');
    text
}
