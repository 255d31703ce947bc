//! Values that the application itself translates (`[lookup.NAME]`): the names that clients say become
//! what is stored before a plan is made, and names again after records are read.
//!
//! All values of a request, or of a page, are asked for at once. What was found is believed for as
//! long as the mapping says; that something was not found is asked again each time.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use moka::future::Cache;

use crate::downstream::{Downstream, DownstreamError, ErrorKind};
use crate::mapping::Lookup;
use crate::plan::{Case, Comparison, Predicate, Searchable, SelectPlan, Want};
use crate::record::{Record, RecordKey};
use crate::value::{Value, prepared};

pub(super) mod shown;
pub(super) mod stored;

/// In which direction a value is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// What clients say into what is stored.
    Forth,
    /// What is stored into what clients say.
    Back,
}

/// What each value is translated into: nothing, one value, or several that no one can choose from.
pub(super) type Found = HashMap<String, Arc<[Value]>>;

/// What is known of each lookup.
#[derive(Debug)]
pub(super) struct Lookups(HashMap<Arc<str>, Known>);

#[derive(Debug)]
struct Known {
    forth: Cache<String, Arc<[Value]>>,
    back: Cache<String, Arc<[Value]>>,
    /// All rows, where they can only be listed.
    all: Cache<(), Arc<All>>,
}

/// All rows, and when they were listed.
#[derive(Debug)]
struct All {
    forth: Found,
    back: Found,
    since: Instant,
}

impl Lookups {
    pub(super) fn new(lookups: &[Arc<Lookup>]) -> Self {
        Self(lookups.iter().map(|lookup| (Arc::clone(&lookup.name), Known::new(lookup.kept))).collect())
    }

    /// Translates values. A value without a row is not among what is found.
    ///
    /// # Errors
    /// The application could not be asked, or has more rows than can be worked through.
    pub(super) async fn ask(
        &self,
        downstream: &dyn Downstream,
        lookup: &Lookup,
        way: Way,
        values: BTreeSet<String>,
    ) -> Result<Found, DownstreamError> {
        let Some(known) = self.0.get(&lookup.name).filter(|_| !values.is_empty()) else { return Ok(Found::new()) };
        match &downstream.capabilities(&lookup.resource).searchable {
            Searchable::Equal(fields) if !fields.contains(&lookup.from) => {
                let all = known.all(downstream, lookup, way, &values).await?;
                Ok(picked(lookup, way, values, if way == Way::Forth { &all.forth } else { &all.back }))
            }
            searchable => known.each(downstream, lookup, way, values, searchable).await,
        }
    }
}

impl Known {
    fn new(kept: Duration) -> Self {
        let cache = || Cache::builder().max_capacity(MOST).time_to_live(kept).build();
        Self { forth: cache(), back: cache(), all: Cache::builder().max_capacity(1).time_to_live(kept).build() }
    }

    /// What is known, and the rest from the application: one statement for many values, or, where it
    /// finds only one at a time, some at once.
    async fn each(
        &self,
        downstream: &dyn Downstream,
        lookup: &Lookup,
        way: Way,
        values: BTreeSet<String>,
        searchable: &Searchable,
    ) -> Result<Found, DownstreamError> {
        let cache = if way == Way::Forth { &self.forth } else { &self.back };
        let (mut found, mut rest) = (Found::new(), Vec::new());
        for value in values {
            match cache.get(&folded(lookup, way, &value)).await {
                Some(known) => drop(found.insert(value, known)),
                None => rest.push(value),
            }
        }
        let chunk = match (searchable, way) {
            (Searchable::Everything, Way::Forth) => 100,
            (Searchable::Everything, Way::Back) => 1000,
            (Searchable::Equal(_), _) => 1,
        };
        let asked = rest.chunks(chunk).map(|values| select(downstream, lookup, predicate(lookup, way, values)));
        let records: Vec<Vec<Record>> = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await?;
        let rows = rows(lookup, way, records.iter().flatten());
        for value in rest {
            let Some(translated) = rows.get(&folded(lookup, way, &value)) else { continue };
            cache.insert(folded(lookup, way, &value), Arc::clone(translated)).await;
            found.insert(value, Arc::clone(translated));
        }
        Ok(found)
    }

