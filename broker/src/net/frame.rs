//! Frames (AMQP 0-9-1, section 2.3.5): their bounds are checked before anything is kept.

use amq_protocol::protocol::{AMQPClass, parse_class};
use bytes::{Buf as _, BytesMut};

use crate::refusal::{Code, Refusal};

/// Type, channel and size.
pub(super) const HEAD: usize = 7;
/// Head and end.
pub(super) const OVERHEAD: usize = HEAD + 1;
const END: u8 = 0xCE;

/// A frame as it comes.
#[derive(Debug, PartialEq)]
pub(super) enum Payload {
    Method(AMQPClass),
    /// Class, size of the body, property flags and list.
    Header {
        class: u16,
        size: u64,
        properties: BytesMut,
    },
    Body(BytesMut),
    Heartbeat,
}

/// Takes the first frame off a buffer, if it is there whole; gives it with its channel.
///
/// # Errors
/// 501 for what is no frame or larger than `frame_max`, 502 for a method that cannot be read.
pub(super) fn take(buffer: &mut BytesMut, frame_max: u32) -> Result<Option<(u16, Payload)>, Refusal> {
    let Some(&[kind, c1, c0, s3, s2, s1, s0]) = buffer.first_chunk::<HEAD>() else { return Ok(None) };
    let (channel, size) = (u16::from_be_bytes([c1, c0]), u32::from_be_bytes([s3, s2, s1, s0]));
    if !matches!(kind, 1 | 2 | 3 | 8) {
        return Err(Code::FrameError.because(format!("type {kind}, first 16 octets = {:?}", first(buffer))));
    }
    let most = frame_max - OVERHEAD as u32;
    if size > most {
        return Err(Code::FrameError.because(format!(
            "type {kind}, all octets = {:?}: {{frame_too_large,{size},{most}}}",
            bytes::Bytes::new()
        )));
    }
    let whole = size as usize + OVERHEAD;
    if buffer.len() < whole {
        return Ok(None);
    }
    if buffer[whole - 1] != END {
        return Err(Code::FrameError.because(format!(
            "type {kind}, first 16 octets = {:?}: {{invalid_frame_end_marker,{}}}",
            first(&buffer[HEAD..]),
            buffer[whole - 1]
        )));
    }
    let mut frame = buffer.split_to(whole);
    frame.advance(HEAD);
    frame.truncate(size as usize);
    let payload = match kind {
        1 => Payload::Method(method(&frame)?),
        2 => header(frame)?,
        3 => Payload::Body(frame),
        _heartbeat => Payload::Heartbeat,
    };
    Ok(Some((channel, payload)))
}

fn first(bytes: &[u8]) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(&bytes[..bytes.len().min(16)])
}

fn method(payload: &[u8]) -> Result<AMQPClass, Refusal> {
    match parse_class(payload) {
        Ok(([], class)) => Ok(class),
        Ok(_) | Err(_) => {
            let id = |at: usize| payload.get(at..at + 2).map_or(0, |id| u16::from_be_bytes([id[0], id[1]]));
            Err(Code::SyntaxError.because(format!("method {} of class {} cannot be read", id(2), id(0))))
        }
    }
}

fn header(mut payload: BytesMut) -> Result<Payload, Refusal> {
    // class, weight and size, then at least the flags
    const FIXED: usize = 12;
    if payload.len() < FIXED + 2 {
        return Err(Code::SyntaxError.because("a content header is too short"));
    }
    let class = payload.get_u16();
    let _weight = payload.get_u16();
    let size = payload.get_u64();
    Ok(Payload::Header { class, size, properties: payload })
}

#[cfg(test)]
mod tests {
    use amq_protocol::{
        frame::{AMQPFrame, gen_frame},
        protocol::{AMQPClass, channel},
    };
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::{Payload, take};
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
            assert!(channel == 7 && matches!(payload, Payload::Method(AMQPClass::Channel(_))), "{payload:?}");
        }
        assert!(buffer.is_empty());
    }

    #[test]
    fn what_is_no_frame_is_a_frame_error() {
        let mut wrong_end = open();
        *wrong_end.last_mut().unwrap() = 0;
        let large = [1, 0, 1, 0xff, 0xff, 0xff, 0xff].to_vec();
        for bytes in [b"GET / HTTP/1.1".to_vec(), wrong_end, large] {
            let refused = take(&mut BytesMut::from(&bytes[..]), 4096).unwrap_err();
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
                Err(refused) => prop_assert_eq!(refused.code, Code::SyntaxError),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
