//! `postern explain`: what requests as clients send them would cause, by SQL and by REST. Nothing is
//! connected to: the shipped mappings of Redmine are bound, and ids are sealed here.

use postern::correlation::{Identity, Seal, Sqlite};
use postern::record::RecordKey;

use crate::cli::support::{CONFIG, Done, Folder};

const REDMINE: &str = include_str!("../mappings/redmine.toml");
const REDMINE_REST: &str = include_str!("../mappings/redmine-rest.toml");

/// A mapping with a password in a column as it is, in another hashed, and with a word of the client's
/// that no answer shows.
const SECRETS: &str = r#"
[downstream]
kind = "sql"
url  = "sqlite:app.db"

[User]
table   = "users"
key     = "id"
version = "revision"

[User.attributes]
userName = { field = "login", match = 1 }
password = { field = "secret" }
title    = { field = "pin", write_only = true }
nickName = "nick"

[User.fields]
digest = { value = 'Append("x", [password])' }

[User.deprovision]
delete = "acknowledge"
"#;

struct Bench(Folder);

impl Bench {
    fn over(mapping: &str) -> Self {
        let folder = Folder::ready();
        folder.put("app.toml", mapping);
        folder.put("redmine-api-key", "key");
        folder.put("postern.toml", &CONFIG.replace("name   = \"entra\"", "name   = \"entra\"\nuser   = \"bjensen\""));
        Self(folder)
    }

    /// The id of the record with this key.
    fn id(&self, resource: &str, key: &str) -> String {
        let store = Sqlite::open(&self.0.path().join("correlation.db")).unwrap();
        let seal = Seal::new(store.master(), "contoso").unwrap();
        seal.seal(resource, &Identity::first(&RecordKey::new(key))).unwrap().to_string()
    }

    fn run(&self, arguments: &[&str], input: &str) -> Done {
        let env =
            [("REDMINE_DATABASE_URL", "postgres://redmine@127.0.0.1:1/redmine"), ("REDMINE_URL", "http://127.0.0.1:1")];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.0.postern_with(&[&["explain"], arguments].concat(), &env, input)
    }

    /// What a captured message would cause; ids are written as `{User 7}`, in the answer too.
    fn message(&self, message: &str) -> Done {
        let mut text = message.to_owned();
        let mut ids = Vec::new();
        while let Some(start) = text.find("{User ").or_else(|| text.find("{Group ")) {
            let end = start + text[start..].find('}').unwrap();
            let (resource, key) = text[start + 1..end].split_once(' ').unwrap();
            let id = self.id(resource, key);
            ids.push((id.clone(), format!("{{{resource} {key}}}")));
            text.replace_range(start..=end, &id);
        }
        let mut done = self.run(&["--request", "-"], &text);
        for (id, name) in ids {
            done.stdout = done.stdout.replace(&id, &name);
        }
        done
    }
}

/// Times and what is drawn by lot, as words.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    for word in text.split_inclusive(|c: char| " ,'\"\n".contains(c)) {
        let plain = word.trim_end_matches([' ', ',', '\'', '"', '\n']);
        let is_time = plain.len() >= 19 && plain.starts_with("20") && plain.contains(':');
        let is_time = is_time || plain.ends_with('Z') && plain.starts_with("20");
        steady += &if is_time { word.replace(plain, "NOW") } else { word.to_owned() };
    }
    // Redmine's mapping draws a password by lot.
    for before in ["\"password\":\"", "$.password = \""] {
        while let Some(at) =
            steady.find(before).map(|at| at + before.len()).filter(|at| !steady[*at..].starts_with("DRAWN"))
        {
            let end = at + steady[at..].find('\n').unwrap();
            let end = at + steady[at..end].find("\",\"").or_else(|| steady[at..end].rfind('"')).unwrap();
            steady.replace_range(at..end, "DRAWN");
        }
    }
    steady
}

/// The messages of a file, each under its title.
fn told(bench: &Bench) -> String {
    let mut all = String::new();
    for case in include_str!("explain/requests.http").split("### ").skip(1) {
        let (title, message) = case.split_once('\n').unwrap();
        let done = bench.message(message.trim_end());
        assert!(!done.stderr.contains("error"), "{title}\n{}", done.stderr);
        all += &format!("### {title}\n{}\n", steady(&done.stdout));
    }
    all
}

#[test]
fn requests_to_a_database_are_told_statement_by_statement() {
    insta::with_settings!({ snapshot_path => "explain", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("redmine", told(&Bench::over(REDMINE)));
    });
}

#[test]
fn requests_to_a_rest_api_are_told_call_by_call() {
    insta::with_settings!({ snapshot_path => "explain", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("redmine-rest", told(&Bench::over(REDMINE_REST)));
    });
}

