//! The outbox of a connection: encoded frames that its task has not written yet. Its producers bound it: consumers get
//! no messages while it is full ([`Outbox::is_full`]), and a connection that does not read its answers is not read
//! from.

use std::sync::Arc;

use amq_protocol::{
    frame::{AMQPFrame, gen_frame},
    protocol::AMQPClass,
};
use tokio::sync::Notify;

use super::message::Message;

/// Consumers wait while the outbox holds more bytes than this.
const FULL: usize = 512 * 1024;
/// No further request is handled while a client has this many bytes of answers to read.
const BACKED_UP: usize = 1024 * 1024;
/// Direct replies are dropped while the outbox holds more bytes than this.
const OVERFULL: usize = 16 * 1024 * 1024;
/// The bytes of a frame around its payload.
const FRAME: usize = 8;
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const END: u8 = 0xCE;
const BASIC: u16 = 60;
/// Method numbers of class `basic`.
const RETURN: u16 = 50;
const DELIVER: u16 = 60;
const GET_OK: u16 = 71;

/// Frames for a connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// Bytes that the task has taken and not written yet.
    taken: usize,
    /// The bytes of both that answer requests of the client. Their number depends on the client alone.
    answers: usize,
    answers_taken: usize,
    frame_max: usize,
    notify: Arc<Notify>,
    /// True if a consumer got no message because the outbox was full.
    pub(crate) starved: bool,
}

impl Outbox {
    /// `notify` wakes the connection's task when there is output.
    pub(crate) fn new(frame_max: u32, notify: Arc<Notify>) -> Self {
        Self {
            bytes: Vec::new(),
            taken: 0,
            answers: 0,
            answers_taken: 0,
            frame_max: frame_max as usize,
            notify,
            starved: false,
        }
    }

    /// True if consumers have to wait.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() + self.taken > FULL
    }

    /// True if the client should read answers before it sends further requests.
    pub(crate) fn is_backed_up(&self) -> bool {
        self.answers + self.answers_taken > BACKED_UP
    }

    /// True if direct replies are dropped.
    pub(crate) fn is_overfull(&self) -> bool {
        self.bytes.len() + self.taken > OVERFULL
    }

    /// Takes the content and reports that the content taken before was written. `spare` is an empty buffer that
    /// replaces it.
    pub(crate) fn take(&mut self, spare: Vec<u8>) -> Vec<u8> {
        let bytes = std::mem::replace(&mut self.bytes, spare);
        self.taken = bytes.len();
        self.answers_taken = std::mem::take(&mut self.answers);
        bytes
    }

    fn wake(&mut self) {
        if self.bytes.is_empty() {
            self.notify.notify_one();
        }
    }

    /// Adds a method.
    pub(crate) fn method(&mut self, channel: u16, method: AMQPClass) {
        self.wake();
        let before = self.bytes.len();
        let frame = AMQPFrame::Method(channel, method);
        let written = gen_frame(&frame)(std::mem::take(&mut self.bytes).into());
        self.bytes =
            written.expect("the broker's own methods can be encoded: names are checked when they arrive").write;
        self.answers += self.bytes.len() - before;
    }

    /// Adds an encoded frame that answers the client.
    pub(crate) fn frame(&mut self, frame: &[u8]) {
        self.wake();
        self.bytes.extend_from_slice(frame);
        self.answers += frame.len();
    }

    /// Adds `basic.deliver` with its message.
    pub(crate) fn deliver(
        &mut self,
        channel: u16,
        consumer_tag: &str,
        delivery_tag: u64,
        redelivered: bool,
        message: &Message,
    ) {
        self.method_with_content(channel, DELIVER, message, |bytes| {
            short_string(bytes, consumer_tag.as_bytes());
            bytes.extend_from_slice(&delivery_tag.to_be_bytes());
            bytes.push(redelivered.into());
            to(bytes, message);
        });
    }

    /// Adds `basic.get-ok` with its message.
    pub(crate) fn got(&mut self, channel: u16, tag: u64, redelivered: bool, message: &Message, left: u32) {
        let before = self.bytes.len();
        self.method_with_content(channel, GET_OK, message, |bytes| {
            bytes.extend_from_slice(&tag.to_be_bytes());
            bytes.push(redelivered.into());
            to(bytes, message);
            bytes.extend_from_slice(&left.to_be_bytes());
        });
        self.answers += self.bytes.len() - before;
    }

    /// Adds `basic.return` with its message.
    pub(crate) fn returned(&mut self, channel: u16, code: u16, text: &str, message: &Message) {
        let before = self.bytes.len();
        self.method_with_content(channel, RETURN, message, |bytes| {
            bytes.extend_from_slice(&code.to_be_bytes());
            short_string(bytes, text.as_bytes());
            to(bytes, message);
        });
        self.answers += self.bytes.len() - before;
    }

    /// Adds a method of class `basic` with a content. It is encoded by hand because these are most of all frames, and
    /// because a routing key need not be UTF-8, which the codec requires.
    fn method_with_content(
        &mut self,
        channel: u16,
        method: u16,
        message: &Message,
        arguments: impl FnOnce(&mut Vec<u8>),
    ) {
        self.wake();
        self.bytes.push(METHOD);
        self.bytes.extend_from_slice(&channel.to_be_bytes());
        let size_at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.extend_from_slice(&BASIC.to_be_bytes());
        self.bytes.extend_from_slice(&method.to_be_bytes());
        arguments(&mut self.bytes);
        let size = (self.bytes.len() - size_at - 4) as u32;
        self.bytes[size_at..size_at + 4].copy_from_slice(&size.to_be_bytes());
        self.bytes.push(END);
        self.content(channel, &message.properties, &message.body);
    }

    fn content(&mut self, channel: u16, properties: &[u8], body: &[u8]) {
        self.bytes.push(HEADER);
        self.bytes.extend_from_slice(&channel.to_be_bytes());
        self.bytes.extend_from_slice(&((12 + properties.len()) as u32).to_be_bytes());
        self.bytes.extend_from_slice(&BASIC.to_be_bytes());
        self.bytes.extend_from_slice(&0_u16.to_be_bytes());
        self.bytes.extend_from_slice(&(body.len() as u64).to_be_bytes());
        self.bytes.extend_from_slice(properties);
        self.bytes.push(END);
        for part in body.chunks(self.frame_max - FRAME) {
            self.bytes.push(BODY);
            self.bytes.extend_from_slice(&channel.to_be_bytes());
            self.bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            self.bytes.extend_from_slice(part);
            self.bytes.push(END);
        }
    }
}

/// Writes exchange and routing key.
fn to(bytes: &mut Vec<u8>, message: &Message) {
    short_string(bytes, message.exchange.as_bytes());
    short_string(bytes, &message.key);
}

/// Writes a short string. Names and keys came in as short strings of at most 255 octets; a key from a field table is
/// cut.
fn short_string(bytes: &mut Vec<u8>, text: &[u8]) {
    let text = &text[..text.len().min(u8::MAX.into())];
    bytes.push(text.len() as u8);
    bytes.extend_from_slice(text);
}
