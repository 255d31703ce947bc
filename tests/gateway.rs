//! Whole requests through an engine in this process, over the demo's mapping on SQLite.
//!
//! Cases are data: a list of requests in the order in which they are sent, each with what its
//! answer must be. A `$name` stands for what an earlier answer had at a place.

mod applications;
mod asked;
mod commits;
pub(crate) mod harness;
mod injection;
mod members;
mod passwords;
mod properties;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use postern::gateway::{Access, Permissions};
use postern::quirks::Profile;
use postern::scim::Preconditions;
use postern::value::Value;
use serde::Deserialize;

use harness::{Answer, Harness, json};

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

/// A case: what it claims, the clause that says so, and its requests.
#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    #[allow(dead_code, reason = "read by tests/rfc.rs as text")]
    rfc: Option<toml::Value>,
    /// The client's profile; `any` when none is named.
    #[serde(default)]
    profile: Option<String>,
    /// The `userName` of the user that the client's token stands for.
    #[serde(default)]
    user: Option<String>,
    /// Replacements in the demo's mapping.
    #[serde(default)]
    mapping: Vec<(String, String)>,
    step: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    /// `POST /Users`
    send: String,
    #[serde(default)]
    body: Option<String>,
    /// What the token that sends it is for; everything when it is left out.
    #[serde(default)]
    scope: Option<Vec<String>>,
    /// How much it may do; everything when it is left out.
    #[serde(default)]
    access: Option<String>,
    #[serde(default)]
    if_match: Vec<String>,
    #[serde(default)]
    if_none_match: Vec<String>,
    /// The status; any 2xx when it is left out.
    #[serde(default)]
    status: Option<u16>,
    /// Places in the answer and what stands there; `absent` for nothing, `present` for anything.
    #[serde(default)]
    has: BTreeMap<String, toml::Value>,
    /// Names for places in the answer, to use in later requests; `ETAG` is the version's header.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// What the audit is told of the change.
    #[serde(default)]
    outcome: Option<String>,
    /// Statements that the application runs by itself before the request.
    #[serde(default)]
    sql: Option<String>,
    /// What the operator is warned of meanwhile, when it is named: `member.ignored Group`.
    #[serde(default)]
    warned: Option<Vec<String>>,
    /// A question to the application after the request, and its rows.
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    rows: Vec<Vec<String>>,
}

async fn check(case: &Case) {
    let profile = case.profile.as_deref().unwrap_or("any");
    let profile = Profile::ALL.iter().find(|(name, _)| *name == profile).unwrap().1;
    let change = |text: String| {
        case.mapping.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "{}: the mapping has no `{from}`", case.name);
            text.replace(from, to)
        })
    };
    let mut harness = Harness::of("tenant", profile, change).await;
    harness.user = case.user.as_deref().map(Into::into);
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    for (number, step) in case.step.iter().enumerate() {
        let at = format!("{}: request {}", case.name, number + 1);
        if let Some(sql) = &step.sql {
            harness.sql(sql);
        }
        harness.permissions = permissions(step);
        take(&harness, step, &at, &mut kept).await;
    }
}

fn permissions(step: &Step) -> Permissions {
    let access = step.access.as_deref().unwrap_or("full");
    let access = Access::ALL.iter().find(|(name, _)| *name == access).unwrap().1;
    let scope = step.scope.as_ref().map(|scope| scope.iter().map(|endpoint| endpoint.as_str().into()));
    Permissions { scope: scope.map(Iterator::collect), access }
}

/// Sends one request and looks at its answer.
async fn take(harness: &Harness, step: &Step, at: &str, kept: &mut BTreeMap<String, String>) {
    let body = step.body.as_ref().map(|body| json(&filled(body, kept)));
    let tags = |tags: &[String]| tags.iter().map(|tag| filled(tag, kept)).collect();
    let preconditions = Preconditions { if_match: tags(&step.if_match), if_none_match: tags(&step.if_none_match) };
    harness.warned();
    let answer = harness.send_if(&filled(&step.send, kept), body.as_ref(), preconditions).await;
    check_answer(at, step, &answer, kept);
    let told = harness.provisioned();
    if let Some(outcome) = &step.outcome {
        assert!(told.last().is_some_and(|told| told.ends_with(outcome)), "{at}: {told:?}");
    }
    if let Some(warned) = &step.warned {
        assert_eq!(harness.warned(), *warned, "{at}");
    }
    for (name, place) in &step.keep {
        let value = if place == "ETAG" { answer.etag.clone().unwrap_or_default() } else { answer.text(place) };
        assert!(!value.is_empty(), "{at}: nothing at {place} in {}", answer.body.to_json());
        kept.insert(name.clone(), value);
    }
}

