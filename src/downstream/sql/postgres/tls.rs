//! Encryption of the connection to PostgreSQL. Where there is any, the certificate is checked.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::config::TlsMode;
use crate::diagnostic::{Code, Diagnostic, Problems, Span};

/// What the mapping says, else what the address says. A server on this machine is by default asked
/// for no encryption: distributions give it a certificate that nobody could check.
pub(super) fn mode(address: &tokio_postgres::Config, said: Option<TlsMode>) -> SslMode {
    match said {
        Some(TlsMode::Require) => SslMode::Require,
        Some(TlsMode::Prefer) => SslMode::Prefer,
        Some(TlsMode::Disable) => SslMode::Disable,
        None if address.get_ssl_mode() == SslMode::Prefer && address.get_hosts().iter().all(is_local) => {
            SslMode::Disable
        }
        None => address.get_ssl_mode(),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        _ => true,
    }
}

/// A connector that trusts the certificates of the file, else those of the system.
pub(super) fn connector(ca: Option<&Path>, span: &Span, problems: &mut Problems) -> Option<MakeRustlsConnect> {
    let mut roots = rustls::RootCertStore::empty();
    match ca {
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            roots.add_parsable_certificates(certificates.unwrap_or_default());
            if roots.is_empty() {
                let message = format!("`{}` holds no certificates in PEM form", path.display());
                problems.push(Diagnostic::error(Code::BAD_TLS, span, message));
                return None;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}
