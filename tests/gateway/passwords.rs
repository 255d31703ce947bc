//! Passwords that are hashed on their way: written once for each new password, never shown, never
//! touched by other changes.

use postern::quirks::Profile;

use super::harness::Harness;

/// The demo's application keeps passwords as Redmine does: the digest in one column, its salt in another.
async fn salted() -> Harness {
    let rule = r#"password               = { field = "password_text", default = "!" }"#;
    let hashed = r#"password = { field = "password_text", write = 'HashSha1(HashSha1([password]), RandomHex(16, "salt"))', default = "!" }"#;
    let salt = "\nsalt = { value = 'IIF(IsPresent([password]), RandomHex(16, \"salt\"), \"\")' }\n";
    let change = |mapping: String| {
        assert!(mapping.contains(rule));
        let (before, behind) = mapping.split_once("\n[User.fields]").unwrap();
        format!("{before}\n[User.fields]{}", behind.replacen('\n', salt, 1)).replace(rule, hashed)
    };
    let harness = Harness::of("tenant", Profile::Any, change).await;
    harness.sql("ALTER TABLE staff ADD COLUMN salt TEXT");
    harness
}

impl Harness {
    fn kept(&self) -> (String, String) {
        (self.ask_sql("SELECT password_text FROM staff"), self.ask_sql("SELECT coalesce(salt, 'null') FROM staff"))
    }

    async fn change(&self, request: &str, body: &str) -> (String, String) {
        let answer = self.json(request, body).await;
        assert!((200..300).contains(&answer.status), "{request}: {}", answer.body.to_json());
        assert!(answer.at("password").is_unassigned(), "{}", answer.body.to_json());
        self.kept()
    }
}

fn sha1(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn patch(path: &str, value: &str) -> String {
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{"op": "replace", "path": "{path}", "value": "{value}"}}]}}"#
    )
}

#[tokio::test]
async fn only_a_new_password_gives_a_new_hash_and_a_new_salt() {
    let harness = salted().await;
    let id = harness.user("ana").await;
    let (patched, put) = (format!("PATCH /Users/{id}"), format!("PUT /Users/{id}"));
    assert_eq!(harness.kept(), ("!".to_owned(), String::new()), "nobody can sign in");
    assert_eq!(harness.change(&patched, &patch("title", "Clerk")).await, ("!".to_owned(), String::new()));

    let first = harness.change(&patched, &patch("password", "s3cret")).await;
    assert_eq!((first.0.as_str(), first.1.len()), (sha1(&format!("{}{}", first.1, sha1("s3cret"))).as_str(), 32));
    assert_eq!(harness.change(&patched, &patch("title", "Guide")).await, first);
    let person = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "title": "Boss"}"#;
    assert_eq!(harness.change(&put, person).await, first);
    let removed = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "remove", "path": "title"}]}"#;
    assert_eq!(harness.change(&patched, removed).await, first);

    let second = harness.change(&put, &person.replace("\"title\"", "\"password\": \"n3w\", \"title\"")).await;
    assert_eq!(second.0, sha1(&format!("{}{}", second.1, sha1("n3w"))));
    assert_ne!(second.1, first.1);
}

#[tokio::test]
async fn nobody_asks_for_a_password_by_a_filter() {
    let harness = salted().await;
    harness.user("ana").await;
    for filter in ["password eq \"s3cret\"", "password pr", "not (password sw \"s\")"] {
        let answer = harness.send(&format!("GET /Users?filter={filter}"), None).await;
        assert_eq!(
            (answer.status, answer.text("scimType").as_str()),
            (400, "invalidFilter"),
            "{}",
            answer.body.to_json()
        );
    }
}
