//! The state behind [`super::Bridge`]: who waits for what, and what a message or the end of the socket does.
//!
//! Callbacks run outside of any borrow, since they may come back with the next request. Handlers of a message run
//! before the next message is read, so a subscription is known before its first delivery.

use leptos::prelude::*;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    fmt,
    rc::Rc,
};

use crosstalk_proto::ws::{ClientMessage, Command, LinkState, ServerMessage, VERSION, close};
use futures_channel::oneshot;
use futures_util::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::{
    BrokerLink, Connection,
    bidi::{CallNews, CallSink},
    ping,
    request::Waiter,
    socket::Socket,
    speech,
    subscription::{Entry, News},
};
use crate::{
    api::browser::{now_ms, random, socket_url},
    model::{
        backoff::Backoff,
        clock::{Clocks, Offset},
        exchange::CallError,
        past::others::Others,
    },
};

/// When a lost socket is opened again.
const RECONNECT: Backoff = Backoff { first_ms: 250, cap_ms: 5_000, jitter: 0.5 };
/// How long opening and both hellos may take, in milliseconds.
const HELLO_BUDGET_MS: u32 = 5_000;
/// What a browser says of a socket that ended without a goodbye (RFC 6455, section 7.1.5).
const ABNORMAL: u16 = 1006;

pub(super) struct Shared {
    pub(super) connection: RwSignal<Connection>,
    pub(super) broker: RwSignal<Option<BrokerLink>>,
    pub(super) offset: RwSignal<Option<Offset>>,
    pub(super) others: RwSignal<Others>,
    pub(super) subscriptions: RefCell<BTreeMap<u64, Entry>>,
    pub(super) calls: RefCell<HashMap<u32, CallSink>>,
    /// The trace that the socket is opened for; none for that of the page.
    trace: Option<String>,
    /// Who waits for the socket to be open or lost, and is told which.
    change: RefCell<Vec<oneshot::Sender<bool>>>,
    socket: RefCell<Option<Socket>>,
    pub(super) waiting: RefCell<HashMap<u64, Waiter>>,
    pub(super) clocks: RefCell<Clocks>,
    pub(super) instance: RwSignal<String>,
    pub(super) last_id: Cell<u64>,
    /// Counts the sockets: what belongs to an earlier one knows that it is over.
    pub(super) attempt: Cell<u64>,
    failures: Cell<u32>,
    /// When the last message was read: a socket that speaks is not dead, however late its pong.
    pub(super) read_ms: Cell<f64>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            connection: RwSignal::new(Connection::Connecting),
            broker: RwSignal::new(None),
            offset: RwSignal::new(None),
            others: RwSignal::new(Others::default()),
            subscriptions: RefCell::default(),
            calls: RefCell::default(),
            trace: None,
            change: RefCell::default(),
            socket: RefCell::default(),
            waiting: RefCell::default(),
            clocks: RefCell::default(),
            instance: RwSignal::default(),
            last_id: Cell::default(),
            attempt: Cell::default(),
            failures: Cell::default(),
            read_ms: Cell::default(),
        }
    }
}

impl Shared {
    /// For the jobs of this trace alone.
    pub(super) fn within(trace: String) -> Self {
        Self { trace: Some(trace), ..Self::default() }
    }

    /// Opens a socket in place of the previous one.
    pub(super) fn connect(self: &Rc<Self>) {
        let attempt = self.attempt.get() + 1;
        self.attempt.set(attempt);
        self.connection.set(Connection::Connecting);
        drop(self.socket.take());
        let Some(socket) = speech::open(&socket_url(self.trace.as_deref()), Rc::downgrade(self)) else {
            return self.lose(ABNORMAL);
        };
        self.socket.replace(Some(socket));
        self.later(HELLO_BUDGET_MS, attempt, |this| {
            if matches!(this.connection.get_untracked(), Connection::Connecting) {
                this.lose(ABNORMAL);
            }
        });
    }

