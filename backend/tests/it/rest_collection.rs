//! `GET /api/v1/resources`: page by page.

use crate::support::{Answer, TestApp};

const PATH: &str = "/api/v1/resources";

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get(PATH).await.text(), r#"{"items":[],"next":null}"#);
    for n in 0..5 {
        app.put(&format!("/api/v1/resource/g{n}"), "Ada").await;
    }
    let (mut path, mut seen) = (format!("{PATH}?limit=2"), Vec::new());
    loop {
        let page = app.get(&path).await;
        assert_eq!(page.status, 200);
        let json = page.json();
        seen.extend(json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = json["next"].as_str() else {
            assert_eq!(page.header("link"), "");
            break;
        };
        assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\""));
        assert!(next.starts_with("/api/v1/resources?limit=2&after="), "{next}");
        path = next.to_owned();
    }
    assert_eq!(seen, ["g0", "g1", "g2", "g3", "g4"]);
    app.stop().await;
}

#[tokio::test]
async fn a_page_goes_on_where_the_last_ended_though_its_end_was_deleted() {
    let app = TestApp::spawn().await;
    for n in 0..3 {
        app.put(&format!("/api/v1/resource/g{n}"), "Ada").await;
    }
    let next = app.get(&format!("{PATH}?limit=1")).await.json()["next"].as_str().unwrap().to_owned();
    Answer::to(app.request("DELETE", "/api/v1/resource/g0")).await;
    assert_eq!(app.get(&next).await.json()["items"][0]["id"], "g1");
    app.stop().await;
}

#[tokio::test]
async fn bad_parameters_are_refused() {
    let app = TestApp::spawn().await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1&limit=2",
        "limit=4294967296",
        "after=",
        "after=x",
        "after=1",
        "after=1-",
        "after=-1-a",
        "after=99999999999999999-a",
        "after=1-a%20b",
    ] {
        app.get(&format!("{PATH}?{query}")).await.problem(400);
    }
    Answer::to(app.request("GET", PATH).header("accept", "application/x-protobuf")).await.problem(406);
    app.stop().await;
}
