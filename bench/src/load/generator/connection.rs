//! One connection with a queue of its own: it publishes with confirms on one channel and consumes with acks on another, in
//! one task. In a closed loop it keeps a window full; in an open one it publishes at a rate, whatever comes back.
//!
//! Each body begins with the time at which it was handed to the socket, in nanoseconds after the load's start.

use std::{
    collections::VecDeque,
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, ProtocolVersion, parse_frame},
    protocol::{AMQPClass, basic, channel, confirm, connection, queue},
};
use anyhow::Context as _;
use hdrhistogram::Histogram;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, Interest},
    net::TcpStream,
    time::MissedTickBehavior,
};

use super::{Frame, Frames, encode};

const PUBLISH: u16 = 1;
const CONSUME: u16 = 2;
/// How many messages the broker sends ahead of the acks.
const PREFETCH: u16 = 1_000;
/// No body is longer, so that each is one frame.
const FRAME_MAX: u32 = 131_072;
/// So much is read at once.
const READ: usize = 256 * 1024;
/// So much is gathered before it is written.
const WRITE: usize = 256 * 1024;
/// The longest the broker may be silent while something is due.
const SILENCE: Duration = Duration::from_secs(20);
/// How often a paced connection looks at what is due.
const TICK: Duration = Duration::from_millis(1);
/// The longest latency that is told from longer ones, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// What a connection is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Bytes of a body, 8 or more.
    pub(crate) body: usize,
    /// The most messages that are neither confirmed nor received.
    pub(crate) window: usize,
    /// Messages per second; none: as many as the window lets through.
    pub(crate) rate: Option<f64>,
    pub(crate) start: Instant,
    /// Messages that arrive before this do not count.
    pub(crate) count_from: Instant,
    /// After this nothing is published, and what is on its way is waited for.
    pub(crate) end: Instant,
    /// No more than these are published.
    pub(crate) limit: u64,
    /// Whether messages are consumed; else they stay in the queue.
    pub(crate) consume: bool,
}

/// What it saw.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Messages received between `count_from` and `end`.
    pub(crate) counted: u64,
    /// From the socket to the consumer, in nanoseconds, of those.
    pub(crate) latencies: Histogram<u64>,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    queue: String,
}

impl Connection {
    /// Connects as guest, declares a transient queue, subscribes to it and asks for confirms.
    ///
    /// # Errors
    /// When the broker refuses one of these; the error says which.
    pub(crate) async fn open(port: u16) -> anyhow::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let stream = TcpStream::connect(("127.0.0.1", port)).await.context("cannot connect to the broker")?;
        stream.set_nodelay(true)?;
        let queue = format!("load-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut opened = Self { stream, queue };
        opened.set_up().await?;
        Ok(opened)
    }

