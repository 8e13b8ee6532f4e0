//! The loop of `/ws`: one `select!` picks an event, then it is handled; see [`super`] for who does what. Commands are
//! carried out by [`dispatch`].

mod dispatch;
mod outcome;

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use crosstalk_proto::ws::{ServerMessage, close};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use lapin::message::Delivery;
use tokio::time::Sleep;

use self::outcome::Done;
use super::{
    calls::Calls,
    commands,
    keepalive::{Check, Keepalive},
    protocol::{self, Conversation, Decision},
    socket::{Close, Happened, Socket},
    subscriptions::{Subscriptions, Suspended},
};
use crate::{
    activity::subscriber::Subscriber,
    queue::{Ended, fair_limit::Share, link::Watch, publisher::Ticket},
    state::AppState,
};

/// The most sockets of both kinds at once.
pub(in crate::bridge) const MAX_SOCKETS: i64 = 10_000;
/// The most commands of one socket that are carried out at the same time; others wait unread.
const MAX_COMMANDS: usize = 256;
/// So many messages are read in a row before anything else is looked at; their acks go to the broker together.
const READ_AT_ONCE: usize = 128;
/// How long the page may take to say hello.
const HELLO_BUDGET: Duration = Duration::from_secs(10);

/// Serves a page until it leaves, misbehaves, or the server ends.
/// `forwarded` says that a proxy stands between.
pub async fn serve(app: AppState, mut socket: Socket, forwarded: bool) {
    if app.metrics.websockets.get() > MAX_SOCKETS {
        return socket.close(Close::new(close::TRY_AGAIN_LATER, "too many sockets; try again later")).await;
    }
    // boxed: an idle socket's task stays small
    let mut page = Box::new(Page::new(app, forwarded));
    page.greet(&mut socket);
    let end = page.run(&mut socket).await;
    // first of all what it held goes back to the queues
    drop(page);
    match end {
        Some(why) => socket.close(why).await,
        None => socket.finish().await,
    }
}

struct Page {
    app: AppState,
    conversation: Conversation,
    link: Watch,
    ticket: Ticket,
    /// What the socket holds of the link's limits.
    publishing: Share,
    calling: Share,
    subscriptions: Subscriptions,
    commands: FuturesUnordered<BoxFuture<'static, Done>>,
    calls: Calls,
    forwarded: bool,
    /// Once it asked for what other clients do.
    activity: Option<Subscriber>,
    keepalive: Keepalive,
    opened: Instant,
    alarm: Pin<Box<Sleep>>,
}

enum Event {
    Shutdown,
    Socket(Happened),
    Done(Done),
    Link,
    Delivery(usize, Result<Delivery, Ended>),
    Call(ServerMessage),
    Activity(ServerMessage),
    Alarm,
}

/// Nothing, or the end: with a reason for the peer if it is still there.
type Flow = std::ops::ControlFlow<Option<Close>>;

impl Page {
    fn new(app: AppState, forwarded: bool) -> Self {
        let now = Instant::now();
        Self {
            link: app.link.watch(),
            app,
            conversation: Conversation::default(),
            ticket: Ticket::draw(),
            publishing: Share::default(),
            calling: Share::default(),
            subscriptions: Subscriptions::default(),
            commands: FuturesUnordered::new(),
            calls: Calls::default(),
            forwarded,
            activity: None,
            keepalive: Keepalive::new(now),
            opened: now,
            alarm: Box::pin(tokio::time::sleep(HELLO_BUDGET)),
        }
    }

    fn greet(&mut self, socket: &mut Socket) {
        tell(socket, &protocol::hello());
        tell(socket, &ServerMessage::Link(self.link.state()));
    }

    async fn run(&mut self, socket: &mut Socket) -> Option<Close> {
        loop {
            let event = self.next(socket).await;
            if let Flow::Break(end) = self.handle(event, socket) {
                // a page may ack and leave in one breath
                self.subscriptions.send_last_acks();
                return end;
            }
            // whatever was fed is to be taken in time
            self.set_alarm(socket);
        }
    }

    async fn next(&mut self, socket: &mut Socket) -> Event {
        let reading = self.commands.len() < MAX_COMMANDS;
        let clear = socket.is_clear();
        tokio::select! {
            () = self.app.shutdown.token().cancelled() => Event::Shutdown,
            happened = socket.happened(reading) => Event::Socket(happened),
            Some(done) = self.commands.next() => Event::Done(done),
            () = self.link.changed() => Event::Link,
            (at, next) = self.subscriptions.next(), if clear => Event::Delivery(at, next),
            Some(message) = self.calls.next(), if clear => Event::Call(message),
            Some(message) = next_activity(&mut self.activity), if clear => Event::Activity(message),
            () = &mut self.alarm => Event::Alarm,
        }
    }

