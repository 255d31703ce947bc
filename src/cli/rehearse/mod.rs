//! `postern rehearse`: plays a client's whole repertoire, and says what would go wrong in production.
//!
//! Serves the configuration in this process, on loopback, with a correlation store, a certificate and
//! a token of its own, so that nothing of the production's ids, tokens and audit is touched. Only
//! the application is the real one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Problems, SourceFile, render_all};
use crate::rehearse::entra::{self, Directory, Flavour, MappingTable};
use crate::rehearse::script::{self, Script};
use crate::rehearse::{Endpoint, Rehearsal, Watch, cast};
use crate::value::Value;

use super::shown;

mod look;
mod print;
mod stage;

use stage::Stage;

/// Something would go wrong.
const WRONG: u8 = 1;
/// It cannot be played.
const CANNOT: u8 = 2;

/// What `--mapping` and `--directory` read.
const FILES: &str = concat!(
    "A mapping table (`--mapping`):\n\n",
    include_str!("example.entra.toml"),
    "\nA directory (`--directory`), in which every name begins with `rehearsal-`:\n\n",
    include_str!("example.people.toml"),
);

/// Plays an identity provider's whole repertoire against a configuration, with made-up people, and
/// says what would go wrong in production.
///
/// IT WRITES INTO THE APPLICATION: accounts and groups whose names begin with `rehearsal-` are made,
/// changed, disabled and deleted there, and it asks for `--yes`. Everything else is its own: an
/// address on loopback, a certificate, a token, the store of ids; a gateway that runs, its ids,
/// tokens and audit stay untouched. What was made is deleted at the end; what the application keeps
/// even so is named.
///
/// Step by step: what was sent, what was answered, what the application then held, and what the
/// client would make of it: quarantine, escrow, endless patching, duplicates, with what to change.
///
/// Exit codes: 0 nothing would go wrong, 1 something would, 2 it could not be played.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_long_help = FILES)]
pub(super) struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    /// The tenant; may be left out when there is only one.
    #[arg(long)]
    tenant: Option<String>,
    /// An endpoint that runs, in place of a configuration; nobody looks into the application then.
    #[arg(long, value_name = "URL", conflicts_with = "tenant", requires = "token_file")]
    url: Option<String>,
    /// The file with the token for `--url`; with a configuration, a token that the application itself knows.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Certificates to trust besides the machine's own (PEM), for `--url`.
    #[arg(long, value_name = "FILE", requires = "url")]
    ca: Option<PathBuf>,
    /// Whom to play.
    #[arg(long, value_enum)]
    client: Client,
    /// Entra's mapping table: TOML, or the JSON that Entra exports; Entra's own defaults when it is not given.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Entra's people and groups (TOML); three made-up people and a group when it is not given.
    #[arg(long, value_name = "FILE")]
    directory: Option<PathBuf>,
    /// Entra's dialect of PATCH: `classic` or `aadOptscim062020`; both when it is not given.
    #[arg(long, value_name = "NAME", value_parser = flavour)]
    flavour: Option<Flavour>,
    /// For people, or one JSON object a line.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Leave what was made in the application.
    #[arg(long)]
    keep: bool,
    /// Yes, write into the application.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Client {
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
    /// OneLogin.
    Onelogin,
    /// JumpCloud.
    Jumpcloud,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn flavour(text: &str) -> Result<Flavour, String> {
    let found = Flavour::ALL.iter().find(|(name, _)| *name == text);
    found.map(|(_, flavour)| *flavour).ok_or_else(|| "`classic` or `aadOptscim062020`".to_owned())
}

/// What is played against.
struct Theatre {
    /// For people: the application's name, or the address.
    name: String,
    endpoint: Endpoint,
    watch: Option<Arc<dyn Watch>>,
    stage: Option<Stage>,
}

pub(super) async fn run(options: Options) -> ExitCode {
    match played(&options).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("postern: {error}");
            ExitCode::from(CANNOT)
        }
    }
}

async fn played(options: &Options) -> Result<ExitCode, String> {
    let cast = Cast::read(options)?;
    let theatre = match &options.url {
        Some(url) => outside(options, url)?,
        None => inside(options).await?,
    };
    let rehearsal = if options.yes { Some(cast.play(options, &theatre).await?) } else { None };
    let mapping = theatre.stage.as_ref().map(|stage| Arc::clone(&stage.mapping));
    if let Some(stage) = theatre.stage {
        stage.close().await;
    }
    let Some(rehearsal) = rehearsal else { return Err(unasked(&theatre.name)) };
    let places = |resource: &str, attribute: &str| place(mapping.as_deref()?, resource, attribute);
    print::print(options.format == Format::Json, &theatre.name, &rehearsal, &places);
    Ok(if rehearsal.findings().is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WRONG) })
}

fn unasked(name: &str) -> String {
    format!(
        "a rehearsal writes into {name}: it makes, changes, disables and deletes accounts and groups whose names \
         begin with `{}`. Say `--yes` where that may be",
        cast::MARK
    )
}

