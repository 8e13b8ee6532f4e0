//! Frames (AMQP 0-9-1, section 2.3.5). Sizes are checked before anything is stored. Refusals have RabbitMQ's wording,
//! which shows octets in Erlang's syntax.

use std::fmt;

use bytes::{Buf as _, BytesMut};

use super::method::{self, Ids, InvalidFrame, Method};
use crate::refusal::{Code, Refusal, numbers};

/// The length of type, channel and size.
pub(super) const HEAD: usize = 7;
/// The length of a frame around its payload.
pub(super) const OVERHEAD: usize = HEAD + 1;
const END: u8 = 0xCE;
const METHOD: u8 = 1;
/// Some clients forget that head and end count; RabbitMQ accepts such frames, so this broker does too.
const TOLERANCE: u32 = OVERHEAD as u32;
/// The length of class, weight and size in a content header.
const HEADER_FIXED: usize = 12;

/// A decoded frame.
#[derive(Debug, PartialEq)]
pub(super) enum Payload {
    Method(Method),
    /// Class, size of the body, property flags and list.
    Header {
        class: u16,
        size: u64,
        properties: BytesMut,
    },
    Body(BytesMut),
    Heartbeat,
}

impl Payload {
    /// The refusal of a frame that is not allowed here.
    pub(super) fn unexpected(&self) -> Refusal {
        let (kind, octets) = match self {
            Self::Method(_) => (1, Vec::new()),
            Self::Header { class, size, properties } => {
                let octets = [&class.to_be_bytes(), &[0, 0][..], &size.to_be_bytes(), properties].concat();
                (2, octets)
            }
            Self::Body(octets) => (3, octets.to_vec()),
            Self::Heartbeat => (8, Vec::new()),
        };
        Code::UnexpectedFrame.because(format!("type {kind}, {}", Octets(&octets)))
    }
}

/// Takes the first frame off a buffer, if it is complete. Returns its channel and payload.
///
/// # Errors
/// 501 for an invalid frame, one larger than `frame_max`, or a method that cannot be decoded; 540 for an unknown
/// method.
pub(super) fn take(buffer: &mut BytesMut, frame_max: u32) -> Result<Option<(u16, Payload)>, InvalidFrame> {
    let Some(&[kind, c1, c0, s3, s2, s1, s0]) = buffer.first_chunk::<HEAD>() else { return Ok(None) };
    let (channel, size) = (u16::from_be_bytes([c1, c0]), u32::from_be_bytes([s3, s2, s1, s0]));
    let most = frame_max - OVERHEAD as u32;
    let refused = |octets: &[u8], why: fmt::Arguments<'_>| {
        (Code::FrameError.because(format!("type {kind}, {}: {why}", Octets(octets))), (0, 0))
    };
    if size > most + TOLERANCE {
        return Err(refused(&[], format_args!("{{frame_too_large,{size},{most}}}")));
    }
    let whole = size as usize + OVERHEAD;
    if buffer.len() < whole {
        return Ok(None);
    }
    if buffer[whole - 1] != END {
        let octets = &buffer[HEAD..whole - 1];
        return Err(refused(octets, format_args!("{{invalid_frame_end_marker,{}}}", buffer[whole - 1])));
    }
    let mut frame = buffer.split_to(whole);
    frame.advance(HEAD);
    frame.truncate(size as usize);
    let payload = match kind {
        1 if frame.len() >= 4 => Payload::Method(method::read(channel, &frame)?),
        2 if frame.len() >= HEADER_FIXED => header(frame),
        3 => Payload::Body(frame),
        8 if frame.is_empty() => Payload::Heartbeat,
        _unknown => return Err(refused(&frame, format_args!("unknown_frame"))),
    };
    Ok(Some((channel, payload)))
}

