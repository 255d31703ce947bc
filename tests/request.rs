//! Endpoints and parameters, what answers carry, and the discovery documents.

use postern::quirks::Profile;
use postern::scim::{
    Discovery, Features, Operation, Paging, Preconditions, Projection, RawQuery, RawRequest, Request, ScimError,
    SortOrder, Verb, conform, core_schemas,
};
use postern::value::Value;

use crate::schemas::{json, kind, types};

fn parse(verb: Verb, path: &str, query: &[(&str, &str)], body: Option<&str>) -> Result<Request, ScimError> {
    let raw = RawRequest {
        verb,
        path: path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect(),
        query: RawQuery(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()),
        body: body.map(json),
        preconditions: Preconditions::default(),
    };
    Request::parse(&raw, &types(), &Profile::Strict.leniency())
}

fn status(verb: Verb, path: &str) -> u16 {
    parse(verb, path, &[], None).map_or_else(|error| error.status, |_| 200)
}

fn query(parameters: &[(&str, &str)]) -> Result<postern::scim::Query, ScimError> {
    match parse(Verb::Get, "Users", parameters, None)?.operation {
        Operation::Query(_, query) => Ok(*query),
        other => panic!("{other:?}"),
    }
}

#[test]
fn endpoints_take_what_rfc_7644_says() {
    for (verb, path, wanted) in [
        (Verb::Get, "Users", 200),
        (Verb::Get, "Users/1", 200),
        (Verb::Delete, "Users/1", 200),
        (Verb::Post, "Users", 400),
        (Verb::Put, "Users/1", 400),
        (Verb::Patch, "Users/1", 400),
        (Verb::Put, "Users", 405),
        (Verb::Patch, "Users", 405),
        (Verb::Delete, "Users", 405),
        (Verb::Post, "Users/1", 405),
        (Verb::Get, "Users/.search", 405),
        (Verb::Get, "users", 404),
        (Verb::Get, "Printers", 404),
        (Verb::Get, "Users/1/emails", 404),
        (Verb::Get, "Users/a\u{7}b", 404),
        (Verb::Get, "Me", 501),
        (Verb::Patch, "Me/x", 501),
        (Verb::Post, "Bulk", 400),
        (Verb::Get, "Bulk", 405),
        (Verb::Post, ".search", 400),
        (Verb::Get, "", 200),
        (Verb::Get, "Schemas", 200),
        (Verb::Get, "Schemas/urn:x", 200),
        (Verb::Get, "ResourceTypes/User", 200),
        (Verb::Get, "ServiceProviderConfig", 200),
        (Verb::Post, "Schemas", 405),
    ] {
        assert_eq!(status(verb, path), wanted, "{verb:?} /{path}");
    }
    let filtered = parse(Verb::Get, "Schemas", &[("filter", "id pr")], None).unwrap_err();
    assert_eq!(filtered.status, 403);
}

#[test]
fn a_window_below_its_bounds_is_moved_and_nonsense_is_refused() {
    let paging = |start: &str, count: &str| query(&[("startIndex", start), ("count", count)]).map(|query| query.paging);
    assert_eq!(paging("0", "-1"), Ok(Paging { start_index: 1, count: Some(0) }));
    assert_eq!(paging("-7", "0"), Ok(Paging { start_index: 1, count: Some(0) }));
    assert_eq!(paging("11", "5"), Ok(Paging { start_index: 11, count: Some(5) }));
    assert_eq!(query(&[]).unwrap().paging, Paging { start_index: 1, count: None });
    for (start, count, name) in
        [("one", "5", "startIndex"), ("1", "1.5", "count"), ("1", "99999999999999999999", "count")]
    {
        let error = paging(start, count).unwrap_err();
        assert_eq!(error.scim_type.map(|scim_type| scim_type.as_str()), Some("invalidValue"));
        assert!(error.detail.contains(name), "{error}");
    }
}

#[test]
fn sorting_is_by_an_attribute_that_has_an_order() {
    let sort = |by: &str, order: &str| {
        query(&[("sortBy", by), ("sortOrder", order)])
            .map(|query| query.sort.map(|(path, order)| (path.to_string(), order)))
    };
    assert_eq!(sort("USERNAME", ""), Ok(Some(("userName".to_owned(), SortOrder::Ascending))));
    assert_eq!(sort("emails", "Descending"), Ok(Some(("emails.value".to_owned(), SortOrder::Descending))));
    assert_eq!(sort("", "descending"), Ok(None));
    for (by, order) in [("nothing", ""), ("password", ""), ("name", ""), ("userName", "up")] {
        assert_eq!(sort(by, order).unwrap_err().status, 400, "{by} {order}");
    }
}

