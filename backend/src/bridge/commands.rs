//! Carries out the commands that take time. Each is a future of its own, so that none holds up the socket or another.

use std::time::{Duration, Instant};

use crosstalk_proto::{
    step::{Party, Step},
    ws::{Answer, Publish, ServerMessage},
};
use http::StatusCode;

use super::{
    captured_session::CapturedSession,
    protocol::{checked_prefetch, refusal},
};
use crate::{
    error::Error,
    grpc::native_greet,
    queue::{
        self, Subscription,
        fair_limit::Permit,
        names,
        outgoing::Outgoing,
        properties::{self, header, short, to_amqp, with_header},
        publisher::Ticket,
        rpc_client::Request,
        timing,
    },
    server_timing::{SERVER_TIMING, Steps},
    state::AppState,
    trace::{TRACEPARENT, TraceContext},
};

/// How long a caller may wait for a reply.
const MAX_TIMEOUT_MS: u32 = 60_000;
/// How long to wait before a subscription that could not be resumed is tried again.
const RESUME_PAUSE: Duration = Duration::from_millis(500);

/// An answer with what was measured, or why there is none.
pub type Outcome = Result<(Answer, Vec<Step>), (Error, Vec<Step>)>;

/// The message that an outcome becomes.
#[must_use]
pub fn to_message(id: u64, outcome: Outcome) -> ServerMessage {
    match outcome {
        Ok((answer, steps)) => ServerMessage::Answer { id, answer, steps },
        Err((error, steps)) => match refusal(id, error.problem()) {
            ServerMessage::Refusal { id, problem, .. } => ServerMessage::Refusal { id, problem, steps },
            other => other,
        },
    }
}

/// Publishes one message.
pub async fn publish(app: AppState, ticket: Ticket, permit: Permit, trace: TraceContext, publish: Publish) -> Outcome {
    let (mut own, mut steps) = (Steps::new(), Steps::new());
    let start = Instant::now();
    let published = async {
        let Publish { exchange, routing_key, mandatory, properties, body } = publish;
        let properties = with_header(to_amqp(&properties)?, TRACEPARENT, &trace.child().to_string());
        let message = Outgoing {
            exchange: short("exchange", &exchange)?,
            routing_key: short("routing_key", &routing_key)?,
            mandatory,
            properties,
            body: properties::bytes(body)?,
        };
        let session = app.link.session()?;
        own.end(Party::Server, "parse", start);
        let captured = CapturedSession::beside(&session, &app.captures, trace.trace_id()).await;
        let used = captured.as_ref().map_or(&session, CapturedSession::session);
        let outcome = used.publisher().publish(ticket, permit, message, &mut steps).await;
        goodbye(captured).await;
        outcome
    };
    let published = published.await;
    let mut told = own.to_wire();
    told.extend(steps.to_wire());
    match published {
        Ok(outcome) => Ok((Answer::Published { outcome }, told)),
        Err(error) => Err((error.into(), told)),
    }
}

/// Calls the greeter through its queue.
pub async fn call(
    app: AppState,
    permit: Permit,
    trace: TraceContext,
    body: crosstalk_proto::amqp::Body,
    content_type: String,
    timeout_ms: u32,
) -> Outcome {
    if !(1..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        let detail = format!("timeout_ms is a number from 1 to {MAX_TIMEOUT_MS}, not {timeout_ms}");
        return Err((Error::request(StatusCode::UNPROCESSABLE_ENTITY, detail), Vec::new()));
    }
    let mut steps = Steps::new();
    let called = async {
        let request = Request {
            body: properties::bytes(body)?,
            content_type: &content_type,
            timeout: Duration::from_millis(u64::from(timeout_ms)),
            trace,
        };
        let session = app.link.session()?;
        let captured = CapturedSession::beside(&session, &app.captures, trace.trace_id()).await;
        let used = captured.as_ref().map_or(&session, CapturedSession::session);
        let reply = used.caller().await?.call(permit, request, &mut steps).await;
        goodbye(captured).await;
        reply
    };
    match called.await {
        Ok(reply) => {
            let mut told = steps.to_wire();
            // in the order of what happened: the worker is between our confirm and our delivery
            let deliver = told.pop();
            told.extend(header(&reply.properties, SERVER_TIMING).map(timing::steps).unwrap_or_default());
            told.extend(deliver);
            let properties = properties::from_amqp(&reply.properties);
            Ok((Answer::Reply { body: properties::body(reply.body), properties }, told))
        }
        Err(error) => Err((error.into(), steps.to_wire())),
    }
}

