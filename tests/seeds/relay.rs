//! A way to a database that can be closed and opened again, as a network can: what the gateway of a
//! scenario sees of an outage, while other tests go on using the same server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Forwards a port of loopback to a server.
pub(super) struct Relay {
    pub(super) port: u16,
    open: Arc<AtomicBool>,
    closing: Arc<Notify>,
}

impl Relay {
    pub(super) async fn to(place: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            open: Arc::new(AtomicBool::new(true)),
            closing: Arc::new(Notify::new()),
        };
        let (open, closing) = (Arc::clone(&relay.open), Arc::clone(&relay.closing));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if open.load(Ordering::SeqCst) {
                    tokio::spawn(forward(client, place.clone(), Arc::clone(&closing)));
                }
            }
        });
        relay
    }

    /// Breaks what is connected, and whatever connects from now on.
    pub(super) fn close(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.closing.notify_waiters();
    }

    pub(super) fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

async fn forward(mut client: TcpStream, place: String, closing: Arc<Notify>) {
    let Ok(mut server) = TcpStream::connect(&place).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        () = closing.notified() => {}
    }
}
