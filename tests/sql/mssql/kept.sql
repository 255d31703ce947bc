-- kept.toml on SQL Server

-- the members of groups are those whose rows say so
-- step 1
SELECT t.[id], t.[title] FROM [teams] AS t ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT DISTINCT u.[team_id], u.[id], u.[login] FROM [users] AS u WHERE u.[team_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'person', @P3 = 1
-- step 2
SELECT t.[id], t.[name] FROM [desks] AS t ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT DISTINCT g.[id], u.[id] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'none', @P3 = 'person', @P4 = 1
-- step 3
SELECT t.[id], t.[name] FROM [desks] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT g.[id], u.[id] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'none', @P3 = 'person', @P4 = 1
-- step 4
SELECT t.[id], t.[revision], t.[login] FROM [users] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P3)  -- @P1 = 1, @P2 = 'person', @P3 = 1
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [teams] AS g ON g.[id] = u.[team_id] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 'person', @P3 = 1
SELECT DISTINCT u.[id], g.[id], g.[name] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 'none', @P3 = 'person', @P4 = 1
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [rooms] AS g ON g.[id] = u.[room] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[room] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 0, @P3 = 'person', @P4 = 1
-- step 5
SELECT t.[id], t.[revision], t.[login] FROM [users] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P3)  -- @P1 = 4, @P2 = 'person', @P3 = 1
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [teams] AS g ON g.[id] = u.[team_id] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'person', @P3 = 1
SELECT DISTINCT u.[id], g.[id], g.[name] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'none', @P3 = 'person', @P4 = 1
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [rooms] AS g ON g.[id] = u.[room] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[room] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {4}, @P2 = 0, @P3 = 'person', @P4 = 1
-- step 6
SELECT t.[id], t.[revision], t.[login] FROM [users] AS t WHERE t.[kind] = @P1 AND NOT EXISTS (SELECT t.[gone] INTERSECT SELECT @P2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'person', @P2 = 1, @P3 = 100, @P4 = 0
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [teams] AS g ON g.[id] = u.[team_id] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'person', @P3 = 1
SELECT DISTINCT u.[id], g.[id], g.[name] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'none', @P3 = 'person', @P4 = 1
SELECT DISTINCT u.[id], g.[id], g.[title] FROM [users] AS u JOIN [rooms] AS g ON g.[id] = u.[room] WHERE u.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[room] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 0, @P3 = 'person', @P4 = 1

-- groups are found by who is in them
-- step 1
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[team_id] = t.[id] AND m.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P3)) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = {2}, @P2 = 'person', @P3 = 1, @P4 = 100, @P5 = 0
-- step 2
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[team_id] = t.[id] AND m.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P3)) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = {5}, @P2 = 'person', @P3 = 1, @P4 = 100, @P5 = 0
-- step 3
SELECT t.[id], t.[name] FROM [desks] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[desk] = t.[name] AND m.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[desk] <> @P2 AND m.[kind] = @P3 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P4)) ORDER BY t.[id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = {2}, @P2 = 'none', @P3 = 'person', @P4 = 1, @P5 = 100, @P6 = 0
-- step 4
SELECT t.[id], t.[name] FROM [desks] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[desk] = t.[name] AND m.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[desk] <> @P2 AND m.[kind] = @P3 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P4)) ORDER BY t.[id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = {4}, @P2 = 'none', @P3 = 'person', @P4 = 1, @P5 = 100, @P6 = 0
-- step 5
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[team_id] = t.[id] AND m.[kind] = @P1 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P2)) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'person', @P2 = 1, @P3 = 100, @P4 = 0
-- step 6
SELECT t.[id], t.[name] FROM [desks] AS t WHERE EXISTS (SELECT 1 FROM [users] AS m WHERE m.[desk] = t.[name] AND m.[desk] <> @P1 AND m.[kind] = @P2 AND NOT EXISTS (SELECT m.[gone] INTERSECT SELECT @P3)) ORDER BY t.[id] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'none', @P2 = 'person', @P3 = 1, @P4 = 100, @P5 = 0

-- who joins and who leaves changes in his own row, and counts its version
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = null, @P3 = {2, 3}, @P4 = 'person', @P5 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {1, 4}, @P3 = 'person', @P4 = 1
-- step 3
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {4}, @P3 = 'person', @P4 = 1

