//! The names that applications give to what every application has.

/// What a column, or a field of an API, is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    UserName,
    GivenName,
    FamilyName,
    WholeName,
    Email,
    Active,
    Locked,
    Status,
    Title,
    Phone,
    EmployeeNumber,
    Department,
    ExternalId,
    Language,
    Locale,
    TimeZone,
    Created,
    Modified,
    Password,
    Name,
}

/// A meaning with the names that stand for it, without `_` and in lower case, likeliest first.
const MEANINGS: &[(Meaning, &[&str])] = &[
    (
        Meaning::UserName,
        &["username", "login", "loginname", "userlogin", "accountname", "samaccountname", "logonname", "uid", "nick"],
    ),
    (Meaning::GivenName, &["firstname", "givenname", "forename", "fname", "first"]),
    (Meaning::FamilyName, &["lastname", "familyname", "surname", "lname", "last", "sn"]),
    (Meaning::WholeName, &["displayname", "fullname", "realname", "name"]),
    (Meaning::Email, &["email", "mail", "emailaddress", "useremail", "mailaddress"]),
    (Meaning::Active, &["isactive", "active", "enabled", "isenabled"]),
    (Meaning::Locked, &["locked", "islocked", "disabled", "isdisabled", "blocked", "suspended", "inactive"]),
    (Meaning::Status, &["status", "state", "userstatus"]),
    (Meaning::Title, &["title", "jobtitle", "position"]),
    (Meaning::Phone, &["phone", "phonenumber", "telephone", "tel"]),
    (Meaning::EmployeeNumber, &["employeenumber", "employeeid", "staffnumber", "personnelnumber"]),
    (Meaning::Department, &["department", "dept"]),
    (Meaning::ExternalId, &["externalid", "externalidentifier", "externalkey", "externalref"]),
    (Meaning::Language, &["preferredlanguage", "language", "lang"]),
    (Meaning::Locale, &["locale"]),
    (Meaning::TimeZone, &["timezone", "tz"]),
    (
        Meaning::Created,
        &["createdon", "createdat", "created", "datejoined", "joined", "creationdate", "userregistered", "insertedat"],
    ),
    (Meaning::Modified, &["updatedon", "updatedat", "modifiedon", "modifiedat", "updated", "modified", "lastmodified"]),
    (Meaning::Password, &["password", "passwd", "hashedpassword", "passwordhash", "userpass", "pass", "pwd"]),
    (Meaning::Name, &["name", "groupname", "displayname", "title", "label"]),
];

/// The last words of tables and collections of users and of groups, likeliest first.
pub(super) const USERS: &[&str] = &["user", "account", "person", "people", "employee", "staff", "member", "login"];
pub(super) const GROUPS: &[&str] = &["group", "usergroup", "usrgrp", "team", "role"];

/// How likely a column or field of that name has the meaning; 0 is likeliest.
pub(super) fn rank(meaning: Meaning, column: &str) -> Option<usize> {
    let name = squeezed(column);
    let (_, names) = MEANINGS.iter().find(|(have, _)| *have == meaning)?;
    names.iter().position(|have| *have == name)
}

/// `Is_Active` as `isactive`.
pub(super) fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a name, in lower case and without the plural.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push('_');
        }
        spaced.extend(c.to_lowercase());
        before = c;
    }
    spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(singular).collect()
}

fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if word.ends_with("sses") => word.trim_end_matches("es").to_owned(),
        None if word.ends_with("ss") || word.ends_with("us") => word.to_owned(),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}
