//! Plans as a case writes them.

use super::*;

pub(super) enum Plan {
    Insert(InsertPlan),
    Fetch(FetchPlan),
    Select(SelectPlan),
    Update(UpdatePlan),
    Delete(DeletePlan),
}

impl Plan {
    pub(super) fn as_any(&self) -> AnyPlan<'_> {
        match self {
            Self::Insert(plan) => AnyPlan::Insert(plan),
            Self::Fetch(plan) => AnyPlan::Fetch(plan),
            Self::Select(plan) => AnyPlan::Select(plan),
            Self::Update(plan) => AnyPlan::Update(plan),
            Self::Delete(plan) => AnyPlan::Delete(plan),
        }
    }

    pub(super) async fn run(&self, driver: &dyn Downstream) -> Result<Json, DownstreamError> {
        Ok(match self {
            Self::Insert(plan) => json_of(&driver.insert(plan).await?),
            Self::Fetch(plan) => driver.fetch(plan).await?.as_ref().map_or(Json::Null, json_of),
            Self::Select(plan) => {
                let page = driver.select(plan).await?;
                json!({ "total": page.total, "records": page.records.iter().map(json_of).collect::<Vec<_>>() })
            }
            Self::Update(plan) => driver.update(plan).await?.as_ref().map_or(Json::Null, json_of),
            Self::Delete(plan) => driver.delete(plan).await?.into(),
        })
    }
}

/// A record as JSON; members and groups as `User:1 (name)`.
pub(super) fn json_of(record: &Record) -> Json {
    let fields: serde_json::Map<_, _> =
        record.fields.iter().map(|(name, value)| (name.to_owned(), value.to_serde())).collect();
    let people = |members: &Option<Vec<Member>>| {
        members.as_ref().map(|members| {
            let each = members.iter().map(|member| {
                let display = member.display.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
                format!("{}:{}{display}", member.resource, member.key)
            });
            each.collect::<Vec<_>>()
        })
    };
    json!({
        "key": record.key.as_str(), "fields": fields, "version": record.version,
        "members": people(&record.members), "groups": people(&record.groups),
    })
}

pub(super) fn plan_of(step: &Toml) -> Plan {
    let (kind, plan) = step
        .as_table()
        .unwrap()
        .iter()
        .find(|(name, _)| ["insert", "fetch", "select", "update", "delete"].contains(&name.as_str()))
        .unwrap();
    let resource: Arc<str> = plan.get("resource").and_then(Toml::as_str).unwrap_or("User").into();
    match kind.as_str() {
        "insert" => {
            let fields = fields_of(plan.get("fields"));
            Plan::Insert(InsertPlan {
                resource,
                unique: unique_of(plan, &fields),
                fields,
                members: members_of(plan.get("members")),
                token: Default::default(),
            })
        }
        "fetch" => Plan::Fetch(FetchPlan { resource, key: key_of(plan), want: want_of(plan) }),
        "select" => Plan::Select(SelectPlan {
            resource,
            predicate: plan.get("where").map_or(Predicate::True, predicate_of),
            sort: plan.get("sort").map(sort_of),
            after: plan.get("after").and_then(Toml::as_str).map(RecordKey::new),
            offset: number(plan, "offset").unwrap_or(0),
            limit: number(plan, "limit").unwrap_or(100),
            want: want_of(plan),
        }),
        "update" => Plan::Update(update_of(resource, plan)),
        _ => Plan::Delete(DeletePlan { resource, key: key_of(plan), token: Default::default() }),
    }
}

fn update_of(resource: Arc<str>, plan: &Toml) -> UpdatePlan {
    let set = fields_of(plan.get("set"));
    let lists = plan.get("lists").and_then(Toml::as_array).into_iter().flatten().map(|change| ListChange {
        list: FieldName::new(text(change, "list")),
        remove: objects(change.get("remove")),
        add: objects(change.get("add")),
        all: Vec::new(),
    });
    let members = if let Some(all) = plan.get("replace") {
        MembersChange::Replace(members_of(Some(all)))
    } else if plan.get("add").is_some() || plan.get("remove").is_some() {
        MembersChange::Delta { add: members_of(plan.get("add")), remove: members_of(plan.get("remove")) }
    } else {
        MembersChange::None
    };
    UpdatePlan {
        resource,
        key: key_of(plan),
        unique: unique_of(plan, &set),
        whole: plan.get("whole").map_or_else(|| set.clone(), |whole| fields_of(Some(whole))),
        set,
        merge: fields_of(plan.get("merge")),
        lists: lists.collect(),
        members,
        enables: plan.get("enables").and_then(Toml::as_bool),
        expected_version: plan.get("version").map(|version| version.as_str().unwrap().to_owned()),
        token: Default::default(),
    }
}