fn check_answer(at: &str, step: &Step, answer: &Answer, kept: &BTreeMap<String, String>) {
    let shown = format!("{at}: {} {}", answer.status, answer.body.to_json());
    match step.status {
        Some(status) => assert_eq!(answer.status, status, "{shown}"),
        None => assert!((200..300).contains(&answer.status), "{shown}"),
    }
    for (place, wanted) in &step.has {
        let have = answer.at(place);
        match wanted.as_str() {
            Some("absent") => assert!(have.is_unassigned(), "{place} is there\n{shown}"),
            Some("present") => assert!(!have.is_unassigned(), "{place} is not there\n{shown}"),
            _ => {
                let wanted = json(&filled(&serde_json::to_string(wanted).unwrap(), kept));
                assert_eq!(have.to_json(), wanted.to_json(), "{place}\n{shown}");
            }
        }
    }
}

/// The longest names first, so that `$a` leaves `$ab` alone.
fn filled(text: &str, kept: &BTreeMap<String, String>) -> String {
    let mut names: Vec<_> = kept.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, (name, value)| {
        // A version's quotes stand inside JSON now and then.
        let value = if text.trim_start().starts_with(['{', '"']) { value.replace('"', "\\\"") } else { value.clone() };
        text.replace(&format!("${name}"), &value)
    })
}

/// Runs every case of a file; each that fails has told why when the count is told.
async fn check_file(text: &str) {
    let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    let mut failed = 0;
    for case in &file.case {
        failed += usize::from(AssertUnwindSafe(check(case)).catch_unwind().await.is_err());
    }
    assert_eq!(failed, 0, "of {} cases", file.case.len());
}

/// What identity providers are known to send, a file for each.
#[tokio::test]
async fn dialogues_of_clients_go_as_written() {
    let mut files: Vec<_> =
        std::fs::read_dir("tests/gateway/clients").unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        println!("{}", file.display());
        check_file(&std::fs::read_to_string(&file).unwrap()).await;
    }
}

#[tokio::test]
async fn rfc_7643_holds_as_a_client_meets_it() {
    check_file(include_str!("gateway/rfc7643.toml")).await;
}

#[tokio::test]
async fn rfc_7644_holds_as_a_client_meets_it() {
    check_file(include_str!("gateway/rfc7644.toml")).await;
}

#[tokio::test]
async fn bulk_requests_are_answered_as_written() {
    check_file(include_str!("gateway/bulk.toml")).await;
}

#[tokio::test]
async fn every_operation_of_a_bulk_request_leaves_its_own_line_in_the_audit() {
    let harness = Harness::start().await;
    let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana"}},
        {"method": "PATCH", "path": "/Users/bulkId:a", "data": {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}},
        {"method": "DELETE", "path": "/Users/bulkId:a"}]}"#;
    let answer = harness.json("POST /Bulk", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body.to_json());
    assert_eq!(harness.provisioned(), ["create created", "patch disabled", "delete deleted"]);
}

#[tokio::test]
async fn a_change_that_could_not_be_read_leaves_a_line_in_the_audit() {
    use postern::scim::Verb;
    let harness = Harness::start().await;
    for (verb, path, status, line) in [
        (Verb::Post, "/Users", 400, "create rejected"),
        (Verb::Post, "/Bulk", 413, "bulk rejected"),
        (Verb::Post, "/Userz", 415, "create rejected"),
        (Verb::Patch, "/Groups/x", 503, "patch failed"),
    ] {
        let facts = harness.refused(verb, path, status);
        assert_eq!(harness.provisioned(), [line], "{verb:?} {path}");
        assert_eq!(facts.resource_type.is_some(), path == "/Users" || path == "/Groups/x", "{path}");
    }
    harness.refused(Verb::Get, "/Users/x", 400);
    harness.refused(Verb::Post, "/Users/.search", 400);
    assert_eq!(harness.provisioned(), [""; 0], "nobody asked for a change");
    for (request, body, line) in [
        ("POST /Userz", "{}", "create rejected"),
        ("PUT /Users", "{}", "replace rejected"),
        ("POST /Bulk", "{}", "bulk rejected"),
        ("DELETE /Schemas", "{}", "delete rejected"),
    ] {
        harness.json(request, body).await;
        assert_eq!(harness.provisioned(), [line], "{request}");
    }
    let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": []}},
        {"method": "DELETE", "path": "/Users/nobody"}]}"#;
    harness.json("POST /Bulk", body).await;
    assert_eq!(harness.provisioned(), ["create rejected", "delete not_found"]);
}

