//! What the mapping language costs: compiling a large mapping, which a start and a reload wait for,
//! and evaluating expressions, which every request does.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use postern::diagnostic::{Document, Problems, SourceFile};
use postern::expr::{Env, Expression};
use postern::mapping;
use postern::value::Value;

use crate::Result;

/// Rules of the mapping that is compiled.
const RULES: usize = 200;

/// What rules are usually made of; `NAME` is the attribute.
const KINDS: [&str; 8] = [
    r#""f""#,
    r#"{ field = "f", write = 'Append([NAME], "@example.com")' }"#,
    r#"{ field = "f", write = 'Switch([NAME], "0", "Clerk", "1", "Guide", "2", "Cook", "3")', lossy = true }"#,
    r#"{ field = "f", write = 'Join(", ", [NAME], [userName])', lossy = true }"#,
    r#"{ field = "f", write = 'Replace([NAME], , "[()\s-]+", , "", , )', read = '[f]' }"#,
    r#"{ field = "f", write = 'FormatDateTime([NAME], , "yyyy-MM-dd", "yyyyMMdd")' }"#,
    r#"{ field = "f", write = 'ToLower(Left(NormalizeDiacritics([NAME]), 20))', write_only = true }"#,
    r#"{ field = "f", write = 'IIF(IsPresent([NAME]), [NAME], "none")', lossy = true, max_length = 40 }"#,
];

/// Expressions, and what their references hold, in the order of their appearance.
const EXPRESSIONS: [(&str, &[&str]); 8] = [
    (r#"Switch([active], , "True", "1", "False", "3")"#, &["False"]),
    (r#"Switch([c], "0", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6", "g", "7", "h", "8")"#, &["h"]),
    (r#"Join(" ", [givenName], [middleName], [familyName])"#, &["Ada", "", "Lovelace"]),
    (r#"Split([roles], ",")"#, &["admin, editor, author"]),
    (r#"Append([userName], "@example.com")"#, &["ada.lovelace"]),
    (r#"ToLower(Left(NormalizeDiacritics([familyName]), 20))"#, &["Lövelace"]),
    (r#"Replace([phone], , "[()\s-]+", , "", , )"#, &["+1 (555) 123-4567"]),
    (r#"FormatDateTime([d], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")"#, &["20150123105347.1Z"]),
];

/// Prints both.
pub(crate) fn print() -> Result<()> {
    let text = mapping_of(RULES);
    let mut times: Vec<Duration> = (0..40).map(|_| compile(&text)).collect::<Result<_>>()?;
    times.sort_unstable();
    println!("\ncompiling a mapping of {RULES} rules: median {:.2?}, slowest {:.2?}\n", times[20], times[39]);
    println!("| one evaluation | ns |\n| --- | ---: |");
    let env =
        Env { now: jiff::Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: std::sync::Arc::default() };
    for (text, given) in EXPRESSIONS {
        let expression = Expression::compile(text).map_err(|problems| format!("{text}: {problems:?}"))?;
        let values: Vec<Value> = given.iter().map(|text| Value::from(*text)).collect();
        println!("| `{text}` | {} |", nanoseconds(|| drop(black_box(expression.eval(black_box(&values), &env)))));
    }
    Ok(())
}

fn mapping_of(rules: usize) -> String {
    let mut text = "[downstream]\nkind = \"sql\"\nurl = \"sqlite:app.db\"\n[User]\ntable = \"t\"\nkey = \"id\"\n\
                    [User.attributes]\nuserName = { field = \"login\", match = 1 }\n"
        .to_owned();
    let mut schema = "[schema.\"urn:example:bench:User\".attributes]\n".to_owned();
    for number in 0..rules {
        let name = format!("urn:example:bench:User:a{number}");
        let rule = KINDS[number % KINDS.len()].replace("NAME", &name);
        let rule = rule.replace("\"f\"", &format!("\"f{number}\"")).replace("'[f]'", &format!("'[f{number}]'"));
        let _ = writeln!(text, "\"{name}\" = {rule}");
        let _ = writeln!(schema, "a{number} = \"string\"");
    }
    text + &schema
}

fn compile(text: &str) -> Result<Duration> {
    let begin = Instant::now();
    let mut problems = Problems::new();
    let document = Document::parse(&SourceFile::new("bench.toml", text), &mut problems).ok_or("not TOML")?;
    let mapping = mapping::compile(document, &[], &mut problems);
    let taken = begin.elapsed();
    match black_box(mapping) {
        Some(mapping) if !problems.has_errors() && mapping.resources[0].rules.len() == RULES + 1 => Ok(taken),
        _ => Err(format!("the mapping is wrong: {:?}", problems.into_sorted().first()).into()),
    }
}

/// The fastest of some runs: whatever else the machine does only makes them longer.
fn nanoseconds(work: impl Fn()) -> u128 {
    const TIMES: u32 = 20_000;
    let run = |_| {
        let begin = Instant::now();
        (0..TIMES).for_each(|_| work());
        begin.elapsed().as_nanos() / u128::from(TIMES)
    };
    (0..20).map(run).min().unwrap_or_default()
}
