//! What PostgreSQL knows about its tables: `pg_catalog`, which shows more than
//! `information_schema` and to everybody.

use super::Questions;

pub(in super::super) const QUESTIONS: Questions = Questions {
    columns: r"
SELECT n.nspname::text, c.relname::text, c.relkind IN ('v', 'm'), pg_table_is_visible(c.oid), a.attname::text,
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END,
    a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
    concat(
        CASE WHEN has_column_privilege(c.oid, a.attnum, 'SELECT') THEN 'r' END,
        CASE WHEN has_column_privilege(c.oid, a.attnum, 'INSERT') THEN 'a' END,
        CASE WHEN has_column_privilege(c.oid, a.attnum, 'UPDATE') THEN 'w' END,
        CASE WHEN has_table_privilege(c.oid, 'DELETE') THEN 'd' END)
FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 1, 2, a.attnum",
    indexes: r"
SELECT n.nspname::text, c.relname::text, i.relname::text, x.indisunique, x.indisprimary, x.indpred IS NOT NULL,
    k.at::bigint, pg_get_indexdef(x.indexrelid, k.at, true)
FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL generate_series(1, x.indnkeyatts::int) AS k(at)
WHERE x.indisvalid AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 1, 2, 3, 7",
    references: r"
SELECT n.nspname::text, c.relname::text, a.attname::text, rn.nspname::text, r.relname::text, ra.attname::text,
    k.confdeltype IN ('c', 'n', 'd')
FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    JOIN pg_class AS r ON r.oid = k.confrelid
    JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
    JOIN pg_attribute AS ra ON ra.attrelid = k.confrelid AND ra.attnum = k.confkey[1]
WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
ORDER BY 1, 2, 3",
};
