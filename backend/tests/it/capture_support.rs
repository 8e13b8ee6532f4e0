//! What the capture tests share: arming, reading, and what was captured, put together again.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crosstalk_proto::{
    amqp::{Body, Properties},
    capture::{Armed, Capture, Connection, Message, Sender},
    ws::{Answer as Carried, ClientMessage, Command, Publish, Request, ServerMessage},
};
use http::StatusCode;

use crate::{
    bridge_client::Page,
    support::{Answer, TestApp},
};

/// How long anything may take that is expected to happen.
pub(crate) const BUDGET: Duration = Duration::from_secs(10);

pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The header with the secret of a capture.
pub(crate) const CAPTURE_SECRET: &str = "capture-secret";

/// Arms a capture; gives its secret.
pub(crate) async fn arm(app: &TestApp, trace: &str) -> String {
    let armed = Answer::to(app.request("PUT", &format!("/api/v1/captures/{trace}"))).await;
    assert_eq!(armed.status, StatusCode::CREATED, "{armed:?}");
    let armed: Armed = serde_json::from_slice(&armed.body).unwrap();
    assert_eq!(armed.trace_id, trace);
    armed.secret
}

/// Asks for a capture, `path` being behind its address.
pub(crate) async fn ask(app: &TestApp, trace: &str, path: &str, secret: &str) -> Answer {
    Answer::to(app.request("GET", &format!("/api/v1/captures/{trace}{path}")).header(CAPTURE_SECRET, secret)).await
}

/// Reads a capture.
pub(crate) async fn read(app: &TestApp, trace: &str, secret: &str) -> Capture {
    let told = ask(app, trace, "", secret).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    let capture: Capture = serde_json::from_slice(&told.body).unwrap();
    capture.connections.iter().flat_map(|connection| &connection.messages).for_each(check);
    capture
}

/// A greeting for the queue `hello`.
pub(crate) fn publish() -> Command {
    Command::Publish(Publish {
        exchange: String::new(),
        routing_key: "hello".to_owned(),
        mandatory: false,
        properties: Properties::default(),
        body: Body::Text("Hello, World!".to_owned()),
    })
}

/// Carries out a command of the page's that belongs to the trace.
pub(crate) async fn carry(page: &mut Page, command: Command) -> Carried {
    let request = Request { id: 1_000, traceparent: Some(PARENT.to_owned()), command };
    page.send(&ClientMessage::Request(request)).await;
    page.until(|message| match message {
        ServerMessage::Answer { id: 1_000, answer, .. } => Some(answer),
        ServerMessage::Refusal { id: 1_000, problem, .. } => panic!("{problem:?}"),
        _ => None,
    })
    .await
}

/// What is shown is what was seen on the path; where it is not, it is a mask.
#[track_caller]
pub(crate) fn check_shown(shown: &[u8], seen: &[u8], masked: usize) {
    assert_eq!(shown.len(), seen.len());
    let hidden: Vec<_> = shown.iter().zip(seen).filter(|(shown, seen)| shown != seen).collect();
    assert!(hidden.iter().all(|(shown, _)| **shown == b'*'), "{hidden:?}");
    assert_eq!(hidden.len(), masked);
}

/// These were said, in this order, whatever was in between.
#[track_caller]
pub(crate) fn check_frames(connection: &Connection, expected: &[&str]) {
    let said: Vec<_> = connection.messages.iter().map(|message| message.value.as_str()).collect();
    let mut left = said.iter();
    for frame in expected {
        assert!(left.any(|said| said == frame), "{frame} is not where it should be in {said:?}");
    }
}

/// The only connection of a capture.
#[track_caller]
pub(crate) fn only(capture: &Capture) -> &Connection {
    let [connection] = capture.connections.as_slice() else { panic!("{capture:?}") };
    connection
}

/// Everything that one party sent, put together from the messages, which must leave no gap.
#[track_caller]
pub(crate) fn all(connection: &Connection, from: Sender) -> Vec<u8> {
    let mut all = Vec::new();
    for message in connection.messages.iter().filter(|message| message.from == from) {
        assert_eq!(message.offset, all.len() as u64, "a gap before {message:?}");
        all.extend(bytes(message));
    }
    all
}

pub(crate) fn bytes(message: &Message) -> Vec<u8> {
    BASE64_STANDARD.decode(&message.bytes).unwrap()
}

/// The leaves of a message cover it, its pieces and its totals are all of it.
#[track_caller]
fn check(message: &Message) {
    let len = u32::try_from(bytes(message).len()).unwrap();
    let mut at = 0;
    for (nth, field) in message.fields.iter().enumerate() {
        let leaf = message.fields.get(nth + 1).is_none_or(|next| next.depth <= field.depth);
        if leaf {
            assert_eq!(field.start, at, "{message:?}");
            at += field.len;
        }
    }
    assert_eq!(at, len, "{message:?}");
    assert_eq!(message.chunks.iter().map(|chunk| chunk.len).sum::<u32>(), len, "{message:?}");
    let totals = message.totals;
    assert_eq!(totals.framing + totals.headers + totals.payload, len, "{message:?}");
}
