-- The same system of quality management in SQL Server; what is said in postgres.sql holds here. No test runs this file,
-- for want of such a server.
--
--     sqlcmd -b -d DATABASE -i mssql.sql

CREATE TABLE sy_identity_providers (
    id      uniqueidentifier NOT NULL PRIMARY KEY DEFAULT NEWID(),
    name    nvarchar(100) NOT NULL,
    enabled bit NOT NULL DEFAULT 1
);

CREATE TABLE ug_users (
    user_id          int IDENTITY(1, 1) PRIMARY KEY,
    login_name       nvarchar(256) COLLATE Latin1_General_100_CI_AS NOT NULL UNIQUE,
    email            nvarchar(256) COLLATE Latin1_General_100_CI_AS NULL,
    first_name       nvarchar(100) NULL,
    last_name        nvarchar(100) NULL,
    display_name     nvarchar(200) NULL,
    enabled          bit NOT NULL,
    licence_seat     int NULL,
    saml_provider_id uniqueidentifier NULL REFERENCES sy_identity_providers,
    password_hash    varbinary(256) NULL,
    is_service       bit NOT NULL DEFAULT 0,
    is_admin         bit NOT NULL DEFAULT 0,
    created_by       int NULL REFERENCES ug_users,
    modified_by      int NULL REFERENCES ug_users,
    modified_at      datetime2 NOT NULL DEFAULT SYSUTCDATETIME()
);
-- A unique constraint of SQL Server allows one row without a value; these indexes allow any number.
CREATE UNIQUE INDEX ug_users_seat ON ug_users (licence_seat) WHERE licence_seat IS NOT NULL;
CREATE INDEX ug_users_email ON ug_users (email);

CREATE TABLE ug_authorization_tokens (
    user_id             int NOT NULL REFERENCES ug_users,
    application_name    nvarchar(50) NOT NULL,
    authorization_token uniqueidentifier NOT NULL UNIQUE DEFAULT NEWID(),
    saml_provider_id    uniqueidentifier NOT NULL REFERENCES sy_identity_providers,
    UNIQUE (user_id, application_name)
);

CREATE TABLE lic_seats (
    seat    int NOT NULL PRIMARY KEY,
    user_id int NULL REFERENCES ug_users
);
CREATE UNIQUE INDEX lic_seats_user ON lic_seats (user_id) WHERE user_id IS NOT NULL;
GO

-- The range is locked until the transaction ends, so that a second one who wants a seat waits for what became of it.
CREATE PROCEDURE take_seat @who int AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;
    DECLARE @free int;
    BEGIN TRANSACTION;
    SELECT TOP (1) @free = seat FROM lic_seats WITH (UPDLOCK, HOLDLOCK) WHERE user_id IS NULL ORDER BY seat;
    IF @free IS NULL
        THROW 50001, N'No licence seat is free', 1;
    UPDATE lic_seats SET user_id = @who WHERE seat = @free;
    UPDATE ug_users SET licence_seat = @free WHERE user_id = @who;
    COMMIT TRANSACTION;
END;
GO

CREATE PROCEDURE enable_user @who int, @by_whom int AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE ug_users SET enabled = 1, modified_by = @by_whom WHERE user_id = @who;
    IF EXISTS (SELECT 1 FROM ug_users WHERE user_id = @who AND licence_seat IS NULL AND is_service = 0)
        EXECUTE take_seat @who;
    COMMIT TRANSACTION;
END;
GO

CREATE PROCEDURE disable_user @who int, @by_whom int AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE ug_users SET enabled = 0, licence_seat = NULL, modified_by = @by_whom WHERE user_id = @who;
    UPDATE lic_seats SET user_id = NULL WHERE user_id = @who;
    COMMIT TRANSACTION;
END;
GO

-- A trigger is told of a whole statement, which may have made many.
CREATE TRIGGER seat_for_new_user ON ug_users AFTER INSERT AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @who int;
    DECLARE seatless CURSOR LOCAL FAST_FORWARD FOR
        SELECT user_id FROM inserted WHERE enabled = 1 AND is_service = 0 AND licence_seat IS NULL ORDER BY user_id;
    OPEN seatless;
    FETCH NEXT FROM seatless INTO @who;
    WHILE @@FETCH_STATUS = 0
    BEGIN
        EXECUTE take_seat @who;
        FETCH NEXT FROM seatless INTO @who;
    END;
    CLOSE seatless;
    DEALLOCATE seatless;
END;
GO

CREATE TRIGGER note_the_change ON ug_users AFTER UPDATE AS
BEGIN
    SET NOCOUNT ON;
    IF TRIGGER_NESTLEVEL(@@PROCID) > 1
        RETURN;
    UPDATE u SET modified_at = SYSUTCDATETIME() FROM ug_users u JOIN inserted i ON i.user_id = u.user_id;
END;
GO

INSERT INTO sy_identity_providers (id, name, enabled) VALUES
    ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', N'ContosoSAML', 1),
    ('0e984725-c51c-4bf4-9960-e1c80e27aba0', N'FabrikamSAML', 1),
    ('b1f0c3a4-52d6-4e78-9a1b-2c3d4e5f6071', N'FormerSAML', 0);
SET IDENTITY_INSERT ug_users ON;
INSERT INTO ug_users (user_id, login_name, display_name, enabled, is_service) VALUES
    (1, N'svc-scim-contoso', N'Provisioning from Contoso', 1, 1),
    (2, N'svc-scim-fabrikam', N'Provisioning from Fabrikam', 1, 1),
    (3, N'svc-scim-former', N'Provisioning from the former directory', 1, 1);
SET IDENTITY_INSERT ug_users OFF;
DBCC CHECKIDENT ('ug_users', RESEED, 100);
INSERT INTO ug_authorization_tokens (user_id, application_name, authorization_token, saml_provider_id) VALUES
    (1, N'SCIM', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'),
    (1, N'REPORTS', '3f2504e0-4f89-41d3-9a0c-0305e82c3302', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'),
    (2, N'SCIM', '9b2d7f14-06c8-4a35-8e91-5d7a40c6b302', '0e984725-c51c-4bf4-9960-e1c80e27aba0'),
    (3, N'SCIM', 'd4c3b2a1-1f0e-4d9c-8b7a-695847362514', 'b1f0c3a4-52d6-4e78-9a1b-2c3d4e5f6071');
INSERT INTO lic_seats (seat) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10);
GO
