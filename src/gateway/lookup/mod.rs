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
    /// What is stored, said by a client as it is, into itself, where a row has it.
    Key,
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
    keys: Cache<String, Arc<[Value]>>,
    /// All rows, where they can only be listed.
    all: Cache<(), Arc<All>>,
}

/// All rows, and when they were listed.
#[derive(Debug)]
struct All {
    forth: Found,
    back: Found,
    keys: Found,
    since: Instant,
}

impl All {
    const fn found(&self, way: Way) -> &Found {
        match way {
            Way::Forth => &self.forth,
            Way::Back => &self.back,
            Way::Key => &self.keys,
        }
    }
}

impl Lookups {
    pub(super) fn new(lookups: &[Arc<Lookup>]) -> Self {
        Self(lookups.iter().map(|lookup| (Arc::clone(&lookup.name), Known::new(lookup.kept))).collect())
    }

    /// What words stand for: each is tried as a word, and then as what is stored where clients may say
    /// that as well.
    ///
    /// # Errors
    /// Those of [`Self::ask`].
    pub(super) async fn understand(
        &self,
        downstream: &dyn Downstream,
        lookup: &Lookup,
        words: BTreeSet<String>,
    ) -> Result<Found, DownstreamError> {
        if !lookup.accept_key {
            return self.ask(downstream, lookup, Way::Forth, words).await;
        }
        let mut found = self.ask(downstream, lookup, Way::Forth, words.clone()).await?;
        let unknown = words.into_iter().filter(|word| !found.contains_key(word) && can_be_key(word)).collect();
        found.extend(self.ask(downstream, lookup, Way::Key, unknown).await?);
        Ok(found)
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
                Ok(picked(lookup, way, values, all.found(way)))
            }
            searchable => known.each(downstream, lookup, way, values, searchable).await,
        }
    }
}

impl Known {
    fn new(kept: Duration) -> Self {
        let cache = || Cache::builder().max_capacity(MOST).time_to_live(kept).build();
        Self {
            forth: cache(),
            back: cache(),
            keys: cache(),
            all: Cache::builder().max_capacity(1).time_to_live(kept).build(),
        }
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
        let cache = match way {
            Way::Forth => &self.forth,
            Way::Back => &self.back,
            Way::Key => &self.keys,
        };
        let (mut found, mut rest) = (Found::new(), Vec::new());
        for value in values {
            match cache.get(&folded(lookup, way, &value)).await {
                Some(known) => drop(found.insert(value, known)),
                None => rest.push(value),
            }
        }
        let chunk = match (searchable, way) {
            (Searchable::Everything, Way::Forth) => 100,
            (Searchable::Everything, Way::Back | Way::Key) => 1000,
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
            let found = |way: Way| rows(lookup, way, records.iter());
            let (forth, back, keys) = (found(Way::Forth), found(Way::Back), found(Way::Key));
            Ok::<_, DownstreamError>(Arc::new(All { forth, back, keys, since: Instant::now() }))
        };
        let one = |error: Arc<DownstreamError>| (*error).clone();
        let all = self.all.try_get_with((), list()).await.map_err(one)?;
        let rows = all.found(way);
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
    if way != Way::Forth {
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
        let named = !from.is_unassigned() && from.as_str() != Some("");
        let (one, other) = match way {
            _ if to.is_unassigned() => continue,
            Way::Forth if named => (from, to),
            Way::Back if named => (to, from),
            // A row that has no name is known by what clients may say as well.
            Way::Back if lookup.accept_key => (to, to),
            Way::Key => (to, to),
            Way::Forth | Way::Back => continue,
        };
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

/// A word that is no name may be a key, unless none is like that.
fn can_be_key(word: &str) -> bool {
    word.len() <= LONGEST_KEY && !word.contains(['/', '\\']) && !word.contains(char::is_control)
}

/// Most bytes of a key that a client says.
const LONGEST_KEY: usize = 255;
/// Most rows of a lookup, and most that are kept of it in each direction.
const MOST: u64 = 10_000;
/// How many values are asked for at once, where each needs a call of its own.
const AT_ONCE: usize = 8;
/// A list that was read within this time knows all rows.
const FRESH: Duration = Duration::from_secs(5);
