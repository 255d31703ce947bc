-- Our own reduced form of Redmine's accounts and of tables with names that could be taken for theirs.
CREATE TABLE users (
    id integer PRIMARY KEY,
    login varchar DEFAULT '' NOT NULL,
    hashed_password varchar(40) DEFAULT '' NOT NULL,
    firstname varchar(30) DEFAULT '' NOT NULL,
    lastname varchar(255) DEFAULT '' NOT NULL,
    admin boolean DEFAULT false NOT NULL,
    status integer DEFAULT 1 NOT NULL,
    last_login_on timestamp,
    language varchar(5) DEFAULT '',
    auth_source_id integer,
    created_on timestamp,
    updated_on timestamp,
    type varchar,
    mail_notification varchar DEFAULT '' NOT NULL
);
CREATE TABLE email_addresses (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    address varchar NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    notify boolean DEFAULT true NOT NULL,
    created_on timestamp NOT NULL,
    updated_on timestamp NOT NULL
);
CREATE TABLE groups_users (group_id integer NOT NULL, user_id integer NOT NULL);
CREATE TABLE members (id integer PRIMARY KEY, user_id integer DEFAULT 0 NOT NULL, project_id integer DEFAULT 0 NOT NULL);
CREATE TABLE roles (id integer PRIMARY KEY, name varchar(255) DEFAULT '' NOT NULL, position integer);
CREATE TABLE member_roles (id integer PRIMARY KEY, member_id integer NOT NULL, role_id integer NOT NULL);
CREATE TABLE user_preferences (id integer PRIMARY KEY, user_id integer DEFAULT 0 NOT NULL, others text);
CREATE TABLE watchers (id integer PRIMARY KEY, watchable_type varchar DEFAULT '' NOT NULL, user_id integer);
CREATE TABLE projects (id integer PRIMARY KEY, name varchar DEFAULT '' NOT NULL, status integer DEFAULT 1 NOT NULL);
