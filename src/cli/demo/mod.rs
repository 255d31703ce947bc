//! `postern demo`: an application, a certificate, a token and a mapping, on one machine, from
//! nothing. What it leaves in its folder is an ordinary configuration to edit and to serve.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::server::Token;

use super::{CONFIG, failure, serve, shown};

mod application;
mod files;
mod people;

/// Where the demo's tenant is found.
const BASE_PATH: &str = "/scim/v2";

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Where SCIM is served.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Where health and metrics are served.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9464")]
    admin: SocketAddr,
    /// The secret token; a fresh one when it is not given.
    #[arg(long)]
    token: Option<String>,
    /// The folder for everything that the demo makes; what is there already is used again.
    #[arg(long, value_name = "DIR", default_value = "postern-demo")]
    state: PathBuf,
}

pub(super) async fn run(mut options: Options) -> ExitCode {
    let prepared = prepare(&mut options);
    let (token, counts) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return failure(&error),
    };
    let path = options.state.join("postern.toml");
    let Some((config, bound)) = serve::load(&path) else { return ExitCode::from(CONFIG) };
    greet(&options, &token, counts);
    match serve::serve(&path, config, bound).await {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => failure(&error),
    }
}

/// Makes whatever is missing in the folder. Gives the token and how many people and teams there are.
fn prepare(options: &mut Options) -> Result<(String, (u64, u64)), String> {
    options.listen = with_port(options.listen)?;
    options.admin = with_port(options.admin)?;
    std::fs::create_dir_all(&options.state)
        .map_err(|error| format!("`{}` cannot be made: {error}", shown(&options.state)))?;
    let token = match &options.token {
        Some(token) if token.len() < 16 => return Err("a token needs at least 16 characters".to_owned()),
        Some(token) => token.clone(),
        None => Token::generate().map_err(|_| "no random bytes to be had".to_owned())?,
    };
    let counts = application::make(&options.state.join("application.db"))?;
    files::make(&options.state, options.listen, options.admin, &token)?;
    Ok((token, counts))
}

/// Port 0 means any that is free; the address has to be known before the certificate is made.
fn with_port(address: SocketAddr) -> Result<SocketAddr, String> {
    if address.port() != 0 {
        return Ok(address);
    }
    let listener = TcpListener::bind(address).map_err(|error| format!("`{address}`: {error}"))?;
    listener.local_addr().map_err(|error| error.to_string())
}

/// The address that a client on this machine uses.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    }
}

fn greet(options: &Options, token: &str, (people, teams): (u64, u64)) {
    let url = format!("https://{}{BASE_PATH}", reachable(options.listen));
    let admin = reachable(options.admin);
    let state = shown(&options.state);
    let curl = format!("curl --cacert {} -H 'Authorization: Bearer {token}'", shown(&options.state.join("ca.pem")));
    println!(
        "\
A SCIM 2.0 endpoint in front of a legacy application (SQLite, {people} people, {teams} teams)

  Tenant URL     {url}
  Secret Token   {token}

Three requests to try, as they stand:

  {curl} '{url}/Users?filter=userName%20eq%20%22{}%22'

  {curl} -H 'Content-Type: application/scim+json' -d '{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"kim.ito@example.com\",\"name\":{{\"givenName\":\"Kim\",\"familyName\":\"Ito\"}},\"emails\":[{{\"value\":\"kim.ito@example.com\",\"type\":\"work\",\"primary\":true}}],\"active\":true}}' '{url}/Users'

  {curl} '{url}/Groups?count=2'

  Metrics        http://{admin}/metrics
  Files          {state}/: postern.toml and mapping.toml to edit, application.db, audit.log, ca.pem;
                 go on with `postern serve --config {state}/postern.toml`

Requests are logged below, one line each. Ctrl-C ends.
",
        people::FIRST_LOGIN,
    );
}
