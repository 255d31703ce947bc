//! Every operation on the mapping of the manual, with the calls that it costs.

use std::sync::Arc;

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::{DeletePlan, MembersChange, Predicate};
use postern::record::{FieldName, Record};
use postern::value::Value;

use super::application::Application;
use super::support::{
    REDMINE, at, driver, equal, fetch, insert_group, insert_user, key, member, select, unique, update,
};

async fn redmine() -> (Application, Arc<dyn Downstream>) {
    let application = Application::start().await;
    let driver = driver(&at(REDMINE, application.address));
    (application, driver)
}

fn field(record: &Record, name: &str) -> Value {
    record.fields.get(&FieldName::new(name)).clone()
}

fn delete(resource: &str, id: i64) -> DeletePlan {
    DeletePlan { resource: Arc::from(resource), key: key(id), token: Default::default() }
}

#[tokio::test]
async fn creating_a_user_asks_whether_the_name_is_taken_and_posts() {
    let (application, driver) = redmine().await;
    let record = driver.insert(&insert_user("bjensen")).await.unwrap();
    assert_eq!(record.key, key(5));
    assert_eq!(field(&record, "$.status"), Value::Integer(1));
    assert_eq!(
        application.calls(),
        [
            "GET /users.json?status=&name=bjensen&offset=0&limit=100",
            r#"POST /users.json {"user":{"login":"bjensen","firstname":"Barbara","lastname":"Jensen","status":"1","mail":"bjensen@example.com","password":"x1Y2z3abc!"}}"#,
        ]
    );
}

#[tokio::test]
async fn a_taken_name_is_found_before_anything_is_written() {
    let (application, driver) = redmine().await;
    application.user("BJensen", 3);
    let error = driver.insert(&insert_user("bjensen")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Uniqueness { label: Some("userName".to_owned()) });
    assert_eq!(application.calls().len(), 1);
}

#[tokio::test]
async fn a_taken_address_is_a_conflict_by_the_rule_of_errors() {
    let (application, driver) = redmine().await;
    application.user("other", 1);
    let mut plan = insert_user("bjensen");
    plan.fields.set(&FieldName::new("$.mail"), "Other@example.com".into());
    let error = driver.insert(&plan).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Uniqueness { label: None });
}

#[tokio::test]
async fn a_refused_value_is_told_in_words_of_ours() {
    let (_application, driver) = redmine().await;
    let mut plan = insert_user("bjensen");
    plan.fields = super::support::fields(&[("$.login", "bjensen".into())]);
    let error = driver.insert(&plan).await.unwrap_err();
    let reason = "was refused by the application".to_owned();
    assert_eq!(error.kind, ErrorKind::Invalid { label: None, reason });
    assert!(error.detail.contains("Email cannot be blank"), "{}", error.detail);
}

#[tokio::test]
async fn a_record_is_read_with_one_call_and_a_missing_one_too() {
    let (application, driver) = redmine().await;
    let id = application.user("bjensen", 3);
    let record = driver.fetch(&fetch("User", id)).await.unwrap().unwrap();
    assert_eq!(field(&record, "$.status"), Value::Integer(3));
    assert!(!record.fields.contains(&FieldName::new("$.password")));
    assert_eq!(driver.fetch(&fetch("User", 999)).await.unwrap(), None);
    assert_eq!(application.calls(), [format!("GET /users/{id}.json"), "GET /users/999.json".to_owned()]);
}

#[tokio::test]
async fn a_list_that_leaves_fields_out_is_completed_by_reading() {
    let (application, driver) = redmine().await;
    let ids = [application.user("a", 1), application.user("b", 3), application.user("c", 1)];
    let page = driver.select(&select("User", Predicate::True, 1, 2)).await.unwrap();
    assert_eq!(page.total, 3);
    let statuses: Vec<_> = page.records.iter().map(|record| (record.key.clone(), field(record, "$.status"))).collect();
    assert_eq!(statuses, [(key(ids[1]), Value::Integer(3)), (key(ids[2]), Value::Integer(1))]);
    let mut calls = application.calls();
    calls.sort();
    let read = |id: i64| format!("GET /users/{id}.json");
    assert_eq!(calls, ["GET /users.json?status=&offset=1&limit=2".to_owned(), read(ids[1]), read(ids[2])]);
}

#[tokio::test]
async fn a_list_longer_than_a_page_is_walked() {
    let (application, driver) = redmine().await;
    for number in 0..230 {
        application.user(&format!("user{number}"), 1);
    }
    let page = driver.select(&select("User", Predicate::True, 20, 205)).await.unwrap();
    assert_eq!((page.records.len(), page.total), (205, 230));
    let lists: Vec<_> = application.calls().into_iter().filter(|call| call.contains("users.json")).collect();
    let list = |offset, limit| format!("GET /users.json?status=&offset={offset}&limit={limit}");
    assert_eq!(lists, [list(20, 100), list(120, 100), list(220, 5)]);
    let page = driver.select(&select("User", Predicate::True, 500, 10)).await.unwrap();
    assert_eq!((page.records.len(), page.total), (0, 230));
}

