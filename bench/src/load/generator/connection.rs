//! One connection with its own queue: it publishes with confirms on one channel and consumes with acks on another, in
//! one task. In a closed loop it keeps a window full. In an open loop it publishes at a rate, independent of confirms
//! and deliveries.
//!
//! Each body begins with the time at which it was handed to the socket, in nanoseconds after the load's start.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use amq_protocol::{
    frame::{AMQPFrame, ProtocolVersion, parse_frame},
    protocol::{AMQPClass, basic, channel, confirm, connection, queue},
};
use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, Interest},
    net::TcpStream,
    time::MissedTickBehavior,
};

use super::{
    encode,
    progress::{CONSUME, Load, PUBLISH, Progress, Tally},
};

/// The prefetch of the consumer.
const PREFETCH: u16 = 1_000;
/// Bodies are shorter, so each is one frame.
const FRAME_MAX: u32 = 131_072;
/// The number of bytes per read.
const READ: usize = 256 * 1024;
/// How long the broker may send nothing while something is due.
const SILENCE: Duration = Duration::from_secs(20);
/// How often a paced connection checks what is due.
const TICK: Duration = Duration::from_millis(1);

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

    /// Closes the connection.
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

    /// Reads one frame; during set-up there are no others.
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

    /// Runs the load.
    ///
    /// # Errors
    /// When the broker closes, sends nothing for too long, or a message is lost or duplicated.
    pub(crate) async fn run(&mut self, load: Load) -> anyhow::Result<Tally> {
        if load.consume {
            self.consume().await?;
        }
        let mut progress = Progress::new(&self.queue, load)?;
        let mut input = vec![0; READ];
        let mut filled = 0;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut heard = Instant::now();
        loop {
            let now = Instant::now();
            progress.publish(now);
            if progress.is_done(now) {
                break;
            }
            anyhow::ensure!(heard.elapsed() < SILENCE, "the broker was silent for {SILENCE:?}");
            let interest =
                if progress.output.is_empty() { Interest::READABLE } else { Interest::READABLE | Interest::WRITABLE };
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
                        let used = progress.read(&input[..filled], heard)?;
                        input.copy_within(used..filled, 0);
                        filled -= used;
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if ready.is_writable() && !progress.output.is_empty() {
                match self.stream.try_write(&progress.output) {
                    Ok(written) => drop(progress.output.drain(..written)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(progress.tally)
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
