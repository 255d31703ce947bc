//! Paths that try to be what they are not.

use super::harness::Edge;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_spelling_of_a_path_gets_around_the_token() {
    let edge = Edge::start().await;
    for (target, status) in [
        ("/scim/v2/Users", 401),
        ("/scim/v2/%55sers", 401),
        ("/sc%69m/v2/Users", 401),
        ("//scim/v2/Users", 401),
        ("/scim//v2///Users/", 401),
        ("/scim/v2/Users/..%2fUsers", 401),
        ("/scim/v2/../v2/Users", 401),
        ("/scim/v2/%2e%2e/Users", 401),
        ("/scim/v2/Users?x=/../..", 401),
        ("/scim/v2/%ff", 401),
        ("/scim/v2/%zz", 401),
        ("https://localhost/scim/v2/Users", 401),
        ("http://elsewhere.example/scim/v2/Users", 401),
        ("/scim%2fv2/Users", 404),
        ("/scim/v2%2fUsers", 404),
        ("/./scim/v2/Users", 404),
        ("/x/../scim/v2/Users", 404),
        ("/SCIM/v2/Users", 404),
        ("/scim/v20/Users", 404),
        ("/sc%2569m/v2/Users", 404),
        ("/scim\\v2/Users", 404),
        ("/", 404),
        ("/metrics", 404),
        ("/readyz", 404),
    ] {
        edge.ask_bare(&[&format!("GET {target}")], "").await.assert_error(status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn segments_are_split_first_and_decoded_once() {
    let edge = Edge::start().await;
    for (target, path) in [
        ("/scim/v2/Echo/%55sers", &["Echo", "Users"][..]),
        ("//scim/v2//Echo/a/", &["Echo", "a"]),
        ("/scim/v2/Echo/..%2fUsers", &["Echo", "../Users"]),
        ("/scim/v2/Echo/%2555", &["Echo", "%55"]),
        ("/scim/v2/Echo/a+b", &["Echo", "a+b"]),
        ("/scim/v2/Echo/%C3%A9", &["Echo", "é"]),
    ] {
        let reply = edge.ask(&[&format!("GET {target}")], "").await;
        let echo = reply.json();
        let have = echo.as_object().unwrap().get("path").unwrap().as_list().unwrap().to_vec();
        assert_eq!(have.iter().map(|segment| segment.as_str().unwrap()).collect::<Vec<_>>(), path, "{target}");
    }
    for target in
        ["/scim/v2/Echo/..", "/scim/v2/Echo/%2e", "/scim/v2/Echo/%00", "/scim/v2/Echo/%f", "/scim/v2/Echo/%C3"]
    {
        edge.ask(&[&format!("GET {target}")], "").await.assert_error(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn query_parameters_are_decoded_as_forms_are() {
    let edge = Edge::start().await;
    let target = "GET /scim/v2/Echo?filter=userName+eq+%22a%2Bb%22&flag&&x=1=2&";
    let echo = edge.ask(&[target], "").await.json();
    let query = echo.as_object().unwrap().get("query").unwrap().to_json();
    assert_eq!(query, r#"["filter=userName eq \"a+b\"","flag=","x=1=2"]"#);
    edge.ask(&["GET /scim/v2/Echo?filter=%"], "").await.assert_error(400);
    edge.ask(&["GET /scim/v2/Echo?filter=%ff"], "").await.assert_error(400);
    let many = "a&".repeat(100);
    edge.ask(&[&format!("GET /scim/v2/Echo?{many}")], "").await.assert_error(400);
}

/// A tenant with a host is found under that host alone; the others under any.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_found_by_its_host() {
    let edge = Edge::start().await;
    for (host, target, token, status) in [
        ("acme.example", "/scim/v2/Users", "pst_acme", 200),
        ("ACME.example:8443", "/scim/v2/Users", "pst_acme", 200),
        ("acme.example", "/scim/v2/Users", "pst_first", 401),
        ("localhost", "/scim/v2/Users", "pst_acme", 401),
        ("localhost", "/scim/v2/Users", "pst_first", 200),
        ("acme.example.", "/scim/v2/Users", "pst_acme", 401),
        ("only.example", "/only/Users", "pst_only", 200),
        ("second.example", "/only/Users", "pst_only", 200),
        ("acme.example", "/only/Users", "pst_only", 404),
        ("localhost", "/only/Users", "pst_only", 404),
        ("acme.example", "https://only.example/only/Users", "pst_only", 200),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        let reply = edge.raw(request.as_bytes()).await;
        assert_eq!(reply.status, status, "{host} {target}");
    }
}
