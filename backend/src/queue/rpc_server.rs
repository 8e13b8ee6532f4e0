//! The worker of `greeter.rpc`: request/reply over queues. Many requests at once; each is acked only when the broker has
//! confirmed its reply, so that a server that dies in between leaves the request for another one.
//!
//! Every request that is taken from the queue is settled, whether or not its reply arrives: [`answer`] gives a [`Settlement`] on
//! every way out, and [`run`] carries it out. An unsettled request would hold one of the [`PREFETCH`] places for good.

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
    options::{BasicAckOptions, BasicConsumeOptions, BasicRejectOptions},
    types::{DeliveryTag, FieldTable, ShortString},
};
use tokio::{sync::Mutex, time::timeout_at};

use super::{
    Error,
    ask::ask,
    codec::Encoding,
    confirms::ConfirmChannel,
    fair_limit::{FairLimit, Share},
    names,
    outgoing::Outgoing,
    properties::{header, log_unreadable, unreadable, with_header},
    session::Session,
};
use crate::{
    clock,
    server_timing::{SERVER_TIMING, Steps},
    trace::{TRACEPARENT, TraceContext},
};

/// So many requests are worked on at once.
const PREFETCH: u16 = 64;
/// How long the broker may take to confirm a reply, and how long it may take no messages at all; the request is requeued
/// then.
const REPLY_BUDGET: Duration = Duration::from_secs(5);
/// The most replies without a confirm: those that a request was requeued for are among them.
const MAX_UNCONFIRMED: usize = 4 * PREFETCH as usize;
/// How long a request is kept before it is requeued, where that does not take its time anyway.
const REQUEUE_PAUSE: Duration = Duration::from_secs(1);
/// How long to wait before the queue, deleted by another client, is declared again.
const REDECLARE_PAUSE: Duration = Duration::from_secs(1);
/// The header that names the process a reply comes from.
pub const INSTANCE: &str = "crosstalk-instance";

/// What a reply is addressed with. `properties` stands for all where none could be read.
const ADDRESS: [&str; 3] = ["reply_to", "correlation_id", "properties"];

/// How a request is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settlement {
    /// It is done.
    Ack,
    /// It cannot be done, or its reply cannot be delivered: the broker drops or dead-letters it.
    Reject,
    /// The reply may not have reached the broker: the broker delivers the request again.
    Requeue,
}

/// Where replies go out.
struct Replies {
    /// Opened again when the broker has closed it.
    channel: Mutex<Option<ConfirmChannel>>,
    limit: FairLimit,
    share: Share,
}

