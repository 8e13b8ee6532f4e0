//! The loop of `/ws`: one `select!` picks an event, then it is handled; see [`super`] for who does what.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use crosstalk_proto::ws::{Answer, Command, MAX_SUBSCRIPTIONS, Request, ServerMessage, SubscriptionEvent, close};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use http::StatusCode;
use lapin::message::Delivery;
use tokio::time::Sleep;

use super::{
    calls::Calls,
    commands,
    consuming::{Consuming, Settled},
    conversation::{self, Conversation, Decision},
    pulse::{Check, Pulse},
    socket::{Close, Happened, Socket},
};
use crate::{
    error::Error,
    queue::{Ended, Subscription, link::Watch, publisher::Ticket},
    router::App,
    trace::TraceContext,
};

/// The most sockets of both kinds at once.
pub(super) const MAX_SOCKETS: i64 = 10_000;
/// The most commands of one socket that are carried out at once; more wait unread.
const MAX_COMMANDS: usize = 256;
/// So many messages are read in a row before anything else is looked at; their acks go to the broker together.
const READ_AT_ONCE: usize = 128;
/// How long the page may take to say hello.
const HELLO_BUDGET: Duration = Duration::from_secs(10);

/// Serves a page until it leaves, misbehaves, or the server ends.
pub async fn serve(app: App, mut socket: Socket) {
    if app.metrics.websockets.get() > MAX_SOCKETS {
        return socket.close(Close::new(close::TRY_AGAIN_LATER, "too many sockets; try again later")).await;
    }
    // boxed: an idle socket's task stays small
    let mut page = Box::new(Page::new(app));
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
    app: App,
    conversation: Conversation,
    link: Watch,
    ticket: Ticket,
    subscriptions: Vec<Consuming>,
    // subscriptions that are starting
    starting: usize,
    last_subscription: u32,
    // whose deliveries come first next time
    turn: usize,
    commands: FuturesUnordered<BoxFuture<'static, Done>>,
    calls: Calls,
    pulse: Pulse,
    opened: Instant,
    alarm: Pin<Box<Sleep>>,
}

/// What a command came to.
enum Done {
    Told(Box<ServerMessage>),
    Subscribed { id: u64, wanted: Box<Wanted>, result: Result<Subscription, Error> },
    Resumed { number: u32, result: Result<Subscription, Error> },
}

struct Wanted {
    queue: String,
    prefetch: u16,
    ack_mode: crosstalk_proto::ws::AckMode,
}

enum Event {
    Shutdown,
    Socket(Happened),
    Done(Done),
    Link,
    Delivery(usize, Result<Delivery, Ended>),
    Call(ServerMessage),
    Alarm,
}

/// Nothing, or the end: with a reason for the peer if it is still there.
type Flow = std::ops::ControlFlow<Option<Close>>;

impl Page {
    fn new(app: App) -> Self {
        let now = Instant::now();
        Self {
            link: app.link.watch(),
            app,
            conversation: Conversation::default(),
            ticket: Ticket::draw(),
            subscriptions: Vec::new(),
            starting: 0,
            last_subscription: 0,
            turn: 0,
            commands: FuturesUnordered::new(),
            calls: Calls::default(),
            pulse: Pulse::new(now),
            opened: now,
            alarm: Box::pin(tokio::time::sleep(HELLO_BUDGET)),
        }
    }

    fn greet(&mut self, socket: &mut Socket) {
        tell(socket, &conversation::hello());
        tell(socket, &ServerMessage::Link(self.link.state()));
    }

