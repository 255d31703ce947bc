//! The applications of `tests/seeds/apps`: a process of Python over a SQLite file in the test's own
//! folder, so that nothing has to be there before, and what they hold in the end is known.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use postern::server::Token;
use serde_json::Value;

use super::client::Client;
use super::process::{Folder, Postern, Process, free_address};
use super::target::Target;

/// What each of them wants of the gateway; on loopback, and for tests only.
const SECRET: &str = "the-gateways-own-credential-0000";

/// One of them, as it runs.
pub(crate) struct Legacy {
    name: &'static str,
    folder: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl Legacy {
    pub(crate) fn start(name: &'static str, folder: &Folder) -> Self {
        let mut started = Self { name, folder: folder.0.clone(), address: free_address(), process: None };
        started.run();
        started
    }

    /// What the mapping reads of the environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("APPLICATION_URL", format!("http://{}", self.address)), ("APPLICATION_SECRET", SECRET.to_owned())]
    }

    /// Starts it, with what it left on the disk.
    pub(crate) fn run(&mut self) {
        let mut command = command(self.name, &self.folder);
        command.args(["--port", &self.address.port().to_string()]);
        let mut process = Process::of(&mut command, &self.folder, "application");
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(self.address).is_err() {
            assert!(!process.has_ended() && Instant::now() < until, "{} does not start", self.name);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.process = Some(process);
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        drop(self.process.take());
    }
}

fn command(name: &str, folder: &Path) -> Command {
    let script = format!("{}/tests/seeds/apps/{}.py", env!("CARGO_MANIFEST_DIR"), name.replace('-', "_"));
    let mut command = Command::new("python3");
    command.args(["-B", &script, "--database"]).arg(database(folder)).env("APPLICATION_SECRET", SECRET);
    command
}

pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("application.db")
}

/// All that it holds.
pub(crate) fn dump(name: &str, folder: &Path) -> Value {
    let output = command(name, folder).arg("--dump").output().unwrap();
    assert!(output.status.success(), "{name} --dump: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `user NAME` and `group NAME`, by what each calls people and groups. Of several rows with one address
/// the last is meant: the one before was deleted.
pub(super) fn ask(name: &str, folder: &Path, kind: &str, what: &str) -> Value {
    let all = dump(name, folder);
    let (lists, keys) = match kind {
        "user" => (["users", "users"], ["email", "userId"]),
        "group" => (["groups", "teams"], ["name", "name"]),
        _ => panic!("`{kind}` is no question"),
    };
    let records = lists.iter().find_map(|list| all[list].as_array()).unwrap();
    let is_it = |record: &&Value| record["deleted"] != true && keys.iter().any(|key| record[key] == what);
    records.iter().rfind(is_it).cloned().unwrap_or(Value::Null)
}

/// A doing of its administrator, past the gateway.
pub(crate) fn act(folder: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(database(folder)).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection.execute_batch(sql).unwrap();
}

/// Compares all that it holds with `tests/seeds/golden/NAME.json`.
pub(super) fn compare(name: &str, postern: &Postern) {
    let path = format!("{}/tests/seeds/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let came = format!("{}\n", serde_json::to_string_pretty(&dump(name, &postern.folder.0)).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &came).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(came == golden, "{name} holds other things than {path}, which UPDATE=1 writes:\n{came}");
}

/// It is killed: the client is told to come again, and nothing that was said to be done is lost.
pub(super) async fn outage(name: &'static str, person: &str, filter: &str) {
    let mut postern = Target::Legacy(name).start().await;
    let made = postern.client.send("POST", "/Users", Some(person)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/Users/{}", made.body["id"].as_str().unwrap());
    let disable = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}"#;

    postern.application.as_mut().unwrap().kill();
    for (method, path, body) in
        [("GET", filter, None), ("PATCH", &path, Some(disable)), ("POST", "/Users", Some(person))]
    {
        let reply = postern.client.send(method, path, body).await;
        reply.assert_scim_error(503);
        assert!(reply.header("retry-after").is_some(), "{reply:?}");
    }

    postern.application.as_mut().unwrap().run();
    let until = Instant::now() + Duration::from_secs(30);
    let mut reply = postern.client.send("PATCH", &path, Some(disable)).await;
    while reply.status == 503 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
        reply = postern.client.send("PATCH", &path, Some(disable)).await;
    }
    assert_eq!((reply.status, &reply.body["active"]), (200, &Value::Bool(false)), "{reply:?}");
    let found = postern.client.send("GET", filter, None).await;
    assert_eq!((found.status, &found.body["totalResults"]), (200, &1.into()), "{found:?}");
}

/// What people made in the data-quality platform for themselves lets an administrator's client in, and
/// nobody else's.
pub(super) async fn personal_tokens() {
    let mut postern = Target::Legacy("data-quality").start().await;
    let mut owners = String::new();
    for (id, role, status, revoked) in [
        (1, "Admin", "active", 0),
        (2, "Member", "active", 0),
        (3, "Admin", "deactivated", 0),
        (4, "Admin", "active", 1),
    ] {
        let hash = Token::hash_in_hex(&token_of(id));
        owners += &format!(
            "INSERT INTO users (id, email, name, status, role, attributes) VALUES ({id}, '{id}@fabrikam.example', 'N', '{status}', '{role}', '{{}}');
             INSERT INTO tokens VALUES ('{hash}', {id}, {revoked});"
        );
    }
    act(&postern.folder.0, &owners);
    for (id, status) in [(1, 200), (2, 401), (3, 401), (4, 401), (5, 401)] {
        let reply = client(&postern, &token_of(id)).send("GET", "/Users?count=0", None).await;
        assert_eq!(reply.status, status, "token of {id}: {reply:?}");
    }
    // Nobody knows whose the next one is: no reason to call a client a stranger.
    postern.application.as_mut().unwrap().kill();
    let reply = client(&postern, &token_of(6)).send("GET", "/Users?count=0", None).await;
    reply.assert_scim_error(503);
}

fn token_of(id: u32) -> String {
    format!("personal-token-number-{id}")
}

fn client(postern: &Postern, token: &str) -> Client {
    let text = |name| fs::read_to_string(postern.folder.file(name)).unwrap();
    let configuration: toml::Table = toml::from_str(&text("postern.toml")).unwrap();
    let listen = configuration["server"]["listen"].as_str().unwrap().parse().unwrap();
    Client::new(listen, configuration["tenant"][0]["path"].as_str().unwrap(), token, text("tls.crt").as_bytes())
}