    /// All rows. Where a value is not among them they are listed anew, unless that was just done:
    /// a client that says nonsense all the time must not let the list be walked all the time.
    async fn all(
        &self,
        downstream: &dyn Downstream,
        lookup: &Lookup,
        way: Way,
        values: &BTreeSet<String>,
    ) -> Result<Arc<All>, DownstreamError> {
        let list = || async {
            let records = select(downstream, lookup, Predicate::True).await?;
            let (forth, back) = (rows(lookup, Way::Forth, records.iter()), rows(lookup, Way::Back, records.iter()));
            Ok::<_, DownstreamError>(Arc::new(All { forth, back, since: Instant::now() }))
        };
        let one = |error: Arc<DownstreamError>| (*error).clone();
        let all = self.all.try_get_with((), list()).await.map_err(one)?;
        let rows = if way == Way::Forth { &all.forth } else { &all.back };
        if all.since.elapsed() < FRESH || values.iter().all(|value| rows.contains_key(&folded(lookup, way, value))) {
            return Ok(all);
        }
        self.all.invalidate(&()).await;
        self.all.try_get_with((), list()).await.map_err(one)
    }
}

/// The plan that asks for some values.
pub(super) fn plan(lookup: &Lookup, predicate: Predicate) -> SelectPlan {
    let resource = Arc::clone(&lookup.resource);
    SelectPlan { resource, predicate, sort: None, after: None, offset: 0, limit: MOST + 1, want: Want::default() }
}

/// The rows of some values.
pub(super) fn predicate(lookup: &Lookup, way: Way, values: &[String]) -> Predicate {
    if way == Way::Back {
        return Predicate::Keys(values.iter().map(|value| RecordKey::new(value)).collect());
    }
    let case = if lookup.case_exact { Case::Exact } else { Case::Ignored };
    let equal = |value: &String| Predicate::Compare {
        field: lookup.from.clone(),
        op: Comparison::Eq,
        value: value.as_str().into(),
        case,
    };
    match values {
        [one] => equal(one),
        several => Predicate::Or(several.iter().map(equal).collect()),
    }
}

async fn select(
    downstream: &dyn Downstream,
    lookup: &Lookup,
    predicate: Predicate,
) -> Result<Vec<Record>, DownstreamError> {
    let records = downstream.select(&plan(lookup, predicate)).await?.records;
    if records.len() as u64 > MOST {
        let detail = format!("[{}] gives more than {MOST} rows", lookup.resource);
        return Err(DownstreamError::new(ErrorKind::Garbage, detail));
    }
    Ok(records)
}

/// What the rows translate each value into.
fn rows<'a>(lookup: &Lookup, way: Way, records: impl Iterator<Item = &'a Record>) -> Found {
    let mut found: HashMap<String, Vec<Value>> = HashMap::new();
    for record in records {
        let (from, to) = (record.fields.get(&lookup.from), record.fields.get(&lookup.to));
        if from.is_unassigned() || from.as_str() == Some("") || to.is_unassigned() {
            continue;
        }
        let (one, other) = if way == Way::Forth { (from, to) } else { (to, from) };
        let others = found.entry(folded(lookup, way, &one.to_text())).or_default();
        if !others.iter().any(|have| have.to_text() == other.to_text()) {
            others.push(other.clone());
        }
    }
    found.into_iter().map(|(value, others)| (value, others.into())).collect()
}

fn picked(lookup: &Lookup, way: Way, values: BTreeSet<String>, rows: &Found) -> Found {
    let row = |value: String| Some((rows.get(&folded(lookup, way, &value)).map(Arc::clone)?, value));
    values.into_iter().filter_map(row).map(|(row, value)| (value, row)).collect()
}

/// A value as it is compared.
fn folded(lookup: &Lookup, way: Way, value: &str) -> String {
    if way == Way::Back || lookup.case_exact { value.to_owned() } else { prepared(value) }
}

/// Most rows of a lookup, and most that are kept of it in each direction.
const MOST: u64 = 10_000;
/// How many values are asked for at once, where each needs a call of its own.
const AT_ONCE: usize = 8;
/// A list that was read within this time knows all rows.
const FRESH: Duration = Duration::from_secs(5);
