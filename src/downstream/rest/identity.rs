//! `tls = { certificate = "client.crt", key = "client.key" }`: the certificate by which an application,
//! or whoever gives tokens for it, knows the gateway (mutual TLS; RFC 8446 §4.4.2, RFC 8705). It is read
//! anew when its files change; connections that stand keep the old one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::changed::Files;
use super::context::Context;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};

/// A certificate, its key, and the files that they are in.
#[derive(Debug)]
pub(super) struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    files: Files,
    held: ArcSwap<CertifiedKey>,
}

impl Identity {
    /// Reads the table and the files; notes what is wrong with either.
    pub(super) fn read(node: &Node, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "`tls`", problems)?;
        table.required("certificate", "the file of the certificate: `certificate = \"client.crt\"`", problems);
        table.required("key", "the file of its private key: `key = \"client.key\"`", problems);
        let certificate = table.path("certificate", context.folder, problems);
        let key = table.path("key", context.folder, problems);
        table.finish(problems);
        let (certificate, key) = (certificate?, key?);
        let files = Files::new(vec![certificate.clone(), key.clone()]);
        match load(&certificate, &key) {
            Ok(held) => Some(Self { certificate, key, files, held: ArcSwap::from_pointee(held) }),
            Err(why) => {
                let problem = Diagnostic::error(Code::BAD_TLS, &node.span, why);
                let help = "PEM files: a certificate, with those between it and its authority, and its key";
                problems.push(problem.help(help));
                None
            }
        }
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // Half of a pair that is just being replaced does not fit the other: the old pair stays, and
        // the second half is a change of its own.
        if self.files.have_changed(true)
            && let Ok(held) = load(&self.certificate, &self.key)
        {
            self.held.store(Arc::new(held));
        }
        Some(self.held.load_full())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, &'static str> {
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or("`certificate` names no file with a certificate")?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|_| "`key` names no file with a private key")?;
    CertifiedKey::from_der(chain, private, &rustls::crypto::aws_lc_rs::default_provider())
        .map_err(|_| "`key` is not the key of `certificate`")
}
