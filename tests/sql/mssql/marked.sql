-- marked.toml on SQL Server

-- a row with a mark is no record
-- step 1
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[kind] = @P1 AND t.[deleted_at] IS NULL ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 'person', @P2 = 100, @P3 = 0
-- step 2
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 2, @P2 = 'person'
-- step 3
UPDATE [users] SET [name] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND [deleted_at] IS NULL  -- @P1 = 'x', @P2 = 2, @P3 = 'person'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 2
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 2, @P2 = 'person'
-- step 4
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2 AND [deleted_at] IS NULL  -- @P1 = 2, @P2 = 'person'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 2
UPDATE [users] SET [deleted_at] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND [deleted_at] IS NULL  -- @P1 = (now), @P2 = 2, @P3 = 'person'
-- step 5
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
INSERT INTO [team_users] ([team], [member]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND u.[deleted_at] IS NULL AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4 AND NOT EXISTS (SELECT g.[gone] INTERSECT SELECT @P5)) AND u.[id] NOT IN (SELECT m.[member] FROM [team_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[member] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 1, @P2 = {2}, @P3 = 'person', @P4 = 1, @P5 = 1, @P6 = 1

-- deletion marks the row once, ends the memberships and leaves what belongs to it
-- step 1
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2 AND [deleted_at] IS NULL  -- @P1 = 1, @P2 = 'person'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 1
UPDATE [users] SET [deleted_at] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND [deleted_at] IS NULL  -- @P1 = (now), @P2 = 1, @P3 = 'person'
-- step 2
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2 AND [deleted_at] IS NULL  -- @P1 = 1, @P2 = 'person'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 1
UPDATE [users] SET [deleted_at] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND [deleted_at] IS NULL  -- @P1 = (now), @P2 = 1, @P3 = 'person'
-- step 6
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
DELETE FROM [team_users] WHERE [team] = @P1  -- @P1 = 1
UPDATE [teams] SET [gone] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = 1, @P2 = 1, @P3 = 1
-- step 8
SELECT t.[id], t.[name] FROM [teams] AS t WHERE NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P1) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 1, @P2 = 100, @P3 = 0

-- who comes again gets the row that was marked last, with new values
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
SELECT t.[id] FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NOT NULL AND (t.[login] = @P3 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = null, @P3 = 'BOB'
SELECT 1 FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NULL AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = 'BOB'
UPDATE [users] SET [login] = @P1, [name] = @P2, [deleted_at] = NULL WHERE [id] = @P4 AND [kind] = @P5 AND [deleted_at] IS NOT NULL  -- @P1 = 'BOB', @P2 = 'Bobby', @P3 = null, @P4 = 0, @P5 = 'person', @P6 = null
DELETE FROM [mails] WHERE [user_id] = @P1  -- @P1 = 0
INSERT INTO [mails] ([user_id], [address]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = 'b@example.com'
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 0, @P2 = 'person'
-- step 4
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
SELECT t.[id] FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NOT NULL AND (t.[login] = @P3 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = null, @P3 = 'bob'
SELECT 1 FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NULL AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = 'bob'
UPDATE [users] SET [login] = @P1, [deleted_at] = NULL WHERE [id] = @P3 AND [kind] = @P4 AND [deleted_at] IS NOT NULL  -- @P1 = 'bob', @P2 = null, @P3 = 0, @P4 = 'person', @P5 = null
DELETE FROM [mails] WHERE [user_id] = @P1  -- @P1 = 0
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 0, @P2 = 'person'
-- step 5
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/eve'
SELECT t.[id] FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NOT NULL AND (t.[login] = @P3 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = null, @P3 = 'eve'
SELECT 1 FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NULL AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = 'eve'
UPDATE [users] SET [login] = @P1, [deleted_at] = NULL WHERE [id] = @P3 AND [kind] = @P4 AND [deleted_at] IS NOT NULL  -- @P1 = 'eve', @P2 = null, @P3 = 0, @P4 = 'person', @P5 = null
DELETE FROM [mails] WHERE [user_id] = @P1  -- @P1 = 0
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 0, @P2 = 'person'
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2 AND [deleted_at] IS NULL  -- @P1 = 5, @P2 = 'person'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 5
UPDATE [users] SET [deleted_at] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND [deleted_at] IS NULL  -- @P1 = (now), @P2 = 5, @P3 = 'person'
-- step 7
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/eve'
SELECT t.[id] FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NOT NULL AND (t.[login] = @P3 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = null, @P3 = 'eve'
SELECT 1 FROM [users] AS t WHERE t.[kind] = @P1 AND t.[deleted_at] IS NULL AND (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'person', @P2 = 'eve'
UPDATE [users] SET [login] = @P1, [deleted_at] = NULL WHERE [id] = @P3 AND [kind] = @P4 AND [deleted_at] IS NOT NULL  -- @P1 = 'eve', @P2 = null, @P3 = 0, @P4 = 'person', @P5 = null
DELETE FROM [mails] WHERE [user_id] = @P1  -- @P1 = 0
SELECT t.[id], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1 AND t.[kind] = @P2 AND t.[deleted_at] IS NULL  -- @P1 = 0, @P2 = 'person'

-- what is not revived is made anew, and a time may be a number
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
DELETE FROM [team_users] WHERE [team] = @P1  -- @P1 = 1
UPDATE [teams] SET [gone] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = 1, @P2 = 1, @P3 = 1
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'teams/name/staff'
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([name]) OUTPUT inserted.[id] INTO @made SELECT @P1 WHERE NOT EXISTS (SELECT 1 FROM [teams] AS t WHERE NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P2) AND (t.[name] = @P3 AND (LOWER(CAST(t.[name] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id], [name] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'staff', @P2 = 1, @P3 = 'staff'
-- step 3
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'devices/serial_no/s1'
SELECT t.[id] FROM [devices] AS t WHERE t.[gone_at] IS NOT NULL AND (t.[serial_no] = @P2 AND (LOWER(CAST(t.[serial_no] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = null, @P2 = 's1'
SELECT 1 FROM [devices] AS t WHERE t.[gone_at] IS NULL AND (t.[serial_no] = @P1 AND (LOWER(CAST(t.[serial_no] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P1 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 's1'
UPDATE [devices] SET [serial_no] = @P1, [gone_at] = NULL WHERE [id] = @P3 AND [gone_at] IS NOT NULL  -- @P1 = 's1', @P2 = null, @P3 = 0, @P4 = null
SELECT t.[id], t.[serial_no] FROM [devices] AS t WHERE t.[id] = @P1 AND t.[gone_at] IS NULL  -- @P1 = 0
-- step 4
UPDATE [devices] SET [gone_at] = @P1 WHERE [id] = @P2 AND [gone_at] IS NULL  -- @P1 = (now), @P2 = 1
-- step 6
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'devices/serial_no/s1'
SELECT t.[id] FROM [devices] AS t WHERE t.[gone_at] IS NOT NULL AND (t.[serial_no] = @P2 AND (LOWER(CAST(t.[serial_no] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = null, @P2 = 's1'
SELECT 1 FROM [devices] AS t WHERE t.[gone_at] IS NULL AND (t.[serial_no] = @P1 AND (LOWER(CAST(t.[serial_no] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P1 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 's1'
UPDATE [devices] SET [serial_no] = @P1, [gone_at] = NULL WHERE [id] = @P3 AND [gone_at] IS NOT NULL  -- @P1 = 's1', @P2 = null, @P3 = 0, @P4 = null
SELECT t.[id], t.[serial_no] FROM [devices] AS t WHERE t.[id] = @P1 AND t.[gone_at] IS NULL  -- @P1 = 0
