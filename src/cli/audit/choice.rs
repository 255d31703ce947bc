//! Which lines of an audit are wanted.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Everything that is given must hold.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Only lines of these categories.
    #[arg(long, value_enum, value_delimiter = ',')]
    category: Vec<Category>,
    /// Only lines at least this grave.
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Only lines of this tenant.
    #[arg(long)]
    tenant: Option<String>,
    /// Only lines of the token of this name.
    #[arg(long)]
    token: Option<String>,
    /// Only lines about the resource with this SCIM id.
    #[arg(long)]
    id: Option<String>,
    /// Only lines about the record with this key of the application.
    #[arg(long)]
    key: Option<String>,
    /// Only lines with one of these outcomes: created, updated, disabled, deleted, refused …
    #[arg(long, value_delimiter = ',')]
    outcome: Vec<String>,
    /// Only lines from this moment on: `2026-11-26` (UTC) or `2026-11-26T08:00:00+01:00`.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// Only lines before this moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Category {
    /// Changes that a client asked for.
    Provisioning,
    /// Known tokens that were not let in.
    Access,
    /// Configurations that came into force, or did not.
    Configuration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Level {
    Info,
    Warning,
    Error,
}

impl Choice {
    /// Whether a line is wanted.
    pub(super) fn takes(&self, line: &Value) -> bool {
        let is = |wanted: &Option<String>, told: &Value| wanted.as_deref().is_none_or(|wanted| told == wanted);
        self.takes_kind(line)
            && is(&self.tenant, &line["tenant"])
            && is(&self.token, &line["actor"]["token"])
            && is(&self.id, &line["id"])
            && is(&self.key, &line["key"])
            && (self.outcome.is_empty() || self.outcome.iter().any(|outcome| line["outcome"] == outcome.as_str()))
            && self.takes_time(line)
    }

    /// Lines of versions before there were categories are about changes.
    fn takes_kind(&self, line: &Value) -> bool {
        let category = word::<Category>(&line["category"]).unwrap_or(Category::Provisioning);
        let level = word::<Level>(&line["level"]).unwrap_or(Level::Info);
        (self.category.is_empty() || self.category.contains(&category)) && self.level.is_none_or(|least| level >= least)
    }

    fn takes_time(&self, line: &Value) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(time) = line["time"].as_str().and_then(|text| text.parse::<Timestamp>().ok()) else { return false };
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }
}

fn word<T: ValueEnum>(told: &Value) -> Option<T> {
    T::from_str(told.as_str()?, false).ok()
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let midnight = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let read = text.parse::<Timestamp>().ok().or_else(midnight);
    read.ok_or_else(|| "write a date, `2026-11-26`, or a date and time with its zone".to_owned())
}
