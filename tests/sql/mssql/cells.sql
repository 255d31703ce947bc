-- cells.toml on SQL Server

-- the members of groups are those whose cells name them, and no others that look like it
-- step 1
SELECT t.[id], t.[name] FROM [teams] AS t ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT g.[id], u.[id], u.[login], u.[teams], g.[name] FROM [users] AS u CROSS JOIN [teams] AS g WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND CHARINDEX(g.[name], u.[teams]) > 0 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P2) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 1
-- step 2
SELECT t.[id], t.[title] FROM [rights] AS t ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT g.[id], u.[id], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {0}, @P2 = '\', @P3 = 1
-- step 3
SELECT t.[name], t.[name] FROM [tags] AS t WHERE t.[name] = @P1  -- @P1 = 'é"/\'
SELECT g.[name], u.[id], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE g.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {'é"/\'}, @P2 = '\', @P3 = 1
-- step 4
SELECT t.[name], t.[name] FROM [tags] AS t WHERE t.[name] = @P1  -- @P1 = 'plain'
SELECT g.[name], u.[id], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE g.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {'plain'}, @P2 = '\', @P3 = 1
-- step 5
SELECT t.[id], t.[login] FROM [users] AS t WHERE t.[id] = @P1 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
SELECT u.[id], g.[id], g.[name], u.[teams], g.[name] FROM [users] AS u CROSS JOIN [teams] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND CHARINDEX(g.[name], u.[teams]) > 0 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P2) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 1
SELECT u.[id], g.[id], g.[title], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = '\', @P3 = 1
SELECT u.[id], g.[name], g.[name], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = '\', @P3 = 1
-- step 6
SELECT t.[id], t.[login] FROM [users] AS t WHERE t.[id] = @P1 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P2)  -- @P1 = 3, @P2 = 1
SELECT u.[id], g.[id], g.[name], u.[teams], g.[name] FROM [users] AS u CROSS JOIN [teams] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND CHARINDEX(g.[name], u.[teams]) > 0 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P2) ORDER BY 1, 2  -- @P1 = {3}, @P2 = 1
SELECT u.[id], g.[id], g.[title], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {3}, @P2 = '\', @P3 = 1
SELECT u.[id], g.[name], g.[name], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {3}, @P2 = '\', @P3 = 1

