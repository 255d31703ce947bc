//! `https`: an application is trusted by the system's authorities or by the file `ca`, else not.

use std::sync::Arc;

use postern::downstream::ErrorKind;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::{REDMINE, bound, fetch};

/// An application behind TLS that knows nobody; its address and its certificate as PEM.
async fn application() -> (std::net::SocketAddr, String) {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key.into())
        .unwrap();
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
    let (address, certificate) = application().await;
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
