-- names.toml on SQL Server

-- every name is a group, once
-- step 1
SELECT t.[role], t.[role] FROM (SELECT DISTINCT [customer], [role] FROM [roles] WHERE [role] IS NOT NULL) AS t WHERE t.[customer] = @P1 ORDER BY t.[role] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 7, @P2 = 100, @P3 = 0
SELECT DISTINCT m.[role], u.[id] FROM [roles] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[role] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND m.[customer] = @P2 ORDER BY 1, 2  -- @P1 = {'(key)'}, @P2 = 7
-- step 2
SELECT t.[role], t.[role] FROM (SELECT DISTINCT [customer], [role] FROM [roles] WHERE [role] IS NOT NULL) AS t WHERE t.[customer] = @P1 ORDER BY t.[role] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 7, @P2 = 1, @P3 = 1
SELECT count(*) FROM (SELECT DISTINCT [customer], [role] FROM [roles] WHERE [role] IS NOT NULL) AS t WHERE t.[customer] = @P1  -- @P1 = 7
-- step 3
SELECT t.[role], t.[role] FROM (SELECT DISTINCT [customer], [role] FROM [roles] WHERE [role] IS NOT NULL) AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[role] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = 'STAFF', @P3 = 100, @P4 = 0
-- step 4
SELECT t.[role], t.[role] FROM (SELECT DISTINCT [customer], [role] FROM [roles] WHERE [role] IS NOT NULL) AS t WHERE t.[customer] = @P1 AND EXISTS (SELECT 1 FROM [roles] AS m WHERE m.[role] = t.[role] AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND m.[customer] = @P3) ORDER BY t.[role] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 7, @P2 = {2}, @P3 = 7, @P4 = 100, @P5 = 0
-- step 5
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'others', @P2 = 7
-- step 6
SELECT t.[id], t.[login] FROM [users] AS t WHERE t.[id] = @P1  -- @P1 = 1
SELECT DISTINCT m.[user_id], g.[role], g.[role] FROM [roles] AS m JOIN [roles] AS g ON g.[role] = m.[role] WHERE m.[user_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[customer] = @P2 AND g.[customer] = @P3 ORDER BY 1, 2  -- @P1 = {1}, @P2 = 7, @P3 = 7

-- a group comes with its first member and goes with its last
-- step 1
-- a group that is only a name has no members
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'roles/role/staff'
SELECT 1 FROM [roles] AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 7, @P2 = 'Staff'
INSERT INTO [roles] ([role], [user_id], [customer], [granted]) SELECT @P1, u.[id], @P2, @P3 FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND u.[id] NOT IN (SELECT m.[user_id] FROM [roles] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P5 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND m.[customer] = @P6)  -- @P1 = 'Staff', @P2 = 7, @P3 = 'yes', @P4 = {2}, @P5 = 'Staff', @P6 = 7
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'Staff', @P2 = 7
-- step 3
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'roles/role/crew'
SELECT 1 FROM [roles] AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 7, @P2 = 'crew'
INSERT INTO [roles] ([role], [user_id], [customer], [granted]) SELECT @P1, u.[id], @P2, @P3 FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND u.[id] NOT IN (SELECT m.[user_id] FROM [roles] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P5 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND m.[customer] = @P6)  -- @P1 = 'crew', @P2 = 7, @P3 = 'yes', @P4 = {9}, @P5 = 'crew', @P6 = 7
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 4
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'roles/role/crew'
SELECT 1 FROM [roles] AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 7, @P2 = 'crew'
INSERT INTO [roles] ([role], [user_id], [customer], [granted]) SELECT @P1, u.[id], @P2, @P3 FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND u.[id] NOT IN (SELECT m.[user_id] FROM [roles] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P5 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND m.[customer] = @P6)  -- @P1 = 'crew', @P2 = 7, @P3 = 'yes', @P4 = {2}, @P5 = 'crew', @P6 = 7
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 6
SELECT [role] FROM [roles] WITH (UPDLOCK, ROWLOCK) WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [user_id] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [customer] = @P3  -- @P1 = 'crew', @P2 = {1}, @P3 = 7
INSERT INTO [roles] ([role], [user_id], [customer], [granted]) SELECT @P1, u.[id], @P2, @P3 FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND u.[id] NOT IN (SELECT m.[user_id] FROM [roles] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P5 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND m.[customer] = @P6)  -- @P1 = 'crew', @P2 = 7, @P3 = 'yes', @P4 = {1}, @P5 = 'crew', @P6 = 7
-- step 7
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'crew', @P2 = 7
SELECT DISTINCT m.[role], u.[id] FROM [roles] AS m JOIN [users] AS u ON u.[id] = m.[user_id] WHERE m.[role] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND m.[customer] = @P2 ORDER BY 1, 2  -- @P1 = {'crew'}, @P2 = 7
-- step 8
SELECT [role] FROM [roles] WITH (UPDLOCK, ROWLOCK) WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [customer] = @P3  -- @P1 = 'crew', @P2 = {1}, @P3 = 7
-- step 9
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 10
SELECT [role] FROM [roles] WITH (UPDLOCK, ROWLOCK) WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
INSERT INTO [roles] ([role], [user_id], [customer], [granted]) SELECT @P1, u.[id], @P2, @P3 FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND u.[id] NOT IN (SELECT m.[user_id] FROM [roles] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P5 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P4) WITH (v bigint '$')) AND m.[customer] = @P6)  -- @P1 = 'crew', @P2 = 7, @P3 = 'yes', @P4 = {1}, @P5 = 'crew', @P6 = 7

-- a new name and the end of a group are changes of its rows
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'roles/role/crew'
SELECT 1 FROM [roles] AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[role] <> @P3 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 7, @P2 = 'crew', @P3 = 'staff'
UPDATE [roles] SET [role] = @P1 WHERE [role] = @P2 AND [customer] = @P3  -- @P1 = 'crew', @P2 = 'staff', @P3 = 7
SELECT [role] FROM [roles] WHERE [role] = @P1  -- @P1 = 'crew'
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'roles/role/board'
SELECT 1 FROM [roles] AS t WHERE t.[customer] = @P1 AND (t.[role] = @P2 AND (LOWER(CAST(t.[role] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[role] <> @P3 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 7, @P2 = 'board', @P3 = 'crew'
UPDATE [roles] SET [role] = @P1 WHERE [role] = @P2 AND [customer] = @P3  -- @P1 = 'board', @P2 = 'crew', @P3 = 7
SELECT [role] FROM [roles] WHERE [role] = @P1  -- @P1 = 'board'
SELECT t.[role], t.[role] FROM [roles] AS t WHERE t.[role] = @P1 AND t.[customer] = @P2  -- @P1 = 'board', @P2 = 7
-- step 4
SELECT [role] FROM [roles] WITH (UPDLOCK, ROWLOCK) WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 5
SELECT [role] FROM [roles] WITH (UPDLOCK, ROWLOCK) WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
DELETE FROM [roles] WHERE [role] = @P1 AND [customer] = @P2  -- @P1 = 'crew', @P2 = 7
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
DELETE FROM [roles] WHERE [user_id] = @P1 AND [customer] = @P2  -- @P1 = 1, @P2 = 7
DELETE FROM [users] WHERE [id] = @P1  -- @P1 = 1
