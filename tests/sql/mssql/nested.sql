-- nested.toml on SQL Server

-- a column for each type: members come and go by type
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'person'
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = 'person'
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Inner'
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 0, @P2 = 'by scim', @P3 = {1}, @P4 = 'person', @P5 = 0, @P6 = 0
-- step 4
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Outer'
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 0, @P2 = 'by scim', @P3 = {1, 2}, @P4 = 'person', @P5 = 0, @P6 = 0
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 0, @P2 = 'by scim', @P3 = {1}, @P4 = 0, @P5 = 0
-- step 5
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 7
SELECT t.[id], t.[title] FROM [teams] AS t ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {0}
-- step 8
SELECT t.[id], t.[name] FROM [principals] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2  -- @P1 = 1, @P2 = 'person'
SELECT DISTINCT m.[person], g.[id], g.[title] FROM [team_members] AS m JOIN [teams] AS g ON g.[id] = m.[team] WHERE m.[person] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {1}
SELECT DISTINCT m.[member], g.[id], g.[title] FROM [circle_members] AS m JOIN [circles] AS g ON g.[id] = m.[circle] WHERE m.[member] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {1}, @P2 = 'user'
SELECT DISTINCT m.[principal], g.[id], g.[name] FROM [role_members] AS m JOIN [principals] AS g ON g.[id] = m.[role] WHERE m.[principal] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND g.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {1}, @P2 = 'role'
-- step 9
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 2, @P2 = {1}
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {2}, @P4 = 'person', @P5 = 2, @P6 = 2
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 2, @P5 = 2
-- step 10
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 11
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [person] IS NOT NULL  -- @P1 = 2, @P2 = {}
DELETE FROM [team_members] WHERE [team] = @P1 AND [child] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [child] IS NOT NULL  -- @P1 = 2, @P2 = {1}
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 2, @P5 = 2
-- step 12
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 13
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [person] IS NOT NULL  -- @P1 = 2, @P2 = {1}
DELETE FROM [team_members] WHERE [team] = @P1 AND [child] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [child] IS NOT NULL  -- @P1 = 2, @P2 = {}
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 'person', @P5 = 2, @P6 = 2
-- step 15
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [person] IS NOT NULL  -- @P1 = 2, @P2 = {1}
DELETE FROM [team_members] WHERE [team] = @P1 AND [child] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [child] IS NOT NULL  -- @P1 = 2, @P2 = {}
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 'person', @P5 = 2, @P6 = 2
-- step 17
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 18
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {77}, @P4 = 'person', @P5 = 2, @P6 = 2
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 2, @P5 = 2
-- step 19
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {2}, @P4 = 'person', @P5 = 2, @P6 = 2
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {77}, @P4 = 2, @P5 = 2
-- step 20
-- a member to be added does not exist
-- step 21
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 22
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [person] IS NOT NULL  -- @P1 = 2, @P2 = {}
DELETE FROM [team_members] WHERE [team] = @P1 AND [child] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [child] IS NOT NULL  -- @P1 = 2, @P2 = {}
-- step 24
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 'person', @P5 = 2, @P6 = 2
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 2, @P5 = 2
-- step 25
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
DELETE FROM [team_members] WHERE [child] = @P1  -- @P1 = 1
DELETE FROM [team_members] WHERE [team] = @P1  -- @P1 = 1
DELETE FROM [team_members] WHERE [team] = @P1  -- @P1 = 1
DELETE FROM [teams] WHERE [id] = @P1  -- @P1 = 1
-- step 26
SELECT t.[id], t.[title] FROM [teams] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {2}
-- step 27
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'person'
DELETE FROM [team_members] WHERE [person] = @P1  -- @P1 = 1
DELETE FROM [circle_members] WHERE [member] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'user'
DELETE FROM [role_members] WHERE [principal] = @P1  -- @P1 = 1
DELETE FROM [principals] WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'person'

