-- django.toml on SQL Server

-- every type of column takes what it is given and gives it back
-- step 1
INSERT INTO [auth_user] ([id], [username], [email], [is_active], [level], [joined], [birthday], [settings], [tags], [balance], [tenant]) VALUES (@P1, @P2, CAST(@P3 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'ada', @P3 = 'ada@example.com', @P4 = false, @P5 = 'full', @P6 = '2026-11-25 10:00:00.500000', @P7 = '1815-12-10', @P8 = '{"theme":"dark","n":[1,2]}', @P9 = '["a","b\",{"]', @P10 = '12345678901234567890', @P11 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND t.[joined] = @P2 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '2026-11-25 10:00:00.500000', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 3
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND t.[id] = @P2 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '00000000-0000-0000-0000-00000000000a', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 4
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND 1 = 0 ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 7, @P2 = 100, @P3 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 5
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND (t.[level] = @P2 AND (LOWER(CAST(t.[level] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = 'FULL', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 6
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND (t.[level] = @P2 AND (LOWER(CAST(t.[level] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = 'no such level', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 7
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND LOWER(CAST(t.[settings] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '%dark%', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 8
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND t.[birthday] >= @P2 ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '1815-12-10', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 9
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND LOWER(CAST(CAST(t.[id] AS nvarchar(max)) AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '00000000%', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 10
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND (t.[username] = @P2 AND (LOWER(CAST(t.[username] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = 'ADA', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 11
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND LOWER(CAST(t.[username] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = 'AD%', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 12
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND LOWER(CAST(t.[tags] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) COLLATE Latin1_General_100_BIN2 LIKE LOWER(CAST(@P2 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) ESCAPE '\' ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '%b%', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 13
UPDATE [auth_user] SET [birthday] = NULL, [settings] = NULL, [tags] = @P3, [revision] = [revision] + 1 WHERE [id] = @P4 AND [tenant] = @P5  -- @P1 = null, @P2 = null, @P3 = '[]', @P4 = '00000000-0000-0000-0000-00000000000a', @P5 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}

-- a key that the application leaves to others is made
-- step 1
INSERT INTO [auth_user] ([username], [id], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = 'ada', @P2 = (random), @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}

-- the customer of the tenant is the only one there is
-- step 1
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000001', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'auth_user/username/other'
INSERT INTO [auth_user] ([username], [id], [tenant]) SELECT @P1, @P2, @P3 WHERE NOT EXISTS (SELECT 1 FROM [auth_user] AS t WHERE t.[tenant] = @P4 AND (t.[username] = @P5 AND (LOWER(CAST(t.[username] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P5 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2))  -- @P1 = 'other', @P2 = (random), @P3 = 7, @P4 = 7, @P5 = 'other'
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}

-- a unique constraint is told by its attribute
-- step 1
INSERT INTO [auth_user] ([username], [id], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = 'ada', @P2 = (random), @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
INSERT INTO [auth_user] ([username], [id], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = 'ada', @P2 = (random), @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}

-- an update holds only for the version it was made for
-- step 1
INSERT INTO [auth_user] ([id], [username], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'ada', @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
UPDATE [auth_user] SET [email] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), [revision] = @P2 WHERE [id] = @P3 AND [tenant] = @P4 AND [revision] = @P5  -- @P1 = 'x', @P2 = 2, @P3 = '00000000-0000-0000-0000-00000000000a', @P4 = 7, @P5 = 1
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 3
UPDATE [auth_user] SET [email] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), [revision] = [revision] + 1 WHERE [id] = @P2 AND [tenant] = @P3 AND [revision] = @P4  -- @P1 = 'y', @P2 = '00000000-0000-0000-0000-00000000000a', @P3 = 7, @P4 = 1
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 4
UPDATE [auth_user] SET [email] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), [revision] = [revision] + 1 WHERE [id] = @P2 AND [tenant] = @P3 AND [revision] = @P4  -- @P1 = 'y', @P2 = '00000000-0000-0000-0000-00000000000b', @P3 = 7, @P4 = 1
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000b'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000b', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 6
UPDATE [auth_user] SET [email] = CAST(@P1 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000)), [revision] = [revision] + 1 WHERE [id] = @P2 AND [tenant] = @P3 AND [revision] = @P4  -- @P1 = 'z', @P2 = '00000000-0000-0000-0000-00000000000a', @P3 = 7, @P4 = 2
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}

-- rows that hang on another column than the key follow it
-- step 1
INSERT INTO [auth_user] ([id], [username], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'ada', @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
INSERT INTO [accounts_profile] ([username], [phone]) VALUES ((SELECT [username] FROM [auth_user] WHERE [id] = @P1), @P2)  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = '1'
INSERT INTO [user_role] ([username], [role], [position]) VALUES ((SELECT [username] FROM [auth_user] WHERE [id] = @P1), @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 'b', @P3 = 1
INSERT INTO [user_role] ([username], [role], [position]) VALUES ((SELECT [username] FROM [auth_user] WHERE [id] = @P1), @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 'a', @P3 = 2
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
INSERT INTO [auth_user] ([id], [username], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-00000000000b', @P2 = 'bob', @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000b'
INSERT INTO [user_role] ([username], [role]) VALUES ((SELECT [username] FROM [auth_user] WHERE [id] = @P1), @P2)  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 'c'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 4
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 ORDER BY CASE WHEN (LOWER(CAST(NULLIF(t.[username], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 IS NULL THEN 1 ELSE 0 END, (LOWER(CAST(NULLIF(t.[username], '') AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2, t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 7, @P2 = 100, @P3 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
SELECT DISTINCT m.[user_id], g.[name], g.[name] FROM [auth_user_groups] AS m JOIN [auth_group] AS g ON g.[name] = m.[group_name] WHERE m.[user_id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {'00000000-0000-0000-0000-000000000000'}, @P2 = 'direct'
-- step 5
UPDATE [auth_user] SET [revision] = [revision] + 1 WHERE [id] = @P1 AND [tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
UPDATE [accounts_profile] SET [phone] = @P1 WHERE [username] = (SELECT [username] FROM [auth_user] WHERE [id] = @P2)  -- @P1 = '2', @P2 = '00000000-0000-0000-0000-00000000000a'
DELETE FROM [user_role] WHERE [username] = (SELECT [username] FROM [auth_user] WHERE [id] = @P1) AND EXISTS (SELECT (CAST([role] AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 INTERSECT SELECT (CAST(@P2 AS nvarchar(max)) + NCHAR(1)) COLLATE Latin1_General_100_BIN2)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'b'
INSERT INTO [user_role] ([username], [role], [position]) VALUES ((SELECT [username] FROM [auth_user] WHERE [id] = @P1), @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'd', @P3 = 3
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 6
SELECT [id] FROM [auth_user] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7
DELETE FROM [auth_user_groups] WHERE [user_id] = @P1 AND [kind] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'direct'
DELETE FROM [accounts_profile] WHERE [username] = (SELECT [username] FROM [auth_user] WHERE [id] = @P1)  -- @P1 = '00000000-0000-0000-0000-00000000000a'
DELETE FROM [user_role] WHERE [username] = (SELECT [username] FROM [auth_user] WHERE [id] = @P1)  -- @P1 = '00000000-0000-0000-0000-00000000000a'
DELETE FROM [auth_user] WHERE [id] = @P1 AND [tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 7

-- a group that is a name has members with columns of their own
-- step 1
INSERT INTO [auth_user] ([id], [username], [tenant]) VALUES (@P1, @P2, @P3)  -- @P1 = '00000000-0000-0000-0000-00000000000a', @P2 = 'ada', @P3 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = '00000000-0000-0000-0000-00000000000a'
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
INSERT INTO [auth_group] ([name]) VALUES (@P1)  -- @P1 = 'staff'
SELECT [name], [name], [note] FROM [auth_group] WHERE [name] = @P1  -- @P1 = 'staff'
INSERT INTO [auth_user_groups] ([group_name], [user_id], [kind], [joined], [added_by]) SELECT @P1, u.[id], @P2, @P3, @P4 FROM [auth_user] AS u WHERE u.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P5) WITH (v nvarchar(4000) '$')) AND u.[tenant] = @P6 AND EXISTS (SELECT 1 FROM [auth_group] AS g WHERE g.[name] = @P7) AND u.[id] NOT IN (SELECT m.[user_id] FROM [auth_user_groups] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_name] = @P8 AND m.[user_id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P5) WITH (v nvarchar(4000) '$')) AND m.[kind] = @P9)  -- @P1 = '(key)', @P2 = 'direct', @P3 = (now), @P4 = 'scim-7', @P5 = {'00000000-0000-0000-0000-00000000000a'}, @P6 = 7, @P7 = '(key)', @P8 = '(key)', @P9 = 'direct'
-- step 5
UPDATE [auth_group] SET [note] = @P1 WHERE [name] = @P2  -- @P1 = 'n', @P2 = 'staff'
SELECT [name], [name], [note] FROM [auth_group] WHERE [name] = @P1  -- @P1 = 'staff'
DELETE FROM [auth_user_groups] WHERE [group_name] = @P1 AND [user_id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [kind] = @P3  -- @P1 = 'staff', @P2 = {'00000000-0000-0000-0000-00000000000a'}, @P3 = 'direct'
-- step 6
UPDATE [auth_group] SET [name] = @P1 WHERE [name] = @P2  -- @P1 = 'ops', @P2 = 'staff'
SELECT [name], [name], [note] FROM [auth_group] WHERE [name] = @P1  -- @P1 = 'ops'
UPDATE [auth_user_groups] SET [group_name] = @P1 WHERE [group_name] = @P2 AND [kind] = @P3  -- @P1 = 'ops', @P2 = 'staff', @P3 = 'direct'
-- step 7
SELECT t.[name], t.[name], t.[note] FROM [auth_group] AS t WHERE t.[name] = @P1  -- @P1 = 'ops'
SELECT DISTINCT m.[group_name], u.[id] FROM [auth_user_groups] AS m JOIN [auth_user] AS u ON u.[id] = m.[user_id] WHERE m.[group_name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND m.[kind] = @P2 AND u.[tenant] = @P3 ORDER BY 1, 2  -- @P1 = {'ops'}, @P2 = 'direct', @P3 = 7
-- step 8
SELECT [name] FROM [auth_group] WITH (UPDLOCK, ROWLOCK) WHERE [name] = @P1  -- @P1 = 'ops'
INSERT INTO [auth_user_groups] ([group_name], [user_id], [kind], [joined], [added_by]) SELECT @P1, u.[id], @P2, @P3, @P4 FROM [auth_user] AS u WHERE u.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P5) WITH (v nvarchar(4000) '$')) AND u.[tenant] = @P6 AND EXISTS (SELECT 1 FROM [auth_group] AS g WHERE g.[name] = @P7) AND u.[id] NOT IN (SELECT m.[user_id] FROM [auth_user_groups] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[group_name] = @P8 AND m.[user_id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P5) WITH (v nvarchar(4000) '$')) AND m.[kind] = @P9)  -- @P1 = 'ops', @P2 = 'direct', @P3 = (now), @P4 = 'scim-7', @P5 = {'00000000-0000-0000-0000-000000000001'}, @P6 = 7, @P7 = 'ops', @P8 = 'ops', @P9 = 'direct'

-- numbers keep their digits
-- step 1
INSERT INTO [auth_user] ([username], [balance], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'a', @P2 = '-0.05', @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 2
INSERT INTO [auth_user] ([username], [balance], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'b', @P2 = 1000000, @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 3
INSERT INTO [auth_user] ([username], [balance], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'c', @P2 = '10000.0001', @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 4
INSERT INTO [auth_user] ([username], [balance], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'd', @P2 = 0.00012345, @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 5
INSERT INTO [auth_user] ([username], [balance], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'e', @P2 = '9007199254740993', @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 6
-- a value for `auth_user.balance` is not a number
-- step 7
INSERT INTO [auth_user] ([username], [revision], [id], [tenant]) VALUES (@P1, @P2, @P3, @P4)  -- @P1 = 'g', @P2 = 2147483648, @P3 = (random), @P4 = 7
SELECT [id] FROM [auth_user] WHERE [id] = @P1  -- @P1 = (random)
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[id] = @P1 AND t.[tenant] = @P2  -- @P1 = '00000000-0000-0000-0000-000000000000', @P2 = 7
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
-- step 8
SELECT t.[id], t.[revision], t.[id], t.[username], t.[email], t.[is_active], t.[level], t.[joined], t.[birthday], t.[settings], t.[tags], t.[avatar], t.[balance], t.[revision], r1.[phone], t.[username] FROM [auth_user] AS t LEFT JOIN [accounts_profile] AS r1 ON r1.[username] = t.[username] WHERE t.[tenant] = @P1 AND t.[balance] > @P2 ORDER BY CASE WHEN t.[balance] IS NULL THEN 0 ELSE 1 END, t.[balance] DESC, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 7, @P2 = '9999.5', @P3 = 100, @P4 = 0
SELECT e.[username], e.[role], e.[position] FROM [user_role] AS e WHERE e.[username] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) ORDER BY e.[username], e.[position]  -- @P1 = {null}
