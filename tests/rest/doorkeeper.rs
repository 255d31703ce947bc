//! An application that keeps a book of its sessions and lets in nobody else. What it saw is what is
//! promised: how often the gateway logged in, what each request carried, how often it was made.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use postern::downstream::{Downstream, ErrorKind};
use postern::plan::{MembersChange, Predicate};
use postern::quirks::Profile;

use super::scripted::{Reply, Scripted, json};
use super::support::{bound, fetch, key, select, update};
use crate::gateway::harness::Harness;

/// The book.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Tokens that count.
    pub(super) tokens: BTreeSet<String>,
    /// How many logins there were, also those that were refused.
    pub(super) logins: usize,
    /// Headers of the answer to a login.
    pub(super) headers: String,
    /// What the answer to a login says besides the token.
    pub(super) also: String,
    /// True when even a token that was just given does not count.
    pub(super) is_shut: bool,
}

pub(super) struct Doorkeeper {
    pub(super) application: Scripted,
    pub(super) book: Arc<Mutex<Book>>,
}

const PASSWORD: &str = "pa55-w0rd";

impl Doorkeeper {
    /// Starts; a login answers a token in the body, in a header and in a cookie. `is_known` finds
    /// one of the tokens in a request.
    pub(super) async fn start(is_known: fn(&str, &str) -> bool) -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let shared = Arc::clone(&book);
        let application = Scripted::start(move |request| {
            let book = &mut *shared.lock().unwrap();
            if request.starts_with("POST /login ") {
                return login(book, request);
            }
            match !book.is_shut && book.tokens.iter().any(|token| is_known(request, token)) {
                false => json(401, "", ""),
                true if request.starts_with("GET /users ") || request.starts_with("GET /users?") => json(200, "", "[]"),
                true => json(200, "", BABS),
            }
        })
        .await;
        Self { application, book }
    }

    pub(super) fn driver(&self, credentials: &str) -> Arc<dyn Downstream> {
        let (driver, problems) = bound(&self.mapping(credentials));
        let problems = postern::diagnostic::render_all(&problems, false);
        driver.unwrap_or_else(|| panic!("{problems}"))
    }

    pub(super) fn mapping(&self, credentials: &str) -> String {
        mapping(&format!("http://{}", self.application.address), credentials)
    }

    fn logins(&self) -> usize {
        self.book.lock().unwrap().logins
    }
}

