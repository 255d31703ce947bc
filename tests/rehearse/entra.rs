//! Entra's provisioning service through its life: cycles, leaving, outages, quarantine.

use std::time::Duration;

use postern::diagnostic::{Problems, SourceFile};
use postern::rehearse::entra::{Directory, Flavour, Group, Job, MappingTable, Outcome, Person, Report};

use super::demo::Demo;

const FLAVOURS: [Flavour; 2] = [Flavour::Classic, Flavour::Flagged];

/// Two people, one the manager of the other, and a group of both.
fn directory() -> Directory {
    let text = r#"
[[person]]
objectId                   = "kim"
userPrincipalName          = "kim.ito@fabrikam.example"
mail                       = "kim.ito@fabrikam.example"
mailNickname               = "kito"
displayName                = "Kim Ito"
givenName                  = "Kim"
surname                    = "Ito"
jobTitle                   = "Engineer"
department                 = "Design"
telephoneNumber            = "+44 20 7946 0001"
physicalDeliveryOfficeName = "London"
city                       = "London"
country                    = "GB"
manager                    = "lee"

[[person]]
objectId          = "lee"
userPrincipalName = "lee.ash@fabrikam.example"
mail              = "lee.ash@fabrikam.example"
mailNickname      = "lash"
displayName       = "Lee Ash"
givenName         = "Lee"
surname           = "Ash"

[[group]]
objectId    = "sales"
displayName = "Sales EMEA"
members     = ["kim", "lee"]
"#;
    let mut problems = Problems::new();
    let directory = Directory::parse(&SourceFile::new("people.toml", text), &mut problems);
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    directory.unwrap()
}

fn job(demo: &Demo, flavour: Flavour) -> Job {
    Job::new(&demo.endpoint(), MappingTable::standard(), Some(flavour)).unwrap()
}

fn told(report: &Report) -> String {
    report.exchanges.iter().map(|exchange| postern::value::Value::from(exchange.to_object()).to_json() + "\n").collect()
}

fn assert_clean(report: &Report) {
    assert!(report.is_clean(), "{:?} {:?}\n{}", report.refused, report.quarantine, told(report));
}

const KIM: &str = "FROM staff WHERE login = 'kim.ito@fabrikam.example'";

#[tokio::test]
async fn a_first_cycle_makes_everybody_and_a_second_one_writes_nothing() {
    for flavour in FLAVOURS {
        let demo = Demo::start("rehearse-cycle").await;
        let (mut job, directory) = (job(&demo, flavour), directory());
        assert_clean(&job.test_connection().await);

        let first = job.cycle(&directory).await;
        assert_clean(&first);
        for id in ["kim", "lee", "sales"] {
            assert_eq!(first.outcome(id), Some(Outcome::Created), "{id}\n{}", told(&first));
        }
        assert_eq!(demo.stored(&format!("SELECT job_title {KIM}")).as_deref(), Some("Engineer"));
        let manager =
            "SELECT login FROM staff WHERE staff_no = (SELECT manager_no FROM staff WHERE login LIKE 'kim.ito@fab%')";
        assert_eq!(demo.stored(manager).as_deref(), Some("lee.ash@fabrikam.example"));
        let members = "SELECT count(*) FROM team_staff JOIN team USING (team_no) WHERE team_name = 'Sales EMEA'";
        assert_eq!(demo.stored(members).as_deref(), Some("2"));

        let second = job.cycle(&directory).await;
        assert_eq!(second.exchanges.len(), 0, "nothing changed, so nothing is asked\n{}", told(&second));
        job.restart();
        let again = job.cycle(&directory).await;
        assert_clean(&again);
        assert_eq!(again.writes(), 0, "{flavour:?}: what is read is what was sent\n{}", told(&again));
        assert_eq!(again.outcome("kim"), Some(Outcome::Unchanged));
    }
}

