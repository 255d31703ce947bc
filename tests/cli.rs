//! The command line: what is printed, and with which code it ends.

#[path = "cli/audit.rs"]
mod audit;
#[path = "cli/support.rs"]
pub(crate) mod support;
#[path = "cli/token.rs"]
mod token;

use std::path::Path;

use support::{CONFIG, Folder, MAPPING};

#[test]
fn check_of_what_is_right_says_what_becomes_of_each_attribute() {
    let folder = Folder::ready();
    let done = folder.postern(&["check"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    assert!(done.stdout.contains("tenant `contoso`: Staff\n  User at /Users\n"), "{}", done.stdout);
    assert!(done.stdout.contains("userName                                     exact\n"), "{}", done.stdout);
    assert!(done.stdout.contains("exact      read by the inverse\n"), "{}", done.stdout);
    assert!(done.stdout.contains("DELETE deletes the record\n"), "{}", done.stdout);
}

#[test]
fn check_ends_with_2_and_shows_the_place() {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace("userName", "userNmae"));
    let done = folder.postern(&["check"]);
    assert_eq!(done.code, 2);
    for part in [
        "error[PST202]: `userNmae` is not an attribute of User",
        "app.toml:13:1",
        "13 | userNmae = { field",
        "| ^^^^^^^^",
        "help: did you mean `userName`?",
        "1 error, 0 warnings",
    ] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
}

#[test]
fn check_finds_the_faults_of_all_files_at_once() {
    let folder = Folder::ready();
    folder.put("postern.toml", &CONFIG.replace("https://", "http://").replace("tls.crt", "no.crt"));
    folder.put("app.toml", &MAPPING.replace("kind = \"sql\"", "kind = \"sqk\"").replace("match", "mtach"));
    let done = folder.postern(&["check"]);
    assert_eq!(done.code, 2);
    for part in ["is no https address", "`no.crt` cannot be read", "has no key `mtach`", "`sqk` is no kind"] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
}

#[test]
fn check_ends_with_3_for_warnings_only_where_they_are_denied() {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace(", match = 1", ""));
    assert_eq!(folder.postern(&["check"]).code, 0);
    let denied = folder.postern(&["check", "--deny-warnings"]);
    assert_eq!(denied.code, 3);
    assert!(denied.stdout.contains("warning[PST401]"), "{}", denied.stdout);
    folder.put("app.toml", &MAPPING.replace("userName", "userNmae"));
    assert_eq!(folder.postern(&["check", "--deny-warnings"]).code, 2);
    folder.put("app.toml", MAPPING);
    assert_eq!(folder.postern(&["check", "--deny-warnings"]).code, 0);
}

#[test]
fn check_prints_json_a_line_for_each_problem_and_nothing_else() {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace("userName", "userNmae"));
    let done = folder.postern(&["check", "--format", "json"]);
    let told: Vec<serde_json::Value> = done.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((done.code, told.len()), (2, 1));
    let wanted = serde_json::json!({
        "code": "PST202", "severity": "error", "message": "`userNmae` is not an attribute of User",
        "file": "app.toml", "line": 13, "column": 1, "end_line": 13, "end_column": 9,
        "label": null, "help": "did you mean `userName`?",
    });
    assert_eq!(told[0], wanted);
    folder.put("app.toml", MAPPING);
    assert_eq!(folder.postern(&["check", "--format", "json"]).stdout, "");
}

#[test]
fn check_prints_sarif() {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace("userName", "userNmae"));
    let done = folder.postern(&["check", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!((done.code, &log["version"]), (2, &"2.1.0".into()));
    assert_eq!(result["ruleId"], "PST202");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 13);
}

#[test]
fn a_configuration_that_is_not_there_is_told() {
    let folder = Folder::new();
    let done = folder.postern(&["check", "--config", "nowhere.toml"]);
    assert_eq!(done.code, 2);
    assert!(done.stdout.contains("PST001") && done.stdout.contains("nowhere.toml"), "{}", done.stdout);
}

#[test]
fn serve_refuses_a_faulty_configuration_and_listens_nowhere() {
    let folder = Folder::ready();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = CONFIG.replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    folder.put("postern.toml", &config.replace("client", "").replace("app.toml", "none.toml"));
    let done = folder.postern(&["serve"]);
    assert_eq!((done.code, done.stdout.as_str()), (78, ""));
    assert!(done.stderr.contains("the mapping cannot be read"), "{}", done.stderr);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!folder.path().join("correlation.db").exists(), "nothing is made before all is right");
}

