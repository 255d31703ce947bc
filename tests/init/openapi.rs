//! `postern init openapi`: what is guessed of a document. Each document under `tests/init/openapi/` has the
//! whole text beside it (`UPDATE=1` writes it); the documents of real applications are asked of those.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use proptest::prelude::*;
use serde_json::json;
use toml::Table;

use crate::cli::support::{Done, Folder};

const FOLDER: &str = "tests/init/openapi";

/// What the guessed mappings read from the environment.
fn env() -> Vec<(String, String)> {
    let names = ["APP_TOKEN", "APP_USER", "APP_PASSWORD", "APP_CLIENT_ID", "APP_CLIENT_SECRET"];
    names.into_iter().map(|name| (name.to_owned(), "a-secret".to_owned())).collect()
}

fn init(document: impl AsRef<[u8]>) -> Done {
    let folder = Folder::new();
    fs::write(folder.path().join("api"), document).unwrap();
    folder.postern(&["init", "openapi", "api"])
}

/// `postern check` over a mapping.
fn check(mapping: &str) -> Done {
    let folder = Folder::ready();
    folder.put("app.toml", mapping);
    folder.postern_with(&["check", "--deny-warnings"], &env(), "")
}

#[test]
fn every_guess_is_as_expected_and_compiles() {
    let mut documents: Vec<PathBuf> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    documents.retain(|path| path.extension().is_some_and(|extension| extension != "toml"));
    documents.sort();
    assert!(documents.len() >= 12);
    let mut wrong = Vec::new();
    for path in documents {
        let done = init(fs::read(&path).unwrap());
        let expected = path.with_extension("toml");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &done.stdout).unwrap();
        }
        let checked = check(&done.stdout);
        if done.code != 0 || checked.code != 0 || fs::read_to_string(&expected).unwrap_or_default() != done.stdout {
            wrong.push(format!("{}\n{}{}\n{}", path.display(), done.stderr, done.stdout, checked.stdout));
        }
    }
    assert!(wrong.is_empty(), "`UPDATE=1 cargo test init::openapi` writes what is printed\n{}", wrong.join("\n\n"));
}

#[test]
fn a_document_may_come_by_standard_input() {
    let document = fs::read_to_string(format!("{FOLDER}/cursor.yaml")).unwrap();
    let done = Folder::new().postern_with(&["init", "openapi", "-"], &[], &document);
    assert_eq!((done.code, done.stdout), (0, fs::read_to_string(format!("{FOLDER}/cursor.toml")).unwrap()));
}

