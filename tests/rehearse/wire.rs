//! Exactly what Entra writes, in both dialects, and what it makes of answers, on a server that
//! answers what a test says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use postern::diagnostic::{Problems, SourceFile};
use postern::rehearse::Endpoint;
use postern::rehearse::entra::{Directory, Flavour, Group, Job, MappingTable, Outcome, Person};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What is answered next: status, a header, body. Without one left: an empty list, or what was sent
/// with an id.
type Answers = Arc<Mutex<VecDeque<(u16, &'static str, String)>>>;

/// A server over TLS that keeps what it was sent.
struct Other {
    at: SocketAddr,
    certificate: String,
    answers: Answers,
    heads: Arc<Mutex<Vec<(String, String)>>>,
}

impl Other {
    async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["contoso.test".to_owned()]).unwrap();
        let tls =
            postern::server::tls::from_pem(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes());
        let acceptor = tokio_rustls::TlsAcceptor::from(tls.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = Self {
            at: listener.local_addr().unwrap(),
            certificate: made.cert.pem(),
            answers: Answers::default(),
            heads: Arc::default(),
        };
        let (answers, heads) = (Arc::clone(&other.answers), Arc::clone(&other.heads));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers, heads) = (acceptor.clone(), Arc::clone(&answers), Arc::clone(&heads));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(move |request| answer(request, Arc::clone(&answers), Arc::clone(&heads)));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        other
    }

    fn says(&self, status: u16, header: &'static str, body: &str) {
        self.answers.lock().unwrap().push_back((status, header, body.to_owned()));
    }

    fn endpoint(&self) -> Endpoint {
        let endpoint = Endpoint::new("https://contoso.test/scim?aadOptscim062020").unwrap().at(self.at);
        endpoint.basic("scim", "secret").unwrap().trusting(self.certificate.as_bytes()).unwrap()
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    answers: Answers,
    heads: Arc<Mutex<Vec<(String, String)>>>,
) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    heads.lock().unwrap().push((format!("{} {}", header("host"), request.uri()), header("authorization")));
    let is_post = request.method() == "POST";
    let body = request.into_body().collect().await?.to_bytes();
    let next = answers.lock().unwrap().pop_front();
    let (status, header, text) = next.unwrap_or_else(|| {
        let mut sent: Value = serde_json::from_slice(&body).unwrap_or_default();
        if !is_post {
            return (200, "", json!({"totalResults": 0, "Resources": []}).to_string());
        }
        sent["id"] =
            json!(format!("id of {}", sent["userName"].as_str().or_else(|| sent["displayName"].as_str()).unwrap()));
        (201, "", sent.to_string())
    });
    let mut response = hyper::Response::builder().status(status);
    if let Some((name, value)) = header.split_once(": ") {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(Bytes::from(text))).unwrap())
}

const TABLE: &str = r#"
[[user]]
target = "userName"
source = "userPrincipalName"
match  = 1
[[user]]
target = "active"
expr   = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
[[user]]
target = "name.givenName"
source = "givenName"
[[user]]
target = 'phoneNumbers[type eq "mobile"].value'
source = "mobile"
[[user]]
target = 'roles[primary eq "True"].value'
expr   = 'SingleAppRoleAssignment([appRoleAssignments])'
[[user]]
target = "urn:ietf:params:scim:schemas:extension:2.0:Forms:folders"
expr   = 'Split([extensionAttribute1], “,”)'
multi  = true
[[user]]
target = "urn:ietf:params:scim:schemas:extension:2.0:Metadata:Cost Centre"
source = "extensionAttribute2"
[[user]]
target    = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
source    = "manager"
reference = true
[[group]]
target = "displayName"
source = "displayName"
match  = 1
[[group]]
target    = "members"
reference = true
"#;

fn table(text: &str) -> MappingTable {
    MappingTable::parse(&SourceFile::new("app.entra.toml", text), &mut Problems::new()).unwrap()
}

