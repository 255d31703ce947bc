//! `postern token list` and `postern token revoke`: whom the configuration lets in, and no longer.

use super::support::{CONFIG, Folder};

/// The `sha256` of another token.
const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

/// A second tenant, with two tokens, one of which has a name that the first tenant knows, too.
fn two_tenants() -> String {
    format!(
        r#"{CONFIG}
# Okta's.
[[tenant.token]]
name       = "okta"
sha256     = "{OTHER}"
expires    = 2099-01-01
access     = "no_delete"
scope      = ["Users"]
allow_from = ["192.0.2.0/24"]
basic_user = "okta"

[[tenant]]
name    = "fabrikam"   # since March
path    = "/fabrikam/scim/v2"
mapping = "app.toml"
token   = [{{ name = "entra", sha256 = "{OTHER}" }}, {{ name = "old", sha256 = "{}", expires = 2020-01-01 }}]
"#,
        OTHER.replace('6', "7")
    )
}

#[test]
fn list_tells_what_each_token_may() {
    let folder = Folder::ready();
    folder.put("postern.toml", &two_tenants());
    let done = folder.postern(&["token", "list"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    let lines: Vec<Vec<&str>> = done.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["tenant", "token", "until", "may", "on", "from"]);
    assert_eq!(lines[1], ["contoso", "entra", "for", "ever", "full", "everything", "anywhere"]);
    assert_eq!(lines[2][..3], ["contoso", "okta", "2099-01-01T00:00:00Z"]);
    assert!(done.stdout.contains("no_delete, Basic as okta  Users       192.0.2.0/24\n"), "{}", done.stdout);
    assert!(done.stdout.contains("2020-01-01T00:00:00Z (expired)"), "{}", done.stdout);
    assert_eq!(lines.len(), 5);
    assert!(!done.stdout.contains(&OTHER[..8]), "a hash is nobody's business: {}", done.stdout);
}

#[test]
fn list_of_a_faulty_configuration_shows_the_faults() {
    let folder = Folder::ready();
    folder.put("postern.toml", &CONFIG.replace("sha256", "sha265"));
    let done = folder.postern(&["token", "list"]);
    assert_eq!((done.code, done.stdout.as_str()), (78, ""));
    assert!(done.stderr.contains("sha265"), "{}", done.stderr);
}

#[test]
fn revoke_takes_one_token_out_and_leaves_every_other_line() {
    let folder = Folder::ready();
    let before = two_tenants();
    folder.put("postern.toml", &before);
    let done = folder.postern(&["token", "revoke", "okta"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    assert!(done.stdout.contains("is out of postern.toml") && done.stdout.contains("SIGHUP"), "{}", done.stdout);
    let after = std::fs::read_to_string(folder.path().join("postern.toml")).unwrap();
    let start = before.find("\n# Okta's.").unwrap();
    let end = before.find("\n[[tenant]]\nname    = \"fabrikam\"").unwrap();
    assert_eq!(after, format!("{}{}", &before[..start], &before[end..]));
    assert_eq!(folder.postern(&["check"]).code, 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing is left beside the file");
}

#[test]
fn revoke_asks_which_tenant_is_meant() {
    let folder = Folder::ready();
    let before = two_tenants();
    folder.put("postern.toml", &before);
    let read = || std::fs::read_to_string(folder.path().join("postern.toml")).unwrap();
    for (arguments, told) in [
        (&["entra"][..], "say `--tenant` and one of contoso, fabrikam"),
        (&["nobody"], "there is no token `nobody`"),
        (&["okta", "--tenant", "fabrikam"], "there is no token `okta`"),
        (&["okta", "--tenant", "nowhere"], "there is no tenant `nowhere`"),
    ] {
        let done = folder.postern(&[&["token", "revoke"], arguments].concat());
        assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{arguments:?}");
        assert!(done.stderr.contains(told), "{arguments:?}: {}", done.stderr);
        assert_eq!(read(), before, "{arguments:?}");
    }
    assert_eq!(folder.postern(&["token", "revoke", "entra", "--tenant", "fabrikam"]).code, 0);
    assert!(
        read().contains("token   = [ { name = \"old\"") || read().contains("token   = [{ name = \"old\""),
        "{}",
        read()
    );
    assert!(read().contains("# since March"), "{}", read());
}

/// A tenant without a token would be refused, and the gateway would go on with the revoked one.
#[test]
fn the_only_token_of_a_tenant_expires_instead() {
    let folder = Folder::ready();
    let done = folder.postern(&["token", "revoke", "entra"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.contains("has expired"), "{}", done.stdout);
    assert!(folder.postern(&["token", "list"]).stdout.contains("(expired)"));
    assert_eq!(folder.postern(&["check"]).code, 0, "so that a reload takes it");
}

#[cfg(unix)]
#[test]
fn who_may_read_the_file_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::ready();
    let path = folder.path().join("postern.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(folder.postern(&["token", "revoke", "entra"]).code, 0);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}
