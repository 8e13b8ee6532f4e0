//! A connection at work: one task, one loop. What one read brought is handed to the core under one lock, and what the core
//! has for the client is taken under the same.

use std::{
    collections::{HashMap, HashSet},
    io,
    ops::ControlFlow,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use amq_protocol::protocol::{AMQPClass, basic, channel, connection};
use bytes::BytesMut;
use tokio::{
    io::Interest,
    sync::Notify,
    time::{MissedTickBehavior, timeout},
};

use super::{
    content::Partial,
    frame::{self, Payload},
    handshake::{Agreed, shake_hands},
    listener::Orders,
    stream::{Ended, READ, Stream},
};
use crate::{
    core::{ConnectionId, Peer, Publication, Vhost},
    refusal::{Code, Refusal},
    shared::{Shared, VhostHandle},
};

/// While more than this is unwritten, nothing is read: who does not take answers gets no further.
const MAX_UNWRITTEN: usize = 1024 * 1024;
/// A buffer that was larger is not kept.
const KEEP: usize = 256 * 1024;
/// How long a client may take to take what is left for it.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// A heartbeat frame (section 4.2.7).
const HEARTBEAT: [u8; 8] = [8, 0, 0, 0, 0, 0, 0, 0xCE];

/// Serves a client to the end.
pub(super) async fn serve(socket: tokio::net::TcpStream, address: String, shared: Arc<Shared>, orders: Orders) {
    let mut stream = Stream::new(socket);
    let agreed = tokio::select! {
        agreed = shake_hands(&mut stream, &shared) => agreed,
        () = orders.drop.cancelled() => return,
        () = orders.end.cancelled() => return,
    };
    let agreed = match agreed {
        Ok(agreed) => agreed,
        Err(ended) => {
            tracing::debug!(%address, %ended, "a handshake failed");
            return match ended {
                Ended::Refused(refusal) => stream.close(&refusal, (0, 0)).await,
                Ended::RefusedOpen(refusal) => stream.close(&refusal, (10, 40)).await,
                _gone => {}
            };
        }
    };
    let notify = Arc::new(Notify::new());
    let peer = Peer {
        user: agreed.user.clone(),
        address: address.clone(),
        frame_max: agreed.frame_max,
        cancel_notify: agreed.cancel_notify,
        blocked_notify: agreed.blocked_notify,
        notify: notify.clone(),
    };
    let id = lock(&agreed.vhost).connect(peer);
    let mut serving = Connection {
        stream,
        guard: Guard { id, vhost: agreed.vhost.clone() },
        notify,
        partial: HashMap::new(),
        closing: HashSet::new(),
        output: Vec::new(),
        written: 0,
        publishes: false,
        agreed,
        orders,
        shared,
    };
    let (ended, cause) = serving.run().await;
    tracing::debug!(%address, %ended, "a connection ended");
    let Connection { mut stream, guard, output, written, .. } = serving;
    let mut rest = output;
    rest.drain(..written);
    rest.extend(lock(&guard.vhost).take_output(guard.id, Vec::new()));
    // before the last words: who has heard them can rely on its exclusive queues being gone
    drop(guard);
    let heard = timeout(LAST_WORDS, stream.write(&rest)).await.is_ok_and(|written| written.is_ok());
    match ended {
        // closing on bytes that nobody read would reset the connection, and the answer might not arrive
        Ended::Closed if heard => stream.read_to_end().await,
        Ended::Refused(refusal) if heard => stream.close(&refusal, cause).await,
        _gone => {}
    }
}

/// Takes the connection out of the core however its task ends.
#[derive(Debug)]
struct Guard {
    id: ConnectionId,
    vhost: VhostHandle,
}

impl Drop for Guard {
    fn drop(&mut self) {
        lock(&self.vhost).disconnect(self.id);
    }
}

/// A panic in the core would leave it as it was at that moment: it goes on, and what was told to nobody is lost to nobody.
pub(super) fn lock(vhost: &VhostHandle) -> std::sync::MutexGuard<'_, Vhost> {
    vhost.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Connection {
    stream: Stream,
    guard: Guard,
    agreed: Agreed,
    notify: Arc<Notify>,
    /// Publishes whose contents are on their way, by channel.
    partial: HashMap<u16, Partial>,
    /// Channels that we closed and whose clients have not said that they know.
    closing: HashSet<u16>,
    output: Vec<u8>,
    written: usize,
    publishes: bool,
    orders: Orders,
    shared: Arc<Shared>,
}

/// Why it ended, and the class and method that it is for.
type Over = (Ended, (u16, u16));

enum Event {
    Ready(tokio::io::Ready),
    Output,
    Tick,
    Changed,
    Drop,
    Shutdown,
}

impl Connection {
    async fn run(&mut self) -> Over {
        match self.work().await {
            Ok(over) => over,
            Err(error) => (Ended::Left(error), (0, 0)),
        }
    }

    async fn work(&mut self) -> io::Result<Over> {
        let period = self.agreed.heartbeat.map(|heartbeat| heartbeat / 2);
        let mut ticks = tokio::time::interval(period.unwrap_or(Duration::MAX / 4));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut heard, mut said) = (Instant::now(), Instant::now());
        // what the client sent together with its connection.open
        if let ControlFlow::Break(over) = self.take_frames() {
            return Ok(over);
        }
        loop {
            let paused = *self.orders.paused.borrow_and_update();
            let blocked = *self.orders.blocked.borrow_and_update() && self.publishes;
            let pending = self.written < self.output.len();
            let reads = !paused && !blocked && self.output.len() - self.written < MAX_UNWRITTEN;
            let writes = pending && !paused;
            let interest = match (reads, writes) {
                (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
                (true, false) => Some(Interest::READABLE),
                (false, true) => Some(Interest::WRITABLE),
                (false, false) => None,
            };
            let event = tokio::select! {
                ready = self.stream.socket.ready(interest.unwrap_or(Interest::READABLE)), if interest.is_some() => {
                    Event::Ready(ready?)
                }
                () = self.notify.notified(), if !pending => Event::Output,
                _ = ticks.tick(), if period.is_some() => Event::Tick,
                _ = self.orders.paused.changed() => Event::Changed,
                _ = self.orders.blocked.changed() => Event::Changed,
                () = self.orders.drop.cancelled() => Event::Drop,
                () = self.orders.end.cancelled() => Event::Shutdown,
            };
            match event {
                Event::Ready(ready) => {
                    if reads && (ready.is_readable() || ready.is_read_closed()) && self.read()? {
                        heard = Instant::now();
                        if let ControlFlow::Break(over) = self.take_frames() {
                            return Ok(over);
                        }
                    }
                }
                Event::Output => self.take_output(),
                Event::Tick => {
                    let period = period.unwrap_or(Duration::MAX);
                    if heard.elapsed() > period * 4 && !paused && !blocked {
                        return Ok((Ended::Silent, (0, 0)));
                    }
                    if said.elapsed() >= period && !pending {
                        self.output.extend_from_slice(&HEARTBEAT);
                    }
                }
                Event::Changed => {}
                Event::Drop => return Ok((Ended::Cut, (0, 0))),
                Event::Shutdown => {
                    let refusal =
                        Code::ConnectionForced.because("broker forced connection closure with reason 'shutdown'");
                    return Ok((Ended::Refused(refusal), (0, 0)));
                }
            }
            if self.written < self.output.len() && !paused {
                self.write()?;
                said = Instant::now();
            }
        }
    }

    /// Reads once; whether anything came.
    fn read(&mut self) -> io::Result<bool> {
        if self.stream.input.is_empty() {
            // an idle connection holds no buffer
            self.stream.input = BytesMut::new();
        }
        self.stream.input.reserve(READ);
        match self.stream.socket.try_read_buf(&mut self.stream.input) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_some) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if self.stream.input.is_empty() {
                    self.stream.input = BytesMut::new();
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Writes what the socket takes, and what comes up meanwhile.
    fn write(&mut self) -> io::Result<()> {
        loop {
            match self.stream.socket.try_write(&self.output[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
            if self.written == self.output.len() {
                self.take_output();
                if self.output.is_empty() {
                    return Ok(());
                }
            }
        }
    }

    fn take_output(&mut self) {
        let vhost = self.guard.vhost.clone();
        self.collect(&mut lock(&vhost));
    }

    /// Takes what the core has for the client, once all before is written.
    fn collect(&mut self, vhost: &mut Vhost) {
        if self.written < self.output.len() {
            return;
        }
        let mut spare = std::mem::take(&mut self.output);
        spare.clear();
        if spare.capacity() > KEEP {
            spare = Vec::new();
        }
        self.written = 0;
        self.output = vhost.take_output(self.guard.id, spare);
    }

    /// Hands the frames that are there to the core.
    fn take_frames(&mut self) -> ControlFlow<Over> {
        let handle = self.guard.vhost.clone();
        let mut vhost = lock(&handle);
        let now = Instant::now();
        let over = loop {
            match frame::take(&mut self.stream.input, self.agreed.frame_max) {
                Ok(Some((channel, payload))) => {
                    if let ControlFlow::Break(over) = self.frame(&mut vhost, channel, payload, now) {
                        break Some(over);
                    }
                }
                Ok(None) => break None,
                Err(refusal) => break Some((Ended::Refused(refusal), (0, 0))),
            }
        };
        vhost.confirm(self.guard.id);
        self.collect(&mut vhost);
        drop(vhost);
        self.shared.watch_memory();
        if self.stream.input.is_empty() {
            self.stream.input = BytesMut::new();
        }
        over.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }

    fn frame(&mut self, vhost: &mut Vhost, number: u16, payload: Payload, now: Instant) -> ControlFlow<Over> {
        let id = self.guard.id;
        if matches!(payload, Payload::Heartbeat) {
            return ControlFlow::Continue(());
        }
        if number == 0 {
            return self.of_connection(vhost, payload);
        }
        if self.closing.contains(&number) {
            if let Payload::Method(AMQPClass::Channel(method)) = payload {
                match method {
                    channel::AMQPMethod::CloseOk(_) => drop(self.closing.remove(&number)),
                    channel::AMQPMethod::Close(_) => {
                        self.closing.remove(&number);
                        vhost.tell(id, number, channel_method(channel::AMQPMethod::CloseOk(channel::CloseOk {})));
                    }
                    _late => {}
                }
            }
            return ControlFlow::Continue(());
        }
        let (cause, done) = self.of_channel(vhost, number, payload, now);
        let Err(refusal) = done else { return ControlFlow::Continue(()) };
        if refusal.code.is_hard() {
            return ControlFlow::Break((Ended::Refused(refusal), cause));
        }
        // what was published before is confirmed before
        vhost.confirm(id);
        vhost.close_channel(id, number);
        self.partial.remove(&number);
        self.closing.insert(number);
        let close = channel::Close {
            reply_code: refusal.code.number(),
            reply_text: refusal.short_text().into(),
            class_id: cause.0,
            method_id: cause.1,
        };
        vhost.tell(id, number, channel_method(channel::AMQPMethod::Close(close)));
        ControlFlow::Continue(())
    }

    /// A frame on channel 0.
    fn of_connection(&mut self, vhost: &mut Vhost, payload: Payload) -> ControlFlow<Over> {
        let method = match payload {
            Payload::Method(AMQPClass::Connection(method)) => method,
            Payload::Method(other) => {
                let refusal = Code::CommandInvalid.because("only methods of class connection are allowed on channel 0");
                return ControlFlow::Break((Ended::Refused(refusal), ids(&other)));
            }
            _content => {
                let refusal = Code::UnexpectedFrame.because("no content is allowed on channel 0");
                return ControlFlow::Break((Ended::Refused(refusal), (0, 0)));
            }
        };
        let answer = match method {
            connection::AMQPMethod::Close(_) => {
                let ok = AMQPClass::Connection(connection::AMQPMethod::CloseOk(connection::CloseOk {}));
                vhost.confirm(self.guard.id);
                vhost.tell(self.guard.id, 0, ok);
                return ControlFlow::Break((Ended::Closed, (0, 0)));
            }
            connection::AMQPMethod::UpdateSecret(_) => {
                connection::AMQPMethod::UpdateSecretOk(connection::UpdateSecretOk {})
            }
            other => {
                let refusal = Code::CommandInvalid.because("unexpected method in connection state running");
                return ControlFlow::Break((Ended::Refused(refusal), ids(&AMQPClass::Connection(other))));
            }
        };
        vhost.tell(self.guard.id, 0, AMQPClass::Connection(answer));
        ControlFlow::Continue(())
    }

    /// A frame on another channel; gives the method that it is for, and whether it is refused.
    fn of_channel(
        &mut self,
        vhost: &mut Vhost,
        number: u16,
        payload: Payload,
        now: Instant,
    ) -> ((u16, u16), Result<(), Refusal>) {
        const PUBLISH: (u16, u16) = (60, 40);
        let id = self.guard.id;
        if let Payload::Method(method) = &payload
            && !vhost.has_channel(id, number)
        {
            let cause = ids(method);
            return match method {
                AMQPClass::Channel(channel::AMQPMethod::Open(_)) => (cause, self.open_channel(vhost, number)),
                // it was closed from both sides at once
                AMQPClass::Channel(channel::AMQPMethod::CloseOk(_)) => (cause, Ok(())),
                _other => (cause, Err(Code::ChannelError.because("expected 'channel.open'"))),
            };
        }
        match (self.partial.remove(&number), payload) {
            (None, Payload::Method(AMQPClass::Basic(basic::AMQPMethod::Publish(publish)))) => {
                self.publishes = true;
                self.partial.insert(number, Partial::new(publish));
                (PUBLISH, Ok(()))
            }
            (None, Payload::Method(AMQPClass::Channel(channel::AMQPMethod::Close(_)))) => {
                vhost.confirm(id);
                vhost.close_channel(id, number);
                vhost.tell(id, number, channel_method(channel::AMQPMethod::CloseOk(channel::CloseOk {})));
                ((20, 40), Ok(()))
            }
            (None, Payload::Method(AMQPClass::Channel(channel::AMQPMethod::Open(_)))) => {
                ((20, 10), vhost.open_channel(id, number))
            }
            (None, Payload::Method(method)) => {
                let cause = ids(&method);
                // what is answered after a publish is answered after its confirm
                vhost.confirm(id);
                (cause, vhost.method(id, number, method, now))
            }
            (Some(partial), Payload::Header { class, size, properties }) => {
                let most = self.shared.config.limits.message_size;
                let whole = partial.header(class, size, properties, most);
                (PUBLISH, whole.and_then(|whole| self.publish(vhost, number, whole, now)))
            }
            (Some(partial), Payload::Body(part)) => {
                let whole = partial.body(&part);
                (PUBLISH, whole.and_then(|whole| self.publish(vhost, number, whole, now)))
            }
            (Some(partial), Payload::Method(_)) => (PUBLISH, Err(partial.interrupted())),
            (None, Payload::Header { .. } | Payload::Body(_)) => {
                ((0, 0), Err(Code::UnexpectedFrame.because("expected method frame, got non method frame instead")))
            }
            (partial, Payload::Heartbeat) => {
                self.partial.extend(partial.map(|partial| (number, partial)));
                ((0, 0), Ok(()))
            }
        }
    }

    fn open_channel(&self, vhost: &mut Vhost, number: u16) -> Result<(), Refusal> {
        let most = self.agreed.channel_max;
        let open = vhost.channel_count(self.guard.id);
        if number > most || open >= usize::from(most) {
            return Err(Code::NotAllowed.because(format!(
                "number of channels opened ({open}) has reached the negotiated channel_max ({most})"
            )));
        }
        vhost.open_channel(self.guard.id, number)?;
        vhost.tell(self.guard.id, number, channel_method(channel::AMQPMethod::OpenOk(channel::OpenOk {})));
        Ok(())
    }

    fn publish(
        &mut self,
        vhost: &mut Vhost,
        number: u16,
        whole: Result<super::content::Content, Partial>,
        now: Instant,
    ) -> Result<(), Refusal> {
        match whole {
            Ok(content) => {
                let publication =
                    Publication { method: &content.publish, properties: &content.properties, body: content.body };
                vhost.publish(self.guard.id, number, publication, now)
            }
            Err(partial) => {
                self.partial.insert(number, partial);
                Ok(())
            }
        }
    }
}

fn channel_method(method: channel::AMQPMethod) -> AMQPClass {
    AMQPClass::Channel(method)
}

/// Class and method of a method.
fn ids(method: &AMQPClass) -> (u16, u16) {
    (method.get_amqp_class_id(), method.get_amqp_method_id())
}
