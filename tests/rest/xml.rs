//! XML bodies and answers: the same paths and the same bodies as for JSON.

use std::sync::Arc;

use postern::diagnostic::render_all;
use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::{MembersChange, Predicate};
use postern::value::Value;
use proptest::prelude::*;
use quick_xml::events::Event;

use super::scripted::{Reply, Scripted, Then};
use super::support::{bound, equal, fetch, fields, insert_user, key, member, select, update};

const CALLS: &str = r#"
list   = { get = "/users.xml", items = "$.users.user[*]", page = { offset = "offset", limit = "limit", max = 2, total = "$.users['@total_count']" } }
read   = { get = "/users/{key}.xml", item = "$.user" }
create = { post = "/users.xml", xml = { user = "{record}" }, item = "$.user" }
update = { put = "/users/{key}.xml", xml = { user = { "@id" = "{key}", "*" = "{changes}" } }, headers = { Content-Type = "text/xml; charset=utf-8", SOAPAction = "\"urn:change\"" } }
find.userName = { get = "/users.xml", query = { name = "{value}" }, items = "$.users.user[*]" }
"#;

const ERRORS: &str = r#"
[[User.errors]]
status  = [422, 500]
matches = { path = "$.errors.error[*]", text = "already been taken" }
means   = "uniqueness"
"#;

fn driver(address: &str) -> Arc<dyn Downstream> {
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{address}\"\n[User]\nkey = \"$.id\"\n[User.calls]\n{CALLS}{ERRORS}\
         [Group]\nkey = \"$['@id']\"\n[Group.calls]\nread = {{ get = \"/groups/{{key}}.xml\", item = \"$.group\" }}\n\
         find.displayName = {{ get = \"/groups.xml\", items = \"$.groups.group[*]\" }}\n\
         [Group.members]\nlist = {{ field = \"$.users.user[*]['@id']\" }}\nadd = {{ post = \"/groups/{{key}}/users.xml\", xml = {{ user_id = \"{{member}}\" }} }}\n\
         remove = {{ delete = \"/groups/{{key}}/users/{{member}}.xml\" }}\n"
    );
    let (driver, problems) = bound(&text);
    driver.unwrap_or_else(|| panic!("{}", render_all(&problems, false)))
}

/// An answer as XML; the type says whose.
fn answer(status: u16, kind: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
    Reply { bytes: [head.as_bytes(), body].concat(), then: Then::Stay }
}

fn xml(status: u16, body: &str) -> Reply {
    answer(status, "application/xml; charset=utf-8", body.as_bytes())
}

const JENSEN: &str = "<?xml version=\"1.0\"?>\n<user>\n  <id>7</id>\n  <login>bj</login><firstname>B &amp; &#74;.</firstname>\
    <lastname><![CDATA[<Jensen>]]></lastname><status>1</status><mail>bj@example.com</mail></user>";

async fn users(answers: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Scripted, Arc<dyn Downstream>) {
    let application = Scripted::start(answers).await;
    let driver = driver(&application.address.to_string());
    (application, driver)
}

#[tokio::test]
async fn a_record_is_made_read_and_changed() {
    let (application, driver) = users(|request| match request.split(' ').next() {
        Some("POST") => xml(201, JENSEN),
        Some("PUT") => answer(204, "text/plain", b""),
        _ => xml(200, if request.contains("/users.xml") { "<users total_count=\"0\"/>" } else { JENSEN }),
    })
    .await;
    assert_eq!(driver.insert(&insert_user("bj")).await.unwrap().key, key(7));
    let requests = application.requests();
    let (head, body) = requests.last().unwrap().split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/xml\r\n"), "{head}");
    assert!(head.contains("accept: application/json, application/xml"), "{head}");
    assert_eq!(
        body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><user><login>bj</login><firstname>Barbara</firstname><lastname>Jensen\
         </lastname><status>1</status><mail>bj@example.com</mail><password>x1Y2z3abc!</password></user>"
    );
    let read = driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
    let text = |name: &str| read.fields.get(&postern::record::FieldName::new(name)).to_text();
    assert_eq!([text("$.firstname"), text("$.lastname")], ["B & J.", "<Jensen>"]);

    application.requests();
    let set = [("$.lastname", "O'Neill & \"Sons\" <x>\r\n".into()), ("$.mail", Value::Null)];
    driver.update(&update("User", 7, &set, MembersChange::None)).await.unwrap();
    let request = application.requests().into_iter().find(|request| request.starts_with("PUT")).unwrap();
    assert!(request.contains("content-type: text/xml; charset=utf-8\r\n"), "{request}");
    assert!(request.contains("soapaction: \"urn:change\"\r\n"), "{request}");
    assert!(
        request.ends_with(
            "<user id=\"7\"><lastname>O'Neill &amp; &quot;Sons&quot; &lt;x&gt;&#13;&#10;</lastname><mail></mail></user>"
        ),
        "{request}"
    );
}

#[tokio::test]
async fn none_one_and_many_are_lists() {
    let user = |id: u32| {
        format!("<user><id>{id}</id><login>u{id}</login><firstname/><lastname/><status>1</status><mail/></user>")
    };
    for count in 0..4 {
        let (_application, driver) = users(move |request| {
            let offset: u32 = request.split_once("offset=").map_or("0", |(_, rest)| &rest[..1]).parse().unwrap();
            let page: String = (offset..count.min(offset + 2)).map(user).collect();
            xml(200, &format!("<users total_count=\"{count}\" type=\"array\">{page}</users>"))
        })
        .await;
        let page = driver.select(&select("User", Predicate::True, 0, 10)).await.unwrap();
        assert_eq!((page.records.len(), page.total), (count as usize, u64::from(count)), "{count}");
    }
}

