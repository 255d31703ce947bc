//! The attributes of User and of its enterprise extension (RFC 7643 §4.1, §4.3).

use super::{
    Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness, complex, kind_of, of, plural, reference,
    schema, text, urn,
};

pub(super) fn core() -> Schema {
    let mut attributes = identity();
    attributes.extend(contact());
    attributes.extend(rights());
    schema(urn::USER, "User", "An account of a person or a service", attributes)
}

pub(super) fn enterprise() -> Schema {
    let manager = vec![
        // An id: two ids may differ in case alone (RFC 7643 §3.1), so this is exact, though the
        // RFC's own listing says otherwise.
        text("value", "id of the manager's User resource").exact(),
        reference("$ref", "address of the manager's User resource", &["User"]),
        text("displayName", "name of the manager, from the manager's resource").read_only(),
    ];
    let attributes = vec![
        text("employeeNumber", "number or code that the organization gave the person"),
        text("costCenter", "cost centre"),
        text("organization", "organization"),
        text("division", "division"),
        text("department", "department"),
        complex("manager", "the person's manager", manager),
    ];
    schema(urn::ENTERPRISE_USER, "EnterpriseUser", "What an organization knows about its people", attributes)
}

fn identity() -> Vec<Attribute> {
    let name = vec![
        text("formatted", "the whole name, ready for display"),
        text("familyName", "family name"),
        text("givenName", "given name"),
        text("middleName", "middle names"),
        text("honorificPrefix", "title before the name"),
        text("honorificSuffix", "suffix after the name"),
    ];
    vec![
        Attribute {
            uniqueness: Uniqueness::Server,
            ..text("userName", "name that the person signs in with").required()
        },
        complex("name", "parts of the name", name),
        text("displayName", "name shown to people"),
        text("nickName", "casual name"),
        reference("profileUrl", "address of a page about the person", &["external"]),
        text("title", "job title"),
        text("userType", "relation to the organization, such as Employee"),
        text("preferredLanguage", "preferred languages, as in the header Accept-Language"),
        text("locale", "locale for dates, numbers and currency"),
        text("timezone", "time zone of the IANA database"),
        of(AttributeType::Boolean, "active", "false when the account is disabled"),
        Attribute {
            mutability: Mutability::WriteOnly,
            returned: Returned::Never,
            ..text("password", "password in clear text, only on its way in")
        },
    ]
}

fn contact() -> Vec<Attribute> {
    let phones = &["work", "home", "mobile", "fax", "pager", "other"];
    let messengers = &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"];
    let address = vec![
        text("formatted", "the whole address, ready for a label"),
        text("streetAddress", "street, number, floor"),
        text("locality", "city"),
        text("region", "state or region"),
        text("postalCode", "postal code"),
        text("country", "country, ISO 3166-1 alpha-2"),
        kind_of(&["work", "home", "other"]),
        // Missing in the listing of §8.7.1, but §2.4 gives it to every list and §8.2 shows it.
        of(AttributeType::Boolean, "primary", "true for the preferred address, at most once"),
    ];
    vec![
        plural("emails", "e-mail addresses", text("value", "e-mail address"), &["work", "home", "other"]),
        plural("phoneNumbers", "telephone numbers", text("value", "telephone number"), phones),
        plural("ims", "instant messaging addresses", text("value", "instant messaging address"), messengers),
        plural(
            "photos",
            "pictures of the person",
            reference("value", "address of a picture", &["external"]),
            &["photo", "thumbnail"],
        ),
        complex("addresses", "postal addresses", address).many(),
    ]
}

fn rights() -> Vec<Attribute> {
    let groups = vec![
        text("value", "id of the group").exact().read_only(),
        reference("$ref", "address of the group", &["User", "Group"]).read_only(),
        text("display", "name of the group").read_only(),
        kind_of(&["direct", "indirect"]).read_only(),
    ];
    let certificate = of(AttributeType::Binary, "value", "X.509 certificate, DER");
    vec![
        complex("groups", "groups that the person is in; changed through the groups", groups).many().read_only(),
        plural("entitlements", "things that the person may have", text("value", "entitlement"), &[]),
        plural("roles", "roles of the person", text("value", "role"), &[]),
        plural("x509Certificates", "certificates of the person", certificate, &[]),
    ]
}
