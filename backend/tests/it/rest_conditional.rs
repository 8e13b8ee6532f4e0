//! Conditions (RFC 9110, section 13): nobody's change is lost who asks for that.

use serde_json::json;

use crate::support::{Answer, TestApp};

const ADA: &str = "/api/v1/resource/ada";

fn put(app: &TestApp, name: &str) -> reqwest::RequestBuilder {
    app.request("PUT", ADA).json(&json!({ "name": name }))
}

fn change(app: &TestApp, method: &str) -> reqwest::RequestBuilder {
    let request = app.request(method, ADA);
    match method {
        "PUT" => request.json(&json!({"name": "Grace"})),
        "PATCH" => request.header("content-type", "application/merge-patch+json").body(r#"{"name":"Grace"}"#),
        _ => request,
    }
}

#[tokio::test]
async fn a_change_decided_on_an_older_state_is_refused() {
    let app = TestApp::spawn().await;
    let old = app.put(ADA, "Ada").await.header("etag").to_owned();
    let new = app.put(ADA, "Grace").await.header("etag").to_owned();
    for method in ["PUT", "PATCH", "DELETE"] {
        for unmet in [old.clone(), format!("W/{new}"), "\"x\"".to_owned(), format!("{old}, \"y\"")] {
            Answer::to(change(&app, method).header("if-match", &unmet)).await.problem(412);
        }
        for unmet in [new.clone(), format!("W/{new}"), "*".to_owned(), format!("\"x\", {new}")] {
            Answer::to(change(&app, method).header("if-none-match", &unmet)).await.problem(412);
        }
    }
    assert_eq!(app.get(ADA).await.json()["version"], 2);
    app.stop().await;
}

#[tokio::test]
async fn a_change_decided_on_the_current_state_is_made() {
    let app = TestApp::spawn().await;
    app.put(ADA, "Ada").await;
    for method in ["PUT", "PATCH"] {
        for list in [false, true] {
            let tag = app.get(ADA).await.header("etag").to_owned();
            let value = if list { format!("\"x\",W/\"y\" , {tag}") } else { tag };
            assert_eq!(Answer::to(change(&app, method).header("if-match", value)).await.status, 200);
        }
        assert_eq!(Answer::to(change(&app, method).header("if-match", "*")).await.status, 200);
        assert_eq!(Answer::to(change(&app, method).header("if-none-match", "\"x\"")).await.status, 200);
    }
    // the tag of the other representation names the same state
    let protobuf = Answer::to(app.request("GET", ADA).header("accept", "application/x-protobuf")).await;
    let gone = Answer::to(change(&app, "DELETE").header("if-match", protobuf.header("etag"))).await;
    assert_eq!(gone.status, 204);
    app.stop().await;
}

#[tokio::test]
async fn if_match_on_what_does_not_exist_is_refused() {
    let app = TestApp::spawn().await;
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        for value in ["*", "\"1-0\""] {
            Answer::to(change(&app, method).header("if-match", value)).await.problem(412);
        }
    }
    app.get(ADA).await.problem(404);
    app.stop().await;
}

#[tokio::test]
async fn if_none_match_any_makes_but_does_not_change() {
    let app = TestApp::spawn().await;
    assert_eq!(Answer::to(put(&app, "Ada").header("if-none-match", "*")).await.status, 201);
    Answer::to(put(&app, "Grace").header("if-none-match", "*")).await.problem(412);
    assert_eq!(app.get(ADA).await.json()["name"], "Ada");
    app.stop().await;
}

#[tokio::test]
async fn a_reader_who_has_it_gets_no_content() {
    let app = TestApp::spawn().await;
    let tag = app.put(ADA, "Ada").await.header("etag").to_owned();
    let answer = Answer::to(app.request("GET", ADA).header("if-none-match", format!("W/{tag}"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.body.len()), (304, tag.as_str(), 0));
    // another representation is another tag
    let protobuf = app.request("GET", ADA).header("accept", "application/x-protobuf").header("if-none-match", &tag);
    assert_eq!(Answer::to(protobuf).await.status, 200);
    app.put(ADA, "Grace").await;
    assert_eq!(Answer::to(app.request("GET", ADA).header("if-none-match", &tag)).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn conditions_that_are_none_are_refused() {
    let app = TestApp::spawn().await;
    app.put(ADA, "Ada").await;
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        for name in ["if-match", "if-none-match"] {
            for bad in ["1-0", "\"1-0", "", "*, \"x\""] {
                let problem = Answer::to(change(&app, method).header(name, bad)).await.problem(400);
                assert!(problem.detail.contains(name), "{problem:?}");
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_tag_does_not_outlive_its_greeting() {
    let app = TestApp::spawn().await;
    let before = app.put(ADA, "Ada").await.header("etag").to_owned();
    Answer::to(change(&app, "DELETE")).await;
    app.put(ADA, "Ada").await;
    Answer::to(change(&app, "PUT").header("if-match", before)).await.problem(412);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_change_the_same_state_exactly_one_wins() {
    let app = TestApp::spawn().await;
    for round in 1..=5 {
        let tag = app.put(ADA, "Ada").await.header("etag").to_owned();
        let changes = (0..16).map(|n| Answer::to(put(&app, &format!("{round}-{n}")).header("if-match", &tag)));
        let answers = futures_util::future::join_all(changes).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 412), "{answers:?}");
        assert_eq!(app.get(ADA).await.json(), won[0].json());
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_make_the_same_thing_exactly_one_does() {
    let app = TestApp::spawn().await;
    let requests = (0..16).map(|n| Answer::to(put(&app, &n.to_string()).header("if-none-match", "*")));
    let answers = futures_util::future::join_all(requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 412), "{answers:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_a_condition_every_write_counts_and_the_last_one_stays() {
    let app = TestApp::spawn().await;
    let answers = futures_util::future::join_all((0..16).map(|n| Answer::to(put(&app, &n.to_string())))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    let mut versions: Vec<_> = answers.iter().map(|answer| answer.json()["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=16).collect::<Vec<_>>());
    let last = answers.iter().max_by_key(|answer| answer.json()["version"].as_i64()).unwrap();
    assert_eq!(app.get(ADA).await.json()["name"], last.json()["name"]);
    app.stop().await;
}
