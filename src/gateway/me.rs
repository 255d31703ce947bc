//! `/Me` (RFC 7644 §3.11): another name of the user that a token stands for.
//!
//! The alias is replaced before the request is parsed, so that whatever holds for `/Users/{id}`
//! holds for `/Me`. Nobody is created by it: whoever is asking is there already, or is nobody. The
//! operations of a bulk request name resources by their own paths.

use tokio::time::Instant;

use crate::scim::{Preconditions, RawQuery, RawRequest, Request, ResourceType, Response, ScimError, Verb, urn};
use crate::value::Value;

use super::{Client, Gateway, Trace};

/// The request with `/Me` replaced by the user's own path; any other request as it came.
///
/// # Errors
/// 501 where the token stands for no user, 404 where that user does not exist, and what the
/// application's failure is to a client.
pub(super) async fn replaced(
    gateway: &Gateway,
    client: &Client,
    mut raw: RawRequest,
    until: Instant,
) -> Result<RawRequest, ScimError> {
    let Some(("Me", _)) = raw.path.split_first().map(|(first, rest)| (first.as_str(), rest)) else { return Ok(raw) };
    let (Some(user), Some(kind)) = (&client.user, users(gateway)) else { return Ok(raw) };
    if raw.verb == Verb::Post {
        return Err(nobody_is_created());
    }
    let id = id_of(gateway, kind, (client, user), until).await?;
    raw.path.splice(..1, [kind.endpoint.trim_start_matches('/').to_owned(), id]);
    Ok(raw)
}

/// The resource type of the core schema's users.
fn users(gateway: &Gateway) -> Option<&ResourceType> {
    let types = &gateway.parts.mapping.types.types;
    types.iter().find(|kind| kind.schema.id.eq_ignore_ascii_case(urn::USER)).map(|kind| &**kind)
}

/// How the user behind `/Me` is looked up; `None` for any other request, and where the token stands
/// for nobody.
///
/// # Errors
/// 501 for a POST: nobody is created so.
pub(super) fn lookup(gateway: &Gateway, raw: &RawRequest, user: Option<&str>) -> Result<Option<Request>, ScimError> {
    let is_me = raw.path.first().is_some_and(|first| first == "Me");
    let (true, Some(user), Some(kind)) = (is_me, user, users(gateway)) else { return Ok(None) };
    if raw.verb == Verb::Post {
        return Err(nobody_is_created());
    }
    by_name(gateway, kind, user).map(Some)
}

fn nobody_is_created() -> ScimError {
    ScimError::new(501, "nobody is created at `/Me`; use the endpoint of the resource type")
}

/// The query for the one user with this name.
fn by_name(gateway: &Gateway, kind: &ResourceType, user: &str) -> Result<Request, ScimError> {
    let filter = format!("userName eq {}", Value::from(user).to_json());
    let query = [("filter", filter.as_str()), ("attributes", "id"), ("count", "2")];
    let raw = RawRequest {
        verb: Verb::Get,
        path: vec![kind.endpoint.trim_start_matches('/').to_owned()],
        query: RawQuery(query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()),
        body: None,
        preconditions: Preconditions::default(),
    };
    Request::parse(&raw, &gateway.parts.mapping.types, &gateway.parts.profile.leniency())
}

async fn id_of(
    gateway: &Gateway,
    kind: &ResourceType,
    (client, user): (&Client, &str),
    until: Instant,
) -> Result<String, ScimError> {
    let request = by_name(gateway, kind, user)?;
    let mut trace = Trace::default();
    let found = gateway.run(&request, &client.values, &mut trace, until).await;
    let found = match found.map_err(|failure| gateway.explain_failure(failure, &mut trace))? {
        Response::List(list) => list.resources,
        _ => Vec::new(),
    };
    match found.as_slice() {
        [] => Err(ScimError::not_found("the user that this token stands for does not exist")),
        [one] => Ok(one.get("id").map(Value::to_text).unwrap_or_default()),
        _ => Err(ScimError::uniqueness("`userName` fits more than one user, so nobody knows which one `/Me` is")),
    }
}
