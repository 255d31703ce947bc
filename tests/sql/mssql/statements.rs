//! Every statement that a case comes to, once the database has said what its columns are, kept in `tests/sql/mssql/APPLICATION.sql`. `UPDATE=1` writes them anew; whoever does reads them.

use super::*;

/// The applications whose cases are told; the first is for SQL Server alone.
const TOLD: &[&str] = &[
    "mssql",
    "redmine",
    "merge",
    "kept",
    "cells",
    "sequences",
    "numbers",
    "natural",
    "nested",
    "names",
    "marked",
    "presence",
    "tokens",
    "django",
    "local",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_as_it_is_kept() {
    let mut differing = Vec::new();
    let mut all = vec![("driver", own().await)];
    for name in TOLD {
        all.push((name, told(name).await));
    }
    for (name, told) in all {
        let path = format!("tests/sql/mssql/{name}.sql");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        let first = told.lines().zip(kept.lines()).find(|(told, kept)| told != kept);
        if told != kept {
            differing.push(format!("{path}: {first:?}"));
        }
    }
    assert!(
        differing.is_empty(),
        "run `UPDATE=1 cargo test every_statement_is_as` and read what changed\n{differing:#?}"
    );
}

/// What the driver says for itself: to set a session up, to learn types and the columns of a key, to read
/// the catalogue, to begin and end.
async fn own() -> String {
    let peer = people_at(Door::Open, |text| {
        let taken = || Reply::Error(2627, "Violation of UNIQUE KEY constraint 'ux'.".to_owned());
        text.starts_with("DECLARE @made").then(taken)
    })
    .await;
    let driver = bound(&people(), &peer.url()).unwrap();
    driver.insert(&ada()).await.unwrap_err();
    driver.update(&update("1", &[("name", "Ada".into())])).await.unwrap_err();
    driver
        .delete(&DeletePlan { resource: "User".into(), key: RecordKey::new("1"), token: Default::default() })
        .await
        .unwrap_err();
    driver.probe().await.unwrap();
    drop(postern::downstream::catalogue(&peer.url(), Path::new("")).await.unwrap());
    let mut told = "-- what the driver says for itself\n".to_owned();
    let mut said = Vec::new();
    for asked in peer.everything() {
        let line = asked.text.trim().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        if !said.contains(&line) {
            writeln!(told, "{line}").unwrap();
            said.push(line);
        }
    }
    told
}

/// The statements of all cases of an application.
async fn told(name: &str) -> String {
    let application = application(name);
    let all = fs::read_to_string("tests/sql/mssql/columns.txt").unwrap();
    let own = all.lines().filter_map(|line| line.strip_prefix(&format!("{name} "))).collect::<Vec<_>>().join("\n");
    let own = application["schema"].get("mssql").map_or(own, |own| own.as_str().unwrap().to_owned());
    let columns = Columns::read(&own);
    let peer = Peer::start(Door::Open, move |asked| columns.described(asked).unwrap_or(Reply::Done)).await;
    let driver = bound(&application, &peer.url()).unwrap();
    let mut told = format!(
        "-- {name}.toml on SQL Server
"
    );
    for resource in application["shape"].as_table().unwrap().keys() {
        driver.fetch(&fetch(resource, &RecordKey::new("1"))).await.unwrap();
    }
    for case in application["case"].as_array().unwrap() {
        writeln!(told, "\n-- {}", text(case, "name")).unwrap();
        for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
            if step.get("sql").is_none() {
                writeln!(told, "-- step {}", number + 1).unwrap();
                let lines = driver.explain(&plan_of(step).as_any());
                lines.iter().for_each(|line| writeln!(told, "{}", steady(line)).unwrap());
            }
        }
    }
    told
}

/// A statement with a word in the place of values that are others each time: of random, and of this moment.
fn steady(line: &str) -> String {
    let Some((statement, values)) = line.split_once("  -- @P1 = ") else { return line.to_owned() };
    let values = values.split(", @P").map(|value| {
        let (number, value) = value.split_once(" = ").map_or((String::new(), value), |(n, v)| (format!("{n} = "), v));
        let text = value.trim_matches('\'');
        let word = match () {
            () if is_random(text) => "(random)",
            () if is_now(text) => "(now)",
            () => value,
        };
        format!("{number}{word}")
    });
    format!("{statement}  -- @P1 = {}", values.collect::<Vec<_>>().join(", @P"))
}

/// Those of the cases begin with zeros.
fn is_random(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok() && !text.starts_with("00000000")
}

/// A time in UTC or a number of seconds that is less than an hour away.
fn is_now(text: &str) -> bool {
    let now = jiff::Timestamp::now().as_second();
    let of_text = text.parse::<jiff::civil::DateTime>().ok().and_then(|time| time.in_tz("UTC").ok());
    let seconds = of_text.map(|time| time.timestamp().as_second()).or_else(|| text.parse().ok());
    seconds.is_some_and(|seconds| (now - seconds).abs() < 3600)
}
