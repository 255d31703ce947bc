//! What the database finds is what a plain evaluation of the predicate finds, for any predicate.

use postern::value::prepared;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn any_predicate_finds_what_it_says_on_sqlite() {
    check::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn any_predicate_finds_what_it_says_on_postgresql() {
    check::<Postgres>().await;
}

/// `É` small, great, and taken apart; RFC 7644 §7.8 makes them one where case does not matter.
const TEXTS: &[&str] = &[
    "a",
    "A",
    "ab",
    "Ab",
    "b",
    "%",
    "_",
    "a_b",
    "",
    "\u{e9}a",
    "\u{c9}a",
    "e\u{301}a",
    "\u{c9}",
    "\u{431}",
    "\u{411}a",
];
/// Without the one taken apart, which MySQL is not asked for: a column may be of another character set.
const COMPOSED: &[&str] =
    &["a", "A", "ab", "Ab", "b", "%", "_", "a_b", "", "\u{e9}a", "\u{c9}a", "\u{c9}", "\u{431}", "\u{411}a"];
const FIELDS: &[&str] = &["login", "lastname", "mail.address"];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn any_predicate_finds_what_it_says_on_mariadb() {
    check::<MariaDb<false>>().await;
    check::<MariaDb<true>>().await;
}

async fn check<D: Database>() {
    let application = application("redmine");
    let database = D::fresh(application["schema"][D::KIND].as_str().unwrap()).await;
    let driver = bound(&application, &database.url()).unwrap();
    let texts = if D::KIND == "mysql" { COMPOSED } else { TEXTS };
    let mut dice = Dice { state: 0x2545_f491_4f6c_dd1d, texts };
    let mut records = Vec::new();
    for number in 0..30 {
        let plan = insert("User", &dice.record(number), &[]);
        let record = driver.insert(&plan).await.unwrap();
        records.push(record);
    }
    for _ in 0..400 {
        let predicate = dice.predicate(3, false);
        let page = driver.select(&select("User", predicate.clone())).await.unwrap();
        let found: Vec<_> = page.records.iter().map(|record| record.key.as_str()).collect();
        let expected = records.iter().filter(|record| holds(&predicate, &|name| record.fields.get(name).clone()));
        let expected: Vec<_> = expected.map(|record| record.key.as_str()).collect();
        assert_eq!(found, expected, "{predicate:?}");
        let counted = driver.select(&SelectPlan { limit: 0, ..select("User", predicate.clone()) }).await.unwrap();
        assert_eq!(counted.total, expected.len() as u64, "{predicate:?}");
    }
    drop(driver);
    database.finish().await;
}

fn holds(predicate: &Predicate, value_of: &dyn Fn(&FieldName) -> Value) -> bool {
    match predicate {
        Predicate::And(all) => all.iter().all(|one| holds(one, value_of)),
        Predicate::Or(any) => any.iter().any(|one| holds(one, value_of)),
        Predicate::Not(inner) => !holds(inner, value_of),
        Predicate::Present(field) => !matches!(value_of(field).to_text().as_str(), ""),
        Predicate::Compare { field, op, value, case } => compares(&value_of(field), *op, value, *case),
        Predicate::AnyElement { list, predicate } => value_of(list).elements().iter().any(|element| {
            holds(predicate, &|name| element.as_object().unwrap().get(name.as_str()).cloned().unwrap_or_default())
        }),
        other => *other == Predicate::True,
    }
}

fn compares(have: &Value, op: Comparison, want: &Value, case: Case) -> bool {
    if *have == Value::Null {
        return op == Comparison::Ne;
    }
    if let (Value::Integer(have), Value::Integer(want)) = (have, want) {
        return match op {
            Comparison::Gt => have > want,
            Comparison::Ge => have >= want,
            Comparison::Lt => have < want,
            Comparison::Le => have <= want,
            Comparison::Ne => have != want,
            _ => have == want,
        };
    }
    let fold = |value: &Value| if case == Case::Ignored { prepared(&value.to_text()) } else { value.to_text() };
    let (have, want) = (fold(have), fold(want));
    match op {
        Comparison::Ne => have != want,
        Comparison::Contains => have.contains(&want),
        Comparison::StartsWith => have.starts_with(&want),
        Comparison::EndsWith => have.ends_with(&want),
        Comparison::Gt => have > want,
        Comparison::Ge => have >= want,
        Comparison::Lt => have < want,
        Comparison::Le => have <= want,
        _ => have == want,
    }
}

/// The same numbers each time, so that a failure can be looked into.
struct Dice {
    state: u64,
    texts: &'static [&'static str],
}

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn maybe_text(&mut self) -> Value {
        if self.below(4) == 0 { Value::Null } else { self.pick(self.texts).into() }
    }

    fn record(&mut self, number: i64) -> Vec<(&'static str, Value)> {
        let phones = (0..self.below(3)).map(|_| {
            let phone: Object =
                [("kind", self.maybe_text()), ("number", self.pick(self.texts).into())].into_iter().collect();
            Value::Object(phone)
        });
        let phones = Value::List(phones.collect());
        // The login is unique, so it carries the record's number.
        let login = if self.below(4) == 0 { Value::Null } else { format!("{}{number}", self.pick(self.texts)).into() };
        let status = Value::Integer(i64::try_from(self.below(3)).unwrap());
        let mail = self.maybe_text();
        vec![
            ("login", login),
            ("lastname", self.pick(self.texts).into()),
            ("status", status),
            ("mail.address", mail),
            ("phone", phones),
        ]
    }

    fn predicate(&mut self, depth: u64, element: bool) -> Predicate {
        let kinds = if depth == 0 { 3 } else { 7 };
        match self.below(kinds) {
            0 => Predicate::Present(self.field(element)),
            1 if !element => {
                let ops =
                    [Comparison::Eq, Comparison::Ne, Comparison::Gt, Comparison::Ge, Comparison::Lt, Comparison::Le];
                let value = Value::Integer(i64::try_from(self.below(3)).unwrap());
                Predicate::Compare { field: FieldName::new("status"), op: self.pick(&ops), value, case: Case::Exact }
            }
            3 => Predicate::And(vec![self.predicate(depth - 1, element), self.predicate(depth - 1, element)]),
            4 => Predicate::Or(vec![self.predicate(depth - 1, element), self.predicate(depth - 1, element)]),
            5 => Predicate::Not(Box::new(self.predicate(depth - 1, element))),
            6 if !element => {
                let predicate = Box::new(self.predicate(depth - 1, true));
                Predicate::AnyElement { list: FieldName::new("phone"), predicate }
            }
            _ => {
                let ops = [
                    Comparison::Eq,
                    Comparison::Ne,
                    Comparison::Contains,
                    Comparison::StartsWith,
                    Comparison::EndsWith,
                    Comparison::Gt,
                    Comparison::Ge,
                    Comparison::Lt,
                    Comparison::Le,
                ];
                let (field, op) = (self.field(element), self.pick(&ops));
                let ordered = matches!(op, Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le);
                // Where an accented letter stands in an order depends on the spelling that is stored.
                let texts = if ordered { &self.texts[..8] } else { self.texts };
                Predicate::Compare {
                    field,
                    op,
                    value: self.pick(texts).into(),
                    case: self.pick(&[Case::Exact, Case::Ignored]),
                }
            }
        }
    }

    fn field(&mut self, element: bool) -> FieldName {
        FieldName::new(if element { self.pick(&["kind", "number"]) } else { self.pick(FIELDS) })
    }
}
