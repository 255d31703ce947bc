//! OAuth 2.0's client credentials grant, toward a server of its own that gives tokens and checks who
//! asks, and signatures by their public key.

use std::sync::{Arc, Mutex};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use postern::downstream::ErrorKind;
use postern::plan::Predicate;

use super::doorkeeper::{has_header, mapping};
use super::scripted::{Reply, Scripted, json};
use super::support::{bound, fetch, select};

const BABS: &str = r#"{"id":7,"login":"bj","firstname":"","lastname":"","status":1,"mail":"m"}"#;
const TOKEN: &str = r#"{"access_token": "t0k", "token_type": "Bearer", "expires_in": 3600}"#;

/// A server of tokens and an application that knows the token `t0k`; what was asked of the former.
struct Both {
    tokens: Scripted,
    application: Scripted,
}

impl Both {
    async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let tokens = Scripted::start(answer).await;
        let application = Scripted::start(|request| {
            let is_known = has_header(request, "authorization: Bearer t0k");
            if is_known { json(200, "", BABS) } else { json(401, "", "") }
        });
        Self { tokens, application: application.await }
    }

    fn credentials(&self, more: &str) -> String {
        format!(
            "[downstream.credentials]\nkind = \"client_credentials\"\ntoken_url = \"http://{}/oauth2/token/\"\n\
             client_id = \"post ern\"\n{more}",
            self.tokens.address
        )
    }

    fn driver(&self, more: &str) -> Arc<dyn postern::downstream::Downstream> {
        let text = mapping(&format!("http://{}/api", self.application.address), &self.credentials(more));
        let (driver, problems) = bound(&text);
        driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
    }
}

