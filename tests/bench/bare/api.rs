//! A REST API without the gateway: the calls that `postern explain` shows, on connections that stay open.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::Result;
use crate::measure::{Lane, Target};
use crate::operation::{Operation, People, Subject};
use crate::process::Postern;

/// One operation's calls of an application.
pub(crate) struct Api {
    address: SocketAddr,
    operation: Operation,
    people: Arc<People>,
    calls: Arc<[Call]>,
}

/// A call with places for what differs from turn to turn.
struct Call {
    method: Method,
    path: String,
    body: String,
}

const KEY: &str = "<key>";
const TEAM: &str = "<team>";
const WORD: &str = "<word>";
/// Stands in an explained text for the word of a turn.
const EXAMPLE: &str = "exampleword";

impl Api {
    /// The calls of an operation, asked of the gateway.
    pub(crate) fn new(
        address: SocketAddr,
        operation: Operation,
        postern: &Postern,
        people: Arc<People>,
    ) -> Result<Self> {
        let subject = people.example(operation, EXAMPLE);
        let lines = postern.explain(&operation.asked(&subject))?;
        let calls: Vec<Call> = lines.iter().filter_map(|line| call(line, &subject)).collect();
        if calls.is_empty() {
            return Err(format!("explain shows no call for {}", operation.title()).into());
        }
        Ok(Self { address, operation, people, calls: calls.into() })
    }

    /// How many calls it takes.
    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }
}

/// `POST /people {"login":"x"}`
fn call(line: &str, subject: &Subject<'_>) -> Option<Call> {
    let (method, rest) = line.split_once(' ')?;
    let method = [Method::GET, Method::POST, Method::PATCH].into_iter().find(|known| known.as_str() == method)?;
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    let place = |text: &str| match text {
        text if text == subject.person.key.to_string() => KEY.to_owned(),
        text if text == subject.team.key.to_string() => TEAM.to_owned(),
        text if !subject.word.is_empty() => text.replace(&encoded(&subject.word), WORD).replace(&subject.word, WORD),
        text => text.to_owned(),
    };
    let path = path.split('/').map(place).collect::<Vec<_>>().join("/");
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    for value in body.as_object_mut().into_iter().flat_map(|object| object.values_mut()) {
        *value = match &*value {
            Value::Number(number) => Value::String(place(&number.to_string())),
            Value::String(text) => Value::String(place(text)),
            other => other.clone(),
        };
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Some(Call { method, path, body })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().replace("%2E", ".")
}

#[async_trait]
impl Target for Api {
    async fn lane(&self) -> Result<Box<dyn Lane>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let (operation, people, calls) = (self.operation, Arc::clone(&self.people), Arc::clone(&self.calls));
        Ok(Box::new(ApiLane { sender, host: self.address.to_string(), operation, people, calls }))
    }
}

struct ApiLane {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
    operation: Operation,
    people: Arc<People>,
    calls: Arc<[Call]>,
}

#[async_trait]
impl Lane for ApiLane {
    async fn ask(&mut self, turn: u64) -> Result<()> {
        let subject = self.people.of(self.operation, turn);
        for call in &*self.calls {
            let request = call.request(&self.host, &subject)?;
            self.sender.ready().await?;
            let answer = self.sender.send_request(request).await?;
            let status = answer.status();
            // Read as JSON, as every client would.
            let body = answer.into_body().collect().await?.to_bytes();
            if !body.is_empty() {
                serde_json::from_slice::<Value>(&body)?;
            }
            if !status.is_success() {
                return Err(format!("{} {}: {status}", call.method, call.path).into());
            }
        }
        Ok(())
    }
}

impl Call {
    fn request(&self, host: &str, subject: &Subject<'_>) -> Result<Request<Full<Bytes>>> {
        let (key, team) = (subject.person.key.to_string(), subject.team.key.to_string());
        let path = self.path.replace(KEY, &key).replace(TEAM, &team).replace(WORD, &encoded(&subject.word));
        let body = self.body.replace(&format!("\"{KEY}\""), &key).replace(WORD, &subject.word);
        let request = Request::builder()
            .method(self.method.clone())
            .uri(path)
            .header("host", host)
            .header("authorization", "Bearer of-the-benchmark")
            .header("content-type", "application/json");
        Ok(request.body(Full::new(Bytes::from(body)))?)
    }
}
