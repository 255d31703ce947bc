//! The SQL driver against real databases: every application under `tests/sql/` is a legacy schema,
//! a mapping and cases, and each case runs on a fresh database of every kind.
//!
//! A case is a list of steps: a plan with what it gives, or SQL with the rows that it must find.
//! `<null>` stands for null, which TOML does not have.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{AnyPlan, Binding, Downstream, DownstreamError, ErrorKind, bind};
use postern::plan::{
    Case, Comparison, DeletePlan, FetchPlan, InsertPlan, ListChange, MembersChange, Predicate, SelectPlan, Sort,
    Unique, UpdatePlan, Want,
};
use postern::record::{FieldName, FieldShape, Fields, Member, Record, RecordKey, RecordShape};
use postern::value::{Object, Value};
use serde_json::{Value as Json, json};
use toml::{Table, Value as Toml};

mod breaking;
mod counted;
mod databases;
mod faults;
mod hostile;
mod kept;
mod large;
mod mariadb;
mod mssql;
#[cfg(feature = "odbc")]
mod odbc;
mod plans;
mod problems;
mod search;
mod zones;

pub(crate) use breaking::{Heard, breaking, place, through};
pub(crate) use databases::{Database, MariaDb, Postgres, Sqlite, server};
use plans::plan_of;

