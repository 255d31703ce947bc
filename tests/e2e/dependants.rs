//! What hangs on an account or a group in the application when it is deleted: data that no SCIM
//! client knows of, and that the mapping must clear away or leave whole.

use tokio_postgres::NoTls;

use super::process::{Postern, fresh_word};
use super::target::{Target, told};

/// A connection to the application's database, past the gateway.
async fn database(variable: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&told(variable), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn number(database: &tokio_postgres::Client, question: &str) -> i64 {
    database.query_one(question, &[]).await.unwrap().get(0)
}

/// Makes a user; gives its SCIM id.
async fn user(postern: &Postern, name: &str) -> String {
    let body = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{name}", "active": true,
             "emails": [{{"type": "work", "value": "{name}@fabrikam.example"}}], "name": {{"givenName": "Di", "familyName": "Ng"}}}}"#
    );
    made(postern, "/Users", &body).await
}

async fn made(postern: &Postern, path: &str, body: &str) -> String {
    let reply = postern.client.send("POST", path, Some(body)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn delete(postern: &Postern, path: &str) -> u16 {
    postern.client.send("DELETE", path, None).await.status
}

/// Django's foreign keys are checked at the end of a transaction only: a deletion that they forbid
/// looks well until then.
pub(super) async fn django() {
    let database = database("POSTERN_TEST_DJANGO_DSN").await;
    let name = fresh_word();
    let line = format!(
        "INSERT INTO django_admin_log (action_time, object_repr, action_flag, change_message, user_id)
         SELECT now(), 'x', 1, '', id FROM auth_user WHERE username = '{name}'"
    );
    let permission = format!(
        "INSERT INTO auth_user_user_permissions (user_id, permission_id)
         SELECT u.id, p.id FROM auth_user u, auth_permission p WHERE u.username = '{name}'"
    );
    let accounts = format!("SELECT count(*) FROM auth_user WHERE username = '{name}'");

    let forgetful = [(r#""DELETE FROM django_admin_log WHERE user_id = :key","#, "")];
    let postern = Target::Django.start_changed(&forgetful).await;
    let id = user(&postern, &name).await;
    database.batch_execute(&format!("{line}; {permission}")).await.unwrap();
    let reply = postern.client.send("DELETE", &format!("/Users/{id}"), None).await;
    reply.assert_scim_error(400);
    assert_eq!(number(&database, &accounts).await, 1);
    let permissions = format!(
        "SELECT count(*) FROM auth_user_user_permissions p JOIN auth_user u ON u.id = p.user_id WHERE username = '{name}'"
    );
    assert!(number(&database, &permissions).await > 0, "a refused deletion changed something");
    assert_eq!(postern.client.send("GET", &format!("/Users/{id}"), None).await.status, 200);

    let postern = Target::Django.start().await;
    let found = postern.client.send("GET", &format!("/Users?filter=userName eq \"{name}\""), None).await;
    let id = found.body["Resources"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(delete(&postern, &format!("/Users/{id}")).await, 204);
    assert_eq!(number(&database, &accounts).await, 0);
}

/// A group with a role in a project, which its member has inherited: Redmine takes both away with the
/// group, and leaves the role that the member has by itself elsewhere.
pub(super) async fn redmine_by_sql() {
    let database = database("POSTERN_TEST_REDMINE_DSN").await;
    let postern = Target::RedmineSql.start().await;
    let name = fresh_word();
    let member = user(&postern, &name).await;
    let body = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "G{name}", "members": [{{"value": "{member}"}}]}}"#
    );
    let group = made(&postern, "/Groups", &body).await;
    let who = format!("SELECT id FROM users WHERE login = '{name}'");
    let which = format!("SELECT id FROM users WHERE lastname = 'G{name}'");
    database
        .batch_execute(&format!(
            "WITH gm AS (INSERT INTO members (user_id, project_id) SELECT ({which}), 7001 RETURNING id),
                  gr AS (INSERT INTO member_roles (member_id, role_id) SELECT id, 3 FROM gm RETURNING id),
                  um AS (INSERT INTO members (user_id, project_id) SELECT ({who}), 7001 RETURNING id)
             INSERT INTO member_roles (member_id, role_id, inherited_from) SELECT um.id, 3, gr.id FROM um, gr;
             WITH um AS (INSERT INTO members (user_id, project_id) SELECT ({who}), 7002 RETURNING id)
             INSERT INTO member_roles (member_id, role_id) SELECT id, 4 FROM um;
             INSERT INTO watchers (watchable_type, watchable_id, user_id) SELECT 'Issue', 1, ({which});"
        ))
        .await
        .unwrap();
    let group_key = number(&database, &which.replace("SELECT id", "SELECT id::bigint")).await;
    assert_eq!(delete(&postern, &format!("/Groups/{group}")).await, 204);
    let left = |table: &str| format!("SELECT count(*) FROM {table} WHERE user_id = {group_key}");
    for table in ["members", "watchers"] {
        assert_eq!(number(&database, &left(table)).await, 0, "{table}");
    }
    let projects = format!("SELECT count(*) FROM members WHERE user_id = ({who}) AND project_id = ");
    assert_eq!(number(&database, &format!("{projects} 7001")).await, 0, "inherited by the group");
    assert_eq!(number(&database, &format!("{projects} 7002")).await, 1, "the member's own");
    let orphans =
        "SELECT count(*) FROM member_roles r WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.id = r.member_id)";
    assert_eq!(number(&database, orphans).await, 0);
    assert_eq!(delete(&postern, &format!("/Users/{member}")).await, 204);
}

/// The change to the mapping that `mappings/redmine.md` tells for those who want accounts deleted.
pub(super) async fn redmine_by_rest_for_good() {
    let changes = [
        (
            "then = \"read\" }\nfind.userName",
            "then = \"read\" }\ndelete = { delete = \"/users/{key}.json\" }\nfind.userName",
        ),
        ("delete = \"disable\"", "delete = \"delete\""),
    ];
    let postern = Target::RedmineRest.start_changed(&changes).await;
    let name = fresh_word();
    let id = user(&postern, &name).await;
    assert_eq!(Target::RedmineRest.ask(&postern, &format!("user {name}"))["active"], true);
    assert_eq!(delete(&postern, &format!("/Users/{id}")).await, 204);
    assert_eq!(Target::RedmineRest.ask(&postern, &format!("user {name}")), serde_json::Value::Null);
    assert_eq!(delete(&postern, &format!("/Users/{id}")).await, 404);
    // Deleted by somebody else, past the gateway: gone is gone.
    let id = user(&postern, &name).await;
    let other = Target::RedmineRest.start_changed(&changes).await;
    let found = other.client.send("GET", &format!("/Users?filter=userName eq \"{name}\""), None).await;
    let others = found.body["Resources"][0]["id"].as_str().unwrap();
    assert_eq!(delete(&other, &format!("/Users/{others}")).await, 204);
    for method in ["GET", "DELETE"] {
        assert_eq!(postern.client.send(method, &format!("/Users/{id}"), None).await.status, 404, "{method}");
    }
}
