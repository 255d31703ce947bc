//! The way back: what is called exact leads every value back to what gave it; what is not has a value
//! that it does not lead back, and here is one.

use std::collections::BTreeSet;

use postern::expr::{Expression, Outcome, Tables, signatures, text_of};
use postern::value::{JsonLimits, Value};
use proptest::prelude::*;

use super::env;

/// What a reference may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A text of letters, signs and blanks, or one of the words that mean something somewhere.
    Text,
    /// A date as `yyyyMMdd`.
    Day,
    Truth,
    Instant,
    /// A whole number that is a file time.
    FileTime,
    /// A list of texts.
    List,
    /// A text in UTF-16 as base64.
    Base64,
    /// A text of an even number of capital hexadecimal digits that is UTF-8.
    Hexadecimal,
}

use Of::{Base64, Day, FileTime, Hexadecimal, Instant, List, Text, Truth};

/// Expressions over `a` that lead back, as far as the type of `a` lets them.
const EXACT: &[(Of, &str)] = &[
    (Text, "[a]"),
    (Text, "Append([a], \"@x\")"),
    (Text, "Append(\"x-\", Append([a], \"-x\"))"),
    (Text, "Append(ConvertToUTF8Hex([a]), \"=\")"),
    (Text, "CStr([a])"),
    (Text, "ConvertToBase64([a])"),
    (Text, "ConvertToBase64(Append(\"é\", ConvertToBase64([a])))"),
    (Text, "ConvertToUTF8Hex([a])"),
    (Base64, "ConvertFromBase64([a])"),
    (Base64, "Append(ConvertFromBase64([a]), \"@x\")"),
    (Text, "IgnoreFlowIfNullOrEmpty([a])"),
    (Text, "Join(\"-\", [a], \"x\")"),
    (Text, "Join(\" \", \"b\", [a], \"b\")"),
    (Text, "Join(\"\", \"<\", ConvertToUTF8Hex([a]), \">\")"),
    (Text, "Redact(Append([a], \"1\"))"),
    (Text, "Replace([a], \"b\", , , , , \"<b>\")"),
    (Text, "Replace([a], \"%\", , , , , \"cn=%,ou=%\")"),
    (Text, "Append(Replace([a], \"%\", , , , , \"a%a\"), \"a\")"),
    (Day, "FormatDateTime([a], , \"yyyyMMdd\", \"yyyy-MM-dd\")"),
    (Day, "FormatDateTime([a], , \"yyyyMMdd\", \"d/M/yyyy\")"),
    (Day, "Append(FormatDateTime([a], , \"yyyyMMdd\", \"dd MMM yyyy\"), \" AD\")"),
    (Day, "FormatDateTime(FormatDateTime([a], , \"yyyyMMdd\", \"MM/dd/yyyy\"), , \"MM/dd/yyyy\", \"yyyy.MM.dd\")"),
    (Truth, "Not([a])"),
    (Truth, "Not(Not([a]))"),
    (Truth, "CBool([a])"),
    (Truth, "Switch([a], , \"True\", \"1\", \"False\", \"3\")"),
    (Truth, "Append(Switch([a], , \"True\", \"1\", \"False\", \"3\"), \"-\")"),
    (Truth, "Lookup(\"truth\", [a])"),
    (Instant, "NumFromDate([a])"),
    (Instant, "DateAdd(\"d\", 40000, [a])"),
    (Instant, "NumFromDate(DateAdd(\"n\", -90, [a]))"),
    (FileTime, "DateFromNum([a])"),
    (FileTime, "NumFromDate(DateFromNum([a]))"),
    (List, "[a]"),
    (List, "Append([a], \"@x\")"),
    (List, "Append(ConvertToBase64([a]), \"@x\")"),
    (List, "Replace([a], \"%\", , , , , \"cn=%\")"),
];

