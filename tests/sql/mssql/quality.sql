-- mappings/seeds/quality.toml on SQL Server, before it has told its columns

-- whose token it is
SELECT t.[authorization_token], t.[authorization_token], t.[user_id], t.[saml_provider_id], r1.[enabled], r2.[enabled], r2.[login_name] FROM [ug_authorization_tokens] AS t LEFT JOIN [sy_identity_providers] AS r1 ON r1.[id] = t.[saml_provider_id] LEFT JOIN [ug_users] AS r2 ON r2.[user_id] = t.[user_id] WHERE t.[application_name] = @P1 AND t.[user_id] = @P2 AND (LOWER(CAST(t.[authorization_token] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 ORDER BY t.[authorization_token] OFFSET @P5 ROWS FETCH NEXT @P4 ROWS ONLY  -- @P1 = 'SCIM', @P2 = 1, @P3 = '3f2504e0-4f89-41d3-9a0c-0305e82c3301', @P4 = 2, @P5 = 0

-- whoever has the name as login or as e-mail
SELECT t.[user_id], t.[login_name], t.[email], t.[first_name], t.[last_name], t.[display_name], t.[enabled], t.[modified_at] FROM [ug_users] AS t WHERE t.[is_service] = @P1 AND t.[is_admin] = @P2 AND ((LOWER(CAST(t.[login_name] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P3 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 OR (LOWER(CAST(t.[email] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P4 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2) ORDER BY t.[user_id] OFFSET @P6 ROWS FETCH NEXT @P5 ROWS ONLY  -- @P1 = false, @P2 = false, @P3 = 'kim@fabrikam.example', @P4 = 'kim@fabrikam.example', @P5 = 2, @P6 = 0

-- an account that is known
SELECT t.[user_id], t.[login_name], t.[email], t.[first_name], t.[last_name], t.[display_name], t.[enabled], t.[modified_at] FROM [ug_users] AS t WHERE t.[user_id] = @P1 AND t.[is_service] = @P2 AND t.[is_admin] = @P3  -- @P1 = '101', @P2 = false, @P3 = false

-- a new account
DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given  -- @P1 = 'ug_users/login_name/kim@fabrikam.example'
DECLARE @made TABLE (k nvarchar(450) COLLATE DATABASE_DEFAULT); INSERT INTO [ug_users] ([login_name], [enabled], [modified_by], [is_service], [is_admin]) OUTPUT inserted.[user_id] INTO @made SELECT @P1, @P2, @P3, @P4, @P5 WHERE NOT EXISTS (SELECT 1 FROM [ug_users] AS t WHERE t.[is_service] = @P6 AND t.[is_admin] = @P7 AND (LOWER(CAST(t.[login_name] AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2 = (LOWER(CAST(@P8 AS nvarchar(max)) COLLATE Latin1_General_100_CI_AS) + NCHAR(1)) COLLATE Latin1_General_100_BIN2); SELECT [user_id], [login_name], [email], [first_name], [last_name], [display_name], [enabled], [modified_at] FROM [ug_users] WHERE [user_id] = (SELECT k FROM @made)  -- @P1 = 'kim@fabrikam.example', @P2 = true, @P3 = 1, @P4 = false, @P5 = false, @P6 = false, @P7 = false, @P8 = 'kim@fabrikam.example'

-- another address
UPDATE [ug_users] SET [login_name] = @P1, [modified_by] = @P2 WHERE [user_id] = @P3 AND [is_service] = @P4 AND [is_admin] = @P5  -- @P1 = 'kim@fabrikam.example', @P2 = 1, @P3 = '101', @P4 = false, @P5 = false
SELECT [user_id], [login_name], [email], [first_name], [last_name], [display_name], [enabled], [modified_at] FROM [ug_users] WHERE [user_id] = @P1  -- @P1 = '101'

-- enabled again, with a seat
SELECT [user_id] FROM [ug_users] WITH (UPDLOCK, ROWLOCK) WHERE [user_id] = @P1 AND [is_service] = @P2 AND [is_admin] = @P3  -- @P1 = '101', @P2 = false, @P3 = false
UPDATE [ug_users] SET [enabled] = @P1, [modified_by] = @P2 WHERE [user_id] = @P3 AND [is_service] = @P4 AND [is_admin] = @P5  -- @P1 = true, @P2 = 1, @P3 = '101', @P4 = false, @P5 = false
SELECT [user_id], [login_name], [email], [first_name], [last_name], [display_name], [enabled], [modified_at] FROM [ug_users] WHERE [user_id] = @P1  -- @P1 = '101'
EXECUTE enable_user @P1, @P2  -- @P1 = '101', @P2 = 1
SELECT t.[user_id], t.[login_name], t.[email], t.[first_name], t.[last_name], t.[display_name], t.[enabled], t.[modified_at] FROM [ug_users] AS t WHERE t.[user_id] = @P1 AND t.[is_service] = @P2 AND t.[is_admin] = @P3  -- @P1 = '101', @P2 = false, @P3 = false
