//! What a driver says of a column → its type. The same for every database; where the database's own
//! catalogue says more, that wins.

use std::num::NonZeroUsize;

use odbc_api::DataType;

use super::super::column::ColumnType;

/// The longest text whose length is taken for a limit: drivers give large numbers for none.
const LIMITED: usize = 32_768;

/// The type of a column that is described so.
pub(super) fn type_of(described: DataType) -> ColumnType {
    match described {
        DataType::Bit => ColumnType::Boolean,
        DataType::TinyInt => ColumnType::Integer(1),
        DataType::SmallInt => ColumnType::Integer(2),
        DataType::Integer => ColumnType::Integer(4),
        DataType::BigInt => ColumnType::Integer(8),
        // As Oracle declares whole numbers.
        DataType::Numeric { precision: 1..=18, scale: 0 } | DataType::Decimal { precision: 1..=18, scale: 0 } => {
            ColumnType::Integer(8)
        }
        DataType::Numeric { .. } | DataType::Decimal { .. } => ColumnType::Numeric,
        DataType::Float { .. } | DataType::Real | DataType::Double => ColumnType::Float,
        DataType::Date => ColumnType::Date,
        DataType::Timestamp { .. } => ColumnType::Naive,
        DataType::Char { length } | DataType::WChar { length } => {
            ColumnType::Padded(Box::new(ColumnType::Text(limit(length))))
        }
        DataType::Varchar { length } | DataType::WVarchar { length } => ColumnType::Text(limit(length)),
        DataType::LongVarchar { .. } | DataType::WLongVarchar { .. } => ColumnType::Text(None),
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. } => ColumnType::Binary,
        DataType::Other { data_type, .. } if data_type.0 == GUID => ColumnType::Uuid,
        DataType::Unknown | DataType::Time { .. } | DataType::Other { .. } => ColumnType::Unknown,
    }
}

/// `SQL_GUID`.
const GUID: i16 = -11;

fn limit(length: Option<NonZeroUsize>) -> Option<u32> {
    length.map(NonZeroUsize::get).filter(|length| *length < LIMITED).and_then(|length| u32::try_from(length).ok())
}