/// The same for those that lose something, with a value of `a` that shows it.
const LOSSY: &[(&str, &str)] = &[
    ("CBool([a])", "5"),
    ("CDate([a])", "\"2020-01-01\""),
    ("CNum([a])", "\"007\""),
    ("ConvertFromUTF8Hex([a])", "\"c3A9\""),
    ("DateAdd(\"d\", 1, [a])", "\"2020-01-01\""),
    ("DateFromNum([a])", "\"0129699324000000000\""),
    ("FormatDateTime([a], , \"d/M/yyyy\", \"yyyyMMdd\")", "\"01/2/2020\""),
    ("FormatDateTime([a], , \"yyyy-MM-ddzzz\", \"yyyy-MM-ddzzz\")", "\"2020-01-01+08:00\""),
    ("IIF([a] = \"x\", \"1\", \"0\")", "\"y\""),
    ("IIF(IsPresent([a]), [a], \"none\")", "\"none\""),
    ("Join(\",\", [a])", "[\"x,y\"]"),
    ("Lookup(\"x = 1; y = 2\", [a])", "\"z\""),
    ("NumFromDate([a])", "\"2020-01-01\""),
    ("PadLeft([a], 4, \"0\")", "\"01\""),
    ("PadRight([a], 4)", "\"a \""),
    ("RemoveDuplicates([a])", "[\"x\", \"x\"]"),
    ("SelectUniqueValue(Append([a], \"1\"), Append([a], \"11\"))", "\"x1\""),
    ("Split([a], \",\")", "\"x,,y\""),
    ("Switch([a], , \"x\", \"1\", \"y\", \"2\")", "\"z\""),
    ("Switch([a], \"0\", \"True\", \"1\")", "\"maybe\""),
    ("Switch([a], [a], \"x\", \"y\")", "\"y\""),
    ("Append(Trim([a]), \".\")", "\" x\""),
];

/// Over two references: one each for the parts of a text. Again with values that do not come back.
const OF_TWO: &[(&str, [&str; 2])] = &[
    ("Join(\" \", [a], [b])", ["Ada Maria", "Lovelace"]),
    ("Join(\"--\", [a], \"-\", [b])", ["x-", "y"]),
    ("Join(\"ab\", \"a\", [a], [b], \"b\")", ["ab", "ab"]),
    ("Join(\", \", ConvertToBase64([a]), Append([b], \"!\"))", ["x", "y, z"]),
    ("SelectUniqueValue(Append([a], \"1\"), Append([b], \"2\"))", ["x", "y"]),
];

fn compiled(text: &str) -> Expression {
    let rows = vec![("True".to_owned(), Value::Integer(1)), ("False".to_owned(), Value::Integer(0))];
    Expression::compile_with(text, &Tables::from([("truth".to_owned(), rows)])).unwrap()
}

/// What an expression stores, and what that leads back to; none when nothing is stored.
fn there_and_back(text: &str, given: &[Value]) -> Option<(Value, Result<Vec<Value>, String>)> {
    let expression = compiled(text);
    let wanted: Vec<Value> =
        expression.references().iter().map(|r| given[usize::from(r.name == "b")].clone()).collect();
    let Ok(Outcome::Value(stored)) = expression.eval(&wanted, &env(&serde_json::Value::Null)) else { return None };
    let back = expression.invert().unwrap().solve(&stored).map(|found| {
        let mut back = vec![Value::Null; given.len()];
        found
            .into_iter()
            .for_each(|(slot, value)| back[usize::from(expression.references()[slot].name == "b")] = value);
        back
    });
    Some((stored, back))
}

/// The same for the caller, who gives the attribute its type: nothing is null, the empty text and the
/// empty list (RFC 7643 §2.5); an instant is the same however it is spelled.
fn same(of: Of, one: &Value, other: &Value) -> bool {
    let texts = |value: &Value| {
        let elements = value.elements().iter().map(text_of).filter(|text| !text.is_empty());
        elements.collect::<Vec<_>>()
    };
    match (of, one, other) {
        (Instant, Value::DateTime(one), Value::String(other)) => other.parse().is_ok_and(|other| *one == other),
        _ => texts(one) == texts(other),
    }
}

fn value(of: Of) -> BoxedStrategy<Value> {
    let text = "([abx01 @%<>=,.éß😀\\\\\"\t-]{0,8}|True|False|none|2020-01-01|[0-9]{1,18})";
    match of {
        Text => prop_oneof![9 => text.prop_map(Value::from), 1 => Just(Value::Null)].boxed(),
        Day => "(19|20)[0-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])".prop_map(Value::from).boxed(),
        Truth => any::<bool>().prop_map(Value::from).boxed(),
        // From 1700 to 2900, in the steps of a file time.
        Instant => (-8_520_336_000_000_i64..29_348_006_400_000).prop_map(at).boxed(),
        FileTime => (0_i64..400_000_000_000_000_000).prop_map(Value::Integer).boxed(),
        List => proptest::collection::vec(text.prop_map(Value::from), 0..4).prop_map(Value::List).boxed(),
        Base64 => "(YQA=|SABlAGwAbABvAA==|PdgA3g==|YQBiAGMA)?".prop_map(Value::from).boxed(),
        Hexadecimal => "(4[1-9A-F]|C3A[0-9]){0,5}".prop_map(Value::from).boxed(),
    }
}

