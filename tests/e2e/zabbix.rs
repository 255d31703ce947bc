//! What is Zabbix's own by its API: lists that hold more than SCIM knows of, a flag that is a group, accounts
//! and groups that are none, errors in a 200, and a token that is told less than there is.

use serde_json::{Value, json};

use super::client::Reply;
use super::process::{Postern, fresh_word};
use super::target::{Target, said};

const TARGET: Target = Target::ZabbixRpc;
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Asks Zabbix itself, as its administrator.
fn call(method: &str, parameters: &Value) -> Value {
    said("ask-zabbix", &["call", method, &parameters.to_string()])
}

/// A user as Zabbix has it.
fn account(name: &str) -> Value {
    let found = call(
        "user.get",
        &json!({ "filter": { "username": name }, "selectUsrgrps": ["usrgrpid", "name"], "selectMedias": "extend" }),
    );
    found[0].clone()
}

fn groups(name: &str) -> Vec<String> {
    let account = account(name);
    account["usrgrps"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap().to_owned()).collect()
}

async fn made(postern: &Postern, kind: &str, body: Value) -> String {
    let made = postern.client.send("POST", &format!("/{kind}s"), Some(&of_type(kind, body))).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

fn of_type(kind: &str, mut body: Value) -> String {
    body["schemas"] = json!([format!("urn:ietf:params:scim:schemas:core:2.0:{kind}")]);
    body.to_string()
}

async fn patched(postern: &Postern, path: &str, operation: Value) -> Reply {
    let body = json!({ "schemas": [PATCH], "Operations": [operation] });
    postern.client.send("PATCH", path, Some(&body.to_string())).await
}

/// The names are two letters each, and Zabbix takes no password that holds a name.
fn al(word: &str) -> Value {
    json!({
        "userName": word, "active": true, "name": { "givenName": "Al", "familyName": "Oz" },
        "emails": [{ "type": "work", "value": format!("{word}@example.com") }],
    })
}

/// Another medium, another group and what an administrator has chosen stay as they are.
pub(super) async fn what_else_is_in_a_list_stays() {
    let postern = TARGET.start().await;
    let word = fresh_word();
    let user = format!("/Users/{}", made(&postern, "User", al(&word)).await);
    let group = call("usergroup.create", &json!({ "name": format!("Ops {word}") }))["usrgrpids"][0].clone();
    let id = account(&word)["userid"].clone();
    let own = json!([{ "usrgrpid": "8" }, { "usrgrpid": group }]);
    let medias = json!([
        { "mediatypeid": "3", "sendto": "+41 1", "severity": 7 },
        { "mediatypeid": "1", "sendto": ["old@example.com", "second@example.com"], "severity": 12, "period": "1-5,08:00-18:00" },
    ]);
    call("user.update", &json!({ "userid": id, "usrgrps": own, "medias": medias }));

    let mail = json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com" });
    let changed = patched(&postern, &user, mail).await;
    assert_eq!((changed.status, &changed.body["emails"][0]["value"]), (200, &json!("new@example.com")), "{changed:?}");
    let mut medias = account(&word)["medias"].as_array().unwrap().clone();
    medias.sort_by_key(|media| media["mediatypeid"].to_string());
    let told = |at: usize| ["mediatypeid", "sendto", "severity", "period"].map(|name| medias[at][name].clone());
    assert_eq!(told(0), [json!("1"), json!(["new@example.com"]), json!("12"), json!("1-5,08:00-18:00")]);
    assert_eq!(told(1), [json!("3"), json!("+41 1"), json!("7"), json!("1-7,00:00-24:00")]);

    for (active, expected) in [(false, vec!["Guests", "Disabled"]), (true, vec!["Guests"])] {
        let change = patched(&postern, &user, json!({ "op": "replace", "path": "active", "value": active })).await;
        assert_eq!((change.status, &change.body["active"]), (200, &json!(active)), "{change:?}");
        let mut expected: Vec<_> = expected.into_iter().map(str::to_owned).chain([format!("Ops {word}")]).collect();
        expected.sort();
        let mut groups = groups(&word);
        groups.sort();
        assert_eq!(groups, expected);
    }
    let gone = patched(&postern, &user, json!({ "op": "remove", "path": "emails[type eq \"work\"].value" })).await;
    assert_eq!((gone.status, gone.body.get("emails")), (200, None), "{gone:?}");
    assert_eq!(account(&word)["medias"].as_array().unwrap().len(), 1);
    assert_eq!(postern.client.send("DELETE", &user, None).await.status, 204);
    assert!(groups(&word).contains(&"Disabled".to_owned()), "a DELETE disables");
}

/// Whoever another group disables is not active, and nobody is told that a change has helped.
pub(super) async fn another_group_may_disable() {
    let postern = TARGET.start().await;
    let word = fresh_word();
    let user = format!("/Users/{}", made(&postern, "User", al(&word)).await);
    let locked = json!({ "name": format!("Locked {word}"), "users_status": 1 });
    let locked = call("usergroup.create", &locked)["usrgrpids"][0].clone();
    let own = json!([{ "usrgrpid": "8" }, { "usrgrpid": locked }]);
    call("user.update", &json!({ "userid": account(&word)["userid"], "usrgrps": own }));
    let read = postern.client.send("GET", &user, None).await;
    assert_eq!((&read.body["active"], read.body.get("groups")), (&json!(false), None), "{read:?}");
    let enabled = patched(&postern, &user, json!({ "op": "replace", "path": "active", "value": true })).await;
    assert_eq!((enabled.status, &enabled.body["active"]), (200, &json!(false)), "{enabled:?}");
    assert_eq!(groups(&word).len(), 2);
    let filter = format!("/Groups?filter=displayName eq \"Locked {word}\"");
    assert_eq!(postern.client.send("GET", &filter, None).await.body["totalResults"], 0);
}

/// The guest, the groups that the mapping keeps for itself, and their names.
pub(super) async fn some_accounts_and_groups_are_none() {
    let postern = TARGET.start().await;
    for path in [
        "/Users?filter=userName eq \"guest\"",
        "/Groups?filter=displayName eq \"Guests\"",
        "/Groups?filter=displayName eq \"Disabled\"",
    ] {
        let found = postern.client.send("GET", path, None).await;
        assert_eq!((found.status, &found.body["totalResults"]), (200, &json!(0)), "{path}: {found:?}");
    }
    let listed = postern.client.send("GET", "/Users?count=1000&attributes=userName", None).await;
    assert!(!listed.body.to_string().contains("\"guest\"") && listed.body.to_string().contains("\"Admin\""));
    for (kind, body) in [
        ("User", json!({ "userName": "guest" })),
        ("Group", json!({ "displayName": "Guests" })),
        ("Group", json!({ "displayName": "Disabled" })),
    ] {
        let refused = postern.client.send("POST", &format!("/{kind}s"), Some(&of_type(kind, body))).await;
        refused.assert_scim_error(409);
    }
}

/// Zabbix keeps everybody in a group.
pub(super) async fn nobody_leaves_the_last_group() {
    let postern = TARGET.start().await;
    let word = fresh_word();
    let user = made(&postern, "User", al(&word)).await;
    let group = made(&postern, "Group", json!({ "displayName": word, "members": [{ "value": user }] })).await;
    let kept = call("usergroup.get", &json!({ "filter": { "name": word } }))[0]["usrgrpid"].clone();
    call("user.update", &json!({ "userid": account(&word)["userid"], "usrgrps": [{ "usrgrpid": kept }] }));
    let path = format!("/Groups/{group}");
    patched(&postern, &path, json!({ "op": "remove", "path": "members" })).await.assert_scim_error(400);
    postern.client.send("DELETE", &path, None).await.assert_scim_error(400);
    assert_eq!(groups(&word), std::slice::from_ref(&word));
}

/// A flag and memberships that are in one list, changed by several clients at the same moment.
pub(super) async fn a_flag_and_memberships_at_once() {
    let postern = TARGET.start().await;
    let word = fresh_word();
    let user = made(&postern, "User", al(&word)).await;
    let path = format!("/Users/{user}");
    let mut all = Vec::new();
    for at in 0..3 {
        let group = made(&postern, "Group", json!({ "displayName": format!("{word} {at}") })).await;
        all.push(format!("/Groups/{group}"));
    }
    for round in 0..6 {
        let joins = round % 2 == 0;
        let operation = match joins {
            true => json!({ "op": "add", "path": "members", "value": [{ "value": user }] }),
            false => json!({ "op": "remove", "path": format!("members[value eq \"{user}\"]") }),
        };
        let flag = json!({ "op": "replace", "path": "active", "value": !joins });
        let changes = all.iter().map(|group| patched(&postern, group, operation.clone()));
        let (flagged, changed) = tokio::join!(patched(&postern, &path, flag), futures_util::future::join_all(changes));
        assert_eq!(flagged.status, 200, "{flagged:?}");
        assert!(changed.iter().all(|reply| reply.status == 204), "{changed:?}");
        let expected = if joins { 5 } else { 1 };
        assert_eq!(groups(&word).len(), expected, "{:?}", groups(&word));
    }
    let join = json!({ "op": "add", "path": "members", "value": [{ "value": user }] });
    for group in &all {
        assert_eq!(patched(&postern, group, join.clone()).await.status, 204);
    }
    // A list that names a group that is gone by then is made anew.
    for (at, group) in all.iter().enumerate() {
        let flag = json!({ "op": "replace", "path": "active", "value": at % 2 == 1 });
        let deletion = postern.client.send("DELETE", group, None);
        let (flagged, deleted) = tokio::join!(patched(&postern, &path, flag), deletion);
        assert_eq!((flagged.status, deleted.status), (200, 204), "{flagged:?} {deleted:?}");
    }
    assert_eq!(groups(&word).len(), 2, "{:?}", groups(&word));
}

/// A token that is wrong, and one of a user who is told of few others, are refused credentials.
pub(super) async fn a_token_without_rights() {
    let mut postern = TARGET.start().await;
    let word = fresh_word();
    let user = format!("/Users/{}", made(&postern, "User", al(&word)).await);
    let holder = format!("holder.{word}");
    made(&postern, "User", al(&holder)).await;
    let token = json!({ "name": word, "userid": account(&holder)["userid"] });
    let token = call("token.create", &token)["tokenids"].clone();
    let poor = call("token.generate", &token)[0]["token"].as_str().unwrap().to_owned();
    let expired = json!({ "name": format!("Old {word}"), "userid": "1", "expires_at": 1 });
    let expired = call("token.generate", &call("token.create", &expired)["tokenids"])[0]["token"].clone();
    let expired = expired.as_str().unwrap().to_owned();
    for token in ["0".repeat(64), expired, poor] {
        std::fs::write(postern.folder.file("zabbix-token"), &token).unwrap();
        postern.restart().await;
        let nobody = format!("/Users?filter=userName eq \"nobody.{word}\"");
        let change =
            json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "active", "value": false }] });
        let new = of_type("User", al(&format!("new.{word}")));
        for (method, path, body) in [
            ("GET", nobody.as_str(), None),
            ("GET", "/Groups?filter=displayName eq \"nothing\"", None),
            ("POST", "/Users", Some(new)),
            ("PATCH", user.as_str(), Some(change.to_string())),
        ] {
            let told = postern.client.send(method, path, body.as_deref()).await;
            told.assert_scim_error(503);
            // As long as for refused credentials, which a moment does not mend.
            assert_eq!(told.header("retry-after"), Some("60"), "{told:?}");
        }
        assert_eq!(groups(&word), ["Guests"]);
    }
}
