//! Parameters → what is sent. A text, a number or a flag becomes what the column holds by a conversion
//! of the server's, which takes the column's type for the stronger one.

use tiberius::Query;

use super::super::column::Parameter;

/// The statement with its parameters bound.
pub(super) fn query<'a>(text: &'a str, parameters: &'a [Parameter]) -> Query<'a> {
    let mut query = Query::new(text);
    for parameter in parameters {
        match parameter {
            Parameter::Null => query.bind(None::<&str>),
            Parameter::Boolean(b) => query.bind(*b),
            Parameter::Integer(i) => query.bind(*i),
            Parameter::Decimal(d) => query.bind(*d),
            Parameter::Text(text) | Parameter::Narrow(text, _) => query.bind(text.as_str()),
            Parameter::Bytes(bytes) => query.bind(bytes.as_slice()),
            Parameter::List(items) | Parameter::Array(items) => query.bind(json(items).to_string()),
        }
    }
    query
}

/// The names and types of the parameters, as a description of the statement asks for them.
pub(super) fn declared(parameters: &[Parameter]) -> String {
    let each = parameters.iter().enumerate().map(|(at, parameter)| {
        let what = match parameter {
            Parameter::Boolean(_) => "bit",
            Parameter::Integer(_) => "bigint",
            Parameter::Decimal(_) => "float(53)",
            Parameter::Bytes(_) => "varbinary(max)",
            Parameter::Null | Parameter::Text(_) | Parameter::Narrow(..) => "nvarchar(4000)",
            Parameter::List(_) | Parameter::Array(_) => "nvarchar(max)",
        };
        format!("@P{} {what}", at + 1)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn json(items: &[Parameter]) -> serde_json::Value {
    let each = items.iter().map(|item| match item {
        Parameter::Boolean(b) => i64::from(*b).into(),
        Parameter::Integer(i) => (*i).into(),
        Parameter::Decimal(d) => (*d).into(),
        Parameter::Text(text) | Parameter::Narrow(text, _) => text.as_str().into(),
        // A list holds no lists: `one of` compares with single values.
        Parameter::Null | Parameter::Bytes(_) | Parameter::List(_) | Parameter::Array(_) => serde_json::Value::Null,
    });
    each.collect()
}
