//! Binds a mapping's text to the driver, with shapes written by hand, and makes plans.

use std::path::Path;
use std::sync::Arc;

use postern::diagnostic::{Diagnostic, Document, Problems, SourceFile};
use postern::downstream::{Binding, Downstream, bind};
use postern::plan::{
    Case, Comparison, FetchPlan, InsertPlan, MembersChange, Predicate, SelectPlan, Unique, UpdatePlan, Want,
};
use postern::record::{FieldName, FieldShape, Fields, Member, RecordKey, RecordShape};
use postern::value::{Object, Value};

/// The mapping of the manual, as printed there.
pub(super) const REDMINE: &str = include_str!("redmine-rest.toml");

/// A mapping's text with the address of an application that runs.
pub(super) fn at(text: &str, address: std::net::SocketAddr) -> String {
    text.replace(r#"{ env = "REDMINE_URL" }"#, &format!(r#""http://{address}""#))
}

/// Binds a mapping: the driver, if it came to be, and every problem.
pub(super) fn bound(text: &str) -> (Option<Arc<dyn Downstream>>, Vec<Diagnostic>) {
    bind_shapes(text, &[shape("User"), shape("Group")])
}

/// Binds a mapping to shapes.
pub(super) fn bind_shapes(text: &str, shapes: &[RecordShape]) -> (Option<Arc<dyn Downstream>>, Vec<Diagnostic>) {
    let mut problems = Problems::new();
    let file = SourceFile::new("tests/rest/mapping.toml", text);
    let Some(document) = Document::parse(&file, &mut problems) else { return (None, problems.into_sorted()) };
    let resources =
        shapes.iter().filter_map(|shape| Some((shape.clone(), document.root.get(&shape.resource)?))).collect();
    let binding = Binding {
        downstream: document.root.get("downstream").expect("the mapping has [downstream]"),
        resources,
        folder: Path::new("tests/rest"),
        variables: &[("realm".to_owned(), Value::from("north side"))],
    };
    let driver = bind(&binding, &mut problems);
    (driver, problems.into_sorted())
}

/// Binds a mapping that has no errors.
pub(super) fn driver(text: &str) -> Arc<dyn Downstream> {
    let (driver, problems) = bound(text);
    let problems = postern::diagnostic::render_all(&problems, false);
    driver.unwrap_or_else(|| panic!("{problems}"))
}

/// A resource whose fields are all read and written.
pub(super) fn shape_of(resource: &str, fields: &[(&str, &str)], members: &[&str]) -> RecordShape {
    let field = |(name, label): &(&str, &str)| FieldShape {
        name: FieldName::new(name),
        list: None,
        label: Arc::from(*label),
        read: true,
        written: true,
        once: false,
    };
    RecordShape {
        resource: Arc::from(resource),
        fields: fields.iter().map(field).collect(),
        members: members.iter().map(|name| Arc::from(*name)).collect(),
        looked_up: false,
    }
}

fn shape(resource: &str) -> RecordShape {
    let (fields, members): (&[(&str, &str)], &[&str]) = match resource {
        "User" => (
            &[
                ("$.login", "userName"),
                ("$.firstname", "name.givenName"),
                ("$.lastname", "name.familyName"),
                ("$.status", "active"),
                ("$.mail", r#"emails[type eq "work"].value"#),
            ],
            &[],
        ),
        _ => (&[("$.name", "displayName")], &["User"]),
    };
    let mut shape = shape_of(resource, fields, members);
    if resource == "User" {
        let password = shape_of(resource, &[("$.password", "$.password")], &[]).fields;
        shape.fields.extend(password.into_iter().map(|field| FieldShape { read: false, ..field }));
    }
    shape
}

pub(super) fn fields(pairs: &[(&str, Value)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        fields.set(&FieldName::new(name), value.clone());
    }
    fields
}

pub(super) fn object(pairs: &[(&str, &str)]) -> Object {
    pairs.iter().map(|(name, value)| (*name, *value)).collect()
}

pub(super) fn key(key: impl ToString) -> RecordKey {
    RecordKey::new(&key.to_string())
}

pub(super) fn member(id: impl ToString) -> Member {
    Member { resource: Arc::from("User"), key: key(id), display: None }
}

pub(super) fn unique(field: &str, value: &str) -> Unique {
    Unique { field: FieldName::new(field), value: Value::from(value), case: Case::Ignored }
}

pub(super) fn insert_user(login: &str) -> InsertPlan {
    InsertPlan {
        resource: Arc::from("User"),
        fields: fields(&[
            ("$.login", login.into()),
            ("$.firstname", "Barbara".into()),
            ("$.lastname", "Jensen".into()),
            ("$.status", "1".into()),
            ("$.mail", format!("{login}@example.com").into()),
            ("$.password", "x1Y2z3abc!".into()),
        ]),
        unique: vec![unique("$.login", login)],
        members: Vec::new(),
        token: Default::default(),
    }
}

pub(super) fn insert_group(name: &str, members: Vec<Member>) -> InsertPlan {
    let fields = fields(&[("$.name", name.into())]);
    InsertPlan {
        resource: Arc::from("Group"),
        fields,
        unique: vec![unique("$.name", name)],
        members,
        token: Default::default(),
    }
}

pub(super) fn fetch(resource: &str, id: impl ToString) -> FetchPlan {
    let want = Want { members: resource == "Group", groups: false };
    FetchPlan { resource: Arc::from(resource), key: key(id), want }
}

pub(super) fn select(resource: &str, predicate: Predicate, offset: u64, limit: u64) -> SelectPlan {
    SelectPlan {
        resource: Arc::from(resource),
        predicate,
        sort: None,
        after: None,
        offset,
        limit,
        want: Want::default(),
    }
}

pub(super) fn equal(field: &str, value: &str) -> Predicate {
    Predicate::Compare { field: FieldName::new(field), op: Comparison::Eq, value: value.into(), case: Case::Ignored }
}

pub(super) fn update(resource: &str, id: impl ToString, set: &[(&str, Value)], members: MembersChange) -> UpdatePlan {
    UpdatePlan {
        resource: Arc::from(resource),
        key: key(id),
        set: fields(set),
        whole: fields(set),
        merge: Fields::new(),
        lists: Vec::new(),
        members,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    }
}
