//! Which columns a key of a table consists of: an error names only the key.

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

use super::super::fault::Refusal;

/// Puts the columns of the key that a refusal names in its place. Where they cannot be learned, the
/// words of the key's name are the best guess.
pub(super) async fn columns_of_key(connection: &mut Conn, refusal: &mut Refusal) {
    const COLUMNS: &str = "SELECT column_name FROM information_schema.statistics \
        WHERE table_schema = coalesce(?, DATABASE()) AND table_name = ? AND index_name = ? \
        AND column_name IS NOT NULL ORDER BY seq_in_index";
    let Some(key) = refusal.columns.pop() else { return };
    let (schema, table) = match refusal.table.rsplit_once('.') {
        Some((schema, table)) => (Some(schema), table),
        None => (None, refusal.table.as_str()),
    };
    let found: mysql_async::Result<Vec<String>> = connection.exec(COLUMNS, (schema, table, &key)).await;
    refusal.columns.extend(found.unwrap_or_default());
    refusal.columns.extend(key.split('_').map(str::to_owned));
}
