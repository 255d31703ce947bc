//! What holds for any body, any filter and any people.

use std::collections::BTreeSet;

use postern::quirks::Profile;
use postern::scim::{Filter, Preconditions, RawQuery, RawRequest, Verb};
use postern::value::{Object, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use super::harness::Harness;

pub(super) fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

const VALUES: &[&str] = &[
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "urn:ietf:params:scim:api:messages:2.0:PatchOp",
    "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
    "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
    "add",
    "Replace",
    "remove",
    "POST",
    "DELETE",
    "/Users",
    "/Users/bulkId:a",
    "bulkId:a",
    "a",
    "members",
    "members[value eq \"a\"]",
    "emails[type eq \"work\"].value",
    "name.givenName",
    "active",
    "True",
    "userName eq \"a\"",
    "",
    "\u{0}",
    "\u{1f600}",
    "2026-02-30T00:00:00Z",
    "AAAA",
];

const NAMES: &[&str] = &[
    "schemas",
    "id",
    "externalId",
    "meta",
    "userName",
    "name",
    "givenName",
    "active",
    "password",
    "emails",
    "value",
    "type",
    "primary",
    "display",
    "members",
    "displayName",
    "groups",
    "manager",
    "Operations",
    "op",
    "path",
    "method",
    "bulkId",
    "data",
    "failOnErrors",
    "filter",
    "count",
    "startIndex",
    "cursor",
    "sortBy",
    "attributes",
    "roles",
    "x509Certificates",
    "addresses",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "fooBar",
    "",
    "name.givenName",
];

/// Names that mean something and names that do not, values of every type beside each other.
fn bodies() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(VALUES.to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        prop::sample::select(vec![0, 1, -1, 7, i64::MAX, i64::MIN]).prop_map(Value::Integer),
        prop::sample::select(vec![0.5, -1e300]).prop_map(Value::Decimal),
        text.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = prop::sample::select(NAMES.to_vec());
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let members = prop::collection::vec((names.clone(), inner.clone()), 0..6).prop_map(|members| {
            let mut object = Object::new();
            for (name, value) in members {
                object.set(name, value);
            }
            Value::Object(object)
        });
        prop_oneof![1 => prop::collection::vec(inner, 0..4).prop_map(Value::List), 3 => members]
    })
}

/// A body that is a message of the right kind half the time, so that more than its first line is read.
fn meant(mut body: Value, path: &[String], verb: Verb) -> Value {
    let urn = match (verb, path.first().map(String::as_str), path.last().map(String::as_str)) {
        (Verb::Patch, _, _) => "urn:ietf:params:scim:api:messages:2.0:PatchOp",
        (_, Some("Bulk"), _) => "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
        (_, _, Some(".search")) => "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
        (_, Some("Groups"), _) => "urn:ietf:params:scim:schemas:core:2.0:Group",
        _ => "urn:ietf:params:scim:schemas:core:2.0:User",
    };
    if let Some(object) = body.as_object_mut() {
        object.set("schemas", Value::List(vec![urn.into()]));
    }
    body
}

#[test]
fn any_body_gets_a_scim_answer() {
    let runtime = Runtime::new().unwrap();
    let (harness, user, group) = runtime.block_on(async {
        let harness = Harness::start().await;
        let user = harness.user("ana").await;
        let group = harness.group("Guides", &[&user]).await;
        (harness, user, group)
    });
    let paths: Vec<(Verb, String)> = vec![
        (Verb::Post, "Users".to_owned()),
        (Verb::Post, "Groups".to_owned()),
        (Verb::Put, format!("Users/{user}")),
        (Verb::Put, format!("Groups/{group}")),
        (Verb::Patch, format!("Users/{user}")),
        (Verb::Patch, format!("Groups/{group}")),
        (Verb::Post, "Users/.search".to_owned()),
        (Verb::Post, ".search".to_owned()),
        (Verb::Post, "Bulk".to_owned()),
    ];
    let requests = (prop::sample::select(paths), bodies(), any::<bool>());
    let done = runner(1500).run(&requests, |((verb, path), body, right)| {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let body = if right { meant(body, &path, verb) } else { body };
        let raw = RawRequest {
            verb,
            path,
            query: RawQuery::default(),
            body: Some(body),
            preconditions: Preconditions::default(),
        };
        let answer = runtime.block_on(harness.ask(raw));
        prop_assert!([200, 201, 204, 400, 404, 409, 412].contains(&answer.status), "{:?}", answer);
        if answer.status >= 400 {
            prop_assert_eq!(answer.text("schemas.0"), "urn:ietf:params:scim:api:messages:2.0:Error");
        }
        Ok(())
    });
    done.unwrap();
}

