//! Credentials in bodies, and several headers: each call carries them where the mapping says, and
//! nothing shows them.

use postern::downstream::AnyPlan;
use postern::plan::MembersChange;

use super::doorkeeper::{Doorkeeper, LOGIN, has_header};
use super::scripted::{Scripted, json};
use super::support::{bound, fetch, update};

const BABS: &str = r#"{"id":7,"login":"bj","firstname":"","lastname":"","status":1,"mail":"m"}"#;

/// A mapping whose `read` and `update` have these bodies.
fn mapping(base_url: &str, credentials: &str, read: &str, change: &str) -> String {
    let slot = if credentials.contains("values") { "credential.app" } else { "credential" };
    format!(
        r#"
[downstream]
kind     = "rest"
base_url = "{base_url}"
{credentials}

[User]
key = "$.id"

[User.calls]
list   = {{ post = "/rpc", json = {{ auth = "{{{slot}}}" }}, items = "$[*]" }}
read   = {{ post = "/rpc/{{key}}", {read} }}
create = {{ post = "/users", json = "{{record}}" }}
update = {{ put = "/users/{{key}}", {change} }}
find.userName = {{ get = "/users", query = {{ login = "{{value}}" }}, items = "$[*]" }}

[User.attributes]
userName = {{ field = "$.login", match = 1 }}
"name.familyName" = "$.lastname"
"#
    )
}

const KEY: &str = "[downstream.credentials]\nkind = \"body\"\nvalue = { file = \"redmine-api-key\" }";

#[tokio::test]
async fn a_secret_stands_in_the_body_where_the_mapping_says() {
    // Credentials, the bodies of `read` and `update`, what was sent by them.
    let pair = "[downstream.credentials]\nkind = \"body\"\n\
                values = { app = { file = \"redmine-api-key\" }, key = \"s3cr&t\" }";
    let rpc = r#"json = { method = "user.get", params = [{ id = "{key}" }, "{credential}"], auth = "{credential}" }"#;
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        (
            KEY,
            rpc,
            r#"json = { auth = "{credential}", "*" = "{changes}" }"#,
            r#"{"method":"user.get","params":[{"id":7},"KEY"],"auth":"KEY"}"#,
            r#"{"auth":"KEY","lastname":"J"}"#,
        ),
        (
            pair,
            r#"form = { u = "{credential.app}", p = "{credential.key}" }"#,
            r#"form = { "*" = "{changes}", who = { u = "{credential.app}" } }"#,
            "u=KEY&p=s3cr%26t",
            "lastname=J&who%5Bu%5D=KEY",
        ),
        (
            KEY,
            r#"xml = { request = { token = "{credential}", id = "{key}" } }"#,
            r#"xml = { request = { token = "{credential}", "*" = "{changes}" } }"#,
            "<request><token>KEY</token><id>7</id></request>",
            "<request><token>KEY</token><lastname>J</lastname></request>",
        ),
    ];
    let key = include_str!("redmine-api-key").trim();
    for (credentials, read, change, first, second) in cases {
        let application = Scripted::start(|_| json(200, "", BABS)).await;
        let url = format!("http://{}", application.address);
        let (driver, problems) = bound(&mapping(&url, credentials, read, change));
        let driver = driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)));
        driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        let change = update("User", 7, &[("$.lastname", "J".into())], MembersChange::None);
        driver.update(&change).await.unwrap();
        let bodies: Vec<_> =
            application.calls().iter().map(|call| call.splitn(3, ' ').nth(2).unwrap_or_default().to_owned()).collect();
        let ends = |body: &String, wanted: &str| body.ends_with(&wanted.replace("KEY", key));
        assert!(ends(&bodies[0], first) && ends(&bodies[1], second), "{bodies:#?}");

        let explained = [driver.explain(&AnyPlan::Fetch(&fetch("User", 7))), driver.explain(&AnyPlan::Update(&change))];
        let shown = format!("{explained:?} {driver:?}");
        assert!(shown.contains('…') || shown.contains("%E2%80%A6"), "{shown}");
        assert!(!shown.contains(key) && !shown.contains("s3cr"), "{shown}");
    }
}

#[tokio::test]
async fn a_field_of_the_record_does_not_take_the_place_of_the_credential() {
    let application = Scripted::start(|_| json(200, "", BABS)).await;
    let change = r#"json = { lastname = "{credential}", "*" = "{changes}" }"#;
    let text = mapping(&format!("http://{}", application.address), KEY, "json = { auth = \"{credential}\" }", change);
    let driver = bound(&text).0.unwrap();
    let change = update("User", 7, &[("$.lastname", "J".into())], MembersChange::None);
    driver.update(&change).await.unwrap();
    let key = include_str!("redmine-api-key").trim();
    let calls = application.calls();
    assert!(calls[0].ends_with(&format!("{{\"lastname\":\"{key}\"}}")), "{calls:?}");
}

#[tokio::test]
async fn a_token_of_a_login_goes_in_bodies_and_is_renewed() {
    let door = Doorkeeper::start(|request, token| request.ends_with(&format!("{{\"auth\":\"{token}\"}}"))).await;
    let credentials = format!("{LOGIN}token = \"$.access.token\"\nsend = \"body\"");
    let url = format!("http://{}", door.application.address);
    let body = r#"json = { auth = "{credential}" }"#;
    let driver = bound(&mapping(&url, &credentials, body, r#"json = { auth = "{credential}", "*" = "{changes}" }"#));
    let driver = driver.0.unwrap();
    for _ in 0..2 {
        driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        door.book.lock().unwrap().tokens.clear();
    }
    let calls = door.application.calls();
    let lines: Vec<_> = calls.iter().map(|call| call.split(' ').nth(1).unwrap()).collect();
    assert_eq!(lines, ["/login", "/rpc/7", "/rpc/7", "/login", "/rpc/7"]);
}

#[tokio::test]
async fn several_headers_are_sent_together() {
    let application = Scripted::start(|_| json(200, "", BABS)).await;
    let credentials = "[downstream.credentials]\nkind = \"header\"\n\
                       headers = { X-App-Id = \"postern\", X-App-Key = { file = \"redmine-api-key\" } }";
    let driver = bound(&super::doorkeeper::mapping(&format!("http://{}", application.address), credentials)).0.unwrap();
    driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
    let request = application.requests().remove(0);
    let key = include_str!("redmine-api-key").trim();
    assert!(
        has_header(&request, "x-app-id: postern") && has_header(&request, &format!("x-app-key: {key}")),
        "{request}"
    );
}