#[tokio::test]
async fn a_lookup_keeps_only_what_is_equal_and_sees_locked_users() {
    let (application, driver) = redmine().await;
    for number in 0..130 {
        application.user(&format!("ann{number}"), 1);
    }
    let id = application.user("Ann", 3);
    let page = driver.select(&select("User", equal("$.login", "ann"), 0, 10)).await.unwrap();
    assert_eq!(page.records.iter().map(|record| record.key.clone()).collect::<Vec<_>>(), [key(id)]);
    assert_eq!((page.total, field(&page.records[0], "$.status")), (1, Value::Integer(3)));
    assert_eq!(
        application.calls(),
        [
            "GET /users.json?status=&name=ann&offset=0&limit=100".to_owned(),
            "GET /users.json?status=&name=ann&offset=100&limit=100".to_owned(),
            format!("GET /users/{id}.json"),
        ]
    );
    let nobody = driver.select(&select("User", equal("$.login", "nobody"), 0, 10)).await.unwrap();
    assert_eq!((nobody.records.len(), nobody.total), (0, 0));
}

#[tokio::test]
async fn an_update_sends_what_changes_and_reads_again() {
    let (application, driver) = redmine().await;
    let id = application.user("bjensen", 1);
    let plan = update("User", id, &[("$.status", "3".into())], MembersChange::None);
    let record = driver.update(&plan).await.unwrap().unwrap();
    assert_eq!(field(&record, "$.status"), Value::Integer(3));
    let put = format!(r#"PUT /users/{id}.json {{"user":{{"status":"3"}}}}"#);
    assert_eq!(application.calls(), [put, format!("GET /users/{id}.json")]);
    let plan = update("User", 999, &[("$.status", "3".into())], MembersChange::None);
    assert_eq!(driver.update(&plan).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_rename_to_ones_own_name_is_no_conflict_to_anothers_is() {
    let (application, driver) = redmine().await;
    let id = application.user("bjensen", 1);
    application.user("other", 1);
    let mut plan = update("User", id, &[("$.login", "BJensen".into())], MembersChange::None);
    plan.unique = vec![unique("$.login", "BJensen")];
    driver.update(&plan).await.unwrap().unwrap();
    plan.unique = vec![unique("$.login", "other")];
    let kind = driver.update(&plan).await.unwrap_err().kind;
    assert_eq!(kind, ErrorKind::Uniqueness { label: Some("userName".to_owned()) });
}

#[tokio::test]
async fn a_record_is_deleted_once() {
    let (application, driver) = redmine().await;
    let id = application.user("bjensen", 1);
    assert!(driver.delete(&delete("User", id)).await.unwrap());
    assert!(!driver.delete(&delete("User", id)).await.unwrap());
    assert_eq!(application.calls().len(), 2);
}

#[tokio::test]
async fn a_group_is_created_with_its_members() {
    let (application, driver) = redmine().await;
    let (a, b) = (application.user("a", 1), application.user("b", 1));
    let record = driver.insert(&insert_group("Developers", vec![member(a), member(b)])).await.unwrap();
    assert_eq!(field(&record, "$.name"), Value::from("Developers"));
    let calls = application.calls();
    assert_eq!(calls[0], r#"POST /groups.json {"group":{"name":"Developers"}}"#);
    assert!(calls.contains(&format!(r#"POST /groups/{}/users.json {{"user_id":{a}}}"#, record.key)), "{calls:?}");
    assert_eq!(calls.len(), 3);
    let record = driver.fetch(&fetch("Group", &record.key)).await.unwrap().unwrap();
    assert_eq!(record.members, Some(vec![member(a), member(b)]));
}

#[tokio::test]
async fn a_group_with_a_member_that_does_not_exist_is_not_left_behind() {
    let (application, driver) = redmine().await;
    let a = application.user("a", 1);
    let error = driver.insert(&insert_group("Developers", vec![member(a), member(777)])).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::UnknownMember(key(777)));
    assert!(application.state().groups.is_empty());
}

#[tokio::test]
async fn one_member_more_and_one_less_cost_one_call_each() {
    let (application, driver) = redmine().await;
    let (a, b) = (application.user("a", 1), application.user("b", 1));
    let group = driver.insert(&insert_group("Developers", vec![member(a)])).await.unwrap().key;
    application.calls();
    let change = MembersChange::Delta { add: vec![member(b)], remove: vec![member(a)] };
    assert_eq!(driver.update(&update("Group", &group, &[], change)).await.unwrap(), None);
    assert_eq!(
        application.calls(),
        [
            format!(r#"POST /groups/{group}/users.json {{"user_id":{b}}}"#),
            format!("DELETE /groups/{group}/users/{a}.json")
        ]
    );
    let id: i64 = group.as_str().parse().unwrap();
    assert_eq!(application.state().groups[&id].1.iter().copied().collect::<Vec<_>>(), [b]);
}

#[tokio::test]
async fn a_member_who_is_there_already_is_no_error_but_an_unknown_one_is() {
    let (application, driver) = redmine().await;
    let a = application.user("a", 1);
    let group = driver.insert(&insert_group("Developers", vec![member(a)])).await.unwrap().key;
    let add = |id| update("Group", &group, &[], MembersChange::Delta { add: vec![member(id)], remove: vec![] });
    driver.update(&add(a)).await.unwrap();
    assert_eq!(driver.update(&add(777)).await.unwrap_err().kind, ErrorKind::UnknownMember(key(777)));
    let mut nowhere = add(a);
    nowhere.key = key(999);
    assert_eq!(driver.update(&nowhere).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn replacing_members_without_a_call_for_it_changes_only_the_difference() {
    let (application, driver) = redmine().await;
    let (a, b, c) = (application.user("a", 1), application.user("b", 1), application.user("c", 1));
    let group = driver.insert(&insert_group("Developers", vec![member(a), member(b)])).await.unwrap().key;
    application.calls();
    let plan = update("Group", &group, &[("$.name", "Dev".into())], MembersChange::Replace(vec![member(b), member(c)]));
    let record = driver.update(&plan).await.unwrap().unwrap();
    assert_eq!(record.members, Some(vec![member(b), member(c)]));
    assert_eq!(
        application.calls(),
        [
            format!(r#"PUT /groups/{group}.json {{"group":{{"name":"Dev"}}}}"#),
            format!("GET /groups/{group}.json?include=users"),
            format!(r#"POST /groups/{group}/users.json {{"user_id":{c}}}"#),
            format!("DELETE /groups/{group}/users/{a}.json"),
            format!("GET /groups/{group}.json?include=users"),
        ]
    );
}

#[tokio::test]
async fn a_whole_list_is_put_where_the_mapping_says_so() {
    let application = Application::start().await;
    let replace = "[Group.members]\nreplace = { put = \"/groups/{key}.json\", json = { group = { user_ids = \"{members}\" } } }\n";
    let text = at(REDMINE, application.address).replace("[Group.members]\n", replace);
    let driver = driver(&text);
    let (a, b) = (application.user("a", 1), application.user("b", 1));
    let group = driver.insert(&insert_group("Developers", Vec::new())).await.unwrap().key;
    application.calls();
    driver.update(&update("Group", &group, &[], MembersChange::Replace(vec![member(a), member(b)]))).await.unwrap();
    assert_eq!(application.calls(), [format!(r#"PUT /groups/{group}.json {{"group":{{"user_ids":[{a},{b}]}}}}"#)]);
}

#[tokio::test]
async fn groups_are_listed_with_members_when_these_are_wanted() {
    let (application, driver) = redmine().await;
    let a = application.user("a", 1);
    driver.insert(&insert_group("Developers", vec![member(a)])).await.unwrap();
    driver.insert(&insert_group("Testers", Vec::new())).await.unwrap();
    application.calls();
    let mut plan = select("Group", Predicate::True, 0, 100);
    let page = driver.select(&plan).await.unwrap();
    assert_eq!((page.total, page.records[0].members.clone()), (2, None));
    assert_eq!(application.calls(), ["GET /groups.json"]);
    plan.want.members = true;
    let page = driver.select(&plan).await.unwrap();
    assert_eq!(page.records[0].members, Some(vec![member(a)]));
    assert_eq!(page.records[1].members, Some(Vec::new()));
    assert_eq!(application.calls().len(), 3);
}

#[tokio::test]
async fn plans_are_explained_without_a_call() {
    let (application, driver) = redmine().await;
    assert_eq!(
        driver.explain(&AnyPlan::Insert(&insert_group("Dev", vec![member(7)]))),
        [r#"POST /groups.json {"group":{"name":"Dev"}}"#, r#"POST /groups/NEW/users.json {"user_id":7}"#]
    );
    assert_eq!(
        driver.explain(&AnyPlan::Select(&select("User", equal("$.login", "a b&c"), 0, 10))),
        ["GET /users.json?status=&name=a%20b%26c&offset=0&limit=100"]
    );
    assert!(application.calls().is_empty());
    driver.probe().await.unwrap();
    assert_eq!(application.calls(), ["GET /users.json?status=&offset=0&limit=1"]);
}