#[test]
fn what_no_answer_shows_is_not_shown_here_either() {
    let bench = Bench::over(SECRETS);
    let user = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ann\",\"password\":\"hunter2\",\"title\":\"hunter3\",\"nickName\":\"Annie\"}";
    let patch = |operations: &str| {
        format!("{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{operations}]}}")
    };
    let bulk = format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":[{{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":{user}}}]}}"
    );
    let messages = [
        format!("POST /scim/v2/Users HTTP/1.1\n\n{user}"),
        format!("PUT /scim/v2/Users/{{User 7}} HTTP/1.1\n\n{user}"),
        format!(
            "PATCH /scim/v2/Users/{{User 7}} HTTP/1.1\n\n{}",
            patch(
                "{\"op\":\"replace\",\"path\":\"password\",\"value\":\"hunter2\"},{\"op\":\"add\",\"path\":\"title\",\"value\":\"hunter3\"},{\"op\":\"add\",\"path\":\"nickName\",\"value\":\"Annie\"}"
            )
        ),
        format!(
            "PATCH /scim/v2/Users/{{User 7}} HTTP/1.1\n\n{}",
            patch(
                "{\"op\":\"replace\",\"value\":{\"password\":\"hunter2\",\"title\":\"hunter3\",\"nickName\":\"Annie\"}}"
            )
        ),
        format!(
            "PATCH /scim/v2/Me HTTP/1.1\n\n{}",
            patch(
                "{\"op\":\"replace\",\"value\":{\"password\":\"hunter2\",\"title\":\"hunter3\",\"nickName\":\"Annie\"}}"
            )
        ),
        format!("POST /scim/v2/Bulk HTTP/1.1\n\n{bulk}"),
    ];
    for message in messages {
        let done = bench.message(&message);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{message}\n{}", done.stdout);
        assert!(!done.stdout.contains("hunter"), "{message}\n{}", done.stdout);
        assert!(done.stdout.contains("(not shown)") && done.stdout.contains("Annie"), "{message}\n{}", done.stdout);
    }
    let asked = bench.message("GET /scim/v2/Users?filter=title%20eq%20%22hunter3%22 HTTP/1.1\n\n");
    assert!(!asked.stdout.contains("hunter"), "{}", asked.stdout);
}

#[test]
fn what_a_request_does_not_name_is_left_as_it_is() {
    let whole = REDMINE_REST.replacen("json = { user = \"{changes}\" }", "json = { user = \"{record}\" }", 1);
    let patch = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}";
    let message = format!("PATCH /scim/v2/Users/{{User 7}} HTTP/1.1\n\n{patch}");
    let rest = Bench::over(&whole).message(&message).stdout;
    assert!(rest.contains("{\"user\":{\"…\":\"(as it was read)\",\"status\":\"3\"}}"), "{rest}");
    let sql = Bench::over(REDMINE).message(&message).stdout;
    assert!(sql.contains("UPDATE \"email_addresses\"") && !sql.contains("DELETE"), "{sql}");
}

#[test]
fn nothing_of_a_message_reaches_the_terminal_as_a_command() {
    let bench = Bench::over(SECRETS);
    let bulk = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":[{\"method\":\"\\u001b[2J\",\"path\":\"/%1b[2J\",\"bulkId\":\"\\u009b\"}]}";
    let find = "GET /scim/v2/Users?filter=nickName%20eq%20%22%C2%9B%5Cu001b%5b2J%22%20or%20externalId%20eq%20%22x%22 HTTP/1.1\n\n";
    for message in [format!("POST /scim/v2/Bulk HTTP/1.1\n\n{bulk}"), find.to_owned()] {
        let done = bench.message(&message);
        let harmless = |c: char| !c.is_control() || c == '\n';
        assert!(done.code == 0 && done.stdout.chars().all(harmless), "{message}\n{:?}{:?}", done.stdout, done.stderr);
    }
    let id = bench.message("GET /scim/v2/Users?filter=id%20eq%20%22x%22%20or%20externalId%20eq%20%22y%22 HTTP/1.1\n\n");
    assert!(id.stdout.starts_with("filter: id eq \"x\" or externalId eq \"y\"\n"), "{}", id.stdout);
}

