//! `/Bulk`: each operation as a request of its own, in the order in which they would run.

use std::collections::HashSet;

use crate::scim::bulk::{BulkOperation, Step, without};
use crate::scim::{BulkRequest, ScimError, Verb};
use crate::value::Value;

use super::super::Gateway;

pub(super) async fn explain(gateway: &Gateway, request: &BulkRequest) -> Result<Vec<String>, ScimError> {
    // What other operations make is not there, so whatever refers to it is told in words.
    let made: HashSet<String> = request.operations.iter().filter_map(|operation| operation.bulk_id.clone()).collect();
    let mut lines = Vec::new();
    if let Some(most) = request.fail_on_errors {
        lines.push(format!("no further operation is begun after {most} that failed"));
    }
    for step in request.steps() {
        match step {
            Step::Run(at, _) => {
                let operation = &request.operations[at];
                lines.push(title(at, operation));
                match one(gateway, operation, &made).await {
                    Ok(more) => lines.extend(more.into_iter().map(|line| format!("  {line}"))),
                    Err(error) => lines.push(format!("  {} {}", error.status, error.to_value().to_json())),
                }
            }
            Step::Complete(at) => lines.push(format!("operation {}: what it left out is put in place", at + 1)),
        }
    }
    Ok(lines)
}

fn title(at: usize, operation: &BulkOperation) -> String {
    let name = operation.bulk_id.as_ref().map(|name| format!(" (bulkId {name})")).unwrap_or_default();
    format!("operation {}: {} /{}{name}", at + 1, operation.method, operation.path.join("/"))
}

async fn one(gateway: &Gateway, operation: &BulkOperation, made: &HashSet<String>) -> Result<Vec<String>, ScimError> {
    let verb = operation.verb.clone()?;
    let refers = |segment: &String| segment.strip_prefix("bulkId:").is_some_and(|name| made.contains(name));
    if operation.path.iter().any(refers) {
        return Ok(vec!["of a resource that this message makes: its key is known then".to_owned()]);
    }
    let (data, left_out) =
        operation.data.as_ref().map_or_else(|| (Value::Null, Vec::new()), |data| without(data, made));
    let body = (verb != Verb::Delete).then_some(data);
    let request = gateway.parse(operation.request(verb, operation.path.clone(), body))?;
    let mut lines = gateway.explain_one(&request).await?;
    let names = left_out.iter().map(|(path, _)| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    if !names.is_empty() {
        lines.push(format!("and in {names} what other operations of this message make"));
    }
    Ok(lines)
}
