-- merge.toml on SQL Server

-- members that are named change or go, all others stay
-- step 1
UPDATE [person] SET [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j) WHERE [no] = @P2  -- @P1 = '{"c":"x"}', @P2 = 1
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 1
-- step 3
UPDATE [person] SET [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j) WHERE [no] = @P2  -- @P1 = '{"c":null,"a":null,"e":"é"}', @P2 = 1
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 1

-- a column without an object gets one, be it null, empty or JSON's null
-- step 1
UPDATE [person] SET [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j), [note] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([note], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P2)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P2) WHERE [type] <> 0) AS j) WHERE [no] = @P3  -- @P1 = '{"c":"x"}', @P2 = '{"d":"y"}', @P3 = 2
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 2
-- step 2
UPDATE [person] SET [login] = @P1, [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P2)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P2) WHERE [type] <> 0) AS j), [note] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([note], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P3)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P3) WHERE [type] <> 0) AS j) WHERE [no] = @P4  -- @P1 = 'new', @P2 = '{"c":"x"}', @P3 = '{"d":"y"}', @P4 = 3
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 3

-- no name and no value is anything but data
-- step 1
UPDATE [person] SET [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j) WHERE [no] = @P2  -- @P1 = '{"a''); DROP TABLE person;--":"x","$.a[0]":"\\'' OR 1=1 --","?1 $1 :key {key}":"%s","q\"uote":"\""}', @P2 = 2
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 2
-- step 3
SELECT t.[no], t.[login], t.[doc], t.[note] FROM [person] AS t WHERE t.[no] = @P1  -- @P1 = 2

-- nobody is changed who is not there
-- step 1
UPDATE [person] SET [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j) WHERE [no] = @P2  -- @P1 = '{"c":"x"}', @P2 = 9
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 9

-- a merge is explained as it is sent
-- step 1
UPDATE [person] SET [login] = @P1, [doc] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([doc], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P2)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P2) WHERE [type] <> 0) AS j) WHERE [no] = @P3  -- @P1 = 'x', @P2 = '{"c":"x","a":null}', @P3 = 1
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 1

-- a text that is no JSON is not overwritten
-- step 2
UPDATE [person] SET [note] = (SELECT N'{' + COALESCE(STRING_AGG(N'"' + STRING_ESCAPE([key], 'json') + N'":' + CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'"' + STRING_ESCAPE([value], 'json') + N'"' ELSE [value] END AS nvarchar(max)), N','), N'') + N'}' FROM (SELECT [key], [value], [type] FROM OPENJSON(COALESCE(NULLIF(NULLIF([note], ''), 'null'), '{}')) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON(@P1)) UNION ALL SELECT [key], [value], [type] FROM OPENJSON(@P1) WHERE [type] <> 0) AS j) WHERE [no] = @P2  -- @P1 = '{"d":"y"}', @P2 = 1
SELECT [no], [login], [doc], [note] FROM [person] WHERE [no] = @P1  -- @P1 = 1