    async fn run(&mut self, socket: &mut Socket) -> Option<Close> {
        loop {
            let event = self.next(socket).await;
            if let Flow::Break(end) = self.handle(event, socket) {
                // a page may ack and leave in one breath
                self.subscriptions.iter_mut().for_each(Consuming::send_acks);
                return end;
            }
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
            (at, next) = next_delivery(&mut self.subscriptions, self.turn), if clear => Event::Delivery(at, next),
            Some(message) = self.calls.next(), if clear => Event::Call(message),
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
            Event::Call(message) => tell(socket, &message),
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
                    self.pulse.heard(Instant::now());
                    self.hear(&text, socket)?;
                }
                Happened::Alive => self.pulse.heard(Instant::now()),
                Happened::Written => self.subscriptions.iter_mut().for_each(Consuming::written),
                Happened::Gone => return Flow::Break(None),
                Happened::Broken(why) => return Flow::Break(Some(why)),
            }
            read += 1;
            if read < READ_AT_ONCE && self.commands.len() < MAX_COMMANDS {
                happened = socket.happened_already();
            }
        }
        self.subscriptions.iter_mut().for_each(Consuming::send_acks);
        self.set_alarm(socket);
        Flow::Continue(())
    }

    fn hear(&mut self, text: &str, socket: &mut Socket) -> Flow {
        match self.conversation.hear(text) {
            Decision::Nothing => {}
            Decision::Carry(request) => self.carry(request, socket),
            Decision::Refuse { id, error } => tell(socket, &conversation::refusal(id, error.problem())),
            Decision::Close(why) => return Flow::Break(Some(why)),
        }
        Flow::Continue(())
    }

    fn carry(&mut self, request: Request, socket: &mut Socket) {
        let Request { id, traceparent, command } = request;
        let trace = TraceContext::of(traceparent.as_deref());
        let app = self.app.clone();
        match command {
            Command::Ping => answer(socket, id, Ok(commands::pong(Instant::now()))),
            Command::Ack { subscription, epoch, delivery_tag, multiple } => {
                let settled = self.subscription(subscription).and_then(|s| s.ack(epoch, delivery_tag, multiple));
                answer(socket, id, settled.map(to_answer));
            }
            Command::Nack { subscription, epoch, delivery_tag, multiple, requeue } => {
                let settled =
                    self.subscription(subscription).and_then(|s| s.nack(epoch, delivery_tag, multiple, requeue));
                answer(socket, id, settled.map(to_answer));
            }
            Command::Unsubscribe { subscription } => answer(socket, id, self.unsubscribe(subscription)),
            Command::Subscribe { queue, prefetch, ack_mode } => {
                if let Err(error) = self.room().and_then(|()| commands::consumable(&queue)) {
                    return answer(socket, id, Err(error));
                }
                self.starting += 1;
                let subscribing = commands::subscribe(app, queue.clone(), prefetch);
                let wanted = Box::new(Wanted { queue, prefetch, ack_mode });
                self.commands.push(subscribing.map(move |result| Done::Subscribed { id, wanted, result }).boxed());
            }
            Command::Publish(message) => {
                self.start(id, commands::publish(app, self.ticket, trace, message));
            }
            Command::Call { body, content_type, timeout_ms } => {
                self.start(id, commands::call(app, trace, body, content_type, timeout_ms));
            }
            Command::InspectQueue { queue } => self.start(id, commands::inspect(app, queue)),
            Command::CallOpen { metadata, deadline_ms } => {
                answer(socket, id, self.calls.open(&app, &metadata, trace, deadline_ms));
            }
            Command::CallSend { call, name } => answer(socket, id, self.calls.send(call, name)),
            Command::CallHalfClose { call } => answer(socket, id, self.calls.half_close(call)),
            Command::CallCancel { call } => answer(socket, id, self.calls.cancel(call)),
        }
    }

    fn start(&mut self, id: u64, command: impl Future<Output = commands::Outcome> + Send + 'static) {
        let told = command.map(move |outcome| Done::Told(Box::new(commands::to_message(id, outcome))));
        self.commands.push(told.boxed());
    }

    fn done(&mut self, done: Done, socket: &mut Socket) {
        match done {
            Done::Told(message) => tell(socket, &message),
            Done::Subscribed { id, wanted, result } => {
                self.starting -= 1;
                match result {
                    Ok(subscription) => {
                        self.last_subscription += 1;
                        let number = self.last_subscription;
                        let answered = Answer::Subscribed {
                            subscription: number,
                            consumer_tag: subscription.tag().to_owned(),
                            epoch: subscription.epoch(),
                        };
                        let Wanted { queue, prefetch, ack_mode } = *wanted;
                        self.subscriptions.push(Consuming::new(number, queue, prefetch, ack_mode, subscription));
                        answer(socket, id, Ok(answered));
                    }
                    Err(error) => answer(socket, id, Err(error)),
                }
            }
            Done::Resumed { number, result } => {
                // it may have been cancelled meanwhile: then the new consumer goes at once
                let Some(at) = self.subscriptions.iter().position(|s| s.number == number) else { return };
                let event = match result {
                    Ok(subscription) => {
                        let event = SubscriptionEvent::Resumed {
                            epoch: subscription.epoch(),
                            consumer_tag: subscription.tag().to_owned(),
                        };
                        self.subscriptions[at].resume(subscription);
                        event
                    }
                    Err(error) => {
                        self.subscriptions.remove(at);
                        SubscriptionEvent::Ended { problem: error.problem() }
                    }
                };
                tell(socket, &ServerMessage::Subscription { subscription: number, event });
            }
        }
    }

    fn deliver(&mut self, at: usize, delivery: Delivery, socket: &mut Socket) {
        let (message, count, end) = self.subscriptions[at].batch(delivery);
        self.turn = at + 1;
        tell(socket, &message);
        self.app.metrics.deliveries.inc_by(u64::try_from(count).unwrap_or_default());
        self.set_alarm(socket);
        if let Some(ended) = end {
            self.ended(at, ended, socket);
        }
    }

    fn ended(&mut self, at: usize, ended: Ended, socket: &mut Socket) {
        let number = self.subscriptions[at].number;
        let event = match ended {
            Ended::LinkLost => {
                let subscription = &mut self.subscriptions[at];
                let unacked = subscription.suspend();
                let resuming = commands::resume(
                    self.app.clone(),
                    subscription.queue.clone(),
                    subscription.prefetch,
                    subscription.epoch,
                );
                self.commands.push(resuming.map(move |result| Done::Resumed { number, result }).boxed());
                SubscriptionEvent::Suspended { unacked }
            }
            ended @ (Ended::Cancelled | Ended::Closed(_)) => {
                let queue = self.subscriptions.remove(at).queue;
                SubscriptionEvent::Ended { problem: over(&queue, ended).problem() }
            }
        };
        tell(socket, &ServerMessage::Subscription { subscription: number, event });
    }

    fn room(&self) -> Result<(), Error> {
        if self.subscriptions.len() + self.starting < MAX_SUBSCRIPTIONS {
            return Ok(());
        }
        let detail = format!("a socket has at most {MAX_SUBSCRIPTIONS} subscriptions; end one, or open another socket");
        Err(Error::request(StatusCode::TOO_MANY_REQUESTS, detail))
    }

    fn subscription(&mut self, number: u32) -> Result<&mut Consuming, Error> {
        self.subscriptions.iter_mut().find(|s| s.number == number).ok_or_else(|| unknown_subscription(number))
    }

    fn unsubscribe(&mut self, number: u32) -> Result<Answer, Error> {
        let at = self.subscriptions.iter().position(|s| s.number == number);
        let mut subscription = self.subscriptions.remove(at.ok_or_else(|| unknown_subscription(number))?);
        subscription.send_acks();
        Ok(Answer::Unsubscribed { returned: subscription.unacked() })
    }

    fn check(&mut self, socket: &mut Socket) -> Flow {
        let now = Instant::now();
        if self.conversation == Conversation::Strange && now.duration_since(self.opened) >= HELLO_BUDGET {
            return Flow::Break(Some(Close::new(close::PROTOCOL_ERROR, "the first message is the hello")));
        }
        if self.commands.len() >= MAX_COMMANDS {
            // it is we who do not listen
            self.pulse.heard(now);
        }
        match self.pulse.check(now, socket.stalled_since()) {
            Check::Again(_) => {}
            Check::Ping => {
                socket.ping();
                self.pulse.pinged(now);
            }
            Check::Unresponsive => {
                return Flow::Break(Some(Close::new(
                    close::UNRESPONSIVE,
                    "you neither answered nor took what was sent",
                )));
            }
        }
        self.set_alarm(socket);
        Flow::Continue(())
    }

    fn set_alarm(&mut self, socket: &Socket) {
        let now = Instant::now();
        let at = match self.pulse.check(now, socket.stalled_since()) {
            Check::Again(at) => at,
            Check::Ping | Check::Unresponsive => now,
        };
        let at = match self.conversation {
            Conversation::Strange => at.min(self.opened + HELLO_BUDGET),
            Conversation::Acquainted => at,
        };
        self.alarm.as_mut().reset(at.into());
    }
}

