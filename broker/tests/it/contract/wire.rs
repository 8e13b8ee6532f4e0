//! A connection as bytes: it sends given frames, also malformed ones, and reads events with assembled contents. It
//! answers nothing by itself.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    io,
};

use amq_protocol::{
    frame::{AMQPFrame, WriteContext, gen_frame, parse_frame},
    protocol::{AMQPClass, BasicProperties, basic},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::render::{self, Content};

/// A received event with its channel.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) channel: u16,
    pub(super) line: String,
    pub(super) method: Option<AMQPClass>,
    pub(super) content: Option<Content>,
}

/// The event for the end of the socket, also by a reset.
pub(super) const CLOSED: &str = "(closed)";

#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    input: Vec<u8>,
    /// Methods with an incomplete content, with the number of missing bytes.
    partial: HashMap<u16, (AMQPClass, Content, u64)>,
    /// The confirmed publishes of each channel. Brokers may group confirms differently.
    confirmed: HashMap<u16, BTreeSet<u64>>,
    inbox: VecDeque<Event>,
    is_closed: bool,
}

impl Wire {
    pub(super) async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (partial, confirmed) = (HashMap::new(), HashMap::new());
        Ok(Self { stream, input: Vec::new(), partial, confirmed, inbox: VecDeque::new(), is_closed: false })
    }

    /// Writes bytes unchanged. A closed peer is noticed when reading.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        let _gone = self.stream.write_all(bytes).await;
    }

    /// The next event of `channel`, or an earlier one that ends the connection.
    pub(super) async fn next(&mut self, channel: u16) -> Event {
        loop {
            let concerns = |event: &Event| event.channel == channel || event.channel == 0;
            if let Some(at) = self.inbox.iter().position(concerns) {
                return self.inbox.remove(at).expect("just found there");
            }
            if self.is_closed {
                return Event { channel, line: CLOSED.to_owned(), method: None, content: None };
            }
            self.read().await;
        }
    }

    /// The next event of any channel.
    pub(super) async fn next_of_any(&mut self) -> Event {
        while self.inbox.is_empty() && !self.is_closed {
            self.read().await;
        }
        let closed = Event { channel: 0, line: CLOSED.to_owned(), method: None, content: None };
        self.inbox.pop_front().unwrap_or(closed)
    }

    /// Reads once from the socket and turns complete frames into events.
    async fn read(&mut self) {
        if matches!(self.stream.read_buf(&mut self.input).await, Ok(0) | Err(_)) {
            self.is_closed = true;
        }
        loop {
            let (rest, frame) = match parse_frame(self.input.as_slice()) {
                Ok((rest, frame)) => (rest.len(), Some(frame)),
                Err(error) if error.is_incomplete() => return,
                // the codec accepts only UTF-8
                Err(error) => match frame_size(&self.input) {
                    Some(size) => (self.input.len() - size, None),
                    None => panic!("the broker wrote what is no frame: {error:?}"),
                },
            };
            let taken: Vec<u8> = self.input.drain(..self.input.len() - rest).collect();
            match frame {
                Some(AMQPFrame::Header(channel, _) | AMQPFrame::Body(channel, _))
                    if !self.partial.contains_key(&channel) =>
                {
                    self.take_octets(&taken);
                }
                Some(frame) => self.take(frame),
                None => self.take_octets(&taken),
            }
        }
    }

    /// A frame that is shown as octets, because its method or content is not UTF-8.
    fn take_octets(&mut self, frame: &[u8]) {
        let channel = u16::from_be_bytes([frame[1], frame[2]]);
        if let Some((method, _content, _left)) = self.partial.remove(&channel) {
            self.complete(channel, method, None);
        }
        let (kind, payload) = (frame[0], &frame[7..frame.len() - 1]);
        let line = format!("octets {kind} {}", payload.escape_ascii());
        self.inbox.push_back(Event { channel, line, method: None, content: None });
    }

    fn take(&mut self, frame: AMQPFrame) {
        match frame {
            AMQPFrame::ProtocolHeader(version) => {
                let line = format!("protocol {}-{}-{}", version.major, version.minor, version.revision);
                self.inbox.push_back(Event { channel: 0, line, method: None, content: None });
            }
            AMQPFrame::Heartbeat | AMQPFrame::InvalidHeartbeat(_) => {}
            AMQPFrame::Method(channel, method) if has_content(&method) => {
                self.partial.insert(channel, (method, Content::default(), 0));
            }
            AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))) => {
                self.confirm(channel, ack.delivery_tag, ack.multiple, |tag| {
                    basic::AMQPMethod::Ack(basic::Ack { delivery_tag: tag, multiple: false })
                });
            }
            AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Nack(nack))) => {
                self.confirm(channel, nack.delivery_tag, nack.multiple, |tag| {
                    basic::AMQPMethod::Nack(basic::Nack { delivery_tag: tag, ..basic::Nack::default() })
                });
            }
            AMQPFrame::Method(channel, method) => self.complete(channel, method, None),
            AMQPFrame::Header(channel, header) => {
                let (_, content, left) = self.partial.get_mut(&channel).expect("a header follows its method");
                content.properties = header.properties;
                *left = header.body_size;
                self.finish_content(channel);
            }
            AMQPFrame::Body(channel, bytes) => {
                let (_, content, left) = self.partial.get_mut(&channel).expect("a body follows its header");
                *left = left.checked_sub(bytes.len() as u64).expect("no more bytes than announced");
                content.body.extend_from_slice(&bytes);
                self.finish_content(channel);
            }
        }
    }

    fn finish_content(&mut self, channel: u16) {
        let is_complete = self.partial.get(&channel).is_some_and(|(_, _, left)| *left == 0);
        if is_complete && let Some((method, content, _)) = self.partial.remove(&channel) {
            self.complete(channel, method, Some(content));
        }
    }

    fn confirm(&mut self, channel: u16, last: u64, multiple: bool, each: fn(u64) -> basic::AMQPMethod) {
        let confirmed = self.confirmed.entry(channel).or_default();
        let first = if multiple { 1 } else { last };
        let fresh: Vec<_> = (first..=last).filter(|tag| confirmed.insert(*tag)).collect();
        for tag in fresh {
            self.complete(channel, AMQPClass::Basic(each(tag)), None);
        }
    }

    fn complete(&mut self, channel: u16, method: AMQPClass, content: Option<Content>) {
        let line = render::method(&method, content.as_ref());
        self.inbox.push_back(Event { channel, line, method: Some(method), content });
    }
}