#[test]
fn any_text_as_a_filter_gets_a_scim_answer() {
    let runtime = Runtime::new().unwrap();
    let harness = runtime.block_on(Harness::start());
    let word = prop::sample::select(vec![
        "userName",
        "emails[",
        "]",
        ".value",
        "(",
        ")",
        "not",
        "and",
        "or",
        "eq",
        "co",
        "pr",
        "gt",
        "\"a\"",
        "true",
        "null",
        "5",
        "type",
        "meta.created",
        "id",
        "externalId",
        "groups",
        "\"",
        "\\",
        "\u{0}",
        "é",
        "$ref",
        ".",
    ]);
    let texts = prop_oneof![".{0,40}", prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))];
    let done = runner(1500).run(&texts, |filter| {
        let query = RawQuery(vec![("filter".to_owned(), filter)]);
        for path in [vec!["Users".to_owned()], Vec::new()] {
            let raw = RawRequest {
                verb: Verb::Get,
                path,
                query: query.clone(),
                body: None,
                preconditions: Preconditions::default(),
            };
            let answer = runtime.block_on(harness.ask(raw));
            prop_assert!(
                answer.status == 200 || (answer.status == 400 && answer.text("scimType") == "invalidFilter"),
                "{:?}",
                answer
            );
        }
        Ok(())
    });
    done.unwrap();
}

/// Texts that differ in case, in spelling, in the signs of LIKE, and not at all.
const TEXTS: &[&str] = &[
    "ana",
    "Ana",
    "ANNA",
    "\u{e9}lan",
    "\u{c9}LAN",
    "e\u{301}lan",
    "elan",
    "a_b",
    "a%b",
    "aXb",
    "'",
    "b\\c",
    "10",
    "9",
];

fn person() -> impl Strategy<Value = Value> {
    let text = || prop::option::of(prop::sample::select(TEXTS.to_vec()));
    let emails = prop::collection::vec(
        (prop::sample::select(TEXTS.to_vec()), prop::sample::select(vec!["work", "home"]), any::<bool>()),
        0..3,
    );
    (text(), text(), text(), prop::option::of(any::<bool>()), emails, text()).prop_map(
        |(title, given, department, active, emails, external)| {
            let mut body = Object::new();
            body.set("schemas", Value::List(vec!["urn:ietf:params:scim:schemas:core:2.0:User".into()]));
            body.set("title", title.map_or(Value::Null, Value::from));
            body.set("externalId", external.map_or(Value::Null, Value::from));
            body.set("name", Object::from_iter([("givenName", given.map_or(Value::Null, Value::from))]));
            body.set("active", active.map_or(Value::Null, Value::Boolean));
            let mut one_primary = true;
            let emails = emails.into_iter().map(|(value, kind, primary)| {
                let mut email = Object::new();
                email.set("value", value);
                email.set("type", kind);
                if primary && std::mem::take(&mut one_primary) {
                    email.set("primary", true);
                }
                Value::Object(email)
            });
            body.set("emails", Value::List(emails.collect()));
            body.set(
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                Object::from_iter([("department", department.map_or(Value::Null, Value::from))]),
            );
            Value::Object(body)
        },
    )
}

