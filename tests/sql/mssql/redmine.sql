-- redmine.toml on SQL Server

-- a user is made with the rows that belong to it
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [admin], [created_on], [score], [type]) OUTPUT inserted.[id] INTO @made SELECT @P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3, @P4, @P5, @P6 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P7 AND (t.[login] = @P8 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P8 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = true, @P4 = '2026-11-25T10:00:00.000', @P5 = '12.5', @P6 = 'User', @P7 = 'User', @P8 = 'ada'
INSERT INTO [email_addresses] ([user_id], [address], [updated_on], [is_default]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 0, @P2 = 'ada@example.com', @P3 = '2026-11-25 10:00:00', @P4 = true
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'work', @P3 = '1'
INSERT INTO [phones] ([owner], [number]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = '2'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 4
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
SELECT DISTINCT m.[user_id], g.[id], g.[lastname] FROM [groups_users] AS m JOIN [users] AS g ON g.[id] = m.[group_id] WHERE m.[user_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND g.[type] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'Group'

-- a login that is taken is refused whatever its case
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made SELECT @P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P4 AND (t.[login] = @P5 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User', @P4 = 'User', @P5 = 'ada'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made SELECT @P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P4 AND (t.[login] = @P5 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ADA', @P2 = 'Other', @P3 = 'User', @P4 = 'User', @P5 = 'ADA'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Other', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 4
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made SELECT @P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P4 AND (t.[login] = @P5 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = 'Bob', @P3 = 'User', @P4 = 'User', @P5 = 'bob'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 5
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
SELECT 1 FROM [users] AS t WHERE t.[type] = @P1 AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[id] <> @P3 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'User', @P2 = 'BOB', @P3 = 2
UPDATE [users] SET [login] = @P1 WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'BOB', @P2 = 2, @P3 = 'User'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 2
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
-- step 6
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
SELECT 1 FROM [users] AS t WHERE t.[type] = @P1 AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[id] <> @P3 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'User', @P2 = 'Ada', @P3 = 2
UPDATE [users] SET [login] = @P1 WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'Ada', @P2 = 2, @P3 = 'User'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 2
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- records outside the scope do not exist
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
-- step 3
-- step 4
UPDATE [users] SET [lastname] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'x', @P2 = 1, @P3 = 'User'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 5
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 1, @P2 = 'User'
UPDATE [email_addresses] SET [address] = @P1 WHERE [user_id] = @P2 AND [is_default] = @P3  -- @P1 = 'x', @P2 = 1, @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 1, @P2 = 'User'
DELETE FROM log_entries WHERE actor = @P1 AND note <> ':key'  -- @P1 = 1
DELETE FROM [groups_users] WHERE [user_id] = @P1  -- @P1 = 1
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 1, @P2 = true
DELETE FROM [phones] WHERE [owner] = @P1  -- @P1 = 1
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 1, @P2 = 'User'
-- step 7
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- a value that does not fit is refused by its attribute
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
-- a value for `users.status` is not a whole number
-- step 3
-- a value for `users.created_on` is not a date and time
-- step 4
-- a value for `users.admin` is neither true nor false
-- step 5
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [score], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), NULL, @P4); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'x', @P3 = null, @P4 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- an address is changed, made when it was missing, and deleted when it is cleared
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
UPDATE [email_addresses] SET [address] = @P1 WHERE [user_id] = @P2 AND [is_default] = @P3  -- @P1 = 'a@example.com', @P2 = 2, @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
-- step 4
UPDATE [users] SET [lastname] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'King', @P2 = 2, @P3 = 'User'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 2
UPDATE [email_addresses] SET [address] = @P1 WHERE [user_id] = @P2 AND [is_default] = @P3  -- @P1 = 'b@example.com', @P2 = 2, @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 2, @P2 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- only the elements of a list that change are touched
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'work', @P3 = '1'
INSERT INTO [phones] ([owner], [number]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = '2'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'home', @P3 = '2'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
DELETE FROM [phones] WHERE [owner] = @P1 AND EXISTS (SELECT (CAST([kind] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (CAST(NULL AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND EXISTS (SELECT (CAST([number] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (CAST(@P3 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)  -- @P1 = 2, @P2 = null, @P3 = '2'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 2, @P2 = 'fax', @P3 = '3'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- members come and go one by one
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = 'Bob', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Staff', @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {2}, @P3 = 'User', @P4 = 0, @P5 = 'Group', @P6 = 0
-- step 4
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 4, @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {2, 3}, @P3 = 'User', @P4 = 4, @P5 = 'Group', @P6 = 4
-- step 5
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 4, @P2 = 'Group'
SELECT DISTINCT m.[group_id], u.[id], u.[login] FROM [groups_users] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[group_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[type] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'User'
-- step 6
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
SELECT DISTINCT m.[user_id], g.[id], g.[lastname] FROM [groups_users] AS m JOIN [users] AS g ON g.[id] = m.[group_id] WHERE m.[user_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND g.[type] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'Group'
-- step 7
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 4, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1 AND [user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 4, @P2 = {2, 77}
-- step 8
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[type] = @P1 ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 'Group', @P2 = 100, @P3 = 0
SELECT DISTINCT m.[group_id], u.[id], u.[login] FROM [groups_users] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[group_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[type] = @P2 ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'User'
-- step 9
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 4, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1 AND [user_id] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 4, @P2 = {2}
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {2}, @P3 = 'User', @P4 = 4, @P5 = 'Group', @P6 = 4
-- step 10
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 4, @P2 = 'Group'
SELECT DISTINCT m.[group_id], u.[id], u.[login] FROM [groups_users] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[group_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[type] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'User'
-- step 11
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 4, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1 AND [user_id] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$'))  -- @P1 = 4, @P2 = {}
-- step 12
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 4, @P2 = 'Group'
SELECT DISTINCT m.[group_id], u.[id], u.[login] FROM [groups_users] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[group_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[type] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'User'

-- a member that does not exist is refused and nothing changes
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Staff', @P2 = 'Group'
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 3, @P2 = {2, 77}, @P3 = 'User', @P4 = 3, @P5 = 'Group', @P6 = 3
-- step 4
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 3, @P2 = {1, 2}, @P3 = 'User', @P4 = 3, @P5 = 'Group', @P6 = 3
-- step 5
-- a member to be added does not exist
-- step 6
UPDATE [users] SET [lastname] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'New', @P2 = 3, @P3 = 'Group'
SELECT [id], [lastname] FROM [users] WHERE [id] = @P1  -- @P1 = 3
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 3, @P2 = {77}, @P3 = 'User', @P4 = 3, @P5 = 'Group', @P6 = 3
-- step 7
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Ops', @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {77}, @P3 = 'User', @P4 = 0, @P5 = 'Group', @P6 = 0
-- step 8
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 2, @P2 = {2}, @P3 = 'User', @P4 = 2, @P5 = 'Group', @P6 = 2

-- a user is deleted with everything that depends on it
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'a@example.com', @P3 = true
INSERT INTO [phones] ([owner], [number]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = '1'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Staff', @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {2}, @P3 = 'User', @P4 = 0, @P5 = 'Group', @P6 = 0
-- step 4
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'User'
DELETE FROM log_entries WHERE actor = @P1 AND note <> ':key'  -- @P1 = 3
DELETE FROM [groups_users] WHERE [user_id] = @P1  -- @P1 = 3
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 3, @P2 = true
DELETE FROM [phones] WHERE [owner] = @P1  -- @P1 = 3
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'User'
-- step 5
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
DELETE FROM log_entries WHERE actor = @P1 AND note <> ':key'  -- @P1 = 2
DELETE FROM [groups_users] WHERE [user_id] = @P1  -- @P1 = 2
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 2, @P2 = true
DELETE FROM [phones] WHERE [owner] = @P1  -- @P1 = 2
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
DELETE FROM log_entries WHERE actor = @P1 AND note <> ':key'  -- @P1 = 2
DELETE FROM [groups_users] WHERE [user_id] = @P1  -- @P1 = 2
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 2, @P2 = true
DELETE FROM [phones] WHERE [owner] = @P1  -- @P1 = 2
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
-- step 7
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1  -- @P1 = 3
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 3, @P2 = 'Group'

-- a deletion that other data forbids changes nothing
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'a@example.com', @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
DELETE FROM log_entries WHERE actor = @P1 AND note <> ':key'  -- @P1 = 2
DELETE FROM [groups_users] WHERE [user_id] = @P1  -- @P1 = 2
DELETE FROM [email_addresses] WHERE [user_id] = @P1 AND [is_default] = @P2  -- @P1 = 2, @P2 = true
DELETE FROM [phones] WHERE [owner] = @P1  -- @P1 = 2
DELETE FROM [users] WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'User'
-- step 4
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- filters reach every field
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [created_on], [score], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3, @P4, @P5); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = '2026-01-01T00:00:00.000', @P4 = 1.5, @P5 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'ada@example.com', @P3 = true
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'work', @P3 = '1'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [admin], [created_on], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3, @P4, @P5); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = '50%_\', @P3 = true, @P4 = '2026-06-01T00:00:00.000', @P5 = 'User'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'home', @P3 = '1'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'work', @P3 = '2'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Cyd', @P2 = '', @P3 = 'User'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 4
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ADA', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 5
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND (t.[login] = @P2 AND (CAST(t.[login] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (CAST(@P2 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ADA', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 6
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND NOT EXISTS (SELECT (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ada', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 7
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND NOT EXISTS (SELECT (LOWER(CAST(r1.[address] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ADA@example.com', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 8
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND (r1.[address] = @P2 AND (LOWER(CAST(r1.[address] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ADA@example.com', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 9
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND CASE WHEN (r1.[address] = @P2 AND (LOWER(CAST(r1.[address] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) THEN 1 ELSE 0 END = 0 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'ada@example.com', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 10
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 AND r1.[address] IS NULL ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 11
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 AND (t.[lastname] IS NOT NULL AND t.[lastname] <> '') ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 12
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND LOWER(CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '%\%\_\\%', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 13
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND LOWER(CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'love%', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 14
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_BIN2 LIKE @P2 ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 'love%', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 15
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_BIN2 LIKE @P2 ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '%lace', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 16
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_BIN2 LIKE @P2 ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '%\_%', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 17
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND LOWER(CAST(CAST(t.[score] AS nvarchar(max)) AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '%1.%', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 18
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND t.[admin] = @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 19
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 AND 1 = 0 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 20
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 AND 1 = 1 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 21
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND t.[created_on] > @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '2026-03-01T00:00:00.000', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 22
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND t.[created_on] = @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '2026-01-01T00:00:00.000', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 23
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND t.[score] <= @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = 1.5, @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 24
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P4 WHERE t.[type] = @P1 AND EXISTS (SELECT 1 FROM [phones] AS e WHERE e.[owner] = t.[id] AND ((e.[kind] = @P2 AND (LOWER(CAST(e.[kind] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND (e.[number] = @P3 AND (LOWER(CAST(e.[number] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2))) ORDER BY t.[id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = 'User', @P2 = 'work', @P3 = '1', @P4 = true, @P5 = 100, @P6 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 25
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P3 WHERE t.[type] = @P1 AND EXISTS (SELECT 1 FROM [phones] AS e WHERE e.[owner] = t.[id] AND (e.[number] = @P2 AND (LOWER(CAST(e.[number] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'User', @P2 = '1', @P3 = true, @P4 = 100, @P5 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 26
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P4 WHERE t.[type] = @P1 AND (t.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) OR ((t.[login] IS NOT NULL AND t.[login] <> '') AND (t.[login] = @P3 AND (CAST(t.[login] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (CAST(@P3 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2))) ORDER BY t.[id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = 'User', @P2 = {2}, @P3 = 'Cyd', @P4 = true, @P5 = 100, @P6 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 27
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 AND 1 = 0 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- pages are in order and know how many there are
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'b', @P2 = 'x', @P3 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = '2@example.com', @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'A', @P2 = 'x', @P3 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = '1@example.com', @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'c', @P2 = 'x', @P3 = 'User'
INSERT INTO [phones] ([owner], [number]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = '1'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 4
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 1 ELSE 0 END, (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 2, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 5
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 1 ELSE 0 END, (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 2, @P4 = 2
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 6
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 0 ELSE 1 END, (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 DESC, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 1, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
SELECT count(*) FROM [users] AS t WHERE t.[type] = @P1  -- @P1 = 'User'
-- step 7
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(r1.[address], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 1 ELSE 0 END, (LOWER(CAST(NULLIF(r1.[address], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 8
SELECT count(*) FROM [users] AS t WHERE t.[type] = @P1  -- @P1 = 'User'
-- step 9
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 10
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 10
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'G', @P2 = 'Group'
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {2, 3}, @P3 = 'User', @P4 = 0, @P5 = 'Group', @P6 = 0
-- step 11
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[type] = @P1 AND EXISTS (SELECT 1 FROM [groups_users] AS m WHERE m.[group_id] = t.[id] AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'Group', @P2 = {3}, @P3 = 100, @P4 = 0
-- step 12
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[type] = @P1 AND EXISTS (SELECT 1 FROM [groups_users] AS m WHERE m.[group_id] = t.[id] AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'Group', @P2 = {4}, @P3 = 100, @P4 = 0
-- step 13
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 1 ELSE 0 END, (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
SELECT DISTINCT m.[user_id], g.[id], g.[lastname] FROM [groups_users] AS m JOIN [users] AS g ON g.[id] = m.[group_id] WHERE m.[user_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND g.[type] = @P2 ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'Group'

-- a second row where the mapping knows one makes no second user
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made VALUES (@P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'Lovelace', @P3 = 'User'
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'a@example.com', @P3 = true
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 3
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 100, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}
-- step 4
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- explained: a new user
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/mail.address/ada@example.com'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([login], [lastname], [type]) OUTPUT inserted.[id] INTO @made SELECT @P1, CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P3 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P4 AND (t.[login] = @P5 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)) AND NOT EXISTS (SELECT 1 FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P8 WHERE t.[type] = @P6 AND (r1.[address] = @P7 AND (LOWER(CAST(r1.[address] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P7 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'O''Hara', @P3 = 'User', @P4 = 'User', @P5 = 'ada', @P6 = 'User', @P7 = 'ada@example.com', @P8 = true
INSERT INTO [email_addresses] ([user_id], [address], [is_default]) VALUES (@P1, @P2, @P3)  -- @P1 = 0, @P2 = 'ada@example.com', @P3 = true
INSERT INTO [phones] ([owner], [number]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = '1'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 0, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- explained: a new group
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/lastname/staff'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([lastname], [type]) OUTPUT inserted.[id] INTO @made SELECT CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P2 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE t.[type] = @P3 AND (t.[lastname] = CAST(@P4 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AND (LOWER(CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(CAST(@P4 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id], [lastname] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Staff', @P2 = 'Group', @P3 = 'Group', @P4 = 'Staff'

-- explained: one user
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}
SELECT DISTINCT m.[user_id], g.[id], g.[lastname] FROM [groups_users] AS m JOIN [users] AS g ON g.[id] = m.[group_id] WHERE m.[user_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND g.[type] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'Group'

-- explained: one group
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 2, @P2 = 'Group'
SELECT DISTINCT m.[group_id], u.[id], u.[login] FROM [groups_users] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[group_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[type] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'User'

-- explained: the first page of all
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P2 WHERE t.[type] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 0 ELSE 1 END, (LOWER(CAST(NULLIF(t.[login], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 DESC, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'User', @P2 = true, @P3 = 10, @P4 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- explained: a match
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P4 WHERE t.[type] = @P1 AND ((t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND (r1.[address] = @P3 AND (CAST(r1.[address] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (CAST(@P3 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)) ORDER BY t.[id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = 'User', @P2 = 'Ada', @P3 = 'ada@example.com', @P4 = true, @P5 = 100, @P6 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- explained: a search
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P7 WHERE t.[type] = @P1 AND (LOWER(CAST(t.[lastname] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' OR CASE WHEN CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_BIN2 LIKE @P3 ESCAPE '\' THEN 1 ELSE 0 END = 0 OR EXISTS (SELECT 1 FROM [phones] AS e WHERE e.[owner] = t.[id] AND ((e.[kind] = @P4 AND (LOWER(CAST(e.[kind] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P4 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND NOT EXISTS (SELECT (LOWER(CAST(e.[number] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2))) OR t.[created_on] >= @P6 OR t.[status] IS NOT NULL) ORDER BY t.[id] OFFSET @P9 ROWS FETCH NEXT @P8 ROWS ONLY  -- @P1 = 'User', @P2 = '%50\%%', @P3 = 'a%', @P4 = 'work', @P5 = '1', @P6 = '2026-01-01T00:00:00.000', @P7 = true, @P8 = 100, @P9 = 0
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {0}

-- explained: a group's search by member
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[type] = @P1 AND EXISTS (SELECT 1 FROM [groups_users] AS m WHERE m.[group_id] = t.[id] AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'Group', @P2 = {2, 3}, @P3 = 100, @P4 = 0

-- explained: a changed user
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
SELECT 1 FROM [users] AS t WHERE t.[type] = @P1 AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[id] <> @P3 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'User', @P2 = 'bob', @P3 = 2
UPDATE [users] SET [login] = @P1 WHERE [id] = @P2 AND [type] = @P3  -- @P1 = 'bob', @P2 = 2, @P3 = 'User'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 2
UPDATE [email_addresses] SET [address] = @P1 WHERE [user_id] = @P2 AND [is_default] = @P3  -- @P1 = 'b@example.com', @P2 = 2, @P3 = true
DELETE FROM [phones] WHERE [owner] = @P1 AND EXISTS (SELECT (CAST([kind] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (CAST(NULL AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND EXISTS (SELECT (CAST([number] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (CAST(@P3 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)  -- @P1 = 2, @P2 = null, @P3 = '1'
INSERT INTO [phones] ([owner], [kind], [number]) VALUES (@P1, @P2, @P3)  -- @P1 = 2, @P2 = 'work', @P3 = '2'
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 2, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {2}

-- explained: a member who comes and one who goes
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1 AND [user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 2, @P2 = {4}
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 2, @P2 = {3}, @P3 = 'User', @P4 = 2, @P5 = 'Group', @P6 = 2

-- explained: exactly these members
-- step 1
SELECT t.[id], t.[login], t.[lastname], t.[status], t.[admin], t.[created_on], t.[score], r1.[address] FROM [users] AS t LEFT JOIN [email_addresses] AS r1 ON r1.[user_id] = t.[id] AND r1.[is_default] = @P1 WHERE t.[id] = @P2 AND t.[type] = @P3  -- @P1 = true, @P2 = 1, @P3 = 'User'
SELECT e.[owner], e.[kind], e.[number] FROM [phones] AS e WHERE e.[owner] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY e.[owner]  -- @P1 = {1}
-- step 2
SELECT t.[id], t.[lastname] FROM [users] AS t WHERE t.[id] = @P1 AND t.[type] = @P2  -- @P1 = 1, @P2 = 'Group'
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [type] = @P2  -- @P1 = 2, @P2 = 'Group'
DELETE FROM [groups_users] WHERE [group_id] = @P1 AND [user_id] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 2, @P2 = {3}
INSERT INTO [groups_users] ([group_id], [user_id]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[type] = @P3 AND EXISTS (SELECT 1 FROM [users] AS g WHERE g.[id] = @P4 AND g.[type] = @P5) AND u.[id] NOT IN (SELECT m.[user_id] FROM [groups_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_id] = @P6 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 2, @P2 = {3}, @P3 = 'User', @P4 = 2, @P5 = 'Group', @P6 = 2
