//! A server that speaks as much of TDS 7.4 (MS-TDS) as the driver needs, and answers what a test says.
//!
//! It knows no SQL. Whatever it is asked it writes down, so that a test sees what would have been run.

use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::encrypted::Identity;
use super::wire::{self, Cell, Reader, Writer};

/// What is answered to a statement.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Rows of columns of these types.
    Rows(Vec<Vec<Cell>>),
    /// Sets of rows, one after the other.
    Sets(Vec<Vec<Vec<Cell>>>),
    /// Nothing but that it is done.
    Done,
    /// An error with this number.
    Error(u32, String),
    /// Nothing, ever.
    Silence,
    /// The end of the connection.
    HangUp,
}

/// A statement as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) text: String,
    pub(super) parameters: Vec<String>,
}

/// How the server treats those who come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Door {
    /// `scim` with the password `secret` comes in.
    #[default]
    Open,
    /// Nobody is answered.
    Silent,
    /// Who comes in is sent on to this port.
    Elsewhere(u16),
    /// The same as open, and a connection is closed once it has been answered so often.
    Closing(usize),
}

/// A server on a port of its own.
pub(super) struct Peer {
    pub(super) port: u16,
    log: Arc<Mutex<Log>>,
    serving: tokio::task::JoinHandle<()>,
}

/// What happened so far.
#[derive(Default)]
struct Log {
    asked: Vec<Asked>,
    connections: usize,
    logins: Vec<(String, String, String)>,
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Peer {
    /// A server that answers by the script; what begins, ends or sets up a session it answers by itself
    /// unless the script says otherwise.
    pub(super) async fn start(door: Door, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_as(None, door, script).await
    }

    /// The same, encrypted where it has an identity.
    pub(super) async fn start_as(
        identity: Option<Arc<Identity>>,
        door: Door,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (log, script): (Arc<Mutex<Log>>, Arc<Script>) = (Arc::default(), Arc::new(script));
        let kept = Arc::clone(&log);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                log.lock().unwrap().connections += 1;
                let (log, script, identity) = (Arc::clone(&log), Arc::clone(&script), identity.clone());
                tokio::spawn(async move { greet(stream, identity, door, &log, &*script).await.ok() });
            }
        });
        Self { port, log: kept, serving }
    }

    pub(super) fn url(&self) -> String {
        self.url_with("secret")
    }

    pub(super) fn url_with(&self, password: &str) -> String {
        format!("mssql://scim:{password}@127.0.0.1:{}/crm", self.port)
    }

    /// What was asked, oldest first, without what sets a session up and describes statements.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let asked = self.log.lock().unwrap().asked.clone();
        let own = |asked: &Asked| !asked.text.starts_with("SET ") && !asked.text.starts_with("SELECT system_type_name");
        asked.into_iter().filter(own).collect()
    }

    /// Everything that was asked.
    pub(super) fn everything(&self) -> Vec<Asked> {
        self.log.lock().unwrap().asked.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.log.lock().unwrap().connections
    }

    /// User, password and database of those who came.
    pub(super) fn logins(&self) -> Vec<(String, String, String)> {
        self.log.lock().unwrap().logins.clone()
    }
}

const BATCH: u8 = 1;
const RPC: u8 = 3;
const LOGIN: u8 = 16;
pub(super) const PRELOGIN: u8 = 18;

async fn greet(
    mut stream: TcpStream,
    identity: Option<Arc<Identity>>,
    door: Door,
    log: &Mutex<Log>,
    script: &Script,
) -> io::Result<()> {
    assert_eq!(read_message(&mut stream).await?.0, PRELOGIN);
    if door == Door::Silent {
        return std::future::pending().await;
    }
    write_message(&mut stream, &wire::prelogin(identity.is_some())).await?;
    match identity {
        Some(identity) => serve(identity.accept(stream).await?, door, log, script).await,
        None => serve(stream, door, log, script).await,
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    door: Door,
    log: &Mutex<Log>,
    script: &Script,
) -> io::Result<()> {
    let mut answered = 0;
    loop {
        let (kind, message) = read_message(&mut stream).await?;
        let answer = match kind {
            LOGIN => {
                let login = wire::login(&message);
                log.lock().unwrap().logins.push(login.clone());
                if (login.0.as_str(), login.1.as_str()) != ("scim", "secret") {
                    write_message(&mut stream, &wire::error(18456, "Login failed for user 'scim'.")).await?;
                    return Ok(());
                }
                if login.2 != "crm" {
                    let message = format!("Cannot open database \"{}\" requested by the login.", login.2);
                    write_message(&mut stream, &wire::error(4060, &message)).await?;
                    return Ok(());
                }
                match door {
                    Door::Elsewhere(port) => wire::routed(port),
                    _ => wire::login_ack(),
                }
            }
            BATCH | RPC => {
                let asked = if kind == BATCH { batch(&message) } else { rpc(&message) };
                let reply = script(&asked);
                log.lock().unwrap().asked.push(asked.clone());
                answered += 1;
                match reply {
                    Reply::Rows(rows) => wire::sets(&[rows]),
                    Reply::Sets(sets) => wire::sets(&sets),
                    Reply::Done => wire::done(&asked.text),
                    Reply::Error(number, message) => wire::error(number, &message),
                    Reply::Silence => continue,
                    Reply::HangUp => return Ok(()),
                }
            }
            other => panic!("a message of kind {other}"),
        };
        write_message(&mut stream, &answer).await?;
        if matches!(door, Door::Closing(after) if answered >= after) {
            return Ok(());
        }
    }
}

async fn read_message(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let mut message = Vec::new();
    loop {
        let mut header = [0; 8];
        stream.read_exact(&mut header).await?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]])) - 8;
        let start = message.len();
        message.resize(start + length, 0);
        stream.read_exact(&mut message[start..]).await?;
        if header[1] & 1 == 1 {
            return Ok((header[0], message));
        }
    }
}

async fn write_message(stream: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> io::Result<()> {
    let packets: Vec<&[u8]> = message.chunks(4088).collect();
    for (at, packet) in packets.iter().enumerate() {
        let last = u8::from(at + 1 == packets.len());
        let length = u16::try_from(packet.len() + 8).unwrap().to_be_bytes();
        let number = u8::try_from(at % 256).unwrap();
        stream.write_all(&[&[4, last, length[0], length[1], 0, 0, number, 0], *packet].concat()).await?;
    }
    stream.flush().await
}

fn batch(message: &[u8]) -> Asked {
    let mut reader = Reader::after_headers(message);
    Asked { text: reader.rest_as_text(), parameters: Vec::new() }
}

/// `sp_executesql` with the statement, the types of the parameters and their values.
fn rpc(message: &[u8]) -> Asked {
    let mut reader = Reader::after_headers(message);
    assert_eq!((reader.u16(), reader.u16()), (0xffff, 10), "sp_executesql");
    reader.u16();
    let mut values = Vec::new();
    while !reader.is_empty() {
        reader.parameter_name();
        reader.u8();
        values.push(reader.typed_value());
    }
    let text = values.remove(0);
    // The types of the parameters, which follow from the values.
    values.remove(0);
    Asked { text, parameters: values }
}

/// A writer that begins with a token.
pub(super) fn token(kind: u8) -> Writer {
    let mut writer = Writer::default();
    writer.u8(kind);
    writer
}
