//! The peer seen through FreeTDS and ODBC: that it comes in, is told what every connection is told, and
//! asks for a sign of life. It prepares statements by a call that the peer does not speak, so that nothing
//! more is known of `dialect = "mssql"` behind a driver.

use super::*;

fn driver_at(peer: &Peer, password: &str) -> Arc<dyn Downstream> {
    let url = format!(
        "odbc:Driver=FreeTDS;Server=127.0.0.1;Port={};UID=scim;PWD={password};Database=crm;TDS_Version=7.4",
        peer.port
    );
    bound_with(&people(), &url, "dialect = 'mssql'").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the drivers that tests/run installs"]
async fn freetds_comes_in_behind_odbc() {
    let peer = people_at(Door::Open, |_| None).await;
    driver_at(&peer, "secret").probe().await.unwrap();
    assert_eq!(peer.logins(), [("scim".to_owned(), "secret".to_owned(), "crm".to_owned())]);
    let told: Vec<_> = peer.everything().into_iter().map(|asked| asked.text).collect();
    assert!(told[0].starts_with("SET ANSI_NULLS") && told[0].contains("XACT_ABORT ON"), "{told:?}");
    assert_eq!(told[1], "SELECT 1");
    let refused = driver_at(&peer, "other").probe().await.unwrap_err();
    assert!(!refused.detail.contains("other"), "{refused:?}");
    assert!(matches!(refused.kind, ErrorKind::Credentials), "{refused:?}");
}