#[tokio::test]
async fn people_change_leave_come_back_and_are_deleted() {
    for flavour in FLAVOURS {
        let demo = Demo::start("rehearse-life").await;
        let (mut job, mut directory) = (job(&demo, flavour), directory());
        assert_clean(&job.cycle(&directory).await);
        let disabled = || demo.stored(&format!("SELECT disabled {KIM}"));

        let kim = directory.person_mut("kim").unwrap();
        kim.attributes.set("mail", "k.ito@fabrikam.example");
        kim.attributes.set("department", "Quality");
        let changed = job.cycle(&directory).await;
        assert_clean(&changed);
        assert_eq!((changed.outcome("kim"), changed.outcome("lee")), (Some(Outcome::Updated), None));
        assert_eq!(changed.writes(), 1, "one PATCH with both\n{}", told(&changed));
        let mail =
            "SELECT address FROM staff_mail JOIN staff USING (staff_no) WHERE login = 'kim.ito@fabrikam.example'";
        assert_eq!(demo.stored(mail).as_deref(), Some("k.ito@fabrikam.example"));
        assert_eq!(demo.stored(&format!("SELECT department {KIM}")).as_deref(), Some("Quality"));

        // Assigned by the group as well, so both assignments have to go.
        directory.unassign("kim");
        assert_eq!(job.cycle(&directory).await.writes(), 0);
        directory.group_mut("sales").unwrap().members.retain(|member| member != "kim");
        let left = job.cycle(&directory).await;
        assert_clean(&left);
        assert_eq!(left.outcome("kim"), Some(Outcome::Disabled), "{}", told(&left));
        assert_eq!(disabled().as_deref(), Some("1"));

        directory.assign("kim");
        let back = job.cycle(&directory).await;
        assert_eq!(back.outcome("kim"), Some(Outcome::Updated), "{}", told(&back));
        assert_eq!(disabled().as_deref(), Some("0"));

        directory.person_mut("kim").unwrap().soft_deleted = true;
        assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Disabled));
        directory.remove("kim");
        let gone = job.cycle(&directory).await;
        assert_clean(&gone);
        assert_eq!(gone.outcome("kim"), Some(Outcome::Deleted), "{}", told(&gone));
        assert_eq!(disabled(), None);
        assert_eq!(job.link("kim"), None);
    }
}

#[tokio::test]
async fn who_was_unassigned_before_is_never_deleted_and_who_is_disabled_never_made() {
    let demo = Demo::start("rehearse-left").await;
    let (mut job, mut directory) = (job(&demo, Flavour::Classic), directory());
    directory.group_mut("sales").unwrap().members.clear();
    directory.person_mut("lee").unwrap().attributes.set("accountEnabled", false);
    let first = job.cycle(&directory).await;
    assert_eq!(first.outcome("lee"), Some(Outcome::Skipped), "{}", told(&first));
    assert_eq!(demo.stored("SELECT login FROM staff WHERE login = 'lee.ash@fabrikam.example'"), None);

    directory.unassign("kim");
    assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Disabled));
    directory.remove("kim");
    let gone = job.cycle(&directory).await;
    assert_eq!((gone.outcome("kim"), gone.writes()), (Some(Outcome::Skipped), 0));
    assert!(demo.stored(&format!("SELECT login {KIM}")).is_some());
}

#[tokio::test]
async fn a_rename_and_members_follow_the_directory() {
    for flavour in FLAVOURS {
        let demo = Demo::start("rehearse-groups").await;
        let (mut job, mut directory) = (job(&demo, flavour), directory());
        directory.people.push(Person::new("ana").with("userPrincipalName", "ana@fabrikam.example"));
        directory.assign("ana");
        assert_clean(&job.cycle(&directory).await);
        let sales = directory.group_mut("sales").unwrap();
        sales.attributes.set("displayName", "Sales");
        sales.members = vec!["kim".to_owned(), "ana".to_owned()];
        let changed = job.cycle(&directory).await;
        assert_clean(&changed);
        let names = "SELECT group_concat(login, ' ') FROM (SELECT login FROM staff JOIN team_staff USING (staff_no)
            JOIN team USING (team_no) WHERE team_name = 'Sales' ORDER BY login)";
        assert_eq!(demo.stored(names).as_deref(), Some("ana@fabrikam.example kim.ito@fabrikam.example"));

        directory.remove("sales");
        let gone = job.cycle(&directory).await;
        assert_eq!(gone.outcome("sales"), Some(Outcome::Deleted), "{}", told(&gone));
        assert_eq!(demo.stored("SELECT team_name FROM team WHERE team_name = 'Sales'"), None);
    }
}

