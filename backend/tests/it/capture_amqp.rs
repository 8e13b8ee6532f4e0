//! What is captured on the way to the broker: a link of the job's own, from the protocol header to the goodbye.

use crosstalk_broker::{Broker, Config};
use crosstalk_proto::{
    amqp::Body,
    capture::Sender,
    ws::{Answer, Command, PublishOutcome},
};
use crosstalk_testkit::{Observer, wait_until};

use crate::{
    bridge_client::Page,
    capture_support::{BUDGET, TRACE, all, arm, carry, check_frames, check_shown, only, publish, read},
    support::TestApp,
};

/// A server whose broker is behind an observer.
async fn observed() -> (TestApp, Broker, Observer) {
    let listen = ([127, 0, 0, 1], 0).into();
    let broker = Broker::start(Config { listen, ..Config::default() }).await.unwrap();
    let observer = Observer::before(broker.addr()).await.unwrap();
    let app = TestApp::builder().amqp_url(format!("amqp://guest:guest@{}/%2f", observer.address())).spawn().await;
    let ready = async || app.get("/readyz").await.json()["status"] == "ready";
    wait_until(BUDGET, ready).await.unwrap();
    (app, broker, observer)
}

#[tokio::test]
async fn a_published_message_is_captured_with_its_handshake_its_confirm_and_its_goodbye() {
    let (app, broker, observer) = observed().await;
    let mut page = Page::open(&app).await;
    let secret = arm(&app, TRACE).await;
    let answer = carry(&mut page, publish()).await;
    assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
    let seen = observer.ended(TRACE, BUDGET).await.unwrap();
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!((connection.protocol.as_str(), &capture.missing), ("AMQP 0-9-1", &None));
    check_shown(&all(connection, Sender::Client), &seen.client, "\0guest\0guest".len());
    check_shown(&all(connection, Sender::Server), &seen.server, 0);
    check_frames(
        connection,
        &[
            "0-9-1",
            "connection.start",
            "connection.start-ok",
            "connection.open-ok",
            "confirm.select-ok",
            "basic.publish",
            "content header",
            "content body",
            "basic.ack",
            "connection.close",
            "connection.close-ok",
        ],
    );
    app.stop().await;
    broker.shutdown().await;
}

#[tokio::test]
async fn a_request_to_the_greeter_is_captured_with_its_reply() {
    let (app, broker, observer) = observed().await;
    let mut page = Page::open(&app).await;
    let secret = arm(&app, TRACE).await;
    let call = Command::Call {
        body: Body::Text(r#"{"name":"Ada"}"#.to_owned()),
        content_type: "application/json".to_owned(),
        timeout_ms: 10_000,
    };
    assert!(matches!(carry(&mut page, call).await, Answer::Reply { .. }));
    let seen = observer.ended("crosstalk capture", BUDGET).await.unwrap();
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    check_shown(&all(connection, Sender::Client), &seen.client, "\0guest\0guest".len());
    check_shown(&all(connection, Sender::Server), &seen.server, 0);
    check_frames(
        connection,
        &["basic.consume-ok", "basic.publish", "basic.deliver", "content body", "connection.close"],
    );
    app.stop().await;
    broker.shutdown().await;
}

#[tokio::test]
async fn without_a_capture_a_job_takes_the_link_of_all() {
    let (app, broker, observer) = observed().await;
    let mut page = Page::open(&app).await;
    let call = Command::Call { body: Body::Text(String::new()), content_type: String::new(), timeout_ms: 10_000 };
    assert!(matches!(carry(&mut page, call).await, Answer::Reply { .. }));
    assert!(observer.seen("crosstalk capture").is_none());
    app.stop().await;
    broker.shutdown().await;
}
