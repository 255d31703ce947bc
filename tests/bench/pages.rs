//! Importing everybody, page after page: what the first pages cost, those in the middle, and the last.
//! Both ways that clients have are walked, `startIndex` and `cursor`; the whole list is read, and
//! everybody in it is counted.

use std::time::{Duration, Instant};

use http::Method;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::SendRequest;
use serde_json::Value;

use crate::Result;
use crate::operation::Asked;
use crate::process::Postern;
use crate::web;

/// How many resources a page has: a million people are ten thousand pages.
const PAGE: u64 = 100;
/// How many pages at the beginning, in the middle and at the end are one figure.
const SOME: usize = 10;

/// How a client asks for the next page.
#[derive(Debug, Clone, Copy)]
enum Way {
    Index,
    Cursor,
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!("| database | people | by | pages | first pages ms | middle ms | last pages ms | last / first |");
    println!("|---|---|---|---|---|---|---|---|");
}

/// Walks the list both ways and prints a line for each.
pub(crate) async fn walk(postern: &Postern, database: &str, people: u64) -> Result<()> {
    for way in [Way::Index, Way::Cursor] {
        let times = times(postern, people, way).await?;
        let some = SOME.min(times.len());
        let middle = (times.len() - some) / 2;
        let (first, last) = (median(&times[..some]), median(&times[times.len() - some..]));
        println!(
            "| {database} | {people} | {} | {} | {first:.1} | {:.1} | {last:.1} | {:.2} |",
            match way {
                Way::Index => "startIndex",
                Way::Cursor => "cursor",
            },
            times.len(),
            median(&times[middle..middle + some]),
            last / first,
        );
    }
    Ok(())
}

async fn times(postern: &Postern, people: u64, way: Way) -> Result<Vec<Duration>> {
    let mut sender = web::http2_of(postern.address()).await?;
    let (mut seen, mut cursor, mut times) = (0, Some(String::new()), Vec::new());
    while seen < people {
        let from = match (way, &cursor) {
            (Way::Index, _) => format!("startIndex={}", seen + 1),
            (Way::Cursor, Some(cursor)) => format!("cursor={cursor}"),
            (Way::Cursor, None) => return Err(format!("no cursor after {seen} of {people}").into()),
        };
        let begun = Instant::now();
        let page = ask(postern, &mut sender, &format!("/Users?count={PAGE}&{from}")).await?;
        times.push(begun.elapsed());
        let page: Value = serde_json::from_slice(&page)?;
        let found = page["Resources"].as_array().map_or(0, Vec::len) as u64;
        if page["totalResults"] != people || found == 0 {
            return Err(format!("{found} after {seen}, of {} where {people} are", page["totalResults"]).into());
        }
        seen += found;
        cursor = page["nextCursor"].as_str().map(str::to_owned);
    }
    Ok(times)
}

async fn ask(postern: &Postern, sender: &mut SendRequest<Full<Bytes>>, path: &str) -> Result<Bytes> {
    let asked = Asked { method: Method::GET, path: path.to_owned(), body: None, status: 200 };
    let answer = sender.send_request(postern.address().request(asked)?).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    if status != 200 {
        return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(body)
}

/// In milliseconds.
fn median(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
