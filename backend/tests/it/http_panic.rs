//! A handler that panics: the caller gets an answer, the server lives on, the operator can count it.

use axum::{Router, routing::get};
use clap::Parser as _;
use crosstalk::{Config, Listeners, Shutdown, middleware::Middleware, state::AppState};

#[tokio::test]
async fn a_panic_is_answered_and_counted_and_ends_nothing_else() {
    let data = tempfile::TempDir::new().unwrap();
    let args =
        ["crosstalk", "--listen=127.0.0.1:0", "--grpc-listen=127.0.0.1:0", "--amqp-url=amqp://127.0.0.1:1", "--data"];
    let config = Config::parse_from(args.into_iter().chain([data.path().to_str().unwrap()]));
    let listeners = Listeners::bind(&config).await.unwrap();
    let address = listeners.address().unwrap();
    let shutdown = Shutdown::new();
    let app = AppState::start(config, address, None, shutdown.clone()).await.unwrap();
    let router = Router::new()
        .route("/panics", get(async || -> () { panic!("a secret of the handler") }))
        .route("/works", get(async || "ok"));
    let middleware = Middleware::new(router, &app);
    let (captures, served, ending) = (app.captures.clone(), shutdown.clone(), shutdown.clone());
    let serving = tokio::spawn(async move { listeners.serve(middleware, &captures, &served).await });

    for _ in 0..2 {
        let answer = reqwest::get(format!("http://{address}/panics")).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let body = answer.text().await.unwrap();
        assert!(!body.contains("secret"), "{body}");
    }
    assert_eq!(reqwest::get(format!("http://{address}/works")).await.unwrap().text().await.unwrap(), "ok");
    assert!(app.metrics.expose().contains("crosstalk_panics_total 2"), "{}", app.metrics.expose());

    ending.begin();
    serving.await.unwrap();
    ending.drain().await.unwrap();
}
