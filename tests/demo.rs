//! `postern demo` in an empty folder, as somebody meets it who has only just built it: what it prints
//! works as printed, and what it leaves can be gone on with.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::e2e::{Folder, Process, free_address, wait_until_ready};

const BINARY: &str = env!("CARGO_BIN_EXE_postern");

/// What the demo printed.
struct Greeting(String);

impl Greeting {
    /// Waits until the file ends as the greeting does.
    async fn of(folder: &Folder) -> Self {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let text = fs::read_to_string(folder.file("stdout")).unwrap_or_default();
            if text.contains("Ctrl-C") {
                return Self(text);
            }
            assert!(Instant::now() < until, "no greeting, but {text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn value(&self, label: &str) -> &str {
        let line = self.0.lines().find_map(|line| line.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("no `{label}` in {}", self.0)).trim()
    }

    fn curls(&self) -> Vec<&str> {
        self.0.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect()
    }
}

/// Runs a line in the folder by the shell, as whoever pastes it does; gives what it printed.
fn shell(folder: &Folder, line: &str) -> String {
    // The shell has no proxy of the machine's between itself and loopback.
    let output = Command::new("sh").args(["-c", line]).env("no_proxy", "*").current_dir(&folder.0).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn ask(folder: &Folder, line: &str) -> Value {
    let answer = shell(folder, &line.replacen("curl ", "curl --silent --show-error ", 1));
    serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[tokio::test]
async fn what_the_demo_prints_works_and_can_be_gone_on_with() {
    let folder = Folder::new("demo");
    let (listen, admin) = (free_address(), free_address());
    let (at, admin_at) = (listen.to_string(), admin.to_string());
    let mut demo = Process::start(&folder.0, &["demo", "--listen", &at, "--admin", &admin_at], &[]);
    wait_until_ready(admin, &mut demo, &folder.0).await;
    let greeting = Greeting::of(&folder).await;

    assert_eq!(greeting.value("Tenant URL"), format!("https://{listen}/scim/v2"));
    assert!(greeting.value("Secret Token").starts_with("pst_"), "{}", greeting.0);
    let curls = greeting.curls();
    let [search, create, groups] = curls[..] else { panic!("not three curl lines: {}", greeting.0) };
    let found = ask(&folder, search);
    assert_eq!(found["totalResults"], 1, "{found}");
    let made = ask(&folder, create);
    assert_eq!(made["userName"], "kim.ito@example.com", "{made}");
    assert_eq!(made["emails"][0]["value"], "kim.ito@example.com", "{made}");
    let teams = ask(&folder, groups);
    assert_eq!(teams["Resources"].as_array().unwrap().len(), 2, "{teams}");
    let metrics = shell(&folder, &format!("curl --silent --fail {}", greeting.value("Metrics")));
    assert!(metrics.contains("postern_provisioning_operations_total"), "{metrics}");
    let again = ask(&folder, create);
    assert_eq!(again["status"], "409", "{again}");
    what_others_say_of_hosts_is_not_believed(&folder, search, create, listen);
    demo.stop();

    for file in ["ca.pem", "tls.crt", "tls.key", "application.db", "mapping.toml", "postern.toml", "audit.log"]
        .into_iter()
        .chain(["mapping.schema.json", "postern.schema.json"])
    {
        assert!(folder.file("postern-demo").join(file).metadata().unwrap().len() > 0, "{file}");
    }
    check_says_fine(&folder);
    served_ids_are_the_same(&folder, admin, search, &found, &made).await;
}

/// Who stands before the server, or a client itself, may claim another host or another client.
fn what_others_say_of_hosts_is_not_believed(folder: &Folder, search: &str, create: &str, listen: std::net::SocketAddr) {
    let claims = "curl -H 'X-Forwarded-Host: elsewhere.example' -H 'Forwarded: host=elsewhere.example;for=203.0.113.9' \
        -H 'X-Forwarded-For: 203.0.113.9' -H 'X-Forwarded-Proto: http' -H 'Origin: https://elsewhere.example' ";
    let found = ask(folder, &search.replacen("curl ", claims, 1));
    let location = found["Resources"][0]["meta"]["location"].as_str().unwrap();
    assert!(location.starts_with(&format!("https://{listen}/scim/v2/Users/")), "{location}");
    ask(folder, &create.replacen("curl ", claims, 1));
    let audit = fs::read_to_string(folder.file("postern-demo").join("audit.log")).unwrap();
    assert!(!audit.contains("203.0.113.9") && audit.contains("127.0.0.1"), "{audit}");
}

/// `postern check` with the path that the demo printed.
fn check_says_fine(folder: &Folder) {
    let said = shell(folder, &format!("{BINARY} check --config postern-demo/postern.toml"));
    assert!(said.contains("tenant `demo`"), "{said}");
    assert!(!said.contains("error") && !said.contains("warning"), "{said}");
}

/// `postern serve` on what the demo left: the same token, the same ids, nothing made anew.
async fn served_ids_are_the_same(
    folder: &Folder,
    admin: std::net::SocketAddr,
    search: &str,
    old: &Value,
    made: &Value,
) {
    let serve = ["serve", "--config", "postern-demo/postern.toml"];
    let mut served = Process::start(&folder.0, &serve, &[]);
    wait_until_ready(admin, &mut served, &folder.0).await;
    let found = ask(folder, search);
    assert_eq!(found["Resources"], old["Resources"]);
    let id = made["id"].as_str().unwrap();
    let (before, _) = search.split_once("?filter").unwrap();
    let kim = ask(folder, &format!("{before}/{id}'"));
    assert_eq!(kim["id"], made["id"], "{kim}");
    assert_eq!(kim["userName"], "kim.ito@example.com", "{kim}");
    served.stop();
}

/// A second demo in the same folder goes on with the accounts and has another token.
#[tokio::test]
async fn a_second_demo_goes_on_with_the_first() {
    let folder = Folder::new("demo-twice");
    let mut tokens = Vec::new();
    let mut people = Vec::new();
    for _ in 0..2 {
        let (listen, admin) = (free_address(), free_address());
        let (at, admin_at) = (listen.to_string(), admin.to_string());
        let _ = fs::remove_file(folder.file("stdout"));
        let mut demo = Process::start(&folder.0, &["demo", "--listen", &at, "--admin", &admin_at], &[]);
        wait_until_ready(admin, &mut demo, &folder.0).await;
        let greeting = Greeting::of(&folder).await;
        tokens.push(greeting.value("Secret Token").to_owned());
        people.push(ask(&folder, greeting.curls()[0])["Resources"][0]["id"].clone());
        demo.stop();
    }
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(people[0], people[1]);
    assert!(people[0].is_string());
}

/// What `deploy/README.md` promises under *Reload*: a new token, a new mapping, and a mistake that
/// changes nothing, with the process going on.
#[tokio::test]
async fn a_reload_changes_everything_or_nothing() {
    let folder = Folder::new("reload");
    let (listen, admin) = (free_address(), free_address());
    let (at, admin_at) = (listen.to_string(), admin.to_string());
    let start = ["demo", "--listen", &at, "--admin", &admin_at, "--token", "the-old-one-of-two"];
    let mut demo = Process::start(&folder.0, &start, &[]);
    wait_until_ready(admin, &mut demo, &folder.0).await;
    demo.stop();
    let mut served = Process::start(&folder.0, &["serve", "--config", "postern-demo/postern.toml"], &[]);
    wait_until_ready(admin, &mut served, &folder.0).await;

    let line = |token: &str| {
        format!(
            "curl --cacert postern-demo/ca.pem --header 'Authorization: Bearer {token}' 'https://{listen}/scim/v2/Users?count=1'"
        )
    };
    let before = ask(&folder, &line("the-old-one-of-two"));
    assert!(before["Resources"][0]["title"].is_string(), "{before}");
    let edit = |file: &str, from: &str, to: &str| {
        let path = folder.file("postern-demo").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    let hash = |token| shell(&folder, &format!("printf %s {token} | {BINARY} token hash")).trim().to_owned();

    // Another token, and a rule less.
    edit("postern.toml", &hash("the-old-one-of-two"), &hash("the-new-one-of-two"));
    edit("mapping.toml", "title                  = {", "# title = {");
    let until = Instant::now() + Duration::from_secs(30);
    served.reload();
    while ask(&folder, &line("the-new-one-of-two"))["status"] == "401" {
        assert!(Instant::now() < until, "the new token is not taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let after = ask(&folder, &line("the-new-one-of-two"));
    assert_eq!(after["Resources"][0]["id"], before["Resources"][0]["id"]);
    assert!(after["Resources"][0]["title"].is_null(), "{after}");
    assert_eq!(ask(&folder, &line("the-old-one-of-two"))["status"], "401");

    // A third one comes and is revoked.
    let config = folder.file("postern-demo").join("postern.toml");
    let more = format!("\n[[tenant.token]]\nname = \"leaver\"\nsha256 = \"{}\"\n", hash("the-one-that-leaves"));
    fs::write(&config, fs::read_to_string(&config).unwrap() + &more).unwrap();
    for refused in [false, true] {
        if refused {
            shell(&folder, &format!("{BINARY} token revoke leaver --config postern-demo/postern.toml"));
        }
        served.reload();
        while (ask(&folder, &line("the-one-that-leaves"))["status"] == "401") != refused {
            assert!(Instant::now() < until, "the token that leaves is refused: {}", !refused);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    // A mistake is told, and nothing changes.
    edit("mapping.toml", "userName ", "userNam ");
    edit("postern.toml", &hash("the-new-one-of-two"), &hash("the-third-one-of-all"));
    served.reload();
    while !fs::read_to_string(folder.file("stderr")).unwrap().contains("the former configuration stays") {
        assert!(Instant::now() < until, "the mistake is not told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(fs::read_to_string(folder.file("stderr")).unwrap().contains("did you mean `userName`?"));
    assert_eq!(ask(&folder, &line("the-third-one-of-all"))["status"], "401");
    assert_eq!(ask(&folder, &line("the-new-one-of-two"))["Resources"], after["Resources"]);
    served.stop();
}

/// An audit on Friday: who was let in, who was not, what was changed, what was configured.
#[tokio::test]
async fn the_audit_tells_of_changes_of_access_and_of_configurations() {
    let folder = Folder::new("audit");
    let (listen, admin) = (free_address(), free_address());
    let (at, admin_at) = (listen.to_string(), admin.to_string());
    let start = ["demo", "--listen", &at, "--admin", &admin_at, "--token", "the-one-that-may-all"];
    let mut demo = Process::start(&folder.0, &start, &[]);
    wait_until_ready(admin, &mut demo, &folder.0).await;
    demo.stop();
    let config = folder.file("postern-demo").join("postern.toml");
    let mut text = fs::read_to_string(&config).unwrap();
    for (name, more) in [
        ("old", "expires = 2020-01-01"),
        ("elsewhere", "allow_from = [\"192.0.2.0/24\"]"),
        ("reader", "access = \"read\""),
        ("users", "scope = [\"Users\"]"),
    ] {
        let hash = shell(&folder, &format!("printf %s secret-of-{name} | {BINARY} token hash"));
        text.push_str(&format!("\n[[tenant.token]]\nname = \"{name}\"\nsha256 = \"{}\"\n{more}\n", hash.trim()));
    }
    fs::write(&config, text).unwrap();
    let mut served = Process::start(&folder.0, &["serve", "--config", "postern-demo/postern.toml"], &[]);
    wait_until_ready(admin, &mut served, &folder.0).await;

    let line = |token: &str, more: &str, path: &str| {
        format!(
            "curl --cacert postern-demo/ca.pem --header 'Authorization: Bearer {token}' {more} 'https://{listen}/scim/v2{path}'"
        )
    };
    let post =
        "--json '{\"schemas\": [\"urn:ietf:params:scim:schemas:core:2.0:User\"], \"userName\": \"ito@example.com\"}'";
    assert!(ask(&folder, &line("the-one-that-may-all", "", "/Users?count=1"))["Resources"].is_array());
    for (token, more, path, status) in [
        ("of-a-stranger", "", "/Users", "401"),
        ("secret-of-old", "", "/Users", "401"),
        ("secret-of-elsewhere", "", "/Users", "403"),
        ("secret-of-users", "", "/Groups", "403"),
        ("secret-of-reader", post, "/Users", "403"),
    ] {
        assert_eq!(ask(&folder, &line(token, more, path))["status"], status, "{token} {path}");
    }
    assert!(ask(&folder, &line("the-one-that-may-all", post, "/Users"))["id"].is_string());
    served.stop();

    let told = shell(&folder, &format!("{BINARY} audit --config postern-demo/postern.toml --format csv --last 7"));
    let told: Vec<Vec<&str>> = told.lines().map(|line| line.split(',').collect()).collect();
    // category, level, token, operation, outcome, status, reason
    let told: Vec<_> = told[1..]
        .iter()
        .map(|row| [1, 2, 4, 7, 11, 12].map(|at| row[at]).join(" ") + " " + row[row.len() - 1])
        .collect();
    assert_eq!(
        told[1..],
        [
            "configuration info   loaded  ",
            "access warning old  refused 401 expired",
            "access warning elsewhere  refused 403 cidr",
            "access warning users  refused 403 scope",
            "provisioning warning reader create rejected 403 ",
            "provisioning info demo create created 201 ",
        ]
    );
    let told = shell(&folder, &format!("cat postern-demo/audit.log | {BINARY} audit -"));
    assert!(!told.contains("ito@") && !told.contains("secret-of"), "{told}");
}