#[test]
fn a_new_token_and_its_hash_belong_together() {
    let folder = Folder::new();
    let made = folder.postern(&["token", "new", "--name", "entra-2027"]);
    assert_eq!(made.code, 0);
    let token = made.stdout.lines().next().unwrap();
    assert!(token.starts_with("pst_") && token.len() == 47, "{token}");
    assert!(made.stdout.contains("[[tenant.token]]\nname   = \"entra-2027\"\nsha256 = \""), "{}", made.stdout);
    let hashed = folder.postern_with(&["token", "hash"], &[], &format!("{token}\n"));
    assert_eq!((hashed.code, hashed.stdout.trim().len()), (0, 64));
    assert!(made.stdout.contains(hashed.stdout.trim()), "the lines for postern.toml hold this token's hash");
    assert_ne!(made.stdout, folder.postern(&["token", "new", "--name", "entra-2027"]).stdout);
}

#[test]
fn the_hash_of_a_token_is_its_sha256() {
    let done = Folder::new().postern_with(&["token", "hash"], &[], "test");
    assert_eq!(done.stdout, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n");
}

#[test]
fn eval_prints_a_value_on_one_line() {
    let folder = Folder::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (&[r#"Join(" ", [first], [last])"#, r#"{"first": "Ada", "last": "Byron"}"#], 0, "\"Ada Byron\"\n"),
        (&[r#"[name.familyName]"#, r#"{"name": {"familyName": "Byron"}}"#], 0, "\"Byron\"\n"),
        (&["[nobody]"], 0, "null\n"),
        (&["--now", "2026-11-25T10:00:00Z", "Now()"], 0, "\"11/25/2026 10:00:00 AM\"\n"),
        (&["IgnoreFlowIfNullOrEmpty([nobody])"], 0, "{\"$flow\":\"ignore_attribute\"}\n"),
        (&["ToLoewr([a])"], 2, ""),
        (&["Append([a]"], 2, ""),
        (&["Left([a], [n])", r#"{"a": "x", "n": "many"}"#], 3, ""),
        (&["--invert", "3", r#"Switch([active], , "True", "1", "False", "3")"#], 0, "{\"active\":\"False\"}\n"),
        (&["--invert", "a", "ToLower([a])"], 3, ""),
    ];
    for (arguments, code, printed) in cases {
        let whole: Vec<&str> = ["eval"].iter().chain(*arguments).copied().collect();
        let done = folder.postern(&whole);
        assert_eq!((done.code, done.stdout.as_str()), (*code, *printed), "{arguments:?}\n{}", done.stderr);
        assert_eq!(done.stderr.is_empty(), *code == 0, "{arguments:?}\n{}", done.stderr);
    }
}

#[test]
fn the_function_reference_is_what_the_functions_say() {
    let done = Folder::new().postern(&["functions"]);
    assert_eq!(done.code, 0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/FUNCTIONS.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &done.stdout).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == done.stdout, "mappings/FUNCTIONS.md is out of date: run `UPDATE=1 cargo test function_reference`");
    for signature in postern::expr::signatures() {
        assert!(done.stdout.contains(&format!("\n## {}\n", signature.name)), "{}", signature.name);
    }
}

#[test]
fn one_function_is_found_whatever_its_case() {
    let folder = Folder::new();
    let done = folder.postern(&["functions", "switch"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.starts_with("## Switch\n\n    Switch("), "{}", done.stdout);
    let unknown = folder.postern(&["functions", "Swich"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("did you mean `Switch`?"), "{}", unknown.stderr);
}

#[test]
fn help_is_for_standard_output_and_wrong_usage_for_standard_error() {
    let folder = Folder::new();
    let help = folder.postern(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    let readme = include_str!("../README.md");
    for command in
        ["demo", "serve", "check", "explain", "eval", "functions", "import", "init", "schema", "token", "health"]
    {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command}\n{}", help.stdout);
        assert!(readme.contains(&format!("| `postern {command}")), "{command} is not in the table of README.md");
        assert_eq!(folder.postern(&[command, "--help"]).code, 0, "{command}");
    }
    assert!(folder.postern(&["--version"]).stdout.starts_with("postern "));
    for wrong in
        [&["chekc"][..], &["check", "--formt", "json"], &["eval"], &["token"], &["check", "--format", "xml"], &[]]
    {
        let done = folder.postern(wrong);
        assert_eq!((done.code, done.stdout.as_str()), (64, ""), "{wrong:?}");
        assert!(done.stderr.contains("--help"), "{wrong:?}\n{}", done.stderr);
    }
}

#[test]
fn health_of_nobody_ends_with_1() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let done = Folder::new().postern(&["health", "--url", &format!("http://127.0.0.1:{port}/readyz")]);
    assert_eq!(done.code, 1);
    assert!(!done.stderr.is_empty());
}