#[test]
fn resources_without_a_value_come_last_and_a_list_is_sorted_by_its_primary_value() {
    let bodies = [
        ("none", r#"{}"#),
        ("b", r#"{"title": "b", "emails": [{"value": "a@x.example"}, {"value": "z@x.example", "primary": true}]}"#),
        ("a", r#"{"title": "A", "emails": [{"value": "b@x.example"}, {"value": "c@x.example"}]}"#),
    ];
    let sorted = |by: &str, order: &str| {
        let (path, order) = query(&[("sortBy", by), ("sortOrder", order)]).unwrap().sort.unwrap();
        let mut resources: Vec<_> =
            bodies.iter().map(|(label, body)| (*label, json(body).as_object().unwrap().clone())).collect();
        resources.sort_by(|(_, a), (_, b)| order.compare(&path, a, b));
        resources.into_iter().map(|(label, _)| label).collect::<Vec<_>>()
    };
    assert_eq!(sorted("title", ""), ["a", "b", "none"]);
    assert_eq!(sorted("title", "descending"), ["none", "b", "a"]);
    assert_eq!(sorted("emails", ""), ["a", "b", "none"]);
}

#[test]
fn a_search_by_post_asks_the_same_as_a_search_by_get() {
    let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "attributes": ["userName", "emails.value"],
        "filter": "title pr", "sortBy": "userName", "sortOrder": "descending", "startIndex": 3, "count": 7}"#;
    let posted = parse(Verb::Post, "Users/.search", &[], Some(body)).unwrap();
    let got = query(&[
        ("attributes", "userName,emails.value"),
        ("filter", "title pr"),
        ("sortBy", "userName"),
        ("sortOrder", "descending"),
        ("startIndex", "3"),
        ("count", "7"),
    ])
    .unwrap();
    let Operation::Query(_, posted) = posted.operation else { panic!("not a query") };
    assert_eq!((&posted.filter, &posted.sort, posted.paging), (&got.filter, &got.sort, got.paging));
    assert_eq!(posted.projection, got.projection);
    for wrong in [
        r#"{"filter": "title pr"}"#,
        r#"[]"#,
        r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": "7"}"#,
    ] {
        assert_eq!(parse(Verb::Post, "Users/.search", &[], Some(wrong)).unwrap_err().status, 400, "{wrong}");
    }
}

fn projected(attributes: Option<&str>, excluded: Option<&str>) -> String {
    let kind = kind("User");
    let body = json(
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "externalId": "E", "password": "x",
        "name": {"givenName": "Ana", "familyName": "Lima"}, "emails": [{"value": "a@x.example", "type": "work"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "QA", "division": "EMEA"}}"#,
    );
    let (mut resource, _) = conform(&body, &kind).unwrap();
    resource.id = Some(postern::scim::ResourceId::new("7"));
    let mut object = resource.to_object(&kind, "https://scim.example");
    Projection::parse(attributes, excluded, &kind).apply(&mut object, &kind);
    object.remove("schemas").unwrap();
    object.remove("meta");
    assert_eq!(object.remove("id"), Some("7".into()));
    Value::Object(object).to_json()
}

#[test]
fn answers_carry_what_was_asked_for() {
    for (attributes, excluded, wanted) in [
        (
            None,
            None,
            r#"{"externalId":"E","userName":"ana","name":{"familyName":"Lima","givenName":"Ana"},"emails":[{"value":"a@x.example","type":"work"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"division":"EMEA","department":"QA"}}"#,
        ),
        (Some("USERNAME, name.givenName"), None, r#"{"userName":"ana","name":{"givenName":"Ana"}}"#),
        (Some("emails.value"), None, r#"{"emails":[{"value":"a@x.example"}]}"#),
        (
            Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
            None,
            r#"{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"division":"EMEA","department":"QA"}}"#,
        ),
        (
            Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"),
            None,
            r#"{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"QA"}}"#,
        ),
        (Some("password"), None, "{}"),
        (Some("nothing"), None, "{}"),
        (
            None,
            Some("id,schemas,name,emails,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,externalId"),
            r#"{"userName":"ana"}"#,
        ),
        (
            None,
            Some(
                "name.familyName,emails.type,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,externalId,emails.value",
            ),
            r#"{"userName":"ana","name":{"givenName":"Ana"}}"#,
        ),
    ] {
        assert_eq!(projected(attributes, excluded), wanted, "{attributes:?} {excluded:?}");
    }
}

#[test]
fn what_an_answer_does_not_carry_need_not_be_fetched() {
    let (group, device) = (kind("Group"), kind("Device"));
    let wants = |attributes, excluded, name: &str| Projection::parse(attributes, excluded, &group).wants(name, &group);
    assert!(wants(None, None, "members"));
    assert!(!wants(None, Some("members"), "members"));
    assert!(wants(None, Some("members.display"), "members"));
    assert!(!wants(Some("displayName"), None, "members"));
    assert!(wants(Some("members.value"), None, "members"));
    assert!(wants(Some("displayName"), None, "id"));
    assert!(!Projection::default().wants("notes", &device), "returned: request");
    assert!(Projection::parse(Some("notes"), None, &device).wants("notes", &device));
}

/// RFC 7643 §7: what is returned on request is in the answer to a change that set it.
#[test]
fn what_is_returned_on_request_answers_the_change_that_set_it() {
    let notes = |verb, path, body: &str| {
        let projection = parse(verb, path, &[], Some(body)).unwrap().projection;
        projection.wants("notes", &kind("Device"))
    };
    let device = r#"{"schemas": ["urn:example:2.0:Device"], "serial": "a", "notes": "x"}"#;
    let without = r#"{"schemas": ["urn:example:2.0:Device"], "serial": "a", "notes": null}"#;
    assert!(notes(Verb::Post, "Devices", device) && notes(Verb::Put, "Devices/1", device));
    assert!(!notes(Verb::Post, "Devices", without) && !notes(Verb::Put, "Devices/1", without));
    let patch = |path: &str| {
        format!(
            r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{"op": "add", "path": "{path}", "value": "x"}}]}}"#
        )
    };
    assert!(notes(Verb::Patch, "Devices/1", &patch("notes")));
    assert!(!notes(Verb::Patch, "Devices/1", &patch("model")));
}

