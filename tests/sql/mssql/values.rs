//! What a column's value comes to, what is sent for a value, and what an error means.

use super::*;

/// A column's type as the server declares it, a value as it arrives, and what it comes to.
fn values() -> Vec<(&'static str, Cell, Json)> {
    // 2026-11-25 is 739 944 days after the first of January of the year 1, and 46 349 after that of 1900.
    let (day, of_1900, ten_o_clock) = (739_944, 46_349, 36_000_u64);
    vec![
        ("bit", Cell::Bit(true), json!(true)),
        ("tinyint", Cell::Int(1, Some(255)), json!(255)),
        ("smallint", Cell::Int(2, Some(-3)), json!(-3)),
        ("int", Cell::Int(4, Some(-70_000)), json!(-70_000)),
        ("bigint", Cell::Int(8, Some(i64::MIN)), json!(i64::MIN)),
        ("int", Cell::Int(4, None), json!(null)),
        ("float", Cell::Float(0.25), json!(0.25)),
        ("money", Cell::Money(-125_000), json!(-12.5)),
        ("decimal(8,2)", Cell::Decimal(1250, 2), json!(12.5)),
        ("decimal(8,2)", Cell::Decimal(-5, 2), json!(-0.05)),
        ("decimal(8,0)", Cell::Decimal(42, 0), json!(42)),
        ("decimal(38,0)", Cell::Decimal(12_345_678_901_234_567_890, 0), json!("12345678901234567890")),
        ("nvarchar(60)", "Zoë 山田 𝄞".into(), json!("Zoë 山田 𝄞")),
        ("nvarchar(60)", Cell::Text(None), json!(null)),
        ("nvarchar(60)", "".into(), json!("")),
        ("nvarchar(max)", Cell::Long("é".repeat(9000)), json!("é".repeat(9000))),
        ("varchar(60)", Cell::Narrow(b"Zo\xeb".to_vec()), json!("Zoë")),
        ("nchar(6)", "Zoë   ".into(), json!("Zoë")),
        ("char(6)", Cell::Narrow(b" ada  ".to_vec()), json!(" ada")),
        ("json", Cell::Long(r#"{"a": [1, null]}"#.to_owned()), json!({"a": [1, null]})),
        ("varbinary(max)", Cell::Bytes(vec![1, 2, 255]), json!("AQL/")),
        ("timestamp", Cell::Bytes(vec![0, 0, 0, 0, 0, 0, 7, 0xd1]), json!(2001)),
        (
            "uniqueidentifier",
            Cell::Guid([
                0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
            ]),
            json!("00112233-4455-6677-8899-aabbccddeeff"),
        ),
        ("datetime", Cell::DateTime(of_1900, 36_000 * 300 + 75), json!("2026-11-25T10:00:00.25Z")),
        ("datetime", Cell::DateTime(of_1900, 36_000 * 300 + 1), json!("2026-11-25T10:00:00.003Z")),
        ("datetime", Cell::DateTime(of_1900, 36_000 * 300 + 2), json!("2026-11-25T10:00:00.007Z")),
        ("smalldatetime", Cell::SmallDateTime(46_349, 600), json!("2026-11-25T10:00:00Z")),
        ("datetime2(7)", Cell::DateTime2(day, ten_o_clock * 10_000_000 + 1), json!("2026-11-25T10:00:00.0000001Z")),
        // The protocol holds the time of UTC, whatever the offset.
        ("datetimeoffset(7)", Cell::DateTimeOffset(day, ten_o_clock * 10_000_000, 120), json!("2026-11-25T10:00:00Z")),
        ("date", Cell::Date(day), json!("2026-11-25")),
        ("time(7)", Cell::Time(ten_o_clock * 10_000_000), json!("10:00:00")),
    ]
}

/// A column's type, a value for it, and what the server gets; an error begins with `!`.
const SENT: &[(&str, &str, &str)] = &[
    ("bit", "true", "1"),
    ("bit", "'off'", "0"),
    ("bit", "'perhaps'", "!is neither true nor false"),
    ("tinyint", "255", "255"),
    ("smallint", "40000", "!is too large a number for the application"),
    ("int", "'7'", "7"),
    ("bigint", "9007199254740993", "9007199254740993"),
    ("decimal(38,2)", "'12345678901234567890.12'", "12345678901234567890.12"),
    ("decimal(8,2)", "12.5", "12.5"),
    ("money", "'12.5'", "12.5"),
    ("float", "0.25", "0.25"),
    ("nvarchar(4)", "'Zoë𝄞'", "Zoë𝄞"),
    ("nvarchar(4)", "'abcde'", "!is longer than the application allows"),
    ("nvarchar(max)", "\"'; DROP TABLE people; --\"", "'; DROP TABLE people; --"),
    ("varchar(4)", "'Zoë'", "Zoë"),
    ("varchar(4)", "'Łuk'", "!contains characters that the application does not know"),
    ("char(4)", "'Zoë'", "Zoë"),
    ("nchar(4)", "'abcde'", "!is longer than the application allows"),
    ("uniqueidentifier", "'00112233445566778899AABBCCDDEEFF'", "00112233-4455-6677-8899-aabbccddeeff"),
    ("uniqueidentifier", "'x'", "!is not a UUID"),
    ("datetime", "2026-11-25T10:00:00.123456Z", "2026-11-25T10:00:00.123"),
    ("smalldatetime", "2026-11-25T10:00:00Z", "2026-11-25T10:00:00.000"),
    ("datetime2(7)", "2026-11-25T10:00:00.123456Z", "2026-11-25 10:00:00.123456"),
    ("datetimeoffset(7)", "2026-11-25T12:00:00+02:00", "2026-11-25 10:00:00"),
    ("date", "'2026-11-25'", "2026-11-25"),
    ("date", "'soon'", "!is not a date"),
    ("varbinary(max)", "'AB'", "4142"),
];

/// A server with one person who has one column of this type.
async fn with_column(declared: &str, cell: Cell) -> (Peer, Arc<dyn Downstream>) {
    let collation = if declared.contains("char") { " Latin1_General_CI_AS 1252" } else { "" };
    let columns = Columns::read(&format!("people id int\npeople x {declared}{collation}\n"));
    let peer = Peer::start(Door::Open, move |asked| {
        let row = || Reply::Rows(vec![vec![Cell::Int(4, Some(1)), cell.clone()]]);
        let counted = || Reply::Rows(vec![vec![Cell::Int(8, Some(1))]]);
        match &asked.text {
            text if text.ends_with("ROWCOUNT_BIG()") => counted(),
            text if text.contains(" FROM [people]") => row(),
            _ => columns.described(asked).unwrap_or(Reply::Done),
        }
    })
    .await;
    let application: Table =
        "mapping = \"[User]\\ntable = 'people'\\nkey = 'id'\\n\"\n[shape.User.fields]\nx = 'title'\n".parse().unwrap();
    let driver = bound(&application, &peer.url()).unwrap();
    (peer, driver)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_read() {
    let mut problems = Vec::new();
    for (declared, cell, expected) in values() {
        let (_peer, driver) = with_column(declared, cell).await;
        let record = driver.fetch(&fetch("User", &RecordKey::new("1"))).await.unwrap().unwrap();
        let found = record.fields.get(&FieldName::new("x")).to_serde();
        if found != expected {
            problems.push(format!("{declared}: {found} instead of {expected}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_written() {
    let mut problems = Vec::new();
    for (declared, value, expected) in SENT {
        let value = plans::value_of(&format!("v = {value}").parse::<Table>().unwrap()["v"]);
        let (peer, driver) = with_column(declared, Cell::Text(None)).await;
        let plan = update("1", &[("x", value)]);
        let found = match driver.update(&plan).await {
            Ok(_) => {
                let asked = peer.asked().into_iter().find(|asked| asked.text.starts_with("UPDATE ")).unwrap();
                asked.parameters[0].clone()
            }
            Err(error) => failure(&error).replace("invalid title ", "!"),
        };
        if found != *expected {
            problems.push(format!("{declared}: {found} instead of {expected}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_its_meaning() {
    let cases: Table = fs::read_to_string("tests/sql/mssql/errors.toml").unwrap().parse().unwrap();
    let mut problems = Vec::new();
    for case in cases["error"].as_array().unwrap() {
        let (number, message) = (case["number"].as_integer().unwrap(), text(case, "message").to_owned());
        let code = u32::try_from(number).unwrap();
        let column = case.get("key").map(|column| column.as_str().unwrap().to_owned());
        let key = Reply::Rows(column.iter().map(|name| vec![name.as_str().into()]).collect());
        let peer = people_at(Door::Open, move |asked| {
            let refused = asked.contains("INSERT").then(|| Reply::Error(code, message.clone()));
            refused.or_else(|| asked.starts_with("SELECT c.name FROM sys.indexes").then(|| key.clone()))
        })
        .await;
        let driver = bound(&people(), &peer.url()).unwrap();
        let error = driver.insert(&ada()).await.unwrap_err();
        let mut wrong = |what: &str, found: &str| problems.push(format!("{number}, {what}: {found}"));
        if failure(&error) != text(case, "fails") {
            wrong("meaning", &failure(&error));
        }
        if case.get("detail").is_some_and(|detail| detail.as_str() != Some(&error.detail)) {
            wrong("detail", &error.detail);
        }
        if case.get("hidden").is_some_and(|hidden| error.detail.contains(hidden.as_str().unwrap())) {
            wrong("a value is told", &error.detail);
        }
        let times = peer.asked().iter().filter(|asked| asked.text.contains("INSERT")).count();
        if i64::try_from(times).unwrap() != case.get("times").map_or(1, |times| times.as_integer().unwrap()) {
            wrong("tried", &times.to_string());
        }
        if peer.asked().iter().any(|asked| asked.text == "COMMIT TRANSACTION") {
            wrong("committed", "");
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_applications_own_means_what_the_mapping_says() {
    let mut people = people();
    let rules = "\n[[User.errors]]\nnumber = [50010, 50011]\nmatches = 'no free seat'\n\
                 answer = { status = 422, detail = 'no licence seat is free' }\n\
                 [[User.errors]]\nnumber = 50020\nmeans = 'uniqueness'\nattribute = 'userName'\n";
    let mapping = format!("{}{rules}", text(&Toml::Table(people.clone()), "mapping"));
    people.insert("mapping".to_owned(), mapping.into());
    for (number, message, fails) in [
        (50010, "No free seat for ada-secret.", "told 422 no licence seat is free"),
        (50010, "Something else.", "invalid ? is not allowed by the application"),
        (50012, "No free seat.", "invalid ? is not allowed by the application"),
        (50020, "ada-secret is there.", "uniqueness userName"),
    ] {
        let peer = people_at(Door::Open, move |asked| {
            asked.contains("INSERT").then(|| Reply::Error(number, message.to_owned()))
        })
        .await;
        let error = bound(&people, &peer.url()).unwrap().insert(&ada()).await.unwrap_err();
        let found = match &error.kind {
            ErrorKind::Told(told) => format!("told {} {}", told.status, told.detail),
            _ => failure(&error),
        };
        assert_eq!(found, fails, "{number} {message}");
        assert!(!error.detail.contains("ada-secret"), "{}", error.detail);
    }
}
