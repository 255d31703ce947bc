//! Parameters → what is bound. Text goes as UTF-16, so that no locale of the driver manager touches it.

use odbc_api::buffers::Indicator;
use odbc_api::parameter::{InputParameter, VarBinaryBox, VarWCharBox};
use odbc_api::{Bit, IntoParameter as _};

use super::super::column::Parameter;
use super::language::Language;

/// A value as ODBC takes it.
pub(super) type Bound = Box<dyn InputParameter>;

/// The parameters, ready to be bound.
pub(super) fn bound(language: &Language, untyped: bool, parameters: &[Parameter]) -> Vec<Bound> {
    parameters.iter().map(|parameter| one(language, untyped, parameter)).collect()
}

fn one(language: &Language, untyped: bool, parameter: &Parameter) -> Bound {
    match parameter {
        Parameter::Null | Parameter::List(_) | Parameter::Array(_) => Box::new(VarWCharBox::null()),
        Parameter::Text(said) | Parameter::Narrow(said, _) => text(said),
        Parameter::Boolean(b) if untyped => text(if *b { "true" } else { "false" }),
        Parameter::Boolean(b) if language.bits => Box::new(Bit::from_bool(*b)),
        Parameter::Boolean(b) => Box::new(i32::from(*b)),
        Parameter::Integer(i) if untyped => text(&i.to_string()),
        // Oracle's driver knows no numbers of eight bytes.
        Parameter::Integer(i) => match i32::try_from(*i) {
            Ok(small) => Box::new(small),
            Err(_) if language.bits => Box::new(*i),
            Err(_) => text(&i.to_string()),
        },
        Parameter::Decimal(d) if untyped => text(&d.to_string()),
        Parameter::Decimal(d) => Box::new(*d),
        Parameter::Bytes(bytes) if untyped => text(&hex(bytes)),
        Parameter::Bytes(bytes) if bytes.is_empty() => {
            Box::new(VarBinaryBox::from_buffer(vec![0].into_boxed_slice(), Indicator::Length(0)))
        }
        Parameter::Bytes(bytes) => Box::new(bytes.clone().into_parameter()),
    }
}

/// An empty text needs a place all the same: some drivers take a length of zero for a mistake.
fn text(said: &str) -> Bound {
    if said.is_empty() {
        return Box::new(VarWCharBox::from_buffer(vec![0].into_boxed_slice(), Indicator::Length(0)));
    }
    Box::new(said.into_parameter())
}

/// PostgreSQL's notation of bytes.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::from("\\x");
    bytes.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
    text
}
