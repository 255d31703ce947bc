//! What a driver says about the tables of its database: the catalogue functions of ODBC, for databases
//! that no questions are known for.
//!
//! Of indexes it knows the primary keys only.

use odbc_api::{Connection, Cursor};

use super::super::catalogue::{Catalogue, ColumnFacts, IndexFacts, TableFacts};
use super::super::fault::Fault;
use super::decode::{Failed, text};
use super::language::Language;

/// The most columns that are read, and the most tables that are asked for their keys.
const COLUMNS: usize = 200_000;
const TABLES: usize = 1000;

/// Schemas of the databases themselves.
const OWN: &[&str] = &[
    "information_schema",
    "pg_catalog",
    "pg_toast",
    "qsys",
    "qsys2",
    "sys",
    "syscat",
    "sysibm",
    "sysibmadm",
    "sysproc",
    "syspublic",
    "sysstat",
    "systools",
    "system",
    "_sys_bi",
    "_sys_repo",
    "_sys_statistics",
    "ctxsys",
    "mdsys",
    "xdb",
    "wmsys",
    "outln",
    "dbsnmp",
    "lbacsys",
    "dvsys",
    "gsmadmin_internal",
    "audsys",
    "ordsys",
    "olapsys",
];

/// The tables.
pub(super) fn read(connection: &Connection<'_>, language: &Language) -> Result<Catalogue, Fault> {
    let asked = tables(connection).and_then(|mut catalogue| {
        keys(connection, &mut catalogue)?;
        Ok(catalogue)
    });
    asked.map_err(|failed| match failed {
        Failed::Driver(error) => super::fault::fault(language, &error, ""),
        Failed::Unusable(fault) => fault,
    })
}

fn tables(connection: &Connection<'_>) -> Result<Catalogue, Failed> {
    let catalog = connection.current_catalog().unwrap_or_default();
    let mut statement = connection.preallocate()?;
    let mut cursor = statement.columns_cursor(&catalog, "%", "%", "%")?;
    let mut catalogue = Catalogue::default();
    for row in rows(&mut cursor, 13, COLUMNS)? {
        let [_, schema, table, column, _, declared, size, _, _, _, nullable, _, default] = row.as_slice() else {
            continue;
        };
        if OWN.contains(&schema.to_ascii_lowercase().as_str()) {
            continue;
        }
        if catalogue.tables.last().is_none_or(|last| last.name != *table || last.schema != *schema) {
            let (schema, name) = (schema.clone(), table.clone());
            catalogue.tables.push(TableFacts { schema, name, visible: true, unindexed: true, ..TableFacts::default() });
        }
        if let Some(table) = catalogue.tables.last_mut() {
            table.columns.push(ColumnFacts {
                name: column.clone(),
                declared: sized(declared, size),
                not_null: nullable == "0",
                filled: !default.is_empty() || nullable == "0" && declared.to_ascii_lowercase().contains("identity"),
                rights: "rawd".to_owned(),
            });
        }
    }
    Ok(catalogue)
}

/// `varchar(60)`.
fn sized(declared: &str, size: &str) -> String {
    let text = declared.to_ascii_lowercase().contains("char") && !declared.contains('(');
    if text && !size.is_empty() { format!("{declared}({size})") } else { declared.to_owned() }
}

fn keys(connection: &Connection<'_>, catalogue: &mut Catalogue) -> Result<(), Failed> {
    let catalog = connection.current_catalog().unwrap_or_default();
    for table in catalogue.tables.iter_mut().take(TABLES) {
        let mut statement = connection.preallocate()?;
        let mut cursor = statement.primary_keys_cursor(named(&catalog), named(&table.schema), &table.name)?;
        let columns: Vec<_> =
            rows(&mut cursor, 4, COLUMNS)?.into_iter().filter_map(|row| row.into_iter().nth(3)).collect();
        // Whether a key counts by itself, or a trigger gives it, is not said: one that nothing fills is refused by the
        // database at the first insert.
        if let [key] = &*columns
            && let Some(column) = table.columns.iter_mut().find(|column| column.name == *key)
        {
            column.filled = true;
        }
        if !columns.is_empty() {
            table.indexes.push(IndexFacts {
                name: "primary key".to_owned(),
                unique: true,
                primary: true,
                partial: false,
                elements: columns,
            });
        }
    }
    Ok(())
}

fn named(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

/// The first columns of every row, null as nothing.
fn rows(cursor: &mut impl Cursor, columns: u16, most: usize) -> Result<Vec<Vec<String>>, Failed> {
    let mut all = Vec::new();
    while let Some(mut row) = cursor.next_row()? {
        if all.len() == most {
            return Err(Failed::Unusable(Fault::garbage("ODBC: the database has too many columns to look through")));
        }
        let cells = (1..=columns).map(|at| text(&mut row, at).map(Option::unwrap_or_default));
        all.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(all)
}
