//! Calls `greeter.rpc` and gives its reply: direct reply-to, so that no queue is made for replies. One channel for all
//! callers, as the reply comes to the channel that asked; a correlation id of our own tells who waits for it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crosstalk_proto::step::Party;
use futures_util::StreamExt as _;
use lapin::{
    BasicProperties, Confirmation,
    message::Delivery,
    options::BasicConsumeOptions,
    types::{FieldTable, ShortString},
};
use tokio::sync::oneshot;

use super::{
    Error,
    ask::ask,
    confirms::ConfirmChannel,
    fair_limit::Permit,
    names,
    outgoing::Outgoing,
    properties::{log_unreadable, short, with_header},
    session_context::SessionContext,
};
use crate::{
    server_timing::Steps,
    trace::{TRACEPARENT, TraceContext},
};

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Answer>>>>;

enum Answer {
    Reply(Box<Delivery>, Instant),
    Returned(String),
}

/// The caller of a session.
pub struct RpcClient {
    channel: ConfirmChannel,
    context: SessionContext,
    waiting: Waiting,
}

/// What came back. What the worker measured is in its header `server-timing`.
#[derive(Debug)]
pub struct Reply {
    /// Properties and headers.
    pub properties: BasicProperties,
    /// The body.
    pub body: Vec<u8>,
}

/// What is asked.
#[derive(Debug)]
pub struct Request<'a> {
    /// The body.
    pub body: Vec<u8>,
    /// How it is written.
    pub content_type: &'a str,
    /// How long to wait for the reply.
    pub timeout: Duration,
    /// The job's trace.
    pub trace: TraceContext,
}

impl RpcClient {
    /// `channel` is for the requests and for their replies.
    pub(super) async fn start(channel: ConfirmChannel, context: SessionContext) -> Result<Self, Error> {
        let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
        let replies = &channel.channel;
        let consume = replies.basic_consume(names::DIRECT_REPLY_TO.into(), "".into(), options, FieldTable::default());
        let mut replies = ask("basic.consume", consume).await?;
        let waiting = Waiting::default();
        let (session, found) = (context.clone(), waiting.clone());
        context.shutdown().spawn(async move {
            loop {
                let reply = tokio::select! {
                    () = session.ended().cancelled() => break,
                    reply = replies.next() => reply,
                };
                let Some(Ok(reply)) = reply else {
                    session.fail("the broker ended the consumer of replies".into());
                    break;
                };
                log_unreadable(names::DIRECT_REPLY_TO, &reply);
                let id = reply.properties.correlation_id().as_ref().map(ShortString::as_str);
                match take(&found, id.unwrap_or_default()) {
                    // the call may have been dropped in this moment
                    Some(caller) => drop(caller.send(Answer::Reply(Box::new(reply), Instant::now()))),
                    None => tracing::debug!("a reply came that nobody waits for"),
                }
            }
            // who waits learns that nothing will come
            found.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok(Self { channel, context, waiting })
    }

    /// Sends a request and waits for its reply. The steps are those of our link.
    ///
    /// # Errors
    /// [`Error::Blocked`] when the broker takes no messages, [`Error::NoReply`] when none came in time, [`Error::NoWorker`] when no queue took the request,
    /// [`Error::Unknown`] when the link broke.
    pub async fn call(&self, permit: Permit, request: Request<'_>, steps: &mut Steps) -> Result<Reply, Error> {
        // also while it waits for the reply
        let _permit = permit.clone();
        let Request { body, content_type, timeout, trace } = request;
        let content_type = short("content_type", content_type)?;
        let (sender, receiver) = oneshot::channel();
        let id = self.enter(sender);
        let _leave = Leave { waiting: &self.waiting, id: &id };
        let properties = BasicProperties::default()
            .with_content_type(content_type)
            .with_correlation_id(short("correlation_id", &id)?)
            .with_reply_to(names::DIRECT_REPLY_TO.into());
        let properties = with_header(properties, TRACEPARENT, &trace.child().to_string());
        let routing_key = names::GREETER.into();
        let message = Outgoing { exchange: "".into(), routing_key, mandatory: true, properties, body };
        let by = tokio::time::Instant::now() + timeout;
        self.context.metrics().published.inc();
        let sent = async {
            let sent = self.channel.publish(&self.context, permit, message, by, steps).await;
            let fate = sent.inspect_err(|_error| {
                // no reply will come
                take(&self.waiting, &id);
            })?;
            if let Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) = fate {
                // lapin may have handed us the return of another call
                let id = returned.delivery.properties.correlation_id().as_ref().map(ShortString::as_str);
                if let Some(caller) = take(&self.waiting, id.unwrap_or_default()) {
                    drop(caller.send(Answer::Returned(returned.reply_text.to_string())));
                }
            }
            Ok::<_, Error>(())
        };
        let answered = tokio::time::timeout_at(by, receiver);
        let no_reply = Error::NoReply { budget_ms: timeout.as_millis() };
        let (sent, answered) = tokio::join!(sent, answered);
        match answered {
            Ok(Ok(Answer::Reply(reply, read))) => {
                steps.add(Party::Link, "deliver", read, read);
                Ok(Reply { properties: reply.properties, body: reply.data })
            }
            Ok(Ok(Answer::Returned(reply_text))) => Err(Error::NoWorker { reply_text }),
            Ok(Err(_link_ended)) => {
                sent?;
                Err(Error::Unknown { what: "the link broke before the reply".into() })
            }
            Err(_elapsed) => Err(no_reply),
        }
    }

    fn enter(&self, sender: oneshot::Sender<Answer>) -> String {
        let id = format!("{:032x}", fastrand::u128(..));
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), sender);
        id
    }
}

impl fmt::Debug for RpcClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RpcClient").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Forgets a call however it ends, also when its caller is dropped.
struct Leave<'a> {
    waiting: &'a Waiting,
    id: &'a str,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        take(self.waiting, self.id);
    }
}

fn take(waiting: &Waiting, id: &str) -> Option<oneshot::Sender<Answer>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
}
