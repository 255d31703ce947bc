//! The answer before it becomes HTTP.

use crate::value::Object;

use super::ListResponse;

/// A resource in an answer.
#[derive(Debug, Clone)]
pub struct Entity {
    /// The projected resource.
    pub body: Object,
    /// Its address.
    pub location: String,
    /// Its ETag.
    pub etag: Option<String>,
}

/// What a request led to.
#[derive(Debug, Clone)]
pub enum Response {
    /// 201 with `Location`.
    Created(Entity),
    /// 200 with the resource.
    Found(Entity),
    /// 200 with a list.
    List(ListResponse),
    /// 200 with a discovery document or a bulk response.
    Document(Object),
    /// 204; the ETag of what was changed, when it is known.
    NoContent(Option<String>),
    /// 304.
    NotModified(String),
}
