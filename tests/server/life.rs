//! Panics, slowness, overload and the end.

use std::time::{Duration, Instant};

use postern::server::{Limits, tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::harness::{Edge, Reply, TOKEN, certificate};

fn quick() -> Limits {
    let short = Duration::from_millis(400);
    Limits { handshake: short, header_read: short, body_read: short, idle: 3 * short, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_one_request_s_misfortune() {
    let edge = Edge::start().await;
    edge.ask(&["GET /scim/v2/Panic"], "").await.assert_error(500);
    assert_eq!(edge.ask(&["GET /scim/v2/Users"], "").await.status, 200);
    assert_eq!(edge.notes.count("PanicCaught"), 1);
    assert_eq!(edge.notes.count("status: 500"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_answers_and_the_work_goes_on() {
    let edge = Edge::with(Limits { deadline: Duration::from_millis(200), ..Limits::default() }).await;
    let reply = edge.ask(&["GET /scim/v2/Sleep/300"], "").await;
    reply.assert_error(503);
    assert_eq!(reply.header("retry-after"), Some("5"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(edge.notes.count("RequestServed"), 1);
    assert_eq!(edge.notes.count("op: \"get\""), 1, "what the engine found out is told although it was late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_stops_no_work() {
    let edge = Edge::start().await;
    let mut stream = edge.connect(&["http/1.1"]).await;
    let request =
        format!("GET /scim/v2/Sleep/300 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(edge.notes.count("status: 204"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_server_can_work_on_is_told_to_wait() {
    let edge = Edge::with(Limits { in_flight: 1, ..Limits::default() }).await;
    let (slow, refused) = tokio::join!(edge.ask(&["GET /scim/v2/Sleep/600"], ""), async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        edge.ask(&["GET /scim/v2/Users"], "").await
    });
    assert_eq!(slow.status, 204);
    refused.assert_error(503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(edge.ask(&["GET /scim/v2/Users"], "").await.status, 200);
}

/// Sends `first`, then nothing, and gives back what came and after how long the server hung up.
async fn stall(edge: &Edge, alpn: &str, first: &str) -> (String, Duration) {
    let mut stream = edge.connect(&[alpn]).await;
    let started = Instant::now();
    stream.write_all(first.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(10), read).await.expect("the server hangs up");
    (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_let_go() {
    let edge = Edge::with(quick()).await;
    let whole = format!("GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    let post = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 10\r\n\r\n{{"
    );
    let (nothing, head, second, body) = tokio::join!(
        stall(&edge, "http/1.1", ""),
        stall(&edge, "http/1.1", "GET /scim/v2/Users HTTP/1.1\r\nHost: local"),
        stall(&edge, "http/1.1", &whole),
        stall(&edge, "http/1.1", &post),
    );
    assert!(nothing.1 < Duration::from_secs(1), "{nothing:?}");
    assert!(head.1 < Duration::from_secs(1), "{head:?}");
    assert!(second.0.starts_with("HTTP/1.1 200"), "{second:?}");
    assert!(second.1 > Duration::from_millis(1100), "an idle connection may stay longer than a slow head: {second:?}");
    assert!(body.0.starts_with("HTTP/1.1 408"), "{body:?}");

    // The head of a second request has no more time than that of the first.
    let mut stream = edge.connect(&["http/1.1"]).await;
    stream.write_all(whole.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(b"GET /scim/v2").await.unwrap();
    let started = Instant::now();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut Vec::new())).await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());

    let idle = stall(&edge, "h2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0").await;
    assert!(idle.1 < Duration::from_secs(7), "{idle:?}");

    let mut silent = tokio::net::TcpStream::connect(edge.scim).await.unwrap();
    let mut none = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(2), silent.read_to_end(&mut none)).await;
    assert!(read.is_ok(), "a connection without a handshake stays open");
    assert_eq!(edge.notes.count("TlsHandshake { result: \"timeout\""), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_finishes_what_is_under_way_and_takes_nothing_new() {
    let edge = Edge::start().await;
    let (scim, shutdown) = (edge.scim, edge.shutdown.clone());
    let mut h2 = edge.h2().await;
    let request = http::Request::get("https://localhost/scim/v2/Sleep/500")
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(http_body_util::Full::default())
        .unwrap();
    let by_h2 = h2.send_request(request);
    let idle = edge.connect(&["http/1.1"]).await;
    let (one, two, ()) = tokio::join!(edge.ask(&["GET /scim/v2/Sleep/500"], ""), by_h2, async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        shutdown.cancel();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(edge.admin("GET /readyz").await.status, 503);
        assert_eq!(edge.admin("GET /livez").await.status, 200);
        assert!(tokio::net::TcpStream::connect(scim).await.is_err(), "a new connection was taken");
    });
    assert_eq!(one.status, 204);
    assert_eq!(Reply::of(two.unwrap()).await.status, 204);
    let notes = edge.notes.clone();
    assert!(tokio::time::timeout(Duration::from_secs(3), edge.served).await.unwrap().unwrap(), "not clean");
    assert_eq!(notes.count("Stopped { clean: true }"), 1);
    drop(idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_ends_even_when_a_request_does_not() {
    let edge = Edge::with(Limits { drain: Duration::from_millis(200), ..Limits::default() }).await;
    let mut stream = edge.connect(&["http/1.1"]).await;
    let request =
        format!("GET /scim/v2/Sleep/3000 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    assert!(!edge.stop().await, "a cut request is no clean end");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_swapped_without_a_restart() {
    let edge = Edge::start().await;
    let shown = |stream: &tokio_rustls::client::TlsStream<tokio::net::TcpStream>| {
        stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    };
    let before = shown(&edge.connect(&["http/1.1"]).await);
    let (chain, key) = certificate();
    let other = tls::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let old = edge.tls.swap(other);
    let tcp = tokio::net::TcpStream::connect(edge.scim).await.unwrap();
    // The client trusts only the old one, so the new one shows by being refused.
    drop(tcp);
    let refused = tokio::spawn(async move { edge.connect(&["http/1.1"]).await }).await;
    assert!(refused.is_err());
    assert!(!before.is_empty());
    drop(old);
}

#[test]
fn certificates_and_keys_have_to_belong_together() {
    let ((chain, key), (_, other)) = (certificate(), certificate());
    let problem = |chain: &str, key: &str| tls::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err().to_string();
    assert!(tls::from_pem(chain.as_bytes(), key.as_bytes()).is_ok());
    assert!(problem(&chain, &other).contains("does not belong"), "{}", problem(&chain, &other));
    assert!(problem("", &key).contains("no readable PEM certificate"));
    assert!(problem(&chain, "").contains("no readable PEM private key"));
    assert!(problem(&chain, &chain).contains("no readable PEM private key"));
    let missing = tls::load("no/such.pem".as_ref(), "no/such.key".as_ref()).unwrap_err().to_string();
    assert!(missing.contains("`no/such.pem`"), "{missing}");
}

#[test]
fn the_end_of_a_certificate_is_known() {
    for (year, want) in [(2027, "2027-03-04T00:00:00Z"), (2049, "2049-03-04T00:00:00Z"), (2061, "2061-03-04T00:00:00Z")]
    {
        let mut wanted = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        wanted.not_after = rcgen::date_time_ymd(year, 3, 4);
        let made = wanted.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        assert_eq!(tls::not_after(made.pem().as_bytes()).unwrap().to_string(), want);
        let der = made.der();
        let pem = |der: &[u8]| {
            let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
            format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
        };
        for length in 1..der.len().min(200) {
            assert_eq!(tls::not_after(pem(&der[..length]).as_bytes()), None, "{length}");
        }
    }
}

/// CVE-2023-44487: streams are opened and reset at once, so that no limit on open streams is
/// met. The pause lets each of them reach the engine; without it hyper gives the connection up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resetting_streams_takes_no_more_than_the_connection_s_share() {
    let edge = Edge::start().await;
    let mut h2 = edge.h2().await;
    for _ in 0..250 {
        let request = http::Request::get("https://localhost/scim/v2/Sleep/6000")
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(http_body_util::Full::<hyper::body::Bytes>::default())
            .unwrap();
        if h2.ready().await.is_err() {
            break;
        }
        let waiting = tokio::time::timeout(Duration::from_millis(6), h2.send_request(request));
        drop(waiting.await);
    }
    assert_eq!(edge.ask(&["GET /scim/v2/Users"], "").await.status, 200);
    let metrics = edge.admin("GET /metrics").await.body;
    let line = metrics.lines().find(|line| line.starts_with("postern_http_requests_in_flight ")).unwrap();
    let in_flight: u32 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!((1..=100).contains(&in_flight), "{in_flight} requests of one connection are under way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_bodies_together_have_a_bound() {
    let edge = Edge::with(Limits { bodies: 3 * 1024 * 1024, ..Limits::default() }).await;
    let body = format!("[{}1]", "\"0123456789\",".repeat(150_000));
    let (slow, refused) = tokio::join!(edge.ask(&["POST /scim/v2/Groups/Sleep"], &body), async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        edge.ask(&["POST /scim/v2/Groups"], &body).await
    });
    assert_eq!(slow.status, 204);
    refused.assert_error(503);
    assert_eq!(edge.ask(&["POST /scim/v2/Groups"], &body).await.status, 201, "the room is free again");
}
