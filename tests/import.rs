//! `postern import entra`: what a provisioning schema of Entra comes to. `import/entra.json` has the
//! form of an exported one, with made-up contents.

use serde_json::{Value as Json, json};

use crate::cli::support::{Done, Folder};

const EXPORTED: &str = include_str!("import/entra.json");

fn import(text: &str) -> Done {
    let folder = Folder::new();
    folder.put("entra.json", text);
    folder.postern(&["import", "entra", "entra.json"])
}

/// `postern check` over a mapping; what a person has to fill in is the address of the database.
fn check(mapping: &str) -> Done {
    let folder = Folder::ready();
    folder.put("app.toml", mapping);
    let url = ("DATABASE_URL".to_owned(), "sqlite:app.db".to_owned());
    folder.postern_with(&["check", "--deny-warnings"], &[url], "")
}

/// A provisioning schema that maps one object.
fn schema(object: &Json) -> String {
    json!({"synchronizationRules": [{"objectMappings": [object]}]}).to_string()
}

fn users(attributes: &Json) -> String {
    schema(&json!({"targetObjectName": "User", "attributeMappings": attributes}))
}

#[test]
fn an_exported_schema_becomes_a_mapping_that_compiles() {
    let done = import(EXPORTED);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    insta::with_settings!({ snapshot_path => "import", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("entra", done.stdout);
    });
    let checked = check(&done.stdout);
    assert_eq!((checked.code, checked.stderr.as_str()), (0, ""), "{}", checked.stdout);
}

#[test]
fn every_attribute_mapping_is_a_rule_or_a_comment() {
    let printed = import(EXPORTED).stdout;
    let file: Json = serde_json::from_str(EXPORTED).unwrap();
    let objects = file["synchronizationRules"][0]["objectMappings"].as_array().unwrap();
    let mappings = objects.iter().flat_map(|object| object["attributeMappings"].as_array().unwrap());
    for mapping in mappings {
        let target = mapping["targetAttributeName"].as_str().unwrap();
        let last = target.rsplit([':', '.']).next().unwrap();
        assert!(printed.contains(last), "{target}");
        let source = &mapping["source"];
        let sent = if source["type"] == "Constant" { &source["name"] } else { &source["expression"] };
        assert!(printed.contains(sent.as_str().unwrap()), "{sent}");
    }
}

#[test]
fn a_schema_on_standard_input_is_read_too() {
    let folder = Folder::new();
    let done = folder.postern_with(&["import", "entra", "-"], &[], &format!("\u{feff}{EXPORTED}"));
    assert_eq!((done.code, done.stdout == import(EXPORTED).stdout), (0, true));
}

#[test]
fn what_is_no_schema_is_told_in_a_sentence() {
    let cases = [
        ("", "no JSON"),
        ("<html>Sign in</html>", "no JSON"),
        ("{\"synchronizationRules\": [", "no JSON"),
        ("\u{0}\u{1}\u{2}", "no JSON"),
        ("[]", "no provisioning schema of Entra"),
        ("7", "no provisioning schema of Entra"),
        ("{}", "it has no `synchronizationRules`"),
        ("{\"value\": [{\"id\": \"job\"}]}", "it has no `synchronizationRules`"),
        ("{\"synchronizationRules\": null}", "it has no `synchronizationRules`"),
        ("{\"synchronizationRules\": {}}", "no provisioning schema of Entra"),
        ("{\"synchronizationRules\": []}", "none of its `objectMappings` has a target object"),
        ("{\"synchronizationRules\": [{\"objectMappings\": null}]}", "none of its `objectMappings`"),
        ("{\"synchronizationRules\": [{\"objectMappings\": [7]}]}", "no provisioning schema of Entra"),
    ];
    for (text, part) in cases {
        let done = import(text);
        assert_eq!((done.code, done.stdout.as_str()), (65, ""), "{text}");
        assert!(done.stderr.contains(part) && done.stderr.contains("`entra.json`"), "{text}\n{}", done.stderr);
    }
    let deep = import(&"[".repeat(100_000));
    assert_eq!(deep.code, 65, "{}", deep.stderr);
    let missing = Folder::new().postern(&["import", "entra", "nowhere.json"]);
    assert!(missing.code == 65 && missing.stderr.contains("`nowhere.json`: cannot be read"), "{}", missing.stderr);
}

#[test]
fn a_file_that_is_far_too_large_is_not_read_to_its_end() {
    let folder = Folder::new();
    std::fs::File::create(folder.path().join("huge.json")).unwrap().set_len(1 << 34).unwrap();
    let done = folder.postern(&["import", "entra", "huge.json"]);
    assert_eq!((done.code, done.stdout.as_str()), (65, ""));
    assert!(done.stderr.contains("larger than 16 MiB"), "{}", done.stderr);
}

#[test]
fn many_attributes_are_no_trouble_and_far_too_many_are_told() {
    let attribute =
        |i: usize| json!({"targetAttributeName": format!("urn:example:{i}:User:badge"), "source": {"name": "x"}});
    let many = |count: usize| import(&users(&json!((0..count).map(attribute).collect::<Vec<_>>())));
    let done = many(500);
    assert_eq!((done.code, done.stdout.matches(":User:badge\" = \"badge_").count()), (0, 499));
    let refused = many(6_000);
    assert_eq!((refused.code, refused.stdout.as_str()), (65, ""));
    assert!(refused.stderr.contains("6000 attribute mappings"), "{}", refused.stderr);
}

#[test]
fn nothing_in_a_file_leaves_its_comment_or_its_key() {
    let evil = [
        "x\n[downstream]\nkind = \"rest\"",
        "x\" = 1\n#",
        "urn:a\"b:User:c\nd",
        "emails[type eq \"a\\\"]\nx = 1",
        "\u{1b}[31mred",
        "userName\r\n",
        "'''",
        "urn::",
        "urn:x:",
        "[",
        "name.",
        "emails[type eq \"work\"]",
        "emails",
        "urn:ietf:params:scim:schemas:core:2.0:User:urn:ietf:params:scim:schemas:core:2.0:User:title",
    ];
    for target in evil {
        let source = json!({"expression": format!("Join({target}\n[User]\ntable = 1)"), "type": "Function"});
        let mapping =
            json!({"targetAttributeName": target, "source": source, "defaultValue": target, "matchingPriority": 3});
        let good = json!({"targetAttributeName": "userName", "source": {"name": "upn"}, "matchingPriority": 1});
        let active = json!({"targetAttributeName": "active", "source": {"name": "on"}});
        let done = import(&users(&json!([good, mapping, active])));
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{target}");
        assert!(done.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{target}\n{}", done.stdout);
        let checked = check(&done.stdout);
        assert_eq!(checked.code, 0, "{target}\n{}\n{}", done.stdout, checked.stdout);
    }
}

#[test]
fn what_entra_would_not_do_stands_at_the_head() {
    let name = json!({"targetAttributeName": "userName", "source": {"name": "upn"}});
    let object =
        json!({"targetObjectName": "User", "enabled": false, "flowTypes": "Add", "attributeMappings": [name, name]});
    let printed = import(&schema(&object)).stdout;
    for part in [
        "# - the object mapping of User is switched off",
        "# - User: no attribute has a matching precedence",
        "# - User: nothing is mapped to `active`",
        "# - User: Entra will not update, delete",
        "# - User: `userName` is mapped twice",
        "# - there is no object mapping of Group",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
}
