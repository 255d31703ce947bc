//! Configuration → engines: every mapping compiled, every driver bound, every problem at once.

use std::path::Path;
use std::sync::Arc;

use crate::config::{self, Config, Tenant};
use crate::correlation::{Cached, Correlations, Seal, Sqlite, Store};
use crate::diagnostic::{Code, Diagnostic, Document, Problems};
use crate::downstream::{self, Binding, Downstream, Observed};
use crate::gateway::{Gateway, Parts};
use crate::mapping::{self, Mapping};
use crate::observe::Observers;
use crate::server::Door;

mod tokens;

/// A tenant whose mapping compiled and whose driver is bound.
pub(super) struct Bound {
    pub(super) mapping: Arc<Mapping>,
    pub(super) downstream: Arc<dyn Downstream>,
}

/// Reads and binds everything that a configuration names. `None` in place of a tenant that has
/// problems.
pub(super) fn bind(path: &Path, problems: &mut Problems) -> Option<(Config, Vec<Option<Bound>>)> {
    let config = config::load(path, problems)?;
    let bound = config.tenants.iter().map(|tenant| bind_tenant(tenant, problems)).collect();
    Some((config, bound))
}

fn bind_tenant(tenant: &Tenant, problems: &mut Problems) -> Option<Bound> {
    let text = match std::fs::read_to_string(&tenant.mapping) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the mapping cannot be read: {}", error.kind());
            let help = "the path starts at the folder of this file";
            problems.push(Diagnostic::error(Code::UNREADABLE_FILE, &tenant.mapping_span, message).help(help));
            tokens::report_none(tenant, None, problems);
            return None;
        }
    };
    let file = crate::diagnostic::SourceFile::new(super::shown(&tenant.mapping), text);
    let document = Document::parse(&file, problems);
    tokens::report_none(tenant, document.as_ref(), problems);
    let bound = bind_mapping(document?, &tenant.variables, problems)?;
    tokens::report_unknown_scopes(tenant, &bound.mapping, problems);
    tokens::report_missing_values(tenant, &bound.mapping, problems);
    Some(bound)
}

/// Compiles one mapping file and binds its driver.
fn bind_mapping(document: Document, variables: &mapping::Variables, problems: &mut Problems) -> Option<Bound> {
    let folder = document.folder.clone();
    let mapping = Arc::new(mapping::compile(document, variables, problems)?);
    let downstream = mapping.document.root.get("downstream")?;
    let binding = Binding { downstream, resources: mapping.shapes(), folder: &folder, variables };
    let downstream = downstream::bind(&binding, problems)?;
    mapping.report_unsearchable(&|resource, field| downstream.capabilities(resource).finds(field), problems);
    Some(Bound { mapping, downstream })
}

/// Opens the correlation store and makes an engine for each tenant, in their order.
///
/// # Errors
/// When the store cannot be used.
pub(super) async fn gateways(
    config: &Config,
    bound: Vec<Bound>,
    observers: &Observers,
) -> Result<Vec<Arc<Gateway>>, String> {
    let store = Sqlite::open(&config.correlation.path)
        .map_err(|error| format!("`{}`: {error}", super::shown(&config.correlation.path)))?;
    let master = *store.master();
    let store: Arc<dyn Store> = Arc::new(store);
    let mut gateways = Vec::new();
    for (tenant, bound) in config.tenants.iter().zip(bound) {
        let seal = Seal::new(&master, &tenant.name).map_err(|error| error.to_string())?;
        let name = Arc::clone(&tenant.name);
        let cached = Cached::new(name, seal, Arc::clone(&store), &config.correlation.cache, observers.clone());
        let correlations: Arc<dyn Correlations> = Arc::new(cached.await.map_err(|error| error.to_string())?);
        let downstream = Observed::new(bound.downstream, Arc::clone(&tenant.name), observers.clone());
        gateways.push(Arc::new(Gateway::new(Parts {
            tenant: Arc::clone(&tenant.name),
            mapping: bound.mapping,
            downstream: Arc::new(downstream),
            correlations,
            profile: tenant.profile,
            base_url: format!("{}{}", tenant.public_url.as_ref().unwrap_or(&config.server.public_url), tenant.path),
            default_domain: tenant.default_domain.clone(),
            deadline: tenant.deadline,
            observers: observers.clone(),
        })));
    }
    Ok(gateways)
}

/// A door for each tenant.
///
/// # Errors
/// When the store cannot be used.
pub(super) async fn doors(config: &Config, bound: Vec<Bound>, observers: &Observers) -> Result<Vec<Door>, String> {
    let gateways = gateways(config, bound, observers).await?;
    let door = |(tenant, gateway): (&Tenant, Arc<Gateway>)| Door {
        tenant: Arc::clone(&tenant.name),
        hosts: tenant.hosts.clone(),
        path: tenant.path.clone(),
        engine: gateway,
        tokens: tenant.tokens.clone(),
        allow_from: tenant.allow_from.clone(),
    };
    Ok(config.tenants.iter().zip(gateways).map(door).collect())
}
