-- sequences.toml on SQL Server

-- every new row takes the next value of its sequence
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/ada'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([id], [login]) OUTPUT inserted.[id] INTO @made SELECT NEXT VALUE FOR [users_seq], @P1 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'ada'
INSERT INTO [mails] ([user_id], [address], [id]) VALUES (@P1, @P2, NEXT VALUE FOR [mails_seq])  -- @P1 = 0, @P2 = 'a@example.com'
SELECT t.[id], t.[login], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1  -- @P1 = 0
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/bob'
DECLARE @made TABLE (k bigint); INSERT INTO [users] ([id], [login]) OUTPUT inserted.[id] INTO @made SELECT NEXT VALUE FOR [users_seq], @P1 WHERE NOT EXISTS (SELECT 1 FROM [users] AS t WHERE (t.[login] = @P2 AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)); SELECT [id] FROM [users] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = 'bob'
SELECT t.[id], t.[login], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1  -- @P1 = 0
-- step 4
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([id], [name]) OUTPUT inserted.[id] INTO @made VALUES (NEXT VALUE FOR [teams_seq], @P1); SELECT [id], [name] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'staff'
INSERT INTO [team_users] ([team_id], [user_id], [id]) SELECT @P1, u.[id], NEXT VALUE FOR [team_users_seq] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P3) AND u.[id] NOT IN (SELECT m.[user_id] FROM [team_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team_id] = @P4 AND m.[user_id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {41, 42}, @P3 = 0, @P4 = 0
-- step 6
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 41
UPDATE [mails] SET [address] = @P1 WHERE [user_id] = @P2  -- @P1 = 'b@example.com', @P2 = 41
SELECT t.[id], t.[login], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[user_id] = t.[id] WHERE t.[id] = @P1  -- @P1 = 41
