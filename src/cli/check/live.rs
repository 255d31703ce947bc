//! `check --live`: each tenant's mapping beside what its application has.

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Problems};
use crate::downstream::{Binding, DownstreamError, ErrorKind, Subject};

use super::Bound;

/// Verifies every tenant that is bound; false when an application could not be asked.
pub(super) async fn verify(config: &Config, bound: &[Option<Bound>], problems: &mut Problems) -> bool {
    let mut reached = true;
    for (tenant, bound) in config.tenants.iter().zip(bound) {
        let Some(bound) = bound else { continue };
        let document = &bound.mapping.document;
        let Some(downstream) = document.root.get("downstream") else { continue };
        let binding = Binding {
            downstream,
            resources: bound.mapping.shapes(),
            folder: &document.folder,
            variables: &tenant.variables,
        };
        let promises = bound.mapping.promises();
        match bound.downstream.verify(&Subject { binding: &binding, promises: &promises }).await {
            Ok(found) => found.into_iter().for_each(|problem| problems.push(problem)),
            Err(error) => {
                reached = false;
                problems.push(unreachable(&error, &binding));
            }
        }
    }
    reached
}

fn unreachable(error: &DownstreamError, binding: &Binding<'_>) -> Diagnostic {
    let address = ["url", "base_url"].into_iter().find_map(|key| binding.downstream.get(key));
    let span = &address.unwrap_or(binding.downstream).span;
    let message = match error.kind {
        ErrorKind::Credentials => "the application does not accept the credentials",
        _ => "the application cannot be reached",
    };
    Diagnostic::error(Code::LIVE_UNREACHABLE, span, message).help(error.detail.clone())
}
