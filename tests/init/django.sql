-- Our own reduced form of the tables of django.contrib.auth and of what points at them.
CREATE TABLE auth_user (
    id integer PRIMARY KEY,
    password varchar(128) NOT NULL,
    last_login timestamp,
    is_superuser boolean NOT NULL,
    username varchar(150) NOT NULL UNIQUE,
    first_name varchar(150) NOT NULL,
    last_name varchar(150) NOT NULL,
    email varchar(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp NOT NULL
);
CREATE TABLE auth_group (id integer PRIMARY KEY, name varchar(150) NOT NULL UNIQUE);
CREATE TABLE auth_permission (id integer PRIMARY KEY, name varchar(255) NOT NULL, codename varchar(100) NOT NULL);
CREATE TABLE auth_user_groups (
    id integer PRIMARY KEY,
    user_id integer NOT NULL REFERENCES auth_user (id),
    group_id integer NOT NULL REFERENCES auth_group (id),
    UNIQUE (user_id, group_id)
);
CREATE TABLE auth_group_permissions (
    id integer PRIMARY KEY,
    group_id integer NOT NULL REFERENCES auth_group (id),
    permission_id integer NOT NULL REFERENCES auth_permission (id)
);
CREATE TABLE auth_user_user_permissions (
    id integer PRIMARY KEY,
    user_id integer NOT NULL REFERENCES auth_user (id),
    permission_id integer NOT NULL REFERENCES auth_permission (id)
);
CREATE TABLE django_admin_log (
    id integer PRIMARY KEY,
    action_time timestamp NOT NULL,
    object_repr varchar(200) NOT NULL,
    user_id integer NOT NULL REFERENCES auth_user (id)
);
CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text NOT NULL, expire_date timestamp NOT NULL);
