//! `postern functions`: the reference, printed from the functions.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::expr::{Depends, Example, Expression, Kind, Parameter, Place, Role, Signature, signatures};

/// Nothing is called so.
const UNKNOWN: u8 = 2;

pub(super) fn run(name: Option<&str>) -> ExitCode {
    let mut all: Vec<&Signature> = signatures().collect();
    all.sort_by_key(|signature| signature.name.to_ascii_lowercase());
    let Some(name) = name else {
        print!("{}", reference(&all));
        return ExitCode::SUCCESS;
    };
    if let Some(signature) = all.iter().find(|signature| signature.name.eq_ignore_ascii_case(name)) {
        print!("{}", entry(signature));
        return ExitCode::SUCCESS;
    }
    let near = crate::diagnostic::nearest(name, all.iter().map(|signature| signature.name));
    let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    eprintln!("postern: there is no function `{name}`{help}");
    ExitCode::from(UNKNOWN)
}

/// The whole reference as Markdown.
fn reference(all: &[&Signature]) -> String {
    let mut page = format!("{INTRODUCTION}\n{}", contents(all));
    for signature in all {
        page.push('\n');
        page.push_str(&entry(signature));
    }
    page
}

/// The names of all functions, Entra's apart from ours.
fn contents(all: &[&Signature]) -> String {
    let names = |portable: bool| {
        let kept = all.iter().filter(|signature| signature.portable == portable);
        kept.map(|signature| format!("[{0}](#{1})", signature.name, signature.name.to_lowercase())).collect::<Vec<_>>()
    };
    format!(
        "Functions that Entra has, too: {}.\n\nPostern's own, which work in a mapping and cannot be pasted into Entra: {}.\n",
        names(true).join(", "),
        names(false).join(", ")
    )
}

fn entry(signature: &Signature) -> String {
    let mut text = format!("## {}\n\n    {}\n\n{}\n", signature.name, signature.usage(), signature.summary);
    if !signature.portable {
        text.push_str("\n**Postern's own**: Entra does not have it.\n");
    }
    if !signature.parameters.is_empty() {
        text.push_str("\n| argument | what it is |\n| --- | --- |\n");
        for (i, parameter) in signature.parameters.iter().enumerate() {
            let required = i < signature.required && !parameter.optional;
            let repeats = i + signature.repeat >= signature.parameters.len();
            let _ = writeln!(text, "| `{}` | {} |", parameter.name, described(parameter, required, repeats));
        }
    }
    let _ = write!(text, "\nGives {}.", given(signature));
    for remark in remarks(signature) {
        let _ = write!(text, " {remark}");
    }
    let _ = match inverted(signature) {
        true => write!(text, " It has an inverse."),
        false => write!(text, " It has no inverse: {}.", signature.lost),
    };
    text.push('\n');
    if !signature.examples.is_empty() {
        text.push_str("\n```text\n");
        for example in signature.examples {
            let given = if example.given == "{}" { String::new() } else { format!("   with {}", example.given) };
            let _ = writeln!(text, "{}{given}\n→ {}", example.expression, example.gives);
        }
        text.push_str("```\n");
    }
    text
}

/// True when one of the examples leads back to what it was given.
fn inverted(signature: &Signature) -> bool {
    let inverts =
        |example: &Example| Expression::compile(example.expression).is_ok_and(|expression| expression.invert().is_ok());
    signature.examples.iter().any(inverts)
}

fn described(parameter: &Parameter, required: bool, repeats: bool) -> String {
    let mut words = vec![parameter.kind.name().to_owned()];
    if !required {
        words.push("may be left out".to_owned());
    }
    if repeats {
        words.push("may come again".to_owned());
    }
    if parameter.role == Role::Branch {
        words.push("may be `IgnoreAttributeFlow`".to_owned());
    }
    words.join(", ")
}

const fn given(signature: &Signature) -> &'static str {
    match signature.result {
        Kind::Any => "what its arguments give",
        Kind::Boolean => "true or false",
        other => other.name(),
    }
}

fn remarks(signature: &Signature) -> Vec<&'static str> {
    let mut remarks = Vec::new();
    if signature.each {
        remarks.push("A list is worked on element by element.");
    }
    match signature.place {
        Place::Anywhere => {}
        Place::Outermost => remarks.push("It stands around everything else."),
        Place::NoCondition => remarks.push("It cannot be a condition."),
    }
    match signature.depends {
        Depends::Arguments => {}
        Depends::Time => remarks.push("It depends on the clock."),
        Depends::Randomness => remarks.push("It is another at each evaluation."),
        Depends::Tenant => remarks.push("It depends on the tenant's settings."),
    }
    remarks
}

const INTRODUCTION: &str = "\
# Functions

Printed by `postern functions`; one function is printed by `postern functions NAME`. Every example
is run as a test. `postern eval 'EXPRESSION' '{\"attribute\": \"value\"}'` evaluates an expression
on the spot.

An expression is a function with its arguments, an attribute in brackets (`[userName]`,
`[emails[type eq \"work\"].value]`) or a text in double quotes. Where an argument may be left out, two
commas in a row leave it out.
";