fn directory() -> Directory {
    let kim = Person::new("kim").with("userPrincipalName", "kim \"o\" +\\@fabrikam.example").with("givenName", "Kim");
    let kim = kim.with("extensionAttribute1", "a,b").with("extensionAttribute2", true).with("manager", "lee");
    let lee = Person::new("lee").with("userPrincipalName", "lee");
    let groups = vec![Group::new("sales", "Sales", &["kim", "lee"])];
    let assignments = vec!["kim".to_owned(), "lee".to_owned(), "sales".to_owned()];
    Directory { people: vec![kim, lee], groups, assignments }
}

/// The bodies that were sent, in order, each with its method.
fn sent(report: &postern::rehearse::entra::Report) -> Vec<(String, Value)> {
    let writes = report.exchanges.iter().filter(|exchange| exchange.is_write());
    writes.map(|one| (format!("{} {}", one.method, one.path), one.sent.to_serde())).collect()
}

#[tokio::test]
async fn a_new_person_is_sent_as_entra_does() {
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(TABLE), Some(Flavour::Classic)).unwrap();
    let report = job.cycle(&directory()).await;
    assert!(report.is_clean(), "{report:?}");
    let (target, authorization) = other.heads.lock().unwrap()[0].clone();
    assert_eq!(
        target,
        "contoso.test /scim/Users?filter=userName+eq+%22kim+%5C%22o%5C%22+%2B%5C%5C%40fabrikam.example%22&aadOptscim062020"
    );
    assert_eq!(authorization, "Basic c2NpbTpzZWNyZXQ=");
    let bodies = sent(&report);
    assert_eq!(
        bodies[0].1,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "userName": "kim \"o\" +\\@fabrikam.example", "active": true, "name": {"givenName": "Kim"},
            "urn:ietf:params:scim:schemas:extension:2.0:Forms": {"folders": ["a", "b"]},
            "urn:ietf:params:scim:schemas:extension:2.0:Metadata": {"Cost Centre": true},
            "roles": [], "meta": {"resourceType": "User"},
        })
    );
    assert_eq!(bodies[2].1["members"], json!([]), "a group is made empty: {bodies:?}");
    assert_eq!(bodies[2].1["schemas"][1], "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group");
}

/// Kim as the application has her, and what Entra wants.
async fn changed(flavour: Flavour) -> Vec<(String, Value)> {
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(TABLE), Some(flavour)).unwrap();
    let mut directory = directory();
    assert!(job.cycle(&directory).await.is_clean());
    let kim = directory.person_mut("kim").unwrap();
    kim.attributes.set("accountEnabled", false);
    kim.attributes.set("mobile", "+81 3 5555 0100");
    kim.attributes.set("extensionAttribute1", "b,c");
    kim.attributes.set("extensionAttribute2", "CC-7");
    kim.attributes.set("appRoleAssignments", "Admin");
    kim.attributes.set("manager", "");
    directory.group_mut("sales").unwrap().members.remove(0);
    let stored = json!({
        "id": "id of kim", "userName": "kim \"o\" +\\@fabrikam.example", "active": true, "name": {"givenName": "KIM"},
        "phoneNumbers": [{"type": "work", "value": "1"}],
        "urn:ietf:params:scim:schemas:extension:2.0:Forms": {"folders": [{"value": "a"}, {"value": "b"}]},
        "urn:ietf:params:scim:schemas:extension:2.0:Metadata": {"Cost Centre": true},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "17"}},
    });
    other.says(200, "", &stored.to_string());
    other.says(204, "", "");
    other.says(200, "", &json!({"id": "id of Sales", "displayName": "Sales"}).to_string());
    other.says(204, "", "");
    other.says(204, "", "");
    let report = job.cycle(&directory).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.outcome("kim"), Some(Outcome::Disabled));
    sent(&report)
}

