//! Whether a transaction took place whose COMMIT was sent and not answered.
//!
//! A database that keeps a record of transactions is asked about the transaction. Of any other the
//! stored record is read, under a lock that waits for the transaction's end: for as long as it is
//! open, nothing that is read says what will come of it.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::layout::Layout;
use super::super::statement::Statements;
use super::read::Reading;
use super::{Fault, Job, Outcome, Session, Transaction, Work, run_one};
use crate::plan::{MembersChange, Want};
use crate::record::{Record, RecordKey};

/// What is known of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Settled {
    /// It took place.
    Done,
    /// It did not, and never will.
    Undone,
    /// It has not ended yet.
    Open,
    /// Nobody can tell.
    Unknown,
}

/// Asks until the answer is known, as long as `patience` lasts.
///
/// # Errors
/// `Lost` when the transaction did not take place, so that it may be tried again; `Unsettled` when it
/// stays unknown.
pub(in super::super) async fn settled<F, A>(detail: String, patience: Duration, ask: F) -> Result<(), Fault>
where
    F: Fn() -> A,
    A: Future<Output = Result<Settled, Fault>>,
{
    let until = Instant::now() + patience;
    let mut pause = Duration::from_millis(20);
    loop {
        match ask().await {
            Ok(Settled::Done) => return Ok(()),
            Ok(Settled::Undone) => return Err(Fault::Lost(detail)),
            Ok(Settled::Open) => {}
            // The database is on its way back.
            Err(fault) if fault.may_pass() => {}
            Ok(Settled::Unknown) | Err(_) => return Err(Fault::Unsettled(detail)),
        }
        if Instant::now() + pause > until {
            return Err(Fault::Unsettled(detail));
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// Carries a job out in a transaction that is still to be made final; undoes it when it fails.
///
/// # Errors
/// The job's own.
pub(in super::super) async fn worked<T: Transaction>(job: &Job, mut transaction: T) -> Result<(T, Outcome), Fault> {
    match job.perform(&mut transaction).await {
        Ok(outcome) => Ok((transaction, outcome)),
        Err(fault) => {
            transaction.roll_back().await;
            Err(fault)
        }
    }
}

/// Carries a job out in a transaction of a database that keeps no record of transactions: after a
/// COMMIT without an answer, what is stored tells.
///
/// # Errors
/// The job's own, and those of [`settled`].
pub(in super::super) async fn transacted<T, B>(
    job: &Job,
    patience: Duration,
    begin: impl Fn() -> B,
) -> Result<Outcome, Fault>
where
    T: Transaction,
    B: Future<Output = Result<T, Fault>>,
{
    let (transaction, outcome) = worked(job, begin().await?).await?;
    let look = || async {
        let mut other = begin().await?;
        let found = job.look(&mut other, &outcome).await;
        other.roll_back().await;
        found
    };
    match transaction.commit().await {
        Ok(()) => {}
        Err(Fault::Unsettled(detail)) => settled(detail, patience, look).await?,
        Err(fault) => return Err(fault),
    }
    Ok(outcome)
}

impl Job {
    /// What the stored record says of this job's own transaction, which came to `outcome`. Runs in a
    /// transaction, which the caller ends.
    async fn look(&self, session: &mut dyn Session, outcome: &Outcome) -> Result<Settled, Fault> {
        let (all, layout) = (self.statements(), self.layout()?);
        // What statements of the mapping change need not be the rows that are read, nor can a view be locked.
        if layout.distinct || !layout.writes_rows() {
            return Ok(Settled::Unknown);
        }
        match (&*self.work, outcome) {
            (Work::Insert(_), Outcome::Record(Some(made))) => {
                Ok(compared(session, all, layout, made).await?.unwrap_or(Settled::Undone))
            }
            // Members are no part of the record that is compared.
            (Work::Update(plan), Outcome::Record(Some(made))) if plan.members == MembersChange::None => {
                Ok(compared(session, all, layout, made).await?.unwrap_or(Settled::Unknown))
            }
            (Work::Delete(_), Outcome::Deleted(false)) => Ok(Settled::Done),
            (Work::Delete(plan), _) if layout.mark.is_none() => {
                Ok(if is_there(session, all, layout, &plan.key).await? { Settled::Undone } else { Settled::Done })
            }
            _ => Ok(Settled::Unknown),
        }
    }
}

/// Done when the record is stored as it was written; `None` when there is no such record. One that
/// differs may be the one before or a later one.
async fn compared(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    made: &Record,
) -> Result<Option<Settled>, Fault> {
    if !is_there(session, all, layout, &made.key).await? {
        return Ok(None);
    }
    let Some(key) = all.key(layout, &made.key) else { return Ok(None) };
    let reading = Reading::new(all, layout, Want::default());
    let answers = session.run(reading.statements(&made.key, key)).await?;
    let stored = reading.finish(session, answers).await?;
    Ok(stored.map(|stored| if stored.fields == made.fields { Settled::Done } else { Settled::Unknown }))
}

/// Waits for whoever works on the record.
async fn is_there(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    key: &RecordKey,
) -> Result<bool, Fault> {
    let Some(key) = all.key(layout, key) else { return Ok(false) };
    Ok(!run_one(session, all.lock(layout, &key, None)).await?.rows.is_empty())
}