/// The end of a captured job's own link is part of its capture.
async fn goodbye(captured: Option<CapturedSession>) {
    if let Some(captured) = captured {
        captured.close().await;
    }
}

/// Calls the greeter from server to server.
pub async fn greet(app: AppState, trace: TraceContext, name: String, calls: u32) -> Outcome {
    let refuse = |status, detail: String| (Error::request(status, detail), Vec::new());
    if !native_greet::CALLS.contains(&calls) {
        let (least, most) = (native_greet::CALLS.start(), native_greet::CALLS.end());
        let detail = format!("calls is a number from {least} to {most}, not {calls}");
        return Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let greeted = native_greet::greet(&app, trace, &name, calls).await;
    let messages = greeted.map_err(|status| {
        let code = status.code();
        refuse(StatusCode::BAD_GATEWAY, format!("the native call ended with {code:?}: {}", status.message()))
    })?;
    Ok((Answer::Greetings { messages }, Vec::new()))
}

/// Counts of a queue.
pub async fn inspect(app: AppState, queue: String) -> Outcome {
    let session = app.link.session().map_err(bare)?;
    let listed = app.link.target().consumers(&queue);
    // a task of its own: the caller may be dropped, but a channel left in the middle would trouble the link
    let counts = app.shutdown.spawn(async move { session.inspect(&queue).await });
    let counts = counts.await.map_err(|error| (Error::Internal(error.to_string()), Vec::new()))?.map_err(bare)?;
    Ok((Answer::Queue { messages: counts.messages, consumers: counts.consumers, listed }, Vec::new()))
}

/// Starts a consumer.
///
/// # Errors
/// When the prefetch cannot be, or the broker refuses.
pub async fn subscribe(app: AppState, queue: String, prefetch: u16) -> Result<Subscription, Error> {
    let prefetch = checked_prefetch(prefetch)?;
    let session = app.link.session()?;
    // as in `inspect`
    let subscribed = app.shutdown.spawn(async move { session.subscribe(&queue, prefetch).await });
    Ok(subscribed.await.map_err(|error| Error::Internal(error.to_string()))??)
}

/// Starts a consumer again over the first link after `epoch`.
///
/// # Errors
/// When the broker refuses it: the queue may be gone.
pub async fn resume(app: AppState, queue: String, prefetch: u16, epoch: u32) -> Result<Subscription, Error> {
    let mut link = app.link.watch();
    loop {
        link.up_after(epoch).await;
        match subscribe(app.clone(), queue.clone(), prefetch).await {
            Err(Error::Queue(error)) if error.retry() != queue::error::Retry::No => {
                tracing::debug!(%error, "a subscription cannot be resumed yet");
                tokio::time::sleep(RESUME_PAUSE).await;
            }
            subscribed => return subscribed,
        }
    }
}

/// The times of a ping.
#[must_use]
pub fn pong(received: Instant) -> Answer {
    let ms = |instant| crate::clock::to_ms(crate::clock::nanos(instant));
    Answer::Pong { received_ms: ms(received), sent_ms: ms(Instant::now()) }
}

/// Whether a queue may be consumed by a browser.
///
/// # Errors
/// 403 for the greeter's own: a consumer beside the worker would swallow half of the requests.
pub fn consumable(queue: &str) -> Result<(), Error> {
    if queue == names::GREETER || queue.starts_with(names::DIRECT_REPLY_TO) {
        let detail = format!("{queue} has its own consumer; subscribe to another queue");
        return Err(Error::request(StatusCode::FORBIDDEN, detail));
    }
    Ok(())
}

fn bare(error: queue::Error) -> (Error, Vec<Step>) {
    (error.into(), Vec::new())
}
