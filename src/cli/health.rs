//! `postern health`: asks a running gateway, for containers without a shell.

use std::process::ExitCode;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::failure;

pub(super) async fn run(url: String) -> ExitCode {
    let Ok(url) = url.parse::<hyper::Uri>() else { return failure("that is no URL") };
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    match tokio::time::timeout(Duration::from_secs(5), client.get(url)).await {
        Err(_) => failure("no answer within 5 s"),
        Ok(Err(error)) => failure(&format!("not reached: {error}")),
        Ok(Ok(answer)) => {
            let ready = answer.status().is_success();
            let body = answer.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            println!("{}", String::from_utf8_lossy(&body).trim());
            if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}
