//! Bodies, headers and statuses: HTTP as RFC 7644 §3 and RFC 9110 want it.

use http::Request;
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::harness::{Edge, Reply, TOKEN};

const JSON: &str = "Content-Type: application/scim+json";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_are_json_by_name_and_by_content() {
    let edge = Edge::start().await;
    let post = async |line: &str, body: &str| edge.ask(&["POST /scim/v2/Users", line], body).await;
    for media in ["application/scim+json", "application/json", "Application/SCIM+JSON; charset=utf-8"] {
        assert_eq!(post(&format!("Content-Type: {media}"), "{}").await.status, 201, "{media}");
    }
    assert_eq!(post("X-Other: 1", "{}").await.status, 201);
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        post(&format!("Content-Type: {media}"), "{}").await.assert_error(415);
    }
    post("Content-Encoding: gzip", "{}").await.assert_error(415);
    for body in ["{", "{\"a\":1}{}", "{\"a\":1,\"A\":2}", "nul", &"[".repeat(40), "{\"a\":\"\u{0}\"}"] {
        let reply = post(JSON, body).await;
        reply.assert_error(400);
        assert_eq!(reply.json().as_object().unwrap().get("scimType").unwrap().as_str(), Some("invalidSyntax"));
    }
    let echo = edge.ask(&["POST /scim/v2/Echo", JSON], "").await.json();
    assert!(echo.as_object().unwrap().get("body").unwrap().is_unassigned());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_are_bounded_and_groups_may_be_larger() {
    let edge = Edge::start().await;
    let text = |size: usize| format!("[{}1]", "\"0123456789\",".repeat(size / 13));
    edge.ask(&["POST /scim/v2/Users", JSON], &text(1_100_000)).await.assert_error(413);
    assert_eq!(edge.ask(&["POST /scim/v2/Groups", JSON], &text(1_100_000)).await.status, 201);
    edge.ask(&["POST /scim/v2/Groups", JSON, "Expect: 100-continue"], &text(17_000_000)).await.assert_error(413);
    // A chunked body says its size only by arriving.
    let mut chunked = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    for _ in 0..20 {
        chunked.push_str(&format!("10000\r\n{}\r\n", " ".repeat(0x10000)));
    }
    edge.raw(chunked.as_bytes()).await.assert_error(413);
    assert_eq!(edge.notes.count("RequestRefused { reason: \"limit_body\" }"), 3);
}

