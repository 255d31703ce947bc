//! `[server]`: addresses, certificate, how to end.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::server::tls::{self, TlsProblem};
use crate::server::{AddressList, NoNetwork};

/// `[server]`. Where something of it could not be read, its default stands in, so that all other
/// problems are found, too.
#[derive(Debug)]
pub struct Server {
    /// Where SCIM is served.
    pub listen: SocketAddr,
    /// Where health and metrics are served.
    pub admin: SocketAddr,
    /// The address that clients use, without a slash at its end.
    pub public_url: String,
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed; none when empty.
    pub trusted_proxies: AddressList,
    /// How long a balancer is given to notice that the process is about to end.
    pub pre_drain: Duration,
    /// How long requests may go on after that.
    pub drain: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::UNSPECIFIED, 8443).into(),
            admin: (Ipv4Addr::LOCALHOST, 9464).into(),
            public_url: String::new(),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            trusted_proxies: AddressList::default(),
            pre_drain: Duration::from_secs(5),
            drain: Duration::from_secs(30),
        }
    }
}

pub(super) fn server(table: Table<'_>, folder: &Path, problems: &mut Problems) -> Server {
    let mut server = Server::default();
    server.listen = address(&table, "listen", server.listen, problems);
    server.admin = address(&table, "admin", server.admin, problems);
    if server.listen == server.admin {
        let message = format!("SCIM and the admin listener both want {}", server.admin);
        problems.push(
            Diagnostic::error(Code::BAD_LISTEN, &table.span_of("admin"), message)
                .help("give the admin listener an address of its own: `admin = \"127.0.0.1:9464\"`"),
        );
    }
    server.public_url = public_url(&table, problems);
    let help = "write `tls = { certificate = \"tls.crt\", key = \"tls.key\" }`";
    if let Some(tls) = table.required("tls", help, problems).and_then(|node| Table::open(node, "`tls`", problems)) {
        let certificate = tls.required("certificate", "name the PEM file with the certificate chain", problems);
        let key = tls.required("key", "name the PEM file with the private key", problems);
        if let Some((chain, private)) = tls.path("certificate", folder, problems).zip(tls.path("key", folder, problems))
        {
            report_unusable(&chain, &private, certificate.zip(key), problems);
            (server.certificate, server.key) = (chain, private);
        }
        tls.finish(problems);
    }
    server.trusted_proxies = addresses(&table, "trusted_proxies", problems);
    server.pre_drain = table.duration("pre_drain", problems).unwrap_or(server.pre_drain);
    server.drain = table.duration("drain", problems).unwrap_or(server.drain);
    table.finish(problems);
    server
}

/// Tries the files as the server will.
fn report_unusable(chain: &Path, key: &Path, nodes: Option<(&Node, &Node)>, problems: &mut Problems) {
    let (Err(problem), Some((of_chain, of_key))) = (tls::load(chain, key), nodes) else { return };
    let at_fault = match &problem {
        TlsProblem::Unreadable { path, .. } if path == chain => of_chain,
        TlsProblem::NoCertificate | TlsProblem::Unusable(_) => of_chain,
        TlsProblem::Unreadable { .. } | TlsProblem::NoKey | TlsProblem::Mismatch => of_key,
    };
    let help = match &problem {
        TlsProblem::Unreadable { .. } => "the path starts at the folder of this file",
        TlsProblem::Mismatch => "the first certificate of the chain is the server's own",
        _ => "a PEM file, as certificate authorities and `openssl` write it",
    };
    problems.push(Diagnostic::error(Code::BAD_TLS, &at_fault.span, problem.to_string()).help(help));
}

fn address(table: &Table<'_>, key: &str, default: SocketAddr, problems: &mut Problems) -> SocketAddr {
    let Some((text, span)) = table.string(key, problems) else { return default };
    text.parse().unwrap_or_else(|_| {
        problems.push(
            Diagnostic::error(Code::BAD_LISTEN, span, format!("`{text}` is no address to listen on"))
                .help(format!("write an IP address and a port: `{default}`")),
        );
        default
    })
}

/// A list of addresses and networks.
pub(super) fn addresses(table: &Table<'_>, key: &str, problems: &mut Problems) -> AddressList {
    let mut list = AddressList::default();
    let given = table.node(key);
    let texts = table.strings(key, problems);
    if let (Some(node), true) = (given, texts.is_empty()) {
        problems.push(
            Diagnostic::error(Code::BAD_LISTEN, &node.span, format!("`{key}` names no address"))
                .help("write networks, `[\"20.190.128.0/18\"]`, or leave it out"),
        );
    }
    for (text, span) in texts {
        let Err(why) = list.add(text) else { continue };
        let help = match why {
            NoNetwork::Unreadable => "an address, `192.0.2.7`, or a network, `20.190.128.0/18`, `2603:1006::/32`",
            NoNetwork::BitsBehindPrefix => "write the first address of the network, or a longer prefix",
        };
        let message = format!("`{text}` cannot be an entry of `{key}`");
        problems.push(Diagnostic::error(Code::BAD_LISTEN, span, message).label(why.to_string()).help(help));
    }
    list
}

/// The only source of `meta.location`: what a client says of itself is not trusted.
pub(super) fn public_url(table: &Table<'_>, problems: &mut Problems) -> String {
    let help = "the address that clients use: `https://scim.example.com`";
    let Some((text, span)) = table.required_string("public_url", help, problems) else { return String::new() };
    let plain = text.trim_end_matches('/');
    let host = plain.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.contains(['?', '#', ' ', '@']) {
        let message = format!("`{text}` is no https address");
        problems.push(Diagnostic::error(Code::BAD_LISTEN, span, message).help(help));
    }
    plain.to_owned()
}