-- groups are found by who is in them
-- step 1
SELECT [id], [teams] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {2}, @P2 = 1
SELECT [id], [name] FROM [teams] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[name] FROM [teams] AS t WHERE (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 2
SELECT [id], [teams] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
SELECT [id], [name] FROM [teams] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[name] FROM [teams] AS t WHERE CASE WHEN (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) THEN 1 ELSE 0 END = 0 ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 3
SELECT [id], [rights] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {2, 1}, @P2 = 1
SELECT [id], [id] FROM [rights] WHERE [id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[title] FROM [rights] AS t WHERE (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 4
SELECT [id], [tags] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {2}, @P2 = 1
SELECT [name], [name] FROM [tags] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[name], t.[name] FROM [tags] AS t WHERE (1 = 0 OR t.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[name] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 5
SELECT [id], [teams] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {5}, @P2 = 1
SELECT [id], [name] FROM [teams] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[name] FROM [teams] AS t WHERE (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 6
SELECT [id], [teams] FROM [users] WHERE NOT EXISTS (SELECT [gone] INTERSECT SELECT @P1) ORDER BY [id]  -- @P1 = 1
SELECT [id], [name] FROM [teams] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[name] FROM [teams] AS t WHERE (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 7
SELECT [id], [teams] FROM [users] WHERE NOT EXISTS (SELECT [gone] INTERSECT SELECT @P1) ORDER BY [id]  -- @P1 = 1
SELECT [id], [name] FROM [teams] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[name] FROM [teams] AS t WHERE CASE WHEN (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) THEN 1 ELSE 0 END = 0 ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 8
SELECT [id], [rights] FROM [users] WHERE NOT EXISTS (SELECT [gone] INTERSECT SELECT @P1) ORDER BY [id]  -- @P1 = 1
SELECT [id], [id] FROM [rights] WHERE [id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[id], t.[title] FROM [rights] AS t WHERE (1 = 0 OR t.[id] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = {}, @P2 = 100, @P3 = 0
-- step 9
SELECT [id], [tags] FROM [users] WHERE NOT EXISTS (SELECT [gone] INTERSECT SELECT @P1) ORDER BY [id]  -- @P1 = 1
SELECT [name], [name] FROM [tags] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT [id], [tags] FROM [users] WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
SELECT [name], [name] FROM [tags] WHERE [name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))  -- @P1 = {}
SELECT t.[name], t.[name] FROM [tags] AS t WHERE ((1 = 0 OR t.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$'))) AND CASE WHEN (1 = 0 OR t.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$'))) THEN 1 ELSE 0 END = 0) ORDER BY t.[name] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = {}, @P2 = {}, @P3 = 100, @P4 = 0

-- who joins and who leaves keeps the others
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3) ORDER BY [id]  -- @P1 = '1', @P2 = {9}, @P3 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1, 2, 3, 4}, @P2 = 1
-- a member to be added does not exist
-- step 3
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [id] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3) ORDER BY [id]  -- @P1 = '2', @P2 = {3}, @P3 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {3}, @P2 = 1
-- a member to be added does not exist
-- step 5
SELECT [id] FROM [rights] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 11
SELECT [id], [rights] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [rights]) > 0 OR CHARINDEX(@P2, [rights]) > 0) AND [id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4) ORDER BY [id]  -- @P1 = '11', @P2 = '\', @P3 = {2}, @P4 = 1
SELECT [id], [rights] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1, 3}, @P2 = 1
-- a member to be added does not exist
-- step 6
SELECT t.[id], t.[title] FROM [rights] AS t WHERE t.[id] = @P1  -- @P1 = 11
SELECT g.[id], u.[id], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {11}, @P2 = '\', @P3 = 1
-- step 7
SELECT t.[id], t.[title] FROM [rights] AS t WHERE t.[id] = @P1  -- @P1 = 1
SELECT g.[id], u.[id], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = '\', @P3 = 1
-- step 8
SELECT [name] FROM [tags] WITH (UPDLOCK, ROWLOCK) WHERE [name] = @P1  -- @P1 = 'é"/\'
SELECT [id], [tags] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [tags]) > 0 OR CHARINDEX(@P2, [tags]) > 0) AND [id] NOT IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4) ORDER BY [id]  -- @P1 = 'é"/\', @P2 = '\', @P3 = {3, 1}, @P4 = 1
SELECT [id], [tags] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1, 3}, @P2 = 1
-- a member to be added does not exist
-- step 9
SELECT t.[name], t.[name] FROM [tags] AS t WHERE t.[name] = @P1  -- @P1 = 'é"/\'
SELECT g.[name], u.[id], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE g.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {'é"/\'}, @P2 = '\', @P3 = 1
-- step 10
SELECT t.[name], t.[name] FROM [tags] AS t WHERE t.[name] = @P1  -- @P1 = 'plain'
SELECT g.[name], u.[id], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE g.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {'plain'}, @P2 = '\', @P3 = 1

-- who does not exist cannot join, nor can a name that no list holds, and nothing else is done
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [id] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3) ORDER BY [id]  -- @P1 = '1', @P2 = {2, 99}, @P3 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {2, 99}, @P2 = 1
-- a member to be added does not exist
-- step 2
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {5}, @P2 = 1
-- a member to be added does not exist
-- step 3
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 4
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 4
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
-- a member to be added does not exist
-- step 4
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 5
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 5
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
-- a member to be added does not exist
-- step 5
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
-- the group's new name cannot stand in a cell
-- step 6
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 99
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 99
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
-- a member to be added does not exist
-- step 7
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([name]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [name] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'New'
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 0
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1, 99}, @P2 = 1
-- a member to be added does not exist