#[tokio::test]
async fn a_bulk_request_may_be_as_large_as_is_advertised() {
    let harness = Harness::start().await;
    let config = harness.send("GET /ServiceProviderConfig", None).await;
    assert_eq!(config.at("bulk.supported"), Value::Boolean(true));
    let most = config.text("bulk.maxOperations").parse::<usize>().unwrap();
    let bytes = config.text("bulk.maxPayloadSize").parse::<u64>().unwrap();
    assert_eq!(postern::server::Limits::default().body, bytes);
    let message = |count: usize| {
        let operations = vec![r#"{"method": "DELETE", "path": "/Users/nobody"}"#; count].join(",");
        format!(
            r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "failOnErrors": 1, "Operations": [{operations}]}}"#
        )
    };
    assert_eq!(harness.json("POST /Bulk", &message(most)).await.status, 200);
    let refused = harness.json("POST /Bulk", &message(most + 1)).await;
    assert_eq!((refused.status, refused.text("scimType").as_str()), (413, ""));
    assert!(refused.text("detail").contains(&most.to_string()), "{}", refused.text("detail"));
}

/// A chain as long as a message may be, written backwards: nothing recurses along it.
#[tokio::test]
async fn references_may_form_a_chain_of_any_length() {
    let harness = Harness::start().await;
    let operation = |number: usize| {
        let manager = match number {
            0 => String::new(),
            _ => format!(
                r#", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {{"manager": {{"value": "bulkId:{}"}}}}"#,
                number - 1
            ),
        };
        format!(
            r#"{{"method": "POST", "path": "/Users", "bulkId": "{number}", "data": {{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "user{number}"{manager}}}}}"#
        )
    };
    let operations: Vec<String> = (0..400).rev().map(operation).collect();
    let body = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [{}]}}"#,
        operations.join(",")
    );
    let answer = harness.json("POST /Bulk", &body).await;
    let answers = answer.at("Operations").elements().to_vec();
    assert_eq!(answers.len(), 400);
    assert_eq!(answer.text("Operations.0.bulkId"), "399");
    assert!(answers.iter().all(|answer| harness::at(answer, "status").to_text() == "201"));
}

#[tokio::test]
async fn tables_translate_as_written() {
    check_file(include_str!("gateway/lookups.toml")).await;
}

#[tokio::test]
async fn accounts_are_found_by_another_field_as_written() {
    check_file(include_str!("gateway/also.toml")).await;
}

#[tokio::test]
async fn leavers_are_acknowledged_as_written() {
    check_file(include_str!("gateway/acknowledged.toml")).await;
}

#[tokio::test]
async fn rules_do_what_their_keys_say() {
    check_file(include_str!("gateway/rules.toml")).await;
}

#[tokio::test]
async fn candidates_are_tried_as_written() {
    check_file(include_str!("gateway/candidates.toml")).await;
}

#[tokio::test]
async fn versions_are_conditions_as_written() {
    check_file(include_str!("gateway/etags.toml")).await;
}

/// Two clients change one person at the same time, each an attribute of two that make a third: never
/// is it made of what was read before the other one's change.
async fn change_together(first: &Arc<Harness>, second: &Arc<Harness>) {
    let id = first.user("ana").await;
    for round in 0..100 {
        let patch = |harness: &Arc<Harness>, path: &str| {
            let (harness, request) = (harness.clone(), format!("PATCH /Users/{id}"));
            let body = format!(
                r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{"op": "replace", "path": "{path}", "value": "{round}"}}]}}"#
            );
            tokio::spawn(async move { harness.json(&request, &body).await.status })
        };
        let both = (patch(first, "name.givenName"), patch(second, "name.familyName"));
        assert_eq!((both.0.await.unwrap(), both.1.await.unwrap()), (200, 200));
        let wrong = first.ask_sql("SELECT count(*) FROM staff WHERE nickname <> first_name || ' ' || last_name");
        assert_eq!(wrong, "0", "round {round}");
    }
}

