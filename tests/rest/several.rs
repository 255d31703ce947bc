//! Members of several types: each has its own place and its own calls.

use std::sync::Arc;

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::MembersChange;
use postern::record::{FieldName, FieldShape, Member, RecordShape};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fetch, key, update};

fn groups(application: &Scripted, members: &str) -> Arc<dyn Downstream> {
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{}\"\n[User]\nkey = \"$.id\"\n[User.calls]\n\
         read = {{ get = \"/users/{{key}}\" }}\n[Group]\nkey = \"$.id\"\n[Group.calls]\n\
         read = {{ get = \"/groups/{{key}}\" }}\n{members}",
        application.address
    );
    let name = |name: &str, label: &str| FieldShape {
        name: FieldName::new(name),
        list: None,
        label: Arc::from(label),
        read: true,
        written: true,
        once: false,
    };
    let user = RecordShape {
        resource: Arc::from("User"),
        fields: vec![name("$.login", "userName")],
        members: Vec::new(),
        looked_up: false,
    };
    let group = RecordShape {
        resource: Arc::from("Group"),
        fields: vec![name("$.name", "displayName")],
        members: vec![Arc::from("User"), Arc::from("Group")],
        looked_up: false,
    };
    let (driver, problems) = bind_shapes(&text, &[user, group]);
    driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
}

fn member(resource: &str, id: u32) -> Member {
    Member { resource: Arc::from(resource), key: key(id), display: None }
}

async fn shown(driver: &dyn Downstream) -> Vec<String> {
    let members = driver.fetch(&fetch("Group", 6)).await.unwrap().unwrap().members.unwrap();
    members.iter().map(|member| format!("{}:{}", member.resource, member.key)).collect()
}

const ONE_LIST: &str = r#"
[Group.members.User]
list   = { field = "$.members[*].id" }
where  = { "$.members[*].kind" = "user" }
add    = { post = "/groups/{key}/members", json = { id = "{member}", kind = "user" } }
remove = { delete = "/groups/{key}/members/user/{member}" }
[Group.members.Group]
list   = { field = "$.members[*].id" }
where  = { "$.members[*].kind" = "group" }
add    = { post = "/groups/{key}/members", json = { id = "{member}", kind = "group" } }
remove = { delete = "/groups/{key}/members/group/{member}" }
"#;

#[tokio::test]
async fn one_list_may_hold_members_of_several_types_that_say_which() {
    let application = Scripted::start(|request| match request.split(' ').next() {
        Some("GET") => json(
            200,
            "",
            r#"{"id":6,"name":"Dev","members":[{"id":1,"kind":"user"},{"id":1,"kind":"group"},{"id":2,"kind":"robot"}]}"#,
        ),
        _ => json(200, "", "{}"),
    })
    .await;
    let driver = groups(&application, ONE_LIST);
    assert_eq!(shown(&*driver).await, ["User:1", "Group:1"]);
    application.calls();
    let delta =
        MembersChange::Delta { add: vec![member("Group", 3), member("User", 4)], remove: vec![member("User", 1)] };
    let plan = update("Group", 6, &[], delta);
    let explained = driver.explain(&AnyPlan::Update(&plan));
    driver.update(&plan).await.unwrap();
    let calls = [
        r#"POST /groups/6/members {"id":4,"kind":"user"}"#,
        "DELETE /groups/6/members/user/1",
        r#"POST /groups/6/members {"id":3,"kind":"group"}"#,
    ];
    assert_eq!(application.calls(), calls);
    assert_eq!(explained.len(), 3, "{explained:?}");
    // The same key is two members: the group stays, the user goes.
    let all = MembersChange::Replace(vec![member("Group", 1)]);
    driver.update(&update("Group", 6, &[], all)).await.unwrap();
    assert_eq!(application.calls(), ["GET /groups/6", "DELETE /groups/6/members/user/1", "GET /groups/6"]);
}

#[tokio::test]
async fn each_type_may_have_a_list_and_a_way_of_its_own() {
    let application = Scripted::start(|request| {
        let answer = |body: &str| -> Reply { json(200, "", body) };
        match request.split(" HTTP").next() {
            Some("GET /groups/6") => answer(r#"{"id":6,"name":"Dev","users":[1,2]}"#),
            Some("GET /groups/6/children") => answer(r#"[{"id":7}]"#),
            Some("PUT /groups/6/users") => answer("{}"),
            Some("PUT /groups/6/children/9") => json(503, "", "{}"),
            _ => json(404, "content-type: text/html\r\n", "<html>"),
        }
    })
    .await;
    let driver = groups(
        &application,
        r#"
[Group.members.User]
list    = { field = "$.users[*]" }
replace = { put = "/groups/{key}/users", json = "{members}" }
[Group.members.Group]
list   = { get = "/groups/{key}/children", items = "$[*]", field = "$.id" }
add    = { put = "/groups/{key}/children/{member}" }
remove = { delete = "/groups/{key}/children/{member}" }
"#,
    );
    assert_eq!(shown(&*driver).await, ["User:1", "User:2", "Group:7"]);
    application.calls();
    let all = MembersChange::Replace(vec![member("User", 3), member("Group", 7)]);
    driver.update(&update("Group", 6, &[], all)).await.unwrap();
    assert_eq!(application.calls(), ["PUT /groups/6/users [3]", "GET /groups/6/children"]);
    let add = MembersChange::Delta { add: vec![member("Group", 8)], remove: Vec::new() };
    let refused = driver.update(&update("Group", 6, &[], add)).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::UnknownMember(key(8)));
    // What cannot be sent is unavailable, but not when something else was changed before it.
    let kind = |refused: postern::downstream::DownstreamError| refused.kind;
    let add = |members| MembersChange::Delta { add: members, remove: Vec::new() };
    let both = update("Group", 6, &[], add(vec![member("User", 3), member("Group", 9)]));
    assert_eq!(kind(driver.update(&both).await.unwrap_err()), ErrorKind::Ambiguous);
    let one = update("Group", 6, &[], add(vec![member("Group", 9)]));
    assert!(matches!(kind(driver.update(&one).await.unwrap_err()), ErrorKind::Unavailable { .. }));
}
