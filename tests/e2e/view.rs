//! What an application itself says of an account or a group, in one form for all of them: a user as
//! `login`, `given`, `family`, `email`, `active`, `groups`; a group as `name` and `size`; `null` for
//! what it does not have.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use serde_json::{Value, json};

/// Several values in one column of a question to SQLite.
const SEPARATOR: char = '\u{1f}';

pub(super) fn demo_user(file: &Path, login: &str) -> Value {
    let user = |row: &Row<'_>| {
        let groups: Option<String> = row.get(5)?;
        Ok(json!({
            "login": row.get::<_, String>(0)?,
            "given": row.get::<_, String>(1)?,
            "family": row.get::<_, String>(2)?,
            "email": row.get::<_, Option<String>>(3)?,
            "active": row.get::<_, Option<i64>>(4)? != Some(1),
            "groups": groups.map_or_else(Vec::new, |names| names.split(SEPARATOR).map(str::to_owned).collect()),
        }))
    };
    let question = "SELECT login, first_name, last_name,
            (SELECT address FROM staff_mail m WHERE m.staff_no = s.staff_no AND kind = 'work'), disabled,
            (SELECT group_concat(team_name, char(31)) FROM team t JOIN team_staff j ON j.team_no = t.team_no
              WHERE j.staff_no = s.staff_no)
          FROM staff s WHERE login = ?1";
    open(file).query_row(question, [login], user).optional().unwrap().unwrap_or_default()
}

pub(super) fn demo_group(file: &Path, name: &str) -> Value {
    let question = "SELECT team_name, (SELECT count(*) FROM team_staff j WHERE j.team_no = t.team_no)
          FROM team t WHERE team_name = ?1";
    let group = |row: &Row<'_>| Ok(json!({ "name": row.get::<_, String>(0)?, "size": row.get::<_, i64>(1)? }));
    open(file).query_row(question, [name], group).optional().unwrap().unwrap_or_default()
}

fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

pub(super) fn django_user(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({
        "login": told["username"],
        "given": told["first_name"],
        "family": told["last_name"],
        "email": told["email"],
        "active": told["is_active"],
        "groups": told["groups"],
    })
}

pub(super) fn django_group(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["members"].as_array().unwrap().len() })
}

pub(super) fn redmine_user(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let groups: Vec<&Value> = told["groups"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
    json!({
        "login": told["login"],
        "given": told["firstname"],
        "family": told["lastname"],
        "email": told["mail"],
        "active": told["status"] == 1,
        "groups": groups,
    })
}

pub(super) fn redmine_group(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["users"].as_array().unwrap().len() })
}

/// The groups that the mapping keeps for itself are none of its groups.
pub(super) fn zabbix_user(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let groups: Vec<&Value> = told["usrgrps"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
    assert!(groups.iter().any(|name| *name == "Guests"), "Zabbix wants every user in a group: {told}");
    let groups: Vec<_> = groups.into_iter().filter(|name| *name != "Guests" && *name != "Disabled").collect();
    let mails = told["medias"].as_array().unwrap().iter().filter(|media| media["mediatypeid"] == "1");
    json!({
        "login": told["username"],
        "given": told["name"],
        "family": told["surname"],
        "email": mails.map(|media| &media["sendto"][0]).next(),
        "active": told["users_status"] == "0",
        "groups": groups,
    })
}

pub(super) fn zabbix_group(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["users"].as_array().unwrap().len() })
}

pub(super) fn directus_user(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let groups = told["memberships"].as_array().unwrap().iter().map(|membership| &membership["team"]["name"]);
    let mails = told["mails"].as_array().into_iter().flatten();
    json!({
        "login": told["login"],
        "given": told["first_name"],
        "family": told["last_name"],
        "email": mails.filter(|mail| mail["kind"] == "work").map(|mail| &mail["address"]).next(),
        "active": told["status"] != "suspended",
        "groups": groups.collect::<Vec<_>>(),
    })
}

pub(super) fn directus_group(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["members"].as_array().unwrap().len() })
}

pub(super) fn directus_account(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let role = told["role"]["name"].as_str();
    json!({
        "login": told["external_identifier"],
        "given": told["first_name"],
        "family": told["last_name"],
        "email": told["email"],
        "active": told["status"] == "active",
        "groups": role.into_iter().collect::<Vec<_>>(),
    })
}

pub(super) fn directus_role(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["users"].as_array().unwrap().len() })
}

pub(super) fn pulp_user(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let groups = told["groups"].as_array().unwrap().iter().map(|group| &group["name"]);
    json!({
        "login": told["username"],
        "given": told["first_name"],
        "family": told["last_name"],
        "email": told["email"],
        "active": told["is_active"],
        "groups": groups.collect::<Vec<_>>(),
    })
}

pub(super) fn pulp_group(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    json!({ "name": told["name"], "size": told["users"].as_array().unwrap().len() })
}
