//! How applications tell that a name is taken, or that nobody is there.

use super::{Ask, BJ, Case, NAME_TAKEN};

const ID: &str = "key = \"$.id\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n";
const TAKEN: &str = "Uniqueness { label: None }";

const CREATE_WITH_RULES: &str = mapping!(
    "create = { post = \"/users\", json = \"{record}\" }\n[[User.errors]]\nstatus = [400, 500]\nmatches = { path = \"$.code\", text = \"E_DUP\" }\nmeans = \"uniqueness\"\nattribute = \"userName\"\n[[User.errors]]\nmatches = { path = \"$.error.code\", text = \"17\" }\nmeans = \"uniqueness\""
);
const CREATE_ALREADY: &str = mapping!("create = { post = \"/users\", json = \"{record}\", already = 200 }");
const CREATE_BY_PUT: &str = "key = \"$.login\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n\
               create = { put = \"/users/{record.login}\", json = \"{record}\", first = \"read\", then = \"read\" }";
const MISSING_EMPTY: &str = "key = \"$.id\"\n[User.calls]\nread = { get = \"/users/{key}\", item = \"$.users[0]\", missing = [403, \"empty\"] }\n\
                 find.userName = { get = \"/users\", query = { q = \"{value}\" }, item = \"$.user\", missing = \"empty\" }";

pub(super) const SIGNALS: &[Case] = &[
    ("a conflict is a 409", CREATE_WITH_RULES, Ask::Create, &[("POST ", 409, "", "{}")], Err(TAKEN)),
    (
        "a conflict is a 400 with a code",
        CREATE_WITH_RULES,
        Ask::Create,
        &[("POST ", 400, "", r#"{"code":"e_dup"}"#)],
        Err(NAME_TAKEN),
    ),
    (
        "a conflict is a 500 with a code",
        CREATE_WITH_RULES,
        Ask::Create,
        &[("POST ", 500, "", r#"{"code":"E_DUP"}"#)],
        Err(NAME_TAKEN),
    ),
    ("another 500 is none", CREATE_WITH_RULES, Ask::Create, &[("POST ", 500, "", "{}")], Err("Ambiguous")),
    (
        "a conflict is an error in a 200",
        CREATE_WITH_RULES,
        Ask::Create,
        &[("POST ", 200, "", r#"{"error":{"code":17}}"#)],
        Err(TAKEN),
    ),
    (
        "a 200 in place of a 201 is the record that was there",
        CREATE_ALREADY,
        Ask::Create,
        &[("POST ", 200, "", BJ)],
        Err(NAME_TAKEN),
    ),
    ("a 201 is a new one", CREATE_ALREADY, Ask::Create, &[("POST ", 201, "", BJ)], Ok("7")),
    (
        "a PUT would write over who is there",
        CREATE_BY_PUT,
        Ask::Create,
        &[("GET /api/users/bj ", 200, "", BJ), ("PUT ", 200, "", BJ)],
        Err(NAME_TAKEN),
    ),
    (
        "a PUT makes who is not there",
        CREATE_BY_PUT,
        Ask::Create,
        &[
            ("GET /api/users/bj ", 404, "", "{}"),
            ("PUT /api/users/bj ", 200, "", ""),
            ("GET /api/users/bj ", 200, "", BJ),
        ],
        Ok("bj"),
    ),
    (
        "the old record is answered, but the name was looked up before",
        mapping!(
            "create = { post = \"/users\", json = \"{record}\" }\nfind.userName = { get = \"/users\", query = { q = \"{value}\" }, items = \"$[*]\" }"
        ),
        Ask::Create,
        &[("GET /api/users?q=bj ", 200, "", r#"[{"id":7,"login":"bj","phones":[]}]"#), ("POST ", 200, "", BJ)],
        Err(NAME_TAKEN),
    ),
    ("nobody is an empty list", MISSING_EMPTY, Ask::Read("7"), &[("GET ", 200, "", r#"{"users":[]}"#)], Ok("missing")),
    ("nobody is a 403", MISSING_EMPTY, Ask::Read("7"), &[("GET ", 403, "", "")], Ok("missing")),
    ("nobody is an empty body", MISSING_EMPTY, Ask::Read("7"), &[("GET ", 200, "", "")], Ok("missing")),
    ("nobody is null", MISSING_EMPTY, Ask::Find, &[("GET ", 200, "", r#"{"user":null}"#)], Ok("")),
    (
        "somebody is there",
        MISSING_EMPTY,
        Ask::Read("7"),
        &[("GET ", 200, "", r#"{"users":[{"id":7,"login":"bj","phones":[]}]}"#)],
        Ok("7"),
    ),
    (
        "an error is not nobody",
        MISSING_EMPTY,
        Ask::Read("7"),
        &[("GET ", 200, "", r#"{"error":"login"}"#)],
        Err("Garbage"),
    ),
    (
        "an error of a lookup is not nobody",
        MISSING_EMPTY,
        Ask::Find,
        &[("GET ", 200, "", r#"{"error":"login"}"#)],
        Err("Garbage"),
    ),
    ("null is not nobody where nothing says so", ID, Ask::Read("7"), &[("GET ", 200, "", "null")], Err("Garbage")),
    (
        "a lookup by a name in brackets",
        mapping!(r#"find.userName = { get = "/users", query = { "filter[login][_eq]" = "{value}" }, items = "$[*]" }"#),
        Ask::Find,
        &[(
            "GET /api/users?filter%5Blogin%5D%5B_eq%5D=bj ",
            200,
            "",
            r#"[{"id":7,"login":"bj","phones":[]},{"id":8,"login":"bjx","phones":[]}]"#,
        )],
        Ok("7"),
    ),
];
