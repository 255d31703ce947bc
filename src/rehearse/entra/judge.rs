//! Reports as an administrator reads them: what would go wrong in production, why, and what to
//! change. Pure.

use crate::rehearse::{Answer, Exchange, Finding};
use crate::value::{Object, Value};

use super::errors::Failure;
use super::report::{Kind, Outcome, Report};
use super::target::Target;

/// Everything in a report that would go wrong; with `settled` nothing may have been sent.
pub(super) fn findings(report: &Report, settled: bool) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    if let Some(failure) = &report.refused {
        found.push(failed(Kind::User, failure, "the connection test", "GET"));
    }
    found.extend(report.failures().map(|(object, failure)| {
        let what = format!("a {}", object.kind.resource().to_lowercase());
        failed(object.kind, failure, &what, asked(report, failure))
    }));
    if let Some(quarantine) = &report.quarantine {
        found.push(Finding {
            attribute: None,
            resource: "User",
            what: format!("the job is in quarantine: {}", quarantine.reason),
            means: "Entra stops, tries once a day, and switches the job off after four weeks".to_owned(),
            change: "nothing goes on before its cause is gone: see above".to_owned(),
        });
    }
    if settled {
        // What failed is told above, and tried again for that.
        let sent = |exchange: &Exchange| exchange.is_write() && exchange.answer.is_success();
        for (at, exchange) in report.exchanges.iter().enumerate().filter(|(_, exchange)| sent(exchange)) {
            found.extend(endless(&report.exchanges[..at], exchange));
        }
    }
    found
}

/// What a page of a list has to be.
pub(super) fn page(answer: &Answer, start: i64, count: usize) -> Option<Finding> {
    let told = |what: String| Finding {
        attribute: None,
        resource: "User",
        what,
        means: "importing and discovering accounts goes wrong: people are missed, or read for ever".to_owned(),
        change: "the application has to be read page by page; see the manual on paging".to_owned(),
    };
    let list = match answer.object() {
        Some(list) if answer.status() == Some(200) => list,
        _ => return Some(told(format!("a page of users was answered with {}", answer.detail()))),
    };
    let number = |name: &str| match list.get(name) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    };
    let resources = list.get("Resources").map_or(0, |resources| resources.elements().len());
    let total = number("totalResults");
    let problem = match total {
        None => "a page of users has no `totalResults`".to_owned(),
        Some(total) if total >= start && resources == 0 => {
            format!("page {start} of {total} users is empty")
        }
        Some(_) if resources > count => format!("{resources} users were answered where {count} were asked for"),
        Some(total) if total >= start && number("startIndex") != Some(start) => {
            format!("`startIndex={start}` was not answered with the same `startIndex`")
        }
        Some(_) => return None,
    };
    Some(told(problem))
}

/// The method of the request that failed so.
fn asked(report: &Report, failure: &Failure) -> &'static str {
    let same =
        |exchange: &&Exchange| exchange.answer.status() == failure.status && exchange.answer.detail() == failure.detail;
    report.exchanges.iter().rev().find(same).map_or("GET", |exchange| exchange.method)
}

/// Somebody who is disabled was looked for.
pub(super) fn found_though_disabled(answer: &Answer, target: &str) -> Option<Finding> {
    let found = answer.object().and_then(|list| list.get("Resources")).map_or(0, |found| found.elements().len());
    (answer.status() == Some(200) && found == 0).then(|| Finding {
        attribute: Some(target.to_owned()),
        resource: "User",
        what: format!("an account that is disabled is not found by `{target}`"),
        means: "who comes back is made a second time, or refused as there already".to_owned(),
        change: "disabled accounts belong to the mapping's scope: look at `where`, and at the calls that list"
            .to_owned(),
    })
}

/// Objects that a job made anew although they were there.
pub(super) fn made_again(report: &Report) -> Vec<Finding> {
    let again = report.objects.iter().filter(|object| object.outcome == Outcome::Created);
    again
        .map(|object| Finding {
            attribute: None,
            resource: object.kind.resource(),
            what: format!("a {} that was there was not found, and made again", object.kind.resource().to_lowercase()),
            means: "a job that is set up anew makes everybody a second time".to_owned(),
            change:
                "the attribute that has `match` in Entra needs a field that can be searched, and `match` in the mapping"
                    .to_owned(),
        })
        .collect()
}

fn failed(kind: Kind, failure: &Failure, what: &str, method: &str) -> Finding {
    let (means, change) = match kind {
        Kind::Group if failure.status == Some(404) && failure.stops => NO_GROUPS,
        _ => reading(failure, method),
    };
    Finding {
        attribute: None,
        resource: kind.resource(),
        what: format!("{what}: {}: {}", failure.code, failure.detail),
        means: means.to_owned(),
        change: change.to_owned(),
    }
}

/// The endpoint of groups is none.
const NO_GROUPS: (&str, &str) = (
    "quarantine at once, as soon as a group is assigned: whoever answers a query with 404 speaks no SCIM",
    "map `[Group]`, or switch the provisioning of groups off in Entra; here the rehearsal goes on without them",
);

