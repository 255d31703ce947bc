//! `postern explain`: the SQL or HTTP that a request would cause; nothing is executed.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::config::{Config, Tenant};
use crate::observe::Observers;
use crate::scim::{Preconditions, RawQuery, RawRequest, ScimError, Verb};
use crate::server::Message;
use crate::value::{JsonLimits, Value};

use super::{CONFIG, assemble, failure, serve};

/// Largest captured message.
const LARGEST: u64 = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    /// The tenant; may be left out when there is only one, and where `--request` says it by its path.
    #[arg(long)]
    tenant: Option<String>,
    /// A request as a client sent it: request line, headers, an empty line, body; `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "body"])]
    request: Option<PathBuf>,
    /// The `userName` behind `/Me`; may be left out when the tenant has one token with a `user`.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// GET, POST, PUT, PATCH or DELETE.
    #[arg(required_unless_present = "request")]
    method: Option<String>,
    /// Below the tenant's base path: `/Users?filter=userName eq "bjensen"`.
    #[arg(required_unless_present = "request")]
    path: Option<String>,
    /// The body, JSON.
    body: Option<String>,
}

pub(super) async fn run(options: Options) -> ExitCode {
    let Some((config, bound)) = serve::load(&options.config) else { return ExitCode::from(CONFIG) };
    let (at, raw) = match asked(&options, &config) {
        Ok((at, Ok(raw))) => (at, raw),
        Ok((_, Err(refused))) => return answered(&refused),
        Err(error) => return failure(&error),
    };
    let gateways = match assemble::gateways(&config, bound, &Observers::default()).await {
        Ok(gateways) => gateways,
        Err(error) => return failure(&error),
    };
    let user = options.user.as_deref().or_else(|| only_user(&config.tenants[at]));
    match gateways[at].explain(raw, user).await {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{}", harmless(line)));
            ExitCode::SUCCESS
        }
        Err(error) => answered(&error),
    }
}

/// A captured message may hold what a terminal would obey.
fn harmless(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && !"\n\t".contains(c) { '\u{fffd}' } else { c }).collect()
}

/// What the client would be told at once.
fn answered(error: &ScimError) -> ExitCode {
    println!("{} {}", error.status, error.to_value().to_json());
    ExitCode::FAILURE
}

/// Which tenant is asked, and for what; the edge may refuse it.
fn asked(options: &Options, config: &Config) -> Result<(usize, Result<RawRequest, ScimError>), String> {
    match &options.request {
        Some(file) => captured(&message(file)?, options.tenant.as_deref(), &config.tenants),
        None => Ok((tenant(options.tenant.as_deref(), &config.tenants)?, Ok(request(options)?))),
    }
}

fn tenant(wanted: Option<&str>, tenants: &[Tenant]) -> Result<usize, String> {
    let named = |tenant: &Tenant| wanted.is_none_or(|name| name == &*tenant.name);
    if wanted.is_none() && tenants.len() > 1 {
        return Err(format!("there are several tenants; choose one with `--tenant`: {}", names(tenants)));
    }
    tenants.iter().position(named).ok_or_else(|| format!("no tenant has this name; there are {}", names(tenants)))
}

fn names(tenants: &[Tenant]) -> String {
    tenants.iter().map(|tenant| &*tenant.name).collect::<Vec<_>>().join(", ")
}

/// The tenant with the longest path that the message's begins with.
fn captured(
    message: &Message,
    wanted: Option<&str>,
    tenants: &[Tenant],
) -> Result<(usize, Result<RawRequest, ScimError>), String> {
    let mut order: Vec<usize> = (0..tenants.len()).collect();
    order.retain(|at| wanted.is_none_or(|name| name == &*tenants[*at].name));
    order.sort_by_key(|at| std::cmp::Reverse(tenants[*at].path.matches('/').count()));
    for at in &order {
        match message.below(&tenants[*at].path) {
            Ok(None) => (),
            Ok(Some(raw)) => return Ok((*at, Ok(raw))),
            Err(refused) => return Ok((*at, Err(refused))),
        }
    }
    let paths: Vec<&str> = order.iter().map(|at| tenants[*at].path.as_str()).collect();
    Err(format!("`{}` is below the path of no tenant ({})", message.path(), paths.join(", ")))
}

fn message(file: &Path) -> Result<Message, String> {
    let cannot = |error: std::io::Error| format!("`{}` cannot be read: {error}", file.display());
    let mut text = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut text)
    } else {
        std::fs::File::open(file).map_err(cannot)?.take(LARGEST + 1).read_to_end(&mut text)
    };
    if read.map_err(cannot)? as u64 > LARGEST {
        return Err(format!("`{}` is larger than {} MiB", file.display(), LARGEST / 1024 / 1024));
    }
    Message::parse(&text).map_err(|error| format!("`{}`: {error}", file.display()))
}

/// The one user that tokens of the tenant stand for.
fn only_user(tenant: &Tenant) -> Option<&str> {
    let mut users: Vec<&str> = tenant.tokens.iter().filter_map(|token| token.user.as_deref()).collect();
    users.dedup();
    match users.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

fn request(options: &Options) -> Result<RawRequest, String> {
    let verb = match options.method.as_deref().unwrap_or_default().to_ascii_uppercase().as_str() {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        "DELETE" => Verb::Delete,
        other => return Err(format!("`{other}` is no method of SCIM")),
    };
    let whole = options.path.as_deref().unwrap_or_default();
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = RawQuery(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let body = match &options.body {
        Some(text) => {
            Some(Value::from_json(text.as_bytes(), &JsonLimits::default()).map_err(|problem| problem.to_string())?)
        }
        None => None,
    };
    let path = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    Ok(RawRequest { verb, path, query, body, preconditions: Preconditions::default() })
}
