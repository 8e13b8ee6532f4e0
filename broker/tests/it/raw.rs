//! A client that sends given bytes and reads frames. Every wait has a budget.

use std::{net::SocketAddr, time::Duration};

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, gen_frame, parse_frame},
    protocol::{AMQPClass, BasicProperties, basic, channel, connection, queue},
    types::{AMQPValue, FieldTable},
};
use crosstalk_broker::Broker;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long an answer may take.
const BUDGET: Duration = Duration::from_secs(10);
pub(crate) const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";

/// What a client sends in its handshake.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) mechanism: &'static str,
    pub(crate) response: Vec<u8>,
    pub(crate) capabilities: Vec<&'static str>,
    pub(crate) frame_max: u32,
    pub(crate) channel_max: u16,
    pub(crate) heartbeat: u16,
    pub(crate) vhost: &'static str,
}

impl Default for Hello {
    fn default() -> Self {
        Self {
            mechanism: "PLAIN",
            response: b"\0guest\0guest".to_vec(),
            capabilities: vec!["authentication_failure_close", "connection.blocked", "consumer_cancel_notify"],
            frame_max: 131_072,
            channel_max: 2_047,
            heartbeat: 0,
            vhost: "/",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) socket: TcpStream,
    input: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.expect("the broker listens");
        socket.set_nodelay(true).expect("the socket is open");
        Self { socket, input: Vec::new() }
    }

    /// Performs the handshake and opens channel 1.
    pub(crate) async fn open(broker: &Broker) -> Self {
        Self::open_as(broker, Hello::default()).await
    }

    pub(crate) async fn open_as(broker: &Broker, hello: Hello) -> Self {
        let mut client = Self::connect(broker.addr()).await;
        client.greet(&hello).await;
        assert!(matches!(client.hear().await, Some(AMQPFrame::Method(0, of_connection!(Tune(_))))));
        client.tune_and_open(&hello).await;
        assert!(matches!(client.hear().await, Some(AMQPFrame::Method(0, of_connection!(OpenOk(_))))));
        client.open_channel(1).await;
        client
    }

    /// Sends the protocol header and `connection.start-ok`.
    pub(crate) async fn greet(&mut self, hello: &Hello) {
        self.write(HEADER).await;
        assert!(matches!(self.hear().await, Some(AMQPFrame::Method(0, of_connection!(Start(_))))));
        let mut capabilities = FieldTable::default();
        for name in &hello.capabilities {
            capabilities.insert((*name).into(), AMQPValue::Boolean(true));
        }
        let mut client_properties = FieldTable::default();
        client_properties.insert("capabilities".into(), AMQPValue::FieldTable(capabilities));
        let start_ok = connection::StartOk {
            client_properties,
            mechanism: hello.mechanism.into(),
            response: hello.response.clone().into(),
            locale: "en_US".into(),
        };
        self.say(0, of_connection!(StartOk(start_ok))).await;
    }

    pub(crate) async fn tune_and_open(&mut self, hello: &Hello) {
        let tune_ok = connection::TuneOk {
            channel_max: hello.channel_max,
            frame_max: hello.frame_max,
            heartbeat: hello.heartbeat,
        };
        self.say(0, of_connection!(TuneOk(tune_ok))).await;
        let open = connection::Open { virtual_host: hello.vhost.into() };
        self.say(0, of_connection!(Open(open))).await;
    }

