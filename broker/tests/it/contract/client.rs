//! The scripted client: it sends the methods of a case in any order and compares each answer with the line that the
//! case expects. It sends nothing by itself, except the answer to a `connection.close`.

use std::time::Duration;

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, BasicProperties, basic, channel, connection, queue},
    types::FieldTable,
};
use tokio::time::timeout;

use super::{
    methods::{Method, bind, close_connection, passive, publish},
    render,
    transcript::Transcript,
    wire::{CLOSED, Event, Wire, bytes_of, bytes_of_content},
};

/// How long a broker may take to answer. RabbitMQ delays some refusals by 3 s.
const ANSWER: Duration = Duration::from_secs(10);
/// How long an event without a request may take, for instance the expiry of a message.
const EVENTUALLY: Duration = Duration::from_secs(10);
/// The largest body in one frame: the limit of both brokers, less the frame's own 8 bytes.
const CHUNK: usize = 131_072 - 8;

/// One connection of a case.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) wire: Wire,
    transcript: Transcript,
    /// The prefix of its lines in the transcript, if a case has several connections.
    label: String,
    is_over: bool,
}

impl Client {
    pub(super) fn new(wire: Wire, transcript: Transcript, label: String) -> Self {
        Self { wire, transcript, label, is_over: false }
    }