#[tokio::test]
async fn a_member_who_comes_later_is_added_later() {
    let demo = Demo::start("rehearse-later").await;
    let (mut job, mut directory) = (job(&demo, Flavour::Classic), directory());
    directory.person_mut("lee").unwrap().attributes.set("accountEnabled", false);
    assert_clean(&job.cycle(&directory).await);
    let members = "SELECT count(*) FROM team_staff JOIN team USING (team_no) WHERE team_name = 'Sales EMEA'";
    assert_eq!(demo.stored(members).as_deref(), Some("1"));
    directory.person_mut("lee").unwrap().attributes.set("accountEnabled", true);
    let later = job.cycle(&directory).await;
    assert_eq!(later.outcome("lee"), Some(Outcome::Created));
    assert_eq!(demo.stored(members).as_deref(), Some("2"), "{}", told(&later));
    assert!(demo.stored(&format!("SELECT manager_no {KIM}")).is_some(), "the manager as well");
}

#[tokio::test]
async fn an_outage_loses_nothing() {
    let mut demo = Demo::start("rehearse-outage").await;
    let (mut job, mut directory) = (job(&demo, Flavour::Classic), directory());
    assert_clean(&job.cycle(&directory).await);
    demo.stop();
    directory.person_mut("kim").unwrap().attributes.set("jobTitle", "Head of Design");
    directory.people.push(Person::new("ana").with("userPrincipalName", "ana@fabrikam.example"));
    directory.assign("ana");
    directory.group_mut("sales").unwrap().members.push("ana".to_owned());
    let down = job.cycle(&directory).await;
    assert_eq!(down.outcome("kim"), Some(Outcome::Escrowed));
    assert_eq!(down.code("kim"), Some("WebExceptionProtocolError"));
    assert_eq!(down.quarantine, None);
    demo.start_again().await;

    let up = job.cycle(&directory).await;
    assert_clean(&up);
    assert_eq!(up.outcome("kim"), Some(Outcome::Updated), "{}", told(&up));
    assert_eq!(up.outcome("ana"), Some(Outcome::Created));
    assert_eq!(demo.stored(&format!("SELECT job_title {KIM}")).as_deref(), Some("Head of Design"));
    let members = "SELECT count(*) FROM team_staff JOIN team USING (team_no) WHERE team_name = 'Sales EMEA'";
    assert_eq!(demo.stored(members).as_deref(), Some("3"));
}

#[tokio::test]
async fn an_application_that_is_down_is_no_empty_list() {
    let demo = Demo::start("rehearse-locked").await;
    let (mut job, directory) = (job(&demo, Flavour::Classic), directory());
    demo.database().execute_batch("ALTER TABLE staff RENAME TO gone").unwrap();
    let down = job.cycle(&directory).await;
    assert_eq!(down.code("kim"), Some("InternalServerError"), "{}", told(&down));
    assert_eq!(down.writes(), 0, "nobody is made who may be there\n{}", told(&down));
    demo.database().execute_batch("ALTER TABLE gone RENAME TO staff").unwrap();
    let up = job.cycle(&directory).await;
    assert_eq!(up.outcome("kim"), Some(Outcome::Created), "{}", told(&up));
}

#[tokio::test]
async fn escrow_waits_longer_and_longer_and_a_change_ends_the_wait() {
    let mut demo = Demo::start("rehearse-escrow").await;
    let (mut job, mut directory) = (job(&demo, Flavour::Classic), directory());
    demo.stop();
    for _ in 0..4 {
        assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Escrowed));
    }
    assert_eq!(job.cycle(&directory).await.outcome("kim"), None, "not before six hours");
    job.advance(Duration::from_secs(6 * 3600));
    assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Escrowed));
    job.advance(Duration::from_secs(6 * 3600));
    assert_eq!(job.cycle(&directory).await.outcome("kim"), None, "not before twelve");
    directory.person_mut("kim").unwrap().attributes.set("jobTitle", "Buyer");
    assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Escrowed));
    demo.start_again().await;
    job.advance(Duration::from_secs(24 * 3600));
    assert_eq!(job.cycle(&directory).await.outcome("kim"), Some(Outcome::Created));
}

