//! The description of the API, for machines and for people, and who else may use it.

use serde_json::Value;

use crate::support::{Answer, TestApp};

#[tokio::test]
async fn the_description_knows_every_operation() {
    let app = TestApp::spawn().await;
    let answer = app.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            let statuses: Vec<_> = responses.keys().map(String::as_str).collect();
            operations.push(format!("{method} {path}: {}", statuses.join(" ")));
        }
    }
    insta::assert_snapshot!(operations.join("\n"), @r"
    get /api/v1/captures/{trace}: 200 400 403 404 503 default
    head /api/v1/captures/{trace}: 200 400 403 404 503 default
    put /api/v1/captures/{trace}: 200 201 400 403 429 default
    get /api/v1/captures/{trace}/pcapng: 200 400 403 404 503 default
    head /api/v1/captures/{trace}/pcapng: 200 400 403 404 503 default
    get /api/v1/resource: 200 304 400 406 412 default
    head /api/v1/resource: 200 304 400 406 412 default
    post /api/v1/resource: 201 400 406 408 413 415 422 503 507 default
    delete /api/v1/resource/{id}: 204 400 404 409 412 503 default
    get /api/v1/resource/{id}: 200 304 400 404 406 412 503 default
    head /api/v1/resource/{id}: 200 304 400 404 406 412 503 default
    patch /api/v1/resource/{id}: 200 400 404 406 408 409 412 413 415 422 503 default
    put /api/v1/resource/{id}: 200 201 400 406 408 409 412 413 415 422 503 507 default
    get /api/v1/resources: 200 400 406 503 default
    head /api/v1/resources: 200 400 406 503 default
    ");
    app.stop().await;
}

#[tokio::test]
async fn every_reference_in_the_description_leads_somewhere() {
    let app = TestApp::spawn().await;
    let document = app.get("/api/openapi.json").await.json();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    app.stop().await;
}

fn collect_references(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_docs_page_needs_nobody_else() {
    let app = TestApp::spawn().await;
    let short = app.get("/api/docs").await;
    assert_eq!((short.status.as_u16(), short.header("location")), (308, "/api/docs/"));
    let page = app.get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!page.text().contains("http://") && !page.text().contains("https://"), "{}", page.text());
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        assert_eq!(app.get(&format!("/api/docs/{file}")).await.status, 200, "{file}");
    }
    assert!(app.get("/api/docs/swagger-initializer.js").await.text().contains("/api/openapi.json"));
    app.get("/api/docs/nothing.js").await.problem(404);
    app.stop().await;
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_explanation() {
    let app = TestApp::spawn().await;
    for problem in [
        app.get("/api/v1/resource/nobody").await.problem(404),
        Answer::to(app.request("PUT", "/api/v1/resource")).await.problem(405),
        Answer::to(app.request("POST", "/api/v1/resource")).await.problem(415),
    ] {
        let page = app.get(&problem.kind).await;
        assert_eq!(page.status, 200, "{problem:?}");
        assert!(page.text().contains(&problem.title), "{}", page.text());
    }
    app.get("/problems/no-such-problem").await.problem(404);
    app.stop().await;
}

#[tokio::test]
async fn other_origins_are_let_in_by_name_only() {
    const FRIEND: &str = "https://friend.example.org";
    let app = TestApp::builder().flag("cors-origins", FRIEND).spawn().await;
    let from = |origin: &str| app.request("GET", "/api/v1/resource").header("origin", origin);
    let friend = Answer::to(from(FRIEND)).await;
    assert_eq!(friend.header("access-control-allow-origin"), FRIEND);
    for header in ["etag", "location", "link", "server-timing"] {
        assert!(friend.header("access-control-expose-headers").contains(header), "{header}");
    }
    assert!(friend.headers.get_all("vary").iter().any(|vary| vary == "Accept"), "{friend:?}");
    assert_eq!(Answer::to(from("https://stranger.example.org")).await.header("access-control-allow-origin"), "");
    let preflight = app
        .request("OPTIONS", "/api/v1/resource/ada")
        .header("origin", FRIEND)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "content-type,if-match,capture-secret");
    let preflight = Answer::to(preflight).await;
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").contains("PUT"), "{preflight:?}");
    for header in ["if-match", "capture-secret"] {
        assert!(preflight.header("access-control-allow-headers").contains(header), "{preflight:?}");
    }
    let plain = Answer::to(app.request("OPTIONS", "/api/v1/resource").header("origin", FRIEND)).await;
    assert_eq!((plain.status.as_u16(), plain.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));
    app.stop().await;
}

#[tokio::test]
async fn without_named_origins_nobody_is_let_in() {
    let app = TestApp::spawn().await;
    let answer = Answer::to(app.request("GET", "/api/v1/resource").header("origin", "https://example.org")).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
    app.stop().await;
}