-- a column that says which type: the same key is two members
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'person'
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [circles] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [circles] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Inner'
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [circles] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [circles] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Outer'
INSERT INTO [circle_members] ([circle], [member], [kind]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [circles] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[member] FROM [circle_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[circle] = @P6 AND m.[member] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND m.[kind] = @P7)  -- @P1 = 0, @P2 = 'user', @P3 = {1}, @P4 = 'person', @P5 = 0, @P6 = 0, @P7 = 'user'
INSERT INTO [circle_members] ([circle], [member], [kind]) SELECT @P1, u.[id], @P2 FROM [circles] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [circles] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[member] FROM [circle_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[circle] = @P5 AND m.[member] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND m.[kind] = @P6)  -- @P1 = 0, @P2 = 'circle', @P3 = {1}, @P4 = 0, @P5 = 0, @P6 = 'circle'
-- step 5
SELECT t.[id], t.[title] FROM [circles] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [principals] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND u.[kind] = @P3 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'user', @P3 = 'person'
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [circles] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'circle'
-- step 6
SELECT [id] FROM [circles] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [circle_members] WHERE [circle] = @P1 AND [member] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [kind] = @P3  -- @P1 = 2, @P2 = {1}, @P3 = 'user'
-- step 7
SELECT t.[id], t.[title] FROM [circles] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [principals] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND u.[kind] = @P3 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'user', @P3 = 'person'
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [circles] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'circle'
-- step 8
SELECT [id] FROM [circles] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [circle_members] WHERE [circle] = @P1 AND [member] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND [kind] = @P3  -- @P1 = 2, @P2 = {1}, @P3 = 'user'
DELETE FROM [circle_members] WHERE [circle] = @P1 AND [member] NOT IN (SELECT v COLLATE DATABASE_DEFAULT FROM OPENJSON(@P2) WITH (v nvarchar(4000) '$')) AND [kind] = @P3  -- @P1 = 2, @P2 = {}, @P3 = 'circle'
INSERT INTO [circle_members] ([circle], [member], [kind]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [circles] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[member] FROM [circle_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[circle] = @P6 AND m.[member] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND m.[kind] = @P7)  -- @P1 = 2, @P2 = 'user', @P3 = {1}, @P4 = 'person', @P5 = 2, @P6 = 2, @P7 = 'user'
-- step 9
SELECT t.[id], t.[title] FROM [circles] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [principals] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND u.[kind] = @P3 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'user', @P3 = 'person'
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [circles] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'circle'
-- step 10
SELECT t.[id], t.[title] FROM [circles] AS t WHERE EXISTS (SELECT 1 FROM [circle_members] AS m WHERE m.[circle] = t.[id] AND m.[member] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = {1}, @P2 = 'circle', @P3 = 100, @P4 = 0
-- step 11
SELECT t.[id], t.[title] FROM [circles] AS t WHERE EXISTS (SELECT 1 FROM [circle_members] AS m WHERE m.[circle] = t.[id] AND m.[member] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2) ORDER BY t.[id] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = {1}, @P2 = 'user', @P3 = 100, @P4 = 0
-- step 12
SELECT [id] FROM [circles] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 1
DELETE FROM [circle_members] WHERE [member] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'circle'
DELETE FROM [circle_members] WHERE [circle] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'user'
DELETE FROM [circle_members] WHERE [circle] = @P1 AND [kind] = @P2  -- @P1 = 1, @P2 = 'circle'
DELETE FROM [circles] WHERE [id] = @P1  -- @P1 = 1
-- step 13
SELECT t.[id], t.[title] FROM [circles] AS t WHERE t.[id] = @P1  -- @P1 = 2
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [principals] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 AND u.[kind] = @P3 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'user', @P3 = 'person'
SELECT DISTINCT m.[circle], u.[id] FROM [circle_members] AS m JOIN [circles] AS u ON u.[id] = m.[member] WHERE m.[circle] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND m.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {2}, @P2 = 'circle'

-- members that tell their types themselves share their rows
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'person'
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'bob', @P2 = 'person'
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'inner', @P2 = 'role'
-- step 4
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'outer', @P2 = 'role'
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {1}, @P3 = 'person', @P4 = 0, @P5 = 'role', @P6 = 0
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 0, @P2 = {3}, @P3 = 'role', @P4 = 0, @P5 = 'role', @P6 = 0
-- step 5
SELECT t.[id], t.[name] FROM [principals] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2  -- @P1 = 4, @P2 = 'role'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'person'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'role'
-- step 7
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 4, @P2 = 'role'
DELETE FROM [role_members] WHERE [role] = @P1 AND [principal] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 4, @P2 = {2, 3}
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {2}, @P3 = 'person', @P4 = 4, @P5 = 'role', @P6 = 4
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {3}, @P3 = 'role', @P4 = 4, @P5 = 'role', @P6 = 4
-- step 9
SELECT t.[id], t.[name] FROM [principals] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2  -- @P1 = 4, @P2 = 'role'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'person'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'role'
-- step 10
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 4, @P2 = 'role'
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {1}, @P3 = 'role', @P4 = 4, @P5 = 'role', @P6 = 4
-- step 11
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 4, @P2 = 'role'
DELETE FROM [role_members] WHERE [role] = @P1 AND [principal] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 4, @P2 = {3}
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 4, @P2 = {3}, @P3 = 'role', @P4 = 4, @P5 = 'role', @P6 = 4
-- step 12
SELECT t.[id], t.[name] FROM [principals] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2  -- @P1 = 4, @P2 = 'role'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'person'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {4}, @P2 = 'role'
-- step 13
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 3, @P2 = 'role'
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 3, @P2 = {4}, @P3 = 'role', @P4 = 3, @P5 = 'role', @P6 = 3
-- step 14
SELECT t.[id], t.[name] FROM [principals] AS t WHERE t.[id] = @P1 AND t.[kind] = @P2  -- @P1 = 3, @P2 = 'role'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {3}, @P2 = 'person'
SELECT DISTINCT m.[role], u.[id] FROM [role_members] AS m JOIN [principals] AS u ON u.[id] = m.[principal] WHERE m.[role] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {3}, @P2 = 'role'
-- step 15
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 3, @P2 = 'role'
DELETE FROM [role_members] WHERE [principal] = @P1  -- @P1 = 3
DELETE FROM [role_members] WHERE [role] = @P1  -- @P1 = 3
DELETE FROM [role_members] WHERE [role] = @P1  -- @P1 = 3
DELETE FROM [principals] WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 3, @P2 = 'role'

-- who has a member of a type
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [principals] ([name], [kind]) OUTPUT inserted.[id] INTO @made VALUES (@P1, @P2); SELECT [id], [name] FROM [principals] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 'person'
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Empty'
-- step 3
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'People'
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 0, @P2 = 'by scim', @P3 = {1}, @P4 = 'person', @P5 = 0, @P6 = 0
-- step 4
DECLARE @made TABLE (k bigint); INSERT INTO [teams] ([title]) OUTPUT inserted.[id] INTO @made VALUES (@P1); SELECT [id], [title] FROM [teams] WHERE [id] = (SELECT k FROM @made)  -- @P1 = 'Nested'
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 0, @P2 = 'by scim', @P3 = {2}, @P4 = 0, @P5 = 0
-- step 5
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] = t.[id] AND u.[kind] = @P1) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 'person', @P2 = 100, @P3 = 0
-- step 6
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] = t.[id]) ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
-- step 7
SELECT t.[id], t.[title] FROM [teams] AS t WHERE CASE WHEN (EXISTS (SELECT 1 FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] = t.[id] AND u.[kind] = @P1) OR EXISTS (SELECT 1 FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] = t.[id])) THEN 1 ELSE 0 END = 0 ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 'person', @P2 = 100, @P3 = 0
-- step 9
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] = t.[id] AND u.[kind] = @P1) ORDER BY t.[id] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 'person', @P2 = 100, @P3 = 0

