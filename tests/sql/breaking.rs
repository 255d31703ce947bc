//! A way to a database that breaks at a word of the client's, before the database has heard it,
//! afterwards, or in between; the answer never comes.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// When the database hears the word at which the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Never,
    AtOnce,
    /// When the client has long asked elsewhere what came of it.
    Late,
}

/// Forwards to the server at `place` and breaks a connection whose client says `word`, that many times.
pub(crate) async fn breaking(place: String, word: &'static str, heard: Heard, times: u32) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let left = Arc::new(AtomicU32::new(times));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&place).await.unwrap();
            tokio::spawn(forward(client, server, word, heard, Arc::clone(&left)));
        }
    });
    port
}

async fn forward(client: TcpStream, server: TcpStream, word: &str, heard: Heard, left: Arc<AtomicU32>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
        let text = &buffer[..length];
        let said = text.windows(word.len()).any(|window| window == word.as_bytes());
        if said && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            answers.abort();
            drop(from_client);
            match heard {
                Heard::Never => return,
                Heard::AtOnce => {}
                Heard::Late => tokio::time::sleep(Duration::from_millis(300)).await,
            }
            to_server.write_all(text).await.unwrap();
            return;
        }
        to_server.write_all(text).await.unwrap();
    }
}

/// The address of a database as it is reached through a port.
pub(crate) fn through(url: &str, port: u16) -> String {
    let (account, rest) = url.rsplit_once('@').unwrap();
    let (_, name) = rest.split_once('/').unwrap();
    format!("{account}@127.0.0.1:{port}/{name}")
}

/// Where the server of an address listens.
pub(crate) fn place(url: &str) -> String {
    url.rsplit_once('@').unwrap().1.split('/').next().unwrap().to_owned()
}