/// Who was let in and asked for something leaves a trace of it, whatever was wrong with the asking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_hears_of_what_the_edge_refuses() {
    let edge = Edge::start().await;
    let large = format!("[{}1]", "1,".repeat(600_000));
    for (head, body, told) in [
        (&["POST /scim/v2/Users", JSON][..], "{", "Post /Users 400"),
        (&["PATCH /scim/v2/Users/42", JSON], &*large, "Patch /Users/42 413"),
        (&["PUT /scim/v2/Users/42", "Content-Type: text/plain"], "{}", "Put /Users/42 415"),
        (&["POST /scim/v2/Bulk", JSON], "{\"a\": 1,}", "Post /Bulk 400"),
        (&["DELETE /scim/v2/Users/%zz"], "", "Delete / 404"),
        (&["DELETE /scim/v2/Users/42?x=%zz"], "", "Delete /Users/42 400"),
    ] {
        let reply = edge.ask(head, body).await;
        assert_eq!(edge.refused(), [format!("main by entra: {told}")]);
        assert!(told.ends_with(&format!(" {}", reply.status)), "{told}: {reply:?}");
    }
    assert_eq!(edge.notes.count("op: \"refused\""), 6, "the facts are those of the engine");
    edge.ask_bare(&["POST /scim/v2/Users", JSON], "{").await.assert_error(401);
    edge.ask(&["POST /elsewhere", JSON], "{").await.assert_error(404);
    assert_eq!(edge.refused(), [""; 0], "strangers fill nobody's audit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_are_bounded() {
    let edge = Edge::start().await;
    let long = "x".repeat(8200);
    edge.ask(&[&format!("GET /scim/v2/Users?filter={long}")], "").await.assert_error(414);
    edge.ask(&["GET /scim/v2/Users", &format!("X-A: {long}"), &format!("X-B: {long}")], "").await.assert_error(431);
    let many: Vec<String> = (0..70).map(|n| format!("X-{n}: 1")).collect();
    let mut head = vec!["GET /scim/v2/Users"];
    head.extend(many.iter().map(String::as_str));
    edge.ask(&head, "").await.assert_error(431);
    // Beyond what hyper buffers there is a status, but no body of ours.
    let reply = edge.ask(&["GET /scim/v2/Users", &format!("X-A: {}", "x".repeat(100_000))], "").await;
    assert_eq!(reply.status, 431);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_carry_the_headers_of_their_kind() {
    let edge = Edge::start().await;
    let created = edge.ask(&["POST /scim/v2/Users", JSON], "{}").await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("location"), Some("https://scim.example/scim/v2/Users/42"));
    assert_eq!(created.header("etag"), Some("W/\"1\""));
    assert_eq!(created.header("content-type"), Some("application/scim+json; charset=utf-8"));
    assert_eq!(created.header("x-content-type-options"), Some("nosniff"));

    assert_eq!(created.header("content-location"), Some("https://scim.example/scim/v2/Users/42"));
    let found = edge.ask(&["GET /scim/v2/Users/42"], "").await;
    assert_eq!(found.header("content-location"), Some("https://scim.example/scim/v2/Users/42"));
    assert_eq!(found.header("etag"), Some("W/\"1\""));

    let unchanged = edge.ask(&["GET /scim/v2/Users/same"], "").await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));

    let away = edge.ask(&["GET /scim/v2/Fail/503"], "").await;
    away.assert_error(503);
    assert_eq!(away.header("retry-after"), Some("7"));

    let wrong = edge.ask(&["PUT /scim/v2/Users", JSON], "{}").await;
    wrong.assert_error(405);
    assert_eq!(wrong.header("allow"), Some("GET, HEAD, POST"));
    for (target, allow) in [
        ("OPTIONS /scim/v2/Users/42", "GET, HEAD, PUT, PATCH, DELETE"),
        ("TRACE /scim/v2/Schemas", "GET, HEAD"),
        ("BREW /scim/v2/Users/.search", "POST"),
    ] {
        let reply = edge.ask(&[target], "").await;
        reply.assert_error(405);
        assert_eq!(reply.header("allow"), Some(allow), "{target}");
    }
    for status in [400, 403, 404, 409, 412, 429, 500, 501] {
        edge.ask(&[&format!("GET /scim/v2/Fail/{status}")], "").await.assert_error(status);
    }
}