fn with_full_name(text: String) -> String {
    let rule = "nickName               = { field = \"nickname\", default = \"\" }";
    assert!(text.contains(rule));
    let field = "[User.fields]\nnickname = { value = 'Join(\" \", [name.givenName], [name.familyName])' }";
    text.replace(rule, "").replace("[User.fields]", field)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_gateway_does_not_make_changes_of_what_is_past() {
    let harness = Arc::new(Harness::of("tenant", Profile::Any, with_full_name).await);
    change_together(&harness, &harness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_a_version_two_gateways_do_not_make_changes_of_what_is_past() {
    let change = |text: String| {
        with_full_name(text).replace("key          = \"staff_no\"", "key = \"staff_no\"\nversion = \"revision\"")
    };
    let first = Harness::of("tenant", Profile::Any, change).await;
    first.sql("ALTER TABLE staff ADD COLUMN revision INTEGER NOT NULL DEFAULT 1");
    let (second, first) = (Arc::new(first.replica(change).await), Arc::new(first));
    change_together(&first, &second).await;
    assert_eq!(first.ask_sql("SELECT revision FROM staff"), "201");
}

#[tokio::test]
async fn lists_by_index_lose_nobody() {
    check_file(include_str!("gateway/walks.toml")).await;
}

#[tokio::test]
async fn me_is_the_user_that_a_token_stands_for() {
    check_file(include_str!("gateway/me.toml")).await;
}

#[tokio::test]
async fn a_token_does_what_it_is_for_and_nothing_else() {
    check_file(include_str!("gateway/permissions.toml")).await;
}

#[tokio::test]
async fn lists_go_on_by_cursor_as_written() {
    check_file(include_str!("gateway/cursors.toml")).await;
}

/// RFC 9865 §2.1: what a tenant sealed is nothing to another, and time ends every cursor.
#[test]
fn a_cursor_belongs_to_its_tenant_and_its_hour() {
    use postern::correlation::Seal;
    use postern::scim::cursor::{Cursor, Position};
    let seal = |tenant: &str| Seal::new(&[7; 32], tenant).unwrap();
    let sealed = seal("contoso").seal_text("about\nthis", "text").unwrap();
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    assert!(sealed.bytes().all(unreserved), "{sealed}");
    assert_eq!(seal("contoso").open_text("about\nthis", &sealed).as_deref(), Some("text"));
    assert_eq!(seal("contoso").open_text("about\nthat", &sealed), None);
    assert_eq!(seal("fabrikam").open_text("about\nthis", &sealed), None);
    for position in [Position::Offset(3), Position::After { key: "a b 7".to_owned(), total: 9 }] {
        let cursor = Cursor { position, expires: 1_800_000_000 };
        assert_eq!(Cursor::from_text(&cursor.to_text()), Some(cursor));
    }
}

#[tokio::test]
async fn an_old_cursor_has_expired() {
    use postern::scim::cursor::{Cursor, Position};
    let harness = Harness::start().await;
    let cursor = Cursor { position: Position::Offset(1), expires: 1_700_000_000 };
    let sealed = harness.seal().seal_text("cursor\nUser\n\n", &cursor.to_text()).unwrap();
    let answer = harness.send(&format!("GET /Users?cursor={sealed}"), None).await;
    assert_eq!((answer.status, answer.text("scimType").as_str()), (400, "expiredCursor"));
}

#[tokio::test]
async fn requests_that_are_answered_wrongly_elsewhere() {
    check_file(include_str!("gateway/needs.toml")).await;
}

#[tokio::test]
async fn a_server_is_what_discovery_says() {
    check_file(include_str!("gateway/discovery.toml")).await;
}

#[tokio::test]
async fn members_are_of_several_types_as_written() {
    check_file(include_str!("gateway/members.toml")).await;
}

#[tokio::test]
async fn clauses_hold_as_a_client_meets_them() {
    check_file(include_str!("gateway/clauses.toml")).await;
}

#[tokio::test]
async fn a_patch_is_explained_by_its_operations_and_its_statements() {
    let harness = Harness::start().await;
    let user = br#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann",
        "name": {"givenName": "Ann", "familyName": "Lee"}, "active": true}"#;
    let user = Value::from_json(user, &postern::value::JsonLimits::default()).unwrap();
    let made = harness.send("POST /Users", Some(&user)).await;
    let patch = br#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "replace", "path": "name.familyName", "value": "Nilsson"}]}"#;
    let patch = Value::from_json(patch, &postern::value::JsonLimits::default()).unwrap();
    let lines = harness.explain_patch(&format!("/Users/{}", made.text("id")), &patch).await;
    assert_eq!(lines[0], r#"operation 1: replace name.familyName = "Nilsson""#);
    assert!(lines[1].starts_with("SELECT "), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("UPDATE ") && line.contains("Nilsson")), "{lines:?}");
}
