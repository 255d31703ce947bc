//! The pulse of one connection: what it is doing, and since when.
//!
//! hyper's header timeout also runs between two requests and would close a kept-alive connection
//! after it; a client's idle pool wants longer than a slow head deserves. So both clocks are here.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::Limits;

/// What a connection is doing. Shared between its bytes, its requests and its watch.
#[derive(Debug)]
pub(super) struct Pulse(Mutex<Beat>);

#[derive(Debug)]
struct Beat {
    in_flight: u32,
    since: Instant,
    reading_head: bool,
}

/// A request is under way as long as this lives.
#[derive(Debug)]
pub(super) struct Busy(Arc<Pulse>);

impl Pulse {
    /// `expecting`: true when the first head is due at once (HTTP/1.1), false for HTTP/2, whose
    /// connections are opened ahead of need.
    pub(super) fn start(expecting: bool) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Beat { in_flight: 0, since: Instant::now(), reading_head: expecting })))
    }

    /// None when the connection has `most` requests under way already. A stream that the client has
    /// reset counts until its work is done, so resetting streams buys nothing.
    pub(super) fn request(self: &Arc<Self>, most: u32) -> Option<Busy> {
        let admitted = self.with(|beat| {
            beat.reading_head = false;
            let admitted = beat.in_flight < most;
            beat.in_flight += u32::from(admitted);
            admitted
        });
        admitted.then(|| Busy(self.clone()))
    }

    /// When the connection has to go; none while a request is under way.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        self.with(|beat| {
            let allowed = if beat.reading_head { limits.header_read } else { limits.idle };
            (beat.in_flight == 0).then(|| beat.since + allowed)
        })
    }

    /// Ends when the connection has been slow or idle for too long.
    pub(super) async fn watch(&self, limits: &Limits) {
        let tick = (limits.header_read.min(limits.idle) / 4).clamp(Duration::from_millis(20), Duration::from_secs(1));
        while self.deadline(limits).is_none_or(|deadline| deadline > Instant::now()) {
            tokio::time::sleep(tick).await;
        }
    }

    fn bytes_came(&self) {
        self.with(|beat| {
            if beat.in_flight == 0 && !beat.reading_head {
                beat.reading_head = true;
                beat.since = Instant::now();
            }
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut Beat) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.with(|beat| {
            beat.in_flight -= 1;
            beat.since = Instant::now();
        });
    }
}

/// The bytes of a connection; tells the pulse when some arrive.
#[derive(Debug)]
pub(super) struct Felt<S> {
    stream: S,
    /// None for HTTP/2: pings are bytes, too, and no sign of a head.
    pulse: Option<Arc<Pulse>>,
}

impl<S> Felt<S> {
    pub(super) const fn new(stream: S, pulse: Option<Arc<Pulse>>) -> Self {
        Self { stream, pulse }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Felt<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before
            && let Some(pulse) = &self.pulse
        {
            pulse.bytes_came();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Felt<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