/// The length of the first frame, if it is complete.
fn frame_size(input: &[u8]) -> Option<usize> {
    let size = u32::from_be_bytes(input.get(3..7)?.try_into().ok()?);
    let whole = usize::try_from(size).ok()? + 8;
    (input.get(whole - 1) == Some(&0xCE)).then_some(whole)
}

fn has_content(method: &AMQPClass) -> bool {
    use basic::AMQPMethod as M;
    matches!(method, AMQPClass::Basic(M::Deliver(_) | M::GetOk(_) | M::Return(_)))
}

/// The bytes of one frame.
pub(super) fn bytes_of(frame: &AMQPFrame) -> Vec<u8> {
    let written = gen_frame(frame)(WriteContext::from(Vec::new())).expect("a frame of this suite can be written");
    written.into_inner().0
}

/// The bytes of a message after its method: a header and its body in frames of at most `chunk` bytes.
pub(super) fn bytes_of_content(channel: u16, properties: &BasicProperties, body: &[u8], chunk: usize) -> Vec<u8> {
    let (class_id, body_size) = (60, body.len() as u64);
    let header = amq_protocol::frame::AMQPContentHeader { class_id, body_size, properties: properties.clone() };
    let mut bytes = bytes_of(&AMQPFrame::Header(channel, header));
    for part in body.chunks(chunk) {
        bytes.extend(bytes_of(&AMQPFrame::Body(channel, part.to_vec())));
    }
    bytes
}