#[tokio::test]
async fn without_the_flag_every_attribute_is_an_operation_of_its_own() {
    let bodies = changed(Flavour::Classic).await;
    assert_eq!(
        bodies[0].1["Operations"],
        json!([
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "Replace", "path": "name.givenName", "value": "Kim"},
            {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+81 3 5555 0100"},
            {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Admin"},
            {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:2.0:Forms:folders", "value": [{"value": "c"}]},
            {"op": "Remove", "path": "urn:ietf:params:scim:schemas:extension:2.0:Forms:folders", "value": [{"value": "a"}]},
            {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:2.0:Metadata:Cost Centre", "value": "CC-7"},
        ])
    );
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    assert_eq!(bodies[1].1["Operations"], json!([{"op": "Remove", "path": manager}]));
    let kim = "id of kim \"o\" +\\@fabrikam.example";
    assert_eq!(bodies[2].1["Operations"], json!([{"op": "Remove", "path": "members", "value": [{"value": kim}]}]));
    assert_eq!(bodies[2].0, "PATCH /Groups/id%20of%20Sales");
}

#[tokio::test]
async fn with_the_flag_several_attributes_share_a_replace_with_flat_keys() {
    let bodies = changed(Flavour::Flagged).await;
    assert_eq!(
        bodies[0].1["Operations"],
        json!([
            {"op": "replace", "value": {
                "active": false,
                "name.givenName": "Kim",
                "urn:ietf:params:scim:schemas:extension:2.0:Metadata:Cost Centre": "CC-7",
            }},
            {"op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+81 3 5555 0100"},
            {"op": "add", "path": "roles[primary eq \"True\"].value", "value": "Admin"},
            {"op": "add", "path": "urn:ietf:params:scim:schemas:extension:2.0:Forms:folders", "value": [{"value": "c"}]},
            {"op": "remove", "path": "urn:ietf:params:scim:schemas:extension:2.0:Forms:folders[value eq \"a\"]"},
        ])
    );
    let kim = "members[value eq \"id of kim \\\"o\\\" +\\\\@fabrikam.example\"]";
    assert_eq!(bodies[2].1["Operations"], json!([{"op": "remove", "path": kim}]));
}

#[tokio::test]
async fn roles_are_a_text_that_holds_json_without_the_flag() {
    let text = "[[user]]\ntarget = \"userName\"\nsource = \"userPrincipalName\"\nmatch = 1\n[[user]]\ntarget = \"roles\"\nexpr = 'AppRoleAssignmentsComplex([appRoleAssignments])'\n";
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(text), Some(Flavour::Classic)).unwrap();
    let mut directory =
        Directory { people: vec![Person::new("kim").with("userPrincipalName", "kim")], ..Directory::default() };
    directory.assign("kim");
    assert!(job.cycle(&directory).await.is_clean());
    directory.people[0].attributes.set("appRoleAssignments", "Reader");
    other.says(200, "", r#"{"id": "id of kim", "userName": "kim", "roles": [{"value": "Admin"}]}"#);
    other.says(204, "", "");
    let bodies = sent(&job.cycle(&directory).await);
    let operations = bodies[0].1["Operations"].as_array().unwrap();
    assert_eq!(operations.len(), 1, "roles are added, and never taken away: {operations:?}");
    let role: Value = serde_json::from_str(operations[0]["value"][0]["value"].as_str().unwrap()).unwrap();
    assert_eq!(role["value"], "Reader");
}

#[tokio::test]
async fn members_go_in_small_batches() {
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(TABLE), None).unwrap();
    let mut directory = Directory::default();
    let ids: Vec<String> = (0..45).map(|number| format!("p{number}")).collect();
    directory.people = ids.iter().map(|id| Person::new(id).with("userPrincipalName", id.as_str())).collect();
    directory.groups = vec![Group::new("all", "All", &ids.iter().map(String::as_str).collect::<Vec<_>>())];
    directory.assign("all");
    let report = job.cycle(&directory).await;
    assert!(report.is_clean(), "direct members of an assigned group are in scope");
    let sizes: Vec<usize> = sent(&report)
        .iter()
        .filter(|(what, _)| what.starts_with("PATCH"))
        .map(|(_, body)| body["Operations"][0]["value"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [20, 20, 5]);
}

#[tokio::test]
async fn a_value_that_has_to_be_unique_is_the_first_that_nobody_has() {
    let text = "[[user]]\ntarget = \"externalId\"\nsource = \"objectId\"\nmatch = 1\n[[user]]\ntarget = \"userName\"\nexpr = 'SelectUniqueValue([givenName], Append([givenName], \"2\"), Append([givenName], \"3\"))'\n";
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(text), None).unwrap();
    let mut directory = Directory { people: vec![Person::new("1").with("givenName", "kim")], ..Directory::default() };
    directory.assign("1");
    let nobody = r#"{"totalResults": 0, "Resources": []}"#;
    other.says(200, "", nobody);
    other.says(200, "", r#"{"totalResults": 1, "Resources": [{"id": "7"}]}"#);
    other.says(200, "", nobody);
    assert_eq!(sent(&job.cycle(&directory).await)[0].1["userName"], "kim2");
}

/// An answer to the query by `match`, and Entra's word for it.
#[tokio::test]
async fn answers_are_read_as_entra_reads_them() {
    let cases: &[(u16, &str, &str, bool)] = &[
        (400, r#"{"detail": "no"}"#, "SystemForCrossDomainIdentityManagementBadRequest", false),
        (401, "", "Unauthorized", true),
        (403, "", "InsufficientRights", true),
        (404, "", "SystemForCrossDomainIdentityManagementServiceIncompatible", true),
        (409, "", "EntryConflict", false),
        (422, "", "UnprocessableEntity", false),
        (500, "", "InternalServerError", false),
        (501, "", "NotImplemented", false),
        (302, "", "SystemForCrossDomainIdentityManagementServiceIncompatible", false),
        (200, "<html>sign in</html>", "SystemForCrossDomainIdentityManagementServiceIncompatible", false),
        (200, r#"{"Resources": []}"#, "SystemForCrossDomainIdentityManagementServiceIncompatible", false),
        (
            200,
            r#"{"totalResults": 1, "Resources": []}"#,
            "SystemForCrossDomainIdentityManagementServiceIncompatible",
            false,
        ),
        (200, r#"{"totalResults": 2, "Resources": [{"id": "1"}]}"#, "DuplicateTargetEntries", false),
    ];
    for (status, body, code, stops) in cases {
        let other = Other::start().await;
        let mut job = Job::new(&other.endpoint(), table(TABLE), None).unwrap();
        other.says(*status, "", body);
        let report = job.cycle(&directory()).await;
        assert_eq!(report.code("kim"), Some(*code), "{status} {body}");
        assert_eq!(report.quarantine.is_some(), *stops, "{status} {body}");
    }
}

#[tokio::test]
async fn who_asks_for_patience_is_asked_again() {
    let other = Other::start().await;
    let mut job = Job::new(&other.endpoint(), table(TABLE), None).unwrap();
    let before = job.now();
    other.says(503, "retry-after: 30", "");
    other.says(429, "", "");
    let report = job.cycle(&directory()).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(job.now().duration_since(before).as_secs(), 35, "the clock goes on, and nobody waits");
    for _ in 0..3 {
        other.says(503, "retry-after: 1", r#"{"detail": "the application is down"}"#);
    }
    let mut directory = directory();
    directory.person_mut("kim").unwrap().attributes.set("givenName", "Kimiko");
    let refused = job.cycle(&directory).await;
    assert_eq!(refused.code("kim"), Some("InternalServerError"));
    assert_eq!(refused.object("kim").unwrap().failure.as_ref().unwrap().detail, "the application is down");
}

#[tokio::test]
async fn no_answer_in_time_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new("https://localhost/scim").unwrap().at(listener.local_addr().unwrap());
    let mut job = Job::new(&endpoint.within(Duration::from_millis(50)), table(TABLE), None).unwrap();
    assert_eq!(job.test_connection().await.refused.unwrap().code, "Timeout");
}

/// 5,000 failures are many only when they are more than two of five.
#[tokio::test]
async fn so_many_failures_stop_a_job() {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (people, stops) in [(4_999, false), (5_000, true)] {
        let endpoint = Endpoint::new("https://localhost/scim").unwrap().at(nowhere);
        let all = TABLE.replacen("\n[[user]]", "scope = \"all\"\n[[user]]", 1);
        let mut job = Job::new(&endpoint, table(&all), None).unwrap();
        let people = (0..people).map(|number| Person::new(&number.to_string()).with("userPrincipalName", "kim"));
        let directory = Directory { people: people.collect(), ..Directory::default() };
        let report = job.cycle(&directory).await;
        assert_eq!(report.quarantine.is_some(), stops, "{:?}", report.quarantine);
    }
}
