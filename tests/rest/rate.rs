//! No more requests than the application takes. No test asserts a time: what is asserted is who is
//! sent on, and how often the application was asked.

use futures_util::future::join_all;
use postern::downstream::ErrorKind;

use super::scripted::{Scripted, json};
use super::support::{driver, fetch};

fn mapping(address: std::net::SocketAddr, rate: &str) -> String {
    format!(
        r#"
        [downstream]
        kind = "rest"
        base_url = "http://{address}"
        rate = {rate}

        [User]
        key = "$.id"

        [User.calls]
        read = {{ get = "/users/{{key}}" }}
        "#
    )
}

const USER: &str = r#"{"id": 1, "login": "ana", "firstname": "", "lastname": "", "status": 1, "mail": ""}"#;

#[tokio::test]
async fn whoever_would_wait_for_hours_is_sent_on_at_once_and_nothing_is_sent() {
    let application = Scripted::start(|_| json(200, "", USER)).await;
    let driver = driver(&mapping(application.address, r#"{ requests = 2, per = "24h" }"#));
    let (plan, many) = (fetch("User", 1), 5);
    let answers = join_all((0..many).map(|_| driver.fetch(&plan))).await;
    assert_eq!(application.calls().len(), 2);
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(refused.len(), 3);
    for error in refused {
        let ErrorKind::Unavailable { retry_after: Some(_) } = error.kind else { panic!("{error:?}") };
        assert!(error.detail.contains("`rate` allows no more requests"), "{error}");
    }
}

#[tokio::test]
async fn whoever_comes_a_little_too_early_waits_for_a_turn() {
    let application = Scripted::start(|_| json(200, "", USER)).await;
    let driver = driver(&mapping(application.address, r#"{ requests = 100, per = "1s", burst = 1 }"#));
    let plan = fetch("User", 1);
    let answers = join_all((0..10).map(|_| driver.fetch(&plan))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(application.calls().len(), 10);
}
