//! The attributes of Group (RFC 7643 §4.2).

use super::{Schema, complex, kind_of, reference, schema, text, urn};

pub(super) fn core() -> Schema {
    let members = vec![
        // An id, and so exact in case (see the manager of the enterprise extension).
        text("value", "id of the member").exact().immutable(),
        reference("$ref", "address of the member", &["User", "Group"]).immutable(),
        kind_of(&["User", "Group"]).immutable(),
        text("display", "name of the member").immutable(),
    ];
    let attributes = vec![
        // §4.2 calls it REQUIRED, the listing in §8.7.1 does not. A group without a name cannot be
        // matched by any client, so the prose wins.
        text("displayName", "name of the group").required(),
        complex("members", "who is in the group", members).many(),
    ];
    schema(urn::GROUP, "Group", "A set of users and groups", attributes)
}