#[tokio::test(flavor = "multi_thread")]
async fn every_case_holds_on_sqlite() {
    check_all::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn every_case_holds_on_postgresql() {
    check_all::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn every_case_holds_on_mariadb() {
    check_all::<MariaDb<false>>().await;
    check_all::<MariaDb<true>>().await;
}

async fn check_all<D: Database>() {
    let only = std::env::var("CASE").unwrap_or_default();
    let mut problems = Vec::new();
    for path in applications() {
        let application: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        if !application["schema"].as_table().unwrap().contains_key(D::KIND) {
            continue;
        }
        for case in application["case"].as_array().unwrap() {
            let name = format!(
                "{}, {}: {}",
                std::any::type_name::<D>(),
                path.file_stem().unwrap().to_string_lossy(),
                text(case, "name")
            );
            if !name.contains(&only) || D::LEFT_OUT.iter().any(|left_out| name.contains(left_out)) {
                continue;
            }
            if let Err(problem) = check::<D>(&application, case).await {
                problems.push(format!("{name}\n{problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n\n"));
}

async fn check<D: Database>(application: &Table, case: &Toml) -> Result<(), String> {
    let database = D::fresh(application["schema"][D::KIND].as_str().unwrap()).await;
    let own = application.get("downstream").map_or("", |more| more.as_str().unwrap());
    let driver = bound_with(application, &database.url(), &format!("{own}\n{}", database.further()))?;
    let result = take_steps(&database, &*driver, case).await;
    drop(driver);
    database.finish().await;
    result
}

async fn take_steps<D: Database>(database: &D, driver: &dyn Downstream, case: &Toml) -> Result<(), String> {
    for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let result = if let Some(sql) = step.get("sql") {
            let rows = database.rows(sql.as_str().unwrap()).await;
            same(&rows, step.get("rows").unwrap_or(&Toml::Array(Vec::new())))
        } else {
            run::<D>(driver, step).await
        };
        result.map_err(|problem| format!("step {}: {problem}", number + 1))?;
    }
    Ok(())
}

/// Carries one plan out and compares what it gives, and what it is explained to be.
async fn run<D: Database>(driver: &dyn Downstream, step: &Toml) -> Result<(), String> {
    let plan = plan_of(step);
    let explained = step.get("explain").filter(|_| D::EXPLAINED);
    if let Some(expected) = explained.and_then(|explain| explain.get(D::KIND)) {
        let lines = driver.explain(&plan.as_any());
        let expected: Vec<_> = expected.as_str().unwrap().trim().lines().collect();
        if lines != expected {
            return Err(format!("is explained as\n{}\n", lines.join("\n")));
        }
    }
    let outcome = plan.run(driver).await;
    // How a database says it may differ: `fails.sqlite`.
    let fails = step.get("fails").map(|fails| fails.get(D::KIND).unwrap_or(fails));
    match (outcome, fails) {
        (Ok(given), None) => step.get("gives").map_or(Ok(()), |expected| same(&given, expected)),
        (Err(error), Some(expected)) if failure(&error) == expected.as_str().unwrap() => Ok(()),
        (Err(error), _) => Err(format!("fails as `{}`: {error}", failure(&error))),
        (Ok(given), Some(expected)) => Err(format!("should fail as {expected}, gives {given}")),
    }
}

fn failure(error: &DownstreamError) -> String {
    match &error.kind {
        ErrorKind::Uniqueness { label } => format!("uniqueness {}", label.as_deref().unwrap_or("?")),
        ErrorKind::Invalid { label, reason } => format!("invalid {} {reason}", label.as_deref().unwrap_or("?")),
        ErrorKind::UnknownMember(key) => format!("unknown member {key}"),
        other => format!("{other:?}"),
    }
}

/// Objects may hold more than is expected; everything else is the same.
fn same(given: &Json, expected: &Toml) -> Result<(), String> {
    fn covers(given: &Json, expected: &Json) -> bool {
        match (given, expected) {
            (Json::Object(given), Json::Object(expected)) => {
                expected.iter().all(|(name, value)| given.get(name).is_some_and(|given| covers(given, value)))
            }
            (Json::Array(given), Json::Array(expected)) => {
                given.len() == expected.len()
                    && given.iter().zip(expected).all(|(given, expected)| covers(given, expected))
            }
            _ => given == expected,
        }
    }
    let expected = plans::value_of(expected).to_serde();
    if covers(given, &expected) { Ok(()) } else { Err(format!("expected {expected}\n   given {given}")) }
}

/// The driver for an application's mapping.
fn bound(application: &Table, url: &str) -> Result<Arc<dyn Downstream>, String> {
    bound_with(application, url, application.get("downstream").map_or("", |more| more.as_str().unwrap()))
}

/// The driver, with more keys in `[downstream]`.
fn bound_with(application: &Table, url: &str, more: &str) -> Result<Arc<dyn Downstream>, String> {
    let mapping = application["mapping"].as_str().unwrap();
    let text = format!("[downstream]\nkind = \"sql\"\nurl = '{url}'\n{more}\n{mapping}");
    let (driver, problems) = bind_text(application, &text);
    driver.ok_or(problems)
}

fn application(name: &str) -> Table {
    fs::read_to_string(format!("tests/sql/{name}.toml")).unwrap().parse().unwrap()
}

fn fields(values: &[(&str, Value)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in values {
        fields.set(&FieldName::new(name), value.clone());
    }
    fields
}

fn insert(resource: &str, values: &[(&str, Value)], unique: &[&str]) -> InsertPlan {
    let fields = fields(values);
    let unique = unique.iter().map(|name| {
        let field = FieldName::new(name);
        Unique { value: fields.get(&field).clone(), field, case: Case::Ignored }
    });
    InsertPlan {
        resource: resource.into(),
        unique: unique.collect(),
        fields,
        members: Vec::new(),
        token: Default::default(),
    }
}

fn fetch(resource: &str, key: &RecordKey) -> FetchPlan {
    FetchPlan { resource: resource.into(), key: key.clone(), want: Want::default() }
}

fn select(resource: &str, predicate: Predicate) -> SelectPlan {
    SelectPlan {
        resource: resource.into(),
        predicate,
        sort: None,
        after: None,
        offset: 0,
        limit: 1000,
        want: Want::default(),
    }
}

fn bind_text(application: &Table, text: &str) -> (Option<Arc<dyn Downstream>>, String) {
    let mut problems = Problems::new();
    let file = SourceFile::new("mapping.toml", text);
    let document = Document::parse(&file, &mut problems).unwrap();
    let shapes = application["shape"].as_table().unwrap();
    let resources = shapes.iter().map(|(name, shape)| (shape_of(name, shape), document.root.get(name).unwrap()));
    let variables = [("customer".to_owned(), Value::Integer(7))];
    let binding = Binding {
        downstream: document.root.get("downstream").unwrap(),
        resources: resources.collect(),
        folder: Path::new("/"),
        variables: &variables,
    };
    let driver = bind(&binding, &mut problems);
    (driver, render_all(&problems.into_sorted(), false))
}

/// `"login" = "userName"`: field and label; `-` before the label of what is never read, `phone[number]`
/// for a field of a list.
fn shape_of(name: &str, shape: &Toml) -> RecordShape {
    let fields = shape["fields"].as_table().unwrap().iter().map(|(field, label)| {
        let label = label.as_str().unwrap();
        let in_list = field.strip_suffix(']').and_then(|field| field.split_once('['));
        FieldShape {
            name: FieldName::new(in_list.map_or(field, |(_, field)| field)),
            list: in_list.map(|(list, _)| FieldName::new(list)),
            label: label.trim_start_matches('-').into(),
            read: !label.starts_with('-'),
            written: true,
            once: false,
        }
    });
    let members = shape.get("members").and_then(Toml::as_array).into_iter().flatten();
    RecordShape {
        resource: name.into(),
        fields: fields.collect(),
        members: members.map(|member| member.as_str().unwrap().into()).collect(),
        looked_up: name == postern::record::TOKEN,
    }
}

fn applications() -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir("tests/sql").unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    found.sort();
    found
}

fn text<'a>(table: &'a Toml, key: &str) -> &'a str {
    table[key].as_str().unwrap()
}
