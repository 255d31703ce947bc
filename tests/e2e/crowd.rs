//! Many clients at once: one name is made once, and no member is lost.

use futures_util::future::join_all;

use super::process::fresh_word;
use super::target::Target;

const CROWD: usize = 12;

pub(super) async fn crowd(target: Target) {
    let postern = target.start().await;
    let word = fresh_word();
    let user = |name: &str| {
        format!(
            r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{name}", "active": true,
                 "emails": [{{"type": "work", "value": "{name}@fabrikam.example.com"}}], "name": {{"givenName": "Al", "familyName": "Oz"}}}}"#
        )
    };
    // One name, in changing case, asked for by everybody at once.
    let bodies: Vec<String> =
        (0..CROWD).map(|at| user(&if at % 2 == 0 { format!("one.{word}") } else { format!("ONE.{word}") })).collect();
    let replies = join_all(bodies.iter().map(|body| postern.client.send("POST", "/Users", Some(body)))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(201), count(409)), (1, CROWD - 1), "{replies:?}");
    let found = postern.client.send("GET", &format!("/Users?filter=userName eq \"one.{word}\""), None).await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");

    // Everybody gets another name, and joins one group at the same time.
    let bodies: Vec<String> = (0..CROWD).map(|at| user(&format!("m{at}.{word}"))).collect();
    let replies = join_all(bodies.iter().map(|body| postern.client.send("POST", "/Users", Some(body)))).await;
    let ids: Vec<&str> = replies.iter().map(|reply| reply.body["id"].as_str().expect("an id")).collect();
    let group =
        format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "All {word}"}}"#);
    let group = postern.client.send("POST", "/Groups", Some(&group)).await;
    let path = format!("/Groups/{}", group.body["id"].as_str().unwrap());
    let patch = |operation: String| {
        format!(r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#)
    };
    let add = |id: &&str| patch(format!(r#"{{"op": "Add", "path": "members", "value": [{{"value": "{id}"}}]}}"#));
    let bodies: Vec<String> = ids.iter().map(add).collect();
    let replies = join_all(bodies.iter().map(|body| postern.client.send("PATCH", &path, Some(body)))).await;
    assert!(replies.iter().all(|reply| reply.status == 204), "{replies:?}");
    assert_eq!(target.ask(&postern, &format!("group All {word}"))["size"], CROWD);

    // Half of them leave while the others are added once more.
    let remove = |id: &str| patch(format!(r#"{{"op": "remove", "path": "members[value eq \"{id}\"]"}}"#));
    let bodies: Vec<String> =
        ids.iter().enumerate().map(|(at, id)| if at % 2 == 0 { remove(id) } else { add(id) }).collect();
    let replies = join_all(bodies.iter().map(|body| postern.client.send("PATCH", &path, Some(body)))).await;
    assert!(replies.iter().all(|reply| reply.status == 204), "{replies:?}");
    assert_eq!(target.ask(&postern, &format!("group All {word}"))["size"], CROWD / 2);

    let paths: Vec<String> = ids.iter().map(|id| format!("/Users/{id}")).chain([path]).collect();
    let replies = join_all(paths.iter().map(|path| postern.client.send("DELETE", path, None))).await;
    assert!(replies.iter().all(|reply| reply.status == 204), "{replies:?}");
}