/// The configuration, served by this process.
async fn inside(options: &Options) -> Result<Theatre, String> {
    let token = options.token_file.as_deref().map(secret).transpose()?;
    let stage = Stage::open(&options.config, options.tenant.as_deref(), token).await?;
    Ok(Theatre {
        name: stage.name(),
        endpoint: stage.endpoint.clone(),
        watch: Some(Arc::clone(&stage.look) as Arc<dyn Watch>),
        stage: Some(stage),
    })
}

/// Somebody else's endpoint.
fn outside(options: &Options, url: &str) -> Result<Theatre, String> {
    let told = |error: crate::rehearse::EndpointProblem| error.to_string();
    let token = secret(options.token_file.as_deref().ok_or("`--url` needs a `--token-file`")?)?;
    let mut endpoint = Endpoint::new(url).and_then(|endpoint| endpoint.bearer(&token)).map_err(told)?;
    if let Some(ca) = &options.ca {
        let pem = std::fs::read(ca).map_err(|error| format!("`{}`: {error}", shown(ca)))?;
        endpoint = endpoint.trusting(&pem).map_err(told)?;
    }
    let name = format!("the application behind {}", endpoint.url());
    Ok(Theatre { name, endpoint, watch: None, stage: None })
}

/// The token in a file, without the line's end.
fn secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", shown(path)))?;
    let text = text.trim();
    if text.is_empty() || text.lines().count() > 1 {
        return Err(format!("`{}` does not hold one token", shown(path)));
    }
    Ok(text.to_owned())
}

/// Who plays, read before anything is touched.
enum Cast {
    Entra { table: MappingTable, directory: Directory },
    Script(Script),
}

impl Cast {
    fn read(options: &Options) -> Result<Self, String> {
        let mut problems = Problems::new();
        let cast = match options.client {
            Client::Entra => Self::entra(options, &mut problems)?,
            _ if options.mapping.is_some() || options.directory.is_some() || options.flavour.is_some() => {
                return Err("`--mapping`, `--directory` and `--flavour` are of `--client entra` alone".to_owned());
            }
            Client::Okta => Script::named("okta", &mut problems).map(Self::Script),
            Client::Onelogin => Script::named("onelogin", &mut problems).map(Self::Script),
            Client::Jumpcloud => Script::named("jumpcloud", &mut problems).map(Self::Script),
        };
        let problems = problems.into_sorted();
        if !problems.is_empty() {
            eprintln!("{}", render_all(&problems, false));
        }
        cast.ok_or_else(|| "a file cannot be used".to_owned())
    }

    fn entra(options: &Options, problems: &mut Problems) -> Result<Option<Self>, String> {
        let table = match &options.mapping {
            Some(path) => MappingTable::parse(&file(path)?, problems),
            None => Some(MappingTable::standard()),
        };
        let directory = match &options.directory {
            Some(path) => Directory::parse(&file(path)?, problems),
            None => Some(cast::directory(&cast::fresh_mark())),
        };
        let Some((table, directory)) = table.zip(directory) else { return Ok(None) };
        marked(&directory)?;
        Ok(Some(Self::Entra { table, directory }))
    }

    async fn play(self, options: &Options, theatre: &Theatre) -> Result<Rehearsal, String> {
        let both = [Flavour::Classic, Flavour::Flagged];
        let flavours = options.flavour.as_ref().map_or(&both[..], std::slice::from_ref);
        let (endpoint, watch, keep) = (&theatre.endpoint, theatre.watch.clone(), options.keep);
        let played = match self {
            Self::Entra { table, directory } => entra::play(endpoint, table, directory, flavours, watch, keep).await,
            Self::Script(script) => script::play(endpoint, &script, watch, keep).await,
        };
        played.map_err(|error| error.to_string())
    }
}

/// Nobody real takes part.
fn marked(directory: &Directory) -> Result<(), String> {
    if directory.people.len() < 2 {
        return Err("a rehearsal needs two people at least".to_owned());
    }
    let names = ["userPrincipalName", "mail"];
    let people = directory.people.iter().flat_map(|person| names.iter().map(|name| (*name, &person.attributes)));
    let all = people.chain(directory.groups.iter().map(|group| ("displayName", &group.attributes)));
    for (name, attributes) in all {
        let value = attributes.get(name).map(Value::to_text).unwrap_or_default();
        if !value.is_empty() && !value.starts_with(cast::MARK) {
            return Err(format!("`{name}` of everybody who takes part begins with `{}`: not `{value}`", cast::MARK));
        }
    }
    Ok(())
}

fn file(path: &Path) -> Result<Arc<SourceFile>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", shown(path)))?;
    Ok(SourceFile::new(shown(path), text))
}

/// Where the rule of an attribute stands: `mapping.toml:31`.
fn place(mapping: &crate::mapping::Mapping, resource: &str, attribute: &str) -> Option<String> {
    let plain = attribute.replace("\"True\"]", "true]");
    let rules = &mapping.resource(resource)?.rules;
    let rule = rules.iter().find(|rule| rule.slot.to_string().eq_ignore_ascii_case(&plain)).or_else(|| {
        let whole = attribute.split(['[', '.']).next().unwrap_or_default();
        rules.iter().find(|rule| rule.slot.path.to_string().split('.').next() == Some(whole))
    })?;
    Some(format!("{}:{}", rule.span.file.name, rule.span.line_and_column().0))
}