fn body_of(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_secret_is_sent_in_a_header_or_in_the_body() {
    // `post ern:s3cr%26t`, each part encoded before they are joined.
    let basic = "authorization: Basic cG9zdCUyMGVybjpzM2NyJTI2dA==";
    let cases = [
        ("client_secret = \"s3cr&t\"", Some(basic), "grant_type=client_credentials"),
        (
            "client_secret = \"s3cr&t\"\nauthentication = \"post\"\nscope = \"users.read users.write\"\n\
             parameters = { resource = \"urn:app\" }",
            None,
            "grant_type=client_credentials&scope=users.read%20users.write&resource=urn%3Aapp&client_id=post%20ern\
             &client_secret=s3cr%26t",
        ),
    ];
    for (more, header, body) in cases {
        let both = Both::start(|_| json(200, "", TOKEN)).await;
        let driver = both.driver(more);
        for _ in 0..3 {
            driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        }
        let asked = both.tokens.requests();
        assert_eq!(asked.len(), 1, "one token serves until it expires");
        assert!(asked[0].starts_with("POST /oauth2/token/ HTTP/1.1"), "{}", asked[0]);
        assert!(has_header(&asked[0], "content-type: application/x-www-form-urlencoded"), "{}", asked[0]);
        assert_eq!(body_of(&asked[0]), body);
        assert_eq!(asked[0].contains("authorization:"), header.is_some());
        assert!(header.is_none_or(|header| has_header(&asked[0], header)), "{}", asked[0]);
        let shown = format!("{driver:?}");
        assert!(!shown.contains("s3cr") && !shown.contains("t0k"), "{shown}");
        assert!(!both.application.requests().iter().any(|request| request.contains("s3cr")));
    }
}

#[tokio::test]
async fn a_token_that_is_used_up_is_asked_for_anew() {
    let both = Both::start(|_| json(200, "", &TOKEN.replace("3600", "0"))).await;
    let driver = both.driver("client_secret = \"x\"");
    for _ in 0..3 {
        driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
    }
    assert_eq!(both.tokens.requests().len(), 3);
}

#[tokio::test]
async fn the_application_may_give_tokens_itself() {
    let application = Scripted::start(|request| {
        let is_known = has_header(request, "authorization: Bearer t0k");
        match request.starts_with("POST /api/token ") {
            true => json(200, "", TOKEN),
            false if is_known => json(200, "", BABS),
            false => json(401, "", ""),
        }
    })
    .await;
    let credentials = "[downstream.credentials]\nkind = \"client_credentials\"\ntoken_url = \"/token\"\n\
                       client_id = \"postern\"\nclient_secret = \"x\"";
    let driver = bound(&mapping(&format!("http://{}/api", application.address), credentials)).0.unwrap();
    driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_the_server_of_tokens_refuses_is_no_empty_list() {
    let odd = TOKEN.replace("Bearer", "DPoP");
    let cases = [
        (json(400, "", r#"{"error": "invalid_scope", "error_description": "s3cr&t"}"#), "status 400: invalid_scope"),
        (json(401, "", r#"{"error": "invalid_client"}"#), "status 401: invalid_client"),
        (json(401, "", r#"{"error": "<b>s3cr&t</b>"}"#), "status 401: the credentials were not accepted"),
        (json(200, "", r#"{"error": "invalid_grant"}"#), "status 200: invalid_grant"),
        (json(200, "", "{}"), "the answer holds no token"),
        (json(200, "", &odd), "no bearer token"),
    ];
    for (reply, wanted) in cases {
        let both = Both::start(move |_| reply.clone()).await;
        let driver = both.driver("client_secret = \"s3cr&t\"");
        for _ in 0..3 {
            let error = driver.select(&select("User", Predicate::True, 0, 10)).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
            assert!(error.detail.contains(wanted) && !error.detail.contains("s3cr"), "{error}");
        }
        assert_eq!(both.tokens.requests().len(), 1, "an account that is wrongly asked for is soon closed");
        assert!(both.application.requests().is_empty());
    }
    let both = Both::start(|_| json(503, "", "")).await;
    let error = both.driver("client_secret = \"x\"").fetch(&fetch("User", 7)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable { retry_after: None }, "{error}");
}

#[tokio::test]
async fn a_signature_proves_the_client_where_no_secret_does() {
    let folder = std::env::temp_dir().join(format!("postern-rest-oauth-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let kinds = [
        (&rcgen::PKCS_RSA_SHA256, "", Algorithm::RS256),
        (&rcgen::PKCS_RSA_SHA256, "algorithm = \"PS256\"", Algorithm::PS256),
        (&rcgen::PKCS_ECDSA_P256_SHA256, "", Algorithm::ES256),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "", Algorithm::ES384),
        (&rcgen::PKCS_ED25519, "", Algorithm::EdDSA),
    ];
    for (kind, more, algorithm) in kinds {
        let pair = rcgen::KeyPair::generate_for(kind).unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec!["postern".to_owned()]).unwrap().self_signed(&pair).unwrap();
        let (key, crt) = (folder.join("client.key"), folder.join("client.crt"));
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        std::fs::write(&crt, certificate.pem()).unwrap();
        let both = Both::start(|_| json(200, "", &TOKEN.replace("3600", "0"))).await;
        let driver =
            both.driver(&format!("private_key = {{ file = {key:?} }}\nkey_id = \"k1\"\ncertificate = {crt:?}\n{more}"));
        for _ in 0..2 {
            driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        }
        let asked = both.tokens.requests();
        let uses: Vec<_> = asked.iter().map(|request| checked(request, &pair, algorithm, &both)).collect();
        assert_ne!(uses[0], uses[1], "an assertion is good for one use");
        assert!(!asked[0].contains("PRIVATE"));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Checks an assertion as the server of tokens would, and gives its `jti`.
fn checked(request: &str, pair: &rcgen::KeyPair, algorithm: Algorithm, both: &Both) -> String {
    let field = |name: &str| {
        let pairs = body_of(request).split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(have, _)| *have == name).map(|(_, value)| value.to_owned()).next().unwrap()
    };
    assert_eq!(field("client_assertion_type"), "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
    assert_eq!(field("client_id"), "post%20ern");
    let public = pair.public_key_pem();
    let key = match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => DecodingKey::from_ec_pem(public.as_bytes()),
        Algorithm::EdDSA => DecodingKey::from_ed_pem(public.as_bytes()),
        _ => DecodingKey::from_rsa_pem(public.as_bytes()),
    };
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[format!("http://{}/oauth2/token/", both.tokens.address)]);
    validation.set_issuer(&["post ern"]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let assertion = field("client_assertion");
    let token = jsonwebtoken::decode::<serde_json::Value>(&assertion, &key.unwrap(), &validation).unwrap();
    assert_eq!((token.header.kid.as_deref(), token.header.x5t_s256.map(|hash| hash.len())), (Some("k1"), Some(43)));
    let number = |name: &str| token.claims[name].as_i64().unwrap();
    assert!(number("exp") - number("iat") <= 600 && number("nbf") <= number("iat"), "{}", token.claims);
    assert_eq!(token.claims["sub"], "post ern");
    token.claims["jti"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_secret_in_a_file_is_read_anew_when_it_changes() {
    let file = std::env::temp_dir().join(format!("postern-rest-secret-{}", std::process::id()));
    // What the application takes, and by which kind the secret goes there.
    type Sent = fn(&str) -> String;
    let cases: &[(&str, Sent)] = &[
        ("kind = \"bearer\"\ntoken = { file = FILE }", |secret| format!("authorization: Bearer {secret}")),
        ("kind = \"header\"\nheaders = { X-A = \"a\", X-B = { file = FILE } }", |secret| format!("x-b: {secret}")),
    ];
    for (credentials, wanted) in cases {
        std::fs::write(&file, "first\n").unwrap();
        let current = Arc::new(Mutex::new("first".to_owned()));
        let (shared, wanted) = (Arc::clone(&current), *wanted);
        let application = Scripted::start(move |request| {
            let is_known = has_header(request, &wanted(&shared.lock().unwrap()));
            if is_known { json(200, "", BABS) } else { json(401, "", "") }
        });
        let application = application.await;
        let credentials = format!("[downstream.credentials]\n{}", credentials.replace("FILE", &format!("{file:?}")));
        let driver = bound(&mapping(&format!("http://{}", application.address), &credentials)).0.unwrap();
        driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();

        // The application's first: until the file follows there is no help, and no second try either.
        "second".clone_into(&mut current.lock().unwrap());
        application.requests();
        assert_eq!(driver.fetch(&fetch("User", 7)).await.unwrap_err().kind, ErrorKind::Credentials);
        assert_eq!(application.requests().len(), 1);
        // A file that is just being written says nothing yet.
        std::fs::write(&file, "").unwrap();
        assert_eq!(driver.fetch(&fetch("User", 7)).await.unwrap_err().kind, ErrorKind::Credentials);
        std::fs::write(&file, "second\n").unwrap();
        driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        // What no header can hold is not sent without it.
        std::fs::write(&file, "thi\u{1}rd").unwrap();
        "third".clone_into(&mut current.lock().unwrap());
        assert_eq!(driver.fetch(&fetch("User", 7)).await.unwrap_err().kind, ErrorKind::Credentials);
    }
    std::fs::remove_file(&file).unwrap();
}
