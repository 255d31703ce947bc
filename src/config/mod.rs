//! `postern.toml`: what the gateway itself is told. Every problem at once, nothing started.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::correlation::CacheSettings;
use crate::diagnostic::{Code, Diagnostic, Document, Problems, SourceFile, Table, nearest};
use crate::observe::log::Level;

mod server;
mod tenant;
mod token;

pub use server::Server;
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
    /// `[audit] file`; standard output when there is none.
    pub audit: Option<PathBuf>,
    /// `[[tenant]]`, at least one.
    pub tenants: Vec<Tenant>,
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
        .map_or_else(Server::default, |server| server::server(server, folder, problems));
    let correlation = match table.node("correlation").and_then(|node| Table::open(node, "[correlation]", problems)) {
        Some(correlation) => self::correlation(correlation, folder, problems),
        None => Correlation { path: folder.join("correlation.db"), cache: CacheSettings::default() },
    };
    let log_level = log_level(&table, problems);
    let audit = audit(&table, folder, problems);
    let tenants = tenant::tenants(&table, folder, problems);
    table.finish(problems);
    Some(Config { server, correlation, log_level, audit, tenants })
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
                problems.push(Diagnostic::error(Code::WRONG_TYPE, span, message).help(
                    match nearest(word, names.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("one of {}", names.join(", ")),
                    },
                ));
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