    fn handle(&mut self, event: Event, socket: &mut Socket) -> Flow {
        match event {
            Event::Shutdown => {
                return Flow::Break(Some(Close::new(close::GOING_AWAY, "the server is stopping; come back soon")));
            }
            Event::Socket(happened) => return self.happened(happened, socket),
            Event::Done(done) => self.done(done, socket),
            Event::Link => tell(socket, &ServerMessage::Link(self.link.state())),
            Event::Delivery(at, Ok(delivery)) => self.deliver(at, delivery, socket),
            Event::Delivery(at, Err(ended)) => self.ended(at, ended, socket),
            Event::Call(message) | Event::Activity(message) => tell(socket, &message),
            Event::Alarm => return self.check(socket),
        }
        Flow::Continue(())
    }

    fn happened(&mut self, first: Happened, socket: &mut Socket) -> Flow {
        let mut happened = Some(first);
        let mut read = 0;
        while let Some(now) = happened.take() {
            match now {
                Happened::Text(text) => {
                    self.keepalive.heard(Instant::now());
                    self.hear(&text, socket)?;
                }
                Happened::Binary => {
                    return Flow::Break(Some(Close::new(close::UNSUPPORTED_DATA, "text frames only")));
                }
                Happened::Alive => self.keepalive.heard(Instant::now()),
                Happened::Written => self.subscriptions.written(Instant::now()),
                Happened::Gone => return Flow::Break(None),
                Happened::Broken(why) => return Flow::Break(Some(why)),
            }
            read += 1;
            if read < READ_AT_ONCE && self.commands.len() < MAX_COMMANDS {
                happened = socket.happened_already();
            }
        }
        self.subscriptions.send_acks(Instant::now());
        Flow::Continue(())
    }

    fn hear(&mut self, text: &str, socket: &mut Socket) -> Flow {
        match self.conversation.hear(text) {
            Decision::Nothing => {}
            Decision::Carry(request) => self.dispatch(request, socket),
            Decision::Refuse { id, error } => tell(socket, &protocol::refusal(id, error.problem())),
            Decision::Close(why) => return Flow::Break(Some(why)),
        }
        Flow::Continue(())
    }

    fn deliver(&mut self, at: usize, delivery: Delivery, socket: &mut Socket) {
        let (message, count, end) = self.subscriptions.batch(at, delivery);
        tell(socket, &message);
        self.app.metrics.deliveries.inc_by(u64::try_from(count).unwrap_or_default());
        if let Some(ended) = end {
            self.ended(at, ended, socket);
        }
    }

    fn ended(&mut self, at: usize, ended: Ended, socket: &mut Socket) {
        let (message, suspended) = self.subscriptions.ended(at, ended);
        tell(socket, &message);
        if let Some(Suspended { number, queue, prefetch, epoch }) = suspended {
            let resuming = commands::resume(self.app.clone(), queue, prefetch, epoch);
            self.commands.push(resuming.map(move |result| Done::Resumed { number, result }).boxed());
        }
    }

    fn check(&mut self, socket: &mut Socket) -> Flow {
        let now = Instant::now();
        self.subscriptions.send_acks(now);
        if self.conversation == Conversation::Strange && now.duration_since(self.opened) >= HELLO_BUDGET {
            return Flow::Break(Some(Close::new(close::PROTOCOL_ERROR, "the first message is the hello")));
        }
        if self.commands.len() >= MAX_COMMANDS {
            // it is we who do not listen
            self.keepalive.heard(now);
        }
        match self.keepalive.check(now, socket.stalled_since()) {
            Check::Again(_) => {}
            Check::Ping => {
                socket.ping();
                self.keepalive.pinged(now);
            }
            Check::Unresponsive => {
                return Flow::Break(Some(Close::new(
                    close::UNRESPONSIVE,
                    "you neither answered nor took what was sent",
                )));
            }
        }
        Flow::Continue(())
    }

    fn set_alarm(&mut self, socket: &Socket) {
        let now = Instant::now();
        let at = match self.keepalive.check(now, socket.stalled_since()) {
            Check::Again(at) => at,
            Check::Ping | Check::Unresponsive => now,
        };
        let greeted_by = (self.conversation == Conversation::Strange).then_some(self.opened + HELLO_BUDGET);
        let at = [greeted_by, self.subscriptions.due()].into_iter().flatten().fold(at, Instant::min);
        if self.alarm.deadline() != at.into() {
            self.alarm.as_mut().reset(at.into());
        }
    }
}

/// Nothing while it did not ask.
async fn next_activity(activity: &mut Option<Subscriber>) -> Option<ServerMessage> {
    Some(activity.as_mut()?.next().await)
}

fn tell(socket: &mut Socket, message: &ServerMessage) {
    socket.feed(protocol::to_text(message));
}
