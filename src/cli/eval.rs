//! `postern eval`: one expression, its value or its inverse.

use std::process::ExitCode;

use clap::Args;

use crate::diagnostic::{Diagnostic, SourceFile, Span, render_all};
use crate::expr::{Env, Expression, Outcome, Problem, text_of};
use crate::value::{JsonLimits, Object, Value};

/// The expression does not compile.
const DOES_NOT_COMPILE: u8 = 2;
/// The expression fails on this input, every candidate is taken, or it has no inverse for this value.
const FAILS: u8 = 3;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The instant that `Now()` gives, as `2026-11-25T10:00:00Z`.
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
    /// What `DefaultDomain()` gives.
    #[arg(long, value_name = "DOMAIN")]
    default_domain: Option<String>,
    /// Values that are taken, a JSON list: `SelectUniqueValue` gives the first that is not.
    #[arg(long, value_name = "JSON")]
    taken: Option<String>,
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
            report(&options.expression, &problems);
            return ExitCode::from(DOES_NOT_COMPILE);
        }
    };
    report(&options.expression, expression.warnings());
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
    let env = Env { now, seed, default_domain: options.default_domain.clone(), token: std::sync::Arc::default() };
    let values: Vec<Value> =
        expression.references().iter().map(|reference| value_of(&attributes, &reference.name)).collect();
    let taken = match options.taken.as_deref().map(|text| Value::from_json(text.as_bytes(), &JsonLimits::default())) {
        None => Value::Null,
        Some(Ok(taken)) => taken,
        Some(Err(problem)) => return super::failure(&format!("the taken values are no JSON: {problem}")),
    };
    match first_free(expression, &values, &env, &taken) {
        Ok(Outcome::Value(at @ Value::DateTime(_))) => println!("{}", Value::String(text_of(&at)).to_json()),
        Ok(Outcome::Value(value)) => println!("{}", value.to_json()),
        Ok(Outcome::IgnoreAttribute) => println!("{{\"$flow\":\"ignore_attribute\"}}"),
        Ok(Outcome::IgnoreObject) => println!("{{\"$flow\":\"ignore_object\"}}"),
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::from(FAILS);
        }
    }
    ExitCode::SUCCESS
}

/// Prints problems on standard error, with a caret under the text that is meant.
fn report(text: &str, problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    let file = SourceFile::new("expression", text);
    let shown = |problem: &Problem| {
        let at = Span::new(&file, problem.span.clone());
        let mut shown = Diagnostic::error(problem.kind.code(), &at, problem.message.clone());
        shown.severity = problem.kind.severity();
        shown.help.clone_from(&problem.help);
        shown
    };
    eprint!("{}", render_all(&problems.iter().map(shown).collect::<Vec<_>>(), false));
}

/// The value; of several candidates the first that is there and not taken, whatever its case.
fn first_free(expression: &Expression, values: &[Value], env: &Env, taken: &Value) -> Result<Outcome, String> {
    let candidates = expression.candidates();
    if candidates == 1 || taken.is_unassigned() {
        return expression.eval(values, env).map_err(|error| error.to_string());
    }
    for index in 0..candidates {
        let outcome = expression.eval_candidate(index, values, env).map_err(|error| error.to_string())?;
        let Outcome::Value(value) = &outcome else { return Ok(outcome) };
        let text = text_of(value).to_lowercase();
        if !text.is_empty() && !taken.elements().iter().any(|have| text_of(have).to_lowercase() == text) {
            return Ok(outcome);
        }
    }
    Err("every candidate is taken".to_owned())
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
