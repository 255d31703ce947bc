//! TLS as TDS 7 has it: the handshake inside messages of the kind that came before it, all that follows
//! inside TLS.

use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::peer::PRELOGIN;

/// A certificate for `127.0.0.1` that is its own authority.
pub(super) struct Identity {
    pub(super) pem: String,
    config: Arc<rustls::ServerConfig>,
}

impl Identity {
    pub(super) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        // What SQL Server speaks here: version 1.3 comes with TDS 8 only.
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        Self { pem: made.cert.pem(), config: Arc::new(config) }
    }

    /// The connection once it is encrypted.
    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<DuplexStream>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(carry(stream, theirs));
        TlsAcceptor::from(Arc::clone(&self.config)).accept(ours).await
    }
}

/// Carries bytes both ways, in messages until the client sends some outside any.
async fn carry(mut stream: TcpStream, mut inner: DuplexStream) -> std::io::Result<()> {
    let (mut bare, mut from_client, mut from_server) = (false, [0; 8192], [0; 8192]);
    loop {
        tokio::select! {
            read = stream.peek(&mut from_client[..1]) => {
                if read? == 0 {
                    return Ok(());
                }
                bare = bare || from_client[0] != PRELOGIN;
                if !bare {
                    let mut header = [0; 8];
                    stream.read_exact(&mut header).await?;
                    let mut body = vec![0; usize::from(u16::from_be_bytes([header[2], header[3]])) - 8];
                    stream.read_exact(&mut body).await?;
                    inner.write_all(&body).await?;
                } else {
                    let count = stream.read(&mut from_client).await?;
                    inner.write_all(&from_client[..count]).await?;
                }
            }
            read = inner.read(&mut from_server[..4000]) => {
                let count = read?;
                if count == 0 {
                    return Ok(());
                }
                if !bare {
                    let length = u16::try_from(count + 8).unwrap().to_be_bytes();
                    stream.write_all(&[PRELOGIN, 1, length[0], length[1], 0, 0, 0, 0]).await?;
                }
                stream.write_all(&from_server[..count]).await?;
            }
        }
    }
}
