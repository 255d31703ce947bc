//! The tokens of a tenant beside its mapping: is there any, are their endpoints there, and does each
//! give what the mapping wants to know of it?

use crate::config::Tenant;
use crate::diagnostic::{Code, Diagnostic, Document, Problems, nearest};
use crate::mapping::Mapping;
use crate::record::TOKEN;
use crate::server::{Access, Token};

/// Notes a tenant that nobody could use. One whose mapping cannot be read might be one.
pub(super) fn report_none(tenant: &Tenant, document: Option<&Document>, problems: &mut Problems) {
    let of_application = document.is_some_and(|document| document.root.get(TOKEN).is_some());
    if let Some(span) = tenant.without_tokens.as_ref().filter(|_| !of_application) {
        problems.push(
            Diagnostic::error(Code::BAD_TENANT, span, "the tenant has no token, so nobody could use it")
                .help("run `postern token new` and add what it prints"),
        );
    }
}

/// A token for an endpoint that is not there would be a token for nothing.
pub(super) fn report_unknown_scopes(tenant: &Tenant, mapping: &Mapping, problems: &mut Problems) {
    let endpoints: Vec<&str> = mapping.types.types.iter().map(|kind| kind.endpoint.trim_start_matches('/')).collect();
    for (scope, span) in &tenant.scopes {
        if endpoints.contains(&&**scope) {
            continue;
        }
        let problem = Diagnostic::error(Code::BAD_TOKEN, span, format!("the mapping has no endpoint `{scope}`"));
        problems.push(match nearest(scope, endpoints.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("one of {}", endpoints.join(", "))),
        });
    }
}

/// Notes each `{token.NAME}` that no token gives, and the tokens that write without giving it.
pub(super) fn report_missing_values(tenant: &Tenant, mapping: &Mapping, problems: &mut Problems) {
    for text in mapping.token_texts() {
        for name in text.names() {
            let of_application = mapping.token.as_ref().is_some_and(|source| source.gives(name));
            let gives = |token: &&Token| token.values.iter().any(|(have, _)| have == name);
            let without = tenant.tokens.iter().filter(|token| !gives(token));
            let without: Vec<&str> =
                without.filter(|token| token.permissions.access != Access::Read).map(|token| &*token.name).collect();
            let given = of_application || tenant.tokens.iter().any(|token| gives(&token));
            if !given {
                let message = format!("no token gives `{{token.{name}}}`");
                problems.push(Diagnostic::error(Code::BAD_TOKEN, &text.span, message).help(format!(
                    "name it in `values` of `[token]`, or in `variables = {{ {name} = … }}` of `[[tenant.token]]`"
                )));
            } else if !without.is_empty() {
                let message = format!("the token `{}` does not give `{{token.{name}}}`", without.join("`, `"));
                problems.push(Diagnostic::warning(Code::BAD_TOKEN, &text.span, message).help(format!(
                    "with it the field stays as it is; add `variables = {{ {name} = … }}` to its `[[tenant.token]]`"
                )));
            }
        }
    }
}