-- nobody is taken out of another group where the mapping refuses that
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {3, 4}, @P3 = 'person', @P4 = 1
-- step 2
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [id] NOT IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = null, @P3 = {1, 3}, @P4 = 'person', @P5 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {1, 3}, @P3 = 'person', @P4 = 1
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Green'
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 0, @P2 = {3}, @P3 = 'person', @P4 = 1

-- where the mapping lets them, a further group takes the place of the former
-- step 1
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = {2, 3}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 3
SELECT t.[id], t.[name] FROM [desks] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT g.[id], u.[id] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'none', @P3 = 'person', @P4 = 1
-- step 4
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [desk] <> @P4 AND [kind] = @P5 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P6)  -- @P1 = 2, @P2 = 'none', @P3 = {2}, @P4 = 'none', @P5 = 'person', @P6 = 1

-- a list of members takes the place of the former, whoever is in it twice
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [id] NOT IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = null, @P3 = {4, 2, 4}, @P4 = 'person', @P5 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {2, 4}, @P3 = 'person', @P4 = 1
-- step 3
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [id] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P3) WITH (v nvarchar(4000) '$')) AND [desk] <> @P4 AND [kind] = @P5 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P6)  -- @P1 = 1, @P2 = 'none', @P3 = {}, @P4 = 'none', @P5 = 'person', @P6 = 1

-- who does not exist cannot join, and nothing else is done
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {4, 99}, @P3 = 'person', @P4 = 1
-- step 2
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {5}, @P3 = 'person', @P4 = 1
-- step 3
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {6}, @P3 = 'person', @P4 = 1
-- step 4
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
-- a member to be added does not exist
-- step 5
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [id] NOT IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [desk] <> @P4 AND [kind] = @P5 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P6)  -- @P1 = 1, @P2 = 'none', @P3 = {2, 99}, @P4 = 'none', @P5 = 'person', @P6 = 1
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = {2, 99}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 6
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Green'
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 0, @P2 = {4, 99}, @P3 = 'person', @P4 = 1
-- step 7
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 99
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 99, @P2 = {4}, @P3 = 'person', @P4 = 1
-- step 8
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = null, @P3 = {99, 5}, @P4 = 'person', @P5 = 1

-- what stands for no group is no group that one could join
-- step 1
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 3
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 3, @P2 = {1}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 2
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 3
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 3, @P2 = {4}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 3
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 4
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 4, @P2 = {1}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 5
SELECT [id] FROM [rooms] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 0
-- what the group is called stands for no group
-- step 6
SELECT [id] FROM [rooms] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 0
UPDATE [users] SET [room] = @P2, [revision] = [revision] + 1 WHERE [room] = @P1 AND [id] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P3) WITH (v nvarchar(4000) '$')) AND [room] <> @P4 AND [kind] = @P5 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P6)  -- @P1 = 0, @P2 = 0, @P3 = {}, @P4 = 0, @P5 = 'person', @P6 = 1
-- step 7
SELECT t.[id], t.[title] FROM [rooms] AS t WHERE t.[id] = @P1  -- @P1 = 0
SELECT DISTINCT u.[room], u.[id] FROM [users] AS u WHERE u.[room] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[room] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {0}, @P2 = 0, @P3 = 'person', @P4 = 1

