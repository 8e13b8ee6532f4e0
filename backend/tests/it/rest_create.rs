//! `POST /api/v1/resource`: greetings that are kept, and requests that can be sent again.

use std::collections::BTreeSet;

use crosstalk_proto::helloworld::{HelloReply, HelloRequest};
use prost::Message as _;
use serde_json::json;

use crate::support::{Answer, TestApp};

const PATH: &str = "/api/v1/resource";

fn post(app: &TestApp, name: &str, key: Option<&str>) -> reqwest::RequestBuilder {
    let request = app.request("POST", PATH).json(&json!({ "name": name }));
    match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    }
}

async fn count(app: &TestApp) -> usize {
    app.get("/api/v1/resources?limit=100").await.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_greeting_is_kept_where_location_says() {
    let app = TestApp::spawn().await;
    let made = Answer::to(post(&app, "Ada", None)).await;
    assert_eq!(made.status, 201);
    let mut shape = made.stable_json();
    let id = shape["id"].as_str().unwrap().to_owned();
    shape["id"] = json!("[id]");
    insta::assert_json_snapshot!(shape, @r#"
    {
      "created_at": "[created_at]",
      "id": "[id]",
      "message": "Hello, Ada",
      "name": "Ada",
      "updated_at": "[updated_at]",
      "version": 1
    }
    "#);
    assert_eq!(made.header("location"), format!("{PATH}/{id}"));
    let read = app.get(made.header("location")).await;
    assert_eq!((read.status.as_u16(), read.json()), (200, made.json()));
    assert_eq!(read.header("etag"), made.header("etag"));
    let created = made.json()["created_at"].as_str().unwrap().to_owned();
    assert!(created.len() == 24 && created.ends_with('Z'), "{created}");
    app.stop().await;
}

#[tokio::test]
async fn an_empty_name_is_the_default() {
    let app = TestApp::spawn().await;
    assert_eq!(Answer::to(post(&app, "", None)).await.json()["message"], "Hello, World!");
    app.stop().await;
}

#[tokio::test]
async fn protobuf_goes_in_and_comes_out() {
    let app = TestApp::spawn().await;
    let request = app
        .request("POST", PATH)
        .header("content-type", "application/x-protobuf")
        .header("accept", "application/x-protobuf")
        .body(HelloRequest { name: "Ada".into() }.encode_to_vec());
    let made = Answer::to(request).await;
    assert_eq!(made.status, 201);
    assert_eq!(HelloReply::decode(&made.body[..]).unwrap().message, "Hello, Ada");
    let as_json = app.get(made.header("location")).await;
    assert_eq!(as_json.json()["name"], "Ada");
    assert_ne!(as_json.header("etag"), made.header("etag"));
    let malformed = app.request("POST", PATH).header("content-type", "application/x-protobuf").body(vec![0xff; 4]);
    Answer::to(malformed).await.problem(400);
    app.stop().await;
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again() {
    let app = TestApp::spawn().await;
    let first = Answer::to(post(&app, "Ada", Some("k"))).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""));
    app.put(first.header("location"), "Grace").await;
    let again = Answer::to(post(&app, "Ada", Some("k"))).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.body, first.body);
    for header in ["location", "etag"] {
        assert_eq!(again.header(header), first.header(header));
    }
    let problem = Answer::to(post(&app, "Grace", Some("k"))).await.problem(422);
    assert!(problem.detail.contains("idempotency key \"k\""), "{problem:?}");
    assert_eq!(count(&app).await, 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_makes_one_greeting_however_many_ask_at_once() {
    let app = TestApp::spawn().await;
    let requests = (0..32).map(|_| Answer::to(post(&app, "Ada", Some("k"))));
    let answers = futures_util::future::join_all(requests).await;
    let bodies: BTreeSet<_> = answers.iter().map(|answer| (answer.status.as_u16(), answer.body.clone())).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count(), 1);
    assert_eq!(count(&app).await, 1);
    app.stop().await;
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let app = TestApp::spawn().await;
    for key in ["", &"k".repeat(256)] {
        Answer::to(post(&app, "Ada", Some(key))).await.problem(400);
    }
    Answer::to(post(&app, "Ada", Some("a")).header("idempotency-key", "b")).await.problem(400);
    assert_eq!(count(&app).await, 0);
    app.stop().await;
}