/// Starts the worker; it ends with the session.
///
/// # Errors
/// When the broker does not let it consume.
pub(super) async fn start(session: &Arc<Session>) -> Result<(), Error> {
    let mut work = consume(session).await?;
    let session = session.clone();
    session.context().shutdown().clone().spawn(async move {
        loop {
            let ended = run(&session, work.0, work.1).await;
            if ended.is_break() {
                return;
            }
            tracing::warn!(queue = names::GREETER, "the broker cancelled the worker's consumer; starting it again");
            work = loop {
                tokio::select! {
                    () = session.context().ended().cancelled() => return,
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
    let channel = session.request_channel(PREFETCH).await?;
    // a refusal closes the channel, and the next attempt takes a fresh one
    ask("queue.declare", names::declare(&channel, names::GREETER)).await?;
    let options = BasicConsumeOptions::default();
    let consume = channel.basic_consume(names::GREETER.into(), "".into(), options, FieldTable::default());
    let consumer = ask("basic.consume", consume).await?;
    Ok((channel, consumer))
}

/// Answers requests until the session ends, or the consumer does.
async fn run(session: &Session, channel: Channel, mut requests: Consumer) -> ControlFlow<()> {
    let replies = Replies {
        channel: Mutex::default(),
        limit: FairLimit::new("replies without a confirm", MAX_UNCONFIRMED),
        share: Share::default(),
    };
    let mut under_way = FuturesUnordered::new();
    let end = loop {
        tokio::select! {
            () = session.context().ended().cancelled() => break ControlFlow::Break(()),
            Some((delivery_tag, settlement)) = under_way.next() => settle(session, &channel, delivery_tag, settlement),
            request = requests.next() => match request {
                Some(Ok(request)) => under_way.push(async {
                    (request.delivery_tag, answer(session, &replies, request).await)
                }),
                Some(Err(_)) | None => break ControlFlow::Continue(()),
            },
        }
    };
    drop(under_way);
    session.context().close_consumer(channel, requests, || {});
    end
}

/// Does a request and sends its reply; the one place where requests are settled is [`run`].
async fn answer(session: &Session, replies: &Replies, request: Delivery) -> Settlement {
    log_unreadable(names::GREETER, &request);
    if ADDRESS.iter().any(|name| is_unreadable(&request, name)) {
        // no answer would reach the caller, or the caller would not know which of its requests was answered
        return Settlement::Reject;
    }
    let mut steps = Steps::new();
    let outcome = greet(&request, &mut steps);
    let Some(reply_to) = request.properties.reply_to().clone() else {
        return match outcome {
            Ok(_reply) => {
                tracing::debug!("did a request that asked for no reply");
                Settlement::Ack
            }
            Err(_problem) => Settlement::Reject,
        };
    };
    let reply = outcome.unwrap_or_else(|problem| problem);
    let message = addressed(reply, reply_to, &request.properties, &steps);
    match replies.send(session, message).await {
        Ok(Confirmation::Ack(returned)) => {
            if returned.is_some() {
                tracing::debug!("the queue for a reply is gone");
            }
            Settlement::Ack
        }
        // the queue of the caller refused it, as a full one with `reject-publish` does: it would be refused again
        Ok(Confirmation::Nack(_)) => {
            let Delivery { delivery_tag, .. } = request;
            tracing::warn!(queue = names::GREETER, delivery_tag, "the broker refused a reply; its request is rejected");
            Settlement::Reject
        }
        Ok(Confirmation::NotRequested) => Settlement::Requeue,
        Err(error) => {
            tracing::debug!(%error, "a reply was not confirmed; its request is requeued");
            Settlement::Requeue
        }
    }
}

impl Replies {
    /// Publishes a reply within [`REPLY_BUDGET`]; an error comes after a pause in which the cause may have passed.
    async fn send(&self, session: &Session, message: Outgoing) -> Result<Confirmation, Error> {
        let by = tokio::time::Instant::now() + REPLY_BUDGET;
        let sent = self.send_by(session, message, by).await;
        if sent.is_err() {
            let pause = tokio::time::Instant::now() + REQUEUE_PAUSE;
            tokio::time::sleep_until(pause.min(by)).await;
        }
        sent
    }

    async fn send_by(
        &self,
        session: &Session,
        message: Outgoing,
        by: tokio::time::Instant,
    ) -> Result<Confirmation, Error> {
        let permit = self.limit.acquire(&self.share)?;
        // what is handed to lapin while the connection is blocked would only be kept there
        let waited = timeout_at(by, session.takes_replies()).await;
        waited
            .map_err(|_elapsed| Error::Silent { what: "connection.unblocked", budget_ms: REPLY_BUDGET.as_millis() })?;
        let channel = self.open(session).await?;
        channel.publish(session.context(), permit, message, by, &mut Steps::new()).await
    }

    async fn open(&self, session: &Session) -> Result<ConfirmChannel, Error> {
        let mut channel = self.channel.lock().await;
        match &*channel {
            Some(open) if open.is_open() => Ok(open.clone()),
            _ => Ok(channel.insert(session.rpc_channel().await?).clone()),
        }
    }
}

struct Reply {
    content_type: &'static str,
    body: Vec<u8>,
}

/// Does the job; an error is a reply too, a Problem.
fn greet(request: &Delivery, steps: &mut Steps) -> Result<Reply, Reply> {
    let start = Instant::now();
    let content_type = match request.properties.content_type() {
        _ if is_unreadable(request, "content_type") => Some("unreadable"),
        content_type => content_type.as_ref().map(ShortString::as_str),
    };
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

fn is_unreadable(request: &Delivery, property: &str) -> bool {
    unreadable(&request.properties).is_some_and(|unreadable| unreadable.contains_key(property))
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

/// Settles a request, without waiting until that is written: it is, in order, or the link is gone and the broker delivers
/// the request again.
fn settle(session: &Session, channel: &Channel, delivery_tag: DeliveryTag, settlement: Settlement) {
    if settlement == Settlement::Requeue {
        session.context().metrics().requests_requeued.inc();
    }
    let sent = match settlement {
        Settlement::Ack => channel.basic_ack(delivery_tag, BasicAckOptions::default()).now_or_never(),
        Settlement::Reject => reject(channel, delivery_tag, false),
        Settlement::Requeue => reject(channel, delivery_tag, true),
    };
    if let Some(Err(error)) = sent {
        tracing::debug!(%error, "a request could not be settled; the broker delivers it again");
    }
}

fn reject(channel: &Channel, delivery_tag: DeliveryTag, requeue: bool) -> Option<Result<(), lapin::Error>> {
    channel.basic_reject(delivery_tag, BasicRejectOptions { requeue }).now_or_never()
}
