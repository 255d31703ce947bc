//! An expression (the first line) over JSON values (each line after it): compiled, evaluated with
//! every candidate, inverted, and what the inverse gives evaluated again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postern::expr::{Env, Expression, Outcome};
use postern::value::{JsonLimits, Value};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let source = lines.next().unwrap_or_default();
    let Ok(expression) = Expression::compile(source) else { return };
    let given: Vec<Value> = lines
        .map(|line| Value::from_json(line.as_bytes(), &JsonLimits::default()).unwrap_or_else(|_| line.into()))
        .collect();
    let value = |i: usize| given.get(i).cloned().unwrap_or(Value::Null);
    let values: Vec<Value> = (0..expression.references().len()).map(value).collect();
    let now = jiff::Timestamp::from_second(1_790_000_000).expect("a time of this century");
    let env = Env { now, seed: [7; 32], default_domain: Some("example.com".to_owned()), token: std::sync::Arc::default() };
    let first = expression.eval(&values, &env);
    assert_eq!(first, expression.eval(&values, &env), "the same input gives the same answer");
    for candidate in 0..expression.candidates() {
        let _ = expression.eval_candidate(candidate, &values, &env);
    }
    let _ = (expression.result_kind(), expression.is_redacted(), expression.may_ignore());
    let Ok(inverse) = expression.invert() else { return };
    let (Ok(Outcome::Value(value)), true) = (first, inverse.is_exact()) else { return };
    if let Ok(solved) = inverse.solve(&value) {
        let mut origin = values;
        solved.into_iter().for_each(|(at, value)| origin[at] = value);
        let _ = expression.eval(&origin, &env);
    }
});
