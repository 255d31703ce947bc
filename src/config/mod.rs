//! `postern.toml`: what the gateway itself is told. Every problem at once, nothing started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::correlation::CacheSettings;
use crate::diagnostic::{Code, Diagnostic, Document, Problems, SourceFile, Table};
use crate::observe::log::Level;

mod tenant;

pub use tenant::Tenant;

/// The whole configuration.
#[derive(Debug)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[correlation]`
    pub correlation: Correlation,
    /// `[log] level`
    pub log_level: Level,
    /// `[audit] file`; standard error when there is none.
    pub audit: Option<PathBuf>,
    /// `[[tenant]]`, at least one.
    pub tenants: Vec<Tenant>,
}

/// `[server]`.
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
    /// How long a balancer is given to notice that the process is about to end.
    pub pre_drain: Duration,
    /// How long requests may go on after that.
    pub drain: Duration,
}

/// `[correlation]`.
#[derive(Debug)]
pub struct Correlation {
    /// The SQLite file.
    pub path: PathBuf,
    /// The cache in memory.
    pub cache: CacheSettings,
}

/// Reads a file for `postern`; a problem without a place when it cannot be read.
pub fn read(path: &Path, problems: &mut Problems) -> Option<Arc<SourceFile>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Some(SourceFile::new(path.display().to_string(), text)),
        Err(error) => {
            let message = format!("`{}` cannot be read: {error}", path.display());
            problems.push(Diagnostic::without_place(Code::UNREADABLE_FILE, message));
            None
        }
    }
}

/// Reads `postern.toml`. The result is there even when problems were found, as far as they let it.
pub fn load(path: &Path, problems: &mut Problems) -> Option<Config> {
    let file = read(path, problems)?;
    let document = Document::parse(&file, problems)?;
    let table = Table::open(&document.root, "the configuration", problems)?;
    let folder = &document.folder;
    let server = table
        .required("server", "add `[server]` with `listen`, `public_url` and `tls`", problems)
        .and_then(|node| Table::open(node, "[server]", problems))
        .and_then(|server| self::server(server, folder, problems));
    let correlation = match table.node("correlation").and_then(|node| Table::open(node, "[correlation]", problems)) {
        Some(correlation) => self::correlation(correlation, folder, problems),
        None => Correlation { path: folder.join("correlation.db"), cache: CacheSettings::default() },
    };
    let log_level = log_level(&table, problems);
    let audit = audit(&table, folder, problems);
    let tenants = tenant::tenants(&table, folder, problems);
    table.finish(problems);
    Some(Config { server: server?, correlation, log_level, audit, tenants })
}

fn server(table: Table<'_>, folder: &Path, problems: &mut Problems) -> Option<Server> {
    let listen = address(&table, "listen", "0.0.0.0:8443", problems);
    let admin = address(&table, "admin", "127.0.0.1:9464", problems);
    let public_url = public_url(&table, problems);
    let tls = table
        .required("tls", "write `tls = { certificate = \"tls.crt\", key = \"tls.key\" }`", problems)
        .and_then(|node| Table::open(node, "`tls`", problems));
    let files = tls.and_then(|tls| {
        tls.required("certificate", "name the PEM file with the certificate chain", problems);
        tls.required("key", "name the PEM file with the private key", problems);
        let files = tls.path("certificate", folder, problems).zip(tls.path("key", folder, problems));
        tls.finish(problems);
        files
    });
    let pre_drain = table.duration("pre_drain", problems).unwrap_or(Duration::from_secs(5));
    let drain = table.duration("drain", problems).unwrap_or(Duration::from_secs(30));
    table.finish(problems);
    let (certificate, key) = files?;
    Some(Server { listen: listen?, admin: admin?, public_url: public_url?, certificate, key, pre_drain, drain })
}

fn address(table: &Table<'_>, key: &str, default: &str, problems: &mut Problems) -> Option<SocketAddr> {
    let Some((text, span)) = table.string(key, problems) else { return default.parse().ok() };
    let parsed = text.parse().ok();
    if parsed.is_none() {
        problems.push(
            Diagnostic::error(Code::BAD_LISTEN, span, format!("`{text}` is no address to listen on"))
                .help(format!("write an IP address and a port: `{default}`")),
        );
    }
    parsed
}

/// The only source of `meta.location`: what a client says of itself is not trusted.
fn public_url(table: &Table<'_>, problems: &mut Problems) -> Option<String> {
    let help = "the address that clients use: `https://scim.example.com`";
    let (text, span) = table.required_string("public_url", help, problems)?;
    let plain = text.trim_end_matches('/');
    let host = plain.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.contains(['?', '#', ' ']) {
        let message = format!("`{text}` is no https address");
        problems.push(Diagnostic::error(Code::BAD_LISTEN, span, message).help(help));
        return None;
    }
    Some(plain.to_owned())
}

fn correlation(table: Table<'_>, folder: &Path, problems: &mut Problems) -> Correlation {
    let mut path = folder.join("correlation.db");
    if let Some((text, span)) = table.string("store", problems) {
        match text.strip_prefix("sqlite:") {
            Some(file) if !file.is_empty() => path = folder.join(file.trim_start_matches("//")),
            _ => problems.push(
                Diagnostic::error(Code::BAD_CORRELATION, span, format!("`{text}` is no correlation store"))
                    .help("write `sqlite:` and a file: `sqlite:correlation.db`"),
            ),
        }
    }
    let mut cache = CacheSettings::default();
    if let Some(settings) = table.node("cache").and_then(|node| Table::open(node, "`cache`", problems)) {
        cache.entries = settings.number("entries", problems).unwrap_or(cache.entries);
        cache.time_to_live = settings.duration("time_to_live", problems).unwrap_or(cache.time_to_live);
        settings.finish(problems);
    }
    table.finish(problems);
    Correlation { path, cache }
}

fn log_level(table: &Table<'_>, problems: &mut Problems) -> Level {
    let Some(log) = table.node("log").and_then(|node| Table::open(node, "[log]", problems)) else {
        return Level::Info;
    };
    let mut level = Level::Info;
    if let Some((word, span)) = log.string("level", problems) {
        match Level::ALL.iter().find(|(name, _)| *name == word) {
            Some((_, found)) => level = *found,
            None => {
                let names: Vec<&str> = Level::ALL.iter().map(|(name, _)| *name).collect();
                let message = format!("`{word}` is no log level");
                problems.push(
                    Diagnostic::error(Code::WRONG_TYPE, span, message).help(format!("one of {}", names.join(", "))),
                );
            }
        }
    }
    log.finish(problems);
    level
}

fn audit(table: &Table<'_>, folder: &Path, problems: &mut Problems) -> Option<PathBuf> {
    let audit = Table::open(table.node("audit")?, "[audit]", problems)?;
    let file = audit.path("file", folder, problems);
    audit.finish(problems);
    file
}
