//! `postern rehearse` as an administrator runs it: on the folder that the demo left, on mappings with
//! a fault, against an endpoint that runs.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::demo::{Demo, TOKEN};

const BINARY: &str = env!("CARGO_BIN_EXE_postern");
const CLIENTS: [&str; 4] = ["entra", "okta", "onelogin", "jumpcloud"];

struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Done {
    fn lines(&self, kind: &str) -> Vec<Value> {
        let lines = self.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["type"] == kind).collect()
    }

    fn findings(&self) -> String {
        let said = |one: &Value| format!("{} | {} | {}\n", one["what"], one["change"], one["place"]);
        self.lines("finding").iter().map(said).collect()
    }
}

fn rehearse(demo: &Demo, arguments: &[&str]) -> Done {
    let done = Command::new(BINARY).arg("rehearse").args(arguments).current_dir(&demo.folder.0).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done { code: done.status.code().unwrap(), out: text(done.stdout), err: text(done.stderr) }
}

/// On the configuration, with JSON, and with the yes that it asks for.
fn inside(demo: &Demo, client: &str) -> Done {
    let config = ["--config", "postern-demo/postern.toml", "--yes", "--format", "json", "--client", client];
    let done = rehearse(demo, &config);
    assert!(done.code != 2 && done.err.is_empty(), "{}", done.err);
    done
}

/// Changes lines of the demo's mapping that begin so.
fn edit(demo: &Demo, lines: &[(&str, &str)]) {
    let path = demo.file("mapping.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    for (begins, becomes) in lines {
        assert!(text.lines().any(|line| line.starts_with(begins)), "no line `{begins}`");
        let line = |line: &str| if line.starts_with(begins) { (*becomes).to_owned() } else { line.to_owned() };
        text = text.lines().map(|one| line(one) + "\n").collect();
    }
    fs::write(path, text).unwrap();
}

async fn left_by_the_demo(name: &str) -> Demo {
    let mut demo = Demo::start(name).await;
    demo.stop();
    demo
}

#[tokio::test]
async fn the_demo_goes_right_with_every_client_and_holds_nothing_afterwards() {
    let demo = left_by_the_demo("rehearse-command").await;
    let (correlations, audit) =
        (fs::read(demo.file("correlation.db")).unwrap(), fs::read(demo.file("audit.log")).unwrap());
    let before = demo.stored("SELECT count(*) || ' ' || (SELECT count(*) FROM team) FROM staff");
    for client in CLIENTS {
        let done = inside(&demo, client);
        assert_eq!((done.code, done.findings().as_str()), (0, ""), "{client}");
        assert_eq!(done.lines("left"), Vec::<Value>::new(), "{client}");
        let writes = done.lines("exchange").into_iter().filter(|one| one["method"] == "POST" && one["status"] == 201);
        let held: Vec<Value> = writes.map(|one| one["held"].clone()).collect();
        assert!(!held.is_empty() && held.iter().all(|held| held["(key)"].is_string()), "{client}: {held:?}");
        let shown = held.iter().any(|held| held["login"].as_str().is_some_and(|login| login.starts_with("rehearsal-")));
        assert!(shown, "{client}: what the application holds is shown: {held:?}");
        assert!(!done.out.contains("-Aa1!"), "{client}: a password is shown");
        assert_eq!(demo.stored("SELECT count(*) || ' ' || (SELECT count(*) FROM team) FROM staff"), before, "{client}");
    }
    assert_eq!(fs::read(demo.file("correlation.db")).unwrap(), correlations, "ids of production");
    assert_eq!(fs::read(demo.file("audit.log")).unwrap(), audit, "audit of production");
}

#[tokio::test]
async fn it_writes_nothing_before_it_is_told_yes() {
    let demo = left_by_the_demo("rehearse-yes").await;
    let done = rehearse(&demo, &["--config", "postern-demo/postern.toml", "--client", "entra"]);
    assert_eq!((done.code, done.out.as_str()), (2, ""));
    for part in ["Staff register (demo)", "`rehearsal-`", "--yes"] {
        assert!(done.err.contains(part), "no `{part}` in {}", done.err);
    }
    assert_eq!(demo.stored("SELECT count(*) FROM staff WHERE login LIKE 'rehearsal-%'").as_deref(), Some("0"));
}