fn at(milliseconds: i64) -> Value {
    Value::DateTime(jiff::Timestamp::from_millisecond(milliseconds).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exact_leads_back(
        values in [Text, Day, Truth, Instant, FileTime, List, Base64].map(|of| value(of).prop_map(move |value| (of, value))),
    ) {
        for (of, given) in &values {
            for (_, text) in EXACT.iter().filter(|(wanted, _)| wanted == of) {
                let Some((stored, back)) = there_and_back(text, std::slice::from_ref(given)) else { continue };
                // What does not lead back is read as nothing.
                let read = back.as_ref().map_or(&Value::Null, |back| &back[0]);
                prop_assert!(same(*of, given, read), "{text} of {given:?} is {stored:?} and {back:?}");
            }
        }
    }

    #[test]
    fn what_an_inverse_finds_gives_the_same_value_again(
        a in prop_oneof![value(Text), value(Day), value(Hexadecimal), value(FileTime), value(List)],
        b in value(Text),
    ) {
        let lossy = LOSSY.iter().map(|(text, _)| *text);
        for text in EXACT.iter().map(|(_, text)| *text).chain(lossy).chain(OF_TWO.iter().map(|(text, _)| *text)) {
            // An element that holds the separator is several, and one that is nothing else is none.
            if text == "Join(\",\", [a])" {
                continue;
            }
            let Some((stored, Ok(back))) = there_and_back(text, &[a.clone(), b.clone()]) else { continue };
            let again = there_and_back(text, &back).map(|(again, _)| again);
            let agrees = again.as_ref().is_some_and(|again| same(Text, &stored, again));
            prop_assert!(agrees, "{text} of {a:?}, {b:?}: {stored:?} leads to {back:?}, which gives {again:?}");
        }
    }
}

#[test]
fn what_is_called_exact_is_listed_as_exact() {
    for (of, text) in EXACT {
        let inverse = compiled(text).invert().unwrap();
        let inverse = inverse.knowing(!matches!(of, Text | Day | List | Base64), *of == Truth);
        assert!(inverse.is_exact(), "{text}: {:?}", inverse.losses());
    }
    for text in LOSSY.iter().map(|(text, _)| text).chain(OF_TWO.iter().map(|(text, _)| text)) {
        assert!(!compiled(text).invert().unwrap().is_exact(), "{text}");
    }
}

#[test]
fn what_is_not_exact_has_a_value_that_does_not_come_back() {
    for (text, given) in LOSSY {
        let given = Value::from_json(given.as_bytes(), &JsonLimits::default()).unwrap();
        let found = there_and_back(text, std::slice::from_ref(&given));
        let (stored, back) = found.unwrap_or_else(|| panic!("{text} of {given:?} is refused"));
        let comes_back = back.as_ref().is_ok_and(|back| same(Text, &given, &back[0]));
        assert!(!comes_back, "{text} of {given:?} is {stored:?} and comes back");
    }
    for (text, given) in OF_TWO {
        let given = given.map(Value::from);
        let (stored, back) = there_and_back(text, &given).unwrap();
        assert!(back.as_ref().map_or(true, |back| *back != given), "{text} of {given:?} is {stored:?} and comes back");
    }
}

/// Every function that one of its own examples shows to have an inverse is tried above.
#[test]
fn every_function_with_an_inverse_is_tried() {
    let inverts = |text: &str| Expression::compile(text).is_ok_and(|expression| expression.invert().is_ok());
    let tried: BTreeSet<&str> =
        EXACT.iter().map(|(_, text)| *text).chain(LOSSY.iter().map(|(text, _)| *text)).collect();
    for signature in
        signatures().filter(|signature| signature.examples.iter().any(|example| inverts(example.expression)))
    {
        let call = format!("{}(", signature.name);
        assert!(tried.iter().any(|text| text.contains(&call)), "{} is not tried", signature.name);
    }
}