/// `["and", ["eq", "login", "x"], ["not", ["present", "email"]]]`; `eq!` and the like mind case.
fn predicate_of(node: &Toml) -> Predicate {
    let items = node.as_array().unwrap();
    let rest = || items[1..].iter().map(predicate_of).collect();
    let field = || FieldName::new(items[1].as_str().unwrap());
    let name = items[0].as_str().unwrap();
    let (name, case) = name.strip_suffix('!').map_or((name, Case::Ignored), |name| (name, Case::Exact));
    match name {
        "true" => Predicate::True,
        "false" => Predicate::False,
        "and" => Predicate::And(rest()),
        "or" => Predicate::Or(rest()),
        "not" => Predicate::Not(Box::new(predicate_of(&items[1]))),
        "present" => Predicate::Present(field()),
        "keys" => Predicate::Keys(items[1..].iter().map(|key| RecordKey::new(key.as_str().unwrap())).collect()),
        "any" => Predicate::AnyElement { list: field(), predicate: Box::new(predicate_of(&items[2])) },
        "member" => Predicate::HasMember(items[1..].iter().map(member_of).collect()),
        "member-of" => Predicate::HasMemberOf(items[1..].iter().map(|kind| kind.as_str().unwrap().into()).collect()),
        op => Predicate::Compare { field: field(), op: comparison(op), value: value_of(&items[2]), case },
    }
}

fn comparison(op: &str) -> Comparison {
    match op {
        "eq" => Comparison::Eq,
        "ne" => Comparison::Ne,
        "co" => Comparison::Contains,
        "sw" => Comparison::StartsWith,
        "ew" => Comparison::EndsWith,
        "gt" => Comparison::Gt,
        "ge" => Comparison::Ge,
        "lt" => Comparison::Lt,
        "le" => Comparison::Le,
        other => panic!("{other} is no comparison"),
    }
}

fn sort_of(node: &Toml) -> Sort {
    let text = node.as_str().unwrap();
    let field = FieldName::new(text.trim_start_matches('-'));
    Sort { field, descending: text.starts_with('-'), case: Case::Ignored }
}

fn unique_of(plan: &Toml, fields: &Fields) -> Vec<Unique> {
    let names = plan.get("unique").and_then(Toml::as_array).into_iter().flatten();
    let names = names.map(|name| FieldName::new(name.as_str().unwrap()));
    names.map(|field| Unique { value: fields.get(&field).clone(), field, case: Case::Ignored }).collect()
}

fn want_of(plan: &Toml) -> Want {
    let flag = |name| plan.get(name).and_then(Toml::as_bool).unwrap_or(false);
    Want { members: flag("members"), groups: flag("groups") }
}

fn key_of(plan: &Toml) -> RecordKey {
    RecordKey::new(text(plan, "key"))
}

fn number(plan: &Toml, key: &str) -> Option<u64> {
    plan.get(key).map(|number| u64::try_from(number.as_integer().unwrap()).unwrap())
}

fn members_of(node: Option<&Toml>) -> Vec<Member> {
    node.and_then(Toml::as_array).into_iter().flatten().map(member_of).collect()
}

fn member_of(node: &Toml) -> Member {
    let (resource, key) = node.as_str().unwrap().split_once(':').unwrap();
    Member { resource: resource.into(), key: RecordKey::new(key), display: None }
}

fn fields_of(node: Option<&Toml>) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in node.and_then(Toml::as_table).into_iter().flatten() {
        fields.set(&FieldName::new(name), value_of(value));
    }
    fields
}

fn objects(node: Option<&Toml>) -> Vec<Object> {
    let items = node.and_then(Toml::as_array).into_iter().flatten();
    items.map(|item| value_of(item).as_object().unwrap().clone()).collect()
}

pub(super) fn value_of(node: &Toml) -> Value {
    match node {
        Toml::String(text) if text == "<null>" => Value::Null,
        Toml::String(text) => Value::String(text.clone()),
        Toml::Integer(i) => Value::Integer(*i),
        Toml::Float(f) => Value::Decimal(*f),
        Toml::Boolean(b) => Value::Boolean(*b),
        Toml::Datetime(at) => Value::DateTime(at.to_string().parse().unwrap()),
        Toml::Array(items) => Value::List(items.iter().map(value_of).collect()),
        Toml::Table(table) => {
            Value::Object(table.iter().map(|(name, value)| (name.clone(), value_of(value))).collect())
        }
    }
}