    pub(crate) async fn open_channel(&mut self, number: u16) {
        self.say(number, AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {}))).await;
        let heard = self.hear().await;
        assert!(
            matches!(heard, Some(AMQPFrame::Method(_, AMQPClass::Channel(channel::AMQPMethod::OpenOk(_))))),
            "{heard:?}"
        );
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        timeout(BUDGET, self.socket.write_all(bytes)).await.expect("the broker reads").expect("the socket is open");
    }

    pub(crate) async fn say(&mut self, channel: u16, method: AMQPClass) {
        self.write(&frame(&AMQPFrame::Method(channel, method))).await;
    }

    pub(crate) async fn basic(&mut self, method: basic::AMQPMethod) {
        self.say(1, AMQPClass::Basic(method)).await;
    }

    /// Declares a queue on channel 1. Returns the number of its messages.
    pub(crate) async fn declare(&mut self, declare: queue::Declare) -> u32 {
        self.say(1, AMQPClass::Queue(queue::AMQPMethod::Declare(declare))).await;
        match self.hear_method().await {
            AMQPClass::Queue(queue::AMQPMethod::DeclareOk(ok)) => ok.message_count,
            other => panic!("not declared: {other:?}"),
        }
    }

    /// As [`Raw::declare`], after the content of a message.
    pub(crate) async fn declare_after_content(&mut self, declare: queue::Declare) -> u32 {
        for _ in 0..2 {
            assert!(matches!(self.hear().await, Some(AMQPFrame::Header(..) | AMQPFrame::Body(..))));
        }
        self.declare(declare).await
    }

    /// Consumes without acks from a queue, on channel 1.
    pub(crate) async fn consume(&mut self, queue: &str) {
        let consume = basic::Consume { queue: queue.into(), no_ack: true, ..basic::Consume::default() };
        self.basic(basic::AMQPMethod::Consume(consume)).await;
    }

    /// The next frame that is not a heartbeat; none if the broker closed the connection.
    pub(crate) async fn hear(&mut self) -> Option<AMQPFrame> {
        loop {
            match self.hear_any().await {
                Some(AMQPFrame::Heartbeat) => {}
                heard => return heard,
            }
        }
    }

    /// The next frame.
    pub(crate) async fn hear_any(&mut self) -> Option<AMQPFrame> {
        timeout(BUDGET, self.next()).await.expect("the broker answers or closes")
    }

    /// The next method.
    pub(crate) async fn hear_method(&mut self) -> AMQPClass {
        match self.hear().await {
            Some(AMQPFrame::Method(_, method)) => method,
            other => panic!("no method: {other:?}"),
        }
    }

    /// Code and text of the next `connection.close` or `channel.close`; a closed connection is an error.
    pub(crate) async fn hear_close(&mut self) -> (u16, String) {
        match self.hear_method().await {
            AMQPClass::Connection(connection::AMQPMethod::Close(close)) => {
                self.say(0, of_connection!(CloseOk(connection::CloseOk {}))).await;
                assert_eq!(self.hear().await, None, "after the goodbye the socket is closed");
                (close.reply_code, close.reply_text.to_string())
            }
            AMQPClass::Channel(channel::AMQPMethod::Close(close)) => {
                let ok = channel::AMQPMethod::CloseOk(channel::CloseOk {});
                self.say(1, AMQPClass::Channel(ok)).await;
                (close.reply_code, close.reply_text.to_string())
            }
            other => panic!("no goodbye: {other:?}"),
        }
    }

    async fn next(&mut self) -> Option<AMQPFrame> {
        loop {
            match parse_frame(self.input.as_slice()) {
                Ok((rest, frame)) => {
                    let taken = self.input.len() - rest.len();
                    self.input.drain(..taken);
                    return Some(frame);
                }
                Err(error) if error.is_incomplete() => {}
                Err(error) => panic!("the broker wrote what is no frame: {error:?}"),
            }
            if !matches!(self.socket.read_buf(&mut self.input).await, Ok(1..)) {
                return None;
            }
        }
    }
}

/// A frame as bytes.
pub(crate) fn frame(frame: &AMQPFrame) -> Vec<u8> {
    gen_frame(frame)(Vec::new().into()).expect("the frames of these tests can be written").write
}

/// `basic.publish` to a queue on channel 1, with its content in frames of at most 100,000 bytes.
pub(crate) fn publish(queue: &str, body: &[u8], properties: BasicProperties) -> Vec<u8> {
    let publish = basic::Publish { routing_key: queue.into(), ..basic::Publish::default() };
    let mut bytes = frame(&AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))));
    let header = AMQPContentHeader { class_id: 60, body_size: body.len() as u64, properties };
    bytes.extend(frame(&AMQPFrame::Header(1, header)));
    for part in body.chunks(100_000) {
        bytes.extend(frame(&AMQPFrame::Body(1, part.to_vec())));
    }
    bytes
}

/// A method of class `connection`, as a value or a pattern.
macro_rules! of_connection {
    ($($method:tt)*) => {
        amq_protocol::protocol::AMQPClass::Connection(amq_protocol::protocol::connection::AMQPMethod::$($method)*)
    };
}
pub(crate) use of_connection;
