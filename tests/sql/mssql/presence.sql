-- presence.toml on SQL Server

-- a row that is there is a value that is true
-- step 1
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 1, @P3 = 'root'
-- step 2
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 2, @P3 = 'root'
-- step 3
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P3 WHERE NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P1) AND CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END = @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'root', @P2 = 1, @P3 = 9, @P4 = 100, @P5 = 0
-- step 4
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P3 WHERE NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P1) AND CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END = @P2 ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'root', @P2 = 0, @P3 = 9, @P4 = 100, @P5 = 0
-- step 5
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P2 WHERE NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P1) ORDER BY CASE WHEN CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END IS NULL THEN 0 ELSE 1 END, CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END DESC, t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'root', @P2 = 9, @P3 = 100, @P4 = 0

-- it is made true by making the row, once, and false by deleting it
-- step 1
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 'root'
SELECT 1 FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 1, @P2 = 9
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 1, @P2 = 9
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 1, @P3 = 'root'
-- step 2
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 'root'
SELECT 1 FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 1, @P2 = 9
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 1, @P2 = 9
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 1, @P3 = 'root'
-- step 4
UPDATE [users] SET [login] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P3)  -- @P1 = 'ada2', @P2 = 1, @P3 = 'root'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 1
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 1, @P3 = 'root'
-- step 5
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 2, @P2 = 'root'
DELETE FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 2, @P2 = 9
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 2, @P3 = 'root'
-- step 7
INSERT INTO [users] ([id], [login]) VALUES (@P1, @P2)  -- @P1 = 4, @P2 = 'eve'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 4
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = 8
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 0, @P3 = 'root'
-- step 8
INSERT INTO [users] ([id], [login]) VALUES (@P1, @P2)  -- @P1 = 5, @P2 = 'mallory'
SELECT [id] FROM [users] WHERE [id] = @P1  -- @P1 = 5
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = 9
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 0, @P2 = 8
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 0, @P3 = 'root'
-- step 10
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 5, @P2 = 'root'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 5
DELETE FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 5, @P2 = 9
DELETE FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 5, @P2 = 8
DELETE FROM [users] WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 5, @P2 = 'root'

-- rows that are excepted do not exist
-- step 1
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P2 WHERE NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P1) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'root', @P2 = 9, @P3 = 100, @P4 = 0
-- step 2
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 3, @P3 = 'root'
-- step 3
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 3, @P2 = 'root'
SELECT 1 FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 3, @P2 = 9
INSERT INTO [team_users] ([member], [team]) VALUES (@P1, @P2)  -- @P1 = 3, @P2 = 9
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 3, @P3 = 'root'
-- step 4
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 3, @P2 = 'root'
DELETE FROM [team_users] WHERE [member] = @P1  -- @P1 = 3
DELETE FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 3, @P2 = 9
DELETE FROM [team_users] WHERE [member] = @P1 AND [team] = @P2  -- @P1 = 3, @P2 = 8
DELETE FROM [users] WHERE [id] = @P1 AND NOT EXISTS (SELECT [login] INTERSECT SELECT @P2)  -- @P1 = 3, @P2 = 'root'
-- step 5
SELECT t.[id], t.[name] FROM [teams] AS t WHERE NOT EXISTS (SELECT t.[kind] INTERSECT SELECT @P1) AND NOT EXISTS (SELECT t.[id] INTERSECT SELECT @P2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'system', @P2 = 8, @P3 = 100, @P4 = 0
-- step 6
SELECT t.[id], t.[id], t.[login], CASE WHEN r1.[member] IS NULL THEN 0 ELSE 1 END FROM [users] AS t LEFT JOIN [team_users] AS r1 ON r1.[member] = t.[id] AND r1.[team] = @P1 WHERE t.[id] = @P2 AND NOT EXISTS (SELECT t.[login] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 2, @P3 = 'root'
SELECT DISTINCT m.[member], g.[id], g.[name] FROM [team_users] AS m JOIN [teams] AS g ON g.[id] = m.[team] WHERE m.[member] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT g.[kind] INTERSECT SELECT @P2) AND NOT EXISTS (SELECT g.[id] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'system', @P3 = 8
-- step 7
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [kind] INTERSECT SELECT @P2) AND NOT EXISTS (SELECT [id] INTERSECT SELECT @P3)  -- @P1 = 9, @P2 = 'system', @P3 = 8
INSERT INTO [team_users] ([team], [member]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT u.[login] INTERSECT SELECT @P3) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4 AND NOT EXISTS (SELECT g.[kind] INTERSECT SELECT @P5) AND NOT EXISTS (SELECT g.[id] INTERSECT SELECT @P6)) AND u.[id] NOT IN (SELECT m.[member] FROM [team_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P7 AND m.[member] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 9, @P2 = {1}, @P3 = 'root', @P4 = 9, @P5 = 'system', @P6 = 8, @P7 = 9
-- step 8
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [kind] INTERSECT SELECT @P2) AND NOT EXISTS (SELECT [id] INTERSECT SELECT @P3)  -- @P1 = 11, @P2 = 'system', @P3 = 8
INSERT INTO [team_users] ([team], [member]) SELECT @P1, u.[id] FROM [users] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT u.[login] INTERSECT SELECT @P3) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4 AND NOT EXISTS (SELECT g.[kind] INTERSECT SELECT @P5) AND NOT EXISTS (SELECT g.[id] INTERSECT SELECT @P6)) AND u.[id] NOT IN (SELECT m.[member] FROM [team_users] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P7 AND m.[member] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 11, @P2 = {3}, @P3 = 'root', @P4 = 11, @P5 = 'system', @P6 = 8, @P7 = 11
