//! The types of columns: which column of which table a statement gives is in its own description,
//! what the table's maker meant by it only in the catalogue.

use std::collections::HashMap;

use mysql_async::consts::ColumnType as Wire;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Column, Conn, Result};

use super::super::column::ColumnType;
use super::super::statement::Statement;
use super::positional::positional;

/// Columns by name, with their types.
type Table = HashMap<String, ColumnType>;

/// The types of what each statement would give.
pub(super) async fn describe(connection: &mut Conn, statements: &[Statement]) -> Result<Vec<Vec<ColumnType>>> {
    let mut tables: HashMap<(String, String), Table> = HashMap::new();
    let mut described = Vec::new();
    for statement in statements {
        let prepared = connection.prep(positional(&statement.text, &statement.parameters).0).await?;
        let columns = prepared.columns();
        for column in columns.iter() {
            let place = place_of(column);
            if let std::collections::hash_map::Entry::Vacant(entry) = tables.entry(place) {
                let (schema, table) = entry.key().clone();
                entry.insert(declared(connection, &schema, &table).await?);
            }
        }
        let type_of = |column: &Column| {
            let name = column.org_name_str().to_lowercase();
            tables.get(&place_of(column)).and_then(|table| table.get(&name)).cloned().unwrap_or_else(|| of_wire(column))
        };
        described.push(columns.iter().map(type_of).collect());
    }
    Ok(described)
}

fn place_of(column: &Column) -> (String, String) {
    (column.schema_str().into_owned(), column.org_table_str().into_owned())
}

async fn declared(connection: &mut Conn, schema: &str, table: &str) -> Result<Table> {
    const COLUMNS: &str = "SELECT column_name, column_type, collation_name FROM information_schema.columns \
        WHERE table_schema = ? AND table_name = ?";
    let rows: Vec<(String, String, Option<String>)> = connection.exec(COLUMNS, (schema, table)).await?;
    let mut types: Table = rows
        .into_iter()
        .map(|(name, what, collation)| (name.to_lowercase(), of_declared(&what, collation.as_deref())))
        .collect();
    for name in checked_as_json(connection, schema, table).await? {
        types.insert(name, ColumnType::Json);
    }
    Ok(types)
}

/// MariaDB's `json` is a text with a check.
async fn checked_as_json(connection: &mut Conn, schema: &str, table: &str) -> Result<Vec<String>> {
    const CHECKS: &str = "SELECT check_clause FROM information_schema.check_constraints \
        WHERE constraint_schema = ? AND table_name = ?";
    let version: Option<String> = connection.query_first("SELECT VERSION()").await?;
    if !version.is_some_and(|version| version.contains("MariaDB")) {
        return Ok(Vec::new());
    }
    let clauses: Vec<String> = connection.exec(CHECKS, (schema, table)).await?;
    let column = |clause: &String| {
        let name = clause.strip_prefix("json_valid(`")?.strip_suffix("`)")?;
        Some(name.to_lowercase())
    };
    Ok(clauses.iter().filter_map(column).collect())
}

/// `varchar(60)`, `int(10) unsigned`, `enum('a','b')`.
pub(in super::super) fn of_declared(declared: &str, collation: Option<&str>) -> ColumnType {
    let declared = declared.to_ascii_lowercase();
    let (name, rest) = declared.split_at(declared.find(['(', ' ']).unwrap_or(declared.len()));
    let size = rest.strip_prefix('(').and_then(|rest| rest.split(')').next()).unwrap_or_default();
    let unsigned = rest.contains("unsigned");
    match name {
        "tinyint" | "bit" if size == "1" => ColumnType::Boolean,
        "tinyint" => ColumnType::Integer(1),
        "smallint" if !unsigned => ColumnType::Integer(2),
        "int" if !unsigned => ColumnType::Integer(4),
        // The database knows the limits of these best.
        "smallint" | "mediumint" | "int" | "bigint" | "year" => ColumnType::Integer(8),
        "decimal" => ColumnType::Numeric,
        "float" | "double" => ColumnType::Float,
        "datetime" => ColumnType::Naive,
        "timestamp" => ColumnType::Universal,
        "date" => ColumnType::Date,
        "json" => ColumnType::Json,
        "uuid" => ColumnType::Uuid,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => ColumnType::Binary,
        "char" | "varchar" => text(size.parse().ok(), collation),
        "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" => text(None, collation),
        _ => ColumnType::Other,
    }
}

fn text(limit: Option<u32>, collation: Option<&str>) -> ColumnType {
    // `utf8mb4_unicode_ci`, `utf8mb4_0900_ai_ci`, `utf8mb4_uca1400_ai_ci`.
    if collation.is_some_and(|name| name.ends_with("_ci")) {
        ColumnType::CaselessText(limit)
    } else {
        ColumnType::Text(limit)
    }
}

/// What is known of a column that is an expression of a view.
fn of_wire(column: &Column) -> ColumnType {
    match column.column_type() {
        Wire::MYSQL_TYPE_TINY
        | Wire::MYSQL_TYPE_SHORT
        | Wire::MYSQL_TYPE_INT24
        | Wire::MYSQL_TYPE_LONG
        | Wire::MYSQL_TYPE_LONGLONG => ColumnType::Integer(8),
        Wire::MYSQL_TYPE_NEWDECIMAL => ColumnType::Numeric,
        Wire::MYSQL_TYPE_FLOAT | Wire::MYSQL_TYPE_DOUBLE => ColumnType::Float,
        Wire::MYSQL_TYPE_DATETIME => ColumnType::Naive,
        Wire::MYSQL_TYPE_TIMESTAMP => ColumnType::Universal,
        Wire::MYSQL_TYPE_DATE => ColumnType::Date,
        Wire::MYSQL_TYPE_VAR_STRING | Wire::MYSQL_TYPE_STRING | Wire::MYSQL_TYPE_BLOB => ColumnType::Text(None),
        _ => ColumnType::Other,
    }
}
