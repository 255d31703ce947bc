//! `https`: an application is trusted by the system's authorities or by the file `ca`, else not; and it
//! knows the gateway by the certificate of `tls`.

use std::sync::Arc;

use postern::downstream::ErrorKind;
use rustls::RootCertStore;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::{REDMINE, bound, fetch};

/// An application behind TLS that knows nobody, and lets in only whom these authorities know, where there
/// are some; its address and its certificate as PEM.
async fn application(authorities: Option<RootCertStore>) -> (std::net::SocketAddr, String) {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match authorities {
        Some(roots) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let config = builder.with_single_cert(vec![certified.cert.der().clone()], key.into()).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n").await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (address, certified.cert.pem())
}

#[tokio::test]
async fn a_private_authority_is_trusted_by_its_file_only() {
    let (address, certificate) = application(None).await;
    let file = std::env::temp_dir().join(format!("postern-rest-ca-{}.pem", std::process::id()));
    std::fs::write(&file, certificate).unwrap();
    let text = REDMINE.replace(r#"{ env = "REDMINE_URL" }"#, &format!("\"https://localhost:{}\"", address.port()));
    let stranger = bound(&text).0.unwrap();
    let kind = stranger.fetch(&fetch("User", 7)).await.unwrap_err().kind;
    assert_eq!(kind, ErrorKind::Unavailable { retry_after: None });
    let trusting = bound(&text.replace("kind     = \"rest\"", &format!("kind = \"rest\"\nca = {file:?}"))).0.unwrap();
    assert_eq!(trusting.fetch(&fetch("User", 7)).await.unwrap(), None);
    std::fs::remove_file(&file).unwrap();
}

/// An authority, and a certificate of the gateway by it with its key, as PEM.
fn identity() -> (RootCertStore, String, String) {
    let (ca_key, key) = (rcgen::KeyPair::generate().unwrap(), rcgen::KeyPair::generate().unwrap());
    let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = ca.self_signed(&ca_key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["postern".to_owned()]).unwrap();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let issuer = rcgen::Issuer::new(ca, ca_key);
    (roots, params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem())
}

#[tokio::test]
async fn an_application_may_know_the_gateway_by_its_certificate() {
    let folder = std::env::temp_dir().join(format!("postern-rest-mtls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name);
    let (roots, certificate, key) = identity();
    let (_, stranger, strange_key) = identity();
    let (address, ca) = application(Some(roots)).await;
    std::fs::write(file("ca.pem"), ca).unwrap();
    let write = |certificate: &str, key: &str| {
        std::fs::write(file("client.crt"), certificate).unwrap();
        std::fs::write(file("client.key"), key).unwrap();
    };
    let text = REDMINE.replace(r#"{ env = "REDMINE_URL" }"#, &format!("\"https://localhost:{}\"", address.port()));
    let with = |more: &str| {
        let head = format!("kind = \"rest\"\nca = {:?}\n{more}", file("ca.pem"));
        bound(&text.replace("kind     = \"rest\"", &head))
    };
    let tls = format!("tls = {{ certificate = {:?}, key = {:?} }}", file("client.crt"), file("client.key"));
    assert!(with("").0.unwrap().fetch(&fetch("User", 7)).await.is_err(), "nobody is let in without one");

    write(&stranger, &strange_key);
    let driver = with(&tls).0.unwrap();
    assert!(driver.fetch(&fetch("User", 7)).await.is_err(), "nor with one that is not known");
    // Half of a new pair does not fit the other; the whole pair serves without a restart.
    std::fs::write(file("client.crt"), &certificate).unwrap();
    assert!(driver.fetch(&fetch("User", 7)).await.is_err());
    std::fs::write(file("client.key"), &key).unwrap();
    assert_eq!(driver.fetch(&fetch("User", 7)).await.unwrap(), None);

    write(&certificate, &strange_key);
    let (none, problems) = with(&tls);
    assert!(none.is_none() && problems[0].message == "`key` is not the key of `certificate`", "{problems:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}