/// The frame that closes a channel, or the connection where `channel` is 0. It is encoded by hand because the text,
/// like RabbitMQ's, may quote octets that are not UTF-8.
pub(super) fn close(channel: u16, why: &Refusal, cause: Ids) -> Vec<u8> {
    let class: [u16; 2] = if channel == 0 { [10, 50] } else { [20, 40] };
    let text = why.short_text();
    let mut frame = vec![METHOD];
    frame.extend_from_slice(&channel.to_be_bytes());
    frame.extend_from_slice(&((4 + 2 + 1 + text.len() + 4) as u32).to_be_bytes());
    for number in class.into_iter().chain([why.code.number()]) {
        frame.extend_from_slice(&number.to_be_bytes());
    }
    frame.push(text.len() as u8);
    frame.extend_from_slice(&text);
    for number in [cause.0, cause.1] {
        frame.extend_from_slice(&number.to_be_bytes());
    }
    frame.push(END);
    frame
}

/// Shows the first octets like RabbitMQ.
struct Octets<'a>(&'a [u8]);

impl fmt::Display for Octets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 16;
        let shown = &self.0[..self.0.len().min(SHOWN)];
        f.write_str(if self.0.len() > SHOWN { "first 16 octets = " } else { "all octets = " })?;
        let printable = !shown.is_empty() && shown.iter().all(|octet| matches!(octet, b' '..=b'~'));
        if printable { write!(f, "<<{:?}>>", String::from_utf8_lossy(shown)) } else { f.write_str(&numbers(shown)) }
    }
}

/// Decodes a content header. The payload has at least the length of the fixed fields.
fn header(mut payload: BytesMut) -> Payload {
    let class = payload.get_u16();
    let _weight = payload.get_u16();
    let size = payload.get_u64();
    Payload::Header { class, size, properties: payload }
}

#[cfg(test)]
mod tests {
    use amq_protocol::{
        frame::{AMQPFrame, gen_frame},
        protocol::{AMQPClass, channel},
    };
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::{Method, Payload, take};
    use crate::refusal::Code;

    fn open() -> Vec<u8> {
        let method = AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {}));
        gen_frame(&AMQPFrame::Method(7, method))(Vec::new().into()).unwrap().write
    }

    #[test]
    fn a_frame_is_taken_when_it_is_whole() {
        let whole = open();
        for cut in 0..whole.len() {
            let mut buffer = BytesMut::from(&whole[..cut]);
            assert_eq!(take(&mut buffer, 4096), Ok(None), "{cut}");
        }
        let mut buffer = BytesMut::from(&[whole.as_slice(), &whole].concat()[..]);
        for _ in 0..2 {
            let (channel, payload) = take(&mut buffer, 4096).unwrap().unwrap();
            assert!(
                channel == 7 && matches!(payload, Payload::Method(Method::Other(AMQPClass::Channel(_), _))),
                "{payload:?}"
            );
        }
        assert!(buffer.is_empty());
    }

    #[test]
    fn what_is_no_frame_is_a_frame_error() {
        let mut wrong_end = open();
        *wrong_end.last_mut().unwrap() = 0;
        let large = [1, 0, 1, 0xff, 0xff, 0xff, 0xff].to_vec();
        for bytes in [b"GET / HTTP/1.1".to_vec(), wrong_end, large] {
            let (refused, _cause) = take(&mut BytesMut::from(&bytes[..]), 4096).unwrap_err();
            assert_eq!(refused.code, Code::FrameError, "{refused}");
        }
    }

    proptest! {
        #[test]
        fn garbage_is_refused_or_waited_for(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut buffer = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = take(&mut buffer, 4096) {}
            prop_assert!(buffer.len() <= bytes.len());
        }

        #[test]
        fn a_method_with_garbage_for_arguments_is_refused_or_read(
            class in prop::sample::select(vec![10_u16, 20, 30, 40, 50, 60, 85, 90, 99]),
            method in 0..130_u16,
            arguments in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let payload = [&class.to_be_bytes()[..], &method.to_be_bytes(), &arguments].concat();
            let size = u32::try_from(payload.len()).unwrap().to_be_bytes();
            let frame = [&[1, 0, 1], &size[..], &payload, &[0xCE]].concat();
            match take(&mut BytesMut::from(&frame[..]), 4096) {
                Ok(Some((1, Payload::Method(_)))) => {}
                Err((refused, cause)) => {
                    prop_assert!(matches!(refused.code, Code::FrameError | Code::NotImplemented), "{}", refused);
                    prop_assert!(cause == (class, method) || cause == (0, 0), "{:?}", cause);
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
