//! Clients whose exchanges are data: `clients/*.toml`, each an order of requests as the client was
//! seen to send them, and what it needs of the answers.
//!
//! ```toml
//! name       = "Okta"
//! user_agent = "Okta SCIM Client 1.0.0"
//!
//! [[act]]
//! name = "assigned"
//! [[act.step]]
//! send   = 'GET /Users?filter=userName eq "{mark}-kim@example.com"'
//! status = [200, 404]                  # what the client takes
//! found  = 0                           # totalResults, with 200
//! [[act.step]]
//! send    = "POST /Users"
//! body    = '''{"userName": "{mark}-kim@example.com", "active": true}'''
//! status  = [201]
//! keep    = "kim"                      # the answer's id, `{kim}` from now on
//! answers = { active = true }          # attributes of the answer, paths as in a mapping table
//! [[act.step]]
//! send     = "PUT /Users/{kim}"
//! put_back = { active = false }        # the resource as it was read last, with this changed
//! status   = [200]
//! means    = "nobody is ever disabled" # what goes wrong in production, and what to change;
//! change   = "…"                       # what statuses mean everywhere need not be written
//! ```
//!
//! `page = true` says that the answer has to be a page of a list. `{mark}` is the rehearsal's mark,
//! `{secret}` a password. A step that needs an id which was never answered is passed over.
//!
//! Adding a client is a file and a line in [`CLIENTS`].

mod file;
mod play;

pub use play::play;

use crate::diagnostic::Problems;
use crate::value::Value;

/// The clients, by the names that the command takes.
pub const CLIENTS: &[(&str, &str)] = &[
    ("okta", include_str!("../clients/okta.toml")),
    ("onelogin", include_str!("../clients/onelogin.toml")),
    ("jumpcloud", include_str!("../clients/jumpcloud.toml")),
];

/// A client.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its name, for people.
    pub name: String,
    user_agent: Option<String>,
    acts: Vec<(String, Vec<Step>)>,
}

/// One request, and what the client needs of the answer.
#[derive(Debug, Clone)]
struct Step {
    method: &'static str,
    path: String,
    body: Option<Value>,
    put_back: Vec<(String, Value)>,
    status: Vec<u16>,
    found: Option<i64>,
    page: bool,
    keep: Option<String>,
    answers: Vec<(String, Value)>,
    means: Option<String>,
    change: Option<String>,
}

impl Script {
    /// The client called `name`; `None` when there is none, or when its file has problems.
    pub fn named(name: &str, problems: &mut Problems) -> Option<Self> {
        let (_, text) = CLIENTS.iter().find(|(client, _)| *client == name)?;
        file::read(&crate::diagnostic::SourceFile::new(format!("{name}.toml"), *text), problems)
    }
}
