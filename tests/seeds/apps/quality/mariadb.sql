-- The same system of quality management in MariaDB; what is said in postgres.sql holds here.
--
--     mariadb DATABASE < mariadb.sql

CREATE TABLE sy_identity_providers (
    id      char(36) PRIMARY KEY DEFAULT (uuid()),
    name    varchar(100) NOT NULL,
    enabled boolean NOT NULL DEFAULT true
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE ug_users (
    user_id          integer AUTO_INCREMENT PRIMARY KEY,
    login_name       varchar(256) NOT NULL UNIQUE,
    email            varchar(256),
    first_name       varchar(100),
    last_name        varchar(100),
    display_name     varchar(200),
    enabled          boolean NOT NULL,
    licence_seat     integer UNIQUE,
    saml_provider_id char(36) REFERENCES sy_identity_providers (id),
    password_hash    varbinary(256),
    is_service       boolean NOT NULL DEFAULT false,
    is_admin         boolean NOT NULL DEFAULT false,
    created_by       integer REFERENCES ug_users (user_id),
    modified_by      integer REFERENCES ug_users (user_id),
    modified_at      timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
    INDEX (email)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE ug_authorization_tokens (
    user_id             integer NOT NULL REFERENCES ug_users (user_id),
    application_name    varchar(50) NOT NULL,
    authorization_token char(36) NOT NULL UNIQUE DEFAULT (uuid()),
    saml_provider_id    char(36) NOT NULL REFERENCES sy_identity_providers (id),
    UNIQUE (user_id, application_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE lic_seats (
    seat    integer PRIMARY KEY,
    user_id integer UNIQUE REFERENCES ug_users (user_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- A locking read sees what is committed, whenever its transaction began.
CREATE FUNCTION free_seat() RETURNS integer NOT DETERMINISTIC MODIFIES SQL DATA
BEGIN
    DECLARE free integer;
    SET free = (SELECT seat FROM lic_seats FORCE INDEX (PRIMARY) WHERE user_id IS NULL ORDER BY seat LIMIT 1 FOR UPDATE);
    IF free IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 50001, MESSAGE_TEXT = 'No licence seat is free';
    END IF;
    RETURN free;
END //

CREATE PROCEDURE enable_user(who integer, by_whom integer)
BEGIN
    DECLARE had, took integer;
    DECLARE service boolean;
    SELECT licence_seat, is_service INTO had, service FROM ug_users WHERE user_id = who FOR UPDATE;
    IF had IS NULL AND NOT service THEN
        SET took = free_seat();
        UPDATE lic_seats SET user_id = who WHERE seat = took;
    END IF;
    UPDATE ug_users SET enabled = true, licence_seat = coalesce(had, took), modified_by = by_whom WHERE user_id = who;
END //

CREATE PROCEDURE disable_user(who integer, by_whom integer)
BEGIN
    UPDATE ug_users SET enabled = false, licence_seat = NULL, modified_by = by_whom WHERE user_id = who;
    UPDATE lic_seats SET user_id = NULL WHERE user_id = who;
END //

-- A trigger may not write the table that it stands on, and does not know the number of the row that is not there
-- yet: the seat is found before, and is the user's afterwards. It stays locked in between.
CREATE TRIGGER seat_before_new_user BEFORE INSERT ON ug_users FOR EACH ROW
BEGIN
    IF NEW.enabled AND NOT NEW.is_service AND NEW.licence_seat IS NULL THEN
        SET NEW.licence_seat = free_seat();
    END IF;
END //

CREATE TRIGGER seat_after_new_user AFTER INSERT ON ug_users FOR EACH ROW
    UPDATE lic_seats SET user_id = NEW.user_id WHERE seat = NEW.licence_seat //

DELIMITER ;

INSERT INTO sy_identity_providers (id, name, enabled) VALUES
    ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'ContosoSAML', true),
    ('0e984725-c51c-4bf4-9960-e1c80e27aba0', 'FabrikamSAML', true),
    ('b1f0c3a4-52d6-4e78-9a1b-2c3d4e5f6071', 'FormerSAML', false);
INSERT INTO ug_users (user_id, login_name, display_name, enabled, is_service) VALUES
    (1, 'svc-scim-contoso', 'Provisioning from Contoso', true, true),
    (2, 'svc-scim-fabrikam', 'Provisioning from Fabrikam', true, true),
    (3, 'svc-scim-former', 'Provisioning from the former directory', true, true);
ALTER TABLE ug_users AUTO_INCREMENT = 101;
INSERT INTO ug_authorization_tokens (user_id, application_name, authorization_token, saml_provider_id) VALUES
    (1, 'SCIM', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'),
    (1, 'REPORTS', '3f2504e0-4f89-41d3-9a0c-0305e82c3302', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'),
    (2, 'SCIM', '9b2d7f14-06c8-4a35-8e91-5d7a40c6b302', '0e984725-c51c-4bf4-9960-e1c80e27aba0'),
    (3, 'SCIM', 'd4c3b2a1-1f0e-4d9c-8b7a-695847362514', 'b1f0c3a4-52d6-4e78-9a1b-2c3d4e5f6071');
INSERT INTO lic_seats (seat) SELECT seq FROM seq_1_to_10;
