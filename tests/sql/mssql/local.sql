-- local.toml on SQL Server

-- a time is written as the place has it and read back as the same instant
-- step 1
DECLARE @made TABLE (k bigint); INSERT INTO [person] ([login], [since], [stamp], [day], [epoch], [noted]) OUTPUT inserted.[no] INTO @made VALUES (@P1, @P2, @P3, @P4, @P5, CAST(@P6 COLLATE SQL_Latin1_General_CP1_CI_AS AS varchar(8000))); SELECT [no], [login], [since], [stamp], [day], [epoch], [noted] FROM [person] WHERE [no] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = '2027-01-01T00:30:00.000', @P3 = '2026-07-01 00:00:00.250000', @P4 = '2027-01-01', @P5 = 1798759800, @P6 = '2026-12-31T23:30:00Z'
-- step 3
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE t.[no] = @P1  -- @P1 = 1
-- step 4
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE t.[since] = @P1 ORDER BY t.[no] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = '2026-07-01T12:00:00.000', @P2 = 100, @P3 = 0
-- step 5
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE t.[since] > @P1 ORDER BY t.[no] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = '2026-07-01T12:00:00.000', @P2 = 100, @P3 = 0
-- step 6
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE t.[epoch] = @P1 ORDER BY t.[no] OFFSET @P3 ROWS FETCH NEXT @P2 ROWS ONLY  -- @P1 = 1798759800, @P2 = 100, @P3 = 0

-- a text that is too long and a number that is too large are refused
-- step 1
-- a value for `person.epoch` is not a whole number
-- step 2
DECLARE @made TABLE (k bigint); INSERT INTO [person] ([login], [epoch]) OUTPUT inserted.[no] INTO @made VALUES (@P1, @P2); SELECT [no], [login], [since], [stamp], [day], [epoch], [noted] FROM [person] WHERE [no] = (SELECT k FROM @made)  -- @P1 = 'ada', @P2 = 12
-- step 3
-- a value for `person.login` contains a zero character
-- step 4
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE 1 = 0 ORDER BY t.[no] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
-- step 5
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE 1 = 0 ORDER BY t.[no] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
-- step 6
SELECT t.[no], t.[login], t.[since], t.[stamp], t.[day], t.[epoch], t.[noted] FROM [person] AS t WHERE 1 = 0 ORDER BY t.[no] OFFSET @P2 ROWS FETCH NEXT @P1 ROWS ONLY  -- @P1 = 100, @P2 = 0