/// The next delivery of any subscription, beginning with the one whose turn it is. Cancel safe.
async fn next_delivery(subscriptions: &mut [Consuming], turn: usize) -> (usize, Result<Delivery, Ended>) {
    let poll = |cx: &mut Context<'_>| {
        let count = subscriptions.len();
        for at in (0..count).map(|at| (turn + at) % count) {
            if let Poll::Ready(next) = subscriptions[at].poll_next(cx) {
                return Poll::Ready((at, next));
            }
        }
        Poll::Pending
    };
    std::future::poll_fn(poll).await
}

fn tell(socket: &mut Socket, message: &ServerMessage) {
    socket.feed(conversation::to_text(message));
}

fn answer(socket: &mut Socket, id: u64, answer: Result<Answer, Error>) {
    let outcome = answer.map(|answer| (answer, Vec::new())).map_err(|error| (error, Vec::new()));
    tell(socket, &commands::to_message(id, outcome));
}

fn to_answer(settled: Settled) -> Answer {
    Answer::Settled { count: settled.count, stale: settled.stale }
}

fn unknown_subscription(number: u32) -> Error {
    Error::request(StatusCode::NOT_FOUND, format!("there is no subscription {number}; it may have ended"))
}

/// Why a subscription is over, and what to do.
pub(super) fn over(queue: &str, ended: Ended) -> Error {
    match ended {
        Ended::Closed(crate::queue::Error::Refused { code: 406, text }) if text.contains("timeout") => Error::request(
            StatusCode::CONFLICT,
            format!(
                "a delivery was not acked for too long, so the broker took all of them back ({text}); subscribe again"
            ),
        ),
        Ended::Closed(error) => error.into(),
        Ended::Cancelled => Error::request(
            StatusCode::NOT_FOUND,
            format!(
                "the broker cancelled the consumer: the queue {queue:?} was deleted; declare it and subscribe again"
            ),
        ),
        Ended::LinkLost => Error::request(StatusCode::SERVICE_UNAVAILABLE, "the link to the broker broke"),
    }
}
