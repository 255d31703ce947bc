//! `postern eval`: one expression, its value or its inverse.

use std::process::ExitCode;

use clap::Args;

use crate::expr::{Env, Expression, Outcome};
use crate::value::{JsonLimits, Object, Value};

/// The expression does not compile.
const DOES_NOT_COMPILE: u8 = 2;
/// The expression fails on this input, or has no inverse for this value.
const FAILS: u8 = 3;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The instant that `Now()` gives, as `2026-11-25T10:00:00Z`.
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
    /// What `DefaultDomain()` gives.
    #[arg(long, value_name = "DOMAIN")]
    default_domain: Option<String>,
    /// Print the attributes that would give this value.
    #[arg(long, value_name = "VALUE")]
    invert: Option<String>,
    /// The expression.
    expression: String,
    /// The attributes, a JSON object.
    attributes: Option<String>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let expression = match Expression::compile(&options.expression) {
        Ok(expression) => expression,
        Err(problems) => {
            for problem in problems {
                eprintln!("{} (at {})", problem.message, problem.span.start + 1);
            }
            return ExitCode::from(DOES_NOT_COMPILE);
        }
    };
    match &options.invert {
        Some(value) => invert(&expression, value),
        None => evaluate(&expression, options),
    }
}

fn evaluate(expression: &Expression, options: &Options) -> ExitCode {
    let text = options.attributes.as_deref().unwrap_or("{}");
    let attributes = match Value::from_json(text.as_bytes(), &JsonLimits::default()) {
        Ok(Value::Object(attributes)) => attributes,
        Ok(_) => return super::failure("the attributes are not a JSON object"),
        Err(problem) => return super::failure(&format!("the attributes are no JSON: {problem}")),
    };
    let mut seed = [0; 32];
    if aws_lc_rs::rand::fill(&mut seed).is_err() {
        return super::failure("no random bytes to be had");
    }
    let now = options.now.unwrap_or_else(jiff::Timestamp::now);
    let env = Env { now, seed, default_domain: options.default_domain.clone() };
    let values: Vec<Value> =
        expression.references().iter().map(|reference| value_of(&attributes, &reference.name)).collect();
    match expression.eval(&values, &env) {
        Ok(Outcome::Value(value)) => println!("{}", value.to_json()),
        Ok(Outcome::IgnoreAttribute) => println!("{{\"$flow\":\"ignoreAttribute\"}}"),
        Ok(Outcome::IgnoreObject) => println!("{{\"$flow\":\"ignoreObject\"}}"),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(FAILS);
        }
    }
    ExitCode::SUCCESS
}

/// The attribute itself, or a path of names.
fn value_of(attributes: &Object, name: &str) -> Value {
    if let Some(value) = attributes.get(name) {
        return value.clone();
    }
    let Some((first, rest)) = name.split_once('.') else { return Value::Null };
    match attributes.get(first) {
        Some(Value::Object(inner)) => value_of(inner, rest),
        _ => Value::Null,
    }
}

fn invert(expression: &Expression, value: &str) -> ExitCode {
    let value = Value::from_json(value.as_bytes(), &JsonLimits::default()).unwrap_or_else(|_| value.into());
    let solved = expression.invert().and_then(|inverse| inverse.solve(&value));
    match solved {
        Ok(found) => {
            let object: Object = found
                .into_iter()
                .filter_map(|(at, value)| Some((expression.references().get(at)?.name.clone(), value)))
                .collect();
            println!("{}", Value::Object(object).to_json());
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(FAILS)
        }
    }
}
