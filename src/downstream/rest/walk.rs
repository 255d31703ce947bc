//! Walking through a list in the application's pages.

use serde_json::Value as Json;

use super::answer::items;
use super::call::Call;
use super::meaning::{Answer, Outcome};
use super::paging::{Next, Paging};
use super::request::Fill;
use super::work::{Work, garbage};
use crate::downstream::{DownstreamError, ErrorKind};

/// Documents from a list, and how many there are in all.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) documents: Vec<Json>,
    pub(super) total: u64,
}

impl Work<'_> {
    /// Walks a list until `limit` documents from `offset` on are there.
    pub(super) async fn walk(
        &self,
        call: &Call,
        fill: &Fill<'_>,
        offset: u64,
        limit: u64,
    ) -> Result<Found, DownstreamError> {
        let found = self.part_of(call, fill, offset, limit).await?;
        if found.total == 0 {
            self.access.prove().await?;
        }
        Ok(found)
    }

    async fn part_of(&self, call: &Call, fill: &Fill<'_>, offset: u64, limit: u64) -> Result<Found, DownstreamError> {
        if let Some(paging) = &call.page
            && paging.says_total()
            && !paging.is_chained()
        {
            return self.pages(call, paging, fill, offset, limit).await;
        }
        // Nobody says how many there are, or only the first page can be asked for: so all are
        // read and counted.
        let most = if call.page.is_some() { self.resource.capabilities.scan_limit } else { u64::MAX };
        Ok(Found::slice(self.walk_all(call, fill, most).await?, offset, limit))
    }

    /// Every document of a list, at most `most`.
    pub(super) async fn walk_all(&self, call: &Call, fill: &Fill<'_>, most: u64) -> Result<Vec<Json>, DownstreamError> {
        let found = match &call.page {
            None => match self.call(call, fill).await? {
                Outcome::Done(answer) => documents(call, &answer)?,
                Outcome::Missing | Outcome::Already => Vec::new(),
            },
            Some(paging) if paging.is_chained() => self.chain(call, paging, fill, most).await?,
            Some(paging) => self.pages(call, paging, fill, 0, most.saturating_add(1)).await?.documents,
        };
        if found.len() as u64 > most {
            return Err(DownstreamError::new(ErrorKind::TooMany, format!("{}: more than {most} records", call.name)));
        }
        if found.is_empty() {
            self.access.prove().await?;
        }
        Ok(found)
    }

    /// The pages of a list in which each names the next, until more than `most` are there.
    async fn chain(
        &self,
        call: &Call,
        paging: &Paging,
        fill: &Fill<'_>,
        most: u64,
    ) -> Result<Vec<Json>, DownstreamError> {
        let mut found = Vec::new();
        let mut next = Next::Further(paging.request(0, u64::MAX).query);
        loop {
            let (query, instead) = match next.clone() {
                Next::Further(query) => (query, None),
                Next::Instead(query) => (Vec::new(), Some(query)),
            };
            let fill = Fill { texts: fill.texts, parts: fill.parts.clone(), query, instead };
            let Outcome::Done(answer) = self.call(call, &fill).await? else { return Ok(found) };
            let documents = documents(call, &answer)?;
            let is_empty = documents.is_empty();
            found.extend(documents);
            let json = answer.json.as_ref().unwrap_or(&Json::Null);
            if paging.may_be_cut(found.len() as u64, &answer.headers, json) {
                let why = format!("{}: the one page is full, so there may be more; `max` is too small", call.name);
                return Err(DownstreamError::new(ErrorKind::TooMany, why));
            }
            match paging.next(&answer.headers, json).map_err(|why| garbage(call, &why))? {
                // A page without records and the same page again would go on for ever.
                Some(after) if after != next && !is_empty && found.len() as u64 <= most => next = after,
                Some(after) if after == next => return Err(garbage(call, "the next page is the same again")),
                _ => return Ok(found),
            }
        }
    }

    async fn pages(
        &self,
        call: &Call,
        paging: &Paging,
        fill: &Fill<'_>,
        offset: u64,
        limit: u64,
    ) -> Result<Found, DownstreamError> {
        let mut found = Found::nothing();
        let end = offset.saturating_add(limit);
        let mut at = offset;
        let mut before = Vec::new();
        loop {
            let request = paging.request(at, end.saturating_sub(at));
            let fill =
                Fill { texts: fill.texts, parts: fill.parts.clone(), query: request.query.clone(), instead: None };
            let Outcome::Done(answer) = self.call(call, &fill).await? else { return Ok(found) };
            let documents = documents(call, &answer)?;
            let count = documents.len() as u64;
            if count > request.size {
                return Err(garbage(call, "the page is longer than asked for"));
            }
            let json = answer.json.as_ref().unwrap_or(&Json::Null);
            let total = paging.total(&answer.headers, json).transpose().map_err(|why| garbage(call, &why))?;
            let reached = request.offset + count;
            if count == 0 && total.is_some_and(|total| total > request.offset) {
                return Err(garbage(call, "`total` counts records that the page does not hold"));
            }
            if count > 0 && documents == before {
                return Err(garbage(call, "the next page is the same again"));
            }
            if count > 0 && count < request.size && paging.is_numbered() && total.is_some_and(|total| total > reached) {
                return Err(garbage(call, "the page is shorter than asked for; `max` is too large"));
            }
            if count > 0 && total.is_some_and(|total| total < reached) {
                return Err(garbage(call, "`total` is less than the records that are there; leave it out"));
            }
            let rest = place(end.saturating_sub(at));
            found.documents.extend(documents.iter().skip(place(at - request.offset)).take(rest).cloned());
            before = documents;
            found.total = total.unwrap_or(0).max(if count > 0 { reached } else { 0 }).max(found.total);
            let is_last = match total {
                Some(total) => reached >= total,
                None => paging.max_is_known && count < request.size,
            };
            if reached <= at || reached >= end || is_last {
                return Ok(found);
            }
            at = reached;
        }
    }
}

impl Found {
    const fn nothing() -> Self {
        Self { documents: Vec::new(), total: 0 }
    }

    fn slice(documents: Vec<Json>, offset: u64, limit: u64) -> Self {
        let total = documents.len() as u64;
        Self { documents: documents.into_iter().skip(place(offset)).take(place(limit)).collect(), total }
    }
}

fn documents(call: &Call, answer: &Answer) -> Result<Vec<Json>, DownstreamError> {
    let found = items(call, answer.json.as_ref()).map_err(|why| garbage(call, &why))?;
    Ok(found.into_iter().cloned().collect())
}

/// A number of records as a number of elements.
pub(super) fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
