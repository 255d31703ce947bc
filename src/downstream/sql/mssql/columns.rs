//! The types of columns: the server describes a statement without running it.

use std::sync::Arc;

use tiberius::ColumnData;

use super::super::column::{ColumnType, Parameter};
use super::super::fault::Fault;
use super::super::narrow::Narrow;
use super::super::statement::Statement;
use super::encode::declared;
use super::fault::of_server;
use super::session::MssqlSession;

/// What the first set of rows of a statement consists of, or what is wrong with the statement.
const DESCRIBE: &str = "SELECT system_type_name, collation_name, CONVERT(int, COLLATIONPROPERTY(collation_name, 'CodePage')), \
    error_number, error_message FROM sys.dm_exec_describe_first_result_set(@P1, @P2, 0) ORDER BY column_ordinal";

/// Numbers of what keeps a statement from being described that does not keep it from running. The one before them
/// says that it does not compile.
const UNDESCRIBED: std::ops::RangeInclusive<u32> = 11502..=11599;

/// The types of what each statement would give.
pub(super) async fn describe(
    session: &mut MssqlSession<'_>,
    statements: &[Statement],
) -> Result<Vec<Vec<ColumnType>>, Fault> {
    let mut described = Vec::with_capacity(statements.len());
    for statement in statements {
        let parameters =
            vec![Parameter::Text(statement.text.clone()), Parameter::Text(declared(&statement.parameters))];
        let question = Statement { text: DESCRIBE.to_owned(), parameters, returns: Vec::new(), then: None };
        let mut types = Vec::new();
        for row in session.asked(&question).await? {
            let mut cells = row.into_iter();
            let (name, collation, page) = (text(cells.next()), text(cells.next()), number(cells.next()));
            match number(cells.next()) {
                Some(code) if UNDESCRIBED.contains(&code) => (),
                Some(code) => return Err(of_server(code, &text(cells.next()).unwrap_or_default(), "")),
                None => types.push(of_declared(&name.unwrap_or_default(), collation.as_deref(), page.unwrap_or(0))),
            }
        }
        described.push(types);
    }
    Ok(described)
}

fn text(cell: Option<ColumnData<'static>>) -> Option<String> {
    match cell {
        Some(ColumnData::String(text)) => text.map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

fn number(cell: Option<ColumnData<'static>>) -> Option<u32> {
    match cell {
        Some(ColumnData::I32(number)) => number.and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}

/// `nvarchar(60)`, `varchar(max)`, `decimal(8,2)`, `datetime2(7)`.
pub(in super::super) fn of_declared(declared: &str, collation: Option<&str>, page: u32) -> ColumnType {
    let (name, rest) = declared.split_at(declared.find('(').unwrap_or(declared.len()));
    let size = rest.trim_matches(['(', ')']).parse().ok();
    // `SQL_Latin1_General_CP1_CI_AS`, `Latin1_General_100_CI_AS_SC_UTF8`.
    let ignores_case = collation.is_some_and(|name| name.contains("_CI"));
    match name {
        "bit" => ColumnType::Boolean,
        "tinyint" => ColumnType::Integer(1),
        "smallint" => ColumnType::Integer(2),
        "int" => ColumnType::Integer(4),
        "bigint" => ColumnType::Integer(8),
        "decimal" | "numeric" => ColumnType::Numeric,
        // The server takes no text for money.
        "float" | "real" | "money" | "smallmoney" => ColumnType::Float,
        "datetime" | "smalldatetime" => ColumnType::Coarse,
        "datetime2" => ColumnType::Naive,
        "datetimeoffset" => ColumnType::Universal,
        "date" => ColumnType::Date,
        "uniqueidentifier" => ColumnType::Uuid,
        "binary" | "varbinary" | "image" => ColumnType::Binary,
        "timestamp" | "rowversion" => ColumnType::RowVersion,
        "json" => ColumnType::Json,
        "nvarchar" | "nchar" | "sysname" if ignores_case => padded(name, ColumnType::CaselessText(size)),
        "nvarchar" | "nchar" | "sysname" => padded(name, ColumnType::Text(size)),
        "varchar" | "char" => padded(name, narrow(size, collation.unwrap_or_default(), ignores_case, page)),
        _ => ColumnType::Other,
    }
}

fn padded(name: &str, text: ColumnType) -> ColumnType {
    if matches!(name, "char" | "nchar") { ColumnType::Padded(Box::new(text)) } else { text }
}

/// The name of a collation stands in statements: what is none is not taken for one.
fn narrow(limit: Option<u32>, collation: &str, ignores_case: bool, page: u32) -> ColumnType {
    if collation.is_empty() || !collation.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return ColumnType::Text(limit);
    }
    ColumnType::Narrow(Narrow { limit, ignores_case, collation: Arc::from(collation), page })
}
