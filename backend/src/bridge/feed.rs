//! `/ws/queues/{queue}`, for any client: one frame per message, the body alone, as text when it is UTF-8. A message is acked
//! when it was written to the socket, so a client that vanishes can lose what was in flight. Messages of the client, text or
//! binary, are ignored.
//!
//! What makes it fast: all that is ready is fed before one flush, and one `multiple` ack stands for many messages.

use std::time::Instant;

use crosstalk_proto::ws::{MAX_BATCH, close};
use lapin::message::Delivery;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

use super::{
    ack_batcher::AckBatcher,
    commands,
    keepalive::{Check, Keepalive},
    page::MAX_SOCKETS,
    socket::{Close, Happened, Socket},
    subscriptions::over,
};
use crate::{
    error::Error,
    queue::{self, Ended, Subscription},
    state::AppState,
};

/// How many messages may be on their way to the socket when the client does not say: some batches, so that the broker sends
/// the next while one is written.
pub const DEFAULT_PREFETCH: u16 = 1_000;
/// A batch is flushed when its bodies have so many bytes.
const BATCH_BYTES: usize = 64 * 1024;

#[expect(clippy::large_enum_variant, reason = "lives for one turn of the loop")]
enum Event {
    Shutdown,
    Socket(Happened),
    Delivery(Result<Delivery, Ended>),
    Alarm,
}

/// Serves a client until it leaves, the queue or the link ends, or the server does.
pub async fn serve(app: AppState, mut socket: Socket, queue: String, prefetch: u16) {
    if app.metrics.websockets.get() > MAX_SOCKETS {
        return socket.close(Close::new(close::TRY_AGAIN_LATER, "too many sockets; try again later")).await;
    }
    let subscribed = match commands::consumable(&queue) {
        Ok(()) => commands::subscribe(app.clone(), queue.clone(), prefetch).await,
        Err(error) => Err(error),
    };
    let mut subscription = match subscribed {
        Ok(subscription) => subscription,
        Err(error) => return socket.close(refusal(&error)).await,
    };
    let mut written = AckBatcher::new(prefetch);
    let end = run(&app, &mut socket, &mut subscription, &mut written, &queue).await;
    if let Some(tag) = written.take() {
        subscription.ack(tag, true);
    }
    // before the close frame: what was not written goes back to the queue
    drop(subscription);
    match end {
        Some(why) => socket.close(why).await,
        None => socket.finish().await,
    }
}

/// Gives why it ended; nothing when the client has gone.
async fn run(
    app: &AppState,
    socket: &mut Socket,
    subscription: &mut Subscription,
    written: &mut AckBatcher,
    queue: &str,
) -> Option<Close> {
    let mut keepalive = Keepalive::new(Instant::now());
    let mut alarm = Box::pin(tokio::time::sleep_until(Instant::now().into()));
    let mut fed = None;
    loop {
        let clear = socket.is_clear();
        let event = tokio::select! {
            () = app.shutdown.token().cancelled() => Event::Shutdown,
            happened = socket.happened(true) => Event::Socket(happened),
            next = std::future::poll_fn(|cx| subscription.poll_next(cx)), if clear => Event::Delivery(next),
            () = &mut alarm => Event::Alarm,
        };
        match event {
            Event::Shutdown => {
                return Some(Close::new(close::GOING_AWAY, "the server is stopping; come back soon"));
            }
            Event::Socket(Happened::Text(_) | Happened::Binary | Happened::Alive) => keepalive.heard(Instant::now()),
            Event::Socket(Happened::Written) => {
                if let Some((tag, count)) = fed.take() {
                    written.add(tag, count, Instant::now());
                }
            }
            Event::Socket(Happened::Gone) => return None,
            Event::Socket(Happened::Broken(why)) => return Some(why),
            Event::Delivery(Ok(delivery)) => {
                let (last, count, ended) = feed(app, socket, subscription, delivery);
                if let Some(ended) = ended {
                    return Some(ending(queue, ended));
                }
                fed = Some((last, count));
            }
            Event::Delivery(Err(ended)) => return Some(ending(queue, ended)),
            Event::Alarm => {}
        }
        let now = Instant::now();
        if let Some(tag) = written.take_due(now) {
            subscription.ack(tag, true);
        }
        let at = match keepalive.check(now, socket.stalled_since()) {
            Check::Again(at) => at,
            Check::Ping => {
                socket.ping();
                keepalive.pinged(now);
                continue;
            }
            Check::Unresponsive => {
                return Some(Close::new(close::UNRESPONSIVE, "you neither answered nor took what was sent"));
            }
        };
        let at = written.due().map_or(at, |due| due.min(at));
        if alarm.deadline() != at.into() {
            alarm.as_mut().reset(at.into());
        }
    }
}

/// Feeds a delivery and what is ready after it; gives the last tag, how many, and the end if it came.
fn feed(
    app: &AppState,
    socket: &mut Socket,
    subscription: &mut Subscription,
    first: Delivery,
) -> (u64, u32, Option<Ended>) {
    let mut tag = first.delivery_tag;
    let mut bytes = first.data.len();
    let mut count = 1_u32;
    let mut end = None;
    socket.feed(frame(first));
    while (count as usize) < MAX_BATCH && bytes < BATCH_BYTES {
        match subscription.ready() {
            Some(Ok(delivery)) => {
                tag = delivery.delivery_tag;
                bytes += delivery.data.len();
                count += 1;
                socket.feed(frame(delivery));
            }
            Some(Err(ended)) => {
                end = Some(ended);
                break;
            }
            None => break,
        }
    }
    app.metrics.deliveries.inc_by(u64::from(count));
    (tag, count, end)
}

fn frame(delivery: Delivery) -> Message {
    let body = Bytes::from(delivery.data);
    Utf8Bytes::try_from(body.clone()).map_or(Message::Binary(body), Message::Text)
}

fn refusal(error: &Error) -> Close {
    let code = match error {
        Error::Queue(queue::Error::Refused { code: 404, .. }) => close::NO_SUCH_QUEUE,
        Error::Queue(queue::Error::Down { .. } | queue::Error::Broken { .. } | queue::Error::Silent { .. }) => {
            close::BROKER_DOWN
        }
        Error::Queue(_) | Error::Request { .. } => close::BROKER_REFUSED,
        _ => close::INTERNAL_ERROR,
    };
    Close::new(code, error.to_string())
}

fn ending(queue: &str, ended: Ended) -> Close {
    let code = match ended {
        Ended::LinkLost => close::BROKER_DOWN,
        Ended::Cancelled => close::NO_SUCH_QUEUE,
        Ended::Closed(_) => close::BROKER_REFUSED,
    };
    Close::new(code, over(queue, ended).to_string())
}
