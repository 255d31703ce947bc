-- tokens.toml on SQL Server

-- a token is found whatever its case, with what hangs on it
-- step 1
SELECT t.[secret], t.[secret], t.[user_id], r1.[enabled] FROM [tokens] AS t LEFT JOIN [providers] AS r1 ON r1.[id] = t.[provider_id] WHERE t.[application] = @P1 AND t.[secret] = @P2 ORDER BY t.[secret] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'SCIM', @P2 = '00000000-0000-4000-8000-0000000000aa', @P3 = 100, @P4 = 0
-- step 2
SELECT t.[secret], t.[secret], t.[user_id], r1.[enabled] FROM [tokens] AS t LEFT JOIN [providers] AS r1 ON r1.[id] = t.[provider_id] WHERE t.[application] = @P1 AND t.[secret] = @P2 ORDER BY t.[secret] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'SCIM', @P2 = '00000000-0000-4000-8000-0000000000bb', @P3 = 100, @P4 = 0
-- step 3
SELECT t.[secret], t.[secret], t.[user_id], r1.[enabled] FROM [tokens] AS t LEFT JOIN [providers] AS r1 ON r1.[id] = t.[provider_id] WHERE t.[application] = @P1 AND t.[secret] = @P2 ORDER BY t.[secret] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'SCIM', @P2 = '00000000-0000-4000-8000-0000000000dd', @P3 = 100, @P4 = 0

-- one for something else is none, nor is one that nobody has
-- step 1
SELECT t.[secret], t.[secret], t.[user_id], r1.[enabled] FROM [tokens] AS t LEFT JOIN [providers] AS r1 ON r1.[id] = t.[provider_id] WHERE t.[application] = @P1 AND t.[secret] = @P2 ORDER BY t.[secret] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'SCIM', @P2 = '00000000-0000-4000-8000-0000000000cc', @P3 = 100, @P4 = 0
-- step 2
SELECT t.[secret], t.[secret], t.[user_id], r1.[enabled] FROM [tokens] AS t LEFT JOIN [providers] AS r1 ON r1.[id] = t.[provider_id] WHERE t.[application] = @P1 AND t.[secret] = @P2 ORDER BY t.[secret] OFFSET @P4 ROWS FETCH NEXT @P3 ROWS ONLY  -- @P1 = 'SCIM', @P2 = '00000000-0000-4000-8000-0000000000ee', @P3 = 100, @P4 = 0
