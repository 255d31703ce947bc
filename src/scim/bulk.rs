//! Bulk (RFC 7644 §3.7): the message. Switched off until the gateway walks it.

use crate::value::Value;

/// A bulk request.
#[derive(Debug, Clone)]
pub struct BulkRequest {
    /// Stop after as many errors.
    pub fail_on_errors: Option<u64>,
    /// The operations as sent.
    pub operations: Vec<Value>,
}
