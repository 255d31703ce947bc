//! What operators and auditors are told, and what they are never told.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postern::observe::audit::{Audit, Sink};
use postern::observe::log::{Level, Log};
use postern::observe::metrics::Metrics;
use postern::observe::{Observation, Observer, Observers, Outcome, RequestFacts};
use serde_json::Value;

/// A writer whose text can be read afterwards.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

fn facts() -> RequestFacts {
    RequestFacts {
        tenant: Some("main".into()),
        token: Some("entra".into()),
        address: Some([192, 0, 2, 1].into()),
        request_id: "request-1".to_owned(),
        op: "patch",
        resource_type: Some("User".into()),
    }
}

fn provisioned() -> Observation {
    Observation::ResourceProvisioned {
        request: facts(),
        outcome: Outcome::Disabled,
        status: 200,
        id: Some("id-1".to_owned()),
        key: Some("42".to_owned()),
        changed: vec!["active".to_owned(), "name.familyName".to_owned()],
        duration: Duration::from_millis(12),
    }
}

fn served(status: u16) -> Observation {
    Observation::RequestServed {
        request: facts(),
        method: "PATCH",
        status,
        scim_type: None,
        duration: Duration::from_millis(12),
        request_bytes: 100,
        response_bytes: 200,
    }
}

fn downstream(result: &'static str, detail: &str) -> Observation {
    Observation::DownstreamCalled {
        tenant: "main".into(),
        resource: "User".into(),
        operation: "update",
        result,
        detail: Some(detail.to_owned()),
        duration: Duration::from_millis(3),
    }
}

fn logged(level: Level, facts: &[Observation]) -> Vec<Value> {
    let paper = Paper::default();
    let log = Log::new(level, Box::new(paper.clone()));
    facts.iter().for_each(|fact| log.observe(fact));
    paper.lines()
}

