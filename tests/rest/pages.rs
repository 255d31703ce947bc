//! In what pages lists come: each case is a habit of some application, the calls that it costs, and
//! the keys that come of it, or the failure.

use postern::downstream::ErrorKind;
use postern::plan::Predicate;

use super::scripted::{Reply, Scripted, json};
use super::shapes::{READ, users};
use super::support::select;

/// A habit: its name, `page`, the answers by how requests begin (head lines, then the body), and what
/// a client that wants all sees: the total, the keys, and the number of calls.
type Case =
    (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)], Result<Seen, ErrorKind>);
type Seen = (u64, &'static str, usize);

const FOUR: &str = r#"{"n":"4","users":[{"id":1,"login":"a","phones":[]},{"id":2,"login":"b","phones":[]}]}"#;
const REST: &str = r#"{"n":"4","users":[{"id":3,"login":"c","phones":[]},{"id":4,"login":"d","phones":[]}]}"#;
const NONE: &str = r#"{"n":"4","users":[]}"#;

const CASES: &[Case] = &[
    (
        "numbers from 0, the total a text",
        r#"{ page = "page", per_page = "size", start = 0, max = 2, total = "$.n" }"#,
        &[("?page=0&size=2 ", "", FOUR), ("?page=1&size=2 ", "", REST)],
        Ok((4, "1 2 3 4", 2)),
    ),
    (
        "numbers from 0, no total",
        r#"{ page = "page", per_page = "size", start = 0, max = 2 }"#,
        &[("?page=0&size=2 ", "", FOUR), ("?page=1&size=2 ", "", REST), ("?page=2&size=2 ", "", NONE)],
        Ok((4, "1 2 3 4", 3)),
    ),
    (
        "the total in a header",
        r#"{ offset = "from", limit = "n", max = 2, total = { header = "X-Total" } }"#,
        &[("?from=0&n=2 ", "x-total: 4\r\n", FOUR), ("?from=2&n=2 ", "x-total: 4\r\n", REST)],
        Ok((4, "1 2 3 4", 2)),
    ),
    (
        "the total told only to HEAD, so not at all",
        r#"{ offset = "from", limit = "n", max = 2, total = { header = "X-Total" } }"#,
        &[("?from=0&n=2 ", "", FOUR)],
        Err(ErrorKind::Garbage),
    ),
    (
        "a total of 0 although there are some, the page full",
        r#"{ offset = "from", limit = "n", max = 2, total = { header = "X-Total" } }"#,
        &[("?from=0&n=2 ", "x-total: 0\r\n", FOUR)],
        Err(ErrorKind::Garbage),
    ),
    (
        "a total of 0 although there are some, the page shorter than asked for",
        r#"{ offset = "from", limit = "n", max = 5, total = { header = "X-Total" } }"#,
        &[("?from=0&n=5 ", "x-total: 0\r\n", FOUR)],
        Err(ErrorKind::Garbage),
    ),
    (
        "no total, and pages shorter than asked for",
        r#"{ offset = "from", limit = "n" }"#,
        &[("?from=0&n=", "", FOUR), ("?from=2&n=", "", REST), ("?from=4&n=", "", NONE)],
        Ok((4, "1 2 3 4", 3)),
    ),
    (
        "a token in a header",
        r#"{ cursor = "after", from = { header = "X-Next" } }"#,
        &[("?after=a%26b ", "", REST), (" ", "x-next: a&b\r\n", FOUR)],
        Ok((4, "1 2 3 4", 2)),
    ),
    (
        "a token that is no text",
        r#"{ cursor = "after", from = "$.next" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"next":{"page":2}}"#)],
        Err(ErrorKind::Garbage),
    ),
    (
        "an address of the next page that is no text",
        r#"{ next = "$.next" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"next":["/users?page=2"]}"#)],
        Err(ErrorKind::Garbage),
    ),
    (
        "no next page, said by false",
        r#"{ next = "$.next" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"next":false}"#)],
        Ok((1, "1", 1)),
    ),
    (
        "an object that says how to go on",
        r#"{ continue = "$.continue", limit = "n", max = 2 }"#,
        &[
            ("?n=2&from=c%26d&page=2&all=true ", "", REST),
            (
                "?n=2 ",
                "",
                r#"{"users":[{"id":1,"login":"a","phones":[]}],"continue":{"from":"c&d","page":2,"all":true}}"#,
            ),
        ],
        Ok((3, "1 3 4", 2)),
    ),
    (
        "the same object again and again",
        r#"{ continue = "$.continue" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"continue":{"from":"c"}}"#)],
        Err(ErrorKind::Garbage),
    ),
    (
        "an object that holds no parameters",
        r#"{ continue = "$.continue" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"continue":{"from":["c"]}}"#)],
        Err(ErrorKind::Garbage),
    ),
    (
        "a way to go on that is no object",
        r#"{ continue = "$.continue" }"#,
        &[(" ", "", r#"{"users":[{"id":1,"login":"a","phones":[]}],"continue":"c"}"#)],
        Err(ErrorKind::Garbage),
    ),
    ("a limit without an offset", r#"{ limit = "n", max = 3 }"#, &[("?n=3 ", "", FOUR)], Ok((2, "1 2", 1))),
    ("a limit that is reached", r#"{ limit = "n", max = 2 }"#, &[("?n=2 ", "", FOUR)], Err(ErrorKind::TooMany)),
    (
        "a limit that is reached, with the total",
        r#"{ limit = "n", max = 2, total = { header = "X-Total" } }"#,
        &[("?n=2 ", "x-total: 2\r\n", FOUR)],
        Ok((2, "1 2", 1)),
    ),
    (
        "a limit of the application's own that is less, with the total",
        r#"{ limit = "n", max = 100, total = "$.n" }"#,
        &[("?n=100 ", "", FOUR)],
        Err(ErrorKind::TooMany),
    ),
];

#[tokio::test]
async fn every_habit_of_paging_gives_all_records_or_a_failure() {
    for (name, page, answers, wanted) in CASES {
        let script = move |request: &str| -> Reply {
            let rest = request.strip_prefix("GET /api/users").unwrap();
            let (_, headers, body) = answers
                .iter()
                .find(|(start, ..)| rest.starts_with(start) || *start == " " && !rest.contains("after="))
                .unwrap_or_else(|| panic!("{name}: {}", request.lines().next().unwrap()));
            json(200, headers, body)
        };
        let application = Scripted::start(script).await;
        let list = format!("list = {{ get = \"/users\", items = \"$.users[*]\", page = {page} }}");
        let driver = users(&application, "", &format!("{READ}{list}"));
        let seen = driver.select(&select("User", Predicate::True, 0, 50)).await;
        let calls = application.calls();
        let seen = seen.map_err(|error| error.kind).map(|page| {
            let keys: Vec<_> = page.records.iter().map(|record| record.key.as_str().to_owned()).collect();
            (page.total, keys.join(" "), calls.len())
        });
        let wanted = wanted.clone().map(|(total, keys, calls)| (total, keys.to_owned(), calls));
        assert_eq!(seen, wanted, "{name}: {calls:#?}");
    }
}

#[tokio::test]
async fn an_offset_that_the_last_page_does_not_reach_is_no_failure() {
    let application = Scripted::start(|_| json(200, "", NONE)).await;
    let page = r#"page = { offset = "from", limit = "n", max = 2, total = "$.n" }"#;
    let list = format!("list = {{ get = \"/users\", items = \"$.users[*]\", {page} }}");
    let driver = users(&application, "", &format!("{READ}{list}"));
    let page = driver.select(&select("User", Predicate::True, 40, 10)).await.unwrap();
    assert_eq!((page.records.len(), page.total), (0, 4));
}
