//! What a SQL Server would be told by the mapping of the quality application, kept in
//! `tests/sql/mssql/quality.sql` (`UPDATE=1` writes it) and parsed there by a grammar of T-SQL.
//!
//! No SQL Server has run any of it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{self, AnyPlan, Binding, Downstream};
use postern::mapping;
use postern::plan::{
    Case, Comparison, FetchPlan, InsertPlan, MembersChange, Predicate, SelectPlan, Unique, UpdatePlan, Want,
};
use postern::record::{FieldName, Fields, RecordKey};
use postern::value::Value;

/// The driver over the shipped mapping, with the two words that SQL Server has of its own.
fn driver() -> Arc<dyn Downstream> {
    let shipped = fs::read_to_string("mappings/seeds/quality.toml").unwrap();
    let text = shipped
        .replace(r#"{ env = "QUALITY_DATABASE_URL" }"#, r#""mssql://scim:secret@127.0.0.1/quality""#)
        .replace("CALL enable_user(:key, :modified_by)", "EXECUTE enable_user :key, :modified_by");
    assert!(text.contains("mssql:") && text.contains("EXECUTE"), "the mapping has other words");
    let mut problems = Problems::new();
    let variables = [("service_user".to_owned(), Value::Integer(1))];
    let document = Document::parse(&SourceFile::new("quality.toml", text), &mut problems).unwrap();
    let bound = mapping::compile(document, &variables, &mut problems).and_then(|mapping| {
        let downstream = mapping.document.root.get("downstream")?;
        let folder = Path::new("/");
        downstream::bind(
            &Binding { downstream, resources: mapping.shapes(), folder, variables: &variables },
            &mut problems,
        )
    });
    bound.unwrap_or_else(|| panic!("{}", render_all(&problems.into_sorted(), false)))
}

fn fields(values: &[(&str, Value)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in values {
        fields.set(&FieldName::new(name), value.clone());
    }
    fields
}

fn equal(field: &str, value: &str) -> Predicate {
    let (field, value) = (FieldName::new(field), value.into());
    Predicate::Compare { field, op: Comparison::Eq, value, case: Case::Ignored }
}

fn select(resource: &str, predicate: Predicate) -> SelectPlan {
    let (resource, want) = (resource.into(), Want::default());
    SelectPlan { resource, predicate, sort: None, after: None, offset: 0, limit: 2, want }
}

fn update(set: &[(&str, Value)], enables: Option<bool>) -> UpdatePlan {
    let whole = fields(&[("login_name", "kim@fabrikam.example".into()), ("enabled", true.into())]);
    UpdatePlan {
        resource: "User".into(),
        key: RecordKey::new("101"),
        set: fields(set),
        whole,
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::None,
        unique: Vec::new(),
        enables,
        expected_version: None,
        token: Default::default(),
    }
}

#[test]
fn the_quality_mapping_says_to_a_sql_server_what_is_kept() {
    let driver = driver();
    let mail = "kim@fabrikam.example";
    let login = FieldName::new("login_name");
    let unique = vec![Unique { field: login, value: mail.into(), case: Case::Ignored }];
    let new = InsertPlan {
        resource: "User".into(),
        fields: fields(&[("login_name", mail.into()), ("enabled", true.into()), ("modified_by", Value::Integer(1))]),
        members: Vec::new(),
        unique,
        token: Default::default(),
    };
    let either = Predicate::Or(vec![equal("login_name", mail), equal("email", mail)]);
    let token = select("token", equal("authorization_token", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"));
    let found = select("User", either);
    let read = FetchPlan { resource: "User".into(), key: RecordKey::new("101"), want: Want::default() };
    let renamed = update(&[("login_name", mail.into()), ("modified_by", Value::Integer(1))], None);
    let enabled = update(&[("enabled", true.into()), ("modified_by", Value::Integer(1))], Some(true));
    let mut told = "-- mappings/seeds/quality.toml on SQL Server, before it has told its columns\n".to_owned();
    for (what, plan) in [
        ("whose token it is", AnyPlan::Select(&token)),
        ("whoever has the name as login or as e-mail", AnyPlan::Select(&found)),
        ("an account that is known", AnyPlan::Fetch(&read)),
        ("a new account", AnyPlan::Insert(&new)),
        ("another address", AnyPlan::Update(&renamed)),
        ("enabled again, with a seat", AnyPlan::Update(&enabled)),
    ] {
        writeln!(told, "\n-- {what}").unwrap();
        driver.explain(&plan).iter().for_each(|line| writeln!(told, "{line}").unwrap());
    }
    let path = "tests/sql/mssql/quality.sql";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(path).unwrap_or_default(), "{path}");
}
