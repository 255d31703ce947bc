//! Bodies as forms: what a server decodes is what was meant, whatever a value holds.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use postern::diagnostic::render_all;
use postern::downstream::{AnyPlan, Downstream};
use postern::plan::MembersChange;
use postern::value::Value;
use proptest::prelude::*;

use super::scripted::{Scripted, json};
use super::support::{bound, equal, fields, insert_user, select, update};

fn mapping(address: &str, calls: &str) -> String {
    format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{address}\"\n[User]\nkey = \"$.id\"\n[User.calls]\n\
         read = {{ get = \"/users/{{key}}\" }}\n{calls}\n"
    )
}

fn driver(address: &str, calls: &str) -> Arc<dyn Downstream> {
    let (driver, problems) = bound(&mapping(address, calls));
    driver.unwrap_or_else(|| panic!("{}", render_all(&problems, false)))
}

/// The pairs as a server reads them (WHATWG URL §5.1).
fn decoded(body: &str) -> Vec<(String, String)> {
    let text = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8().unwrap().into_owned();
    body.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (text(name), text(value))).collect()
}

const CALLS: &str = r#"
create = { post = "/users", form = { user = "{record}", tags = ["a", "b"], commit = "Save & go" }, then = "read" }
update = { put = "/users/{key}", form = { id = "{key}", "*" = "{changes}" } }
find.userName = { post = "/search", form = { login = "{value}", exact = true }, items = "$[*]" }
"#;

#[tokio::test]
async fn a_form_is_sent_with_its_media_type() {
    let application = Scripted::start(|request| match request.starts_with("POST /users ") {
        true => json(201, "", r#"{"id":7}"#),
        false => json(200, "", r#"{"id":7,"login":"bj","firstname":"","lastname":"","status":1,"mail":"m"}"#),
    })
    .await;
    let driver = driver(&application.address.to_string(), CALLS);
    let mut plan = insert_user("bj");
    plan.unique = Vec::new();
    plan.fields = fields(&[("$.login", "b j+&=".into()), ("$.mail", Value::Null)]);
    driver.insert(&plan).await.unwrap();
    let request = application.requests().remove(0);
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    let body = request.split_once("\r\n\r\n").unwrap().1;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        decoded(body),
        [
            pair("user[login]", "b j+&="),
            pair("user[mail]", ""),
            pair("tags", "a"),
            pair("tags", "b"),
            pair("commit", "Save & go"),
        ]
    );
}

#[test]
fn an_explanation_shows_the_form() {
    let driver = driver("127.0.0.1:9", CALLS);
    let plan = update("User", 7, &[("$.lastname", "O'Neill & Sons".into())], MembersChange::None);
    assert_eq!(driver.explain(&AnyPlan::Update(&plan))[0], "PUT /users/7 id=7&lastname=O%27Neill%20%26%20Sons");
    let plan = select("User", equal("$.login", "a&login=b"), 0, 10);
    assert_eq!(driver.explain(&AnyPlan::Select(&plan)), ["POST /search login=a%26login%3Db&exact=true"]);
}

proptest! {
    #[test]
    fn no_value_leaves_its_slot_in_a_form(value in "\\PC*|[&=+%\\[\\];#\\r\\n\\x00 a-f0-9]{0,12}") {
        let driver = driver("127.0.0.1:9", CALLS);
        let plan = update("User", 7, &[("$.lastname", value.as_str().into())], MembersChange::None);
        let line = driver.explain(&AnyPlan::Update(&plan)).remove(0);
        let body = line.strip_prefix("PUT /users/7 ").unwrap();
        prop_assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%&=".contains(&byte)), "{}", body);
        let wanted = [("id".to_owned(), "7".to_owned()), ("lastname".to_owned(), value)];
        prop_assert_eq!(decoded(body), wanted);
    }
}
