//! `postern check`: compiles everything and prints every problem at once.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Diagnostic, Problems, Severity, render_all};
use crate::mapping::{Mapping, Read, Rule, Write};
use crate::server::tls;

use super::assemble;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    /// How problems are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit 3 when there are warnings only.
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with carets.
    Text,
    /// One JSON object a line.
    Json,
}

pub(super) async fn run(options: Options) -> ExitCode {
    let mut problems = Problems::new();
    let loaded = assemble::bind(&options.config, &mut problems);
    let errors = problems.has_errors();
    let found = problems.into_sorted();
    let mut failed = errors;
    match options.format {
        Format::Text if !found.is_empty() => println!("{}", render_all(&found, false)),
        Format::Text => {}
        Format::Json => found.iter().for_each(|problem| println!("{}", json(problem))),
    }
    if let Some((config, bound)) = &loaded {
        if let Err(error) = tls::load(&config.server.certificate, &config.server.key) {
            println!("error: {error}");
            failed = true;
        }
        if options.format == Format::Text && !failed {
            for (tenant, bound) in config.tenants.iter().zip(bound) {
                if let Some(bound) = bound {
                    println!("tenant `{}`: {}", tenant.name, bound.mapping.application);
                    summary(&bound.mapping);
                }
            }
        }
    }
    let warnings = found.iter().any(|problem| problem.severity == Severity::Warning);
    match (failed || loaded.is_none(), warnings && options.deny_warnings) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    }
}

fn json(problem: &Diagnostic) -> String {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = problem.span.as_ref().map(|span| (span.file.name.clone(), span.line_and_column()));
    serde_json::json!({
        "code": problem.code.to_string(),
        "severity": severity,
        "message": problem.message,
        "file": place.as_ref().map(|(file, _)| file),
        "line": place.as_ref().map(|(_, (line, _))| line),
        "column": place.as_ref().map(|(_, (_, column))| column),
        "help": problem.help,
    })
    .to_string()
}

/// What each rule can do, so that nobody is surprised by an attribute that cannot be read back.
fn summary(mapping: &Mapping) {
    for resource in &mapping.resources {
        println!("  {}", resource.kind.name);
        for rule in &resource.rules {
            println!("    {:<52} {}", rule.slot.to_string(), nature(rule));
        }
        if resource.has_members() {
            println!("    {:<52} exact", "members");
        }
    }
}

fn nature(rule: &Rule) -> &'static str {
    match (&rule.write, &rule.read) {
        (Write::Never, Read::Constant(_)) => "constant",
        (Write::Never, _) => "read-only",
        (_, Read::Never) => "write-only",
        (Write::Direct, Read::Direct) => "exact",
        (_, Read::Inverse { inverse, .. }) if inverse.is_exact() => "exact",
        (_, Read::Inverse { .. }) => "lossy: some values come back as others",
        (Write::Constant(_), _) => "constant",
        _ => "written and read by rules of their own",
    }
}
