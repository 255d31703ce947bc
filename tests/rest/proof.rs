//! An application that shows a stranger nothing, and says so with 200.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use postern::correlation::Identity;
use postern::quirks::Profile;

use super::doorkeeper::mapping;
use super::scripted::{Scripted, json};
use super::support::key;
use crate::gateway::harness::Harness;

const PROOF: &str = "proof = { get = \"/me\", item = \"$.id\" }\n";
const USER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bj"}"#;

async fn application(knows: &Arc<AtomicBool>) -> Scripted {
    let knows = Arc::clone(knows);
    let who = move || knows.load(Ordering::SeqCst);
    Scripted::start(move |request| match request.split(' ').nth(1).unwrap() {
        "/me" => json(200, "", if who() { r#"{"id":1}"# } else { "{}" }),
        path if path.starts_with("/users/") => json(404, "", ""),
        _ => json(200, "", "[]"),
    })
    .await
}

#[tokio::test]
async fn nothing_is_believed_only_of_an_application_that_knows_the_gateway() {
    let knows = Arc::new(AtomicBool::new(false));
    let application = application(&knows).await;
    let url = format!("http://{}", application.address);
    let text =
        mapping(&url, PROOF).replace("[User.attributes]", "delete = { delete = \"/users/{key}\" }\n[User.attributes]");
    let harness = Harness::mapped(Profile::Any, text).await;
    let id = harness.seal().seal("User", &Identity::first(&key(7))).unwrap();
    let requests = ["GET /Users", "GET /Users?filter=userName eq \"bj\"", &format!("GET /Users/{id}")];
    for request in requests {
        let refused = harness.send(request, None).await;
        assert_eq!(refused.status, 503, "{request}: {:?}", refused.body);
        assert_eq!(refused.text("detail"), "the application does not accept the gateway's credentials");
    }
    assert_eq!(harness.json("POST /Users", USER).await.status, 503);
    assert!(application.requests().iter().all(|request| request.starts_with("GET ")), "nothing is made in doubt");
    let gone = format!("DELETE /Users/{id}");
    assert_eq!(harness.send(&gone, None).await.status, 503, "a record that a stranger is not shown is not gone");

    knows.store(true, Ordering::SeqCst);
    for (request, status) in requests.into_iter().zip([200, 200, 404]) {
        assert_eq!(harness.send(request, None).await.status, status, "{request}");
    }
    assert_eq!(harness.send(&gone, None).await.status, 404);
    let proofs = application.calls().iter().filter(|call| *call == "GET /me").count();
    assert!((1..3).contains(&proofs), "{proofs} proofs of what was proved a moment ago");
}

#[tokio::test]
async fn an_explanation_shows_the_proof() {
    let harness = Harness::mapped(Profile::Any, mapping("http://127.0.0.1:9", PROOF)).await;
    let told = harness.explain("GET /Users?filter=userName eq \"bj\"", None).await.join("\n");
    assert!(told.contains("GET /users?login=bj\n") && told.contains("GET /me   (where nothing comes back)"), "{told}");
}
