//! A broker without queues and routing: it sends every message back on the connection that published it, and confirms
//! all messages of one read at once. The throughput on it is the maximum of the load generator.

use amq_protocol::{
    frame::{AMQPFrame, parse_frame},
    protocol::{AMQPClass, basic, channel, confirm, connection, queue},
};
use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::load::generator::{Frame, Frames, encode};

const READ: usize = 256 * 1024;
const FRAME_MAX: u32 = 131_072;
/// The length of the protocol header.
const HELLO: usize = 8;
/// Class and method of `basic.publish`, after the head of a frame.
const PUBLISH: [u8; 4] = [0, 60, 0, 40];

/// Serves until the process is killed.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn serve(port: u16) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _peer) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = mirror(stream).await {
                eprintln!("a connection ended: {error:#}");
            }
        });
    }
}

/// The state of a connection.
#[derive(Debug, Default)]
struct Mirror {
    /// The channel of the consumer, once there is one.
    consumer: Option<u16>,
    /// The number of messages that were published and sent back.
    messages: u64,
    /// The header frame of the current message.
    header: Vec<u8>,
    output: Vec<u8>,
}

async fn mirror(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    stream.read_exact(&mut [0; HELLO]).await?;
    let mut mirror = Mirror::default();
    let start = connection::Start {
        version_major: 0,
        version_minor: 9,
        server_properties: Default::default(),
        mechanisms: "PLAIN".into(),
        locales: "en_US".into(),
    };
    mirror.say(0, AMQPClass::Connection(connection::AMQPMethod::Start(start)))?;
    let mut input = vec![0; READ];
    let mut filled = 0;
    loop {
        stream.write_all(&mirror.output).await?;
        mirror.output.clear();
        let read = stream.read(&mut input[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let used = mirror.take(&input[..filled])?;
        input.copy_within(used..filled, 0);
        filled -= used;
    }
}

impl Mirror {
    fn take(&mut self, bytes: &[u8]) -> anyhow::Result<usize> {
        let before = self.messages;
        let mut publisher = 0;
        let mut frames = Frames::of(bytes);
        for (channel, frame) in frames.by_ref() {
            match frame {
                Frame::Body(body) => {
                    publisher = channel;
                    self.messages += 1;
                    self.deliver(body)?;
                }
                Frame::Header(size) => {
                    self.header.clear();
                    let header = amq_protocol::frame::AMQPContentHeader {
                        class_id: 60,
                        body_size: size,
                        properties: basic::AMQPProperties::default().with_delivery_mode(1),
                    };
                    let channel = self.consumer.unwrap_or_default();
                    encode(&AMQPFrame::Header(channel, header), &mut self.header)?;
                }
                Frame::Ack { .. } | Frame::Deliver(_) => {}
                Frame::Other(frame) if frame.get(7..11) == Some(&PUBLISH) => {}
                Frame::Other(frame) => self.answer(frame)?,
            }
        }
        if self.messages > before {
            let ack = basic::Ack { delivery_tag: self.messages, multiple: true };
            self.say(publisher, AMQPClass::Basic(basic::AMQPMethod::Ack(ack)))?;
        }
        Ok(frames.used())
    }

    fn deliver(&mut self, body: &[u8]) -> anyhow::Result<()> {
        let channel = self.consumer.context("published before there was a consumer")?;
        let deliver = basic::Deliver {
            consumer_tag: "load".into(),
            delivery_tag: self.messages,
            redelivered: false,
            exchange: "".into(),
            routing_key: "mirror".into(),
        };
        self.say(channel, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver)))?;
        self.output.extend_from_slice(&self.header);
        // a body frame: type, channel, size, payload, end
        self.output.push(3);
        self.output.extend_from_slice(&channel.to_be_bytes());
        self.output.extend_from_slice(&u32::try_from(body.len())?.to_be_bytes());
        self.output.extend_from_slice(body);
        self.output.push(0xCE);
        Ok(())
    }

    /// Answers the methods that a client sends before it publishes.
    fn answer(&mut self, frame: &[u8]) -> anyhow::Result<()> {
        let Ok((_rest, AMQPFrame::Method(channel, method))) = parse_frame(frame) else {
            anyhow::bail!("not a method: {frame:?}");
        };
        let answer = match method {
            AMQPClass::Connection(connection::AMQPMethod::StartOk(_)) => {
                let tune = connection::Tune { channel_max: 16, frame_max: FRAME_MAX, heartbeat: 0 };
                AMQPClass::Connection(connection::AMQPMethod::Tune(tune))
            }
            AMQPClass::Connection(connection::AMQPMethod::TuneOk(_)) => return Ok(()),
            AMQPClass::Connection(connection::AMQPMethod::Open(_)) => {
                AMQPClass::Connection(connection::AMQPMethod::OpenOk(connection::OpenOk {}))
            }
            AMQPClass::Channel(channel::AMQPMethod::Open(_)) => {
                AMQPClass::Channel(channel::AMQPMethod::OpenOk(channel::OpenOk {}))
            }
            AMQPClass::Confirm(confirm::AMQPMethod::Select(_)) => {
                AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(confirm::SelectOk {}))
            }
            AMQPClass::Queue(queue::AMQPMethod::Declare(declare)) => {
                let ok = queue::DeclareOk { queue: declare.queue, message_count: 0, consumer_count: 0 };
                AMQPClass::Queue(queue::AMQPMethod::DeclareOk(ok))
            }
            AMQPClass::Basic(basic::AMQPMethod::Qos(_)) => AMQPClass::Basic(basic::AMQPMethod::QosOk(basic::QosOk {})),
            AMQPClass::Basic(basic::AMQPMethod::Consume(consume)) => {
                self.consumer = Some(channel);
                let ok = basic::ConsumeOk { consumer_tag: consume.consumer_tag };
                AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(ok))
            }
            other => anyhow::bail!("not supported by the mirror: {other:?}"),
        };
        self.say(channel, answer)
    }

    fn say(&mut self, channel: u16, method: AMQPClass) -> anyhow::Result<()> {
        encode(&AMQPFrame::Method(channel, method), &mut self.output)
    }
}
