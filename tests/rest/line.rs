//! A line between the gateway and an application that fails on demand: a proxy for TCP that knows
//! where a message of HTTP/1.1 ends, and nothing more of it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::scripted::end_of_request as end_of_message;

/// How the line fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The answer comes late, but in time.
    Slow,
    /// The request is delivered, and no answer ever comes.
    Stall,
    /// The connection is reset before anything is delivered.
    Reset,
    /// The request is delivered, and the connection is reset instead of the answer.
    LostAnswer,
    /// The request is delivered, and the answer breaks off.
    HalfAnswer,
    /// The request is delivered after the client has given up, before it tries again.
    LateBeforeRetry,
    /// The request is delivered after the client has tried again.
    LateAfterRetry,
}

#[derive(Default)]
struct State {
    fault: Option<(Fault, &'static str)>,
    failed: usize,
    late: Vec<Vec<u8>>,
}

pub(super) struct Line {
    pub(super) address: SocketAddr,
    to: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Line {
    /// A line to an application, which does not fail yet.
    pub(super) async fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = carry(stream, to, &state).await;
                });
            }
        });
        Self { address, to, state }
    }

    /// From now on every request of a method meets the fault.
    pub(super) fn fail(&self, fault: Fault, method: &'static str) {
        self.state.lock().unwrap().fault = Some((fault, method));
    }

    pub(super) fn heal(&self) {
        self.state.lock().unwrap().fault = None;
    }

    /// How many requests met a fault.
    pub(super) fn failed(&self) -> usize {
        self.state.lock().unwrap().failed
    }

    /// Delivers what was held back.
    pub(super) async fn deliver_late(&self) {
        let late = std::mem::take(&mut self.state.lock().unwrap().late);
        for request in late {
            let _ = exchange(self.to, &request).await;
        }
    }
}

async fn carry(mut stream: TcpStream, to: SocketAddr, state: &Mutex<State>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = message(&mut stream, &mut buffer).await? else { return Ok(()) };
        let fault = {
            let mut state = state.lock().unwrap();
            let fault =
                state.fault.filter(|(_, method)| request.starts_with(method.as_bytes())).map(|(fault, _)| fault);
            state.failed += usize::from(fault.is_some());
            fault
        };
        match fault {
            None => stream.write_all(&exchange(to, &request).await?).await?,
            Some(Fault::Slow) => {
                let answer = exchange(to, &request).await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
                stream.write_all(&answer).await?;
            }
            Some(Fault::Reset) => return reset(&stream),
            Some(Fault::LostAnswer) => {
                exchange(to, &request).await?;
                return reset(&stream);
            }
            Some(Fault::HalfAnswer) => {
                let answer = exchange(to, &request).await?;
                stream.write_all(&answer[..answer.len() / 2]).await?;
                return stream.shutdown().await;
            }
            Some(Fault::Stall) => {
                exchange(to, &request).await?;
                return until_closed(&mut stream).await;
            }
            Some(Fault::LateBeforeRetry | Fault::LateAfterRetry) => {
                state.lock().unwrap().late.push(request);
                return until_closed(&mut stream).await;
            }
        }
    }
}

/// Closing with a linger of zero sends RST instead of FIN.
fn reset(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_zero_linger()
}

async fn until_closed(stream: &mut TcpStream) -> std::io::Result<()> {
    while stream.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

/// Delivers a request on a connection of its own and gives the whole answer.
async fn exchange(to: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(request).await?;
    Ok(message(&mut stream, &mut Vec::new()).await?.unwrap_or_default())
}

/// The next whole message; `None` at the end.
async fn message(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(end) = end_of_message(buffer) {
            return Ok(Some(buffer.drain(..end).collect()));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}
