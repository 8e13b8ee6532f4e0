//! `GET /api/v1/resource`: the job itself.

use crosstalk_proto::helloworld::HelloReply;
use prost::Message as _;

use crate::support::{Answer, TestApp};

const PATH: &str = "/api/v1/resource";

#[tokio::test]
async fn the_greeting_is_exactly_this() {
    let app = TestApp::spawn().await;
    for path in [PATH, "/api/v1/resource?name=", "/api/v1/resource?name=World!", "/api/v1/resource?other=1"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text(), r#"{"message":"Hello, World!"}"#, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("vary"), "Accept");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_bearer_token_changes_nothing() {
    let app = TestApp::spawn().await;
    let answer = Answer::to(app.request("GET", PATH).bearer_auth("token")).await;
    assert_eq!(answer.json(), serde_json::json!({"message": "Hello, World!"}));
    app.stop().await;
}

#[tokio::test]
async fn a_name_is_greeted_whatever_its_script() {
    let app = TestApp::spawn().await;
    for (query, message) in [
        ("Ada", "Hello, Ada"),
        ("Ada+Lovelace", "Hello, Ada Lovelace"),
        ("%E9%9B%B7", "Hello, 雷"),
        ("%22%5C%3C", "Hello, \"\\<"),
    ] {
        let answer = app.get(&format!("{PATH}?name={query}")).await;
        assert_eq!(answer.json(), serde_json::json!({ "message": message }), "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_same_greeting_is_offered_as_protobuf() {
    let app = TestApp::spawn().await;
    for (query, message) in [("", "Hello, World!"), ("?name=Ada", "Hello, Ada")] {
        let request = app.request("GET", &format!("{PATH}{query}")).header("accept", "application/x-protobuf");
        let answer = Answer::to(request).await;
        assert_eq!(answer.header("content-type"), "application/x-protobuf");
        assert_eq!(HelloReply::decode(&answer.body[..]).unwrap().message, message);
    }
    app.stop().await;
}

#[tokio::test]
async fn what_is_not_offered_is_not_acceptable_and_the_offer_is_told() {
    let app = TestApp::spawn().await;
    let problem = Answer::to(app.request("GET", PATH).header("accept", "text/html, image/*")).await.problem(406);
    assert!(problem.detail.contains("application/json, application/x-protobuf"), "{problem:?}");
    app.stop().await;
}

#[tokio::test]
async fn each_media_type_has_a_strong_tag_of_its_own_and_knows_it_again() {
    let app = TestApp::spawn().await;
    let mut tags = Vec::new();
    for (accept, query) in [("application/json", ""), ("application/x-protobuf", ""), ("application/json", "?name=Ada")]
    {
        let path = format!("{PATH}{query}");
        let first = Answer::to(app.request("GET", &path).header("accept", accept)).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let request = app.request("GET", &path).header("accept", accept).header("if-none-match", &known);
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, 304, "{known}");
            assert_eq!((answer.header("etag"), answer.header("vary")), (tag.as_str(), "Accept"));
            assert!(answer.body.is_empty() && answer.header("content-type").is_empty());
        }
        let other = app.request("GET", &path).header("accept", accept).header("if-none-match", "\"x\"");
        assert_eq!(Answer::to(other).await.status, 200);
        let unmet = app.request("GET", &path).header("accept", accept).header("if-match", format!("W/{tag}"));
        Answer::to(unmet).await.problem(412);
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn head_is_get_without_the_content() {
    let app = TestApp::spawn().await;
    let get = app.get(PATH).await;
    let head = Answer::to(app.request("HEAD", PATH)).await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    for header in ["content-type", "content-length", "etag", "vary", "cache-control"] {
        assert_eq!(head.header(header), get.header(header), "{header}");
    }
    app.stop().await;
}

#[tokio::test]
async fn options_tell_what_can_be_done() {
    let app = TestApp::spawn().await;
    for (path, allow) in [
        (PATH, "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/resource/ada", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/api/v1/resources", "GET, HEAD, OPTIONS"),
    ] {
        let answer = Answer::to(app.request("OPTIONS", path)).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (204, allow));
        // what is refused is told with the same list, in whatever order
        let refused = Answer::to(app.request("TRACE", path)).await;
        refused.problem(405);
        let sorted = |list: &str| {
            let mut methods: Vec<_> = list.split(',').map(|method| method.trim().to_owned()).collect();
            methods.sort();
            methods
        };
        assert_eq!(sorted(refused.header("allow")), sorted(allow), "{path}");
    }
    let item = Answer::to(app.request("OPTIONS", "/api/v1/resource/ada")).await;
    assert_eq!(item.header("accept-patch"), "application/merge-patch+json");
    app.stop().await;
}

#[tokio::test]
async fn bad_queries_are_refused() {
    let app = TestApp::spawn().await;
    let long = "a".repeat(201);
    for (query, part) in [
        ("name=%FF", "UTF-8"),
        ("name=a&name=b", "duplicate field"),
        ("name=%00", "control"),
        (&format!("name={long}"), "200"),
    ] {
        let problem = app.get(&format!("{PATH}?{query}")).await.problem(400);
        assert!(problem.detail.contains(part), "{problem:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn every_answer_tells_what_was_measured() {
    let app = TestApp::spawn().await;
    let timing = |answer: &Answer| answer.header("server-timing").to_owned();
    let greeted = timing(&app.get(PATH).await);
    assert!(greeted.starts_with("server-parse;dur=0.") && greeted.contains(", server-greet;dur="), "{greeted}");
    assert!(greeted.contains(";desc=\""), "{greeted}");
    let kept = timing(&app.put("/api/v1/resource/ada", "Ada").await);
    assert!(kept.contains("store-upsert;dur="), "{kept}");
    for refused in [
        app.get("/api/v1/resource?name=%FF").await,
        app.get("/api/v1/resource/nobody").await,
        Answer::to(app.request("DELETE", PATH)).await,
        Answer::to(app.request("POST", PATH).body("{}")).await,
    ] {
        assert!(timing(&refused).starts_with("server-parse;dur="), "{refused:?}");
    }
    app.stop().await;
}
