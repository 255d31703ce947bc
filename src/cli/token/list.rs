//! `postern token list`: whom the configuration lets in. Nothing that could let anybody in is printed.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;

use crate::config::{self, Config, Tenant};
use crate::diagnostic::{Problems, render_all};
use crate::server::{Access, AddressList, Token};

use super::super::CONFIG;

const HEAD: [&str; 6] = ["tenant", "token", "until", "may", "on", "from"];

pub(super) fn run(path: &Path) -> ExitCode {
    let mut problems = Problems::new();
    let loaded = config::load(path, &mut problems);
    let failed = problems.has_errors();
    let Some(config) = loaded.filter(|_| !failed) else {
        eprintln!("{}", render_all(&problems.into_sorted(), false));
        return ExitCode::from(CONFIG);
    };
    lines(&config, Timestamp::now()).iter().for_each(|line| println!("{line}"));
    ExitCode::SUCCESS
}

/// A table with a line for each token.
fn lines(config: &Config, now: Timestamp) -> Vec<String> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    for tenant in &config.tenants {
        rows.extend(tenant.tokens.iter().map(|token| row(tenant, token, now)));
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; HEAD.len()] = std::array::from_fn(width);
    let line = |row: &[String; HEAD.len()]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn row(tenant: &Tenant, token: &Token, now: Timestamp) -> [String; HEAD.len()] {
    let scope = token.permissions.scope.as_ref();
    [
        tenant.name.to_string(),
        token.name.to_string(),
        until(token.expires, now),
        may(token),
        scope.map_or_else(|| "everything".to_owned(), |endpoints| endpoints.join(", ")),
        from(&tenant.allow_from, &token.allow_from),
    ]
}

fn until(expires: Option<Timestamp>, now: Timestamp) -> String {
    match expires {
        None => "for ever".to_owned(),
        Some(at) if at <= now => format!("{at} (expired)"),
        Some(at) => format!("{at} ({} days)", at.duration_since(now).as_hours() / 24),
    }
}

fn may(token: &Token) -> String {
    let name = |access| Access::ALL.iter().find(|(_, known)| *known == access).map_or("", |(name, _)| *name);
    let mut may = name(token.permissions.access).to_owned();
    if let Some(user) = &token.basic_user {
        may.push_str(&format!(", Basic as {user}"));
    }
    if let Some(user) = &token.user {
        may.push_str(&format!(", /Me is {user}"));
    }
    may
}

/// Both lists must have an address.
fn from(tenant: &AddressList, token: &AddressList) -> String {
    match (tenant.is_empty(), token.is_empty()) {
        (true, true) => "anywhere".to_owned(),
        (false, true) => tenant.to_string(),
        (true, false) => token.to_string(),
        (false, false) => format!("{token}, if also in {tenant}"),
    }
}
