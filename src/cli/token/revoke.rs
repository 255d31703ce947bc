//! `postern token revoke`: takes a token out of `postern.toml` and leaves every other line as it is.
//!
//! The running gateway is not spoken to: it reads the file when it is told to reload, and refuses the
//! token from then on, on connections that are open, too.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::ExitCode;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::super::{failure, shown};

/// What was found under the name.
enum Taken {
    /// The token is no longer in the file.
    Out { tenant: String },
    /// It was the tenant's only one, without which the file would be refused; it has expired now.
    Ended { tenant: String },
}

pub(super) fn run(path: &Path, tenant: Option<&str>, name: &str) -> ExitCode {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return failure(&format!("`{}` cannot be read: {}", shown(path), error.kind())),
    };
    let mut document: DocumentMut = match text.parse() {
        Ok(document) => document,
        Err(error) => return failure(&format!("`{}` is no TOML:\n{error}", shown(path))),
    };
    let now = jiff::Timestamp::now();
    // Whole seconds, and none that are still to come.
    let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    let taken = match take(&mut document, tenant, name, &now.to_string()) {
        Ok(taken) => taken,
        Err(message) => return failure(&message),
    };
    if let Err(error) = replace(path, &document.to_string()) {
        return failure(&format!("`{}` cannot be written: {}", shown(path), error.kind()));
    }
    match taken {
        Taken::Out { tenant } => println!("The token `{name}` of the tenant `{tenant}` is out of {}.", shown(path)),
        Taken::Ended { tenant } => println!(
            "The token `{name}` is the only one of the tenant `{tenant}`, which cannot be without: it stays in {} and \
             has expired.\nMake another with `postern token new`, then take this one out.",
            shown(path)
        ),
    }
    println!("A running gateway refuses it from its next reload on: `systemctl reload postern`, or SIGHUP.");
    ExitCode::SUCCESS
}

/// Takes the token out, or says why not.
fn take(document: &mut DocumentMut, tenant: Option<&str>, name: &str, now: &str) -> Result<Taken, String> {
    let mut having: Vec<&mut dyn TableLike> = tables(document.get_mut("tenant"));
    having.retain(|entry| tenant.is_none_or(|wanted| text_of(*entry, "name") == wanted));
    if having.is_empty() {
        return Err(match tenant {
            Some(tenant) => format!("there is no tenant `{tenant}`"),
            None => "there is no tenant".to_owned(),
        });
    }
    having.retain(|entry| entry.get("token").is_some_and(|tokens| has(tokens, name)));
    let names: Vec<String> = having.iter().map(|entry| text_of(*entry, "name").to_owned()).collect();
    let Some(entry) = having.first_mut().filter(|_| names.len() == 1) else {
        return Err(match names.len() {
            0 => format!("there is no token `{name}`; `postern token list` shows them all"),
            _ => format!("several tenants have a token `{name}`: say `--tenant` and one of {}", names.join(", ")),
        });
    };
    let tenant = names.into_iter().next().unwrap_or_default();
    let Some(tokens) = entry.get_mut("token") else { return Err(format!("there is no token `{name}`")) };
    if count(tokens) > 1 {
        remove(tokens, name);
        return Ok(Taken::Out { tenant });
    }
    let now: toml_edit::Datetime = now.parse().map_err(|_| "the clock is not right".to_owned())?;
    for token in tables(Some(tokens)) {
        token.insert("expires", toml_edit::value(now));
    }
    Ok(Taken::Ended { tenant })
}

/// The tables of a list, whichever way it is written: `[[tenant]]` or `tenant = [{…}]`.
fn tables(item: Option<&mut Item>) -> Vec<&mut dyn TableLike> {
    match item {
        Some(Item::ArrayOfTables(tables)) => tables.iter_mut().map(|table| table as &mut dyn TableLike).collect(),
        Some(Item::Value(Value::Array(values))) => {
            let inline = values.iter_mut().filter_map(Value::as_inline_table_mut);
            inline.map(|table| table as &mut dyn TableLike).collect()
        }
        _ => Vec::new(),
    }
}

fn text_of<'a>(table: &'a dyn TableLike, key: &str) -> &'a str {
    table.get(key).and_then(Item::as_str).unwrap_or_default()
}

fn has(tokens: &Item, name: &str) -> bool {
    match tokens {
        Item::ArrayOfTables(tables) => tables.iter().any(|table| text_of(table, "name") == name),
        Item::Value(Value::Array(values)) => values.iter().any(|value| inline_name(value) == Some(name)),
        _ => false,
    }
}

fn inline_name(value: &Value) -> Option<&str> {
    value.as_inline_table()?.get("name")?.as_str()
}

fn count(tokens: &Item) -> usize {
    match tokens {
        Item::ArrayOfTables(tables) => tables.len(),
        Item::Value(Value::Array(values)) => values.len(),
        _ => 0,
    }
}

fn remove(tokens: &mut Item, name: &str) {
    match tokens {
        Item::ArrayOfTables(tables) => tables.retain(|table: &Table| text_of(table, "name") != name),
        Item::Value(Value::Array(values)) => values.retain(|value| inline_name(value) != Some(name)),
        _ => {}
    }
}

/// Puts the text in the file's place at once: a gateway that reloads meanwhile reads the old file or the
/// new one. Whose it is and who may read it stays as it was.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let real = fs::canonicalize(path)?;
    let folder = real.parent().unwrap_or_else(|| Path::new("."));
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let new = folder.join(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create_new(&new)?;
        let old = fs::metadata(&real)?;
        std::os::unix::fs::chown(&new, Some(old.uid()), Some(old.gid()))?;
        file.set_permissions(old.permissions())?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &real)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}
