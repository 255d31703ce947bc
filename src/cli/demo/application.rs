//! The demo's application: a SQLite file with made-up people and teams.

use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use super::people::{self, Person};
use super::shown;

const SCHEMA: &str = include_str!("schema.sql");

/// Makes the file unless it is there. Gives how many people and teams it holds.
pub(super) fn make(path: &Path) -> Result<(u64, u64), String> {
    let fresh = !path.exists();
    let filled = fill(path, fresh);
    filled.map_err(|error| format!("`{}`: {error}", shown(path)))
}

fn fill(path: &Path, fresh: bool) -> rusqlite::Result<(u64, u64)> {
    let mut connection = Connection::open(path)?;
    if fresh {
        connection.pragma_update(None, "journal_mode", "wal")?;
        let change = connection.transaction()?;
        change.execute_batch(SCHEMA)?;
        insert_people(&change)?;
        insert_teams(&change)?;
        change.commit()?;
    }
    let count =
        |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
    Ok((count("staff")?.unsigned_abs(), count("team")?.unsigned_abs()))
}

fn insert_people(change: &Transaction<'_>) -> rusqlite::Result<()> {
    for person in people::all() {
        insert_person(change, &person)?;
    }
    Ok(())
}

fn insert_person(change: &Transaction<'_>, person: &Person) -> rusqlite::Result<()> {
    change
        .prepare_cached(
            "INSERT INTO staff (login, full_name, first_name, last_name, display_name, job_title, employment,
                                language, locale, time_zone, password_text, disabled, personnel_no, cost_center,
                                company, division, department, manager_no, created_at, changed_at)
             VALUES (?1, ?2 || ' ' || ?3, ?2, ?3, ?2 || ' ' || ?3, ?4, 'Employee', 'en', 'en-GB', 'Europe/London', '!',
                     ?5, ?6, ?7, 'Example Works', ?8, ?9, ?10, '2019-04-01T08:00:00Z', '2019-04-01T08:00:00Z')",
        )?
        .execute(params![
            person.login(),
            person.given,
            person.family,
            person.title,
            i64::from(person.number % 17 == 5),
            format!("P{:05}", 10_000 + person.number),
            format!("CC-{}", 100 + person.department * 10),
            people::DIVISIONS[person.department % people::DIVISIONS.len()],
            people::DEPARTMENTS[person.department],
            person.manager(),
        ])?;
    let staff_no = change.last_insert_rowid();
    change
        .prepare_cached("INSERT INTO staff_mail (staff_no, address, kind, is_main) VALUES (?1, ?2, 'work', 1)")?
        .execute(params![staff_no, person.login()])?;
    change
        .prepare_cached("INSERT INTO staff_phone (staff_no, number, kind, is_main) VALUES (?1, ?2, 'work', 1)")?
        .execute(params![staff_no, format!("+44 20 7946 {:04}", person.number % 1000)])?;
    change
        .prepare_cached(
            "INSERT INTO staff_address (staff_no, street, city, post_code, country, kind, is_main)
             VALUES (?1, ?2, 'London', 'EC1A 1AA', 'GB', 'work', 1)",
        )?
        .execute(params![staff_no, format!("{} Example Street", 1 + person.number % 90)])?;
    Ok(())
}

fn insert_teams(change: &Transaction<'_>) -> rusqlite::Result<()> {
    for (department, name) in people::DEPARTMENTS.iter().enumerate() {
        change.execute(
            "INSERT INTO team (team_name, created_at, changed_at) VALUES (?1, '2019-04-01T08:00:00Z', '2019-04-01T08:00:00Z')",
            params![name],
        )?;
        change.execute(
            "INSERT INTO team_staff (team_no, staff_no) SELECT ?1, staff_no FROM staff WHERE department = ?2",
            params![change.last_insert_rowid(), people::DEPARTMENTS[department]],
        )?;
    }
    Ok(())
}
