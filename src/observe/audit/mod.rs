//! The audit trail: one JSON line for each change that was asked for, whatever came of it, for each
//! request of a known token that was not let in, and for each configuration that came into force or did
//! not.
//!
//! A line names attributes and never holds their values. Strangers leave no line: they could fill the
//! disk. Lines go through a bounded queue to one
//! thread, so a slow disk delays no request. What cannot be written is counted and told at once:
//! [`AuditState::healthy`] turns false, and `Observation::AuditFailed` goes to the other readers.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Observation, Observer, Observers};

mod line;

use line::Line;

/// Lines that may wait. At a hundred changes a second, the disk may stand still for 80 s.
const QUEUE: usize = 8192;

/// How long a shutdown waits for the sink.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where audit lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    /// A file, appended to; made with mode 0600.
    File(PathBuf),
    /// The standard output.
    Stdout,
    /// The standard error.
    Stderr,
}

/// How the audit is doing; shared with `/metrics` and `/readyz`.
#[derive(Debug, Default)]
pub struct AuditState {
    written: AtomicU64,
    lost: AtomicU64,
    queued: AtomicU64,
    failing: AtomicBool,
}

impl AuditState {
    /// How many lines were written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// How many lines were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many lines wait for the writer.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.queued.load(Ordering::Relaxed)
    }

    /// False since the last line was lost, until one is written again.
    #[must_use]
    pub fn healthy(&self) -> bool {
        !self.failing.load(Ordering::Relaxed)
    }
}

enum Message {
    Line(Box<Line>),
    Reopen,
    Close,
}

/// The reader that keeps the trail.
#[derive(Debug)]
pub struct Audit {
    queue: SyncSender<Message>,
    state: Arc<AuditState>,
    alarm: Observers,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Audit {
    /// Opens the sink and starts the writer. `alarm` (log and metrics) is told of lines that are lost.
    ///
    /// # Errors
    /// When the file cannot be opened; the message names it.
    pub fn open(sink: Sink, alarm: Observers) -> io::Result<Self> {
        let output = open(&sink)?;
        let (queue, messages) = sync_channel(QUEUE);
        let state = Arc::new(AuditState::default());
        let writer = Writer { sink, output, seq: 0, state: state.clone(), alarm: alarm.clone() };
        let writer = std::thread::Builder::new().name("audit".to_owned()).spawn(move || writer.run(&messages))?;
        Ok(Self { queue, state, alarm, writer: Mutex::new(Some(writer)) })
    }

    /// How it is doing.
    #[must_use]
    pub fn state(&self) -> Arc<AuditState> {
        self.state.clone()
    }

    /// Opens the file again, after it was moved away by a rotation.
    pub fn reopen(&self) {
        // With a full queue the writer is stuck on the old file, and that has been told.
        let _ = self.queue.try_send(Message::Reopen);
    }

    /// Writes what waits and ends the writer. What is observed afterwards is lost, and told. A sink
    /// that takes nothing is given up after ten seconds; what waits is lost then.
    pub fn close(&self) {
        let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let until = Instant::now() + PATIENCE;
        let mut asked = self.queue.try_send(Message::Close).is_ok();
        while Instant::now() < until && !writer.is_finished() {
            std::thread::sleep(Duration::from_millis(5));
            asked = asked || self.queue.try_send(Message::Close).is_ok();
        }
        if writer.is_finished() {
            let _ = writer.join();
        } else {
            self.state.failing.store(true, Ordering::Relaxed);
            self.alarm.observe(&failure(self.state.queued(), "the sink takes nothing"));
        }
    }

    fn lose(&self, detail: &str) {
        lose(&self.state, &self.alarm, detail);
    }
}

impl Observer for Audit {
    fn observe(&self, fact: &Observation) {
        let Some(line) = Line::of(fact) else { return };
        self.state.queued.fetch_add(1, Ordering::Relaxed);
        match self.queue.try_send(Message::Line(Box::new(line))) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => self.lose("the queue is full"),
            Err(TrySendError::Disconnected(_)) => self.lose("the audit is closed"),
        }
        self.state.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The end of the queue.
struct Writer {
    sink: Sink,
    output: Box<dyn Write + Send>,
    seq: u64,
    state: Arc<AuditState>,
    alarm: Observers,
}

impl Writer {
    fn run(mut self, messages: &Receiver<Message>) {
        for message in messages {
            match message {
                Message::Line(line) => {
                    self.write(&line);
                    self.state.queued.fetch_sub(1, Ordering::Relaxed);
                }
                Message::Reopen => match open(&self.sink) {
                    Ok(output) => self.output = output,
                    Err(error) => self.alarm.observe(&failure(0, &error.to_string())),
                },
                Message::Close => break,
            }
        }
        if let Err(error) = self.output.flush() {
            self.alarm.observe(&failure(0, &error.to_string()));
        }
    }

    /// One `write` for each line, so that a rotation or a second reader never sees half of one.
    fn write(&mut self, line: &Line) {
        self.seq += 1;
        let mut text = line.to_json(self.seq).to_string();
        text.push('\n');
        match self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush()) {
            Ok(()) => {
                self.state.written.fetch_add(1, Ordering::Relaxed);
                self.state.failing.store(false, Ordering::Relaxed);
            }
            Err(error) => lose(&self.state, &self.alarm, &error.kind().to_string()),
        }
    }
}

fn lose(state: &AuditState, alarm: &Observers, detail: &str) {
    state.lost.fetch_add(1, Ordering::Relaxed);
    state.failing.store(true, Ordering::Relaxed);
    alarm.observe(&failure(1, detail));
}

fn failure(lost: u64, detail: &str) -> Observation {
    Observation::AuditFailed { lost, detail: detail.to_owned() }
}

fn open(sink: &Sink) -> io::Result<Box<dyn Write + Send>> {
    match sink {
        Sink::File(path) => Ok(Box::new(append_to(path)?)),
        Sink::Stdout => Ok(Box::new(io::stdout())),
        Sink::Stderr => Ok(Box::new(io::stderr())),
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let named = |error: io::Error| io::Error::new(error.kind(), format!("audit file `{}`: {error}", path.display()));
    options.open(path).map_err(named)
}
