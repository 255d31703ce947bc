//! `postern serve`: runs the gateway until SIGTERM or SIGINT; SIGHUP loads the configuration anew.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::diagnostic::{Problems, render_all};
use crate::observe::audit::{Audit, Sink};
use crate::observe::log::Log;
use crate::observe::metrics::Metrics;
use crate::observe::{Observation, Observer, Observers};
use crate::server::{self, Check, Door, Limits, Server, tls};

use super::assemble::{self, Bound};
use super::{CONFIG, failure, shown};

pub(super) async fn run(path: PathBuf) -> ExitCode {
    let Some((config, bound)) = load(&path) else { return ExitCode::from(CONFIG) };
    match serve(&path, config, bound).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => failure("stopped before every request was finished"),
        Err(error) => failure(&error),
    }
}

/// Loads a configuration, printing every problem; `None` when there are errors.
pub(super) fn load(path: &Path) -> Option<(Config, Vec<Bound>)> {
    let mut problems = Problems::new();
    let loaded = assemble::bind(path, &mut problems);
    let errors = problems.has_errors();
    let problems = problems.into_sorted();
    if !problems.is_empty() {
        eprintln!("{}", render_all(&problems, false));
    }
    let (config, bound) = loaded.filter(|_| !errors)?;
    Some((config, bound.into_iter().collect::<Option<Vec<_>>>()?))
}

/// Serves until told to stop. True when every request was finished.
///
/// # Errors
/// What could not be opened, for the operator.
pub(super) async fn serve(path: &Path, config: Config, bound: Vec<Bound>) -> Result<bool, String> {
    let metrics = Arc::new(Metrics::new());
    let (observers, audit) = observers(&config, &metrics)?;
    let tls = Arc::new(ArcSwap::new(certificate(&config)?));
    let doors = assemble::doors(&config, bound, &observers).await?;
    announce(&config, &observers);
    let doors = Arc::new(ArcSwap::from_pointee(doors));
    let state = audit.state();
    let check = Check { name: "audit", well: Arc::new(move || state.healthy()) };
    let limits = Limits { pre_drain: config.server.pre_drain, drain: config.server.drain, ..Limits::default() };
    let edge = server::Config {
        listen: config.server.listen,
        admin: config.server.admin,
        tls: Arc::clone(&tls),
        doors: Arc::clone(&doors),
        proxies: config.server.trusted_proxies.clone(),
        limits,
        checks: vec![check],
    };
    let server = Server::bind(edge, observers.clone(), metrics).await.map_err(|error| error.to_string())?;
    let stop = CancellationToken::new();
    let reload = Reload { path: path.to_owned(), doors, tls, observers };
    let listener = tokio::spawn(signals(stop.clone(), reload, Arc::clone(&audit))?);
    let clean = server.serve(stop).await;
    listener.abort();
    audit.close();
    Ok(clean)
}

fn observers(config: &Config, metrics: &Arc<Metrics>) -> Result<(Observers, Arc<Audit>), String> {
    let log: Arc<dyn Observer> = Arc::new(Log::new(config.log_level, Box::new(std::io::stderr())));
    let alarm: Vec<Arc<dyn Observer>> = vec![log, Arc::clone(metrics) as Arc<dyn Observer>];
    let sink = config.audit.clone().map_or(Sink::Stdout, Sink::File);
    let audit = Arc::new(Audit::open(sink, Observers(alarm.clone())).map_err(|error| error.to_string())?);
    metrics.watch_audit(audit.state());
    let mut all = alarm;
    all.push(Arc::clone(&audit) as Arc<dyn Observer>);
    Ok((Observers(all), audit))
}

fn certificate(config: &Config) -> Result<Arc<rustls::ServerConfig>, String> {
    tls::load(&config.server.certificate, &config.server.key).map_err(|error| error.to_string())
}

/// What an operator wants to be told of ahead of time.
fn announce(config: &Config, observers: &Observers) {
    observers.observe(&Observation::ConfigLoaded { success: true, tenants: config.tenants.len() });
    let chain = std::fs::read(&config.server.certificate).unwrap_or_default();
    if let Some(expires) = tls::not_after(&chain) {
        observers.observe(&Observation::CertificateExpires { at: expires.as_second() });
    }
    for tenant in &config.tenants {
        for token in &tenant.tokens {
            if let Some(expires) = token.expires {
                observers.observe(&Observation::TokenExpires {
                    tenant: Arc::clone(&tenant.name),
                    token: Arc::clone(&token.name),
                    at: expires.as_second(),
                });
            }
        }
    }
}

/// What a reload swaps.
struct Reload {
    path: PathBuf,
    doors: Arc<ArcSwap<Vec<Door>>>,
    tls: Arc<ArcSwap<rustls::ServerConfig>>,
    observers: Observers,
}

impl Reload {
    /// Loads everything anew and swaps it in; a configuration with problems changes nothing.
    async fn reload(&self) {
        if let Err(error) = self.load().await {
            eprintln!("postern: `{}` was not loaded, the former configuration stays: {error}", shown(&self.path));
            self.observers.observe(&Observation::ConfigLoaded { success: false, tenants: 0 });
        }
    }

    async fn load(&self) -> Result<(), String> {
        let (config, bound) = load(&self.path).ok_or("it has problems")?;
        let tls = certificate(&config)?;
        let doors = assemble::doors(&config, bound, &self.observers).await?;
        self.tls.store(tls);
        self.doors.store(Arc::new(doors));
        announce(&config, &self.observers);
        Ok(())
    }
}

/// SIGTERM and SIGINT end, a second one at once; SIGHUP reloads; SIGUSR1 opens the audit file again.
fn signals(stop: CancellationToken, reload: Reload, audit: Arc<Audit>) -> Result<impl Future<Output = ()>, String> {
    let listen = |kind: SignalKind| -> Result<Signal, String> { signal(kind).map_err(|error| error.to_string()) };
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    let mut reopen = listen(SignalKind::user_defined1())?;
    Ok(async move {
        loop {
            let asked_to_stop = tokio::select! {
                _ = terminate.recv() => true,
                _ = interrupt.recv() => true,
                _ = hang_up.recv() => { reload.reload().await; false }
                _ = reopen.recv() => { audit.reopen(); false }
            };
            if asked_to_stop && stop.is_cancelled() {
                eprintln!("postern: stopped at once");
                audit.close();
                std::process::exit(143);
            }
            if asked_to_stop {
                stop.cancel();
            }
        }
    })
}
