//! An application that is away: 503 with `Retry-After` and nothing else, and everything as before once
//! it is back, without a restart of the gateway.

use std::time::{Duration, Instant};

use super::client::Reply;
use super::process::{Postern, fresh_word};
use super::target::{Part, Target};

/// The tenant's deadline when the configuration says nothing, and the time for a machine that is busy.
const DEADLINE: Duration = Duration::from_secs(20 + 5);

const USER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "NAME", "active": true,
  "emails": [{"primary": true, "type": "work", "value": "NAME"}], "name": {"givenName": "Dee", "familyName": "Ray"}}"#;

const DISABLE: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}"#;

/// Stops the application under a gateway that has worked, looks, and brings it back.
pub(super) async fn outage(target: Target, part: Part) {
    let mut postern = target.start().await;
    let mark = fresh_word();
    let user = |name: &str| USER.replace("NAME", &format!("{name}.{mark}@fabrikam.example"));
    let made = postern.client.send("POST", "/Users", Some(&user("dee"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_str().unwrap().to_owned();
    let group =
        format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Out {mark}"}}"#);
    let group = postern.client.send("POST", "/Groups", Some(&group)).await;
    assert_eq!(group.status, 201, "{group:?}");
    let group = group.body["id"].as_str().unwrap().to_owned();

    let away = Away::new(target, part);
    let add = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
             "Operations": [{{"op": "Add", "path": "members", "value": [{{"value": "{id}"}}]}}]}}"#
    );
    let (put, other) = (user("dee"), user("eve"));
    let filter = format!(r#"/Users?filter=userName eq "dee.{mark}@fabrikam.example""#);
    let nobody = format!(r#"/Users?filter=userName eq "nobody.{mark}@fabrikam.example""#);
    // What a pool or a breaker remembers must not change the answer, nor a start without the application.
    for round in 0..3 {
        if round == 2 {
            postern.restart().await;
        }
        for (method, path, body) in [
            ("GET", format!("/Users/{id}"), None),
            ("GET", filter.clone(), None),
            ("GET", nobody.clone(), None),
            ("GET", "/Users".to_owned(), None),
            ("GET", "/Groups".to_owned(), None),
            ("POST", "/Users".to_owned(), Some(&other)),
            ("PUT", format!("/Users/{id}"), Some(&put)),
            ("PATCH", format!("/Users/{id}"), Some(&DISABLE.to_owned())),
            ("PATCH", format!("/Groups/{group}"), Some(&add)),
            ("DELETE", format!("/Users/{id}"), None),
        ] {
            let reply = postern.client.send(method, &path, body.map(String::as_str)).await;
            assert_unavailable(target, method, &path, &reply);
        }
    }
    // What the gateway knows by itself is answered all the same.
    let told = postern.client.send("GET", "/ServiceProviderConfig", None).await;
    assert_eq!(told.status, 200, "{told:?}");
    drop(away);

    everything_works_again(&postern, &id, &group, &filter, (&other, &add)).await;
}

fn assert_unavailable(target: Target, method: &str, path: &str, reply: &Reply) {
    println!("{target:?}: {method} {path}: {} in {:?}", reply.status, reply.took);
    reply.assert_scim_error(503);
    let wait: u64 = reply.header("retry-after").expect("Retry-After").parse().expect("seconds");
    assert!((1..=3600).contains(&wait), "{wait}");
    assert!(reply.took < DEADLINE, "{method} {path} took {:?}", reply.took);
    let detail = reply.body["detail"].as_str().unwrap();
    for secret in ["127.0.0.1", "postgres", "auth_user", "redmine", "users.json", "password"] {
        assert!(!detail.contains(secret), "{detail}");
    }
}

/// The application is back before the client asks; a moment is allowed for what was told to wait.
async fn everything_works_again(postern: &Postern, id: &str, group: &str, filter: &str, bodies: (&str, &str)) {
    let back = Instant::now();
    let user = loop {
        let reply = postern.client.send("GET", &format!("/Users/{id}"), None).await;
        if reply.status == 200 || back.elapsed() > Duration::from_secs(30) {
            break reply;
        }
        reply.assert_scim_error(503);
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    println!("back after {:?}", back.elapsed());
    assert_eq!(user.status, 200, "{user:?}");
    assert_eq!(user.body["id"], id);
    assert_eq!(user.body["active"], true, "a change that was answered with 503 was made: {user:?}");
    let found = postern.client.send("GET", filter, None).await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");
    assert_eq!(found.body["Resources"][0]["id"], id, "{found:?}");
    for (method, path, body, status) in [
        ("PATCH", format!("/Groups/{group}"), Some(bodies.1), 204),
        ("PATCH", format!("/Users/{id}"), Some(DISABLE), 200),
        ("POST", "/Users".to_owned(), Some(bodies.0), 201),
        ("DELETE", format!("/Groups/{group}"), None, 204),
        ("DELETE", format!("/Users/{id}"), None, 204),
        ("GET", format!("/Users/{id}"), None, 404),
    ] {
        let reply = postern.client.send(method, &path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
    }
}

/// The application is stopped as long as this lives, and comes back even if the test ends badly.
struct Away(Target, Part);

impl Away {
    fn new(target: Target, part: Part) -> Self {
        target.set_running(part, false);
        Self(target, part)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        self.0.set_running(self.1, true);
    }
}
