-- The application that `postern demo` brings: staff and teams as a system of the nineties kept
-- them. Nothing here knows SCIM: an inverted flag, NOT NULL everywhere, addresses in tables of
-- their own, times as text.

CREATE TABLE staff (
    staff_no      INTEGER PRIMARY KEY AUTOINCREMENT,
    login         TEXT NOT NULL COLLATE NOCASE UNIQUE,
    full_name     TEXT NOT NULL DEFAULT '',
    first_name    TEXT NOT NULL DEFAULT '',
    middle_name   TEXT NOT NULL DEFAULT '',
    last_name     TEXT NOT NULL DEFAULT '',
    prefix        TEXT NOT NULL DEFAULT '',
    suffix        TEXT NOT NULL DEFAULT '',
    display_name  TEXT NOT NULL DEFAULT '',
    nickname      TEXT NOT NULL DEFAULT '',
    homepage      TEXT NOT NULL DEFAULT '',
    job_title     TEXT NOT NULL DEFAULT '',
    employment    TEXT NOT NULL DEFAULT '',
    language      TEXT NOT NULL DEFAULT '',
    locale        TEXT NOT NULL DEFAULT '',
    time_zone     TEXT NOT NULL DEFAULT '',
    password_text TEXT NOT NULL,
    disabled      INTEGER,
    personnel_no  TEXT NOT NULL DEFAULT '',
    cost_center   TEXT NOT NULL DEFAULT '',
    company       TEXT NOT NULL DEFAULT '',
    division      TEXT NOT NULL DEFAULT '',
    department    TEXT NOT NULL DEFAULT '',
    manager_no    INTEGER REFERENCES staff (staff_no),
    created_at    TEXT NOT NULL,
    changed_at    TEXT NOT NULL
);
CREATE INDEX staff_manager ON staff (manager_no);

CREATE TABLE staff_mail (
    mail_no  INTEGER PRIMARY KEY,
    staff_no INTEGER NOT NULL REFERENCES staff (staff_no),
    address  TEXT NOT NULL COLLATE NOCASE,
    label    TEXT,
    kind     TEXT,
    is_main  INTEGER
);
CREATE INDEX staff_mail_staff ON staff_mail (staff_no);
CREATE INDEX staff_mail_address ON staff_mail (address);

CREATE TABLE staff_phone (
    phone_no INTEGER PRIMARY KEY,
    staff_no INTEGER NOT NULL REFERENCES staff (staff_no),
    number   TEXT,
    label    TEXT,
    kind     TEXT,
    is_main  INTEGER
);
CREATE INDEX staff_phone_staff ON staff_phone (staff_no);

CREATE TABLE staff_address (
    address_no INTEGER PRIMARY KEY,
    staff_no   INTEGER NOT NULL REFERENCES staff (staff_no),
    one_line   TEXT,
    street     TEXT,
    city       TEXT,
    region     TEXT,
    post_code  TEXT,
    country    TEXT,
    kind       TEXT,
    is_main    INTEGER
);
CREATE INDEX staff_address_staff ON staff_address (staff_no);

-- Whatever else there is to say about a person: one table, told apart by its category.
CREATE TABLE staff_item (
    item_no  INTEGER PRIMARY KEY,
    staff_no INTEGER NOT NULL REFERENCES staff (staff_no),
    category TEXT NOT NULL CHECK (category IN ('chat', 'picture', 'right', 'role', 'certificate')),
    content  TEXT,
    label    TEXT,
    kind     TEXT,
    is_main  INTEGER
);
CREATE INDEX staff_item_staff ON staff_item (staff_no, category);

CREATE TABLE team (
    team_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    team_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

CREATE TABLE team_staff (
    team_no  INTEGER NOT NULL REFERENCES team (team_no),
    staff_no INTEGER NOT NULL REFERENCES staff (staff_no),
    PRIMARY KEY (team_no, staff_no)
) WITHOUT ROWID;
CREATE INDEX team_staff_staff ON team_staff (staff_no);
