//! Statements of the mapping with their values.

use super::super::column::{ColumnType, Parameter};
use super::super::given::Given;
use super::super::layout::{Layout, Membership};
use super::{Statement, Statements, named};
use crate::downstream::DownstreamError;
use crate::plan::Unique;
use crate::record::{FieldName, Fields};
use crate::value::Value;

/// What `:token.NAME` begins with.
const TOKEN: &str = "token.";

/// What a statement's parameters stand for.
pub(in super::super) struct Values<'a> {
    pub(in super::super) key: Option<&'a Parameter>,
    /// The fields that change, with their new values.
    pub(in super::super) set: &'a Fields,
    /// All fields, for those that do not change.
    pub(in super::super) whole: &'a Fields,
}

impl Statements<'_> {
    /// A statement with the values of its parameters, each bound where it stands.
    ///
    /// # Errors
    /// `Invalid` for a value that does not fit its column.
    pub(in super::super) fn given(
        self,
        layout: &Layout,
        given: &Given,
        values: &Values<'_>,
    ) -> Result<Statement, DownstreamError> {
        let value = |name: &String| {
            if name == "key" {
                return Ok(values.key.cloned().unwrap_or(Parameter::Null));
            }
            let field = FieldName::new(name);
            if let Some(parameter) = self.of_token(name).filter(|_| layout.column(&field).is_none()) {
                return Ok(parameter);
            }
            let from = if values.set.contains(&field) { values.set } else { values.whole };
            layout.column(&field).map_or(Ok(Parameter::Null), |column| self.value(layout, column, from.get(&field)))
        };
        let parameters = given.names.iter().map(value).collect::<Result<_, _>>()?;
        Ok(Statement {
            text: named::with_placeholders(&given.text, self.dialect),
            parameters,
            returns: Vec::new(),
            then: None,
        })
    }

    /// The value of `:token.NAME`, in its own type: no column says of which it is. Null where the token
    /// does not tell it.
    fn of_token(self, name: &str) -> Option<Parameter> {
        let name = name.strip_prefix(TOKEN)?;
        let value = self.token.iter().find(|(have, _)| have == name).map_or(&Value::Null, |(_, value)| value);
        Some(match value {
            Value::Null => Parameter::Null,
            Value::Boolean(flag) => Parameter::Boolean(*flag),
            Value::Integer(number) => Parameter::Integer(*number),
            Value::Decimal(number) => Parameter::Decimal(*number),
            other => Parameter::Text(other.to_text()),
        })
    }

    /// The same for a statement that may give the key of what it made.
    ///
    /// # Errors
    /// As [`Statements::given`].
    pub(in super::super) fn giving_key(
        self,
        layout: &Layout,
        given: &Given,
        values: &Values<'_>,
    ) -> Result<Statement, DownstreamError> {
        let returns = vec![self.types.of(&layout.table, &layout.key).clone()];
        Ok(Statement { returns, ..self.given(layout, given, values)? })
    }

    /// A statement about one member of a group.
    pub(in super::super) fn for_member(
        self,
        membership: &Membership,
        given: &Given,
        group: &Value,
        member: &Value,
    ) -> Statement {
        let value = |name: &String| match &**name {
            "group" => self.constant(&membership.table, &membership.group, group),
            name if name.starts_with(TOKEN) => self.of_token(name).unwrap_or(Parameter::Null),
            _ => self.constant(&membership.table, &membership.member, member),
        };
        Statement {
            text: named::with_placeholders(&given.text, self.dialect),
            parameters: given.names.iter().map(value).collect(),
            returns: Vec::new(),
            then: None,
        }
    }

    /// The key of the record that holds the unique value.
    ///
    /// # Errors
    /// A field that no column stands for.
    pub(in super::super) fn key_of(self, layout: &Layout, unique: &Unique) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        let (key, what): (String, ColumnType) =
            self.read_column(&layout.table, &layout.key, self.aliased(super::MAIN, &layout.key));
        let text = draft.holder(layout, &key, unique, None)?;
        Ok(draft.finish(text, vec![what]))
    }
}