-- a group comes with its members, is called otherwise, and goes
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([name]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [name] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'New'
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 0
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1, 3}, @P2 = 1
-- a member to be added does not exist
-- step 3
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = '1', @P2 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [gone] = @P2 ORDER BY [id]  -- @P1 = '1', @P2 = 1
UPDATE [teams] SET [name] = @P1 WHERE [id] = @P2  -- @P1 = 'Rot', @P2 = 1
SELECT [id], [name] FROM [teams] WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {2}, @P2 = 1
-- a member to be added does not exist
-- step 5
SELECT [id], [tags] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [tags]) > 0 OR CHARINDEX(@P2, [tags]) > 0) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3) ORDER BY [id]  -- @P1 = 'plain', @P2 = '\', @P3 = 1
SELECT [id], [tags] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [tags]) > 0 OR CHARINDEX(@P2, [tags]) > 0) AND [gone] = @P3 ORDER BY [id]  -- @P1 = 'plain', @P2 = '\', @P3 = 1
UPDATE [tags] SET [name] = @P1 WHERE [name] = @P2  -- @P1 = 'simple', @P2 = 'plain'
SELECT [name], [name] FROM [tags] WHERE [name] = @P1  -- @P1 = 'simple'
-- step 6
SELECT t.[name], t.[name] FROM [tags] AS t WHERE t.[name] = @P1  -- @P1 = 'simple'
SELECT g.[name], u.[id], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE g.[name] IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P1) WITH (v nvarchar(4000) '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {'simple'}, @P2 = '\', @P3 = 1
-- step 7
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = '1', @P2 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [gone] = @P2 ORDER BY [id]  -- @P1 = '1', @P2 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 1
-- step 8
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = '1', @P2 = 1
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE CHARINDEX(@P1, [teams]) > 0 AND [gone] = @P2 ORDER BY [id]  -- @P1 = '1', @P2 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 1
-- step 10
SELECT [id] FROM [rights] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
SELECT [id], [rights] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [rights]) > 0 OR CHARINDEX(@P2, [rights]) > 0) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3) ORDER BY [id]  -- @P1 = '1', @P2 = '\', @P3 = 1
SELECT [id], [rights] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE (CHARINDEX(@P1, [rights]) > 0 OR CHARINDEX(@P2, [rights]) > 0) AND [gone] = @P3 ORDER BY [id]  -- @P1 = '1', @P2 = '\', @P3 = 1
DELETE FROM [rights] WHERE [id] = @P1  -- @P1 = 1
-- step 11
SELECT t.[id], t.[login] FROM [users] AS t WHERE t.[id] = @P1 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
SELECT u.[id], g.[id], g.[name], u.[teams], g.[name] FROM [users] AS u CROSS JOIN [teams] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND CHARINDEX(g.[name], u.[teams]) > 0 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P2) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 1
SELECT u.[id], g.[id], g.[title], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = '\', @P3 = 1
SELECT u.[id], g.[name], g.[name], u.[tags], g.[name] FROM [users] AS u CROSS JOIN [tags] AS g WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(g.[name], u.[tags]) > 0 OR CHARINDEX(@P2, u.[tags]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = '\', @P3 = 1

-- a user who goes is in no group any more
-- step 1
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2)  -- @P1 = 1, @P2 = 1
UPDATE [users] SET [teams] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = '', @P2 = 1, @P3 = 1
UPDATE [users] SET [rights] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = '[]', @P2 = 1, @P3 = 1
UPDATE [users] SET [tags] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = '[]', @P2 = 1, @P3 = 1
UPDATE [users] SET [gone] = @P1 WHERE [id] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = 1, @P2 = 1, @P3 = 1
-- step 3
SELECT t.[id], t.[title] FROM [rights] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT g.[id], u.[id], u.[rights], g.[id] FROM [users] AS u CROSS JOIN [rights] AS g WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND (CHARINDEX(CAST(g.[id] AS nvarchar(max)), u.[rights]) > 0 OR CHARINDEX(@P2, u.[rights]) > 0) AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {2}, @P2 = '\', @P3 = 1

-- a list that is full is not cut off
-- step 2
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
SELECT [name] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
SELECT [id], [teams] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P2) ORDER BY [id]  -- @P1 = {1}, @P2 = 1
-- a member to be added does not exist