#[tokio::test]
async fn a_wrong_token_is_quarantine_at_once_and_one_cycle_a_day() {
    let demo = Demo::start("rehearse-quarantine").await;
    let directory = directory();
    let wrong = demo.endpoint_with("pst_not-the-one-that-is-let-in-here-0000");
    let mut job = Job::new(&wrong, MappingTable::standard(), None).unwrap();
    assert_eq!(job.test_connection().await.refused.unwrap().code, "Unauthorized");
    let first = job.cycle(&directory).await;
    assert!(first.quarantine.as_ref().unwrap().reason.starts_with("Unauthorized"), "{first:?}");
    assert_eq!(first.exchanges.len(), 1, "nobody else is tried");
    job.change_endpoint(&demo.endpoint()).unwrap();
    assert_eq!(job.cycle(&directory).await.exchanges.len(), 0, "once a day");
    job.advance(Duration::from_secs(24 * 3600));
    let next = job.cycle(&directory).await;
    assert_clean(&next);
    assert_eq!(next.outcome("kim"), Some(Outcome::Created));
}

#[tokio::test]
async fn two_who_fit_are_nobody() {
    let demo = Demo::start("rehearse-two").await;
    let database = demo.database();
    for login in ["one", "two"] {
        let sql = "INSERT INTO staff (login, password_text, created_at, changed_at, display_name) VALUES (?1, '!', '', '', 'Kim Ito')";
        database.execute(sql, [login]).unwrap();
    }
    let text = r#"
[[user]]
target = "displayName"
source = "displayName"
match  = 1
[[user]]
target = "userName"
source = "userPrincipalName"
"#;
    let table = MappingTable::parse(&SourceFile::new("two.entra.toml", text), &mut Problems::new()).unwrap();
    let mut job = Job::new(&demo.endpoint(), table, None).unwrap();
    let report = job.cycle(&directory()).await;
    assert_eq!(report.code("kim"), Some("DuplicateTargetEntries"), "{}", told(&report));
    assert_eq!(report.outcome("lee"), Some(Outcome::Created));
}

#[tokio::test]
async fn who_is_there_already_is_linked_and_who_vanished_is_made_again() {
    let demo = Demo::start("rehearse-link").await;
    let (mut first, directory) = (job(&demo, Flavour::Classic), directory());
    assert_clean(&first.cycle(&directory).await);
    // A second job, which knows nobody.
    let mut second = job(&demo, Flavour::Classic);
    let report = second.cycle(&directory).await;
    assert_clean(&report);
    assert_eq!(report.outcome("kim"), Some(Outcome::Unchanged), "{}", told(&report));
    assert_eq!(second.link("kim"), first.link("kim"));

    demo.database()
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM staff WHERE login LIKE 'kim.ito@fab%'")
        .unwrap();
    second.restart();
    let lost = second.cycle(&directory).await;
    assert_eq!(lost.code("kim"), Some("InvalidAnchor"), "{}", told(&lost));
    let made = second.cycle(&directory).await;
    assert_eq!(made.outcome("kim"), Some(Outcome::Created), "{}", told(&made));
    assert_ne!(second.link("kim"), first.link("kim"));
}

#[tokio::test]
async fn one_person_on_demand_is_one_person() {
    let demo = Demo::start("rehearse-demand").await;
    let (mut job, mut directory) = (job(&demo, Flavour::Flagged), directory());
    directory.groups.push(Group::new("six", "Six", &["a", "b", "c", "d", "e", "f"]));
    assert_eq!(job.on_demand(&directory, "six").await.exchanges.len(), 0, "at most five members");
    let made = job.on_demand(&directory, "lee").await;
    assert_eq!(made.outcome("lee"), Some(Outcome::Created));
    directory.person_mut("lee").unwrap().attributes.set("accountEnabled", false);
    let disabled = job.on_demand(&directory, "lee").await;
    assert_eq!(disabled.outcome("lee"), Some(Outcome::Disabled));
    assert!(told(&disabled).contains(r#""path":"active","value":"False""#), "{}", told(&disabled));
    assert_eq!(demo.stored(&format!("SELECT login {KIM}")), None);
}
