//! The whole gateway in front of real applications: `postern serve` as a process, SCIM over TLS, and
//! after each step the application's own view.
//!
//! The demo's SQLite needs nothing. The others are ignored here and run by `tests/run`, which starts
//! the applications and exports where they are.

pub(crate) mod client;
mod crowd;
mod dependants;
mod directus;
mod guessed;
mod journey;
pub(crate) mod json;
pub(crate) mod legacy;
mod outage;
mod passwords;
mod process;
mod stall;
mod target;
mod view;
mod wordpress;
mod zabbix;

pub(crate) use process::{Folder, Metrics, Process, admin_get, free_address, wait_until_ready};

use journey::{Journey, Told, Walk};
use target::{Part, Target};

/// Walks every journey over a target; gives what was answered.
async fn walk(target: Target, restarts: bool) -> Vec<Told> {
    let mut postern = target.start().await;
    let mut told = Vec::new();
    for text in target.journeys() {
        told.extend(Walk::new(target, &mut postern, restarts).go(&Journey::read(&text)).await);
    }
    told
}

#[tokio::test]
async fn demo() {
    walk(Target::Demo, false).await;
}

#[tokio::test]
async fn demo_with_a_restart_between_any_two_steps() {
    walk(Target::Demo, true).await;
}

#[tokio::test]
async fn demo_in_a_crowd() {
    crowd::crowd(Target::Demo).await;
}

/// A legacy application from the beginning to what it holds in the end.
async fn legacy(name: &'static str, restarts: bool) {
    let target = Target::Legacy(name);
    let mut postern = target.start().await;
    for text in target.journeys() {
        Walk::new(target, &mut postern, restarts).go(&Journey::read(&text)).await;
    }
    legacy::compare(name, &postern);
}

#[tokio::test]
async fn data_quality() {
    legacy("data-quality", false).await;
}

#[tokio::test]
async fn data_quality_with_a_restart_between_any_two_steps() {
    legacy("data-quality", true).await;
}

#[tokio::test]
async fn data_quality_lets_its_administrators_tokens_in() {
    legacy::personal_tokens().await;
}

#[tokio::test]
async fn identity() {
    legacy("identity", false).await;
}

#[tokio::test]
async fn identity_with_a_restart_between_any_two_steps() {
    legacy("identity", true).await;
}

#[tokio::test]
async fn analytics() {
    legacy("analytics", false).await;
}

#[tokio::test]
async fn analytics_with_a_restart_between_any_two_steps() {
    legacy("analytics", true).await;
}

#[tokio::test]
async fn forms() {
    legacy("forms", false).await;
}

#[tokio::test]
async fn forms_with_a_restart_between_any_two_steps() {
    legacy("forms", true).await;
}

#[tokio::test]
async fn forms_is_killed() {
    let person = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "kim@fabrikam.example",
        "userType": "Premium", "active": true, "name": {"givenName": "Kim", "familyName": "Ito"}}"#;
    legacy::outage("forms", person, "/Users?filter=userName eq \"kim@fabrikam.example\"").await;
}

