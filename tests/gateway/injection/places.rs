//! The places of requests that take text, each with one value in it: values and names in filters, parameters, segments
//! of paths, values and names in bodies, operations and paths of PATCH, members, versions, bulk messages.

use postern::scim::{Preconditions, RawQuery, RawRequest, Verb};
use postern::value::{Object, Value};

use crate::gateway::harness::{Answer, Harness};

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut object = Object::new();
    for (name, value) in members {
        object.set(name, value);
    }
    Value::Object(object)
}

/// Every place that takes text, with one value in it.
pub(super) async fn ask_everywhere(harness: &Harness, value: &str) {
    let made = ask(harness, Verb::Post, &["Users"], &[], Some(person(value))).await;
    let id = if made.status == 201 { made.text("id") } else { value.to_owned() };
    let team = ask(harness, Verb::Post, &["Groups"], &[], Some(team(value, &id))).await;
    let team = if team.status == 201 { team.text("id") } else { value.to_owned() };
    filters(harness, value).await;
    parameters(harness, value).await;
    paths(harness, value).await;
    names(harness, value).await;
    ask(harness, Verb::Put, &["Users", &id], &[], Some(person(value))).await;
    ask(harness, Verb::Put, &["Groups", &team], &[], Some(self::team(value, &id))).await;
    versions(harness, value, &id).await;
    changes(harness, value, &id, &team).await;
    bulk(harness, value).await;
    for path in [["Groups", &team], ["Users", &id]] {
        ask(harness, Verb::Delete, &path, &[], None).await;
    }
}

/// Sends it; whatever it is, the answer is no fault of ours or of the application's.
async fn ask(harness: &Harness, verb: Verb, path: &[&str], query: &[(&str, &str)], body: Option<Value>) -> Answer {
    ask_if(harness, verb, path, query, body, Preconditions::default()).await
}

async fn ask_if(
    harness: &Harness,
    verb: Verb,
    path: &[&str],
    query: &[(&str, &str)],
    body: Option<Value>,
    preconditions: Preconditions,
) -> Answer {
    let raw = RawRequest {
        verb,
        path: path.iter().map(|segment| (*segment).to_owned()).collect(),
        query: RawQuery(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()),
        body,
        preconditions,
    };
    let said = format!("{raw:?}");
    let answer = harness.ask(raw).await;
    assert!(answer.status < 500, "{said}\n{} {}", answer.status, answer.body.to_json());
    answer
}

fn person(value: &str) -> Value {
    let text = || Value::from(value);
    let typed = || object([("value", text()), ("type", text()), ("display", text())]);
    let enterprise = object([("department", text()), ("employeeNumber", text()), ("costCenter", text())]);
    object([
        ("schemas", Value::List(vec!["urn:ietf:params:scim:schemas:core:2.0:User".into()])),
        ("userName", text()),
        ("externalId", text()),
        ("password", text()),
        ("title", text()),
        ("displayName", text()),
        ("name", object([("givenName", text()), ("familyName", text()), ("formatted", text())])),
        ("emails", Value::List(vec![typed()])),
        ("phoneNumbers", Value::List(vec![typed()])),
        ("roles", Value::List(vec![typed()])),
        ("addresses", Value::List(vec![object([("streetAddress", text()), ("type", text())])])),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", enterprise),
    ])
}

fn team(value: &str, member: &str) -> Value {
    object([
        ("schemas", Value::List(vec!["urn:ietf:params:scim:schemas:core:2.0:Group".into()])),
        ("displayName", value.into()),
        ("externalId", value.into()),
        ("members", Value::List(vec![object([("value", member.into()), ("display", value.into())])])),
    ])
}

/// As a value, quoted as JSON quotes it and as it is, and where names stand.
async fn filters(harness: &Harness, value: &str) {
    let quoted = Value::from(value).to_json();
    let mut users = Vec::new();
    for op in ["eq", "ne", "co", "sw", "ew", "gt", "le"] {
        users.push(format!("userName {op} {quoted}"));
    }
    for attribute in [
        "id",
        "externalId",
        "emails.value",
        "name.familyName",
        "groups.value",
        "groups.display",
        "manager.value",
        "meta.created",
        "active",
    ] {
        users.push(format!("{attribute} eq {quoted}"));
    }
    users.extend([
        format!("emails[type eq {quoted} and value co {quoted}]"),
        format!("not (title sw {quoted}) and roles[value eq {quoted}]"),
        format!("userName eq \"{value}\""),
        format!("userName eq {value}"),
        format!("{value} eq \"a\""),
        format!("userName {value} \"a\""),
        format!("emails[{value} eq \"a\"].value eq \"a\""),
        format!("urn:ietf:params:scim:schemas:core:2.0:User:{value} eq \"a\""),
        value.to_owned(),
    ]);
    for filter in &users {
        ask(harness, Verb::Get, &["Users"], &[("filter", filter)], None).await;
    }
    let search = object([
        ("schemas", Value::List(vec!["urn:ietf:params:scim:api:messages:2.0:SearchRequest".into()])),
        ("filter", users[0].as_str().into()),
        ("sortBy", value.into()),
        ("attributes", Value::List(vec![value.into()])),
    ]);
    ask(harness, Verb::Post, &["Users", ".search"], &[], Some(search.clone())).await;
    ask(harness, Verb::Post, &["Groups", ".search"], &[], Some(search.clone())).await;
    ask(harness, Verb::Post, &[".search"], &[], Some(search)).await;
    for attribute in ["displayName", "members.value", "members.display", "externalId", "id"] {
        let filter = format!("{attribute} eq {quoted}");
        ask(harness, Verb::Get, &["Groups"], &[("filter", &filter)], None).await;
    }
}