#[test]
fn a_request_is_one_line_with_opentelemetry_names() {
    let lines = logged(Level::Info, &[served(200)]);
    assert_eq!(lines.len(), 1);
    for (name, want) in [
        ("severity_text", "INFO".into()),
        ("event.name", "request.served".into()),
        ("service.name", "postern".into()),
        ("http.request.method", "PATCH".into()),
        ("http.response.status_code", 200.into()),
        ("client.address", "192.0.2.1".into()),
        ("postern.tenant", "main".into()),
        ("postern.request_id", "request-1".into()),
        ("postern.duration_ms", 12.0.into()),
    ] {
        let want: Value = want;
        assert_eq!(lines[0][name], want, "{name}");
    }
    assert!(lines[0].get("postern.scim_type").is_none(), "what is not known is left out");
    assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn levels_choose_what_is_worth_a_line() {
    let all = [served(200), served(503), Observation::PanicCaught, Observation::ConnectionOpened, downstream("ok", "")];
    let count = |level| logged(level, &all).len();
    assert_eq!((count(Level::Error), count(Level::Warn), count(Level::Info), count(Level::Debug)), (1, 2, 3, 5),);
    assert_eq!(logged(Level::Warn, &[served(503)])[0]["severity_text"], "WARN");
}

#[test]
fn text_from_elsewhere_cannot_steer_a_terminal() {
    let lines = logged(Level::Debug, &[downstream("garbage", "a\u{1b}]0;x\u{7}\r\nb\u{202e}c\u{2028}d")]);
    assert_eq!(lines.len(), 1);
    let detail = lines[0]["postern.detail"].as_str().unwrap();
    assert_eq!(detail.replace('\u{fffd}', "?"), "a?]0;x???b?c?d");
    let long = logged(Level::Debug, &[downstream("garbage", &"x".repeat(10_000))]);
    assert_eq!(long[0]["postern.detail"].as_str().unwrap().len(), 500);
}

#[test]
fn members_that_are_left_out_are_a_warning_that_names_their_type() {
    let ignored = |of: &str| Observation::MemberIgnored {
        tenant: "main".into(),
        resource_type: "Group".into(),
        member_type: of.into(),
    };
    let lines = logged(Level::Warn, &[ignored("Group")]);
    assert_eq!((&lines[0]["event.name"], &lines[0]["severity_text"]), (&"member.ignored".into(), &"WARN".into()));
    assert_eq!(lines[0]["postern.member_type"], "Group");
    let many: Vec<_> = (0..500).map(|_| ignored("Group")).collect();
    assert!(logged(Level::Warn, &many).len() <= 20);
}

#[test]
fn a_burst_of_the_same_failure_is_a_few_lines() {
    let burst: Vec<_> = (0..500).map(|_| downstream("not_sent", "connection refused")).collect();
    let lines = logged(Level::Info, &burst);
    assert!((1..=20).contains(&lines.len()), "{}", lines.len());
    let other = [&burst[..], &[downstream("auth", "password refused")]].concat();
    let last = logged(Level::Info, &other).pop().unwrap();
    assert_eq!(last["postern.result"], "auth", "another failure is not hidden by the burst");
}

#[test]
fn metrics_tell_what_came_of_changes() {
    let metrics = Metrics::new();
    for fact in [
        provisioned(),
        downstream("ambiguous", "cut"),
        Observation::CorrelationLookedUp { tenant: "main".into(), kind: "key", hit: true },
        Observation::CorrelationFailed { tenant: "main".into(), detail: "locked".to_owned() },
        Observation::LookupAmbiguous { tenant: "main".into(), lookup: "folder".into(), attribute: "title".to_owned() },
        Observation::ListSplit { tenant: "main".into(), resource_type: "User".into(), attribute: "roles".to_owned() },
        Observation::MemberIgnored {
            tenant: "main".into(),
            resource_type: "Group".into(),
            member_type: "Group".into(),
        },
        Observation::AttributeDropped {
            tenant: "main".into(),
            resource_type: "User".into(),
            attribute: "_unknown".to_owned(),
        },
        Observation::ConfigLoaded { success: true, tenants: 2 },
        Observation::CertificateExpires { at: 1_900_000_000 },
        Observation::TokenExpires { tenant: "main".into(), token: "entra".into(), at: 1_800_000_000 },
    ] {
        metrics.observe(&fact);
    }
    let text = metrics.encode();
    for line in [
        r#"postern_provisioning_operations_total{tenant="main",type="User",op="patch",outcome="disabled"} 1"#,
        r#"postern_downstream_requests_total{tenant="main",type="User",operation="update",result="ambiguous"} 1"#,
        r#"postern_correlation_lookups_total{tenant="main",kind="key",result="hit"} 1"#,
        r#"postern_store_errors_total{tenant="main"} 1"#,
        r#"postern_mapping_errors_total{tenant="main",type="User",attribute="_unknown",reason="unknown_attribute"} 1"#,
        "postern_config_last_reload_successful 1",
        "postern_config_tenants 2",
        "postern_tls_certificate_not_after_timestamp_seconds 1900000000",
        r#"postern_token_expiry_timestamp_seconds{tenant="main",token="entra"} 1800000000"#,
        r#"postern_build_info{version="0.1.0"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("locked") && !text.contains("cut"), "{text}");
}

/// A folder of its own for each test, gone afterwards.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("postern-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.0.join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_audit_line_names_attributes_and_holds_no_values() {
    let folder = Folder::new("audit");
    let audit = Audit::open(Sink::File(folder.0.join("audit.log")), Observers::default()).unwrap();
    audit.observe(&provisioned());
    audit.observe(&served(200));
    audit.observe(&provisioned());
    audit.close();
    let lines = folder.lines("audit.log");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["seq"], 2);
    let want = serde_json::json!({
        "v": 1, "time": lines[0]["time"], "seq": 1, "category": "provisioning", "level": "info", "tenant": "main",
        "actor": { "token": "entra", "ip": "192.0.2.1" }, "request": "request-1", "op": "patch", "type": "User",
        "id": "id-1", "key": "42", "outcome": "disabled", "status": 200,
        "changed": ["active", "name.familyName"], "duration_ms": 12,
    });
    assert_eq!(lines[0], want);
    assert_eq!((audit.state().written(), audit.state().queued()), (2, 0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.0.join("audit.log")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn an_audit_tells_of_access_and_of_configurations() {
    let folder = Folder::new("audit-categories");
    let audit = Audit::open(Sink::File(folder.0.join("audit.log")), Observers::default()).unwrap();
    let Observation::ResourceProvisioned { request, .. } = provisioned() else { panic!("another fact") };
    let asked = RequestFacts { op: "", resource_type: None, ..request };
    audit.observe(&Observation::AccessRefused { request: asked, reason: "cidr", status: 403 });
    audit.observe(&Observation::ConfigLoaded { success: true, tenants: 2 });
    audit.observe(&Observation::ConfigLoaded { success: false, tenants: 0 });
    audit.observe(&Observation::AuthAttempted { tenant: "main".into(), result: "unknown" });
    audit.close();
    let lines = folder.lines("audit.log");
    let want = serde_json::json!([
        { "v": 1, "time": lines[0]["time"], "seq": 1, "category": "access", "level": "warning", "tenant": "main",
          "actor": { "token": "entra", "ip": "192.0.2.1" }, "request": "request-1", "op": null, "type": null,
          "outcome": "refused", "reason": "cidr", "status": 403 },
        { "v": 1, "time": lines[1]["time"], "seq": 2, "category": "configuration", "level": "info", "outcome": "loaded",
          "tenants": 2 },
        { "v": 1, "time": lines[2]["time"], "seq": 3, "category": "configuration", "level": "error",
          "outcome": "refused", "tenants": null },
    ]);
    assert_eq!(Value::from(lines), want, "and strangers leave no line");
}

#[test]
fn an_audit_appends_and_follows_a_rotation() {
    let folder = Folder::new("rotation");
    let (now, old) = (folder.0.join("audit.log"), folder.0.join("audit.log.1"));
    for _ in 0..2 {
        let audit = Audit::open(Sink::File(now.clone()), Observers::default()).unwrap();
        audit.observe(&provisioned());
        audit.close();
    }
    let audit = Audit::open(Sink::File(now.clone()), Observers::default()).unwrap();
    std::fs::rename(&now, &old).unwrap();
    audit.observe(&provisioned());
    audit.reopen();
    audit.observe(&provisioned());
    audit.close();
    assert_eq!((folder.lines("audit.log.1").len(), folder.lines("audit.log").len()), (3, 1));
}

#[test]
fn a_lost_audit_line_is_told_and_counted() {
    let paper = Paper::default();
    let alarm = Observers(vec![Arc::new(Log::new(Level::Error, Box::new(paper.clone())))]);
    let folder = Folder::new("lost");
    assert!(Audit::open(Sink::File(folder.0.join("no/such/audit.log")), alarm.clone()).is_err());
    let audit = Audit::open(Sink::File(folder.0.join("audit.log")), alarm).unwrap();
    let metrics = Metrics::new();
    metrics.watch_audit(audit.state());
    audit.observe(&provisioned());
    audit.close();
    assert!(audit.state().healthy());
    audit.observe(&provisioned());
    assert!(!audit.state().healthy());
    assert_eq!(paper.lines()[0]["event.name"], "audit.failed");
    let text = metrics.encode();
    for line in ["postern_audit_records_total 1", "postern_audit_dropped_total 1", "postern_audit_queue_length 0"] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// `/dev/full` accepts being opened and refuses every byte, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_stops_nothing() {
    let paper = Paper::default();
    let alarm = Observers(vec![Arc::new(Log::new(Level::Error, Box::new(paper.clone())))]);
    let audit = Audit::open(Sink::File("/dev/full".into()), alarm).unwrap();
    audit.observe(&provisioned());
    audit.close();
    assert_eq!((audit.state().written(), audit.state().lost()), (0, 1));
    assert!(!paper.lines().is_empty());
}
