-- natural.toml on SQL Server

-- whoever gets another name keeps groups and addresses
-- step 1
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/augusta'
SELECT 1 FROM [users] AS t WHERE (t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[login] <> CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'augusta', @P2 = 'ada'
UPDATE [users] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta', @P2 = 'ada'
SELECT [login] FROM [users] WHERE [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta'
UPDATE [mails] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta', @P2 = 'ada'
UPDATE [team_users] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta', @P2 = 'ada'
UPDATE [mails] SET [address] = @P1 WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'aug@example.com', @P2 = 'augusta'
SELECT t.[login], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[login] = t.[login] WHERE t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta'
-- step 2
SELECT t.[login], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[login] = t.[login] WHERE t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'augusta'
SELECT DISTINCT m.[login], g.[name], g.[name] FROM [team_users] AS m JOIN [teams] AS g ON g.[name] = m.[team] WHERE m.[login] IN (SELECT CAST(v COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY 1, 2  -- @P1 = {'augusta'}
-- step 3
SELECT t.[login], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[login] = t.[login] WHERE t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'ada'
-- step 4
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'users/login/augusta'
SELECT 1 FROM [users] AS t WHERE (t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AND (LOWER(CAST(t.[login] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) AND t.[login] <> CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY  -- @P1 = 'AUGUSTA', @P2 = 'bob'
UPDATE [users] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'AUGUSTA', @P2 = 'bob'
SELECT [login] FROM [users] WHERE [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'AUGUSTA'
UPDATE [mails] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'AUGUSTA', @P2 = 'bob'
UPDATE [team_users] SET [login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) WHERE [login] = CAST(@P2 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'AUGUSTA', @P2 = 'bob'
SELECT t.[login], t.[login], t.[name], r1.[address] FROM [users] AS t LEFT JOIN [mails] AS r1 ON r1.[login] = t.[login] WHERE t.[login] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))  -- @P1 = 'AUGUSTA'

-- a group that gets another name keeps its members, and takes changes of them at once
-- step 1
UPDATE [teams] SET [name] = @P1 WHERE [name] = @P2  -- @P1 = 'crew', @P2 = 'staff'
SELECT [name], [name] FROM [teams] WHERE [name] = @P1  -- @P1 = 'crew'
UPDATE [team_users] SET [team] = @P1 WHERE [team] = @P2  -- @P1 = 'crew', @P2 = 'staff'
DELETE FROM [team_users] WHERE [team] = @P1 AND [login] IN (SELECT CAST(v COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)) FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$'))  -- @P1 = 'crew', @P2 = {'ada'}
-- step 2
SELECT t.[name], t.[name] FROM [teams] AS t WHERE t.[name] = @P1  -- @P1 = 'crew'
SELECT DISTINCT m.[team], u.[login] FROM [team_users] AS m JOIN [users] AS u ON u.[login] = m.[login] WHERE m.[team] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY 1, 2  -- @P1 = {'crew'}
-- step 3
SELECT t.[name], t.[name] FROM [teams] AS t WHERE t.[name] = @P1  -- @P1 = 'staff'