fn document(discovery: &Discovery) -> Result<Value, ScimError> {
    let features = Features {
        max_results: 200,
        default_page: 100,
        etag: true,
        sort: false,
        change_password: false,
        bulk_operations: 0,
        bulk_bytes: 1_048_576,
    };
    discovery.document(&types(), &features, "https://scim.example/v2").map(Value::Object)
}

/// The value at `a.0.b`.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, name| {
        let found = match value {
            Value::List(items) => name.parse::<usize>().ok().and_then(|at| items.get(at)),
            other => other.as_object().and_then(|object| object.get(name)),
        };
        found.unwrap_or_else(|| panic!("no {name} of {path} in {}", value.to_json()))
    })
}

#[test]
fn discovery_documents_have_the_shape_of_rfc_7643() {
    let config = document(&Discovery::ServiceProviderConfig).unwrap();
    assert_eq!(at(&config, "patch.supported"), &Value::Boolean(true));
    assert_eq!(at(&config, "bulk.supported"), &Value::Boolean(false));
    assert_eq!(at(&config, "filter.maxResults"), &Value::Integer(200));
    assert_eq!(at(&config, "authenticationSchemes.0.type"), &"oauthbearertoken".into());
    assert_eq!(at(&config, "meta.location"), &"https://scim.example/v2/ServiceProviderConfig".into());

    let kinds = document(&Discovery::ResourceTypes).unwrap();
    assert_eq!(at(&kinds, "totalResults"), &Value::Integer(3));
    assert_eq!(at(&kinds, "Resources.0.endpoint"), &"/Users".into());
    assert_eq!(
        at(&kinds, "Resources.0.schemaExtensions.0.schema"),
        &"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".into()
    );
    assert_eq!(document(&Discovery::ResourceType("User".to_owned())).as_ref(), Ok(at(&kinds, "Resources.0")));

    let schemas = document(&Discovery::Schemas).unwrap();
    assert_eq!(at(&schemas, "totalResults"), &Value::Integer(5));
    let user = document(&Discovery::Schema("URN:IETF:params:scim:schemas:core:2.0:user".to_owned())).unwrap();
    assert_eq!(at(&schemas, "Resources.0"), &user);
    assert_eq!(at(&user, "attributes.0.name"), &"userName".into());
    assert_eq!(at(&user, "attributes.0.uniqueness"), &"server".into());
    assert_eq!(at(&user, "meta.resourceType"), &"Schema".into());

    for missing in [Discovery::Schema("urn:x".to_owned()), Discovery::ResourceType("user".to_owned())] {
        assert_eq!(document(&missing).unwrap_err().status, 404);
    }
}

#[test]
fn the_core_schemas_have_every_attribute_of_rfc_7643() {
    let names = |id: &str| {
        let schema = core_schemas().into_iter().find(|schema| &*schema.id == id).unwrap();
        let names = schema.attributes.iter().map(|attribute| {
            let parts: Vec<&str> = attribute.sub_attributes.iter().map(|sub| &*sub.name).collect();
            if parts.is_empty() {
                attribute.name.to_string()
            } else {
                format!("{}({})", attribute.name, parts.join(" "))
            }
        });
        names.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        names(postern::scim::urn::USER),
        "userName\n\
         name(formatted familyName givenName middleName honorificPrefix honorificSuffix)\n\
         displayName\nnickName\nprofileUrl\ntitle\nuserType\npreferredLanguage\nlocale\ntimezone\nactive\npassword\n\
         emails(value display type primary)\n\
         phoneNumbers(value display type primary)\n\
         ims(value display type primary)\n\
         photos(value display type primary)\n\
         addresses(formatted streetAddress locality region postalCode country type primary)\n\
         groups(value $ref display type)\n\
         entitlements(value display type primary)\n\
         roles(value display type primary)\n\
         x509Certificates(value display type primary)"
    );
    assert_eq!(
        names(postern::scim::urn::ENTERPRISE_USER),
        "employeeNumber\ncostCenter\norganization\ndivision\ndepartment\nmanager(value $ref displayName)"
    );
    assert_eq!(names(postern::scim::urn::GROUP), "displayName\nmembers(value $ref type display)");
}
