//! Encryption of the connection to SQL Server. Where there is any, the certificate is checked; the one
//! that a server makes itself at its start passes no check.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::super::config::{Tls, TlsMode};
use super::Place;
use crate::diagnostic::{Code, Diagnostic, Problems, Span};

/// Whether to encrypt, and whom to trust.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    pub(super) mode: TlsMode,
    /// Certificates in PEM form to trust besides the system's.
    pub(super) authorities: Option<Vec<u8>>,
}

/// What the mapping says. A server on this machine is by default asked for no encryption: it made its
/// certificate itself, and nobody could check that.
pub(super) fn trust(place: &Place, said: &Tls, span: &Span, problems: &mut Problems) -> Option<Trust> {
    let host = place.host.as_str();
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let mode = said.mode.unwrap_or(if loopback { TlsMode::Disable } else { TlsMode::Prefer });
    let authorities = match said.ca.as_deref().filter(|_| mode != TlsMode::Disable) {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path).unwrap_or_default();
            let certificates = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
            if certificates.unwrap_or_default().is_empty() {
                let message = format!("`{}` holds no certificates in PEM form", path.display());
                problems.push(Diagnostic::error(Code::BAD_TLS, span, message));
                return None;
            }
            Some(bytes)
        }
    };
    Some(Trust { mode, authorities })
}
