//! Which columns a key of a table consists of: an error names only the key.

use tiberius::Query;

use super::super::fault::Refusal;
use super::pool::Spoken;

/// Puts the columns of the key that a refusal names in its place. Where they cannot be learned, the
/// words of the key's name are the best guess.
pub(super) async fn columns_of_key(client: &mut Spoken, refusal: &mut Refusal) {
    let Some(key) = refusal.columns.pop() else { return };
    refusal.columns.extend(columns(client, &refusal.table, &key).await.unwrap_or_default());
    refusal.columns.extend(key.split('_').map(str::to_owned));
}

async fn columns(client: &mut Spoken, table: &str, key: &str) -> tiberius::Result<Vec<String>> {
    const COLUMNS: &str = "SELECT c.name FROM sys.indexes AS i \
        JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id \
        JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id \
        WHERE i.object_id = OBJECT_ID(@P1) AND i.name = @P2 AND x.key_ordinal > 0 ORDER BY x.key_ordinal";
    let quoted: Vec<_> = table.split('.').map(|part| format!("[{}]", part.replace(']', "]]"))).collect();
    let mut query = Query::new(COLUMNS);
    query.bind(quoted.join("."));
    query.bind(key.to_owned());
    let rows = Box::pin(async { query.query(client).await?.into_first_result().await }).await?;
    Ok(rows.iter().filter_map(|row| row.try_get::<&str, _>(0).ok().flatten().map(str::to_owned)).collect())
}