/// How Entra reads a failure, and what to do about it.
fn reading(failure: &Failure, method: &str) -> (&'static str, &'static str) {
    const ESCROW: &str = "the object goes into escrow: it is tried again, later and later, for 28 days";
    match failure.code {
        "Unauthorized" => {
            ("quarantine at once: the credentials are wrong", "give Entra a token of this tenant that has not expired")
        }
        "InsufficientRights" => (
            "quarantine at once: the token may not do this",
            "give the token the access and the scope that provisioning needs, and the address it comes from",
        ),
        "DuplicateTargetEntries" => (
            "the object is skipped until only one fits",
            "`match` an attribute whose values are unique, or take the second account away",
        ),
        "EntryConflict" => (
            "the object goes into escrow: it is there already, and the query by `match` does not find it",
            "give `match` to the attribute that the application holds unique, in the mapping and in Entra; or `adopt`",
        ),
        "InvalidAnchor" => (
            "the link is dropped, and the object is looked for and made again",
            "an id has to lead to its account as long as that is there, disabled ones too",
        ),
        _ if method == "DELETE" => (
            "the account stays, and Entra asks for its end again, for 28 days",
            "choose what DELETE does: `delete`, `disable` or `acknowledge` in `[User.deprovision]`; or switch Delete off among Entra's target object actions",
        ),
        "NotImplemented" => (
            "the object goes into escrow for ever: nobody will learn what was asked",
            "the filter that Entra matches by has to be answered: `match` an attribute with a field that can be searched",
        ),
        "SystemForCrossDomainIdentityManagementServiceIncompatible" if failure.stops => (
            "quarantine at once: whoever answers a query with 404 speaks no SCIM",
            "look whether the tenant URL ends where the tenant's path does",
        ),
        "SystemForCrossDomainIdentityManagementBadRequest" | "UnprocessableEntity" => (
            ESCROW,
            "the sentence names the attribute: accept the value in its rule, or take its row out of Entra's table",
        ),
        "TooManyRequests" => ("Entra slows down", "allow the client more requests a second (25 are asked for)"),
        "InternalServerError" | "Timeout" | "WebExceptionProtocolError" => {
            (ESCROW, "the application was not reached, or refused: `postern check --live` says why")
        }
        "MandatoryFieldsMissing" => (ESCROW, "people need a value in an attribute that has `match`"),
        "FailedExpression" => (ESCROW, "the row's expression has to work for people like this one"),
        _ => (ESCROW, "the answer has to be one that Entra takes"),
    }
}

/// Something was sent although nothing had changed: what was read is not what was sent before.
fn endless(before: &[Exchange], sent: &Exchange) -> Vec<Finding> {
    if sent.method != "PATCH" {
        return vec![Finding {
            attribute: None,
            resource: resource_of(&sent.path),
            what: format!("{} {} was sent although nothing had changed", sent.method, sent.path),
            means: "Entra makes or deletes the object again with every cycle".to_owned(),
            change: "what was made has to be found again: by its id, and by the attribute that has `match`".to_owned(),
        }];
    }
    let read = before.iter().rev().filter(|exchange| !exchange.is_write()).find_map(|exchange| {
        let object = exchange.answer.object()?;
        match object.get("Resources") {
            Some(resources) => resources.elements().first()?.as_object(),
            None => Some(object),
        }
    });
    let empty = Object::new();
    let read = read.unwrap_or(&empty);
    let resource = resource_of(&sent.path);
    assignments(&sent.sent).into_iter().map(|(path, value)| again(resource, &path, &value, read)).collect()
}

fn again(resource: &'static str, path: &str, value: &Value, read: &Object) -> Finding {
    let target = Target::parse(path, resource);
    let is_active = target.as_ref().is_some_and(Target::is_active);
    let have = target.map(|target| target.read(read).clone()).unwrap_or_default();
    let change = if have.is_unassigned() {
        "give the attribute a rule that also reads it, or take its row out of Entra's table"
    } else {
        "give the rule a `write` with an inverse or a `read` that leads back exactly, or `shadow = true`, so that what was sent is answered"
    };
    Finding {
        attribute: Some(path.to_owned()),
        resource,
        what: format!("`{path}` is read as {} where {} was sent", shown(&have), shown(value)),
        means: match is_active {
            true => {
                "who is disabled or unassigned keeps the account, and Entra patches it again with every cycle, for ever"
            }
            false => "Entra patches it again with every cycle, every 40 minutes, for ever",
        }
        .to_owned(),
        change: change.to_owned(),
    }
}

/// What a PATCH sets, path by path.
fn assignments(body: &Value) -> Vec<(String, Value)> {
    let operations = body.as_object().and_then(|body| body.get("Operations")).map(Value::elements).unwrap_or_default();
    let mut found = Vec::new();
    for operation in operations.iter().filter_map(Value::as_object) {
        let value = operation.get("value").cloned().unwrap_or_default();
        match (operation.get("path").and_then(Value::as_str), &value) {
            (Some(path), _) => found.push((path.to_owned(), value)),
            (None, Value::Object(flat)) => {
                found.extend(flat.iter().map(|(path, value)| (path.to_owned(), value.clone())));
            }
            (None, _) => (),
        }
    }
    found
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => value.to_json().chars().take(120).collect(),
    }
}

fn resource_of(path: &str) -> &'static str {
    if path.starts_with("/Groups") { "Group" } else { "User" }
}
