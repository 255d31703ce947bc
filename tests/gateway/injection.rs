//! Injection: more than five hundred payloads in every place of a request that takes text. The server
//! logs each statement that it is given; whatever a payload says, no statement is among them that the
//! same requests with harmless values do not cause as well.

mod places;
mod watched;

use postern::quirks::Profile;

use super::harness::Harness;
use places::ask_everywhere;
use watched::{MariaDb, Postgres, Watched};

/// What closes the text that a value might stand in.
const OPENINGS: &[&str] =
    &["", "'", "\"", "`", "\\'", "\\\"", "')", "'))", "\")", "%27", "\u{2019}", "\u{ff07}", "\u{2bc}", "$$", "\n'"];
/// What is wanted then.
const WISHES: &[&str] = &[
    " OR 1=1",
    " OR 'a'='a",
    " OR \"a\"=\"a",
    " UNION SELECT password_text FROM staff",
    "; DROP TABLE staff",
    "; DELETE FROM staff WHERE true",
    "; UPDATE staff SET disabled = 0",
    " || (SELECT password_text FROM staff LIMIT 1) || ",
    " AND (SELECT count(*) FROM pg_sleep(0)) > 0",
    "; SELECT pg_terminate_backend(pg_backend_pid())",
    "; COPY staff TO PROGRAM 'id'",
    " AND sleep(0) = 0 /*!50000 OR 1=1 */",
    "; KILL CONNECTION_ID()",
    " INTO OUTFILE 'staff.txt'",
    " eq \"a\" or userName pr",
    "] or emails[type pr",
    "{{record}}$1:key@P1?",
    "\u{202e}%_\\",
];
/// What hides the rest. On MariaDB two dashes begin a comment only before a space.
const ENDINGS: &[&str] = &["", " -- #/*"];

/// Where a value is like these, the statements may differ: letters beyond ASCII are asked for in both
/// spellings, and a number is compared as one.
const HARMLESS: &[&str] = &["plain", "Zo\u{eb}", "\u{65e5}\u{672c}", "10", "a b.c:d[e]"];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn no_payload_becomes_a_statement_on_postgresql() {
    check::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn no_payload_becomes_a_statement_on_mariadb() {
    check::<MariaDb>().await;
}

async fn check<W: Watched>() {
    let mut server = W::fresh().await;
    let harness = Harness::mapped(Profile::Any, mapping(&server.url())).await;
    server.statements().await;
    for value in HARMLESS {
        ask_everywhere(&harness, value).await;
    }
    let closed = server.statements().await;
    assert!(closed.len() > 40, "only {} statements were logged: {closed:#?}", closed.len());
    let mut payloads = 0;
    for opening in OPENINGS {
        for (wish, ending) in WISHES.iter().flat_map(|wish| ENDINGS.iter().map(move |ending| (wish, ending))) {
            ask_everywhere(&harness, &format!("x{opening}{wish}{ending}")).await;
            payloads += 1;
        }
        let asked = server.statements().await;
        assert!(!asked.is_empty(), "the log has nothing of the payloads behind {opening:?}");
        let new: Vec<&String> = asked.difference(&closed).collect();
        assert!(new.is_empty(), "{} statements that no harmless value caused:\n{new:#?}", new.len());
    }
    assert!(payloads >= 500);
    assert_eq!(server.people().await, 0, "everybody who was made was deleted again, and nobody else was there");
    server.finish().await;
}

/// The demo's mapping, whose application is at an address.
fn mapping(address: &str) -> String {
    let lines = include_str!("../../mappings/demo.toml").lines().filter(|line| !line.starts_with("ignores_case"));
    let url = format!("url = \"{address}\"");
    lines.map(|line| if line.starts_with("url ") { url.as_str() } else { line }).collect::<Vec<_>>().join("\n")
}