async fn parameters(harness: &Harness, value: &str) {
    let names = ["sortBy", "sortOrder", "attributes", "excludedAttributes", "startIndex", "count", "cursor", value];
    for name in names {
        ask(harness, Verb::Get, &["Users"], &[(name, value)], None).await;
        ask(harness, Verb::Get, &["Groups"], &[(name, value)], None).await;
    }
    ask(harness, Verb::Get, &["Users"], &[("sortBy", "title"), ("sortOrder", value)], None).await;
}

async fn paths(harness: &Harness, value: &str) {
    for verb in [Verb::Get, Verb::Delete] {
        ask(harness, verb, &["Users", value], &[], None).await;
        ask(harness, verb, &[value], &[], None).await;
    }
    ask(harness, Verb::Put, &["Users", value], &[], Some(person(value))).await;
    ask(harness, Verb::Get, &["Schemas", value], &[], None).await;
    ask(harness, Verb::Get, &["Users", value, value], &[], None).await;
}

/// As a version that the client has seen, and as what is wanted of one user.
async fn versions(harness: &Harness, value: &str, id: &str) {
    let said = || vec![format!("W/\"{value}\""), value.to_owned()];
    for preconditions in [
        Preconditions { if_match: said(), ..Preconditions::default() },
        Preconditions { if_none_match: said(), ..Preconditions::default() },
    ] {
        let body = Some(person(value));
        ask_if(harness, Verb::Put, &["Users", id], &[], body, preconditions.clone()).await;
        ask_if(harness, Verb::Get, &["Users", id], &[], None, preconditions).await;
    }
    for name in ["attributes", "excludedAttributes"] {
        ask(harness, Verb::Get, &["Users", id], &[(name, value)], None).await;
    }
}

/// Where the names of attributes and schemas stand.
async fn names(harness: &Harness, value: &str) {
    let body = object([
        ("schemas", Value::List(vec!["urn:ietf:params:scim:schemas:core:2.0:User".into(), value.into()])),
        ("userName", format!("name {value}").into()),
        (value, value.into()),
        ("name", object([(value, value.into())])),
        (&format!("urn:example:{value}"), object([(value, value.into())])),
    ]);
    let made = ask(harness, Verb::Post, &["Users"], &[], Some(body)).await;
    if made.status == 201 {
        ask(harness, Verb::Delete, &["Users", &made.text("id")], &[], None).await;
    }
}

async fn changes(harness: &Harness, value: &str, id: &str, team: &str) {
    let quoted = Value::from(value).to_json();
    let operation =
        |op: &str, path: &str, value: Value| object([("op", op.into()), ("path", path.into()), ("value", value)]);
    let of = |operation: Value| {
        let urn = Value::List(vec!["urn:ietf:params:scim:api:messages:2.0:PatchOp".into()]);
        Some(object([("schemas", urn), ("Operations", Value::List(vec![operation]))]))
    };
    let changed = format!("changed {value}");
    for change in [
        operation("replace", "title", changed.as_str().into()),
        operation("add", "emails", Value::List(vec![object([("value", changed.as_str().into())])])),
        operation("replace", &format!("emails[type eq {quoted}].value"), changed.as_str().into()),
        operation("remove", &format!("emails[value eq {quoted}]"), Value::Null),
        operation("replace", value, value.into()),
        operation(value, "title", value.into()),
        operation("replace", &format!("emails[{value} eq \"a\"].value"), value.into()),
        operation("add", &format!("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:{value}"), value.into()),
        operation(
            "add",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            changed.as_str().into(),
        ),
        operation("replace", "externalId", changed.as_str().into()),
        operation("replace", &format!("name.{value}"), value.into()),
        object([("op", "replace".into()), ("value", object([(value, value.into()), ("nickName", value.into())]))]),
        operation("replace", "manager", value.into()),
        operation("replace", "active", value.into()),
    ] {
        ask(harness, Verb::Patch, &["Users", id], &[], of(change)).await;
    }
    for change in [
        operation("remove", &format!("members[value eq {quoted}]"), Value::Null),
        operation("remove", &format!("members[display eq {quoted}]"), Value::Null),
        operation("add", "members", Value::List(vec![object([("value", value.into())])])),
        operation("add", "members", Value::List(vec![object([("value", id.into()), ("display", value.into())])])),
        object([
            ("op", "add".into()),
            ("value", object([("members", Value::List(vec![object([(value, value.into())])]))])),
        ]),
        operation("replace", "displayName", changed.as_str().into()),
    ] {
        ask(harness, Verb::Patch, &["Groups", team], &[], of(change)).await;
    }
}

async fn bulk(harness: &Harness, value: &str) {
    let operation = object([
        ("method", "POST".into()),
        ("path", format!("/{value}").into()),
        ("bulkId", value.into()),
        ("data", object([("manager", format!("bulkId:{value}").into())])),
    ]);
    let other = object([("method", value.into()), ("path", "/Users".into()), ("bulkId", "a".into())]);
    let gone =
        object([("method", "DELETE".into()), ("path", format!("/Users/{value}").into()), ("version", value.into())]);
    let urn = Value::List(vec!["urn:ietf:params:scim:api:messages:2.0:BulkRequest".into()]);
    let body = object([("schemas", urn), ("Operations", Value::List(vec![operation, other, gone]))]);
    ask(harness, Verb::Post, &["Bulk"], &[], Some(body)).await;
}
