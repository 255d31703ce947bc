//! A relay before a server, which can be cut: to the gateway the server is then away.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(super) struct Relay {
    pub(super) address: SocketAddr,
    cut: CancellationToken,
}

impl Relay {
    /// Passes on what comes in, until it is cut.
    pub(super) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cut = CancellationToken::new();
        let until = cut.clone();
        tokio::spawn(async move {
            let mut open = JoinSet::new();
            let accepts = async {
                loop {
                    let (mut one, _) = listener.accept().await.unwrap();
                    let server = server.clone();
                    open.spawn(async move {
                        let mut other = TcpStream::connect(&server).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
                    });
                }
            };
            tokio::select! { () = accepts => {} , () = until.cancelled() => {} }
        });
        Self { address, cut }
    }

    pub(super) fn cut(&self) {
        self.cut.cancel();
    }
}
