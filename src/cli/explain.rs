//! `postern explain`: the SQL or HTTP that a request would cause; nothing is executed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::observe::Observers;
use crate::scim::{Preconditions, RawQuery, RawRequest, Verb};
use crate::value::{JsonLimits, Value};

use super::{CONFIG, assemble, failure, serve};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    /// The tenant; may be left out when there is only one.
    #[arg(long)]
    tenant: Option<String>,
    /// GET, POST, PUT, PATCH or DELETE.
    method: String,
    /// Below the tenant's base path: `/Users?filter=userName eq "bjensen"`.
    path: String,
    /// The body, JSON.
    body: Option<String>,
}

pub(super) async fn run(options: Options) -> ExitCode {
    let Some((config, bound)) = serve::load(&options.config) else { return ExitCode::from(CONFIG) };
    let raw = match request(&options) {
        Ok(raw) => raw,
        Err(error) => return failure(&error),
    };
    let wanted = options.tenant.as_deref();
    let Some(at) = config.tenants.iter().position(|tenant| wanted.is_none_or(|name| name == &*tenant.name)) else {
        return failure("no tenant has this name");
    };
    let gateways = match assemble::gateways(&config, bound, &Observers::default()).await {
        Ok(gateways) => gateways,
        Err(error) => return failure(&error),
    };
    match gateways[at].explain(raw).await {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{} {}", error.status, error.to_value().to_json());
            ExitCode::FAILURE
        }
    }
}

fn request(options: &Options) -> Result<RawRequest, String> {
    let verb = match options.method.to_ascii_uppercase().as_str() {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        "DELETE" => Verb::Delete,
        other => return Err(format!("`{other}` is no method of SCIM")),
    };
    let (path, query) = options.path.split_once('?').unwrap_or((&options.path, ""));
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