    pub(super) fn on_message(self: &Rc<Self>, message: ServerMessage, read_ms: f64) {
        match message {
            ServerMessage::Hello { version, server, instance } => {
                self.on_hello(version, server, instance);
            }
            ServerMessage::Answer { id, answer, steps } => self.resolve(id, Ok((answer, steps)), read_ms),
            ServerMessage::Refusal { id, problem, steps: _ } => {
                self.resolve(id, Err(CallError::Problem(Box::new(problem))), read_ms);
            }
            ServerMessage::Deliveries { subscription, epoch, messages } => {
                self.tell(subscription, News::Deliveries { epoch, messages });
            }
            ServerMessage::Subscription { subscription, event } => {
                self.tell(subscription, News::Event(event));
            }
            ServerMessage::Link(state) => {
                let up = matches!(state, LinkState::Up { .. });
                self.broker.set(Some(BrokerLink { state, at_ms: read_ms }));
                if up {
                    self.make_subscriptions();
                }
            }
            ServerMessage::Call { call, event, at_ms } => {
                let sink = self.calls.borrow().get(&call).cloned();
                if let Some(sink) = sink {
                    sink(CallNews::Event { event, server_ms: at_ms, read_ms });
                }
            }
            ServerMessage::Others { style, calls, missed } => {
                self.others.update(|others| others.add(style, calls, missed));
            }
        }
    }

    fn on_hello(self: &Rc<Self>, version: u32, server: String, instance: String) {
        if version != VERSION {
            self.attempt.set(self.attempt.get() + 1);
            drop(self.socket.take());
            self.connection.set(Connection::Outdated);
            self.tell_change(false);
            return;
        }
        if self.instance.with_untracked(|known| *known != instance) {
            self.clocks.take(); // another process, another clock
            self.instance.set(instance);
        }
        self.failures.set(0);
        self.connection.set(Connection::Open { server });
        self.tell_change(true);
        if self.trace.is_some() {
            return; // nothing but its errand is to be on it
        }
        self.make_subscriptions();
        let others = self.others;
        // a server that others than this machine can reach tells nothing, and that is no trouble
        self.send(Command::WatchOthers, Box::new(move |told, _| others.update(|others| others.told = told.is_ok())));
        let attempt = self.attempt.get();
        spawn_local(ping::keep(Rc::downgrade(self), attempt));
    }

    /// The page is left. Should it be shown again as it was, the socket opens again as after any loss.
    pub(super) fn leave(self: &Rc<Self>) {
        self.lose(close::GOING_AWAY);
    }

    /// Says goodbye; the end of the socket follows.
    pub(super) fn close(&self) {
        if let Some(socket) = &*self.socket.borrow() {
            socket.close();
        }
    }

    /// Hears whether the socket is open, or else lost, when either happens next.
    pub(super) fn change(&self) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        self.change.borrow_mut().push(sender);
        receiver
    }

    /// Waits while the socket is being opened, as long as that may take.
    pub(super) async fn opening(&self) {
        if matches!(self.connection.get_untracked(), Connection::Connecting) {
            select(self.change(), TimeoutFuture::new(HELLO_BUDGET_MS)).await;
        }
    }

    fn tell_change(&self, open: bool) {
        for waits in self.change.take() {
            // fails when nobody waits any more
            let _ = waits.send(open);
        }
    }

    /// The socket is gone: everybody is told, and a new one follows.
    pub(super) fn lose(self: &Rc<Self>, code: u16) {
        drop(self.socket.take());
        let attempt = self.attempt.get() + 1;
        self.attempt.set(attempt);
        self.failures.set(self.failures.get() + 1);
        let delay = RECONNECT.delay_ms(self.failures.get(), random());
        let now = now_ms();
        self.broker.set(None);
        self.connection.set(Connection::Waiting { retry_at_ms: now + f64::from(delay), code });

        for (_, waiter) in self.waiting.take() {
            waiter(Err(CallError::Lost), now);
        }
        for (_, sink) in self.calls.take() {
            sink(CallNews::Lost);
        }
        self.tell_change(false);
        if self.trace.is_some() {
            return; // an errand ends with its socket
        }
        self.suspend_subscriptions();
        self.later(delay, attempt, |this| this.connect());
    }

    pub(super) fn write(&self, message: &ClientMessage) -> bool {
        let socket = self.socket.borrow();
        socket.as_ref().is_some_and(|socket| socket.send(&speech::write(message)))
    }

    /// Runs `then` after a while, unless there was another socket since.
    fn later(self: &Rc<Self>, delay_ms: u32, attempt: u64, then: impl FnOnce(&Rc<Self>) + 'static) {
        let this = Rc::downgrade(self);
        spawn_local(async move {
            TimeoutFuture::new(delay_ms).await;
            if let Some(this) = this.upgrade().filter(|this| this.attempt.get() == attempt) {
                then(&this);
            }
        });
    }
}
