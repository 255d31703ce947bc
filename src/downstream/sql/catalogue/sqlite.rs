//! What SQLite knows about its tables, by its pragmas as tables.

use super::Questions;

/// A table's `INTEGER PRIMARY KEY` is its row id, which SQLite chooses.
pub(in super::super) const QUESTIONS: Questions = Questions {
    columns: r#"
SELECT 'main', m.name, m.type = 'view', 1, p.name, p.type, p."notnull" OR p.pk > 0,
    p.dflt_value IS NOT NULL OR p.hidden > 1 OR (p.pk = 1 AND upper(p.type) = 'INTEGER'
        AND (SELECT count(*) FROM pragma_table_info(m.name) AS k WHERE k.pk > 0) = 1),
    'rawd'
FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS p
WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND p.hidden <> 1
ORDER BY m.name, p.cid"#,
    indexes: r#"
SELECT 'main', m.name, 'primary key', 1, 1, 0, p.pk, p.name
FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS p
WHERE m.type = 'table' AND p.pk > 0
UNION ALL
SELECT 'main', m.name, l.name, l."unique", 0, l.partial, x.seqno,
    CASE WHEN x.name IS NULL THEN '?' WHEN x.coll = 'NOCASE' THEN x.name || ' COLLATE NOCASE' ELSE x.name END
FROM sqlite_schema AS m JOIN pragma_index_list(m.name) AS l JOIN pragma_index_xinfo(l.name) AS x
WHERE m.type = 'table' AND x.key = 1 AND l.origin <> 'pk'
ORDER BY 2, 3, 7"#,
    references: r#"
SELECT 'main', m.name, f."from", 'main', f."table", coalesce(f."to", ''),
    f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f
WHERE m.type = 'table'
ORDER BY m.name, f.id, f.seq"#,
};