fn login(book: &mut Book, request: &str) -> Reply {
    book.logins += 1;
    if !request.contains(PASSWORD) {
        return json(403, "", r#"{"error": "who are you"}"#);
    }
    let token = format!("t0k-{}", book.logins);
    book.tokens.insert(token.clone());
    let headers = format!("x-token: {token}\r\nset-cookie: sid={token}; Path=/; HttpOnly\r\n{}", book.headers);
    json(200, &headers, &format!(r#"{{"access": {{"token": "{token}"}}{}}}"#, book.also))
}

/// A mapping of users behind such an application.
pub(super) fn mapping(base_url: &str, credentials: &str) -> String {
    format!(
        r#"
[downstream]
kind     = "rest"
base_url = "{base_url}"
{credentials}

[User]
key = "$.id"

[User.calls]
list   = {{ get = "/users", items = "$[*]" }}
read   = {{ get = "/users/{{key}}" }}
create = {{ post = "/users", json = "{{record}}" }}
update = {{ put = "/users/{{key}}", json = "{{changes}}" }}
find.userName = {{ get = "/users", query = {{ login = "{{value}}" }}, items = "$[*]" }}

[User.attributes]
userName = {{ field = "$.login", match = 1 }}
"#
    )
}

const BABS: &str = r#"{"id":7,"login":"bj","firstname":"","lastname":"","status":1,"mail":"m"}"#;

pub(super) const LOGIN: &str = r#"
[downstream.credentials]
kind     = "login"
user     = "scim"
password = "pa55-w0rd"
request  = { post = "/login", json = { name = "{user}", word = "{password}" } }
"#;

pub(super) fn has_header(request: &str, header: &str) -> bool {
    request.contains(&format!("\r\n{header}\r\n"))
}

fn by_bearer(request: &str, token: &str) -> bool {
    has_header(request, &format!("authorization: Bearer {token}"))
}

#[tokio::test]
async fn a_token_goes_from_where_it_is_given_to_where_it_is_wanted() {
    type Case = (&'static str, &'static str, fn(&str, &str) -> bool);
    let cases: &[Case] = &[
        ("\"$.access.token\"", "", by_bearer),
        ("{ header = \"X-Token\" }", "{ header = \"X-Auth-Token\" }", |request, token| {
            has_header(request, &format!("x-auth-token: {token}"))
        }),
        ("\"$.access.token\"", "{ scheme = \"JWT\" }", |request, token| {
            has_header(request, &format!("authorization: JWT {token}"))
        }),
        ("\"$.access.token\"", "{ header = \"X-Key\", scheme = \"Token\" }", |request, token| {
            has_header(request, &format!("x-key: Token {token}"))
        }),
        ("\"$.access.token\"", "{ query = \"_s id\" }", |request, token| {
            request.starts_with(&format!("GET /users/7?_s%20id={token} "))
        }),
        ("\"$.access.token\"", "{ cookie = \"jwt\" }", |request, token| {
            has_header(request, &format!("cookie: jwt={token}"))
        }),
        ("{ cookie = \"sid\" }", "", |request, token| has_header(request, &format!("cookie: sid={token}"))),
    ];
    for (token, send, is_known) in cases {
        let door = Doorkeeper::start(*is_known).await;
        let send = if send.is_empty() { String::new() } else { format!("send = {send}\n") };
        let driver = door.driver(&format!("{LOGIN}token = {token}\n{send}"));
        for _ in 0..2 {
            let found = driver.fetch(&fetch("User", 7)).await.unwrap_or_else(|error| panic!("{token} {send}{error}"));
            assert_eq!(found.unwrap().key, key(7));
        }
        let requests = door.application.requests();
        assert!(requests[0].ends_with("\r\n\r\n{\"name\":\"scim\",\"word\":\"pa55-w0rd\"}"), "{}", requests[0]);
        assert_eq!(requests.len(), 3, "{token} {send}{requests:?}");
        for request in &requests[1..] {
            assert!(!request.contains(PASSWORD), "{request}");
        }
    }
}

#[tokio::test]
async fn only_the_cookies_that_are_named_are_sent() {
    let door = Doorkeeper::start(|request, token| has_header(request, &format!("cookie: sid={token}; node=n3"))).await;
    door.book.lock().unwrap().headers =
        "set-cookie: tracker=x\r\nset-cookie: node=n1\r\nset-cookie: node=n3; Secure\r\n".to_owned();
    let driver = door.driver(&format!("{LOGIN}token = {{ cookie = [\"sid\", \"node\"] }}"));
    driver.fetch(&fetch("User", 7)).await.unwrap();
    assert!(!door.application.requests()[1].contains("tracker"));
}

#[tokio::test]
async fn many_requests_wait_for_one_login() {
    let door = Doorkeeper::start(by_bearer).await;
    let driver = door.driver(&format!("{LOGIN}token = \"$.access.token\""));
    let all = |driver: &Arc<dyn Downstream>| {
        let each = (0..20).map(|_| {
            let driver = Arc::clone(driver);
            tokio::spawn(async move { driver.fetch(&fetch("User", 7)).await.unwrap().unwrap() })
        });
        futures_util::future::join_all(each)
    };
    all(&driver).await.into_iter().for_each(|found| drop(found.unwrap()));
    assert_eq!(door.logins(), 1);

    // The application was started anew and knows nobody any more.
    door.book.lock().unwrap().tokens.clear();
    all(&driver).await.into_iter().for_each(|found| drop(found.unwrap()));
    assert_eq!(door.logins(), 2);
}

#[tokio::test]
async fn a_refused_call_is_made_once_more_and_not_for_ever() {
    let door = Doorkeeper::start(by_bearer).await;
    let driver = door.driver(&format!("{LOGIN}token = \"$.access.token\""));
    let change = update("User", 7, &[("$.lastname", "J".into())], MembersChange::None);
    driver.update(&change).await.unwrap();
    door.book.lock().unwrap().tokens.clear();
    door.application.requests();
    driver.update(&change).await.unwrap();
    let lines = |calls: Vec<String>| -> Vec<String> {
        calls.iter().map(|call| call.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(lines(door.application.calls()), ["PUT /users/7", "POST /login", "PUT /users/7"]);

    door.book.lock().unwrap().is_shut = true;
    assert_eq!(driver.update(&change).await.unwrap_err().kind, ErrorKind::Credentials);
    assert_eq!(lines(door.application.calls()), ["PUT /users/7", "POST /login", "PUT /users/7"]);
}

#[tokio::test]
async fn other_statuses_may_say_that_a_session_is_over() {
    let door = Doorkeeper::start(by_bearer).await;
    let renew = |on: &str| format!("{LOGIN}token = \"$.access.token\"\nrenew = {{ on_status = {on} }}");
    let (patient, eager) = (door.driver(&renew("[419]")), door.driver(&renew("[401, 419]")));
    for (driver, lets_in) in [(patient, false), (eager, true)] {
        driver.fetch(&fetch("User", 7)).await.unwrap();
        door.book.lock().unwrap().tokens.clear();
        assert_eq!(driver.fetch(&fetch("User", 7)).await.is_ok(), lets_in);
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    // What the answer says, and whether the token is asked for anew.
    let cases: &[(&str, &str, bool)] = &[
        ("", r#", "expires": "2031-01-02T03:04:05Z""#, false),
        ("", r#", "expires": "2001-01-02T03:04:05Z""#, true),
        ("", r#", "expires": 1900000000"#, false),
        ("", r#", "expires": 1000000001"#, true),
        ("", r#", "expires": "1900000000000""#, false),
        ("", r#", "expires": 1000000001000"#, true),
        ("", r#", "expires": 3600"#, false),
        ("", r#", "expires": 0"#, true),
        ("", r#", "expires": "next week""#, false),
        ("", "", false),
        // The clock of the application is what its times are told by.
        ("date: Tue, 02 Jan 2001 02:00:00 GMT\r\n", r#", "expires": "2001-01-02T03:00:00Z""#, false),
        ("date: Tue, 02 Jan 2001 04:00:00 GMT\r\n", r#", "expires": "2001-01-02T03:00:00Z""#, true),
    ];
    for (headers, also, is_renewed) in cases {
        let door = Doorkeeper::start(by_bearer).await;
        door.book.lock().unwrap().headers = (*headers).to_owned();
        door.book.lock().unwrap().also = (*also).to_owned();
        let driver = door.driver(&format!("{LOGIN}token = \"$.access.token\"\nrenew = {{ expires = \"$.expires\" }}"));
        driver.fetch(&fetch("User", 7)).await.unwrap();
        driver.fetch(&fetch("User", 7)).await.unwrap();
        assert_eq!(door.logins(), if *is_renewed { 2 } else { 1 }, "{headers}{also}");
    }
    let door = Doorkeeper::start(by_bearer).await;
    let driver = door.driver(&format!("{LOGIN}token = \"$.access.token\"\nrenew = {{ lifetime = \"0s\" }}"));
    driver.fetch(&fetch("User", 7)).await.unwrap();
    driver.fetch(&fetch("User", 7)).await.unwrap();
    assert_eq!(door.logins(), 2);
}

#[tokio::test]
async fn a_refused_login_is_a_503_and_no_empty_list() {
    let door = Doorkeeper::start(by_bearer).await;
    let wrong = LOGIN.replace(PASSWORD, "hunter2-secret");
    let mapping = door.mapping(&format!("{wrong}token = \"$.access.token\""));
    let harness = Harness::mapped(Profile::Any, mapping).await;
    for request in ["GET /Users", "GET /Users?filter=userName eq \"bj\"", "GET /Users?count=0"] {
        let answer = harness.send(request, None).await;
        assert_eq!(answer.status, 503, "{request}: {:?}", answer.body);
        assert_eq!(answer.text("detail"), "the application does not accept the gateway's credentials");
    }
    let made =
        harness.json("POST /Users", r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x"}"#);
    assert_eq!(made.await.status, 503);
    // An account that is wrongly asked for is soon closed.
    assert_eq!(door.application.calls().len(), 1);
}

#[tokio::test]
async fn a_login_without_a_token_is_no_login() {
    for reply in [
        json(200, "", r#"{"error": "wrong password"}"#),
        json(200, "", r#"{"access": {"token": ""}}"#),
        json(200, "", &format!(r#"{{"access": {{"token": "{}"}}}}"#, "x".repeat(9000))),
        json(302, "location: /login?failed\r\n", ""),
        json(401, "", ""),
        json(404, "", ""),
    ] {
        let application = Scripted::start(move |_| reply.clone()).await;
        let text = mapping(&format!("http://{}", application.address), &format!("{LOGIN}token = \"$.access.token\""));
        let driver = bound(&text).0.unwrap();
        let error = driver.select(&select("User", Predicate::True, 0, 10)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert!(error.detail.starts_with("[downstream.credentials] request: status "), "{error}");
        assert!(!error.detail.contains("pa55"), "{error}");
        assert_eq!(application.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_login_that_cannot_be_made_leaves_nothing_in_doubt() {
    let application = Scripted::start(|_| Reply { bytes: Vec::new(), then: super::scripted::Then::Close }).await;
    for base_url in ["http://127.0.0.1:9".to_owned(), format!("http://{}", application.address)] {
        let driver = bound(&mapping(&base_url, &format!("{LOGIN}token = \"$.access.token\""))).0.unwrap();
        let change = update("User", 7, &[("$.lastname", "J".into())], MembersChange::None);
        let kind = driver.update(&change).await.unwrap_err().kind;
        assert_eq!(kind, ErrorKind::Unavailable { retry_after: None }, "{base_url}");
    }
    assert_eq!(application.calls().len(), 1, "a login is no call that may be made twice");
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let door = Doorkeeper::start(by_bearer).await;
    let text = door.mapping(&format!("{LOGIN}token = \"$.access.token\""));
    let (driver, problems) = bound(&text);
    let driver = driver.unwrap();
    driver.fetch(&fetch("User", 7)).await.unwrap();
    let explained = driver.explain(&postern::downstream::AnyPlan::Fetch(&fetch("User", 7)));
    assert_eq!(explained, ["GET /users/7"]);
    for shown in [format!("{driver:?}"), format!("{problems:?}").replace(&format!("{text:?}"), "")] {
        assert!(!shown.contains("t0k-") && !shown.contains("pa55"), "{shown}");
    }
}
