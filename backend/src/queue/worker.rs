//! The worker of `greeter.rpc`: request/reply over queues. Many requests at once; each is acked only when the broker has
//! confirmed its reply, so that a server that dies in between leaves the request for another one. A request that cannot be
//! understood is answered with a Problem, or rejected for good where nobody asked for an answer: never requeued.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use crosstalk_proto::{problem::PROBLEM_JSON, step::Party};
use futures_util::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use lapin::{
    BasicProperties, Channel, Confirmation, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::{FieldTable, ShortString},
};

use super::{
    Error,
    job::Encoding,
    names,
    properties::{header, with_header},
    publisher::{self, Outgoing},
    session::{Session, ask},
};
use crate::{
    clock,
    step::{SERVER_TIMING, Steps},
    trace::{TRACEPARENT, TraceContext},
};

/// So many requests are worked on at once.
const PREFETCH: u16 = 64;
/// How long the broker may take to confirm a reply; the request is not acked then, and somebody else does it again.
const REPLY_BUDGET: Duration = Duration::from_secs(10);
/// How long to wait before the queue, deleted by somebody, is declared again.
const REDECLARE_PAUSE: Duration = Duration::from_secs(1);
/// The header that names the process a reply comes from.
pub const INSTANCE: &str = "crosstalk-instance";

/// Starts the worker; it ends with the session.
///
/// # Errors
/// When the broker does not let it consume.
pub(super) async fn start(session: &Arc<Session>) -> Result<(), Error> {
    let mut work = consume(session).await?;
    let session = session.clone();
    session.shutdown.clone().spawn(async move {
        loop {
            let ended = run(&session, work.0, work.1).await;
            if ended.is_break() {
                return;
            }
            tracing::warn!(queue = names::GREETER, "the broker cancelled the worker's consumer; starting it again");
            work = loop {
                tokio::select! {
                    () = session.ended().cancelled() => return,
                    () = tokio::time::sleep(REDECLARE_PAUSE) => {}
                }
                match consume(&session).await {
                    Ok(work) => break work,
                    Err(error) => tracing::warn!(%error, "the worker cannot consume"),
                }
            };
        }
    });
    Ok(())
}

async fn consume(session: &Session) -> Result<(Channel, Consumer), Error> {
    let channel = session.confirming_channel().await?;
    // a refusal closes the channel, and the next attempt takes a fresh one
    ask("queue.declare", names::declare(&channel, names::GREETER)).await?;
    ask("basic.qos", channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
    let options = BasicConsumeOptions::default();
    let consume = channel.basic_consume(names::GREETER.into(), "".into(), options, FieldTable::default());
    let consumer = ask("basic.consume", consume).await?;
    Ok((channel, consumer))
}

async fn run(session: &Session, channel: Channel, mut requests: Consumer) -> ControlFlow<()> {
    let mut under_way = FuturesUnordered::new();
    let end = loop {
        tokio::select! {
            () = session.ended().cancelled() => break ControlFlow::Break(()),
            Some(()) = under_way.next() => {}
            request = requests.next() => match request {
                Some(Ok(request)) => under_way.push(work(session, &channel, request)),
                Some(Err(_)) | None => break ControlFlow::Continue(()),
            },
        }
    };
    drop(under_way);
    session.close_consumer(channel, requests, || {});
    end
}

async fn work(session: &Session, channel: &Channel, request: Delivery) {
    let mut steps = Steps::new();
    let outcome = greet(&request, &mut steps);
    let Some(reply_to) = request.properties.reply_to().clone() else {
        match outcome {
            Ok(_reply) => {
                tracing::debug!("did a request that asked for no reply");
                settle(channel.basic_ack(request.delivery_tag, BasicAckOptions::default()));
            }
            Err(_problem) => {
                settle(channel.basic_reject(request.delivery_tag, BasicRejectOptions { requeue: false }));
            }
        }
        return;
    };
    let reply = outcome.unwrap_or_else(|problem| problem);
    let message = addressed(reply, reply_to, &request.properties, &steps);
    let by = tokio::time::Instant::now() + REPLY_BUDGET;
    match publisher::send(session, channel, message, by, &mut Steps::new()).await {
        Ok(Confirmation::Ack(returned)) => {
            if returned.is_some() {
                tracing::debug!("nobody waits for the reply any more");
            }
            settle(channel.basic_ack(request.delivery_tag, BasicAckOptions::default()));
        }
        // not acked: the broker gives the request to somebody again
        Ok(refused) => tracing::warn!(?refused, "the broker did not take a reply"),
        Err(error) => tracing::debug!(%error, "a reply was not confirmed"),
    }
}

struct Reply {
    content_type: &'static str,
    body: Vec<u8>,
}

/// Does the job; an error is a reply too, a Problem.
fn greet(request: &Delivery, steps: &mut Steps) -> Result<Reply, Reply> {
    let start = Instant::now();
    let content_type = request.properties.content_type().as_ref().map(ShortString::as_str);
    let parsed = Encoding::of(content_type).and_then(|encoding| Ok((encoding, encoding.name(&request.data)?)));
    steps.end(Party::Worker, "parse", start);
    match parsed {
        Ok((encoding, name)) => {
            let start = Instant::now();
            let body = encoding.reply(&name);
            steps.end(Party::Worker, "greet", start);
            Ok(Reply { content_type: encoding.media_type(), body })
        }
        Err(error) => {
            let body = serde_json::to_vec(&error.problem()).expect("a Problem is a plain JSON object");
            Err(Reply { content_type: PROBLEM_JSON, body })
        }
    }
}

fn addressed(reply: Reply, reply_to: ShortString, request: &BasicProperties, steps: &Steps) -> Outgoing {
    let timing = steps.server_timing();
    let trace = TraceContext::of(header(request, TRACEPARENT)).child().to_string();
    let mut properties = BasicProperties::default().with_content_type(reply.content_type.into());
    if let Some(id) = request.correlation_id() {
        properties = properties.with_correlation_id(id.clone());
    }
    properties = with_header(properties, SERVER_TIMING, timing.to_str().unwrap_or_default());
    properties = with_header(properties, INSTANCE, clock::instance());
    properties = with_header(properties, TRACEPARENT, &trace);
    Outgoing { exchange: "".into(), routing_key: reply_to, mandatory: true, properties, body: reply.body }
}

/// Sends an ack or a reject without waiting until it is written: it is, in order, or the link is gone.
fn settle(settling: impl Future<Output = Result<(), lapin::Error>>) {
    if let Some(Err(error)) = settling.now_or_never() {
        tracing::debug!(%error, "a request could not be settled; the broker gives it to somebody again");
    }
}