#[test]
fn the_conditions_of_a_message_are_told() {
    let bench = Bench::over(SECRETS);
    let patch = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"add\",\"path\":\"nickName\",\"value\":\"A\"}]}";
    let done = bench
        .message(&format!("PATCH /scim/v2/Users/{{User 7}} HTTP/1.1\r\nIf-Match: W/\"3\", W/\"4\"\r\n\r\n{patch}"));
    assert!(done.stdout.starts_with("only if the version that is stored is W/\"3\", W/\"4\""), "{}", done.stdout);
    let done = bench.message("DELETE /scim/v2/Users/{User 7} HTTP/1.1\nif-match: *\n\n");
    assert!(done.stdout.starts_with("only if it is there"), "{}", done.stdout);
    let done = bench.message("GET /scim/v2/Users/{User 7} HTTP/1.1\nIf-None-Match: W/\"3\"\n\n");
    assert!(done.stdout.starts_with("answered with 304 and no body"), "{}", done.stdout);
}

#[test]
fn a_message_is_read_as_clients_and_proxies_write_it() {
    let bench = Bench::over(REDMINE);
    let body = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"a b\"}";
    let good = [
        format!(
            "POST /scim/v2/Groups HTTP/1.1\r\nHost: scim.example.com\r\nAuthorization: Bearer pst_secret\r\nContent-Type: application/scim+json\r\n\r\n{body}"
        ),
        format!("POST https://scim.example.com/scim/v2/Groups HTTP/1.1\nHost: scim.example.com\n\n{body}\n\n"),
        format!("POST /scim/v2//Groups/\n\n{body}"),
    ];
    let told: Vec<Done> = good.iter().map(|message| bench.message(message)).collect();
    for (done, message) in told.iter().zip(&good) {
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{message}\n{}", done.stdout);
        assert!(done.stdout.contains("'a b'") && !done.stdout.contains("pst_"), "{}", done.stdout);
    }
    let wrong: &[(&str, i32, &str)] = &[
        ("", 1, "the file is empty"),
        ("hello", 1, "no request line"),
        ("GET /scim/v2/Users?filter=userName eq \"x\" HTTP/1.1\n\n", 1, "no request line"),
        ("GET /scim/v2/Users HTTP/1.1\nno header\n\n", 1, "line 2 is no header"),
        ("GET /elsewhere/Users HTTP/1.1\n\n", 1, "`/elsewhere/Users` is below the path of no tenant (/scim/v2)"),
        ("GET /scim/v2/Users/%ff HTTP/1.1\n\n", 1, "404"),
        ("TRACE /scim/v2/Users HTTP/1.1\n\n", 1, "405"),
        ("POST /scim/v2/Users HTTP/1.1\nContent-Type: text/html\n\n<p>", 1, "415"),
        ("POST /scim/v2/Users HTTP/1.1\n\n{\"userName\"", 1, "the body is no JSON"),
        ("POST /scim/v2/Users HTTP/1.1\nTransfer-Encoding: chunked\n\n5\n{}\n0\n", 1, "captured in chunks"),
        ("POST /scim/v2/Me HTTP/1.1\n\n{}", 1, "501"),
        ("GET /scim/v2/Users?filter=shoeSize%20eq%201 HTTP/1.1\n\n", 1, "invalidFilter"),
    ];
    for (message, code, part) in wrong {
        let done = bench.message(message);
        assert_eq!(done.code, *code, "{message}\n{}{}", done.stdout, done.stderr);
        assert!(format!("{}{}", done.stdout, done.stderr).contains(part), "{message}\n{}{}", done.stdout, done.stderr);
    }
    let both = bench.run(&["--request", "-", "GET", "/Users"], "");
    assert_eq!((both.code, both.stdout.as_str()), (64, ""));
    assert_eq!(bench.run(&[], "").code, 64);
    let missing = bench.run(&["--request", "nowhere.http"], "");
    assert!(missing.code == 1 && missing.stderr.contains("`nowhere.http` cannot be read"), "{}", missing.stderr);
}

#[test]
fn of_several_tenants_the_path_of_the_message_says_which() {
    let bench = Bench::over(REDMINE);
    bench.0.put("rest.toml", REDMINE_REST);
    let second = "\n[[tenant]]\nname = \"other\"\npath = \"/scim/v2/other\"\nmapping = \"rest.toml\"\n\n[[tenant.token]]\nname = \"t\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";
    bench.0.put("postern.toml", &format!("{CONFIG}{second}"));
    let sql = bench.message("GET /scim/v2/Users HTTP/1.1\n\n");
    assert!(sql.stdout.contains("SELECT ") && sql.code == 0, "{}{}", sql.stdout, sql.stderr);
    let rest = bench.message("GET /scim/v2/other/Users HTTP/1.1\n\n");
    assert!(rest.stdout.contains("GET ") && rest.code == 0, "{}{}", rest.stdout, rest.stderr);
    let open = bench.run(&["GET", "/Users"], "");
    assert!(open.code == 1 && open.stderr.contains("contoso, other"), "{}", open.stderr);
    assert_eq!(bench.run(&["--tenant", "other", "GET", "/Users"], "").stdout, rest.stdout);
}