fn filters() -> impl Strategy<Value = String> {
    let text = prop::sample::select(TEXTS.iter().copied().chain(["a", "", "%", "_"]).collect::<Vec<_>>());
    let op = prop::sample::select(vec!["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
    let path = prop::sample::select(vec![
        "title",
        "userName",
        "name.givenName",
        "emails.value",
        "emails.type",
        "nickName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    ]);
    let quoted = |text: &str| Value::from(text).to_json();
    let compare = (path.clone(), op.clone(), text.clone())
        .prop_map(move |(path, op, text)| format!("{path} {op} {}", quoted(text)));
    let external = text.clone().prop_map(move |text| format!("externalId eq {}", quoted(text)));
    let present = path.prop_map(|path| format!("{path} pr"));
    let fixed = prop::sample::select(vec![
        "active eq true",
        "active ne false",
        "active pr",
        "title eq null",
        "name.givenName ne null",
        "emails pr",
        "name pr",
        "emails.primary eq true",
        "emails.primary eq false",
        "emails.primary ne false",
        "emails[type eq \"work\" and primary eq false]",
        "emails[primary ne false]",
        "id pr",
        "externalId pr",
        "meta.created gt \"2020-01-01T00:00:00Z\"",
        "emails[type eq \"work\" and primary eq true]",
        "emails[not (type eq \"work\")]",
    ])
    .prop_map(str::to_owned);
    let element =
        (op, text).prop_map(move |(op, text)| format!("emails[type eq \"work\" and value {op} {}]", quoted(text)));
    prop_oneof![4 => compare, 1 => present, 1 => fixed, 1 => element, 1 => external].prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|filter| format!("not ({filter})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}

/// The application's answer to what was pushed down, against `Filter::matches` over everybody.
#[test]
fn the_application_finds_whom_the_filter_means() {
    let runtime = Runtime::new().unwrap();
    let mut people_runner = runner(1);
    let people = prop::collection::vec(person(), 40);
    let sampled = std::cell::RefCell::new(Vec::new());
    people_runner
        .run(&people, |people| {
            *sampled.borrow_mut() = people;
            Ok(())
        })
        .unwrap();
    let mut people = sampled.into_inner();
    let (harness, everybody) = runtime.block_on(async {
        let harness = Harness::of("tenant", Profile::Strict, |mapping| mapping).await;
        for (number, person) in people.iter_mut().enumerate() {
            let name = format!("{}{number}", TEXTS[number % TEXTS.len()]);
            person.as_object_mut().unwrap().set("userName", name);
            let answer = harness.send("POST /Users", Some(person)).await;
            assert_eq!(answer.status, 201, "{}\n{}", answer.body.to_json(), person.to_json());
        }
        let everybody = harness.send("GET /Users", None).await.at("Resources").elements().to_vec();
        (harness, everybody)
    });
    assert_eq!(everybody.len(), 40);
    let kind = harness.types.named("User").unwrap().clone();
    let done = runner(1200).run(&filters(), |text| {
        let filter = Filter::parse(&text, &kind).unwrap();
        let means = |person: &&Value| filter.matches(person.as_object().unwrap());
        let ids = |people: &[Value]| -> BTreeSet<String> {
            people.iter().map(|person| super::harness::at(person, "userName").to_text()).collect()
        };
        let wanted = ids(&everybody.iter().filter(means).cloned().collect::<Vec<_>>());
        let query = RawQuery(vec![("filter".to_owned(), text.clone())]);
        let raw = RawRequest {
            verb: Verb::Get,
            path: vec!["Users".to_owned()],
            query,
            body: None,
            preconditions: Preconditions::default(),
        };
        let answer = runtime.block_on(harness.ask(raw));
        prop_assert_eq!(answer.status, 200, "{}: {}", text, answer.body.to_json());
        let found = ids(answer.at("Resources").elements());
        prop_assert_eq!(&found, &wanted, "{}", text);
        prop_assert_eq!(answer.at("totalResults"), Value::Integer(i64::try_from(wanted.len()).unwrap()));
        Ok(())
    });
    done.unwrap();
}
