//! A rehearsal for people, and for machines: one JSON object a line.

use crate::rehearse::{Act, Exchange, Finding, Left, Rehearsal};
use crate::value::{Object, Value};

/// Where the rule of a resource's attribute stands.
type Places<'p> = &'p dyn Fn(&str, &str) -> Option<String>;

/// So much of a body is shown to people.
const EXCERPT: usize = 400;

pub(super) fn print(json: bool, name: &str, rehearsal: &Rehearsal, places: Places<'_>) {
    if json { objects(name, rehearsal, places) } else { text(name, rehearsal, places) }
}

fn text(name: &str, rehearsal: &Rehearsal, places: Places<'_>) {
    println!("A rehearsal against {name}");
    rehearsal.acts.iter().for_each(act);
    let findings = rehearsal.findings();
    if findings.is_empty() {
        println!("\nNothing would go wrong.");
    } else {
        println!("\nWhat would go wrong in production: {}", findings.len());
    }
    for (act, finding) in findings {
        println!("\n! {}", harmless(&finding.what));
        println!("  met in        {act}");
        println!("  in production {}", harmless(&finding.means));
        println!("  to change     {}", harmless(&finding.change));
        if let Some(place) = place(finding, places) {
            println!("  the rule      {place}");
        }
    }
    if rehearsal.left.is_empty() {
        println!("\nNothing of it stays in the application.");
    } else {
        println!("\nWhat stays in the application: {}", rehearsal.left.len());
        rehearsal.left.iter().for_each(left);
    }
}

fn act(act: &Act) {
    println!("\n{}", act.name);
    if act.exchanges.is_empty() {
        println!("  (nothing was sent)");
    }
    for exchange in &act.exchanges {
        println!("  {} {} -> {}", exchange.method, harmless(&exchange.path), status(exchange));
        if exchange.sent != Value::Null {
            println!("    sent     {}", excerpt(&exchange.sent));
        }
        if !exchange.answer.is_success() {
            println!("    answered {}", harmless(&exchange.answer.detail()));
        } else if exchange.is_write() && !exchange.answer.body().is_unassigned() {
            println!("    answered {}", excerpt(exchange.answer.body()));
        }
        match &exchange.held {
            Some(Value::Null) => println!("    holds    (no such record)"),
            Some(held) => println!("    holds    {}", excerpt(held)),
            None => (),
        }
    }
}

fn status(exchange: &Exchange) -> String {
    exchange.answer.status().map_or_else(|| "no answer".to_owned(), |status| status.to_string())
}

fn left(left: &Left) {
    println!("  {}: {}", harmless(&left.path), harmless(&left.why));
    if let Some(held) = &left.held {
        println!("    holds    {}", excerpt(held));
    }
}

fn objects(name: &str, rehearsal: &Rehearsal, places: Places<'_>) {
    let line = |kind: &str, act: &str, mut object: Object| {
        let mut whole: Object = [("type", kind)].into_iter().collect();
        if !act.is_empty() {
            whole.set("act", act);
        }
        object.iter_mut().for_each(|(name, value)| whole.set(name, std::mem::take(value)));
        println!("{}", Value::Object(whole).to_json());
    };
    line("rehearsal", "", [("application", name)].into_iter().collect());
    for act in &rehearsal.acts {
        act.exchanges.iter().for_each(|exchange| line("exchange", &act.name, exchange.to_object()));
        act.objects.iter().for_each(|object| line("object", &act.name, object.clone()));
    }
    let findings = rehearsal.findings();
    for (act, finding) in &findings {
        let mut object = finding.to_object();
        if let Some(place) = place(finding, places) {
            object.set("place", place);
        }
        line("finding", act, object);
    }
    for left in &rehearsal.left {
        let mut object: Object = [("path", left.path.as_str()), ("why", left.why.as_str())].into_iter().collect();
        object.set("held", left.held.clone().unwrap_or_default());
        line("left", "", object);
    }
    let count = |count: usize| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let writes = rehearsal.acts.iter().flat_map(|act| &act.exchanges).filter(|exchange| exchange.is_write()).count();
    let summary = [("findings", findings.len()), ("left", rehearsal.left.len()), ("writes", writes)];
    line("summary", "", summary.into_iter().map(|(name, number)| (name, count(number))).collect());
}

fn place(finding: &Finding, places: Places<'_>) -> Option<String> {
    places(finding.resource, finding.attribute.as_deref()?)
}

fn excerpt(value: &Value) -> String {
    let text = value.to_json();
    let short: String = text.chars().take(EXCERPT).collect();
    if short.len() < text.len() { format!("{short} …") } else { short }
}

/// What an endpoint answered cannot drive the terminal.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