    async fn set_up(&mut self) -> anyhow::Result<()> {
        let mut hello = Vec::new();
        encode(&AMQPFrame::ProtocolHeader(ProtocolVersion::amqp_0_9_1()), &mut hello)?;
        self.stream.write_all(&hello).await?;
        self.expect("connection.start").await?;
        let start_ok = connection::StartOk {
            client_properties: Default::default(),
            mechanism: "PLAIN".into(),
            response: "\0guest\0guest".into(),
            locale: "en_US".into(),
        };
        self.send(0, AMQPClass::Connection(connection::AMQPMethod::StartOk(start_ok))).await?;
        self.expect("connection.tune").await?;
        let tune_ok = connection::TuneOk { channel_max: 16, frame_max: FRAME_MAX, heartbeat: 0 };
        self.send(0, AMQPClass::Connection(connection::AMQPMethod::TuneOk(tune_ok))).await?;
        let open = connection::Open { virtual_host: "/".into() };
        self.call(0, AMQPClass::Connection(connection::AMQPMethod::Open(open)), "connection.open-ok").await?;
        for id in [PUBLISH, CONSUME] {
            self.call(id, AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {})), "channel.open-ok").await?;
        }
        let select = confirm::Select { nowait: false };
        self.call(PUBLISH, AMQPClass::Confirm(confirm::AMQPMethod::Select(select)), "confirm.select-ok").await?;
        let declare = queue::Declare {
            queue: self.queue.as_str().into(),
            passive: false,
            durable: false,
            exclusive: true,
            auto_delete: false,
            nowait: false,
            arguments: Default::default(),
        };
        self.call(CONSUME, AMQPClass::Queue(queue::AMQPMethod::Declare(declare)), "queue.declare-ok").await?;
        let qos = basic::Qos { prefetch_count: PREFETCH, global: false };
        self.call(CONSUME, AMQPClass::Basic(basic::AMQPMethod::Qos(qos)), "basic.qos-ok").await?;
        Ok(())
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn close(mut self) -> anyhow::Result<()> {
        let close = connection::Close { reply_code: 200, reply_text: "done".into(), class_id: 0, method_id: 0 };
        self.call(0, AMQPClass::Connection(connection::AMQPMethod::Close(close)), "connection.close-ok").await
    }

    /// Subscribes to its queue.
    ///
    /// # Errors
    /// When the broker refuses.
    async fn consume(&mut self) -> anyhow::Result<()> {
        let consume = basic::Consume {
            queue: self.queue.as_str().into(),
            consumer_tag: "load".into(),
            no_local: false,
            no_ack: false,
            exclusive: false,
            nowait: false,
            arguments: Default::default(),
        };
        self.call(CONSUME, AMQPClass::Basic(basic::AMQPMethod::Consume(consume)), "basic.consume-ok").await
    }

    async fn call(&mut self, channel: u16, method: AMQPClass, answer: &str) -> anyhow::Result<()> {
        self.send(channel, method).await?;
        self.expect(answer).await
    }

    async fn send(&mut self, channel: u16, method: AMQPClass) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        encode(&AMQPFrame::Method(channel, method), &mut bytes)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// Reads one frame; nothing else is on its way during set-up.
    async fn expect(&mut self, what: &str) -> anyhow::Result<()> {
        let reading = async {
            let mut head = [0; 7];
            self.stream.read_exact(&mut head).await?;
            let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
            anyhow::ensure!(size <= FRAME_MAX, "a frame of {size} bytes");
            let mut whole = head.to_vec();
            whole.resize(head.len() + size as usize + 1, 0);
            self.stream.read_exact(&mut whole[head.len()..]).await?;
            Ok(whole)
        };
        let reading = tokio::time::timeout(SILENCE, reading).await.with_context(|| format!("no {what} came"))?;
        let bytes = reading.with_context(|| format!("no {what} came"))?;
        match parse_frame(bytes.as_slice()) {
            Ok((_rest, AMQPFrame::Method(_, method))) => {
                let named = name(&method);
                anyhow::ensure!(named == what, "instead of {what} came {method:?}");
                Ok(())
            }
            other => anyhow::bail!("instead of {what} came {other:?}"),
        }
    }

    /// Carries out the load.
    ///
    /// # Errors
    /// When the broker closes, is silent, or something is lost or came twice.
    pub(crate) async fn run(&mut self, load: Load) -> anyhow::Result<Tally> {
        if load.consume {
            self.consume().await?;
        }
        let mut state = State::new(&self.queue, load)?;
        let mut input = vec![0; READ];
        let mut filled = 0;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut heard = Instant::now();
        loop {
            let now = Instant::now();
            state.publish(now);
            if state.is_done(now) {
                break;
            }
            anyhow::ensure!(heard.elapsed() < SILENCE, "the broker was silent for {SILENCE:?}");
            let interest =
                if state.output.is_empty() { Interest::READABLE } else { Interest::READABLE | Interest::WRITABLE };
            let ready = tokio::select! {
                ready = self.stream.ready(interest) => ready?,
                _ = tick.tick() => continue,
            };
            if ready.is_readable() {
                match self.stream.try_read(&mut input[filled..]) {
                    Ok(0) => anyhow::bail!("the broker closed the connection"),
                    Ok(read) => {
                        filled += read;
                        heard = Instant::now();
                        let used = state.read(&input[..filled], heard)?;
                        input.copy_within(used..filled, 0);
                        filled -= used;
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if ready.is_writable() && !state.output.is_empty() {
                match self.stream.try_write(&state.output) {
                    Ok(written) => drop(state.output.drain(..written)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(state.tally)
    }
}

fn name(method: &AMQPClass) -> &'static str {
    match method {
        AMQPClass::Connection(connection::AMQPMethod::Start(_)) => "connection.start",
        AMQPClass::Connection(connection::AMQPMethod::Tune(_)) => "connection.tune",
        AMQPClass::Connection(connection::AMQPMethod::OpenOk(_)) => "connection.open-ok",
        AMQPClass::Connection(connection::AMQPMethod::CloseOk(_)) => "connection.close-ok",
        AMQPClass::Channel(channel::AMQPMethod::OpenOk(_)) => "channel.open-ok",
        AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(_)) => "confirm.select-ok",
        AMQPClass::Queue(queue::AMQPMethod::DeclareOk(_)) => "queue.declare-ok",
        AMQPClass::Basic(basic::AMQPMethod::QosOk(_)) => "basic.qos-ok",
        AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(_)) => "basic.consume-ok",
        _other => "another method",
    }
}

/// What is on its way. It does no I/O.
struct State {
    load: Load,
    /// Method, header and the head of the body: the same for all.
    prefix: Vec<u8>,
    output: Vec<u8>,
    published: u64,
    received: u64,
    /// Whether each message from `confirmed` on has been confirmed.
    unconfirmed: VecDeque<bool>,
    confirmed: u64,
    tally: Tally,
}

impl State {
    fn new(queue: &str, load: Load) -> anyhow::Result<Self> {
        let publish =
            basic::Publish { exchange: "".into(), routing_key: queue.into(), mandatory: false, immediate: false };
        let header = AMQPContentHeader {
            class_id: 60,
            body_size: load.body as u64,
            properties: basic::AMQPProperties::default().with_delivery_mode(1),
        };
        let mut prefix = Vec::new();
        encode(&AMQPFrame::Method(PUBLISH, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))), &mut prefix)?;
        encode(&AMQPFrame::Header(PUBLISH, header), &mut prefix)?;
        encode(&AMQPFrame::Body(PUBLISH, vec![b'x'; load.body]), &mut prefix)?;
        let latencies = Histogram::new_with_max(LONGEST, 3)?;
        Ok(Self {
            load,
            prefix,
            output: Vec::with_capacity(2 * WRITE),
            published: 0,
            received: 0,
            unconfirmed: VecDeque::new(),
            confirmed: 0,
            tally: Tally { counted: 0, latencies },
        })
    }

    /// How many messages are not both confirmed and received.
    fn outstanding(&self) -> usize {
        let done = if self.load.consume { self.confirmed.min(self.received) } else { self.confirmed };
        (self.published - done) as usize
    }

    fn is_done(&self, now: Instant) -> bool {
        (now >= self.load.end || self.published == self.load.limit) && self.outstanding() == 0
    }

    /// Puts what may be published now into the output.
    fn publish(&mut self, now: Instant) {
        if now >= self.load.end {
            return;
        }
        let since = now.duration_since(self.load.start);
        let due = self.load.rate.map_or(u64::MAX, |rate| (since.as_secs_f64() * rate) as u64).min(self.load.limit);
        let stamp = (since.as_nanos() as u64).to_be_bytes();
        while self.published < due && self.outstanding() < self.load.window && self.output.len() < WRITE {
            self.output.extend_from_slice(&self.prefix);
            let body = self.output.len() - self.load.body - 1;
            self.output[body..body + stamp.len()].copy_from_slice(&stamp);
            self.published += 1;
            self.unconfirmed.push_back(false);
        }
    }

    /// Takes what came and acks what was delivered; gives how many bytes whole frames were.
    fn read(&mut self, bytes: &[u8], now: Instant) -> anyhow::Result<usize> {
        let at = now.duration_since(self.load.start).as_nanos() as u64;
        let counts = now >= self.load.count_from && now < self.load.end;
        let mut delivered = None;
        let mut frames = Frames::of(bytes);
        for (_channel, frame) in frames.by_ref() {
            match frame {
                Frame::Deliver(tag) => delivered = Some(tag),
                Frame::Body(body) => {
                    anyhow::ensure!(body.len() == self.load.body, "a body has {} bytes", body.len());
                    self.received += 1;
                    if counts {
                        let sent = body.first_chunk().map_or(at, |stamp| u64::from_be_bytes(*stamp));
                        self.tally.counted += 1;
                        self.tally.latencies.saturating_record(at.saturating_sub(sent));
                    }
                }
                Frame::Ack { tag, multiple } => self.confirm(tag, multiple)?,
                Frame::Header(_) => {}
                Frame::Other(frame) => anyhow::bail!("the broker says {:?}", parse_frame(frame)),
            }
        }
        anyhow::ensure!(self.received <= self.published, "a message came twice");
        if let Some(delivery_tag) = delivered {
            let ack = basic::Ack { delivery_tag, multiple: true };
            encode(&AMQPFrame::Method(CONSUME, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))), &mut self.output)?;
        }
        Ok(frames.used())
    }

    fn confirm(&mut self, tag: u64, multiple: bool) -> anyhow::Result<()> {
        let index = tag.checked_sub(self.confirmed + 1).filter(|index| *index < self.unconfirmed.len() as u64);
        let index = index.with_context(|| format!("the confirm of {tag} is for nothing that waits for one"))? as usize;
        let from = if multiple { 0 } else { index };
        self.unconfirmed.range_mut(from..=index).for_each(|confirmed| *confirmed = true);
        while self.unconfirmed.front() == Some(&true) {
            self.unconfirmed.pop_front();
            self.confirmed += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(window: usize) -> State {
        let start = Instant::now();
        let load = Load {
            body: 100,
            window,
            rate: None,
            start,
            count_from: start,
            end: start + Duration::from_secs(60),
            limit: u64::MAX,
            consume: true,
        };
        State::new("queue", load).unwrap()
    }

    #[test]
    fn a_window_is_filled_and_opens_when_messages_are_both_confirmed_and_received() {
        let mut state = state(3);
        let now = Instant::now();
        state.publish(now);
        assert_eq!(state.published, 3);
        state.confirm(2, false).unwrap();
        state.confirm(1, false).unwrap();
        assert_eq!((state.confirmed, state.outstanding()), (2, 3));
        state.received = 1;
        state.publish(now);
        assert_eq!(state.published, 4);
        state.confirm(4, true).unwrap();
        assert_eq!(state.confirmed, 4);
        assert!(state.confirm(4, false).is_err(), "confirmed twice");
    }
}
