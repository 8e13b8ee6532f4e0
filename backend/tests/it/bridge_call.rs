//! Native gRPC calls, driven over the page's WebSocket.

use crosstalk_proto::ws::{Answer, CallEvent, Command, MAX_CALLS, ServerMessage};

use crate::{
    bridge_client::{Page, settles},
    support::TestApp,
};

async fn open(page: &mut Page) -> u32 {
    let command = Command::CallOpen { metadata: vec![("x-test".into(), "1".into())], deadline_ms: None };
    match page.carry(command).await {
        Ok((Answer::CallOpened { call }, _)) => call,
        other => panic!("{other:?}"),
    }
}

async fn event(page: &mut Page, of: u32) -> CallEvent {
    page.until(|message| match message {
        ServerMessage::Call { call, event, .. } if call == of => Some(event),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_bidirectional_call_is_driven_message_by_message() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    let call = open(&mut page).await;
    assert!(matches!(event(&mut page, call).await, CallEvent::Headers { .. }));
    for name in ["Ada", "雷"] {
        page.carry(Command::CallSend { call, name: name.into() }).await.unwrap();
        assert_eq!(event(&mut page, call).await, CallEvent::Message { message: format!("Hello, {name}") });
    }
    page.carry(Command::CallHalfClose { call }).await.unwrap();
    assert!(matches!(event(&mut page, call).await, CallEvent::Trailers { code: 0, .. }));
    let late = page.carry(Command::CallSend { call, name: "Bob".into() }).await.unwrap_err();
    assert_eq!(late.status, 404);
    app.stop().await;
}

#[tokio::test]
async fn a_cancelled_call_ends_and_a_page_that_leaves_cancels_its_calls() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    let call = open(&mut page).await;
    assert!(matches!(event(&mut page, call).await, CallEvent::Headers { .. }));
    page.carry(Command::CallCancel { call }).await.unwrap();
    assert!(matches!(event(&mut page, call).await, CallEvent::Trailers { code: 1, .. }));
    for _ in 0..MAX_CALLS {
        let call = open(&mut page).await;
        assert!(matches!(event(&mut page, call).await, CallEvent::Headers { .. }));
    }
    let command = Command::CallOpen { metadata: Vec::new(), deadline_ms: None };
    assert_eq!(page.carry(command).await.unwrap_err().status, 429);
    drop(page);
    settles(&app, "crosstalk_grpc_in_flight", 0).await;
    app.stop().await;
}

#[tokio::test]
async fn the_server_greets_as_one_service_calls_another() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    let greet = |calls| Command::Greet { name: "Ada".into(), calls };
    let (answer, _steps) = page.carry(greet(2)).await.unwrap();
    assert_eq!(answer, Answer::Greetings { messages: vec!["Hello, Ada".to_owned(); 2] });
    assert_eq!(page.carry(greet(0)).await.unwrap_err().status, 422);
    assert_eq!(page.carry(greet(11)).await.unwrap_err().status, 422);
    app.stop().await;
}
