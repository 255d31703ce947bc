//! An application that wants a session cookie and, for all that is no GET, a CSRF token.

use std::sync::{Arc, Mutex};

use postern::downstream::{Downstream, DownstreamError, ErrorKind};
use postern::plan::MembersChange;

use super::doorkeeper::{LOGIN, has_header, mapping};
use super::scripted::{Scripted, json};
use super::support::{bound, fetch, update};

/// The application's book: who has a session, and which token the session may use next.
#[derive(Default)]
struct Book {
    count: usize,
    session: String,
    token: String,
    /// True when a token counts for one action only.
    once: bool,
    /// What it answers when asked for a token.
    refuses: Option<u16>,
}

async fn start(book: &Arc<Mutex<Book>>) -> Scripted {
    let book = Arc::clone(book);
    Scripted::start(move |request| {
        let book = &mut *book.lock().unwrap();
        book.count += 1;
        if request.starts_with("POST /login ") {
            book.session = format!("s{}", book.count);
            book.token = format!("c{}", book.count);
            let headers = format!("set-cookie: session={}\r\nset-cookie: XSRF={}\r\n", book.session, book.token);
            return json(200, &headers, "");
        }
        let is_known = request.contains(&format!("session={}", book.session)) && !book.session.is_empty();
        if !is_known {
            return json(401, "", "");
        }
        if request.starts_with("GET /csrf ") {
            book.token = format!("c{}", book.count);
            let headers = format!("x-csrf: {0}\r\nset-cookie: XSRF={0}\r\n", book.token);
            return json(book.refuses.unwrap_or(200), &headers, &format!(r#"{{"token":"{}"}}"#, book.token));
        }
        if !request.starts_with("GET ") {
            if book.token.is_empty() || !has_header(request, &format!("x-csrf-token: {}", book.token)) {
                return json(403, "", "");
            }
            if book.once {
                book.token = String::new();
            }
        }
        json(200, "", r#"{"id":7,"login":"bj","firstname":"","lastname":"","status":1,"mail":"m"}"#)
    })
    .await
}

fn driver(application: &Scripted, csrf: &str) -> Arc<dyn Downstream> {
    let credentials = format!("{LOGIN}token = {{ cookie = \"session\" }}\ncsrf = {csrf}");
    let (driver, problems) = bound(&mapping(&format!("http://{}", application.address), &credentials));
    driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
}

async fn change(driver: &Arc<dyn Downstream>) -> Result<(), DownstreamError> {
    driver.update(&update("User", 7, &[("$.lastname", "J".into())], MembersChange::None)).await.map(drop)
}

/// `PUT /users/7` and the like.
fn lines(application: &Scripted) -> Vec<String> {
    let calls = application.calls();
    calls.iter().map(|call| call.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

const KEPT: &str = r#"{ request = { get = "/csrf" }, token = "$.token", send = { header = "X-CSRF-Token" } }"#;

#[tokio::test]
async fn a_token_is_taken_from_any_place_and_only_for_writes() {
    for token in ["\"$.token\"", "{ header = \"X-Csrf\" }", "{ cookie = \"XSRF\" }"] {
        let book = Arc::default();
        let application = start(&book).await;
        let driver = driver(&application, &KEPT.replace("\"$.token\"", token));
        driver.fetch(&fetch("User", 7)).await.unwrap();
        change(&driver).await.unwrap();
        change(&driver).await.unwrap();
        let requests = application.requests();
        assert_eq!(requests.len(), 5, "{token}");
        let put = &requests[4];
        assert_eq!(put.matches("\r\ncookie: ").count(), 1, "{put}");
        assert_eq!(put.contains("XSRF="), token.contains("cookie"), "a cookie goes back as one, too: {put}");
    }
}

#[tokio::test]
async fn each_action_may_want_its_own() {
    let book = Arc::new(Mutex::new(Book { once: true, ..Book::default() }));
    let application = start(&book).await;
    let driver = driver(&application, &KEPT.replace(" }, token", " }, each = true, token"));
    change(&driver).await.unwrap();
    change(&driver).await.unwrap();
    let wanted = ["POST /login", "GET /csrf", "PUT /users/7", "GET /csrf", "PUT /users/7"];
    assert_eq!(lines(&application), wanted);
}

#[tokio::test]
async fn a_token_that_counts_no_more_is_asked_for_anew() {
    let book = Arc::new(Mutex::new(Book::default()));
    let application = start(&book).await;
    let driver = driver(&application, KEPT);
    change(&driver).await.unwrap();
    lines(&application);
    book.lock().unwrap().token = "another".to_owned();
    change(&driver).await.unwrap();
    assert_eq!(lines(&application), ["PUT /users/7", "GET /csrf", "PUT /users/7"]);

    // The session is over: the call for the token says so first, or the action does.
    book.lock().unwrap().session = String::new();
    change(&driver).await.unwrap();
    assert_eq!(lines(&application), ["PUT /users/7", "POST /login", "GET /csrf", "PUT /users/7"]);
    book.lock().unwrap().session = String::new();
    let each = self::driver(&application, &KEPT.replace(" }, token", " }, each = true, token"));
    change(&each).await.unwrap();
    lines(&application);
    book.lock().unwrap().session = String::new();
    change(&each).await.unwrap();
    assert_eq!(lines(&application), ["GET /csrf", "POST /login", "GET /csrf", "PUT /users/7"]);
}

#[tokio::test]
async fn a_login_may_bring_the_token_along() {
    let book = Arc::new(Mutex::new(Book::default()));
    let application = start(&book).await;
    let driver = driver(&application, r#"{ token = { cookie = "XSRF" }, send = { header = "X-CSRF-Token" } }"#);
    change(&driver).await.unwrap();
    change(&driver).await.unwrap();
    assert_eq!(lines(&application), ["POST /login", "PUT /users/7", "PUT /users/7"]);
}

#[tokio::test]
async fn without_a_token_nothing_is_changed_and_nothing_is_said_to_be_missing() {
    for (status, kind) in [
        (403, ErrorKind::Credentials),
        (404, ErrorKind::Credentials),
        (500, ErrorKind::Unavailable { retry_after: None }),
    ] {
        let book = Arc::new(Mutex::new(Book { refuses: Some(status), ..Book::default() }));
        let application = start(&book).await;
        let driver = driver(&application, KEPT);
        assert_eq!(change(&driver).await.unwrap_err().kind, kind, "{status}");
        assert_eq!(lines(&application), ["POST /login", "GET /csrf"]);
        driver.fetch(&fetch("User", 7)).await.unwrap();
    }
}
