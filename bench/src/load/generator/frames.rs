//! AMQP frames as bytes (AMQP 0-9-1, section 4.2.3). Most are coded by `amq-protocol`; of frequent ones only the
//! necessary fields are read, by their offsets.

use amq_protocol::frame::{AMQPFrame, gen_frame};
use anyhow::Context as _;

/// Type, channel, size; then the payload and the end.
const HEAD: usize = 7;
const END: usize = 1;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// Class and method of `basic.deliver` and of `basic.ack`, as four bytes.
const DELIVER: [u8; 4] = [0, 60, 0, 60];
const ACK: [u8; 4] = [0, 60, 0, 80];

/// Appends a frame.
///
/// # Errors
/// When it cannot be encoded.
pub(crate) fn encode(frame: &AMQPFrame, into: &mut Vec<u8>) -> anyhow::Result<()> {
    let written = gen_frame(frame)(std::mem::take(into).into()).context("cannot encode a frame")?;
    *into = written.write;
    Ok(())
}

/// A received frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// `basic.deliver` with its tag.
    Deliver(u64),
    /// `basic.ack`, which is a confirm when the broker sends it.
    Ack { tag: u64, multiple: bool },
    /// The size of the body that follows.
    Header(u64),
    /// A part of a body.
    Body(&'a [u8]),
    /// Any other frame, complete.
    Other(&'a [u8]),
}

/// The complete frames at the start of some bytes.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    used: usize,
}

impl<'a> Frames<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, used: 0 }
    }

    /// The number of bytes of the frames so far.
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = (u16, Frame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.bytes[self.used..];
        let head: [u8; HEAD] = *rest.first_chunk()?;
        let [kind, c1, c0, s3, s2, s1, s0] = head;
        let size = u32::from_be_bytes([s3, s2, s1, s0]) as usize;
        let whole = rest.get(..HEAD + size + END)?;
        self.used += whole.len();
        let payload = &whole[HEAD..HEAD + size];
        let frame = match kind {
            METHOD => method(payload),
            HEADER => payload.get(4..12).map(|size| Frame::Header(number(size))),
            BODY => Some(Frame::Body(payload)),
            _other => None,
        };
        Some((u16::from_be_bytes([c1, c0]), frame.unwrap_or(Frame::Other(whole))))
    }
}

fn method<'a>(payload: &[u8]) -> Option<Frame<'a>> {
    let (id, arguments) = payload.split_first_chunk()?;
    match *id {
        // the consumer tag, a short string, comes first
        DELIVER => {
            let after = 1 + usize::from(*arguments.first()?);
            Some(Frame::Deliver(number(arguments.get(after..after + 8)?)))
        }
        ACK => Some(Frame::Ack { tag: number(arguments.get(..8)?), multiple: arguments.get(8)? & 1 == 1 }),
        _other => None,
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use amq_protocol::protocol::{AMQPClass, basic};

    use super::*;

    #[test]
    fn frequent_frames_are_read_and_the_last_is_left_until_it_is_whole() {
        let deliver = basic::Deliver {
            consumer_tag: "consumer".into(),
            delivery_tag: 258,
            redelivered: false,
            exchange: "".into(),
            routing_key: "key".into(),
        };
        let ack = basic::Ack { delivery_tag: 7, multiple: true };
        let frames = [
            AMQPFrame::Method(2, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver))),
            AMQPFrame::Body(2, b"body".to_vec()),
            AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))),
            AMQPFrame::Heartbeat,
        ];
        let mut bytes = Vec::new();
        for frame in &frames {
            encode(frame, &mut bytes).unwrap();
        }
        let heartbeat = [8, 0, 0, 0, 0, 0, 0, 206];
        let expected =
            [(2, Frame::Deliver(258)), (2, Frame::Body(b"body")), (1, Frame::Ack { tag: 7, multiple: true })];
        let mut all = Frames::of(&bytes);
        assert_eq!(all.by_ref().take(3).collect::<Vec<_>>(), expected);
        assert_eq!(all.next(), Some((0, Frame::Other(&heartbeat[..]))));
        assert_eq!(all.used(), bytes.len());
        let mut cut = Frames::of(&bytes[..bytes.len() - 1]);
        assert_eq!(cut.by_ref().count(), 3);
        assert_eq!(cut.used(), bytes.len() - heartbeat.len());
    }
}
