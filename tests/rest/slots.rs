//! No value leaves its slot: whatever a key or a name holds, the request keeps its form.

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::{DeletePlan, MembersChange};
use proptest::prelude::*;

use super::scripted::{Scripted, json};
use super::support::{REDMINE, at, bound, driver, equal, fetch, key, member, select, update};

const NASTY: &[&str] = &[
    "../admin",
    "..",
    ".",
    "",
    "..%2fadmin",
    "%2e%2e%2f",
    "%2e%2e",
    "..;/",
    "..;x",
    "%00",
    "a\u{0}b",
    "a/b",
    "a\\b",
    "a/../b",
    "a?x=1",
    "a#b",
    "//evil",
    "@evil",
    "\\\\evil",
    "%25%32%66",
    "%252e%252e",
    "／",
    "‥",
    "a\r\nX-Injected: 1",
    "a b",
    "{key}",
    "CONTOSO\\bob",
    "bob#EXT#@x",
    "é",
    "a%",
    "a;b=c",
    "a&b",
    "a\u{7f}",
    "7.json?x=",
    "7/../8",
];

/// The part of a target between its fixed parts, if the target has these and one segment between.
fn segment<'a>(target: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let middle = target.strip_prefix(before)?.strip_suffix(after)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    (!middle.is_empty() && middle.chars().all(plain)).then_some(middle)
}

#[tokio::test]
async fn nasty_keys_stay_one_segment_or_are_not_sent() {
    let application = Scripted::start(|_| json(404, "", "")).await;
    let driver = driver(&at(REDMINE, application.address));
    let mut sent = Vec::new();
    for nasty in NASTY {
        assert_eq!(driver.fetch(&fetch("User", nasty)).await.unwrap(), None, "{nasty:?}");
        for request in application.requests() {
            let target = request.split(' ').nth(1).unwrap();
            assert!(segment(target, "/users/", ".json").is_some(), "{nasty:?} became {target}");
            assert!(request.contains(&format!("host: {}\r\n", application.address)), "{request}");
            assert!(!request.to_lowercase().contains("injected:"), "{request}");
            sent.push(*nasty);
        }
    }
    assert_eq!(
        sent,
        [
            "a\\b",
            "a?x=1",
            "a#b",
            "@evil",
            "\\\\evil",
            "／",
            "‥",
            "a b",
            "{key}",
            "CONTOSO\\bob",
            "bob#EXT#@x",
            "é",
            "a%",
            "a;b=c",
            "a&b",
            "7.json?x="
        ]
    );
}