-- a new group comes with its members
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Green'
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 0, @P2 = {4}, @P3 = 'person', @P4 = 1
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [desks] ([name]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [name] FROM [desks] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'east'
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 0, @P2 = {1, 4}, @P3 = 'none', @P4 = 'person', @P5 = 1

-- a group that goes is taken out of its members' rows
-- step 2
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = null, @P3 = 'person', @P4 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 1, @P2 = null, @P3 = 'person', @P4 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 1
-- step 3
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 2, @P2 = null, @P3 = 'person', @P4 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 2, @P2 = null, @P3 = 'person', @P4 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 2
-- step 4
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 2, @P2 = null, @P3 = 'person', @P4 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 2, @P2 = null, @P3 = 'person', @P4 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 2
-- step 6
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 2, @P2 = 'none', @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 2, @P2 = 'none', @P3 = 'person', @P4 = 1
DELETE FROM [desks] WHERE [id] = @P1  -- @P1 = 2
-- step 8
DELETE FROM [rooms] WHERE [id] = @P1  -- @P1 = 1

-- a group that cannot go keeps its members
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = null, @P3 = 'person', @P4 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 1, @P2 = null, @P3 = 'person', @P4 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 1

-- the rows follow a group that is called otherwise
-- step 1
SELECT [name] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [desks] SET [name] = @P1 WHERE [id] = @P2  -- @P1 = 'west', @P2 = 2
SELECT [id], [name] FROM [desks] WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [desk] = @P1, [revision] = [revision] + 1 WHERE [desk] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 'west', @P2 = '2', @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = @P1, [revision] = [revision] + 1 WHERE [desk] = @P2 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 'west', @P2 = '2', @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 2, @P2 = {4}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 3
SELECT [name] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
UPDATE [desks] SET [name] = @P1 WHERE [id] = @P2  -- @P1 = 'west', @P2 = 2
SELECT [id], [name] FROM [desks] WHERE [id] = @P1  -- @P1 = 2
UPDATE [users] SET [desk] = @P1, [revision] = [revision] + 1 WHERE [desk] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 'west', @P2 = '2', @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = @P1, [revision] = [revision] + 1 WHERE [desk] = @P2 AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 'west', @P2 = '2', @P3 = 'person', @P4 = 1
-- step 4
SELECT t.[id], t.[name] FROM [desks] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT g.[id], u.[id] FROM [users] AS u JOIN [desks] AS g ON g.[name] = u.[desk] WHERE g.[id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[desk] <> @P2 AND u.[kind] = @P3 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P4) ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'none', @P3 = 'person', @P4 = 1

-- a user who goes is in no group any more
-- step 1
SELECT [id] FROM [users] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P3)  -- @P1 = 1, @P2 = 'person', @P3 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [id] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = null, @P2 = 1, @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = @P1, [revision] = [revision] + 1 WHERE [id] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 'none', @P2 = 1, @P3 = 'person', @P4 = 1
UPDATE [users] SET [room] = @P1, [revision] = [revision] + 1 WHERE [id] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 0, @P2 = 1, @P3 = 'person', @P4 = 1
UPDATE [users] SET [gone] = @P1 WHERE [id] = @P2 AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = 1, @P3 = 'person', @P4 = 1
-- step 3
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 1
SELECT DISTINCT u.[team_id], u.[id], u.[login] FROM [users] AS u WHERE u.[team_id] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 AND NOT EXISTS (SELECT u.[gone] INTERSECT SELECT @P3) ORDER BY 1, 2  -- @P1 = {1}, @P2 = 'person', @P3 = 1

-- explained: members by one statement each way
-- step 1
SELECT t.[id], t.[name] FROM [desks] AS t WHERE t.[id] = @P1  -- @P1 = 1
-- step 2
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [id] NOT IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [desk] <> @P4 AND [kind] = @P5 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P6)  -- @P1 = 1, @P2 = 'none', @P3 = {2, 3}, @P4 = 'none', @P5 = 'person', @P6 = 1
UPDATE [users] SET [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1), [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND NOT EXISTS (SELECT [desk] INTERSECT SELECT (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1)) AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) IS NOT NULL AND (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) <> @P3 AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = {2, 3}, @P3 = 'none', @P4 = 'person', @P5 = 1
-- step 3
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 1
-- step 4
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [team_id] = NULL, [revision] = [revision] + 1 WHERE [team_id] = @P1 AND [id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND [kind] = @P4 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P5)  -- @P1 = 1, @P2 = null, @P3 = {1}, @P4 = 'person', @P5 = 1
UPDATE [users] SET [team_id] = @P1, [revision] = [revision] + 1 WHERE [id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [team_id] IS NULL AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = {4}, @P3 = 'person', @P4 = 1
-- step 5
SELECT [id] FROM [desks] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [kind] = @P3 AND NOT EXISTS (SELECT [gone] INTERSECT SELECT @P4)  -- @P1 = 1, @P2 = 'none', @P3 = 'person', @P4 = 1
UPDATE [users] SET [desk] = @P2, [revision] = [revision] + 1 WHERE [desk] = (SELECT g.[name] FROM [desks] AS g WHERE g.[id] = @P1) AND [kind] = @P3 AND [gone] = @P4  -- @P1 = 1, @P2 = 'none', @P3 = 'person', @P4 = 1
DELETE FROM [desks] WHERE [id] = @P1  -- @P1 = 1
