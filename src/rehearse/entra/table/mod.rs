//! What an administrator set up in Entra: which attribute is sent where, how objects are found, who
//! is in scope.
//!
//! ```toml
//! flavour = "classic"                # or "aadOptscim062020", as behind the tenant URL
//! scope   = "assigned"               # or "all"
//!
//! [[user]]
//! target = "userName"
//! source = "userPrincipalName"       # or expr = 'ToLower([userPrincipalName])'
//! match  = 1                         # the lowest first
//! [[user]]
//! target  = "userType"
//! source  = "companyName"
//! default = "Standard"               # sent where there is nothing, only with a new object
//! apply   = "create"                 # sent only with a new object; "always" where nothing is written
//! [[user]]
//! target    = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
//! source    = "manager"
//! reference = true                   # the id of another object, in a second step
//! [[group]]
//! target = "displayName"
//! source = "displayName"
//! match  = 1
//! [[group]]
//! target    = "members"
//! reference = true
//! ```
//!
//! `multi = true` says that a target takes a list. `skip_out_of_scope_deletions = true` and
//! `delete = false` are Entra's settings of those names. Also reads Entra's own export (JSON).

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, SourceFile, Span};
use crate::expr::{self, Expression};
use crate::value::Value;

use super::target::Target;

mod export;
mod file;

/// The mapping table of a provisioning job.
#[derive(Debug, Clone)]
pub struct MappingTable {
    /// How PATCH is spoken.
    pub flavour: Flavour,
    /// Who is provisioned.
    pub scope: Scope,
    /// Nothing is done about who leaves the scope.
    pub skip_out_of_scope_deletions: bool,
    /// "Delete" is among the target object actions.
    pub deletes: bool,
    /// The rows of users.
    pub users: Vec<Row>,
    /// The rows of groups; groups are not provisioned without one.
    pub groups: Vec<Row>,
}

/// One row of attribute mappings.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where the value goes.
    pub target: Target,
    /// What the value is; for a reference, whose.
    pub source: Source,
    /// The precedence by which objects are found; `None` when they are not.
    pub matching: Option<u64>,
    /// What a new object gets where there is no value.
    pub default: Option<Value>,
    /// When it flows.
    pub apply: Apply,
    /// The target takes a list.
    pub multi: bool,
}

/// Where a row's value comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// An expression over the source's attributes.
    Value(Box<Expression>),
    /// The attribute that holds the object ids of others.
    Reference(String),
}

/// When a row flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply {
    /// With every change.
    Always,
    /// Only with a new object.
    Create,
}

/// The two ways in which Entra speaks PATCH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// What tenants get who ask for nothing: capitals, `"False"` as a text, members by value list.
    Classic,
    /// `?aadOptscim062020` behind the tenant URL: by the RFC's letter.
    Flagged,
}

/// Who is provisioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Assigned people and groups, and direct members of assigned groups.
    Assigned,
    /// Everybody.
    All,
}

impl Flavour {
    /// All of them, by name.
    pub const ALL: &'static [(&'static str, Self)] = &[("classic", Self::Classic), ("aadOptscim062020", Self::Flagged)];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Flagged => "aadOptscim062020",
        }
    }
}

impl MappingTable {
    /// Reads a table of ours (TOML), or what Entra exported (JSON); notes every problem. `None` when
    /// it cannot be used.
    pub fn parse(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Self> {
        let mut own = Problems::new();
        let is_json = file.text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let table = if is_json { export::read(file, &mut own) } else { file::read(file, &mut own) };
        let table = table.filter(|_| !own.has_errors());
        if let Some(table) = &table {
            table.report_unmatched(file, &mut own);
        }
        let usable = !own.has_errors();
        problems.extend(own);
        table.filter(|_| usable)
    }

    /// The table that Entra starts an application with that is not in its gallery.
    #[must_use]
    pub fn standard() -> Self {
        let file = SourceFile::new("standard.entra.toml", include_str!("../standard.entra.toml"));
        Self::parse(&file, &mut Problems::new()).unwrap_or(Self {
            flavour: Flavour::Classic,
            scope: Scope::Assigned,
            skip_out_of_scope_deletions: false,
            deletes: true,
            users: Vec::new(),
            groups: Vec::new(),
        })
    }

    /// Entra lets nobody save a table that finds nobody.
    fn report_unmatched(&self, file: &Arc<SourceFile>, problems: &mut Problems) {
        for (what, rows, needed) in [("user", &self.users, true), ("group", &self.groups, !self.groups.is_empty())] {
            if needed && !rows.iter().any(|row| row.matching.is_some()) {
                let span = Span::new(file, 0..0);
                let message = format!("no row of `[[{what}]]` has `match`, so no {what} would ever be found");
                let help = "`match = 1` on the row whose values are unique";
                problems.push(Diagnostic::error(Code::NO_MATCH, &span, message).help(help));
            }
        }
    }

    /// The row that says whether a person is active: one that looks at `IsSoftDeleted`.
    #[must_use]
    pub fn disables(&self) -> bool {
        self.users.iter().any(Row::disables)
    }
}

impl Row {
    /// True when the row follows from a person's leaving.
    #[must_use]
    pub fn disables(&self) -> bool {
        self.target.is_active()
            && matches!(&self.source, Source::Value(expression)
            if expression.references().iter().any(|reference| is_left(&reference.name)))
    }

    /// True for the id of another object.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        matches!(self.source, Source::Reference(_))
    }
}

/// True for what says that somebody left: the derived attribute, or the account's own switch.
fn is_left(name: &str) -> bool {
    name.eq_ignore_ascii_case("IsSoftDeleted") || name.eq_ignore_ascii_case("accountEnabled")
}

/// The rows of a resource, by precedence.
#[must_use]
pub(super) fn by_precedence(rows: &[Row]) -> Vec<&Row> {
    let mut matching: Vec<&Row> = rows.iter().filter(|row| row.matching.is_some()).collect();
    matching.sort_by_key(|row| row.matching);
    matching
}

/// Compiles the expression of a row; problems are told where they stand in the string at `span`.
fn compile(text: &str, span: &Span, problems: &mut Problems) -> Option<Expression> {
    let told = |problem: &expr::Problem| {
        let place = span.inside_string(text, problem.span.clone());
        let diagnostic = match problem.kind.severity() {
            crate::diagnostic::Severity::Error => {
                Diagnostic::error(problem.kind.code(), &place, problem.message.as_str())
            }
            crate::diagnostic::Severity::Warning => {
                Diagnostic::warning(problem.kind.code(), &place, problem.message.as_str())
            }
            crate::diagnostic::Severity::Note => {
                let message = format!("{}: Entra would refuse the row", problem.message);
                Diagnostic::error(problem.kind.code(), &place, message)
            }
        };
        match &problem.help {
            Some(help) => diagnostic.help(help.as_str()),
            None => diagnostic,
        }
    };
    match Expression::compile(text) {
        Ok(expression) => {
            expression.warnings().iter().for_each(|warning| problems.push(told(warning)));
            Some(expression)
        }
        Err(wrong) => {
            wrong.iter().for_each(|problem| problems.push(told(problem)));
            None
        }
    }
}
