//! What a scenario is played on: a legacy application, `postern serve` over its shipped mapping and
//! shipped tenant configuration, and ways to look at both.
//!
//! Of the configuration only what belongs to a machine is put in: addresses, the certificate, and the
//! hashes of tokens that this test knows.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use postern::rehearse::Endpoint;
use postern::server::Token;
use serde_json::Value;

use super::application::Application;
use crate::e2e::client::{Client, Reply};
use crate::e2e::{Folder, Metrics, Process, admin_get, free_address, wait_until_ready};

pub(super) struct Stage {
    pub(super) application: Application,
    folder: Folder,
    listen: SocketAddr,
    admin: SocketAddr,
    authority: String,
    /// Name, host, path, tokens.
    tenants: Vec<Tenant>,
    process: Option<Process>,
}

struct Tenant {
    name: String,
    host: String,
    path: String,
    tokens: Vec<String>,
}

/// Who asks, and as whom.
#[derive(Default)]
pub(super) struct Asking<'a> {
    /// The first tenant where nothing is said.
    pub(super) tenant: Option<&'a str>,
    /// The name of a token of `postern.toml`, or the text of one; the tenant's first where nothing is said.
    pub(super) token: Option<&'a str>,
    /// The user name of Basic, whose password the token is then.
    pub(super) basic: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Stage {
    /// Starts the application and the gateway; `kind` is the database's where the application is tables.
    pub(super) async fn start_all(seed: &'static str, kind: Option<&str>) -> Self {
        let folder = Folder::new(seed);
        let application = match kind {
            Some(kind) => Application::tables(kind).await,
            None => Application::service(seed, &folder),
        };
        let (listen, admin) = (free_address(), free_address());
        let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("mappings/seeds");
        let text = fs::read_to_string(shipped.join(format!("{seed}.postern.toml"))).unwrap();
        let (text, tenants) = configured(&text, listen, admin);
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        names.extend(tenants.iter().map(|tenant| tenant.host.clone()));
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        fs::write(folder.file("tls.crt"), made.cert.pem()).unwrap();
        fs::write(folder.file("tls.key"), made.signing_key.serialize_pem()).unwrap();
        fs::write(folder.file("postern.toml"), text).unwrap();
        fs::copy(shipped.join(format!("{seed}.toml")), folder.file(&format!("{seed}.toml"))).unwrap();
        let authority = made.cert.pem();
        let mut stage = Self { application, folder, listen, admin, authority, tenants, process: None };
        let environment = stage.environment();
        let mut process = Process::start(&stage.folder.0, &["serve", "--config", "postern.toml"], &environment);
        wait_until_ready(admin, &mut process, &stage.folder.0).await;
        stage.process = Some(process);
        stage
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        self.application.environment()
    }

    fn tenant(&self, name: Option<&str>) -> &Tenant {
        let found = self.tenants.iter().find(|tenant| name.is_none_or(|name| tenant.name == name));
        found.unwrap_or_else(|| panic!("there is no tenant {name:?}"))
    }

    fn secret(&self, tenant: &Tenant, token: Option<&str>) -> String {
        match token {
            Some(name) if !tenant.tokens.iter().any(|have| have == name) => name.to_owned(),
            Some(name) => secret_of(name),
            None => tenant.tokens.first().map_or_else(|| TOKEN_IN_TABLES.to_owned(), |name| secret_of(name)),
        }
    }

    /// Where the provisioning service is told to go.
    pub(super) fn endpoint(&self, tenant: Option<&str>, token: Option<&str>) -> Endpoint {
        let tenant = self.tenant(tenant);
        let url = format!("https://{}:{}{}", tenant.host, self.listen.port(), tenant.path);
        let endpoint = Endpoint::new(&url).unwrap().bearer(&self.secret(tenant, token)).unwrap();
        endpoint.trusting(self.authority.as_bytes()).unwrap().at(self.listen)
    }

    /// One request.
    pub(super) async fn send(&self, asking: &Asking<'_>, method: &str, path: &str, body: Option<&str>) -> Reply {
        let tenant = self.tenant(asking.tenant);
        let secret = self.secret(tenant, asking.token);
        let mut client = Client::new(self.listen, &tenant.path, &secret, self.authority.as_bytes());
        client = client.with("host", asking.host.unwrap_or(&tenant.host).to_owned());
        if let Some(user) = asking.basic {
            use base64::Engine as _;
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
            client = client.with("authorization", format!("Basic {pair}"));
        }
        for (name, value) in &asking.headers {
            client = client.with(name, value.clone());
        }
        client.send(method, path, body).await
    }

    /// Until the gateway has seen that the application is back: it does not ask one that is away at every request.
    pub(super) async fn wait_for_application(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.send(&Asking::default(), "GET", "/Users?count=1", None).await.status != 200 {
            assert!(Instant::now() < until, "the application is not taken for back");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// A doing of the application's own administrator.
    pub(super) async fn application(&mut self, sql: &str) {
        self.application.rows(sql).await;
    }

    pub(super) async fn ask(&self, sql: &str) -> Value {
        self.application.rows(sql).await
    }

    /// `postern …` beside the configuration, then a reload.
    pub(super) async fn postern(&mut self, arguments: &str) {
        let words: Vec<&str> = arguments.split(' ').collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        let command = command.args(words).args(["--config", "postern.toml"]).current_dir(&self.folder.0);
        let output = command.envs(self.environment()).output().unwrap();
        assert!(output.status.success(), "postern {arguments}: {output:?}");
        let loaded = self.log().matches("config.loaded").count();
        self.process.as_ref().unwrap().reload();
        let until = Instant::now() + Duration::from_secs(30);
        while self.log().matches("config.loaded").count() == loaded {
            assert!(Instant::now() < until, "the configuration was not loaded anew:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many changes the gateway has asked the application for.
    pub(super) async fn changes(&self) -> u64 {
        let (_, text) = admin_get(self.admin, "/metrics").await.unwrap();
        let metrics = Metrics(text);
        let count = |operation| metrics.sum("postern_downstream_requests_total", &[("operation", operation)]);
        ["insert", "update", "delete"].into_iter().map(count).sum()
    }

    pub(super) fn audit(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.file("audit.log")).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The audit's lines as soon as there are more than so many: they are written behind the answer.
    pub(super) async fn audit_beyond(&self, lines: usize) -> Vec<Value> {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let found = self.audit();
            if found.len() > lines || Instant::now() > until {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.file("stderr")).unwrap_or_default()
    }

    /// Compares all that the application holds with the golden file of a scenario; writes the file
    /// where `UPDATE` is set.
    pub(super) async fn compare(&self, number: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/seeds/golden/{number}.json"));
        let came = self.application.dump().await;
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, serde_json::to_string_pretty(&came).unwrap() + "\n").unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let golden: Value = serde_json::from_str(&golden).unwrap();
        assert_eq!(
            serde_json::to_string_pretty(&came).unwrap(),
            serde_json::to_string_pretty(&golden).unwrap(),
            "scenario {number}"
        );
    }

    pub(super) async fn finish(mut self) {
        self.process.take().unwrap().stop();
        self.application.finish().await;
    }
}

/// The token that the quality application's table has for its first service account.
pub(super) const TOKEN_IN_TABLES: &str = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";

/// The text of the token that a configuration calls so.
fn secret_of(name: &str) -> String {
    format!("pst_for-tests-on-loopback-only-{name:0>12}")
}

/// The shipped configuration with this machine's addresses and this test's tokens.
fn configured(text: &str, listen: SocketAddr, admin: SocketAddr) -> (String, Vec<Tenant>) {
    let mut all: toml::Table = toml::from_str(text).unwrap();
    let server = all["server"].as_table_mut().unwrap();
    server.insert("listen".to_owned(), listen.to_string().into());
    server.insert("admin".to_owned(), admin.to_string().into());
    if server.contains_key("trusted_proxies") {
        server.insert("trusted_proxies".to_owned(), vec!["127.0.0.0/8"].into());
    }
    server.insert("pre_drain".to_owned(), "0s".into());
    let tls = [("certificate", "tls.crt"), ("key", "tls.key")].map(|(name, file)| (name.to_owned(), file.into()));
    server.insert("tls".to_owned(), toml::Table::from_iter(tls).into());
    all.insert("audit".to_owned(), toml::Table::from_iter([("file".to_owned(), "audit.log".into())]).into());
    let mut tenants = Vec::new();
    for tenant in all["tenant"].as_array_mut().unwrap() {
        let tenant = tenant.as_table_mut().unwrap();
        let host = match tenant.get("host") {
            Some(toml::Value::String(host)) => host.clone(),
            Some(toml::Value::Array(hosts)) => hosts[0].as_str().unwrap().to_owned(),
            _ => "localhost".to_owned(),
        };
        let mut tokens = Vec::new();
        for token in tenant.get_mut("token").and_then(toml::Value::as_array_mut).into_iter().flatten() {
            let token = token.as_table_mut().unwrap();
            let name = token["name"].as_str().unwrap().to_owned();
            token.insert("sha256".to_owned(), Token::hash_in_hex(&secret_of(&name)).into());
            tokens.push(name);
        }
        let text_of = |key: &str| tenant[key].as_str().unwrap().to_owned();
        tenants.push(Tenant { name: text_of("name"), path: text_of("path"), host, tokens });
    }
    (toml::to_string(&all).unwrap(), tenants)
}
