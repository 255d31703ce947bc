//! A configuration served for one rehearsal: loopback, a certificate, a token and a store of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::cli::assemble::{self, Bound};
use crate::cli::{serve, shown};
use crate::config::{Config, Tenant};
use crate::correlation::{Seal, Sqlite};
use crate::mapping::Mapping;
use crate::observe::Observers;
use crate::observe::metrics::Metrics;
use crate::rehearse::Endpoint;
use crate::server::{self, AddressList, Limits, Permissions, Server, Token, tls};

use super::look::Look;

/// What serves.
pub(super) struct Stage {
    pub(super) endpoint: Endpoint,
    pub(super) mapping: Arc<Mapping>,
    pub(super) look: Arc<Look>,
    tenant: Arc<str>,
    stop: CancellationToken,
    serving: JoinHandle<bool>,
    folder: Folder,
}

impl Stage {
    /// Serves one tenant of a configuration. `token` is one that the application itself knows.
    ///
    /// # Errors
    /// Why it cannot be served; problems of the files are printed.
    pub(super) async fn open(path: &Path, tenant: Option<&str>, token: Option<String>) -> Result<Self, String> {
        let (mut config, bound) = serve::load(path).ok_or("the configuration has problems")?;
        let bound = only(&mut config, bound, tenant)?;
        let token = prepare(&mut config.tenants[0], &bound.mapping, token)?;
        let folder = Folder::make()?;
        let (mapping, downstream) = (Arc::clone(&bound.mapping), Arc::clone(&bound.downstream));
        config.correlation.path = folder.0.join("correlation.db");
        let doors = assemble::doors(&config, vec![bound], &Observers::default()).await?;
        let name = Arc::clone(&config.tenants[0].name);
        let look = Arc::new(look(&name, mapping.clone(), downstream, &config.correlation.path)?);

        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).map_err(|e| e.to_string())?;
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let tls = tls::from_pem(certificate.as_bytes(), key.as_bytes()).map_err(|error| error.to_string())?;
        let loopback: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        let limits = Limits { pre_drain: Duration::ZERO, ..Limits::default() };
        let edge = server::Config {
            listen: loopback,
            admin: loopback,
            tls: Arc::new(ArcSwap::new(tls)),
            doors: Arc::new(ArcSwap::from_pointee(doors)),
            proxies: AddressList::default(),
            limits,
            checks: Vec::new(),
        };
        let server = Server::bind(edge, Observers::default(), Arc::new(Metrics::new())).await;
        let server = server.map_err(|error| error.to_string())?;
        let at = server.local_addr().map_err(|error| error.to_string())?;
        let stop = CancellationToken::new();
        let serving = tokio::spawn(server.serve(stop.clone()));
        let url = format!("https://localhost:{}{}", at.port(), config.tenants[0].path);
        let endpoint = Endpoint::new(&url).and_then(|endpoint| endpoint.bearer(&token));
        let endpoint = endpoint.and_then(|endpoint| endpoint.trusting(certificate.as_bytes()));
        let endpoint = endpoint.map_err(|error| error.to_string())?.at(at);
        Ok(Self { endpoint, mapping, look, tenant: name, stop, serving, folder })
    }

    /// The application, as the mapping names it.
    pub(super) fn name(&self) -> String {
        format!("the application \"{}\" (tenant `{}`)", self.mapping.application, self.tenant)
    }

    /// Serves no more, and leaves nothing behind on this machine.
    pub(super) async fn close(self) {
        self.stop.cancel();
        let _ = self.serving.await;
        drop(self.folder);
    }
}

/// Leaves only the tenant that is asked for.
fn only(config: &mut Config, mut bound: Vec<Bound>, wanted: Option<&str>) -> Result<Bound, String> {
    let names: Vec<&str> = config.tenants.iter().map(|tenant| &*tenant.name).collect();
    let at = match wanted {
        Some(wanted) => names.iter().position(|name| *name == wanted),
        None => Some(0).filter(|_| names.len() == 1),
    };
    let Some(at) = at else {
        return Err(match wanted {
            Some(wanted) => format!("there is no tenant `{wanted}`; there are {}", names.join(", ")),
            None => format!("name one of the tenants with `--tenant`: {}", names.join(", ")),
        });
    };
    config.tenants.swap(0, at);
    config.tenants.truncate(1);
    Ok(bound.swap_remove(at))
}

/// Opens the tenant to this rehearsal alone. A token that somebody gave is looked for where all are:
/// in the file, and then in the application, where the mapping says that it knows some.
fn prepare(tenant: &mut Tenant, mapping: &Mapping, given: Option<String>) -> Result<String, String> {
    tenant.hosts.clear();
    tenant.public_url = None;
    tenant.allow_from = AddressList::default();
    if let Some(token) = given {
        tenant.tokens.retain(|known| known.sha256 == Token::hash(&token));
        tenant.tokens.iter_mut().for_each(|known| known.allow_from = AddressList::default());
        return Ok(token);
    }
    // What fields are to be written with is known of the tenant's own tokens.
    let values = tenant.tokens.first().map(|token| Arc::clone(&token.values)).unwrap_or_default();
    if values.is_empty() && mapping.token.is_some() && mapping.token_texts().next().is_some() {
        return Err("the mapping writes what the application knows of a token: give one with `--token-file`".to_owned());
    }
    let token = Token::generate().map_err(|error| error.to_string())?;
    tenant.tokens = vec![Token {
        name: "rehearsal".into(),
        sha256: Token::hash(&token),
        expires: None,
        user: None,
        basic_user: None,
        permissions: Permissions::default(),
        allow_from: AddressList::default(),
        values,
    }];
    Ok(token)
}

fn look(
    tenant: &Arc<str>,
    mapping: Arc<Mapping>,
    downstream: Arc<dyn crate::downstream::Downstream>,
    store: &Path,
) -> Result<Look, String> {
    let store = Sqlite::open(store).map_err(|error| error.to_string())?;
    let seal = Seal::new(store.master(), tenant).map_err(|error| error.to_string())?;
    Ok(Look { tenant: Arc::clone(tenant), mapping, downstream, store, seal, keys: Mutex::default() })
}

/// A folder that only its owner can look into, and that is gone when the rehearsal is.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("postern-rehearsal-{}", Uuid::new_v4().simple()));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| format!("`{}`: {error}", shown(&path)))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
