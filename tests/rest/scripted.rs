//! An application that answers what a test tells it to, byte for byte, right or wrong.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does when a request has come.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
}

/// What it does after the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Waits for the next request.
    Stay,
    /// Closes the connection.
    Close,
    /// Says nothing more, and does not close.
    Stall,
    /// Says the bytes one by one, with a pause after each.
    Drip,
}

pub(super) struct Scripted {
    pub(super) address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Starts on a free port; `script` turns a whole request (head and body) into a reply.
    pub(super) async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, script)
    }

    /// Starts on a listener.
    pub(super) fn on(listener: TcpListener, script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (shared, script) = (Arc::clone(&log), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, script) = (Arc::clone(&shared), Arc::clone(&script));
                tokio::spawn(async move {
                    let _ = converse(stream, &log, &*script).await;
                });
            }
        });
        Self { address, log }
    }

    /// The whole requests since the last time.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    /// `GET /path` and the body, if any, of each request since the last time.
    pub(super) fn calls(&self) -> Vec<String> {
        let line = |request: &String| {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1");
            if body.is_empty() { line.to_owned() } else { format!("{line} {body}") }
        };
        self.requests().iter().map(line).collect()
    }
}

/// A proper JSON answer.
pub(super) fn json(status: u16, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n");
    Reply { bytes: (head + body).into_bytes(), then: Then::Stay }
}

async fn converse(
    mut stream: TcpStream,
    log: &Mutex<Vec<String>>,
    script: &(dyn Fn(&str) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = end_of_request(&buffer) {
                break end;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let request = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let reply = script(&request);
        log.lock().unwrap().push(request);
        if reply.then == Then::Drip {
            for byte in &reply.bytes {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        } else {
            stream.write_all(&reply.bytes).await?;
        }
        match reply.then {
            Then::Stay | Then::Drip => {}
            Then::Close => return stream.shutdown().await,
            Then::Stall => std::future::pending().await,
        }
    }
}

pub(super) fn end_of_request(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    (buffer.len() >= head + length).then_some(head + length)
}
