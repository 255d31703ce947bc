//! How applications wrap records, name them, answer a write, and tell a conflict or that nobody is
//! there: each case is a habit of some application. Pages are in `pages`, members in `memberships`.

use std::sync::Arc;

use postern::downstream::Downstream;
use postern::plan::{DeletePlan, MembersChange, Predicate};
use postern::record::{FieldName, Record};

use super::scripted::{Reply, Scripted, json};
use super::shapes::users;
use super::support::{equal, fetch, fields, insert_user, key, select, unique, update};

/// What a client asks of the user whose `userName` is `bj`.
#[derive(Clone, Copy)]
enum Ask {
    List,
    Find,
    /// By this key.
    Read(&'static str),
    Create,
    /// By this key, to another `userName`.
    Rename(&'static str),
    Delete(&'static str),
}

/// A habit: its name, what the mapping says below `[User]`, what is asked, the answers by how
/// requests begin (status, headers, body), and what comes of it: the keys, or the failure.
type Case = (&'static str, &'static str, Ask, &'static [Answer], Result<&'static str, &'static str>);
type Answer = (&'static str, u16, &'static str, &'static str);

const BJ: &str = r#"{"id":7,"login":"bj","phones":[]}"#;
const AT_ADDRESS: &str = r#"{"href":"https://app.example/api/users/a%20b/?view=1","login":"bj","phones":[]}"#;
const READ_BJ: Answer = ("GET /api/users/7 ", 200, "", BJ);

macro_rules! mapping {
    ($calls:literal) => {
        concat!("key = \"$.id\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n", $calls)
    };
}

// After the macro, which it uses.
mod signals;

const NAME_TAKEN: &str = "Uniqueness { label: Some(\"userName\") }";

const LIST_OPTIONAL: &str = mapping!(r#"list = { get = "/users", items = "$.data.users[*]", optional = true }"#);
const LIST: &str = mapping!(r#"list = { get = "/users", items = "$.users[*]" }"#);

const ENVELOPES: &[Case] = &[
    (
        "a bare list",
        mapping!(r#"list = { get = "/users", items = "$[*]" }"#),
        Ask::List,
        &[("GET /api/users ", 200, "", r#"[{"id":7,"login":"bj","phones":[]}]"#)],
        Ok("7"),
    ),
    (
        "a list below a name, and a read as a list of one",
        "key = \"$.id\"\n[User.calls]\nread = { post = \"/rpc\", json = { method = \"user.get\", params = { ids = [\"{key}\"] } }, item = \"$.result[0]\" }",
        Ask::Read("7"),
        &[("POST /api/rpc ", 200, "", r#"{"jsonrpc":"2.0","result":[{"id":7,"login":"bj","phones":[]}]}"#)],
        Ok("7"),
    ),
    ("an empty list is left out", LIST_OPTIONAL, Ask::List, &[("GET ", 200, "", r#"{"data":{"count":0}}"#)], Ok("")),
    ("an empty list is null", LIST_OPTIONAL, Ask::List, &[("GET ", 200, "", r#"{"data":{"users":null}}"#)], Ok("")),
    (
        "a list that may be left out is there",
        LIST_OPTIONAL,
        Ask::List,
        &[("GET ", 200, "", r#"{"data":{"users":[{"id":7,"login":"bj","phones":[]}]}}"#)],
        Ok("7"),
    ),
    (
        "what holds the list is left out",
        LIST_OPTIONAL,
        Ask::List,
        &[("GET ", 200, "", r#"{"hint":"x"}"#)],
        Err("Garbage"),
    ),
    (
        "an error in a 200 is no list that is left out",
        mapping!(r#"list = { get = "/users", items = "$.users[*]", optional = true }"#),
        Ask::List,
        &[("GET ", 200, "", r#"{"error":{"code":5}}"#)],
        Err("Garbage"),
    ),
    (
        "a list that is something else",
        LIST_OPTIONAL,
        Ask::List,
        &[("GET ", 200, "", r#"{"data":{"users":"none"}}"#)],
        Err("Garbage"),
    ),
    ("a list that is left out unexpectedly", LIST, Ask::List, &[("GET ", 200, "", "{}")], Err("Garbage")),
];

const KEY_ADDRESS: &str = "key = { field = \"$.href\", type = \"address\" }\n[User.calls]\nread = { get = \"/users/{key}/\" }\n\
                   list = { get = \"/users\", items = \"$[*]\" }\ncreate = { post = \"/users/\", json = \"{record}\" }";

const KEYS: &[Case] = &[
    (
        "the key alone in the body",
        mapping!(r#"create = { post = "/users", json = "{record}" }"#),
        Ask::Create,
        &[("POST ", 201, "", r#"{"id":7}"#), READ_BJ],
        Ok("7"),
    ),
    (
        "a name in `Location`, the number in the body",
        mapping!(r#"create = { post = "/users", json = "{record}" }"#),
        Ask::Create,
        &[("POST ", 201, "location: /api/users/bj\r\n", BJ)],
        Ok("7"),
    ),
    (
        "the number in `Location`, a name in the body",
        mapping!(r#"create = { post = "/users", json = "{record}", key_from = { header = "Location" } }"#),
        Ask::Create,
        &[("POST ", 201, "location: http://app.example/api/users/7?x=1\r\n", r#"{"id":"bj"}"#), READ_BJ],
        Ok("7"),
    ),
    (
        "the key in a list of keys",
        mapping!(r#"create = { post = "/users", json = "{record}", key_from = "$.userids[0]" }"#),
        Ask::Create,
        &[("POST ", 200, "", r#"{"userids":["7"]}"#), READ_BJ],
        Ok("7"),
    ),
    (
        "a write that answers with the whole collection",
        mapping!(
            "create = { post = \"/users\", json = \"{record}\" }\nfind.userName = { get = \"/users\", query = { q = \"{value}\" }, items = \"$.users[*]\" }"
        ),
        Ask::Create,
        &[
            ("POST ", 200, "", r#"{"users":[{"id":5,"login":"a"},{"id":7,"login":"bj"}]}"#),
            ("GET /api/users?q=bj ", 200, "", r#"{"users":[]}"#),
            ("GET /api/users?q=bj ", 200, "", r#"{"users":[{"id":7,"login":"bj","phones":[]}]}"#),
            READ_BJ,
        ],
        Ok("7"),
    ),
    (
        "a record is named by its address",
        KEY_ADDRESS,
        Ask::Read("a b"),
        &[("GET /api/users/a%20b/ ", 200, "", AT_ADDRESS)],
        Ok("a b"),
    ),
    (
        "a new record is named by its address",
        KEY_ADDRESS,
        Ask::Create,
        &[("POST /api/users/ ", 201, "", AT_ADDRESS)],
        Ok("a b"),
    ),
    (
        "the address is of another record",
        KEY_ADDRESS,
        Ask::Read("c"),
        &[("GET /api/users/c/ ", 200, "", AT_ADDRESS)],
        Err("Garbage"),
    ),
    (
        "an address without a path names nobody",
        KEY_ADDRESS,
        Ask::List,
        &[("GET /api/users ", 200, "", r#"[{"href":"///","login":"bj","phones":[]}]"#)],
        Err("Garbage"),
    ),
];

const UPDATE_READS: &str = mapping!(r#"update = { patch = "/users/{key}", json = "{changes}", then = "read" }"#);

const WRITES: &[Case] = &[
    ("a change is answered with 204", UPDATE_READS, Ask::Rename("7"), &[("PATCH ", 204, "", ""), READ_BJ], Ok("7")),
    (
        "a change is answered with what changed",
        UPDATE_READS,
        Ask::Rename("7"),
        &[("PATCH ", 200, "", r#"{"login":"bj"}"#), READ_BJ],
        Ok("7"),
    ),
    (
        "a change is answered with the whole collection",
        UPDATE_READS,
        Ask::Rename("7"),
        &[("PATCH ", 200, "", r#"[{"id":5,"login":"a","phones":[]},{"id":7,"login":"bj","phones":[]}]"#), READ_BJ],
        Ok("7"),
    ),
    (
        "a change of what is not there is answered with 204",
        UPDATE_READS,
        Ask::Rename("7"),
        &[("PATCH ", 204, "", ""), ("GET /api/users/7 ", 404, "", "{}")],
        Err("NotFound"),
    ),
    (
        "the deletion of what is not there is answered with 204",
        mapping!(r#"delete = { delete = "/users/{key}", first = "read" }"#),
        Ask::Delete("7"),
        &[("DELETE ", 204, "", ""), ("GET /api/users/7 ", 404, "", "{}")],
        Ok("missing"),
    ),
    (
        "slashes at the end, further headers, an object of arguments",
        "key = \"$.id\"\n[User.calls]\nread = { get = \"/users/{key}/\" }\n\
             create = { post = \"/users/\", headers = { X-Requested-With = \"XMLHttpRequest\" }, json = { args = { user = \"{record}\", notify = false } } }",
        Ask::Create,
        &[("POST /api/users/ ", 201, "", r#"{"id":7}"#), ("GET /api/users/7/ ", 200, "", BJ)],
        Ok("7"),
    ),
];

async fn ask(driver: &Arc<dyn Downstream>, what: Ask) -> Result<String, String> {
    let found =
        |record: Option<Record>| record.map_or_else(|| "missing".to_owned(), |record| record.key.as_str().to_owned());
    let list = |page: postern::downstream::Page| {
        page.records.iter().map(|record| record.key.as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let done = match what {
        Ask::List => driver.select(&select("User", Predicate::True, 0, 10)).await.map(list),
        Ask::Find => driver.select(&select("User", equal("$.login", "bj"), 0, 10)).await.map(list),
        Ask::Read(id) => driver.fetch(&fetch("User", id)).await.map(found),
        Ask::Create => {
            let mut plan = insert_user("bj");
            plan.fields = fields(&[("$.login", "bj".into())]);
            plan.unique = vec![unique("$.login", "bj")];
            driver.insert(&plan).await.map(|record| found(Some(record)))
        }
        Ask::Rename(id) => {
            let plan = update("User", id, &[("$.login", "bj".into())], MembersChange::None);
            driver.update(&plan).await.map(found)
        }
        Ask::Delete(id) => {
            let plan = DeletePlan { resource: Arc::from("User"), key: key(id), token: Default::default() };
            driver.delete(&plan).await.map(|was| if was { "deleted" } else { "missing" }.to_owned())
        }
    };
    done.map_err(|error| format!("{:?}", error.kind))
}

/// Answers each request by the first answer not yet given that begins so, or by the last that was.
fn script(answers: &'static [Answer]) -> impl Fn(&str) -> Reply {
    let given = std::sync::Mutex::new(vec![false; answers.len()]);
    move |request| {
        let mut given = given.lock().unwrap();
        let fits = |at: &usize| request.starts_with(answers[*at].0);
        let fitting: Vec<_> = (0..answers.len()).filter(fits).collect();
        let at = fitting.iter().find(|at| !given[**at]).or_else(|| fitting.last());
        let Some(at) = at else { return json(404, "content-type: text/html\r\n", "<html>") };
        given[*at] = true;
        let (_, status, headers, body) = answers[*at];
        json(status, headers, body)
    }
}

#[tokio::test]
async fn every_habit_gives_what_a_client_must_see() {
    let mut wrong = Vec::new();
    for (name, mapping, what, answers, wanted) in [ENVELOPES, KEYS, WRITES, signals::SIGNALS].concat() {
        let application = Scripted::start(script(answers)).await;
        let seen = ask(&users(&application, "", mapping), what).await;
        if seen.as_deref().map_err(String::as_str) != wanted {
            wrong.push(format!("{name}: {seen:?} instead of {wanted:?}: {:#?}", application.calls()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nothing_is_written_over_who_is_there() {
    let application = Scripted::start(|_| json(200, "", r#"{"login":"bj","phones":[]}"#)).await;
    let mapping = "key = \"$.login\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n\
                   create = { put = \"/users/{record.login}\", json = \"{record}\", first = \"read\" }";
    let driver = users(&application, "", mapping);
    assert_eq!(ask(&driver, Ask::Create).await, Err(NAME_TAKEN.to_owned()));
    assert_eq!(application.calls(), ["GET /api/users/bj"]);
}

#[tokio::test]
async fn attributes_may_be_one_level_down_with_arguments_and_headers_around_them() {
    let application = Scripted::start(|_| json(200, "", r#"{"data":{"id":"7","attributes":{"login":"bj"}}}"#)).await;
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{}\"\n[User]\nkey = \"$.id\"\n[User.calls]\n\
         read = {{ get = \"/users/{{key}}/\", item = \"$.data\" }}\n\
         create = {{ post = \"/users/\", headers = {{ X-Requested-With = \"XMLHttpRequest\" }}, \
         json = {{ data = {{ type = \"users\", \"*\" = \"{{record}}\" }} }}, item = \"$.data\" }}",
        application.address
    );
    let login = postern::record::FieldShape {
        name: FieldName::new("$.attributes.login"),
        list: None,
        label: Arc::from("userName"),
        read: true,
        written: true,
        once: false,
    };
    let shape = postern::record::RecordShape {
        resource: Arc::from("User"),
        fields: vec![login],
        members: Vec::new(),
        looked_up: false,
    };
    let driver = super::support::bind_shapes(&text, &[shape]).0.unwrap();
    let mut plan = insert_user("bj");
    plan.fields = fields(&[("$.attributes.login", "bj".into())]);
    plan.unique = Vec::new();
    let record = driver.insert(&plan).await.unwrap();
    assert_eq!(record.fields.get(&FieldName::new("$.attributes.login")), &"bj".into());
    let request = application.requests().remove(0);
    assert!(request.contains("x-requested-with: XMLHttpRequest\r\n"), "{request}");
    assert!(request.starts_with("POST /users/ "), "{request}");
    assert!(request.ends_with(r#"{"data":{"type":"users","attributes":{"login":"bj"}}}"#), "{request}");
}