#[tokio::test]
async fn endless_patching_is_named_with_the_rule_that_causes_it() {
    let demo = left_by_the_demo("rehearse-endless").await;
    let lower = "title = { field = \"job_title\", default = \"\", write = 'ToLower([title])', read = '[job_title]' }";
    edit(&demo, &[("title ", lower), ("displayName            =", "")]);
    let line = fs::read_to_string(demo.file("mapping.toml")).unwrap().lines().position(|l| l == lower).unwrap() + 1;
    let done = inside(&demo, "entra");
    assert_eq!(done.code, 1);
    let findings = done.lines("finding");
    let of = |attribute: &str| {
        let found: Vec<&Value> = findings.iter().filter(|one| one["attribute"] == attribute).collect();
        assert_eq!(found.len(), 1, "{attribute}: once, however often it is met: {findings:?}");
        found[0]
    };
    let title = of("title");
    assert_eq!(title["what"], "`title` is read as \"engineer\" where \"Engineer\" was sent");
    assert!(title["means"].as_str().unwrap().contains("for ever"), "{title}");
    assert!(title["change"].as_str().unwrap().contains("`shadow = true`"), "{title}");
    assert!(title["place"].as_str().unwrap().ends_with(&format!("mapping.toml:{line}")), "{title}");
    assert!(of("displayName")["what"].as_str().unwrap().contains("is read as nothing"), "{findings:?}");

    // What it says helps.
    let shadow = "title = { field = \"job_title\", default = \"\", write = 'ToLower([title])', shadow = true }";
    edit(&demo, &[("title ", shadow)]);
    let findings = inside(&demo, "entra").findings();
    assert!(!findings.contains("title") && findings.contains("displayName"), "{findings}");
}

#[tokio::test]
async fn what_the_application_keeps_is_named() {
    let demo = left_by_the_demo("rehearse-left").await;
    edit(&demo, &[("delete        = \"delete\"", "delete = \"disable\""), ("before_delete ", "")]);
    let done = inside(&demo, "entra");
    assert_eq!((done.code, done.findings().as_str()), (0, ""));
    let left = done.lines("left");
    assert_eq!(left.len(), 3, "{left:?}");
    for one in &left {
        assert!(one["why"].as_str().unwrap().contains("goes on holding it"), "{one}");
        assert_eq!(one["held"]["disabled"], 1, "{one}");
    }
    let text = rehearse(&demo, &["--config", "postern-demo/postern.toml", "--client", "okta", "--yes"]);
    assert!(text.out.contains("What stays in the application: 2"), "{}", text.out);
    let kept = rehearse(&demo, &["--config", "postern-demo/postern.toml", "--client", "entra", "--yes", "--keep"]);
    assert!(kept.out.contains("it was to be kept") && !kept.out.contains("DELETE"), "{}", kept.out);
    assert_eq!(demo.stored("SELECT count(*) FROM team WHERE team_name LIKE 'rehearsal-%'").as_deref(), Some("1"));
}

#[tokio::test]
async fn each_client_meets_its_own_faults() {
    let demo = left_by_the_demo("rehearse-faults").await;
    edit(
        &demo,
        &[
            ("active ", ""),
            ("delete        = \"delete\"", "delete = \"refuse\""),
            ("before_delete ", ""),
            ("displayName         =", "displayName = { field = \"team_name\", match = 1, max_length = 4 }"),
        ],
    );
    for (client, parts) in [
        (
            "entra",
            &["`active` is read as nothing", "`displayName` is longer than 4 characters", "choose what DELETE does"][..],
        ),
        ("okta", &["`active` is answered as"][..]),
        ("onelogin", &["`active` is answered as", "DELETE /Users/{kim}"][..]),
        ("jumpcloud", &["DELETE /Users/{tester}", "POST /Groups: 400"][..]),
    ] {
        let done = inside(&demo, client);
        assert_eq!(done.code, 1, "{client}");
        for part in parts {
            assert!(done.findings().contains(part), "{client}: no `{part}` in\n{}", done.findings());
        }
    }
}

#[tokio::test]
async fn whom_the_application_refuses_is_not_missed_as_well() {
    let demo = left_by_the_demo("rehearse-refused").await;
    edit(&demo, &[("title ", "title = { field = \"job_title\", max_length = 2, default = \"\" }")]);
    let findings = inside(&demo, "entra").findings();
    assert!(findings.contains("`title` is longer than 2 characters"), "{findings}");
    assert!(!findings.contains("is not found"), "{findings}");
}

