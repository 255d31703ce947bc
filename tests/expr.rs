//! The expression language: every vector forwards and backwards, every function's own examples,
//! every problem with its place, and texts that nobody would write.

#[path = "expr/inverses.rs"]
mod inverses;

use std::collections::BTreeMap;
use std::fs;

use jiff::Timestamp;
use postern::expr::{Env, Expression, Outcome, ProblemKind, signatures, text_of};
use postern::value::{JsonLimits, Value};
use proptest::prelude::*;
use serde_json::Value as Json;

const VECTORS: &str = "tests/expr/vectors.json";

/// Vectors that are read otherwise than their source suggests, each with the reason. Only vectors
/// of low confidence may stand here: where the documentation is silent.
const READ_OTHERWISE: &[(&str, &str)] = &[];

#[test]
fn every_vector_gives_what_its_source_says() {
    let file = json(VECTORS);
    let mut wrong = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let otherwise = READ_OTHERWISE.iter().any(|(known, _)| *known == id);
        match (forward(vector), otherwise) {
            (Ok(()), true) => wrong.push(format!("{id} agrees and need not be listed as read otherwise")),
            (Err(got), false) => wrong.push(format!("{id}: {}\n    {got}", vector["expr"])),
            _ => (),
        }
        if otherwise && vector["confidence"] != "low" {
            wrong.push(format!("{id} is documented and may not be read otherwise"));
        }
    }
    assert!(wrong.is_empty(), "\n{} wrong\n{}\n", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_inverse_vector_leads_back() {
    let file = json(VECTORS);
    let mut wrong = Vec::new();
    for vector in file["inverse_vectors"].as_array().unwrap() {
        if let Err(got) = backward(vector) {
            wrong.push(format!("{} from {}: {got}", vector["expr"], vector["target"]));
        }
    }
    assert!(wrong.is_empty(), "\n{} wrong\n{}\n", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_function_does_what_its_examples_say() {
    for signature in signatures() {
        let name = signature.name;
        assert!(!signature.summary.is_empty(), "{name} is not documented");
        assert!(!signature.examples.is_empty(), "{name} has no example");
        for example in signature.examples {
            assert!(example.expression.contains(name), "{} does not show {name}", example.expression);
            let given: Json = serde_json::from_str(example.given).unwrap();
            let gives: Json = serde_json::from_str(example.gives).unwrap();
            let got = evaluated(example.expression, &given, &env(&Json::Null)).unwrap();
            assert_eq!(got, gives, "{}", example.expression);
        }
    }
}

#[test]
fn the_functions_are_listed_by_name_and_once() {
    let names: Vec<String> = signatures().map(|signature| signature.name.to_ascii_lowercase()).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
fn every_case_of_ours_holds() {
    let file = json("tests/expr/cases.json");
    for case in file["forward"].as_array().unwrap() {
        forward(case).unwrap_or_else(|got| panic!("{}: {got}", case["expr"]));
    }
    for case in file["inverse"].as_array().unwrap() {
        backward(case).unwrap_or_else(|got| panic!("{} from {}: {got}", case["expr"], case["target"]));
    }
    for case in file["problems"].as_array().unwrap() {
        problems(case).unwrap_or_else(|got| panic!("{}: {got}", case["expr"]));
    }
}

/// Evaluates a vector and compares; the error says what came instead.
fn forward(vector: &Json) -> Result<(), String> {
    let text = vector["expr"].as_str().unwrap();
    let got = evaluated(text, &vector["attrs"], &env(&vector["ctx"]))
        .and_then(|first| unique(text, vector, first))
        .unwrap_or_else(|failure| serde_json::json!({ "$error": failure }));
    let expected = &vector["expected"];
    let agrees = match (&expected["$matches"], &expected["$error"]) {
        (Json::String(pattern), _) => {
            let pattern = fancy_regex::Regex::new(&format!("^(?:{pattern})$")).unwrap();
            got.as_str().is_some_and(|text| pattern.is_match(text).unwrap())
        }
        // What fails whatever comes in may already be refused when it is compiled.
        (_, Json::String(stage)) if stage == "eval" => got.get("$error").is_some(),
        (_, Json::String(stage)) if stage == "parse" => {
            got["$error"].as_str().is_some_and(|e| e.starts_with("compile"))
        }
        _ => got == *expected,
    };
    if agrees { Ok(()) } else { Err(format!("expected {expected}, got {got}")) }
}

/// The first candidate that is not taken, for vectors that say what is.
fn unique(text: &str, vector: &Json, first: Json) -> Result<Json, String> {
    let Some(taken) = vector["ctx"]["taken"].as_array() else { return Ok(first) };
    let expression = Expression::compile(text).unwrap();
    for index in 0..expression.candidates() {
        let values = values(&expression, &vector["attrs"]);
        let outcome = expression.eval_candidate(index, &values, &env(&vector["ctx"]));
        let candidate = shown(&outcome.map_err(|failure| failure.to_string())?);
        let is_taken = |have: &Json| have.as_str().unwrap().eq_ignore_ascii_case(candidate.as_str().unwrap());
        if !taken.iter().any(is_taken) {
            return Ok(candidate);
        }
    }
    Err("escrow".to_owned())
}

fn evaluated(text: &str, attributes: &Json, env: &Env) -> Result<Json, String> {
    let expression = Expression::compile(text).map_err(|problems| format!("compile: {problems:?}"))?;
    let outcome = expression.eval(&values(&expression, attributes), env);
    outcome.map(|outcome| shown(&outcome)).map_err(|failure| failure.to_string())
}

/// The values of the references; names of attributes have no case.
fn values(expression: &Expression, attributes: &Json) -> Vec<Value> {
    let attributes: BTreeMap<String, &Json> =
        attributes.as_object().unwrap().iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let value =
        |name: &str| attributes.get(&name.to_ascii_lowercase()).map(|value| Value::from_serde((*value).clone()));
    expression.references().iter().map(|reference| value(&reference.name).unwrap_or_default()).collect()
}

fn shown(outcome: &Outcome) -> Json {
    match outcome {
        Outcome::Value(Value::DateTime(at)) => text_of(&Value::DateTime(*at)).into(),
        Outcome::Value(value) => value.to_serde(),
        Outcome::IgnoreAttribute => serde_json::json!({ "$flow": "ignore_attribute" }),
        Outcome::IgnoreObject => serde_json::json!({ "$flow": "ignore_object" }),
    }
}

fn env(ctx: &Json) -> Env {
    let now = ctx["now"].as_str().unwrap_or("2025-07-30T00:00:00Z");
    Env {
        now: now.parse::<Timestamp>().unwrap(),
        seed: [7; 32],
        default_domain: ctx["default_domain"].as_str().map(str::to_owned),
        token: Default::default(),
    }
}

/// Solves a vector and compares, by text: the caller gives the attribute its type.
fn backward(vector: &Json) -> Result<(), String> {
    let expression = Expression::compile(vector["expr"].as_str().unwrap()).unwrap();
    let expected = &vector["expected"];
    let target = Value::from_serde(vector["target"].clone());
    let solved = expression.invert().and_then(|inverse| {
        let exact = vector["exact"].as_bool();
        if exact.is_some_and(|exact| exact != inverse.is_exact()) {
            return Err(format!("exact: {}", inverse.is_exact()));
        }
        inverse.solve(&target)
    });
    let got: BTreeMap<String, Json> = match solved {
        Ok(solved) => solved
            .into_iter()
            .map(|(slot, value)| (expression.references()[slot].name.clone(), shown(&Outcome::Value(value))))
            .collect(),
        Err(_) if expected.get("$not_invertible").is_some() => return Ok(()),
        Err(reason) => return Err(reason),
    };
    let wanted: BTreeMap<String, Json> = match &vector["solve_for"] {
        Json::String(name) => [(name.clone(), expected.clone())].into(),
        _ => expected.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    };
    let same = got.len() == wanted.len()
        && got.iter().zip(&wanted).all(|(got, wanted)| got.0 == wanted.0 && as_text(got.1) == as_text(wanted.1));
    if same { Ok(()) } else { Err(format!("expected {wanted:?}, got {got:?}")) }
}

fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Compiles a case and compares the problems: kind, the text that is marked, message and help.
fn problems(case: &Json) -> Result<(), String> {
    let text = case["expr"].as_str().unwrap();
    let found = match Expression::compile(text) {
        Ok(expression) => expression.warnings().to_vec(),
        Err(problems) => problems,
    };
    let kind = |kind| match kind {
        ProblemKind::Syntax => "syntax",
        ProblemKind::UnknownFunction => "unknown function",
        ProblemKind::Arguments => "arguments",
        ProblemKind::Warning => "warning",
        ProblemKind::NotPortable => "not portable",
    };
    let found: Vec<Json> = found
        .into_iter()
        .map(|p| serde_json::json!([kind(p.kind), text[p.span].to_owned(), p.message, p.help.unwrap_or_default()]))
        .collect();
    if Json::Array(found.clone()) == case["problems"] { Ok(()) } else { Err(format!("{found:#?}")) }
}

fn json(path: &str) -> Json {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_identifier_and_two_calls_give_two() {
    let pair = Expression::compile("Join(\" \", Guid(), Guid())").unwrap();
    let env = env(&Json::Null);
    let Outcome::Value(Value::String(both)) = pair.eval(&[], &env).unwrap() else { panic!("no text") };
    let (one, other) = both.split_once(' ').unwrap();
    assert_ne!(one, other);
    assert_eq!(pair.eval(&[], &env).unwrap(), Outcome::Value(both.clone().into()));
    assert_ne!(pair.eval(&[], &env.for_target("login")).unwrap(), Outcome::Value(both.into()));
}

#[test]
fn what_is_drawn_under_a_name_is_the_same_for_every_target_of_a_request() {
    let salt = Expression::compile("RandomHex(16, \"salt\")").unwrap();
    let hash = Expression::compile("HashSha1(HashSha1([password]), RandomHex(16, \"salt\"))").unwrap();
    let other = Expression::compile("RandomHex(16, \"other\")").unwrap();
    let nameless = Expression::compile("RandomHex(16)").unwrap();
    let request = env(&Json::Null);
    let drawn = |expression: &Expression, target: &str| {
        let values = [Value::from("s3cret")];
        let outcome = expression.eval(&values[..expression.references().len()], &request.for_target(target)).unwrap();
        shown(&outcome).as_str().unwrap().to_owned()
    };
    let salt = drawn(&salt, "salt");
    assert_eq!(salt.len(), 32);
    assert_ne!(salt, drawn(&other, "salt"));
    assert_ne!(drawn(&nameless, "salt"), drawn(&nameless, "pepper"));
    let sha1 = |text: &str| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(drawn(&hash, "hashed_password"), sha1(&format!("{salt}{}", sha1("s3cret"))));
    let later = Env { seed: [8; 32], ..env(&Json::Null) };
    let Outcome::Value(again) = Expression::compile("RandomHex(16, \"salt\")").unwrap().eval(&[], &later).unwrap()
    else {
        panic!("no value")
    };
    assert_ne!(text_of(&again), salt);
}

#[test]
fn hashes_are_kept_out_of_logs_and_salted_anew() {
    let hash = Expression::compile("HashPbkdf2Sha256([password], 1000)").unwrap();
    assert!(hash.is_redacted());
    let password = [Value::from("s3cret")];
    let hashed = |seed| shown(&hash.eval(&password, &Env { seed, ..env(&Json::Null) }).unwrap());
    assert_ne!(hashed([1; 32]), hashed([2; 32]));
    for hash in ["HashBcrypt([password], 4)", "HashSha512Crypt([password], 1000)", "HashPhpass([password], 7)"] {
        let hash = Expression::compile(hash).unwrap();
        let hashed = |seed| shown(&hash.eval(&password, &Env { seed, ..env(&Json::Null) }).unwrap());
        assert_ne!(hashed([1; 32]), hashed([2; 32]), "{hash}");
        assert_eq!(hashed([1; 32]), hashed([1; 32]), "{hash}");
    }
    for name in ["HashSha1", "HashSha256", "HashPbkdf2Sha256", "HashBcrypt", "HashSha512Crypt", "HashPhpass"] {
        let expression = Expression::compile(&format!("{name}([password])")).unwrap();
        assert!(expression.is_redacted(), "{name}");
        assert_eq!(expression.eval(&[Value::from("")], &env(&Json::Null)).unwrap(), Outcome::Value(Value::Null));
    }
}

#[test]
fn what_entra_does_not_have_is_told() {
    for signature in signatures() {
        let Some(example) = signature.examples.first() else { continue };
        let expression = Expression::compile(example.expression).unwrap();
        let warned = expression.warnings().iter().any(|problem| {
            problem.kind == ProblemKind::NotPortable && example.expression[problem.span.clone()] == *signature.name
        });
        assert_eq!(warned, !signature.portable, "{}", signature.name);
    }
}

#[test]
fn a_text_that_would_grow_without_bound_is_an_error() {
    let expression = Expression::compile("Append(Append([x], [x]), Append([x], [x]))").unwrap();
    let large = Value::String("x".repeat(400_000));
    let failure = expression.eval(&[large], &env(&Json::Null)).unwrap_err();
    assert!(failure.to_string().contains("1 MiB"), "{failure}");
}

#[test]
fn many_texts_that_are_each_short_enough_are_bounded_together() {
    let expression = Expression::compile(&(0..30).fold("[x]".to_owned(), |inner, _| format!("ToLower({inner})")));
    let large = Value::String("x".repeat(900_000));
    let failure = expression.unwrap().eval(&[large], &env(&Json::Null)).unwrap_err();
    assert!(failure.to_string().contains("16 MiB"), "{failure}");
    let pieces = Expression::compile("Count(Split([x], \"-\"))").unwrap();
    let many = Value::String("x-".repeat(500_000));
    assert_eq!(shown(&pieces.eval(&[many], &env(&Json::Null)).unwrap()), 500_000);
    let twice = Expression::compile("IIF(Count(Split([x], \"-\")) = Count(Split([x], \"-\")), \"1\", \"2\")").unwrap();
    let many = Value::String("x-".repeat(500_000));
    assert!(twice.eval(&[many], &env(&Json::Null)).is_err());
}

#[test]
fn a_pattern_is_not_looked_for_without_end() {
    let replace = Expression::compile("Replace([x], , \"a\", , \"\", , )").unwrap();
    let replaced = |text: String| replace.eval(&[Value::String(text)], &env(&Json::Null));
    assert_eq!(shown(&replaced("a".repeat(10_000 - 1)).unwrap()), "");
    let failure = replaced("a".repeat(60_000)).unwrap_err();
    assert!(failure.to_string().contains("10,000 times"), "{failure}");
    // One such text is within the limit; behind many matches it is not.
    let costly = Expression::compile("Replace([x], , \"(?:(?:a|aa)+(?=c)|b)\", , \"\", , )").unwrap();
    let text = "a".repeat(14);
    let alone = costly.eval(&[Value::String(format!("{text}b"))], &env(&Json::Null)).unwrap();
    assert_eq!(shown(&alone), text);
    let behind = Value::String(format!("{}{text}b", "b".repeat(200)));
    let failure = costly.eval(&[behind], &env(&Json::Null)).unwrap_err();
    assert!(failure.to_string().contains("too many steps"), "{failure}");
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}\"a\"{}", "ToLower(".repeat(depth), ")".repeat(depth));
    assert!(Expression::compile(&nested(64)).is_ok());
    assert!(Expression::compile(&nested(65)).is_err());
    assert!(Expression::compile(&nested(1_200)).is_err());
    assert!(Expression::compile(&format!("\"{}\"", "é".repeat(9_998))).is_ok());
    assert!(Expression::compile(&format!("\"{}\"", "é".repeat(9_999))).is_err());
}

#[test]
fn a_compiled_expression_may_be_shared_between_threads() {
    const fn shared<T: Send + Sync + Clone>() {}
    shared::<Expression>();
    shared::<postern::expr::Inverse>();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "[a-zA-Z0-9\"\\\\\\[\\](),=<>&' .\u{e9}\u{201c}\u{1f600}-]{0,60}") {
        if let Err(problems) = Expression::compile(&text) {
            for problem in problems {
                prop_assert!(text.get(problem.span).is_some());
            }
        }
    }

    #[test]
    fn no_value_makes_a_function_panic(which in 0_usize..1000, texts in proptest::collection::vec(odd_value(), 7)) {
        let all: Vec<_> = signatures().collect();
        let signature = all[which % all.len()];
        let count = signature.required.max(signature.parameters.len());
        let arguments: Vec<String> = (0..count).map(|i| format!("[a{i}]")).collect();
        if let Ok(expression) = Expression::compile(&format!("{}({})", signature.name, arguments.join(", "))) {
            let _ = expression.eval(&texts[..count], &env(&Json::Null));
            if let Ok(inverse) = expression.invert() {
                let _ = inverse.solve(&texts[0]);
            }
        }
    }
}

/// Values at the edges: empty, huge, in pieces of emoji, of the wrong kind.
fn odd_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z0-9éİß😀:/ .,+-]{0,12}", "(yyyy|MM|dd|d|m|n|s|ww|%|'|[(]|[$]1|[\\\\]){0,4}"];
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        (-9_i64..9).prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Decimal),
        any::<bool>().prop_map(Value::Boolean),
        text.prop_map(Value::String),
        Just(Value::DateTime(Timestamp::MAX)),
        Just(Value::DateTime(Timestamp::MIN)),
        Just(Value::List(vec!["a".into(), Value::Null])),
        Just(Value::from_json(br#"[{"value": "r"}]"#, &JsonLimits::default()).unwrap()),
    ]
}
