//! `postern audit`: the trail, filtered, as text, as JSON and as CSV.

use super::support::{CONFIG, Folder};

const TRAIL: &str = r#"{"v":1,"time":"2026-11-25T08:00:00Z","seq":1,"tenant":"main","actor":{"token":"entra","ip":"192.0.2.1"},"request":"r1","op":"create","type":"User","id":"id1","key":"7","outcome":"created","status":201,"changed":["userName","active"],"duration_ms":3}
{"v":1,"time":"2026-11-26T08:00:00Z","seq":1,"category":"configuration","level":"info","outcome":"loaded","tenants":2}
{"v":1,"time":"2026-11-26T08:00:01Z","seq":2,"category":"provisioning","level":"warning","tenant":"main","actor":{"token":"entra","ip":"192.0.2.1"},"request":"r2","op":"create","type":"User","id":null,"key":null,"outcome":"conflict","status":409,"changed":[],"duration_ms":3}
{"v":1,"time":"2026-11-26T09:00:00Z","seq":3,"category":"provisioning","level":"info","tenant":"main","actor":{"token":"okta","ip":"192.0.2.2"},"request":"r3","op":"patch","type":"User","id":"id2","key":"=1+1","outcome":"disabled","status":200,"changed":["active"],"duration_ms":3}
{"v":1,"time":"2026-11-26T10:00:00Z","seq":4,"category":"access","level":"warning","tenant":"main","actor":{"token":"okta","ip":"198.51.100.1"},"request":"r4","op":null,"type":null,"outcome":"refused","reason":"cidr","status":403}
{"v":1,"time":"2026-11-26T11:00:00Z","seq":5,"category":"provis"#;

fn folder() -> Folder {
    let folder = Folder::ready();
    folder.put("audit.log", TRAIL);
    folder.put("postern.toml", &format!("{CONFIG}\n[audit]\nfile = \"audit.log\"\n"));
    folder
}

/// The requests and times of the lines that are printed.
fn chosen(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let done = folder.postern(&[&["audit", "--format", "json"], arguments].concat());
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{arguments:?}");
    let lines = done.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.map(|line| line["request"].as_str().unwrap_or("configuration").to_owned()).collect()
}

#[test]
fn lines_are_chosen_by_what_they_say() {
    let folder = folder();
    for (arguments, wanted) in [
        (&[][..], &["r1", "configuration", "r2", "r3", "r4"][..]),
        (&["--category", "provisioning"], &["r1", "r2", "r3"]),
        (&["--category", "access,configuration"], &["configuration", "r4"]),
        (&["--level", "warning"], &["r2", "r4"]),
        (&["--level", "error"], &[]),
        (&["--token", "okta"], &["r3", "r4"]),
        (&["--tenant", "other"], &[]),
        (&["--id", "id2"], &["r3"]),
        (&["--key", "7"], &["r1"]),
        (&["--outcome", "created,disabled"], &["r1", "r3"]),
        (&["--since", "2026-11-26"], &["configuration", "r2", "r3", "r4"]),
        (&["--since", "2026-11-26T09:00:01+01:00", "--until", "2026-11-26T09:00:00Z"], &["r2"]),
        (&["--last", "2"], &["r3", "r4"]),
        (&["--last", "1", "--category", "provisioning"], &["r3"]),
        (&["audit.log", "audit.log", "--category", "access"], &["r4", "r4"]),
    ] {
        assert_eq!(chosen(&folder, arguments), wanted, "{arguments:?}");
    }
}

#[test]
fn people_read_a_line_for_each() {
    let done = folder().postern(&["audit", "--since", "2026-11-26"]);
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(lines[0], "2026-11-26T08:00:00Z  info     configuration  loaded");
    assert_eq!(
        lines[2],
        "2026-11-26T09:00:00Z  info     provisioning   disabled  200  patch User  id=id2  key==1+1  changed=active  \
         tenant=main  token=okta  from=192.0.2.2"
    );
    assert_eq!(
        lines[3],
        "2026-11-26T10:00:00Z  warning  access         refused  403  reason=cidr  tenant=main  token=okta  \
         from=198.51.100.1"
    );
}

#[test]
fn a_spreadsheet_gets_no_formula() {
    let done = folder().postern(&["audit", "--format", "csv", "--category", "provisioning", "--id", "id2"]);
    assert_eq!(
        done.stdout,
        "time,category,level,tenant,token,address,request,operation,type,id,key,outcome,status,changed,reason\r\n\
         2026-11-26T09:00:00Z,provisioning,info,main,okta,192.0.2.2,r3,patch,User,id2,'=1+1,disabled,200,active,\r\n"
    );
}

/// An export that is not whole must not look as if it were.
#[test]
fn what_is_no_line_is_told() {
    let folder = folder();
    folder.put("mixed.log", &format!("garbage\n{{\"v\":1}}\n{}\n{}", "x".repeat(1 << 21), TRAIL));
    let done = folder.postern(&["audit", "mixed.log", "--format", "json"]);
    assert_eq!((done.code, done.stdout.lines().count()), (1, 5), "{}", done.stderr);
    assert!(done.stderr.contains("3 lines are no lines of an audit"), "{}", done.stderr);
    let done = folder.postern(&["audit", "nowhere.log"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("`nowhere.log` cannot be read"), "{}", done.stderr);
}

#[test]
fn the_file_is_the_one_of_the_configuration_or_is_named() {
    let folder = folder();
    folder.put("postern.toml", CONFIG);
    let done = folder.postern(&["audit"]);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("names no `[audit] file`"), "{}", done.stderr);
    let done = folder.postern_with(&["audit", "-", "--level", "warning"], &[], TRAIL);
    assert_eq!((done.code, done.stdout.lines().count()), (0, 2));
    assert_eq!(folder.postern(&["audit", "--since", "yesterday"]).code, 64);
}