-- explained: one statement for each type, and members are not read
-- step 1
SELECT [id] FROM [teams] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1  -- @P1 = 2
DELETE FROM [team_members] WHERE [team] = @P1 AND [person] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 2, @P2 = {3}
INSERT INTO [team_members] ([team], [person], [note]) SELECT @P1, u.[id], @P2 FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND u.[kind] = @P4 AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P5) AND u.[id] NOT IN (SELECT m.[person] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P6 AND m.[person] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1, 2}, @P4 = 'person', @P5 = 2, @P6 = 2
INSERT INTO [team_members] ([team], [child], [note]) SELECT @P1, u.[id], @P2 FROM [teams] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')) AND EXISTS (SELECT 1 FROM [teams] AS g WHERE g.[id] = @P4) AND u.[id] NOT IN (SELECT m.[child] FROM [team_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[team] = @P5 AND m.[child] IN (SELECT v FROM OPENJSON(@P3) WITH (v bigint '$')))  -- @P1 = 2, @P2 = 'by scim', @P3 = {1}, @P4 = 2, @P5 = 2
-- step 2
SELECT [id] FROM [principals] WITH (UPDLOCK, ROWLOCK) WHERE [id] = @P1 AND [kind] = @P2  -- @P1 = 2, @P2 = 'role'
DELETE FROM [role_members] WHERE [role] = @P1 AND [principal] NOT IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$'))  -- @P1 = 2, @P2 = {1, 3}
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 2, @P2 = {1}, @P3 = 'person', @P4 = 2, @P5 = 'role', @P6 = 2
INSERT INTO [role_members] ([role], [principal]) SELECT @P1, u.[id] FROM [principals] AS u WHERE u.[id] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')) AND u.[kind] = @P3 AND EXISTS (SELECT 1 FROM [principals] AS g WHERE g.[id] = @P4 AND g.[kind] = @P5) AND u.[id] NOT IN (SELECT m.[principal] FROM [role_members] AS m WITH (UPDLOCK, HOLDLOCK) WHERE m.[role] = @P6 AND m.[principal] IN (SELECT v FROM OPENJSON(@P2) WITH (v bigint '$')))  -- @P1 = 2, @P2 = {3}, @P3 = 'role', @P4 = 2, @P5 = 'role', @P6 = 2
-- step 3
SELECT t.[id], t.[title] FROM [teams] AS t WHERE EXISTS (SELECT 1 FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] = t.[id]) ORDER BY t.[id] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
SELECT DISTINCT m.[team], u.[id], u.[name] FROM [team_members] AS m JOIN [principals] AS u ON u.[id] = m.[person] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) AND u.[kind] = @P2 ORDER BY 1, 2  -- @P1 = {0}, @P2 = 'person'
SELECT DISTINCT m.[team], u.[id], u.[title] FROM [team_members] AS m JOIN [teams] AS u ON u.[id] = m.[child] WHERE m.[team] IN (SELECT v FROM OPENJSON(@P1) WITH (v bigint '$')) ORDER BY 1, 2  -- @P1 = {0}
