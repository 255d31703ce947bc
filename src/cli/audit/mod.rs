//! `postern audit`: the audit trail, filtered, for people, for programs and for spreadsheets.
//!
//! It reads files that were written; the running gateway is not asked.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::config;
use crate::diagnostic::{Problems, render_all};

use super::{CONFIG, failure, shown};

mod choice;
mod table;

use choice::Choice;

/// No line of ours is longer; what is longer is none.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The files, oldest first; `-` is standard input. Without one: the file that the configuration names.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    #[command(flatten)]
    choice: Choice,
    /// Only the last so many lines.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    last: Option<u32>,
    /// How lines are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each, for people.
    Text,
    /// The lines as they are in the file.
    Json,
    /// With a head, for spreadsheets.
    Csv,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let files = match files(options) {
        Ok(files) => files,
        Err(code) => return code,
    };
    let mut output = io::BufWriter::new(io::stdout().lock());
    match print(&files, options, &mut output).and_then(|strange| output.flush().map(|()| strange)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(1) => failure("one line is no line of an audit and was left out"),
        Ok(strange) => failure(&format!("{strange} lines are no lines of an audit and were left out")),
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failure(&error.to_string()),
    }
}

/// The files that were named, or the one of the configuration.
fn files(options: &Options) -> Result<Vec<PathBuf>, ExitCode> {
    if !options.files.is_empty() {
        return Ok(options.files.clone());
    }
    let mut problems = Problems::new();
    let loaded = config::load(&options.config, &mut problems);
    let Some(config) = loaded.filter(|_| !problems.has_errors()) else {
        eprintln!("{}", render_all(&problems.into_sorted(), false));
        return Err(ExitCode::from(CONFIG));
    };
    let none = || failure(&format!("`{}` names no `[audit] file`: name one here", shown(&options.config)));
    config.audit.map(|file| vec![file]).ok_or_else(none)
}

/// Prints what is chosen and gives the number of lines that are none.
fn print(files: &[PathBuf], options: &Options, output: &mut dyn Write) -> io::Result<u64> {
    let last = options.last.map(|last| usize::try_from(last).unwrap_or(usize::MAX));
    let (mut strange, mut kept) = (0, VecDeque::new());
    if options.format == Format::Csv {
        output.write_all(table::csv_head()?.as_bytes())?;
    }
    for file in files {
        let mut reader = open(file)?;
        while let Some(text) = line(&mut reader).map_err(|error| named(file, &error))? {
            let Some(told) = read(&text) else {
                strange += 1;
                continue;
            };
            if !options.choice.takes(&told) {
                continue;
            }
            let printed = match options.format {
                Format::Text => table::text(&told),
                Format::Json => text,
                Format::Csv => table::csv(&told)?,
            };
            match last {
                None => output.write_all(printed.as_bytes())?,
                Some(last) => {
                    if kept.len() == last {
                        kept.pop_front();
                    }
                    kept.push_back(printed);
                }
            }
        }
    }
    for printed in kept {
        output.write_all(printed.as_bytes())?;
    }
    Ok(strange)
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let opened = File::open(file).map_err(|error| named(file, &error))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}` cannot be read: {}", shown(file), error.kind()))
}

/// The next line with its end; the last one of a file that is being written has none and is not taken.
fn line(reader: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    io::Read::take(&mut *reader, LONGEST).read_until(b'\n', &mut bytes)?;
    if bytes.last() == Some(&b'\n') {
        return Ok(Some(String::from_utf8_lossy(&bytes).into_owned()));
    }
    if bytes.len() as u64 == LONGEST {
        skip_line(reader)?;
        return Ok(Some(String::new()));
    }
    Ok(None)
}

fn skip_line(reader: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if ends {
            return Ok(());
        }
    }
}

/// What a line says, when it is one of ours.
fn read(text: &str) -> Option<Value> {
    let told: Value = serde_json::from_str(text).ok()?;
    (told["v"].is_u64() && told["time"].is_string()).then_some(told)
}
