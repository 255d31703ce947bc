//! Other habits of REST APIs than those of the manual's mapping, each with a few scripted answers.

use std::sync::Arc;

use postern::downstream::Downstream;
use postern::plan::{ListChange, MembersChange, Predicate};
use postern::record::{FieldName, FieldShape, RecordShape};
use postern::value::Value;

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, equal, fetch, fields, insert_user, key, object, select, update};

/// Binds the calls of a user whose fields are `$.login` and the list `$.phones[*]`.
pub(super) fn users(application: &Scripted, credentials: &str, user: &str) -> Arc<dyn Downstream> {
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{}/api/\"\n{credentials}\n[User]\n{user}",
        application.address
    );
    let field = |name: &str, list: Option<&str>, label: &str| FieldShape {
        name: FieldName::new(name),
        list: list.map(FieldName::new),
        label: Arc::from(label),
        read: true,
        written: true,
        once: false,
    };
    let fields = vec![
        field("$.login", None, "userName"),
        field("number", Some("$.phones[*]"), "phoneNumbers.value"),
        field("kind.name", Some("$.phones[*]"), "phoneNumbers.type"),
    ];
    let shape = RecordShape { resource: Arc::from("User"), fields, members: Vec::new(), looked_up: false };
    let (driver, problems) = bind_shapes(&text, &[shape]);
    let problems = postern::diagnostic::render_all(&problems, false);
    driver.unwrap_or_else(|| panic!("{problems}"))
}

/// Answers requests that begin so; everything else is a 404 of a web server.
pub(super) fn script(answers: &'static [(&'static str, u16, &'static str, &'static str)]) -> impl Fn(&str) -> Reply {
    |request| match answers.iter().find(|(start, ..)| request.starts_with(start)) {
        Some((_, status, headers, body)) => json(*status, headers, body),
        None => json(404, "content-type: text/html\r\n", "<html>"),
    }
}

pub(super) const READ: &str = "key = \"$.id\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n";