#[tokio::test]
async fn members_in_xml_are_members() {
    for (users, members) in [("<users/>", vec![]), ("<users><user id=\"5\"/></users>", vec!["5"]), ("", vec![])] {
        let body = format!("<g:group xmlns:g=\"urn:x\" id=\"9\"><name>Crew</name>{users}</g:group>");
        let (application, driver) = users_of(body).await;
        let read = driver.fetch(&fetch("Group", 9)).await;
        if users.is_empty() {
            // A record that says nothing of its members is not a group without any.
            assert!(read.is_err() || read.unwrap().unwrap().members.is_none());
            continue;
        }
        let found = read.unwrap().unwrap().members.unwrap();
        assert_eq!(found.iter().map(|member| member.key.as_str()).collect::<Vec<_>>(), members, "{users}");
        application.requests();
        let change = MembersChange::Delta { add: vec![member(6)], remove: Vec::new() };
        driver.update(&update("Group", 9, &[], change)).await.unwrap();
        let sent = application.calls();
        assert!(sent.iter().any(|call| call.ends_with("<user_id>6</user_id>")), "{sent:?}");
    }
}

async fn users_of(group: String) -> (Scripted, Arc<dyn Downstream>) {
    users(move |request| if request.starts_with("POST") { xml(204, "") } else { xml(200, &group) }).await
}

#[tokio::test]
async fn an_error_in_xml_is_understood() {
    for status in [422, 500] {
        let (_application, driver) = users(move |request| match request.starts_with("POST") {
            true => xml(status, "<errors><error>Login has already been taken</error></errors>"),
            false => xml(200, "<users total_count=\"0\"/>"),
        })
        .await;
        let refused = driver.insert(&insert_user("bj")).await.unwrap_err().kind;
        assert!(matches!(refused, ErrorKind::Uniqueness { .. }), "{status}: {refused:?}");
    }
}

#[tokio::test]
async fn other_encodings_are_read() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><user><id>7</id><login>J\xf6rg</login><firstname/><lastname/><status>1</status><mail/></user>";
    for kind in ["application/xml", "text/xml; charset=\"iso-8859-1\"", "application/vnd.x+xml;charset=latin1"] {
        let (_application, driver) = users(move |_| answer(200, kind, latin)).await;
        let read = driver.fetch(&fetch("User", 7)).await.unwrap().unwrap();
        assert_eq!(read.fields.get(&postern::record::FieldName::new("$.login")).to_text(), "Jörg", "{kind}");
    }
}

#[tokio::test]
async fn what_is_no_plain_document_is_refused() {
    let deep = format!("{}7{}", "<a>".repeat(100), "</a>".repeat(100));
    let bomb = "<!DOCTYPE u [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><user><id>&b;</id></user>";
    let file = "<!DOCTYPE u [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><user><id>7</id><login>&f;</login></user>";
    let cases = [
        bomb,
        file,
        "<user><id>7</id>",
        "<user><id>7</user>",
        "<user/><user/>",
        "7",
        "<user>&nbsp;</user>",
        &deep,
        "<!-- -->",
    ];
    for body in cases {
        let owned = body.to_owned();
        let (_application, driver) = users(move |_| xml(200, &owned)).await;
        let refused = driver.fetch(&fetch("User", 7)).await.unwrap_err().kind;
        assert_eq!(refused, ErrorKind::Garbage, "{body}");
        let refused = driver.select(&select("User", Predicate::True, 0, 10)).await.unwrap_err().kind;
        assert_eq!(refused, ErrorKind::Garbage, "{body}");
    }
}

#[tokio::test]
async fn a_character_that_xml_cannot_hold_is_not_sent() {
    let (application, driver) = users(|_| xml(200, "<users total_count=\"0\"/>")).await;
    let mut plan = insert_user("bj");
    plan.fields = fields(&[("$.login", "b\u{1}j".into())]);
    let refused = driver.insert(&plan).await.unwrap_err().kind;
    assert!(matches!(refused, ErrorKind::Invalid { .. }), "{refused:?}");
    assert!(application.calls().iter().all(|call| call.starts_with("GET")));
    assert!(driver.select(&select("User", equal("$.login", "b\u{1}j"), 0, 9)).await.unwrap().records.is_empty());
}

/// Names of elements and texts within, as a reader of XML sees them.
fn seen(document: &str) -> Vec<String> {
    let mut reader = quick_xml::reader::Reader::from_str(document);
    let mut seen = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => seen.push(format!("<{}>", start.name().as_ref())),
            Event::End(_) => seen.push(String::from("</>")),
            Event::Eof => return seen,
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn no_value_leaves_its_element(value in "\\PC*|[<>&\"'\\]\\[!a-z;#/ -]{0,16}") {
        let driver = driver("127.0.0.1:9");
        let plan = update("User", 7, &[("$.lastname", value.as_str().into())], MembersChange::None);
        let line = driver.explain(&AnyPlan::Update(&plan)).remove(0);
        if let Some(document) = line.strip_prefix("PUT /users/7.xml ") {
            prop_assert_eq!(seen(document), ["<user>", "<lastname>", "</>", "</>"], "{}", document);
            prop_assert!(!document.contains("]]>"));
        } else {
            prop_assert!(value.contains(['\u{fffe}', '\u{ffff}']), "{}", line);
        }
    }
}
