//! What SQL Server knows about its tables: the views of the schema `sys`, which show what the account
//! may see.

use super::Questions;

/// `timestamp` is an old word for `rowversion`, which is no time.
pub(in super::super) const QUESTIONS: Questions = Questions {
    columns: r"
SELECT s.name, o.name, CASE o.type WHEN 'V' THEN 1 ELSE 0 END, CASE WHEN s.name IN (SCHEMA_NAME(), 'dbo') THEN 1 ELSE 0 END, c.name,
    CASE WHEN t.name IN ('varchar', 'char', 'varbinary', 'binary') AND c.max_length > 0
            THEN CONCAT(t.name, '(', c.max_length, ')')
        WHEN t.name IN ('nvarchar', 'nchar') AND c.max_length > 0 THEN CONCAT(t.name, '(', c.max_length / 2, ')')
        WHEN c.max_length = -1 AND t.name IN ('varchar', 'nvarchar', 'varbinary') THEN CONCAT(t.name, '(max)')
        WHEN t.name IN ('decimal', 'numeric') THEN CONCAT(t.name, '(', c.[precision], ',', c.scale, ')')
        WHEN t.name = 'timestamp' THEN 'rowversion'
        ELSE COALESCE(t.name, 'other') END,
    CASE c.is_nullable WHEN 1 THEN 0 ELSE 1 END,
    CASE WHEN c.default_object_id <> 0 OR c.is_identity = 1 OR c.is_computed = 1 OR c.generated_always_type <> 0
        OR t.name = 'timestamp' THEN 1 ELSE 0 END,
    CONCAT(
        CASE HAS_PERMS_BY_NAME(n.quoted, 'OBJECT', 'SELECT', QUOTENAME(c.name), 'COLUMN') WHEN 1 THEN 'r' END,
        CASE HAS_PERMS_BY_NAME(n.quoted, 'OBJECT', 'INSERT') WHEN 1 THEN 'a' END,
        CASE HAS_PERMS_BY_NAME(n.quoted, 'OBJECT', 'UPDATE', QUOTENAME(c.name), 'COLUMN') WHEN 1 THEN 'w' END,
        CASE HAS_PERMS_BY_NAME(n.quoted, 'OBJECT', 'DELETE') WHEN 1 THEN 'd' END)
FROM sys.columns AS c
    JOIN sys.objects AS o ON o.object_id = c.object_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    LEFT JOIN sys.types AS t ON t.user_type_id = c.system_type_id
    CROSS APPLY (SELECT QUOTENAME(s.name) + '.' + QUOTENAME(o.name) AS quoted) AS n
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
ORDER BY s.name, o.name, c.column_id",
    indexes: r"
SELECT s.name, o.name, i.name, CAST(i.is_unique AS int), CAST(i.is_primary_key AS int), CAST(i.has_filter AS int),
    CAST(x.key_ordinal AS int), c.name
FROM sys.indexes AS i
    JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
    JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
    JOIN sys.objects AS o ON o.object_id = i.object_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0 AND x.key_ordinal > 0
ORDER BY s.name, o.name, i.name, x.key_ordinal",
    references: r"
SELECT s.name, o.name, c.name, rs.name, r.name, rc.name,
    CASE WHEN f.delete_referential_action > 0 THEN 1 ELSE 0 END
FROM sys.foreign_keys AS f
    JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
    JOIN sys.objects AS o ON o.object_id = f.parent_object_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
    JOIN sys.objects AS r ON r.object_id = f.referenced_object_id
    JOIN sys.schemas AS rs ON rs.schema_id = r.schema_id
    JOIN sys.columns AS rc ON rc.object_id = k.referenced_object_id AND rc.column_id = k.referenced_column_id
WHERE (SELECT COUNT(*) FROM sys.foreign_key_columns AS a WHERE a.constraint_object_id = f.object_id) = 1
ORDER BY s.name, o.name, c.name",
};