#[tokio::test]
async fn an_endpoint_that_runs_is_played_against_by_its_address() {
    let demo = Demo::start("rehearse-url").await;
    fs::write(demo.folder.file("token"), format!("{TOKEN}\n")).unwrap();
    fs::write(demo.folder.file("wrong"), "pst_somebody-elses-token-000000000000000\n").unwrap();
    let url = demo.url();
    let play = |token: &str| {
        let ca = ["--ca", "postern-demo/ca.pem", "--token-file", token, "--format", "json", "--yes"];
        rehearse(&demo, &[&["--url", &url, "--client", "entra"][..], &ca].concat())
    };
    let right = play("token");
    assert_eq!((right.code, right.findings().as_str()), (0, ""), "{}", right.err);
    assert!(right.lines("exchange").iter().all(|one| one["held"].is_null()));
    let wrong = play("wrong");
    assert_eq!(wrong.code, 1);
    assert!(wrong.findings().contains("Unauthorized"), "{}", wrong.findings());
}

#[tokio::test]
async fn a_table_and_people_of_ones_own_take_part_when_they_are_marked() {
    let demo = left_by_the_demo("rehearse-own").await;
    fs::write(
        demo.folder.file("own.entra.toml"),
        "[[user]]\ntarget = \"userName\"\nexpr = 'Join(\"@\", [mailNickname], “example.com”)'\nmatch = 1\n[[user]]\ntarget = \"userType\"\nsource = \"extensionAttribute1\"\ndefault = \"Guest\"\n",
    )
    .unwrap();
    let people = |name: &str| {
        format!(
            "[[person]]\nobjectId = \"1\"\nmail = \"{name}-a@example.com\"\nmailNickname = \"rehearsal-a\"\n[[person]]\nobjectId = \"2\"\nmailNickname = \"rehearsal-b\"\n"
        )
    };
    let play = || {
        let own = ["--mapping", "own.entra.toml", "--directory", "people.toml", "--flavour", "classic"];
        let rest = ["--config", "postern-demo/postern.toml", "--client", "entra", "--yes", "--format", "json"];
        rehearse(&demo, &[&own[..], &rest].concat())
    };
    fs::write(demo.folder.file("people.toml"), people("kim.ito")).unwrap();
    let real = play();
    assert_eq!(real.code, 2);
    assert!(real.err.contains("begins with `rehearsal-`") && real.err.contains("kim.ito"), "{}", real.err);
    fs::write(demo.folder.file("people.toml"), people("rehearsal-kim")).unwrap();
    let marked = play();
    assert_eq!((marked.code, marked.findings().as_str()), (0, ""), "{}", marked.err);
    assert!(marked.err.contains("typographic quotes"), "{}", marked.err);
    assert!(marked.out.contains(r#""userType":"Guest""#), "the default, with a new account");
}

#[tokio::test]
async fn people_are_played_where_groups_are_not_mapped() {
    let demo = left_by_the_demo("rehearse-users").await;
    let path = demo.file("mapping.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.split("\n[Group]").next().unwrap()).unwrap();
    let done = inside(&demo, "entra");
    let findings = done.findings();
    assert_eq!(done.code, 1);
    assert!(findings.contains("switch the provisioning of groups off in Entra"), "{findings}");
    assert!(done.lines("exchange").iter().any(|one| one["act"] == "hard delete"), "everything else is played");
}

#[tokio::test]
async fn a_token_that_only_the_application_knows_is_taken() {
    let demo = left_by_the_demo("rehearse-token").await;
    let database = demo.database();
    database.execute_batch("CREATE TABLE api_token (secret TEXT PRIMARY KEY, note TEXT NOT NULL)").unwrap();
    database.execute("INSERT INTO api_token VALUES ('the-applications-own-token', 'of the service')", []).unwrap();
    let mapping = fs::read_to_string(demo.file("mapping.toml")).unwrap();
    let token = "\n[token]\ntable = \"api_token\"\nsecret = \"secret\"\nvalues = { note = \"note\" }\n";
    fs::write(
        demo.file("mapping.toml"),
        mapping.replace("[User.fields] ", "[User.fields]\nnickname = { constant = \"{token.note}\" }\n#") + token,
    )
    .unwrap();
    edit(&demo, &[("nickName ", "")]);
    fs::write(demo.folder.file("token"), "the-applications-own-token").unwrap();
    let play = |file: &[&str]| {
        let rest = ["--config", "postern-demo/postern.toml", "--client", "okta", "--yes", "--format", "json"];
        rehearse(&demo, &[&rest[..], file].concat())
    };
    let unknown = play(&[]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("`--token-file`"), "{}", unknown.err);
    let known = play(&["--token-file", "token", "--keep"]);
    assert_eq!((known.code, known.findings().as_str()), (0, ""), "{}", known.err);
    let written = demo.stored("SELECT min(nickname) FROM staff WHERE login LIKE 'rehearsal-%'");
    assert_eq!(written.as_deref(), Some("of the service"), "what is known of the token is written");
}
