//! An open connection: one task with one loop. The frames of one read are handed to the core under one lock, and the
//! core's output for the client is taken under the same lock. [`super::dispatch`] interprets the frames.

use std::{
    collections::{HashMap, HashSet},
    io,
    ops::ControlFlow,
    pin::pin,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use amq_protocol::protocol::{AMQPClass, connection};
use bytes::BytesMut;
use tokio::{io::Interest, sync::Notify};

use super::{
    content::Partial,
    frame,
    handshake::{Negotiated, perform_handshake},
    heartbeat::{self, Heartbeat},
    method::Ids,
    signals::Signals,
    stream::{EndReason, READ, Stream},
};
use crate::{
    core::{ConnectionId, Peer, Vhost},
    refusal::Code,
    shared::{Shared, VhostHandle},
};

/// Larger buffers are not kept.
const KEEP: usize = 256 * 1024;
/// How long a client may take to read the final output.
const FINAL_WRITE_TIMEOUT: Duration = Duration::from_secs(3);

/// Serves a client until the connection ends.
pub(super) async fn serve(socket: tokio::net::TcpStream, address: String, shared: Arc<Shared>, signals: Signals) {
    let mut stream = Stream::new(socket);
    let negotiated = tokio::select! {
        negotiated = perform_handshake(&mut stream, &address, &shared) => negotiated,
        () = signals.drop.cancelled() => return,
        () = signals.end.cancelled() => return,
    };
    let negotiated = match negotiated {
        Ok(negotiated) => negotiated,
        Err(ended) => {
            tracing::debug!(%address, %ended, "a handshake failed");
            return match ended {
                EndReason::Refused(refusal) => stream.close(&refusal, (0, 0)).await,
                EndReason::RefusedFor(refusal, cause) => stream.close(&refusal, cause).await,
                _gone => {}
            };
        }
    };
    let notify = Arc::new(Notify::new());
    let peer = Peer {
        user: negotiated.user.clone(),
        address: address.clone(),
        frame_max: negotiated.frame_max,
        cancel_notify: negotiated.cancel_notify,
        notify: notify.clone(),
    };
    let id = lock(&negotiated.vhost).connect(peer);
    let mut serving = Connection {
        stream,
        guard: Guard { id, vhost: negotiated.vhost.clone() },
        notify,
        partial: HashMap::new(),
        closing: HashSet::new(),
        output: Vec::new(),
        written: 0,
        stalled: false,
        published: false,
        held: false,
        reported_blocked: false,
        negotiated,
        signals,
        shared,
    };
    let (ended, cause) = serving.work().await.unwrap_or_else(|error| (EndReason::Left(error), (0, 0)));
    tracing::debug!(%address, %ended, "a connection ended");
    let cut = serving.signals.drop.clone();
    tokio::select! {
        () = serving.close_gracefully(&ended, cause) => {}
        () = cut.cancelled() => {}
    }
}

/// Removes the connection from the core when its task ends, also by a panic.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) id: ConnectionId,
    pub(super) vhost: VhostHandle,
}

impl Drop for Guard {
    fn drop(&mut self) {
        lock(&self.vhost).disconnect(self.id);
    }
}

/// Locks a virtual host. After a panic in the core the broker continues with the state at that moment; no output was
/// sent for an operation that was not finished.
pub(super) fn lock(vhost: &VhostHandle) -> std::sync::MutexGuard<'_, Vhost> {
    vhost.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: Stream,
    pub(super) guard: Guard,
    pub(super) negotiated: Negotiated,
    notify: Arc<Notify>,
    /// Publishes whose content is incomplete, by channel.
    pub(super) partial: HashMap<u16, Partial>,
    /// Channels that the broker closed and whose client has not sent `channel.close-ok` yet.
    pub(super) closing: HashSet<u16>,
    output: Vec<u8>,
    written: usize,
    /// True if frames wait in the input until the client has read earlier answers.
    stalled: bool,
    /// True if the last frames had a content.
    pub(super) published: bool,
    /// True if the client published while memory was short. It is not read from until memory is free again.
    held: bool,
    reported_blocked: bool,
    pub(super) signals: Signals,
    pub(super) shared: Arc<Shared>,
}

/// Why the connection ended, and the class and method that caused it.
pub(super) type Ending = (EndReason, Ids);

enum Event {
    Ready(tokio::io::Ready),
    Output,
    Tick,
    Changed,
    Drop,
    Shutdown,
}

