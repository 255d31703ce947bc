//! What `postern check` and `postern explain` say of tokens that the application knows.

use super::{SQLITE, mapping, schema};
use crate::cli::support::Folder;

/// A tenant without a token of its own, or with those that are added.
fn tenant(tokens: &str) -> String {
    let config = crate::cli::support::CONFIG;
    let own = config.rfind("[[tenant.token]]").unwrap();
    format!("{}{tokens}", config[..own].replace("path    =", "variables = { service_user = 7 }\npath    ="))
}

fn token(name: &str, more: &str) -> String {
    let hash = postern::server::Token::hash_in_hex(name);
    format!("[[tenant.token]]\nname = \"{name}\"\nsha256 = \"{hash}\"\n{more}\n")
}

fn folder(mapping: &str, tokens: &str) -> Folder {
    let folder = Folder::ready();
    folder.put("app.toml", mapping);
    folder.put("postern.toml", &tenant(tokens));
    folder
}

#[test]
fn a_tenant_may_have_no_token_when_its_mapping_knows_where_there_are_some() {
    let with = mapping("sqlite:app.db");
    let done = folder(&with, "").postern(&["check"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.stdout.contains(
            "bearer tokens are looked up in the application; believed for 1 s; must hold: provider.enabled, \
             service.enabled; gives: {token.service_user}"
        ),
        "{}",
        done.stdout
    );
    let done = folder(crate::cli::support::MAPPING, "").postern(&["check"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stdout.contains("PST603") && done.stdout.contains("the tenant has no token"), "{}", done.stdout);
}

#[test]
fn a_value_that_no_token_gives_is_a_problem() {
    let without: String = {
        let whole = mapping("sqlite:app.db");
        let (before, rest) = whole.split_once("[token]").unwrap();
        let (_, after) = rest.split_once("[User]").unwrap();
        format!("{before}[User]{after}")
    };
    let gives = "variables = { service_user = 7 }";
    let done = folder(&without, &token("entra", "")).postern(&["check"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stdout.contains("no token gives `{token.service_user}`"), "{}", done.stdout);

    let done = folder(&without, &[token("entra", gives), token("okta", "")].concat()).postern(&["check"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stdout.contains("the token `okta` does not give `{token.service_user}`"), "{}", done.stdout);

    // One that may only read writes nothing.
    let done =
        folder(&without, &[token("entra", gives), token("report", "access = \"read\"")].concat()).postern(&["check"]);
    assert!(done.code == 0 && !done.stdout.contains("warning"), "{done:?}");
}

#[test]
fn a_parameter_that_no_token_gives_is_a_problem() {
    let with = |name: &str| {
        let statement = format!("before_delete = [\"CALL drop_user(:key, :token.{name})\"]");
        format!("{}\n[User.deprovision]\n{statement}\n", mapping("sqlite:app.db"))
    };
    let done = folder(&with("nobody"), "").postern(&["check"]);
    assert!(done.code == 2 && done.stdout.contains("no token gives `{token.nobody}`"), "{}", done.stdout);
    let right = folder(&with("service_user"), "");
    assert_eq!(right.postern(&["check"]).code, 0);
}

#[test]
fn explain_says_what_it_does_not_know() {
    let folder = folder(&mapping("sqlite:app.db"), "");
    let body = r#"{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada" }"#;
    let done = folder.postern(&["explain", "POST", "/Users", body]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.stdout.contains("`(token.service_user)` stands for what the token of the request tells"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("service (token.service_user) of 7"), "{}", done.stdout);
}

#[test]
fn a_live_check_compares_tables_columns_and_the_index() {
    let cases = [
        ("", "", vec![]),
        (
            "CREATE INDEX tokens_secret ON tokens (secret);",
            "",
            vec!["no index serves lookups in `tokens` by `secret COLLATE NOCASE`"],
        ),
        ("COLLATE NOCASE", "", vec!["no index serves lookups in `tokens`"]),
        ("until VARCHAR(30)", "until_when VARCHAR(30)", vec!["table `tokens` has no column `until`"]),
        (
            "TABLE providers (id INTEGER PRIMARY KEY, enabled",
            "TABLE providers (id INTEGER PRIMARY KEY, active",
            vec!["table `providers` has no column `enabled`"],
        ),
        ("TABLE services", "TABLE service", vec!["the database has no table `services`"]),
    ];
    for (taken, put, says) in cases {
        let folder = folder(&mapping("sqlite:app.db"), "");
        let (schema, _) =
            schema(SQLITE.0, SQLITE.1).split_once("INSERT").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let schema = if taken.is_empty() { schema } else { schema.replace(taken, put) };
        rusqlite::Connection::open(folder.path().join("app.db")).unwrap().execute_batch(&schema).unwrap();
        let done = folder.postern(&["check", "--live"]);
        for say in &says {
            assert!(done.stdout.contains(say), "{taken}: {say}\n{}", done.stdout);
        }
        assert_eq!(
            done.stdout.contains("tokens`"),
            says.iter().any(|say| say.contains("tokens`")),
            "{taken}\n{}",
            done.stdout
        );
    }
}