#[tokio::test]
async fn nasty_members_are_unknown_members() {
    let application = Scripted::start(|_| json(204, "", "")).await;
    let driver = driver(&at(REDMINE, application.address));
    let text =
        at(REDMINE, application.address).replace("/groups/{key}/users.json", "/groups/{key}/users/{member}.json");
    let by_path = super::support::driver(&text);
    let change = |id: &str| MembersChange::Delta { add: vec![member(id)], remove: vec![] };
    let error = by_path.update(&update("Group", 6, &[], change("../7"))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::UnknownMember(key("../7")));
    let remove = MembersChange::Delta { add: vec![], remove: vec![member("../7")] };
    assert_eq!(driver.update(&update("Group", 6, &[], remove)).await.unwrap(), None);
    assert!(application.calls().is_empty());
    driver.update(&update("Group", 6, &[], change("\"},{\"x\":\""))).await.unwrap();
    assert_eq!(application.calls(), [r#"POST /groups/6/users.json {"user_id":"\"},{\"x\":\""}"#]);
}

#[tokio::test]
async fn a_header_slot_takes_plain_text_only() {
    let application = Scripted::start(|_| json(404, "", "")).await;
    let text = at(REDMINE, application.address).replace(
        r#"get = "/users/{key}.json", "#,
        r#"get = "/users/one", headers = { X-Key = "{key} of {tenant.realm}" }, "#,
    );
    let driver = driver(&text);
    for nasty in ["a\r\nX-Injected: 1", "a\nb", "é", "\u{0}"] {
        assert_eq!(driver.fetch(&fetch("User", nasty)).await.unwrap(), None);
    }
    assert!(application.requests().is_empty());
    driver.fetch(&fetch("User", "a, b")).await.unwrap();
    assert!(application.requests()[0].contains("x-key: a, b of north side\r\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_text_keeps_the_form_of_the_request(text in "\\PC{0,12}|[./%;2efEF\\\\]{1,8}|(\\.\\./|%2e|a){1,4}") {
        let driver = plain();
        let read = driver.explain(&AnyPlan::Fetch(&fetch("User", &text))).remove(0);
        if !read.starts_with("(nothing is sent") {
            let segment = segment(&read, "GET /users/", ".json");
            prop_assert!(segment.is_some(), "{read}");
            let decoded = percent_encoding::percent_decode_str(segment.unwrap()).decode_utf8().unwrap();
            prop_assert_eq!(&decoded, &text);
        }
        let find = driver.explain(&AnyPlan::Select(&select("User", equal("$.login", &text), 0, 1))).remove(0);
        let value = find.strip_prefix("GET /users.json?status=&name=").unwrap().strip_suffix("&offset=0&limit=100").unwrap();
        prop_assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "-._~%".contains(c)), "{}", find);
    }
}

/// Every kind of slot at once: path, query, header, body as JSON and as a form.
const EVERYWHERE: &str = include_str!("slots.toml");

fn everywhere() -> std::sync::Arc<dyn Downstream> {
    static DRIVER: std::sync::OnceLock<std::sync::Arc<dyn Downstream>> = std::sync::OnceLock::new();
    DRIVER
        .get_or_init(|| {
            let (driver, problems) = bound(EVERYWHERE);
            driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
        })
        .clone()
}

/// Texts that mean something to some reader of a request, among any others.
fn any_text() -> impl Strategy<Value = String> {
    let nasty = proptest::sample::select(NASTY).prop_map(str::to_owned);
    let pieces = proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(NASTY).prop_map(str::to_owned),
            "[\\x00-\\x20\\x7f\"'\\\\{}&=+;,<>%/?#.]{1,4}",
            ".{1,4}",
        ],
        0..6,
    );
    prop_oneof![nasty, pieces.prop_map(|pieces| pieces.concat()), "a{500,600}"]
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// The names and values of a query or a form, which must hold nothing that stands for itself.
fn pairs(text: &str) -> Vec<(String, String)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%+*=&".contains(c);
    assert!(text.chars().all(plain), "{text}");
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    };
    text.split('&').map(pair).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn any_text_fills_every_slot_and_no_more(text in any_text(), value in any_text()) {
        let driver = everywhere();
        let owned = |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let all_of = format!("all of {text}");

        let read = driver.explain(&AnyPlan::Fetch(&fetch("User", &text))).remove(0);
        if !read.starts_with("(nothing is sent") {
            let line = read.lines().next().unwrap();
            let (path, query) = line.split_once('?').unwrap();
            prop_assert_eq!(decoded(segment(path, "GET /of/", "/it").unwrap()), text.clone());
            let query = query.split(' ').next().unwrap();
            prop_assert_eq!(pairs(query), owned(&[("of", &text), ("and", &all_of)]));
        }

        let plan = update("User", &text, &[("$.login", value.as_str().into())], MembersChange::None);
        let change = driver.explain(&AnyPlan::Update(&plan)).remove(0);
        if !change.starts_with("(nothing is sent") {
            let (line, body) = change.split_once(" {").unwrap();
            let (path, query) = line.split_once('?').unwrap();
            prop_assert_eq!(decoded(segment(path, "POST /change/", "").unwrap()), text.clone());
            prop_assert_eq!(pairs(query), owned(&[("of", &text)]));
            let body: serde_json::Value = serde_json::from_str(&format!("{{{body}")).unwrap();
            let inner = serde_json::json!({ "deep": { "login": value } });
            prop_assert_eq!(body, serde_json::json!({ "is": text, "in": [format!("a {text} b"), inner] }));
        }

        let plan = DeletePlan { resource: "User".into(), key: key(&text), token: Default::default() };
        let form = driver.explain(&AnyPlan::Delete(&plan)).remove(0);
        if !form.starts_with("(nothing is sent") {
            let body = form.strip_prefix("POST /delete ").unwrap();
            prop_assert_eq!(pairs(body), owned(&[("of", &text), ("and", "it")]));
        }
    }
}

#[tokio::test]
async fn harmless_text_goes_into_every_slot() {
    let application = Scripted::start(|_| json(404, "", "")).await;
    let driver = driver(&EVERYWHERE.replace("127.0.0.1:9", &application.address.to_string()));
    driver.fetch(&fetch("User", "it's <7> & 8")).await.unwrap();
    let request = application.requests().remove(0);
    let line = "GET /api/of/it%27s%20%3C7%3E%20%26%208/it?of=it%27s%20%3C7%3E%20%26%208&and=all%20of%20it%27s%20%3C7%3E%20%26%208 ";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains("x-of: <it's <7> & 8>\r\n"), "{request}");
}

fn plain() -> std::sync::Arc<dyn Downstream> {
    static DRIVER: std::sync::OnceLock<std::sync::Arc<dyn Downstream>> = std::sync::OnceLock::new();
    DRIVER
        .get_or_init(|| bound(&REDMINE.replace(r#"{ env = "REDMINE_URL" }"#, r#""http://127.0.0.1:9""#)).0.unwrap())
        .clone()
}