#[tokio::test]
async fn analytics_is_killed() {
    let person = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "17", "active": true,
        "emails": [{"type": "work", "value": "kim@fabrikam.example"}], "name": {"formatted": "Kim Ito"}}"#;
    legacy::outage("analytics", person, "/Users?filter=userName eq \"17\"").await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django() {
    walk(Target::Django, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django_with_a_restart_between_any_two_steps() {
    walk(Target::Django, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_sql_and_by_rest_agree() {
    let by_sql = walk(Target::RedmineSql, false).await;
    let by_rest = walk(Target::RedmineRest, false).await;
    let mut rest = by_rest.iter();
    for sql in &by_sql {
        if sql.needs.as_deref().is_some_and(|what| Target::RedmineRest.difference(what).is_some()) {
            continue;
        }
        assert_eq!(Some(sql), rest.next(), "by SQL on the left, by REST on the right");
    }
    assert_eq!(rest.next(), None);
}

/// Over the same accounts at the same time: whoever looks cannot tell which way the answer came. Only
/// the order of a list is each way's own.
#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_sql_and_by_rest_show_the_same() {
    let (by_sql, by_rest) = (Target::RedmineSql.start().await, Target::RedmineRest.start().await);
    for path in [
        "/Users",
        "/Groups",
        "/Users?startIndex=1000000&count=2",
        "/Users?count=0",
        r#"/Users?filter=userName eq "admin""#,
        r#"/Users?filter=userName eq "ADMIN""#,
        r#"/Users?filter=userName eq "adm""#,
        r#"/Users?filter=userName eq "*""#,
        r#"/Users?filter=userName eq "%""#,
        r#"/Users?filter=emails[type eq "work"].value eq "admin@example.net""#,
        r#"/Users?filter=name.givenName eq "Redmine""#,
        r#"/Users?filter=active eq true and userName eq "admin""#,
        r#"/Users?filter=active eq false and userName eq "admin""#,
        r#"/Groups?filter=displayName eq "nothing of that name""#,
        "/Users/unknown",
        "/Groups/unknown",
    ] {
        let (sql, rest) = (by_sql.client.send("GET", path, None).await, by_rest.client.send("GET", path, None).await);
        assert_eq!(sql.status, rest.status, "{path}: {sql:?} {rest:?}");
        assert_eq!(json::anonymous(&sql.body, "-"), json::anonymous(&rest.body, "-"), "{path}");
    }
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_sql_with_a_restart_between_any_two_steps() {
    walk(Target::RedmineSql, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_with_a_restart_between_any_two_steps() {
    walk(Target::RedmineRest, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_in_xml() {
    walk(Target::RedmineXml, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix() {
    walk(Target::Zabbix, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_with_a_restart_between_any_two_steps() {
    walk(Target::Zabbix, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_in_a_crowd() {
    crowd::crowd(Target::Zabbix).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc() {
    walk(Target::ZabbixRpc, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_with_a_restart_between_any_two_steps() {
    walk(Target::ZabbixRpc, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_in_a_crowd() {
    crowd::crowd(Target::ZabbixRpc).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_is_away() {
    outage::outage(Target::ZabbixRpc, Part::Everything).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_without_its_database_is_away() {
    outage::outage(Target::ZabbixRpc, Part::Database).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_leaves_what_else_is_in_a_list() {
    zabbix::what_else_is_in_a_list_stays().await;
    zabbix::nobody_leaves_the_last_group().await;
    zabbix::a_flag_and_memberships_at_once().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_shows_who_is_none_and_who_is_disabled_otherwise() {
    zabbix::another_group_may_disable().await;
    zabbix::some_accounts_and_groups_are_none().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn zabbix_by_rpc_and_a_token_without_rights() {
    zabbix::a_token_without_rights().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus() {
    walk(Target::Directus, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_with_a_restart_between_any_two_steps() {
    walk(Target::Directus, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_and_names_that_a_filter_takes_for_something_else() {
    directus::names_that_a_filter_takes_for_something_else(Target::Directus).await;
    directus::names_that_a_filter_takes_for_something_else(Target::DirectusUsers).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_says_yes_to_what_is_gone() {
    directus::gone_is_gone(Target::Directus).await;
    directus::gone_is_gone(Target::DirectusUsers).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_and_a_large_team() {
    directus::a_large_team().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_is_away() {
    outage::outage(Target::Directus, Part::Everything).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_in_a_crowd() {
    crowd::crowd(Target::Directus).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_users() {
    walk(Target::DirectusUsers, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_users_with_a_restart_between_any_two_steps() {
    walk(Target::DirectusUsers, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_users_in_a_crowd() {
    crowd::crowd(Target::DirectusUsers).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn a_user_of_directus_has_one_role_and_outlives_it() {
    directus::a_user_has_one_role_and_outlives_it().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_and_a_token_without_rights() {
    directus::a_token_without_rights().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn wordpress_by_rest() {
    walk(Target::WordpressRest, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn wordpress_by_rest_with_a_restart_between_any_two_steps() {
    walk(Target::WordpressRest, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn jupyterhub() {
    walk(Target::JupyterHub, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn jupyterhub_with_a_restart_between_any_two_steps() {
    walk(Target::JupyterHub, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn pulp() {
    walk(Target::Pulp, false).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_as_guessed_from_its_own_document() {
    guessed::directus().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn pulp_as_guessed_from_its_own_document() {
    guessed::pulp().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn pulp_with_a_restart_between_any_two_steps() {
    walk(Target::Pulp, true).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn pulp_in_a_crowd() {
    crowd::crowd(Target::Pulp).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django_is_away() {
    outage::outage(Target::Django, Part::Database).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_sql_is_away() {
    outage::outage(Target::RedmineSql, Part::Database).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_is_away() {
    outage::outage(Target::RedmineRest, Part::Everything).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_without_its_database_is_away() {
    outage::outage(Target::RedmineRest, Part::Database).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django_in_a_crowd() {
    crowd::crowd(Target::Django).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_sql_in_a_crowd() {
    crowd::crowd(Target::RedmineSql).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_in_a_crowd() {
    crowd::crowd(Target::RedmineRest).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn what_hangs_on_a_django_account() {
    dependants::django().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn what_hangs_on_a_redmine_group() {
    dependants::redmine_by_sql().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_deletes_for_good() {
    dependants::redmine_by_rest_for_good().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django_stalls() {
    stall::django().await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_by_rest_stalls() {
    stall::redmine_by_rest().await;
}