#[tokio::test]
async fn numbered_pages_are_aligned_and_the_total_may_be_in_a_header() {
    let application = Scripted::start(|request| {
        let number = |name: &str| -> usize {
            let from = request.find(name).unwrap() + name.len();
            request[from..].chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
        };
        let (page, size) = (number("?page="), number("&per="));
        let ids = (1..=23).skip((page - 1) * size).take(size);
        let items: Vec<_> = ids.map(|id| format!(r#"{{"id":"u{id}","login":"l{id}","phones":[]}}"#)).collect();
        json(200, "x-total: 23\r\n", &format!("[{}]", items.join(",")))
    })
    .await;
    let list = "list = { get = \"/users\", items = \"$[*]\", page = { page = \"page\", per_page = \"per\", max = 10, total = { header = \"X-Total\" } } }";
    let driver = users(&application, "", &format!("{READ}{list}"));
    let page = driver.select(&select("User", Predicate::True, 7, 8)).await.unwrap();
    let keys: Vec<_> = page.records.iter().map(|record| record.key.as_str().to_owned()).collect();
    assert_eq!(keys, ["u8", "u9", "u10", "u11", "u12", "u13", "u14", "u15"]);
    assert_eq!(page.total, 23);
    assert_eq!(application.calls(), ["GET /api/users?page=1&per=10", "GET /api/users?page=3&per=5"]);
    driver.select(&select("User", Predicate::True, 10, 5)).await.unwrap();
    assert_eq!(application.calls(), ["GET /api/users?page=3&per=5"]);
}

#[tokio::test]
async fn without_a_total_the_records_are_counted() {
    let application = Scripted::start(|request| {
        let offset: usize =
            request[request.find("skip=").unwrap() + 5..].split(['&', ' ']).next().unwrap().parse().unwrap();
        let items: Vec<_> =
            (0..5).skip(offset).take(2).map(|id| format!(r#"{{"id":{id},"login":"l","phones":null}}"#)).collect();
        json(200, "", &format!(r#"{{"data":[{}]}}"#, items.join(",")))
    })
    .await;
    let list =
        "list = { get = \"/users\", items = \"$.data[*]\", page = { offset = \"skip\", limit = \"take\", max = 2 } }";
    let driver = users(&application, "", &format!("{READ}{list}"));
    let page = driver.select(&select("User", Predicate::True, 1, 2)).await.unwrap();
    assert_eq!((page.records.len(), page.total, page.records[0].key.as_str()), (2, 5, "1"));
    assert_eq!(application.calls().len(), 3);
}

#[tokio::test]
async fn the_new_key_may_be_in_the_location_alone() {
    let application = Scripted::start(script(&[
        ("POST /api/users ", 201, "location: /api/users/a%20b/\r\n", ""),
        ("GET /api/users/a%20b ", 200, "", r#"{"id":"a b","login":"bjensen","phones":[]}"#),
    ]))
    .await;
    let create = "create = { post = \"/users\", json = \"{record}\", key_from = { header = \"Location\" } }";
    let driver = users(&application, "", &format!("{READ}{create}"));
    let mut plan = insert_user("bjensen");
    plan.fields = fields(&[("$.login", "bjensen".into())]);
    assert_eq!(driver.insert(&plan).await.unwrap().key, key("a b"));
    assert_eq!(application.calls(), [r#"POST /api/users {"login":"bjensen"}"#, "GET /api/users/a%20b"]);
}

#[tokio::test]
async fn a_whole_record_is_written_back_with_what_no_rule_maps() {
    let application = Scripted::start(script(&[
        (
            "GET ",
            200,
            "",
            r#"{"id":7,"login":"old","theme":{"dark":true},"phones":[{"number":"1","kind":{"name":"work"},"x":0}]}"#,
        ),
        ("PUT ", 200, "", r#"{"id":7,"login":"new","phones":[]}"#),
    ]))
    .await;
    let driver =
        users(&application, "", &format!("{READ}update = {{ put = \"/users/{{key}}\", json = \"{{record}}\" }}"));
    let record = driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
    let phones = FieldName::new("$.phones[*]");
    let phone = object(&[("number", "1"), ("kind.name", "work")]);
    assert_eq!(record.fields.get(&phones), &Value::List(vec![phone.into()]));
    application.calls();

    let mut plan = update("User", 7, &[("$.login", "new".into())], MembersChange::None);
    let all = vec![object(&[("number", "2"), ("kind.name", "home")])];
    plan.lists = vec![ListChange { list: phones, remove: Vec::new(), add: all.clone(), all }];
    let record = driver.update(&plan).await.unwrap().unwrap();
    assert_eq!(record.fields.get(&FieldName::new("$.login")), &Value::from("new"));
    assert_eq!(
        application.calls(),
        [
            "GET /api/users/7",
            r#"PUT /api/users/7 {"id":7,"login":"new","theme":{"dark":true},"phones":[{"number":"2","kind":{"name":"home"}}]}"#,
        ]
    );
}

#[tokio::test]
async fn a_lookup_may_be_a_path_a_body_or_ignored_by_the_application() {
    let user = r#"{"id":"7","login":"Bj","phones":[]}"#;
    let application = Scripted::start(script(&[
        ("GET /api/by-name/Bj ", 200, "", r#"{"id":"7","login":"Bj","phones":[]}"#),
        ("GET /api/by-name/", 404, "", ""),
        (
            "POST /api/search ",
            200,
            "",
            r#"{"result":[{"id":"7","login":"Bj","phones":[]},{"id":"8","login":"B","phones":[]}]}"#,
        ),
    ]))
    .await;
    let by_path = users(&application, "", &format!("{READ}find.userName = {{ get = \"/by-name/{{value}}\" }}"));
    assert_eq!(by_path.select(&select("User", equal("$.login", "Bj"), 0, 5)).await.unwrap().total, 1, "{user}");
    assert_eq!(by_path.select(&select("User", equal("$.login", "nobody"), 0, 5)).await.unwrap().total, 0);
    assert_eq!(by_path.select(&select("User", equal("$.login", ".."), 0, 5)).await.unwrap().total, 0);
    application.calls();
    let by_body = "key = { field = \"$.id\", type = \"string\" }\n[User.calls]\nread = { post = \"/get\", json = { id = \"{key}\" } }\n\
                   find.userName = { post = \"/search\", json = { filter = { login = \"{value}\", realm = \"in {tenant.realm}\" }, n = 5 }, items = \"$.result[*]\" }";
    let by_body = users(&application, "", by_body);
    assert_eq!(by_body.select(&select("User", equal("$.login", "bj"), 0, 5)).await.unwrap().total, 1);
    let _ = by_body.fetch(&fetch("User", 7)).await;
    assert_eq!(
        application.calls(),
        [r#"POST /api/search {"filter":{"login":"bj","realm":"in north side"},"n":5}"#, r#"POST /api/get {"id":"7"}"#]
    );
}

#[tokio::test]
async fn errors_inside_a_200_are_errors() {
    let application = Scripted::start(script(&[(
        "GET /api/users/7 ",
        200,
        "",
        r#"{"error":{"code":-32602,"data":"No permissions"}}"#,
    )]))
    .await;
    let rules =
        "\n[[User.errors]]\nmatches = { path = \"$.error.data\", text = \"no permissions\" }\nmeans = \"not_found\"";
    let driver = users(&application, "", &format!("{READ}{rules}"));
    assert_eq!(driver.fetch(&fetch("User", 7)).await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_mappings_words() {
    const REFUSED: &str = r#"{"reason":"No seat in licence 4711"}"#;
    let application = Scripted::start(script(&[("GET /api/users/7 ", 402, "", REFUSED)])).await;
    let rules = "\n[[User.errors]]\nstatus = 402\nmatches = { path = \"$.reason\", text = \"no seat\" }\n\
                 answer = { status = 409, scim_type = \"uniqueness\", detail = \"no licence seat is free\" }";
    let driver = users(&application, "", &format!("{READ}{rules}"));
    let error = driver.fetch(&fetch("User", 7)).await.unwrap_err();
    let postern::downstream::ErrorKind::Told(told) = &error.kind else { panic!("{error:?}") };
    assert_eq!((told.status, told.keyword, &*told.detail), (409, Some("uniqueness"), "no licence seat is free"));
}

#[tokio::test]
async fn credentials_go_where_they_belong() {
    let table = "[downstream.credentials]\n";
    for (credentials, wanted) in [
        ("kind = \"bearer\"\ntoken = \"t0k\"", "authorization: Bearer t0k\r\n"),
        ("kind = \"bearer\"\nscheme = \"token\"\ntoken = \"t0k\"", "authorization: token t0k\r\n"),
        (
            "kind = \"basic\"\nuser = \"Aladdin\"\npassword = \"open sesame\"",
            "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
        ),
        ("kind = \"query\"\nname = \"api key\"\nvalue = \"a&b\"", "GET /api/users/7?api%20key=a%26b HTTP/1.1\r\n"),
    ] {
        let application = Scripted::start(script(&[])).await;
        let driver = users(&application, &format!("{table}{credentials}"), READ);
        let _ = driver.fetch(&fetch("User", 7)).await;
        let request = application.requests().remove(0);
        assert!(request.contains(wanted), "{request}");
        assert!(!format!("{driver:?}").contains("t0k"));
    }
}

#[tokio::test]
async fn a_new_record_without_an_answer_is_looked_up() {
    let created = std::sync::atomic::AtomicBool::new(false);
    let application = Scripted::start(move |request| {
        use std::sync::atomic::Ordering::SeqCst;
        match (request.starts_with("POST"), created.load(SeqCst)) {
            (true, _) => {
                created.store(true, SeqCst);
                json(201, "", "")
            }
            (false, false) => json(200, "", "[]"),
            (false, true) if request.starts_with("GET /api/users?") => json(200, "", r#"[{"id":9,"login":"bj"}]"#),
            (false, true) => json(200, "", r#"{"id":9,"login":"bj","phones":[]}"#),
        }
    })
    .await;
    let calls = "create = { post = \"/users\", json = \"{record}\" }\n\
                 find.userName = { get = \"/users\", query = { login = \"{value}\" }, items = \"$[*]\" }";
    let driver = users(&application, "", &format!("{READ}{calls}"));
    let mut plan = insert_user("bj");
    plan.fields = fields(&[("$.login", "bj".into())]);
    assert_eq!(driver.insert(&plan).await.unwrap().key, key(9));
}

#[tokio::test]
async fn a_short_wait_is_waited_for() {
    let times = std::sync::atomic::AtomicUsize::new(0);
    let application = Scripted::start(move |_| match times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => json(429, "retry-after: 1\r\n", ""),
        _ => json(200, "", r#"{"id":7,"login":"bj","phones":[]}"#),
    })
    .await;
    let driver =
        users(&application, "", &format!("{READ}update = {{ patch = \"/users/{{key}}\", json = \"{{changes}}\" }}"));
    let plan = update("User", 7, &[("$.login", "bj".into())], MembersChange::None);
    let started = std::time::Instant::now();
    assert_eq!(driver.update(&plan).await.unwrap().unwrap().key, key(7));
    assert!(started.elapsed() >= std::time::Duration::from_secs(1));
    assert_eq!(application.calls().len(), 2);
}

#[test]
fn a_field_that_is_no_path_is_told_where_the_mapping_names_it() {
    let text = "[downstream]\nkind = \"rest\"\nbase_url = \"http://127.0.0.1:9\"\n[User]\nkey = \"$.id\"\n[User.calls]\n\
                read = { get = \"/users/{key}\" }\n[User.attributes]\nuserName = \"login\"\ntitle = { field = \"$..title\" }\n";
    let field = |name: &str| FieldShape {
        name: FieldName::new(name),
        list: None,
        label: Arc::from("x"),
        read: true,
        written: true,
        once: false,
    };
    let fields = vec![field("login"), field("$..title")];
    let shape = RecordShape { resource: Arc::from("User"), fields, members: Vec::new(), looked_up: false };
    let (driver, problems) = bind_shapes(text, &[shape]);
    let told: Vec<_> = problems
        .iter()
        .filter(|problem| problem.severity > postern::diagnostic::Severity::Note)
        .map(|problem| {
            (problem.code.to_string(), problem.span.as_ref().unwrap().text().to_owned(), problem.help.clone().unwrap())
        })
        .collect();
    let wanted = |place: &str, help: &str| ("PST503".to_owned(), place.to_owned(), help.to_owned());
    assert_eq!(
        told,
        [
            wanted("\"login\"", "a JSONPath starts with `$`, like `$.name.first`"),
            wanted("\"$..title\"", "a field that is written is a path of names: `$.name.first`"),
        ]
    );
    assert!(driver.is_none());
}

#[tokio::test]
async fn the_name_may_be_the_key_chosen_by_the_client_and_changed_by_a_rename() {
    let application = Scripted::start(script(&[
        ("POST /api/users/a%23b ", 201, "", r#"{"login":"a#b","phones":[]}"#),
        ("PATCH /api/users/a%23b ", 200, "", ""),
        ("GET /api/users/new ", 200, "", r#"{"login":"new","phones":[]}"#),
    ]))
    .await;
    let calls = "key = \"$.login\"\n[User.calls]\nread = { get = \"/users/{key}\" }\n\
                 create = { post = \"/users/{record.login}\", json = { \"*\" = \"{record}\", by = \"us\" } }\n\
                 update = { patch = \"/users/{key}\", json = \"{changes}\", then = \"read\" }";
    let driver = users(&application, "", calls);
    let mut plan = insert_user("a#b");
    plan.fields = fields(&[("$.login", "a#b".into())]);
    assert_eq!(driver.insert(&plan).await.unwrap().key, key("a#b"));
    let rename = update("User", "a#b", &[("$.login", "new".into())], MembersChange::None);
    assert_eq!(driver.update(&rename).await.unwrap().unwrap().key, key("new"));
    assert_eq!(
        application.calls(),
        [
            r##"POST /api/users/a%23b {"login":"a#b","by":"us"}"##,
            r#"PATCH /api/users/a%23b {"login":"new"}"#,
            "GET /api/users/new",
        ]
    );
    plan.fields = fields(&[("$.login", "../x".into())]);
    let kind = driver.insert(&plan).await.unwrap_err().kind;
    assert!(matches!(kind, postern::downstream::ErrorKind::Invalid { .. }), "{kind:?}");
    assert!(application.calls().is_empty());
}

#[tokio::test]
async fn pages_that_name_the_next_are_walked_but_never_elsewhere() {
    const ONE: &str = r#"{"data":[{"id":1,"login":"a","phones":[]}],"next":"CURSOR"}"#;
    const LAST: &str = r#"{"data":[{"id":2,"login":"b","phones":[]}],"next":null}"#;
    let cursor = "page = { cursor = \"after\", from = \"$.next\", limit = \"n\", max = 1 }";
    let address = "page = { next = \"$.next\" }";
    let header = "page = { next = { header = \"Link\" } }";
    let link =
        "link: <http://evil.example/x?a=1,2&p=0>; rel=\"prev\", <http://evil.example/x?a=1,2&p=2>; rel=\"next\"\r\n";
    for (page, cursor, headers, first, second) in [
        (cursor, "x y", "", "GET /api/users?n=1", "GET /api/users?n=1&after=x%20y"),
        (address, "http://evil.example/users?p=2", "", "GET /api/users", "GET /api/users?p=2"),
        (address, "/users?p=2", "", "GET /api/users", "GET /api/users?p=2"),
        (header, "", link, "GET /api/users", "GET /api/users?a=1,2&p=2"),
    ] {
        let application = Scripted::start(move |request| {
            if request.starts_with(&format!("{second} ")) {
                return json(200, "", LAST);
            }
            json(200, headers, &ONE.replace("CURSOR", cursor))
        })
        .await;
        let list = format!("list = {{ get = \"/users\", items = \"$.data[*]\", {page} }}");
        let driver = users(&application, "", &format!("{READ}{list}"));
        let page = driver.select(&select("User", Predicate::True, 1, 5)).await.unwrap();
        assert_eq!((page.total, page.records[0].key.as_str()), (2, "2"));
        assert_eq!(application.calls(), [first, second]);
    }
    let round = Scripted::start(|_| json(200, "", r#"{"data":[{"id":1}],"next":"same"}"#)).await;
    let list = format!("list = {{ get = \"/users\", items = \"$.data[*]\", {cursor} }}");
    let driver = users(&round, "", &format!("{READ}{list}"));
    let kind = driver.select(&select("User", Predicate::True, 0, 5)).await.unwrap_err().kind;
    assert_eq!((kind, round.calls().len()), (postern::downstream::ErrorKind::Garbage, 2));
}

#[tokio::test]
async fn members_may_have_a_call_of_their_own() {
    let application = Scripted::start(script(&[
        ("GET /groups/6/users?", 200, "", r#"{"results":[{"username":"a","full":"Ann"},{"username":"b"}],"count":2}"#),
        ("GET /groups/6 ", 200, "", r#"{"id":6,"name":"Dev"}"#),
        ("POST /groups/6/users ", 201, "", "{}"),
        ("DELETE /groups/6/users/a ", 204, "", ""),
    ]))
    .await;
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{}\"\n[Group]\nkey = \"$.id\"\n[Group.calls]\n\
         read = {{ get = \"/groups/{{key}}\" }}\n[Group.members]\n\
         list = {{ get = \"/groups/{{key}}/users\", items = \"$.results[*]\", field = \"$.username\", display = \"$.full\", \
         page = {{ offset = \"offset\", limit = \"limit\", max = 100, total = \"$.count\" }} }}\n\
         add = {{ post = \"/groups/{{key}}/users\", json = {{ username = \"{{member}}\" }} }}\n\
         remove = {{ delete = \"/groups/{{key}}/users/{{member}}\" }}\n",
        application.address
    );
    let name = FieldShape {
        name: FieldName::new("$.name"),
        list: None,
        label: Arc::from("displayName"),
        read: true,
        written: true,
        once: false,
    };
    let shape = RecordShape {
        resource: Arc::from("Group"),
        fields: vec![name],
        members: vec![Arc::from("User")],
        looked_up: false,
    };
    let driver = bind_shapes(&text, &[shape]).0.unwrap();
    let members = driver.fetch(&fetch("Group", 6)).await.unwrap().unwrap().members.unwrap();
    let named: Vec<_> = members.iter().map(|member| (member.key.as_str(), member.display.as_deref())).collect();
    assert_eq!(named, [("a", Some("Ann")), ("b", None)]);
    application.calls();
    let all = MembersChange::Replace(vec![super::support::member("b"), super::support::member("c")]);
    driver.update(&update("Group", 6, &[], all)).await.unwrap();
    assert_eq!(
        application.calls(),
        [
            "GET /groups/6/users?offset=0&limit=100",
            r#"POST /groups/6/users {"username":"c"}"#,
            "DELETE /groups/6/users/a",
        ]
    );
}

#[tokio::test]
async fn a_filter_in_items_leaves_records_out_and_finds_none_only_in_a_list() {
    let calls = format!("{READ}list = {{ get = \"/users\", items = \"$.data[?@.login != 'guest']\" }}\n");
    for (body, expected) in [
        (r#"{"data":[{"id":1,"login":"guest","phones":[]},{"id":2,"login":"ada","phones":[]}]}"#, Some(1)),
        (r#"{"data":[{"id":1,"login":"guest","phones":[]}]}"#, Some(0)),
        (r#"{"data":[]}"#, Some(0)),
        (r#"{"error":"who are you"}"#, None),
        (r#"{"data":{"login":"ada"}}"#, None),
        (r#"{"data":null}"#, None),
    ] {
        let application = Scripted::start(move |_| json(200, "", body)).await;
        let driver = users(&application, "", &calls);
        let page = driver.select(&select("User", Predicate::True, 0, 10)).await;
        match expected {
            Some(count) => assert_eq!(page.unwrap().records.len(), count, "{body}"),
            None => assert_eq!(page.unwrap_err().kind, postern::downstream::ErrorKind::Garbage, "{body}"),
        }
    }
}
