//! A real `postern serve` in a folder of its own: started, stopped by its process id, started again.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use postern::server::Token;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::Client;
use super::legacy::Legacy;

const BINARY: &str = env!("CARGO_BIN_EXE_postern");
const TOKEN: &str = "pst_for-tests-on-loopback-only-0000000000";
const TENANT: &str = "works";
const START: Duration = Duration::from_secs(60);

/// A folder that is gone when the test is.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("postern-{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("left for whoever looks into it: {}", self.0.display());
        } else {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// A child that does not outlive the test.
pub(crate) struct Process(Child);

impl Process {
    /// Starts `postern` with its output in files of the folder.
    pub(crate) fn start(folder: &Path, arguments: &[&str], environment: &[(&str, String)]) -> Self {
        let mut command = Command::new(BINARY);
        Self::of(command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value))), folder, "std")
    }

    /// Starts anything in the folder, with its output in `…out` and `…err`.
    pub(crate) fn of(command: &mut Command, folder: &Path, files: &str) -> Self {
        let log = |name| File::options().create(true).append(true).open(folder.join(format!("{files}{name}"))).unwrap();
        let command = command.current_dir(folder).stdin(Stdio::null()).stdout(log("out")).stderr(log("err"));
        Self(command.spawn().unwrap())
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// SIGHUP, as `systemctl reload` does.
    pub(crate) fn reload(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.0.id().to_string()]).status().unwrap().success());
    }

    /// SIGTERM, as a service manager does; every request was answered, so it ends well.
    pub(crate) fn stop(mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = self.0.try_wait().unwrap() {
                assert!(status.success(), "ended with {status}");
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("did not end within 30 s of SIGTERM");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// A gateway with one tenant.
pub(super) struct Postern {
    pub(super) folder: Folder,
    pub(super) client: Client,
    /// The application, where it is the test's own.
    pub(super) application: Option<Legacy>,
    admin: SocketAddr,
    environment: Vec<(&'static str, String)>,
    process: Option<Process>,
}

impl Postern {
    /// Writes a configuration around `mapping.toml`, which is in the folder already, and starts.
    pub(super) async fn start(folder: Folder, environment: Vec<(&'static str, String)>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.file("tls.crt"), made.cert.pem()).unwrap();
        fs::write(folder.file("tls.key"), made.signing_key.serialize_pem()).unwrap();
        let (listen, admin) = (free_address(), free_address());
        fs::write(folder.file("postern.toml"), configuration(listen, admin)).unwrap();
        let client = Client::new(listen, "/works/scim/v2", TOKEN, made.cert.pem().as_bytes());
        let mut postern = Self { folder, client, application: None, admin, environment, process: None };
        postern.run().await;
        postern
    }

    async fn run(&mut self) {
        let mut process = Process::start(&self.folder.0, &["serve", "--config", "postern.toml"], &self.environment);
        wait_until_ready(self.admin, &mut process, &self.folder.0).await;
        self.process = Some(process);
    }

    /// Stops it and starts it again with what it left on the disk.
    pub(super) async fn restart(&mut self) {
        self.process.take().unwrap().stop();
        self.run().await;
    }

    /// The audit's lines about changes. One that is just being written is none yet.
    pub(super) fn audit(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.file("audit.log")).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["category"] == "provisioning").collect()
    }

    /// Waits until the audit has so many lines, and gives them: they are written behind the answer.
    pub(super) async fn audit_of(&self, lines: usize) -> Vec<Value> {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let found = self.audit();
            if found.len() >= lines || Instant::now() > until {
                assert_eq!(found.len(), lines, "lines in the audit; the last: {:?}", found.last());
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) async fn metrics(&self) -> Metrics {
        let (status, text) = admin_get(self.admin, "/metrics").await.unwrap();
        assert_eq!(status, 200);
        Metrics(text)
    }
}

/// What `/metrics` said.
pub(crate) struct Metrics(pub(crate) String);

impl Metrics {
    /// The sum of a counter over all lines that have these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let start = format!("{name}{{");
        let lines = self.0.lines().filter(|line| line.starts_with(&start));
        let having =
            lines.filter(|line| labels.iter().all(|(label, value)| line.contains(&format!("{label}=\"{value}\""))));
        having.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64).sum()
    }
}

fn configuration(listen: SocketAddr, admin: SocketAddr) -> String {
    let hash: String = Token::hash(TOKEN).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        r#"
[server]
listen     = "{listen}"
public_url = "https://scim.fabrikam.example"
tls        = {{ certificate = "tls.crt", key = "tls.key" }}
admin      = "{admin}"
pre_drain  = "0s"

[audit]
file = "audit.log"

[[tenant]]
name    = "{TENANT}"
path    = "/works/scim/v2"
mapping = "mapping.toml"

[[tenant.token]]
name   = "entra"
sha256 = "{hash}"
"#
    )
}

/// A word that no other run has, `r` and seven hexadecimal digits.
pub(super) fn fresh_word() -> String {
    let nanoseconds = jiff::Timestamp::now().as_nanosecond();
    format!("r{:07x}", (nanoseconds / 1000) & 0xfff_ffff)
}

/// An address on loopback that nobody has at the moment.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// Until `/readyz` says yes; a process that ended meanwhile is told with what it said.
pub(crate) async fn wait_until_ready(admin: SocketAddr, process: &mut Process, folder: &Path) {
    let until = Instant::now() + START;
    loop {
        if admin_get(admin, "/readyz").await.is_some_and(|(status, _)| status == 200) {
            return;
        }
        if process.has_ended() || Instant::now() > until {
            let said = |name| fs::read_to_string(folder.join(name)).unwrap_or_default();
            panic!("postern is not ready:\n{}{}", said("stdout"), said("stderr"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn admin_get(admin: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(admin).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}
