//! The gateway as a process of its own: its folder, its start, what it spends, its end.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::ops::{Add, Sub};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::Result;
use crate::operation::Asked;
use crate::web;

const POSTERN: &str = env!("CARGO_BIN_EXE_postern");
const TOKEN: &str = "token-of-the-benchmark";

/// Where the gateway is and how it lets somebody in.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) listen: SocketAddr,
    pub(crate) token: &'static str,
    /// The file of the authority that made its certificate.
    pub(crate) authority: PathBuf,
}

/// What the gateway has spent since its start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// Time of its processor, in milliseconds.
    pub(crate) milliseconds: u64,
    /// Calls of the application.
    pub(crate) calls: u64,
}

impl Add for Spent {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self { milliseconds: self.milliseconds + more.milliseconds, calls: self.calls + more.calls }
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self { milliseconds: self.milliseconds - less.milliseconds, calls: self.calls - less.calls }
    }
}

/// A folder with certificates, a mapping and an application, made by `postern demo`.
pub(crate) async fn prepare(name: &str) -> Result<Folder> {
    let folder = Folder(std::env::temp_dir().join(format!("postern-bench-{}-{name}", std::process::id())));
    fs::create_dir_all(&folder.0)?;
    let mut demo = Command::new(POSTERN);
    demo.args(["demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--token", TOKEN, "--state"]);
    demo.arg(&folder.0);
    Running::start(demo, &folder.0)?.wait_for(&folder.0).await?;
    Ok(folder)
}

/// A folder that is deleted with this value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that ends with this value.
struct Running(Child);

impl Running {
    fn start(mut command: Command, folder: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(folder.join("postern.log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self(command.spawn()?))
    }

    /// Waits until the gateway that this folder describes is ready.
    async fn wait_for(&self, folder: &Path) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if let Ok(admin) = setting(folder, "admin")
                && plain(admin, "/readyz").await.is_ok()
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("postern did not start: see {}", folder.join("postern.log").display()).into())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A gateway that serves.
pub(crate) struct Postern {
    address: Address,
    admin: SocketAddr,
    // In this order they end.
    process: Running,
    folder: Folder,
}

impl Postern {
    /// Serves what the folder describes.
    pub(crate) async fn serve(folder: Folder) -> Result<Self> {
        let path = &folder.0;
        let mut command = Command::new(POSTERN);
        command.arg("serve").arg("--config").arg(path.join("postern.toml"));
        let process = Running::start(command, path)?;
        process.wait_for(path).await?;
        let address = Address { listen: setting(path, "listen")?, token: TOKEN, authority: path.join("ca.pem") };
        Ok(Self { address, admin: setting(path, "admin")?, process, folder })
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// What `postern explain` shows for a request, line by line.
    pub(crate) fn explain(&self, asked: &Asked) -> Result<Vec<String>> {
        let mut command = Command::new(POSTERN);
        command.arg("explain").arg("--config").arg(self.folder.0.join("postern.toml"));
        let path = asked.path.replace("%20", " ").replace("%22", "\"");
        command.arg(asked.method.as_str()).arg(path).args(asked.body.as_ref().map(ToString::to_string));
        let output = command.output()?;
        let text = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(format!("postern explain: {text}{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// A document of the SCIM side.
    pub(crate) async fn get(&self, path: &str) -> Result<serde_json::Value> {
        let asked = Asked { method: Method::GET, path: path.to_owned(), body: None, status: 200 };
        let request = self.address.request(asked)?;
        let answer = web::http2_of(&self.address).await?.send_request(request).await?;
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }

    /// What it has spent so far.
    pub(crate) async fn spent(&self) -> Result<Spent> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.0.id()))?;
        // After the name in parentheses: user and system time are the fields 14 and 15, in ticks
        // of 10 ms.
        let after = stat.rsplit_once(") ").map(|(_, after)| after).unwrap_or_default();
        let ticks: u64 = after.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        let metrics = plain(self.admin, "/metrics").await?;
        let calls = metrics.lines().filter(|line| line.starts_with("postern_downstream_requests_total"));
        let calls = calls.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum();
        Ok(Spent { milliseconds: ticks * 10, calls })
    }

    /// The most memory that it ever held, in KiB.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
        Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
    }
}

/// An address in `postern.toml`.
fn setting(folder: &Path, name: &str) -> Result<SocketAddr> {
    let config: toml::Table = fs::read_to_string(folder.join("postern.toml"))?.parse()?;
    let server = config.get("server").and_then(toml::Value::as_table);
    let value = server.and_then(|server| server.get(name)).and_then(toml::Value::as_str);
    Ok(value.ok_or_else(|| format!("no `{name}` in postern.toml"))?.parse()?)
}

/// What the admin side answers.
async fn plain(address: SocketAddr, path: &str) -> Result<String> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let answer = client.get(format!("http://{address}{path}").parse()?).await?;
    if !answer.status().is_success() {
        return Err(format!("{path}: {}", answer.status()).into());
    }
    Ok(String::from_utf8(answer.into_body().collect().await?.to_bytes().to_vec())?)
}
