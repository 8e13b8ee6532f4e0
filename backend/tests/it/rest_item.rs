//! `GET`, `PUT`, `PATCH` and `DELETE /api/v1/resource/{id}`.

use serde_json::json;

use crate::support::{Answer, TestApp};

const ADA: &str = "/api/v1/resource/ada";

#[tokio::test]
async fn a_greeting_lives_from_put_to_delete() {
    let app = TestApp::spawn().await;
    app.get(ADA).await.problem(404);
    let made = app.put(ADA, "Ada").await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, ADA));
    insta::assert_json_snapshot!(made.stable_json(), @r#"
    {
      "created_at": "[created_at]",
      "id": "ada",
      "message": "Hello, Ada",
      "name": "Ada",
      "updated_at": "[updated_at]",
      "version": 1
    }
    "#);
    let changed = app.put(ADA, "Grace").await;
    assert_eq!((changed.status.as_u16(), changed.header("location")), (200, ""));
    assert_eq!((&changed.json()["version"], &changed.json()["message"]), (&json!(2), &json!("Hello, Grace")));
    assert_eq!(changed.json()["created_at"], made.json()["created_at"]);
    assert_ne!(changed.header("etag"), made.header("etag"));
    assert_eq!(app.get(ADA).await.json(), changed.json());
    let gone = Answer::to(app.request("DELETE", ADA)).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    app.get(ADA).await.problem(404);
    Answer::to(app.request("DELETE", ADA)).await.problem(404);
    app.stop().await;
}

#[tokio::test]
async fn a_merge_patch_changes_what_it_names() {
    let app = TestApp::spawn().await;
    app.put(ADA, "Ada").await;
    for (patch, message, version) in [
        (json!({"name": "Grace"}), "Hello, Grace", 2),
        (json!({}), "Hello, Grace", 2),
        (json!({"name": null}), "Hello, World!", 3),
        (json!({"name": ""}), "Hello, World!", 4),
    ] {
        let answer = Answer::to(merge(&app, ADA, &patch.to_string())).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["message"], message, "{patch}");
        assert_eq!(answer.json()["version"], version, "{patch}");
    }
    Answer::to(merge(&app, "/api/v1/resource/nobody", "{}")).await.problem(404);
    for (bad, pointer) in [("{\"name\":1}", "/name"), ("{\"id\":\"b\"}", "/id"), ("[]", ""), ("\"Ada\"", "")] {
        assert_eq!(Answer::to(merge(&app, ADA, bad)).await.problem(422).errors[0].pointer, pointer, "{bad}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_patch_of_another_kind_hears_which_is_taken() {
    let app = TestApp::spawn().await;
    app.put(ADA, "Ada").await;
    for kind in ["application/json", "application/json-patch+json", ""] {
        let request = app.request("PATCH", ADA).header("content-type", kind).body("{}");
        let answer = Answer::to(request).await;
        answer.problem(415);
        assert_eq!(answer.header("accept-patch"), "application/merge-patch+json");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_id_is_checked() {
    let app = TestApp::spawn().await;
    for id in ["a%20b", "a%2Fb", "%C3%A4", "%FF", "a.b", &"a".repeat(65)] {
        let path = format!("/api/v1/resource/{id}");
        app.get(&path).await.problem(400);
        app.put(&path, "Ada").await.problem(400);
        Answer::to(app.request("DELETE", &path)).await.problem(400);
        Answer::to(merge(&app, &path, "{}")).await.problem(400);
    }
    app.put(&format!("/api/v1/resource/{}", "a".repeat(64)), "Ada").await;
    app.get("/api/v1/resource/").await.problem(404);
    app.stop().await;
}

#[tokio::test]
async fn a_kept_greeting_is_offered_as_protobuf_too() {
    let app = TestApp::spawn().await;
    app.put(ADA, "Ada").await;
    let answer = Answer::to(app.request("GET", ADA).header("accept", "application/x-protobuf")).await;
    assert_eq!(answer.body, b"\x0a\x0aHello, Ada");
    assert!(answer.header("etag").ends_with("-pb\""));
    Answer::to(app.request("GET", ADA).header("accept", "text/csv")).await.problem(406);
    app.stop().await;
}

#[tokio::test]
async fn greetings_outlive_the_server() {
    let app = TestApp::spawn().await;
    let made = app.put(ADA, "Ada").await;
    let copy = tempfile::TempDir::new().unwrap();
    let (from, to) = (app.data().join("crosstalk.sqlite"), copy.path().join("crosstalk.sqlite"));
    let (client, url) = (app.client.clone(), app.url(ADA));
    app.stop_then(|| std::fs::copy(&from, &to).unwrap()).await;
    assert!(client.get(url).send().await.is_err());
    let app = TestApp::builder().flag("database-url", format!("sqlite:{}", to.display())).spawn().await;
    assert_eq!(app.get(ADA).await.json(), made.json());
    app.stop().await;
}

fn merge(app: &TestApp, path: &str, patch: &str) -> reqwest::RequestBuilder {
    app.request("PATCH", path).header("content-type", "application/merge-patch+json").body(patch.to_owned())
}
