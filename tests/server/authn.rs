//! Who gets in.

use postern::server::Token;

use super::harness::{Edge, Reply, TOKEN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_exact_token_opens_the_door() {
    let edge = Edge::start().await;
    let cut = &TOKEN[..TOKEN.len() - 1];
    let capitals = TOKEN.to_ascii_uppercase();
    let refused: &[&[String]] = &[
        &[],
        &[String::from("Bearer")],
        &[String::from("Bearer ")],
        &[format!("Basic {TOKEN}")],
        &[format!("Token {TOKEN}")],
        &[TOKEN.to_owned()],
        &[format!("Bearer{TOKEN}")],
        &[format!("Bearer {cut}")],
        &[format!("Bearer {TOKEN}0")],
        &[format!("Bearer {TOKEN} {TOKEN}")],
        &[format!("Bearer {TOKEN},{TOKEN}")],
        &[format!("Bearer {capitals}")],
        &[format!("Bearer \"{TOKEN}\"")],
        &[String::from("Bearer pst_old")],
        &[String::from("Bearer pst_contoso")],
        &[String::from("Bearer pst_inner")],
        &[format!("Bearer {TOKEN}"), format!("Bearer {TOKEN}")],
        &[format!("Bearer {TOKEN}"), String::from("Bearer other")],
        &[format!("Bearer {}", "x".repeat(5000))],
    ];
    for values in refused {
        let lines: Vec<String> = values.iter().map(|value| format!("Authorization: {value}")).collect();
        let mut head = vec!["GET /scim/v2/Users"];
        head.extend(lines.iter().map(String::as_str));
        let reply = edge.ask_bare(&head, "").await;
        reply.assert_error(401);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"postern\""), "{values:?}");
    }
    assert_eq!(edge.notes.count("result: \"expired\""), 1);
    assert_eq!(edge.notes.count("result: \"missing\""), 1);
    // Only who is known leaves a line in the audit.
    assert_eq!(edge.notes.count("AccessRefused"), 1);
    assert_eq!(edge.notes.count("reason: \"expired\", status: 401"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scheme_has_no_case_and_every_token_of_the_tenant_works() {
    let edge = Edge::start().await;
    for value in [format!("bearer {TOKEN}"), format!("BEARER  {TOKEN}"), String::from("Bearer pst_first")] {
        let reply = edge.ask_bare(&["GET /scim/v2/Users", &format!("Authorization: {value}")], "").await;
        assert_eq!(reply.status, 200, "{value}");
    }
}

/// RFC 7644 §3.11: whom `/Me` leads to is the token's to say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_learns_which_user_a_token_stands_for() {
    let edge = Edge::start().await;
    for (token, user) in [("pst_of-ana", "ana"), ("pst_first", "")] {
        let reply = edge.ask_bare(&["GET /scim/v2/Echo", &format!("Authorization: Bearer {token}")], "").await;
        assert!(reply.body.contains(&format!("\"user\":\"{user}\"")), "{}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_a_tenant_tells_nothing() {
    let edge = Edge::start().await;
    for target in [
        "GET /scim/v2",
        "GET /scim/v2/Nowhere",
        "DELETE /scim/v2/Users/1",
        "TRACE /scim/v2/Users",
        "PUT /scim/v2/Users",
    ] {
        edge.ask_bare(&[target], "").await.assert_error(401);
    }
    let large = "x".repeat(2_000_000);
    edge.ask_bare(&["POST /scim/v2/Users"], &large).await.assert_error(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_base_path_names_the_tenant() {
    let edge = Edge::start().await;
    let tenant = async |target: &str, token: &str| {
        let reply = edge.ask_bare(&[target, &format!("Authorization: Bearer {token}")], "").await;
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json().as_object().unwrap().get("tenant").unwrap().to_text()
    };
    assert_eq!(tenant("GET /scim/v2/Echo", TOKEN).await, "main");
    assert_eq!(tenant("GET /scim/v2/nested/Echo", "pst_inner").await, "nested");
    assert_eq!(tenant("GET /contoso/scim/v2/Echo", "pst_contoso").await, "contoso");
}

#[test]
fn new_tokens_are_long_and_never_twice_the_same() {
    let (one, two) = (Token::generate().unwrap(), Token::generate().unwrap());
    assert!(one.starts_with("pst_") && one.len() == 47, "{one}");
    assert_ne!(one, two);
}

#[test]
fn digests_are_written_and_read_in_hexadecimal() {
    // The digest of "abc" from FIPS 180-4.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Token::hash_in_hex("abc"), abc);
    assert_eq!(Token::hash_from_hex(&abc.to_ascii_uppercase()), Some(Token::hash("abc")));
    for wrong in ["", &abc[1..], &format!("{abc}0"), &abc.replace('b', "g"), &"é".repeat(32)] {
        assert_eq!(Token::hash_from_hex(wrong), None, "{wrong}");
    }
}

/// A right token in the wrong place is forbidden, not unknown: its owner must not be told to make a new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_works_from_where_it_may() {
    let edge = Edge::start().await;
    for (target, token, forwarded, status) in [
        ("/scim/v2/Users", "pst_far", "", 403),
        ("/scim/v2/Users", "pst_far", "20.1.2.3", 200),
        ("/scim/v2/Users", "pst_far", "2603:1006::5", 200),
        ("/scim/v2/Users", "pst_far", "20.1.2.3, 6.6.6.6", 403),
        ("/scim/v2/Users", "pst_far", "6.6.6.6, 20.1.2.3", 200),
        ("/scim/v2/Users", "pst_wrong", "6.6.6.6", 401),
        ("/far/Users", "pst_any", "20.1.2.3", 200),
        ("/far/Users", "pst_any", "21.1.2.3", 403),
        ("/far/Users", "pst_wrong", "20.1.2.3", 401),
    ] {
        let mut head = vec![format!("GET {target}"), format!("Authorization: Bearer {token}")];
        if !forwarded.is_empty() {
            head.push(format!("X-Forwarded-For: {forwarded}"));
        }
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let reply = edge.ask_bare(&head, "").await;
        assert_eq!(reply.status, status, "{head:?}");
        assert_eq!(reply.header("www-authenticate").is_some(), status == 401, "{head:?}");
    }
    assert_eq!(edge.notes.count("result: \"cidr\""), 3);
    assert_eq!(edge.notes.count("reason: \"cidr\", status: 403"), 3);
    assert_eq!(edge.notes.count("AccessRefused"), 3, "the wrong tokens are nobody's");
}

/// RFC 7617: the secret is the password of one user name, and of no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_with_a_user_name_works_as_basic_too() {
    let edge = Edge::start().await;
    for (value, status) in [
        ("Bearer pst_basic".to_owned(), 200),
        (basic("scim-acme:pst_basic"), 200),
        (basic("scim-acme:pst_basic").replace("Basic", "basic"), 200),
        (basic("SCIM-ACME:pst_basic"), 401),
        (basic("other:pst_basic"), 401),
        (basic(":pst_basic"), 401),
        (basic("scim-acme:pst_first"), 401),
        (basic("first:pst_first"), 401),
        (basic("scim-acme"), 401),
        ("Basic !".to_owned(), 401),
    ] {
        let reply = edge.ask_bare(&["GET /scim/v2/Users", &format!("Authorization: {value}")], "").await;
        assert_eq!(reply.status, status, "{value}");
    }
    let challenges = |reply: Reply| reply.headers("www-authenticate").len();
    assert_eq!(challenges(edge.ask_bare(&["GET /scim/v2/Users"], "").await), 2, "Bearer and Basic");
    assert_eq!(challenges(edge.ask_bare(&["GET /contoso/scim/v2/Users"], "").await), 1, "nobody has a name here");
}

fn basic(pair: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}