/// RFC 7644 §3.8: SCIM's own media type, unless the client takes JSON by that name alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_called_what_the_client_takes() {
    let edge = Edge::start().await;
    const SCIM: &str = "application/scim+json; charset=utf-8";
    for (accept, media) in [
        ("application/scim+json", SCIM),
        ("application/json", "application/json; charset=utf-8"),
        ("text/html, Application/JSON;q=0.9", "application/json; charset=utf-8"),
        ("application/json, application/scim+json", SCIM),
        ("application/json, */*;q=0.1", SCIM),
        ("text/html", SCIM),
        ("", SCIM),
    ] {
        for target in ["GET /scim/v2/Users", "GET /scim/v2/Nowhere"] {
            let reply = edge.ask(&[target, &format!("Accept: {accept}")], "").await;
            assert_eq!(reply.header("content-type"), Some(media), "{accept}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_is_get_without_a_body() {
    let edge = Edge::start().await;
    let get = edge.ask(&["GET /scim/v2/Users/42"], "").await;
    assert_eq!(get.header("location"), Some("https://scim.example/scim/v2/Users/42"));
    let head = edge.ask(&["HEAD /scim/v2/Users/42"], "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    let mut h2 = edge.h2().await;
    let request =
        Request::head("https://localhost/scim/v2/Users/42").header("authorization", format!("Bearer {TOKEN}"));
    let reply = Reply::of(h2.send_request(request.body(Full::default()).unwrap()).await.unwrap()).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_ids_are_kept_when_they_are_harmless() {
    let edge = Edge::start().await;
    let id = async |line: &str| {
        let reply = edge.ask(&["GET /scim/v2/Users", line], "").await;
        reply.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("X-Request-Id: abc-DEF_1").await, "abc-DEF_1");
    assert_eq!(id("client-request-id: from-entra").await, "from-entra");
    for bad in ["a b", "a\"b", "", &"x".repeat(65), "ü"] {
        let made = id(&format!("X-Request-Id: {bad}")).await;
        assert_eq!(made.len(), 36, "{bad}: {made}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preconditions_arrive_tag_by_tag() {
    let edge = Edge::start().await;
    let echo = edge.ask(&["GET /scim/v2/Echo", "If-Match: W/\"a,b\", \"c\"", "If-Match: *"], "").await.json();
    assert_eq!(echo.as_object().unwrap().get("ifMatch").unwrap().to_json(), r#"["W/\"a,b\"","\"c\"","*"]"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_protocols_and_both_tls_versions_are_served() {
    let edge = Edge::start().await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut stream = edge.connect_by(&[version], &["http/1.1"]).await;
        let text = format!(
            "GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut h2 = edge.h2().await;
    for _ in 0..3 {
        let request =
            Request::get("https://localhost/scim/v2/Users").header("authorization", format!("Bearer {TOKEN}"));
        let reply = Reply::of(h2.send_request(request.body(Full::default()).unwrap()).await.unwrap()).await;
        assert_eq!(reply.status, 200);
    }
    let request = Request::post("https://localhost/scim/v2/Users").body(Full::from("{}")).unwrap();
    Reply::of(h2.send_request(request).await.unwrap()).await.assert_error(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_on_the_tls_port_gets_nothing() {
    let edge = Edge::start().await;
    let mut stream = tokio::net::TcpStream::connect(edge.scim).await.unwrap();
    let request = format!("GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "{answer:?}");
}

/// Requests that two readers could cut at different places. None of them may be answered as two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ambiguous_framing_is_refused() {
    let idle = std::time::Duration::from_millis(300);
    let edge = Edge::with(postern::server::Limits { idle, ..Default::default() }).await;
    let hidden = format!("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    let chunked = format!("0\r\n\r\n{hidden}");
    let length = chunked.len();
    for (lines, body, status) in [
        // One reading is legal, and the connection ends with it (RFC 9112 §6.1).
        (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"), &chunked, 201),
        (format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"), &chunked, 201),
        (String::from("Transfer-Encoding: x, chunked"), &chunked, 501),
        (String::from("Transfer-Encoding: x\r\nTransfer-Encoding: chunked"), &chunked, 501),
        (String::from("Transfer-Encoding: chunked, x"), &chunked, 400),
        (String::from("Transfer-Encoding: xchunked"), &chunked, 400),
        (String::from("Transfer-Encoding : chunked"), &chunked, 400),
        (String::from("Content-Length: 0\r\nContent-Length: 5"), &hidden, 400),
        (String::from("Content-Length: +0"), &hidden, 400),
        (String::from("Content-Length: 0x0"), &hidden, 400),
        (String::from("Content-Length: 0, 5"), &hidden, 400),
        (String::from("X: a\r\n b"), &hidden, 400),
        (String::from("X: a\rb"), &hidden, 400),
        (String::from("Host: elsewhere"), &hidden, 400),
        (String::from("Expect: something"), &hidden, 417),
    ] {
        let head = format!("POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n");
        let reply = edge.raw(format!("{head}{lines}\r\n\r\n{body}").as_bytes()).await;
        assert_eq!(reply.status, status, "{lines}: {reply:?}");
        assert!(!reply.body.contains("HTTP/1.1"), "{lines} was answered twice: {reply:?}");
    }
    let reply = edge
        .raw(
            format!("GET /scim/v2/Users HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n")
                .as_bytes(),
        )
        .await;
    reply.assert_error(400);
}
