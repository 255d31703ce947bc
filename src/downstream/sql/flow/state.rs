//! Where a session stands: the same for every database that is asked over a connection.

/// How far a session's transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum State {
    /// No transaction.
    Plain,
    /// A transaction begins with the next batch.
    Due,
    /// In a transaction: should the job be dropped now, the connection is of no more use.
    Open,
}
