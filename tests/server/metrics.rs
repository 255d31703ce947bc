//! What the private listener tells.

use super::harness::{Edge, TOKEN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_count_requests() {
    let edge = Edge::start().await;
    edge.ask(&["GET /scim/v2/Users"], "").await;
    edge.ask(&["GET /scim/v2/Users"], "").await;
    edge.ask_bare(&["GET /scim/v2/Users"], "").await;
    let reply = edge.admin("GET /metrics").await;
    assert!(reply.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    for line in [
        r#"postern_http_requests_total{tenant="main",op="get",type="_other",method="GET",status="200"} 2"#,
        r#"postern_http_requests_total{tenant="main",op="_other",type="_other",method="GET",status="401"} 1"#,
        r#"postern_http_rejected_total{reason="auth"} 1"#,
        r#"postern_auth_attempts_total{tenant="main",result="ok"} 2"#,
        r#"postern_tls_handshakes_total{result="ok"} 3"#,
        "postern_connections_accepted_total 3",
        "postern_http_requests_in_flight 0",
        "postern_panics_total 0",
    ] {
        assert!(reply.body.contains(line), "{line} is not in\n{}", reply.body);
    }
    for name in
        ["process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds"]
    {
        assert!(reply.body.contains(&format!("\n{name} ")), "{name} is not in\n{}", reply.body);
    }
    assert!(reply.body.ends_with("# EOF\n"));
    assert!(!reply.body.contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn junk_adds_no_series() {
    let edge = Edge::start().await;
    let mut h2 = edge.h2().await;
    let mut series = Vec::new();
    for round in 0..4_u32 {
        for n in round * 250..(round + 1) * 250 {
            let method = http::Method::from_bytes(format!("JUNK{n}").as_bytes()).unwrap();
            let request = http::Request::builder()
                .method(if n % 2 == 0 { http::Method::GET } else { method })
                .uri(format!("https://localhost/{}/{n}?x={n}", if n % 3 == 0 { "scim/v2" } else { "elsewhere" }))
                .header("user-agent", format!("agent/{n}"))
                .header("authorization", format!("Bearer {n}"))
                .body(http_body_util::Full::default())
                .unwrap();
            let status = h2.send_request(request).await.unwrap().status();
            assert!(status == 401 || status == 404, "{status}");
        }
        series.push(edge.admin("GET /metrics").await.body.lines().count());
    }
    assert_eq!(series[0], series[3], "{series:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_private_listener_only_tells() {
    let edge = Edge::start().await;
    assert_eq!(edge.admin("GET /livez").await.status, 200);
    assert_eq!(edge.admin("GET /readyz").await.body, "ready\n");
    assert_eq!(edge.admin("GET /healthz").await.status, 200);
    assert!(edge.admin("GET /readyz?verbose").await.body.contains("[+]server ready"));
    assert_eq!(edge.admin("HEAD /readyz").await.body, "");
    assert_eq!(edge.admin("POST /livez").await.status, 405);
    assert_eq!(edge.admin("GET /scim/v2/Users").await.status, 404);
}