#[test]
fn what_is_no_document_is_said() {
    let laughs = |n: usize| format!("l{n}: &l{n} [{}]\n", vec![format!("*l{}", n - 1); 12].join(", "));
    let laughs: String = std::iter::once("l0: &l0 [ha]\n".to_owned()).chain((1..12).map(laughs)).collect();
    let prices = r##"{"openapi": "3.0.0", "paths": {"/prices": {"get": {"responses": {"200": {"content": {"application/json":
        {"schema": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}}}}, "/prices/{id}": {"get": {}}}}"##;
    let cases: &[(&str, &str, i32)] = &[
        ("", "`api`: the file is empty", 65),
        ("  \u{feff}", "`api`: no", 65),
        ("{\"openapi\": \"3.0.0\",", "`api`: no JSON: EOF while parsing", 65),
        ("openapi: [3", "`api`: no YAML: ", 65),
        (&"[".repeat(100_000), "`api`: no JSON: recursion limit exceeded", 65),
        (&"- ".repeat(100_000), "`api`: no YAML: ", 65),
        (&laughs, "`api`: no YAML: ", 65),
        ("<!doctype html><title>Sign in</title>", "perhaps a page that asks to sign in", 65),
        ("a sentence", "no OpenAPI document: it has no `openapi`", 65),
        ("[]", "no OpenAPI document: it has no `openapi`", 65),
        (r#"{"swagger": "2.0", "paths": {}}"#, "OpenAPI 2 (Swagger): convert it first", 65),
        (r#"{"openapi": "4.0.0", "paths": {}}"#, "OpenAPI 4.0.0, which is not known here: 3.0 or 3.1 is", 65),
        (r#"{"openapi": {"3": "0"}}"#, "which is not known here", 65),
        (r#"{"openapi": "3.0.0"}"#, "without `paths`, so without calls", 65),
        (r#"{"openapi": "3.0.0", "paths": []}"#, "without `paths`, so without calls", 65),
        (prices, "no path of the document, with the path of one record below it, looks like one of users", 1),
    ];
    for (document, told, code) in cases {
        let done = init(document);
        let about: String = document.chars().take(60).collect();
        assert_eq!((done.code, done.stdout.as_str()), (*code, ""), "{about}\n{}", done.stderr);
        assert!(done.stderr.contains(told) && done.stderr.lines().count() == 1, "{about}\n{}", done.stderr);
    }
    assert!(init(b"\xff\xfe{\x00").stderr.contains("it is no UTF-8 text"));
    let folder = Folder::new();
    let done = folder.postern(&["init", "openapi", "none.json"]);
    assert!(done.code == 65 && done.stderr.contains("`none.json`: cannot be read: "), "{}", done.stderr);
    fs::File::create(folder.path().join("large")).unwrap().set_len(33 * 1024 * 1024).unwrap();
    let done = folder.postern(&["init", "openapi", "large"]);
    assert!(done.code == 65 && done.stderr.contains("larger than 32 MiB, so no OpenAPI document"), "{}", done.stderr);
}

#[test]
fn the_password_in_an_address_is_not_repeated() {
    let document = fs::read_to_string(format!("{FOLDER}/addresses.json")).unwrap();
    let done = init(document.replace("http://127.0.0.1:24817/", "https://scim:s3cret@inside.example.com/"));
    assert!(done.code == 0 && !done.stdout.contains("s3cret"), "{}", done.stdout);
    assert!(done.stdout.contains("base_url = \"https://app.example.com/v3\""), "{}", done.stdout);
}

/// Words that could end what they stand in.
fn word() -> impl Strategy<Value = String> {
    const EVIL: &[&str] = &[
        "\"", "'", "\n", "\r", "#", "]", "[User]", "{key}", "{", "}", "\\", "\u{0}", "\u{85}", "\u{202e}", "$", ".",
        "/", "?", " ",
    ];
    let part = prop_oneof![
        3 => "[a-z]{1,6}",
        1 => proptest::sample::select(EVIL).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(part, 1..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_word_of_a_document_leaves_its_place(
        words in proptest::collection::vec(word(), 14),
        flags in proptest::collection::vec(any::<bool>(), 16),
    ) {
        let [title, url, before, field, second, value, parameter, wrapper, beside, tag, scheme, header, scope, after] = &words[..] else {
            unreachable!()
        };
        let text = json!({"type": "string"});
        let told = |kind: &str, at: usize| json!({"type": kind, "readOnly": flags[at], "writeOnly": flags[at + 1], "items": text});
        let (off, mail) = (if flags[6] { "locked" } else { second }, if flags[8] { "email" } else { "emails" });
        let record = json!({"type": "object", "required": [field, "status", "login"], "properties": {
            "id": text, "login": told("string", 0), field: told("string", 2), second: {"type": "array", "items": text},
            "status": {"type": "string", "enum": [value, "active", "off"], "readOnly": flags[4], "writeOnly": flags[5]},
            (off): told("boolean", 7), (mail): told(if flags[8] { "string" } else { "array" }, 9),
            "password": told("string", 9), "group": told(if flags[10] { "array" } else { "string" }, 11),
            "profile": {"properties": {field: text, "first_name": told("string", 11)}},
        }});
        let list = json!({"type": "object", "properties": {wrapper: {"type": "array", "items": record}, beside: {"properties": {"total": {"type": "integer"}}}}});
        let answer = |schema: &serde_json::Value| json!({"200": {"content": {"application/json": {"schema": schema}}, "headers": {header: {}}}});
        let query = json!([{"in": "query", "name": parameter, "required": true, "example": value}, {"in": "query", "name": "limit"}]);
        let change = if flags[14] { "patch" } else { "trace" };
        let one = |schema: &serde_json::Value| json!({"get": {"responses": answer(schema)}, (change): {"requestBody": {"content": {"application/json": {"schema": {"properties": {wrapper: schema}}}}}}, "delete": {}});
        let users = format!("/{before}/users");
        let group = json!({"type": "object", "properties": {"id": text, "name": text, field: text, "users": told("array", 13)}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": title}, "servers": [{"url": url}, {"url": format!("https://{url}")}],
            "paths": {
                &users: {"get": {"tags": [tag], "parameters": query, "responses": answer(&list)},
                    "post": {"requestBody": {"content": {"application/json": {"schema": record}}}, "responses": answer(&record)}},
                format!("{users}/{{{after}}}"): one(&record),
                format!("/{before}/{tag}/people"): {"get": {"responses": answer(&list)}},
                format!("/{before}/{tag}/people/{{id}}"): one(&record),
                "/groups": {"get": {"responses": answer(&json!({"type": "array", "items": group}))}},
                "/groups/{id}": one(&group),
                format!("/groups/{{id}}/{after}/users"): {"post": {"requestBody": {"content": {"application/json": {"schema": record}}}}},
            },
            "components": {"securitySchemes": {scheme: {"type": "apiKey", "in": "header", "name": header},
                "o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": url, "scopes": {scope: "", "user": ""}}}}}},
        });
        let done = init(document.to_string());
        prop_assert!(done.code <= 1, "{}", done.stderr);
        if done.code == 0 {
            let mapping: Table = done.stdout.parse().map_err(|error| TestCaseError::fail(format!("{error}\n{}", done.stdout)))?;
            let known = ["application", "downstream", "User", "Group"];
            prop_assert!(mapping.keys().all(|key| known.contains(&&**key)), "{}", done.stdout);
            let checked = check(&done.stdout);
            prop_assert!(checked.code == 0 || checked.code == 3, "{}\n{}", done.stdout, checked.stdout);
        }
    }
}

/// The application, the script that asks it, and what the guessed mapping reads from the environment.
type Running = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const RUNNING: &[Running] = &[
    ("directus", "ask-directus", &[("APP_TOKEN", "DIRECTUS_TOKEN")]),
    ("pulp", "ask-pulp", &[("APP_USER", "PULP_ADMIN_USER"), ("APP_PASSWORD", "PULP_ADMIN_PASSWORD")]),
];

#[test]
#[ignore = "needs the servers that tests/run starts"]
fn the_documents_of_running_applications_come_to_mappings_that_fit_them() {
    for (name, script, variables) in RUNNING {
        let asked = Command::new(format!("tests/apps/{script}")).arg("document").output().unwrap();
        assert!(asked.status.success(), "{name}: {}", String::from_utf8_lossy(&asked.stderr));
        let done = init(asked.stdout);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{name}");
        let folder = Folder::ready();
        folder.put("app.toml", &done.stdout);
        let told = |name: &str| std::env::var(format!("POSTERN_TEST_{name}")).unwrap();
        let env: Vec<_> = variables.iter().map(|(name, from)| ((*name).to_owned(), told(from))).collect();
        let checked = folder.postern_with(&["check", "--live", "--deny-warnings"], &env, "");
        assert_eq!(checked.code, 0, "{name}\n{}\n{}{}", done.stdout, checked.stdout, checked.stderr);
    }
}