impl Connection {
    async fn work(&mut self) -> io::Result<Ending> {
        let mut heartbeat = Heartbeat::new(self.negotiated.heartbeat);
        // the timer may fire early and is then set again, so that sent frames need not reset it
        let mut alarm = pin!(tokio::time::sleep_until(heartbeat.next()));
        let mut was_read = true;
        // frames that the client sent together with connection.open
        if let ControlFlow::Break(over) = self.take_frames() {
            return Ok(over);
        }
        loop {
            let paused = *self.signals.paused.borrow_and_update();
            self.apply_memory_block();
            let reads = !paused && !self.held;
            if self.stalled
                && reads
                && self.all_is_written()
                && let ControlFlow::Break(over) = self.take_frames()
            {
                return Ok(over);
            }
            if !self.all_is_written() && !paused {
                self.write()?;
                heartbeat.sent();
                if self.stalled && self.all_is_written() {
                    continue;
                }
            }
            let reads = reads && !self.stalled;
            if reads && !was_read {
                // frames that arrived while nothing was read count as received
                heartbeat.received();
            }
            was_read = reads;
            let pending = !self.all_is_written();
            let interest = match (reads, pending && !paused) {
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
                () = &mut alarm => Event::Tick,
                _ = self.signals.paused.changed() => Event::Changed,
                _ = self.signals.blocked.changed() => Event::Changed,
                () = self.signals.drop.cancelled() => Event::Drop,
                () = self.signals.end.cancelled() => Event::Shutdown,
            };
            match event {
                Event::Ready(ready) => {
                    if reads && (ready.is_readable() || ready.is_read_closed()) && self.read()? {
                        heartbeat.received();
                        if let ControlFlow::Break(over) = self.take_frames() {
                            return Ok(over);
                        }
                    }
                }
                Event::Output => self.take_output(),
                Event::Tick => {
                    if reads && heartbeat.is_missed() {
                        return Ok((EndReason::Silent, (0, 0)));
                    }
                    if heartbeat.is_due() && !pending && !paused {
                        self.output.extend_from_slice(&heartbeat::FRAME);
                        heartbeat.sent();
                    }
                    alarm.as_mut().reset(heartbeat.next());
                }
                Event::Changed => {}
                Event::Drop => return Ok((EndReason::Cut, (0, 0))),
                Event::Shutdown => {
                    let refusal =
                        Code::ConnectionForced.because("broker forced connection closure with reason 'shutdown'");
                    return Ok((EndReason::Refused(refusal), (0, 0)));
                }
            }
        }
    }

    /// Stops reading from a client that publishes while memory is short, and sends `connection.blocked` if the client
    /// supports it.
    fn apply_memory_block(&mut self) {
        let blocked = *self.signals.blocked.borrow_and_update();
        self.held = blocked && (self.held || self.published);
        if self.held == self.reported_blocked || !self.negotiated.blocked_notify {
            return;
        }
        self.reported_blocked = self.held;
        let method = if self.held {
            connection::AMQPMethod::Blocked(connection::Blocked { reason: "low on memory".into() })
        } else {
            connection::AMQPMethod::Unblocked(connection::Unblocked {})
        };
        let vhost = self.guard.vhost.clone();
        let mut vhost = lock(&vhost);
        vhost.send(self.guard.id, 0, AMQPClass::Connection(method));
        self.collect(&mut vhost);
    }

    /// Reads once. True if bytes arrived.
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

    fn all_is_written(&self) -> bool {
        self.written == self.output.len()
    }

    /// Writes until the socket would block or there is no output left.
    fn write(&mut self) -> io::Result<()> {
        loop {
            match self.stream.socket.try_write(&self.output[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
            if self.all_is_written() {
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

    /// Takes the core's output, once the earlier output is written.
    fn collect(&mut self, vhost: &mut Vhost) {
        if !self.all_is_written() {
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

    /// Hands the frames in the input to the core, until the client has too many unread answers.
    fn take_frames(&mut self) -> ControlFlow<Ending> {
        let handle = self.guard.vhost.clone();
        let mut vhost = lock(&handle);
        let now = Instant::now();
        self.stalled = false;
        self.published = false;
        let over = loop {
            if vhost.is_backed_up(self.guard.id) {
                self.stalled = true;
                break None;
            }
            match frame::take(&mut self.stream.input, self.negotiated.frame_max) {
                Ok(Some((channel, payload))) => {
                    if let ControlFlow::Break(over) = self.frame(&mut vhost, channel, payload, now) {
                        break Some(over);
                    }
                }
                Ok(None) => break None,
                Err((refusal, cause)) => break Some((EndReason::Refused(refusal), cause)),
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

    /// Sends the final output, if any, and closes. The core removes the connection before the client sees the close,
    /// since the client may reconnect at once.
    async fn close_gracefully(&mut self, ended: &EndReason, cause: Ids) {
        if !matches!(ended, EndReason::Refused(_) | EndReason::Closed) {
            return;
        }
        {
            let vhost = self.guard.vhost.clone();
            let mut vhost = lock(&vhost);
            vhost.confirm(self.guard.id);
            self.output.extend_from_slice(&vhost.take_output(self.guard.id, Vec::new()));
            vhost.disconnect(self.guard.id);
        }
        self.shared.watch_memory();
        let rest = self.output.split_off(self.written);
        let words = async {
            self.stream.write(&rest).await?;
            if matches!(ended, EndReason::Closed) {
                let ok = AMQPClass::Connection(connection::AMQPMethod::CloseOk(connection::CloseOk {}));
                self.stream.send(0, ok).await?;
            }
            Ok::<_, io::Error>(())
        };
        if !tokio::time::timeout(FINAL_WRITE_TIMEOUT, words).await.is_ok_and(|written| written.is_ok()) {
            return;
        }
        match ended {
            EndReason::Refused(refusal) => self.stream.close(refusal, cause).await,
            // closing a socket with unread bytes would reset the connection, and the answer might be lost
            _closed => self.stream.drain().await,
        }
    }
}
