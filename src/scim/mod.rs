//! RFC 7643 and RFC 7644 as types: schemas, resources, filters, PATCH, messages.
//!
//! Pure: text and JSON in, checked values out. Knows no application and no client's habits; those
//! are undone in `quirks` before anything arrives here. Where a clause is obeyed:
//!
//! | clause | file |
//! |---|---|
//! | 7643 §2, §7 types, mutability, returned | `schema`, `conform` |
//! | 7643 §3.1, §4, §8.7 attributes | `core_schemas`, `resource` |
//! | 7644 §3.2 endpoints, §3.4.2, §3.4.3 queries | `request/parse`, `query` |
//! | 7644 §3.4.2.2 filters | `filter` |
//! | 7644 §3.5.1 PUT | `conform` |
//! | 7644 §3.5.2 PATCH | `patch` |
//! | 7644 §3.7 bulk | `bulk` |
//! | 7644 §3.9 attributes asked for | `project` |
//! | 7644 §3.10 paths | `path` |
//! | 7644 §3.12 errors | `error` |
//! | 7644 §3.14 versions | `request`, `resource` |
//! | 7644 §4 discovery | `discovery` |
//! | 9865 cursors | `cursor` |

pub mod bulk;
mod compare;
mod conform;
mod core_schemas;
pub mod cursor;
mod discovery;
mod error;
pub mod filter;
pub mod patch;
mod path;
mod project;
mod query;
mod request;
mod resource;
mod resource_type;
mod response;
mod schema;
pub mod urn;

pub use bulk::BulkRequest;
pub use compare::date_time;
pub use conform::{check_immutable, conform, conform_attribute};
pub use core_schemas::{common_attributes, core_schemas, enterprise_user, group, user};
pub use discovery::{Discovery, Features};
pub use error::{ScimError, ScimType};
pub use filter::{CompareOp, Filter};
pub use patch::{MemberChange, PatchOp, PatchOperation, PatchTarget};
pub use path::{AttributePath, PathProblem};
pub use project::Projection;
pub use query::{ListResponse, Paging, Query, SortOrder};
pub use request::{Leniency, Operation, Preconditions, RawQuery, RawRequest, Request, Verb};
pub use resource::{ExternalId, Meta, Resource, ResourceId, Version, is_common, location};
pub use resource_type::{ResourceType, ResourceTypes, SchemaExtension};
pub use response::{Entity, Response};
pub use schema::{
    ANY, Attribute, AttributeType, LONGEST_OPEN_NAME, LONGEST_OPEN_VALUE, MOST_OPEN, Mutability, Returned, Schema,
    Uniqueness, is_any_name, is_open_name,
};
