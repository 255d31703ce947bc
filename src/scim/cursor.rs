//! Where a list goes on (RFC 9865), as the plain text of a cursor; sealing it is `correlation`'s.
//!
//! A cursor tells all that the next page needs, so the server remembers nothing. It is bound to the
//! query by being sealed together with the query's [`fingerprint`].

use super::{Query, ScimError, ScimType};

/// How long a cursor is good for, in seconds.
pub const CURSOR_TIMEOUT: i64 = 3600;

/// The place in a list from which the next page is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// After the record with this key; beside it how many there were in all when the list began.
    After {
        /// The application's key.
        key: String,
        /// How many there are.
        total: u64,
    },
    /// After as many as this.
    Offset(u64),
}

/// A cursor in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Where the list goes on.
    pub position: Position,
    /// Until when it is good for, in seconds since 1970.
    pub expires: i64,
}

impl Cursor {
    /// The text to seal.
    #[must_use]
    pub fn to_text(&self) -> String {
        match &self.position {
            Position::After { key, total } => format!("k {} {total} {key}", self.expires),
            Position::Offset(offset) => format!("o {} {offset}", self.expires),
        }
    }

    /// Reads what [`Cursor::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let (expires, rest) = rest.split_once(' ')?;
        let position = match kind {
            "k" => {
                let (total, key) = rest.split_once(' ')?;
                Position::After { key: key.to_owned(), total: total.parse().ok()? }
            }
            "o" => Position::Offset(rest.parse().ok()?),
            _ => return None,
        };
        Some(Self { position, expires: expires.parse().ok()? })
    }
}

/// What of a query must be the same on every page: resource type, filter and order.
#[must_use]
pub fn fingerprint(resource: &str, query: &Query) -> String {
    let filter = query.filter.as_ref().map(ToString::to_string).unwrap_or_default();
    let sort = query.sort.as_ref().map(|(path, order)| format!("{path} {order:?}")).unwrap_or_default();
    format!("cursor\n{resource}\n{sort}\n{filter}")
}

/// 400 `invalidCursor`: not ours, or of another query.
#[must_use]
pub fn invalid_cursor() -> ScimError {
    let detail = "`cursor` must be empty, or the `nextCursor` of the same query";
    ScimError::bad_request(ScimType::InvalidCursor, detail)
}

/// 400 `expiredCursor`.
#[must_use]
pub fn expired_cursor() -> ScimError {
    let detail = format!("`cursor` is older than {CURSOR_TIMEOUT} seconds; begin again with an empty one");
    ScimError::bad_request(ScimType::ExpiredCursor, detail)
}
