//! An application that takes everything literally: its search minds the case, and a DELETE of what was
//! never there is as good as done.

use std::sync::Arc;

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::DeletePlan;

use super::scripted::{Scripted, json};
use super::support::{REDMINE, at, driver, equal, insert_user, key, select};

/// The manual's mapping with changes in its calls.
fn changed(address: std::net::SocketAddr, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(at(REDMINE, address), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

const SMALL: (&str, &str) = (r#"name = "{value}" }"#, r#"key = "={value}" }, letters = "lower""#);
const LARGE: (&str, &str) = (r#"name = "{value}" }"#, r#"key = "={value}" }, letters = "upper""#);
const CAREFUL: (&str, &str) =
    (r#"delete = "/users/{key}.json" }"#, r#"delete = "/users/{key}.json", first = "read" }"#);

#[tokio::test]
async fn a_value_is_looked_up_in_the_letters_that_the_application_keeps() {
    for (change, sent) in [(SMALL, "%3Dj%C3%B6rg"), (LARGE, "%3DJ%C3%96RG")] {
        let application = Scripted::start(|_| {
            json(
                200,
                "",
                r#"{"users":[{"id":7,"login":"JÖRG","firstname":"J","lastname":"J","status":1,"mail":"j"},
                {"id":8,"login":"jorg","firstname":"J","lastname":"J","status":1,"mail":"k"}],"total_count":2}"#,
            )
        })
        .await;
        let driver = driver(&changed(application.address, &[change]));
        let page = driver.select(&select("User", equal("$.login", "Jörg"), 0, 9)).await.unwrap();
        let found: Vec<_> = page.records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(found, ["7"], "what was found is still compared with what was asked");
        let call = format!("GET /users.json?status=&key={sent}&offset=0&limit=100");
        assert_eq!(application.calls(), [call.as_str()]);
        let taken = driver.insert(&insert_user("jöRG")).await.unwrap_err().kind;
        assert_eq!(taken, ErrorKind::Uniqueness { label: Some("userName".to_owned()) });
        assert_eq!(application.calls(), [call.as_str()]);
        let plan = select("User", equal("$.login", "Jörg"), 0, 9);
        assert_eq!(driver.explain(&AnyPlan::Select(&plan)), [call]);
    }
}

async fn deleted(driver: &Arc<dyn Downstream>, id: u64) -> bool {
    driver.delete(&plan(id)).await.unwrap()
}

fn plan(id: u64) -> DeletePlan {
    DeletePlan { resource: Arc::from("User"), key: key(id), token: Default::default() }
}

#[tokio::test]
async fn what_was_never_there_is_not_deleted() {
    let application = Scripted::start(|request| match request {
        _ if request.starts_with("GET /users/7.json") => json(200, "", r#"{"user":{"id":7}}"#),
        _ if request.starts_with("GET") => json(404, "", "{}"),
        _ => json(204, "", ""),
    })
    .await;
    let driver = driver(&changed(application.address, &[CAREFUL]));
    assert!(deleted(&driver, 7).await);
    assert_eq!(application.calls(), ["GET /users/7.json", "DELETE /users/7.json"]);
    assert!(!deleted(&driver, 8).await);
    assert_eq!(application.calls(), ["GET /users/8.json"]);
    assert_eq!(driver.explain(&AnyPlan::Delete(&plan(7))), ["GET /users/7.json", "DELETE /users/7.json"]);
}