    /// Sends bytes as they are.
    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.transcript.sent(&format!("{}{} bytes", self.label, bytes.len()));
        self.wire.write(bytes).await;
    }

    /// Sends a frame as it is.
    pub(super) async fn send_frame(&mut self, frame: AMQPFrame) {
        let shown = self.transcript.normalise(&render::sent(&frame));
        self.transcript.sent(&format!("{}{shown}", self.label));
        self.wire.write(&bytes_of(&frame)).await;
    }

    /// Sends a method on channel 1.
    pub(super) async fn send(&mut self, method: impl Method) {
        self.send_on(1, method).await;
    }

    /// Sends a method on a channel.
    pub(super) async fn send_on(&mut self, channel: u16, method: impl Method) {
        self.send_frame(AMQPFrame::Method(channel, method.class())).await;
    }

    /// Expects `line` as the next event on channel 1.
    pub(super) async fn sees(&mut self, line: &str) -> Event {
        self.sees_on(1, line).await
    }

    /// Expects `line` as the next event on a channel, or as the end of the connection.
    pub(super) async fn sees_on(&mut self, channel: u16, line: &str) -> Event {
        let event = self.next(channel, line).await;
        self.transcript.came(&self.from(event.channel), event.line.clone(), line);
        event
    }

    /// The next event on a channel. A case that uses it records what it derived from it with [`Client::notes`].
    pub(super) async fn hears(&mut self, channel: u16) -> Event {
        self.next(channel, "anything").await
    }

    /// Sends a method on channel 1 and returns the headers of the next message.
    pub(super) async fn hears_headers(&mut self, method: impl Method) -> FieldTable {
        self.send(method).await;
        let content = self.hears(1).await.content.unwrap_or_default();
        content.properties.headers().clone().unwrap_or_default()
    }

    /// Records a value that was derived from an event.
    pub(super) fn notes(&mut self, what: &str, came: &str, expected: &str) {
        let came = self.transcript.normalise(came);
        self.transcript.came(&self.label, format!("{what}: {came}"), &format!("{what}: {expected}"));
    }

    /// Opens another channel.
    pub(super) async fn opens(&mut self, channel: u16) {
        self.call_on(channel, channel::Open {}, "channel.open-ok").await;
    }

    /// Expects these lines on channel 1 in any order.
    pub(super) async fn sees_in_any_order(&mut self, lines: &[&str]) {
        let mut expected = lines.to_vec();
        expected.sort_unstable();
        let mut came = Vec::new();
        for line in lines {
            came.push(self.next(1, line).await);
        }
        came.sort_by(|a, b| a.line.cmp(&b.line));
        for (event, line) in came.into_iter().zip(expected) {
            self.transcript.came(&self.from(event.channel), event.line, line);
        }
    }

    /// Sends a method on channel 1 and expects `line`.
    pub(super) async fn call(&mut self, method: impl Method, line: &str) -> Event {
        self.send(method).await;
        self.sees(line).await
    }

    /// Sends a method on a channel and expects `line`.
    pub(super) async fn call_on(&mut self, channel: u16, method: impl Method, line: &str) -> Event {
        self.send_on(channel, method).await;
        self.sees_on(channel, line).await
    }

    /// Sends a method on channel 1 until the answer is `line`, for effects that take time.
    pub(super) async fn until(&mut self, method: impl Method, line: &str) -> Event {
        let started = tokio::time::Instant::now();
        let frame = AMQPFrame::Method(1, method.class());
        self.transcript.sent(&format!("{}again and again: {}", self.label, render::sent(&frame)));
        loop {
            self.wire.write(&bytes_of(&frame)).await;
            let event = self.next(1, line).await;
            // other events are kept
            let is_answer =
                ["basic.get-", "queue.declare-ok", "queue.bind-ok"].iter().any(|so| event.line.starts_with(so));
            if event.line == line || !is_answer || started.elapsed() > EVENTUALLY {
                self.transcript.came(&self.from(event.channel), event.line.clone(), line);
                return event;
            }
        }
    }

    /// Waits until an exclusive queue of this connection is deleted. It asks with a binding, which does not use the queue.
    pub(super) async fn until_gone(&mut self, queue: &str) {
        let name = self.transcript.normalise(queue);
        let gone = format!("channel.close 404 NOT_FOUND - no queue '{name}' in vhost '/' (50,20)");
        self.until(bind(queue, "amq.direct", queue), &gone).await;
        self.send(channel::CloseOk {}).await;
        self.opens(1).await;
    }

    /// Expects that a queue comes to have this many ready messages and consumers. RabbitMQ may count before it takes what
    /// was published just before, so this asks until it is so.
    pub(super) async fn counts(&mut self, queue: &str, messages: u32, consumers: u32) {
        let name = self.transcript.normalise(queue);
        self.until(passive(queue), &format!("queue.declare-ok {name} messages={messages} consumers={consumers}")).await;
    }

    /// Publishes on channel 1 without properties.
    pub(super) async fn publish(&mut self, exchange: &str, key: &str, body: &str) {
        self.publish_with(publish(exchange, key), BasicProperties::default(), body).await;
    }

    /// Publishes on channel 1.
    pub(super) async fn publish_with(&mut self, publish: basic::Publish, properties: BasicProperties, body: &str) {
        self.publish_on(1, publish, properties, body.as_bytes()).await;
    }

    /// Publishes on a channel.
    pub(super) async fn publish_on(
        &mut self,
        channel: u16,
        publish: basic::Publish,
        properties: BasicProperties,
        body: &[u8],
    ) {
        self.send_on(channel, publish).await;
        self.wire.write(&bytes_of_content(channel, &properties, body, CHUNK)).await;
    }

    /// Expects that the broker closes the connection for `reason`, answers it and expects the end of the stream.
    pub(super) async fn is_closed_with(&mut self, reason: &str) {
        self.sees_on(0, &format!("connection.close {reason}")).await;
        self.send_on(0, connection::CloseOk {}).await;
        self.is_cut().await;
    }

    /// Expects that the broker closes channel 1 for `reason`, answers it and opens it again.
    pub(super) async fn loses_channel(&mut self, reason: &str) {
        self.sees(&format!("channel.close {reason}")).await;
        self.send(channel::CloseOk {}).await;
        self.call(channel::Open {}, "channel.open-ok").await;
    }

    /// Expects the end of the stream.
    pub(super) async fn is_cut(&mut self) {
        self.sees_on(0, CLOSED).await;
        self.is_over = true;
    }

    /// Drops the connection without `connection.close`.
    pub(super) fn hangs_up(mut self) {
        self.transcript.sent(&format!("{}the end of the stream", self.label));
        self.is_over = true;
    }

    /// Closes the connection; an unexpected event before is a failure.
    pub(super) async fn bye(mut self) {
        self.send_on(0, close_connection()).await;
        loop {
            let event = timeout(ANSWER, self.wire.next_of_any()).await.unwrap_or_else(|_| self.give_up("the end"));
            let line = self.transcript.normalise(&event.line);
            match line.as_str() {
                "connection.close-ok" => break,
                CLOSED => return self.transcript.wrong(format!("{}closed without connection.close-ok", self.label)),
                _ => self.transcript.wrong(format!("{}not expected: {line}", self.from(event.channel))),
            }
        }
        self.is_over = true;
    }

    async fn next(&mut self, channel: u16, expected: &str) -> Event {
        let mut event = match timeout(ANSWER, self.wire.next(channel)).await {
            Ok(event) => event,
            Err(_late) => self.give_up(expected),
        };
        event.line = self.transcript.normalise(&event.line);
        event
    }

    fn give_up(&self, expected: &str) -> ! {
        self.transcript.wrong(format!("{}nothing came\n expected {expected}", self.label));
        panic!("{}nothing came within {ANSWER:?}; expected {expected}", self.label);
    }

    fn from(&self, channel: u16) -> String {
        match channel {
            0 | 1 => self.label.clone(),
            other => format!("{}[{other}] ", self.label),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.is_over {
            self.transcript.wrong(format!("{}the case must end this connection: bye, is_closed_with, …", self.label));
        }
    }
}

impl Event {
    /// The name in a `queue.declare-ok`, as it is on the broker.
    pub(super) fn queue(&self) -> String {
        match &self.method {
            Some(AMQPClass::Queue(queue::AMQPMethod::DeclareOk(ok))) => ok.queue.as_str().to_owned(),
            other => panic!("no queue was declared: {other:?}"),
        }
    }
}
