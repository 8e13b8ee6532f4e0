//! What is around every request: who may ask, and what nobody serves.

use http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn a_host_that_is_not_this_machine_is_refused() {
    let app = TestApp::builder().flag("public-origin", "https://play.example.org").spawn().await;
    for (host, expected) in [
        ("evil.example.org", StatusCode::FORBIDDEN),
        ("play.example.org", StatusCode::OK),
        ("localhost:9", StatusCode::OK),
    ] {
        let answer = app.client.get(app.url("/healthz")).header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{host}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_server_is_ready_without_a_broker_and_says_so() {
    let app = TestApp::spawn().await;
    let answer = app.client.get(app.url("/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["status"], "degraded");
    assert_eq!(body["store_up"], true);
    app.stop().await;
}

#[tokio::test]
async fn what_nobody_serves_is_a_problem() {
    let app = TestApp::spawn().await;
    let answer = app.client.get(app.url("/api/v1/nothing")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["type"], "/problems/not-found");
    app.stop().await;
}

#[tokio::test]
async fn both_listeners_serve_the_same() {
    let app = TestApp::spawn().await;
    for address in [app.addr(), app.grpc_addr()] {
        let answer = app.client.get(format!("http://{address}/healthz")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_store_lives_in_the_data_folder() {
    let app = TestApp::spawn().await;
    app.client.get(app.url("/readyz")).send().await.unwrap();
    assert!(app.data().join("crosstalk.sqlite").is_file());
    app.stop().await;
}

#[tokio::test]
async fn the_brokers_password_is_not_told() {
    let app = TestApp::builder().amqp_url("amqp://guest:hunter2@127.0.0.1:1/%2f").spawn().await;
    let body = app.client.get(app.url("/readyz")).send().await.unwrap().text().await.unwrap();
    assert!(!body.contains("hunter2"), "{body}");
    app.stop().await;
}

#[tokio::test]
async fn a_websocket_handshake_at_an_unknown_path_is_not_accepted() {
    let app = TestApp::spawn().await;
    let refused = tokio_tungstenite::connect_async(app.ws_url("/nothing")).await.unwrap_err();
    let tokio_tungstenite::tungstenite::Error::Http(answer) = refused else { panic!("{refused}") };
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}
