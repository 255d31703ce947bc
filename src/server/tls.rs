//! Certificate and key: from PEM files to what connections are greeted with.
//!
//! TLS 1.2 and 1.3 only, with rustls' own choice of suites. The cryptography is handed in, never
//! installed for the process, so that no order of initialisation matters.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::expiry;

/// Why a certificate or its key cannot be used. Says which file, and nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    /// A file cannot be read.
    #[error("the file `{path}` cannot be read: {}", .cause.kind())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// There is no certificate in the chain, or something that is none.
    #[error("the certificate file holds no readable PEM certificate (`-----BEGIN CERTIFICATE-----`)")]
    NoCertificate,
    /// There is no key, or none in a form that is understood.
    #[error("the key file holds no readable PEM private key (`-----BEGIN PRIVATE KEY-----`, unencrypted)")]
    NoKey,
    /// The key is not the first certificate's.
    #[error("the private key does not belong to the first certificate of the chain")]
    Mismatch,
    /// Anything else that rustls says of them.
    #[error("the certificate or its key cannot be used: {0}")]
    Unusable(rustls::Error),
}

/// Reads a certificate chain (leaf first) and its key from PEM files.
///
/// # Errors
/// When a file cannot be read, or what it holds cannot be used together.
pub fn load(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsProblem> {
    let read =
        |path: &Path| std::fs::read(path).map_err(|cause| TlsProblem::Unreadable { path: path.to_owned(), cause });
    from_pem(&read(chain)?, &read(key)?)
}

/// Makes the configuration from PEM text.
///
/// # Errors
/// When the texts hold no chain or no key, or the two do not belong together.
pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsProblem> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsProblem::NoKey)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsProblem::Unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => TlsProblem::Mismatch,
            other => TlsProblem::Unusable(other),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Resumption saves a client that opens a connection for each request most of a handshake; the
    // ticket key lives and rotates in this process only.
    config.ticketer = aws_lc_rs::Ticketer::new().map_err(TlsProblem::Unusable)?;
    Ok(Arc::new(config))
}

/// Until when the first certificate of a PEM file is valid; none when that cannot be read.
#[must_use]
pub fn not_after(chain: &[u8]) -> Option<Timestamp> {
    expiry::not_after(certificates(chain).ok()?.first()?)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(TlsProblem::NoCertificate),
    }
}
