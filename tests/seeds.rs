//! The five systems of `mappings/seeds/`: legacy applications as real processes, the shipped mappings and
//! configurations over them, and Entra's provisioning service as it really behaves
//! (`postern::rehearse::entra`) at the other end of the wire.
//!
//! `seeds/scenarios/` says what happens, `seeds/golden/` what the application then holds. The scenarios
//! of the quality application need PostgreSQL and MariaDB, which `tests/run` starts; the others need
//! nothing but Python.

mod application;
mod relay;
mod scenario;
mod stage;
mod statements;

use std::sync::Arc;

use postern::rehearse::entra::Flavour;

use scenario::Scenario;
use stage::{Asking, Stage};

/// Plays a scenario in both of Entra's dialects, over every application that it is for: those that are
/// tables in a database of this kind, the others where no kind is given.
async fn play(number: &str, kind: Option<&str>) {
    let scenario = Scenario::read(number);
    let mut played = 0;
    let all = ["quality", "data-quality", "identity", "analytics", "forms"];
    let wanted = |seed: &&str| scenario.seeds().any(|one| one == *seed) && (*seed == "quality") == kind.is_some();
    for seed in all.into_iter().filter(wanted) {
        for flavour in [Flavour::Classic, Flavour::Flagged] {
            let stage = Stage::start_all(seed, kind).await;
            scenario.play(number, seed, stage, flavour).await;
            played += 1;
        }
    }
    assert_ne!(played, 0, "scenario {number} is for no such application");
}

macro_rules! scenarios {
    ($($name:ident $number:literal)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            play($number, None).await;
        })*
    };
}

scenarios! {
    s09_all_default_attributes "09"
    s10_a_group_in_a_group "10"
    s12_a_token_that_only_reads "12"
    s13_an_address_elsewhere "13"
    s14_rotation "14"
    s15_a_group_and_then_its_members "15"
    s16_found_by_the_mail "16"
    s17_an_attribute_too_many "17"
    s18_a_group_renamed "18"
    s19_the_alias "19"
    s20_user_types "20"
    s21_folders "21"
    s22_metadata "22"
    s23_one_secret_two_ways "23"
    s24_the_login_method_stays "24"
    s25_a_second_cycle "25"
    s26_an_outage "26"
}

/// Scenario 11: two hundred people join a team at the same moment, each by a request of its own.
#[tokio::test(flavor = "multi_thread")]
async fn s11_a_storm_of_members() {
    const CROWD: usize = 200;
    let stage = Arc::new(Stage::start_all("data-quality", None).await);
    let send = |method: &'static str, path: String, body: Option<String>| {
        let stage = Arc::clone(&stage);
        async move { stage.send(&Asking::default(), method, &path, body.as_deref()).await }
    };
    let team = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Everybody"}"#;
    let team = send("POST", "/Groups".to_owned(), Some(team.to_owned())).await;
    assert_eq!(team.status, 201, "{team:?}");
    let team = format!("/Groups/{}", team.body["id"].as_str().unwrap());
    let people = (0..CROWD).map(|number| {
        let name = format!("person{number:03}@fabrikam.example");
        let body = format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{name}"}}"#);
        tokio::spawn(send("POST", "/Users".to_owned(), Some(body)))
    });
    let mut joins = Vec::new();
    for made in people.collect::<Vec<_>>() {
        let made = made.await.unwrap();
        assert_eq!(made.status, 201, "{made:?}");
        let body = format!(
            r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                 "Operations": [{{"op": "Add", "path": "members", "value": [{{"value": {}}}]}}]}}"#,
            made.body["id"]
        );
        joins.push(send("PATCH", team.clone(), Some(body)));
    }
    for joined in joins.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
        let joined = joined.await.unwrap();
        assert_eq!(joined.status, 204, "{joined:?}");
    }
    let members = stage.ask("SELECT COUNT(*) FROM team_members").await;
    assert_eq!(members, serde_json::json!([[CROWD.to_string()]]));
    stage.compare("11").await;
    Arc::into_inner(stage).unwrap().finish().await;
}

/// In PostgreSQL and in MariaDB, with one golden file for both.
mod e2e {
    use super::play;

    macro_rules! scenarios {
        ($($name:ident $number:literal)*) => {
            $(#[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs the servers that tests/run starts"]
            async fn $name() {
                play($number, Some("postgres")).await;
                play($number, Some("mariadb")).await;
            })*
        };
    }

    scenarios! {
        s01_a_new_user "01"
        s02_the_same_login_name "02"
        s03_the_same_mail "03"
        s04_two_with_that_mail "04"
        s05_a_changed_mail "05"
        s06_a_leaver "06"
        s07_a_seat_reclaimed "07"
        s08_tokens_of_the_application "08"
        s25_a_second_cycle "25"
        s26_an_outage "26"
        s27_an_administrators_account "27"
    }
}
