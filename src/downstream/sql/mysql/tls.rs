//! Encryption of the connection to MySQL. Where there is any, the certificate is checked.

use std::path::Path;

use mysql_async::{Opts, SslOpts};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::super::config::TlsMode;
use crate::diagnostic::{Code, Diagnostic, Problems, Span};

/// What the mapping says, else what the address says. A server on this machine is by default asked
/// for no encryption: it made its certificate itself, and nobody could check that.
pub(super) fn mode(address: &Opts, said: Option<TlsMode>) -> TlsMode {
    let host = address.ip_or_hostname();
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let local = loopback || address.socket().is_some();
    match said {
        Some(mode) => mode,
        None if address.ssl_opts().is_some() => TlsMode::Require,
        None if local => TlsMode::Disable,
        None => TlsMode::Prefer,
    }
}

/// Trusts the certificates of the file, else those of the system.
pub(super) fn options(ca: Option<&Path>, span: &Span, problems: &mut Problems) -> Option<SslOpts> {
    let certificates = match ca {
        Some(path) => {
            let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let read = read.unwrap_or_default();
            if read.is_empty() {
                let message = format!("`{}` holds no certificates in PEM form", path.display());
                problems.push(Diagnostic::error(Code::BAD_TLS, span, message));
                return None;
            }
            read
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    let built_in = certificates.is_empty();
    let roots = certificates.iter().map(|certificate| certificate.to_vec().into()).collect();
    Some(SslOpts::default().with_root_certs(roots).with_disable_built_in_roots(!built_in))
}
