//! What a value may be, as far as the text of an expression tells.

use crate::value::Value;

use super::function::Role;
use super::node::{Call, Node};

/// The kind of a parameter or of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything; also what is only known when a request comes.
    Any,
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false; as a parameter also the words `True` and `False`, and a comparison.
    Boolean,
    /// An instant; as a parameter also text that is a date.
    DateTime,
    /// Several values.
    List,
    /// Entra's `appRoleAssignments`.
    Roles,
    /// `vbBinaryCompare` or `vbTextCompare`.
    CompareType,
    /// Keys and values: the name of a table, or its rows as text.
    Table,
}

impl Kind {
    /// The word for it in problems and in the function reference.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Boolean => "a condition",
            Self::DateTime => "a date",
            Self::List => "a list",
            Self::Roles => "role assignments",
            Self::CompareType => "`vbBinaryCompare` or `vbTextCompare`",
            Self::Table => "a table",
        }
    }

    /// True when a value of the kind `given` may do for a parameter of this kind.
    pub(super) const fn accepts(self, given: Self) -> bool {
        match self {
            Self::Any | Self::Text => !matches!(given, Self::CompareType),
            Self::Number => matches!(given, Self::Any | Self::Number | Self::Text | Self::List),
            Self::Boolean => !matches!(given, Self::CompareType | Self::DateTime | Self::Roles),
            Self::DateTime => matches!(given, Self::Any | Self::DateTime | Self::Text | Self::List),
            Self::List => matches!(given, Self::Any | Self::List | Self::Text),
            Self::Roles => matches!(given, Self::Any | Self::Roles),
            Self::CompareType => matches!(given, Self::CompareType),
            Self::Table => !matches!(given, Self::CompareType),
        }
    }

    /// The kind of what `node` gives.
    pub(super) fn of(node: &Node) -> Self {
        match node {
            Node::Missing | Node::Reference(_) => Self::Any,
            Node::Literal(literal) => Self::of_value(&literal.value),
            Node::Word(word) if word.stops_flow() => Self::Any,
            Node::Word(_) => Self::CompareType,
            Node::Comparison(_) => Self::Boolean,
            Node::Call(call) => Self::of_call(call),
        }
    }

    /// A function that passes one of its arguments on has the kind that all of them share.
    fn of_call(call: &Call) -> Self {
        let signature = call.signature();
        if signature.each && call.arguments.get(signature.each_at).map(Self::of) == Some(Self::List) {
            return Self::List;
        }
        let mut passed = call
            .arguments
            .iter()
            .enumerate()
            .filter(|(i, node)| {
                let passes = signature.parameter(*i).is_some_and(|parameter| parameter.role != Role::Data);
                passes && !matches!(node, Node::Missing | Node::Word(_))
            })
            .map(|(_, node)| Self::of(node));
        match passed.next() {
            Some(first) if signature.result == Self::Any && passed.all(|other| other == first) => first,
            _ => signature.result,
        }
    }

    const fn of_value(value: &Value) -> Self {
        match value {
            Value::Null | Value::Object(_) => Self::Any,
            Value::Boolean(_) => Self::Boolean,
            Value::Integer(_) | Value::Decimal(_) => Self::Number,
            Value::String(_) | Value::Binary(_) => Self::Text,
            Value::DateTime(_) => Self::DateTime,
            Value::List(_) => Self::List,
        }
    }
}
