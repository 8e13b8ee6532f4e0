//! What is on its way to a connection: encoded frames, taken by its task. It is bounded by those who fill it: consumers
//! get nothing while it is [`Outbox::is_full`], and a connection that does not take its answers is not read from.

use std::sync::Arc;

use amq_protocol::{
    frame::{AMQPFrame, gen_frame},
    protocol::{AMQPClass, basic},
};
use tokio::sync::Notify;

use super::message::Message;

/// Consumers wait while more than this is on its way.
const FULL: usize = 512 * 1024;
/// No more is done for a client that has not taken so much of what it asked for.
const BACKED_UP: usize = 1024 * 1024;
/// Direct replies are dropped while more than this is on its way.
const OVERFULL: usize = 16 * 1024 * 1024;
/// A frame's head and end.
const FRAME: usize = 8;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const END: u8 = 0xCE;
const BASIC: u16 = 60;

/// Frames on their way to a connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// Taken by the task and not yet written.
    taken: usize,
    /// Of both, what answers the client: it has itself to blame if there is much.
    answers: usize,
    answers_taken: usize,
    frame_max: usize,
    notify: Arc<Notify>,
    /// A consumer would have got something, had there been room.
    pub(crate) starved: bool,
}

impl Outbox {
    /// `notify` wakes the task when there is something to take.
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

    /// Whether consumers should wait.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() + self.taken > FULL
    }

    /// Whether the client should take answers before it asks for more.
    pub(crate) fn is_backed_up(&self) -> bool {
        self.answers + self.answers_taken > BACKED_UP
    }

    /// Whether what nobody waits for is better dropped.
    pub(crate) fn is_overfull(&self) -> bool {
        self.bytes.len() + self.taken > OVERFULL
    }

    /// All that is there; `spare` is an empty buffer to go on with. What was taken before is written now.
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
            written.expect("the broker's own methods can be encoded: names are checked where they come in").write;
        self.answers += self.bytes.len() - before;
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
        self.wake();
        // by hand: of all frames these are the most
        let size = 4 + 1 + consumer_tag.len() + 8 + 1 + 1 + message.exchange.len() + 1 + message.key.len();
        self.bytes.push(1);
        self.bytes.extend_from_slice(&channel.to_be_bytes());
        self.bytes.extend_from_slice(&(size as u32).to_be_bytes());
        self.bytes.extend_from_slice(&[0, 60, 0, 60]);
        self.short_string(consumer_tag);
        self.bytes.extend_from_slice(&delivery_tag.to_be_bytes());
        self.bytes.push(redelivered.into());
        self.short_string(&message.exchange);
        self.short_string(&message.key);
        self.bytes.push(END);
        self.content(channel, &message.properties, &message.body);
    }

    /// Adds `basic.get-ok` with its message.
    pub(crate) fn got(&mut self, channel: u16, tag: u64, redelivered: bool, message: &Message, left: u32) {
        let get_ok = basic::GetOk {
            delivery_tag: tag,
            redelivered,
            exchange: (&*message.exchange).into(),
            routing_key: (&*message.key).into(),
            message_count: left,
        };
        self.method(channel, AMQPClass::Basic(basic::AMQPMethod::GetOk(get_ok)));
        self.answer(channel, message);
    }

    /// Adds `basic.return` with its message.
    pub(crate) fn returned(&mut self, channel: u16, code: u16, text: &str, message: &Message) {
        let returned = basic::Return {
            reply_code: code,
            reply_text: text.into(),
            exchange: (&*message.exchange).into(),
            routing_key: (&*message.key).into(),
        };
        self.method(channel, AMQPClass::Basic(basic::AMQPMethod::Return(returned)));
        self.answer(channel, message);
    }

    fn answer(&mut self, channel: u16, message: &Message) {
        let before = self.bytes.len();
        self.content(channel, &message.properties, &message.body);
        self.answers += self.bytes.len() - before;
    }

    /// Never longer than 255 bytes: names and keys came in as short strings.
    fn short_string(&mut self, text: &str) {
        self.bytes.push(text.len() as u8);
        self.bytes.extend_from_slice(text.as_bytes());
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
