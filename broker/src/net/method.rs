//! Decoding of methods. The codec accepts only UTF-8 strings. RabbitMQ checks names for UTF-8 in most methods, but not
//! in `basic.publish` and not in field tables, so these are decoded here as octets.

use std::ops::Range;

use amq_protocol::protocol::{AMQPClass, parse_class};

use crate::{
    core::Publish,
    refusal::{Code, Refusal, numbers},
    table::{Arguments, long, take},
};

/// Class and method number.
pub(super) type Ids = (u16, u16);

/// The refusal of an invalid frame, with the class and method it would have had.
pub(super) type InvalidFrame = (Refusal, Ids);

pub(super) const PUBLISH: Ids = (60, 40);
const QOS: Ids = (60, 10);

/// A method from a client.
#[derive(Debug, PartialEq)]
pub(super) enum Method {
    /// `basic.publish`, without its content.
    Publish(Publish),
    /// Any other method as decoded by the codec, with its field table. The codec gets an empty table in its place.
    Other(AMQPClass, Arguments),
}

impl Method {
    pub(super) fn ids(&self) -> Ids {
        match self {
            Self::Publish(_) => PUBLISH,
            Self::Other(class, _arguments) => (class.get_amqp_class_id(), class.get_amqp_method_id()),
        }
    }
}

/// Decodes the payload of a method frame, which has at least four octets.
///
/// # Errors
/// 501 for a method that cannot be decoded or has a name that is not UTF-8, 540 for an unknown one.
pub(super) fn read(channel: u16, payload: &[u8]) -> Result<Method, InvalidFrame> {
    let id = |at: usize| u16::from_be_bytes([payload[at], payload[at + 1]]);
    let ids = (id(0), id(2));
    let arguments = &payload[4..];
    if ids == PUBLISH {
        return publish(arguments).map(Method::Publish).ok_or_else(|| unreadable(ids, arguments));
    }
    let Some(parts) = argument_ranges(ids, arguments) else { return Err(unreadable(ids, arguments)) };
    if parts.names.iter().any(|name| str::from_utf8(&arguments[name.clone()]).is_err()) {
        let cause = if channel == 0 { ids } else { (0, 0) };
        return Err((Code::FrameError.because("Malformed UTF-8 in shortstr"), cause));
    }
    let (class, table) = match parts.table {
        None => (parse(payload), Arguments::default()),
        Some(range) => {
            let table = Arguments::read(&arguments[range.clone()]).ok_or_else(|| unreadable(ids, arguments))?;
            let without = [&payload[..4 + range.start], &[0; 4], &arguments[range.end..]].concat();
            (parse(&without), table)
        }
    };
    let class = class.ok_or_else(|| unreadable(ids, arguments))?;
    match arguments.first_chunk() {
        // the codec drops this field, which must be 0
        Some(&size) if ids == QOS && size != [0; 4] => {
            let size = u32::from_be_bytes(size);
            Err((Code::NotImplemented.because(format!("prefetch_size!=0 ({size})")), ids))
        }
        _other => Ok(Method::Other(class, table)),
    }
}

fn parse(payload: &[u8]) -> Option<AMQPClass> {
    match parse_class(payload) {
        Ok(([], class)) => Some(class),
        Ok(_) | Err(_) => None,
    }
}

fn publish(mut arguments: &[u8]) -> Option<Publish> {
    take(&mut arguments, 2)?;
    let (exchange, routing_key) = (short_string(&mut arguments)?, short_string(&mut arguments)?);
    let [bits] = arguments else { return None };
    Some(Publish {
        exchange: exchange.into(),
        routing_key: routing_key.into(),
        mandatory: bits & 1 != 0,
        immediate: bits & 2 != 0,
    })
}

fn short_string<'a>(arguments: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::from(*arguments.first()?);
    Some(&take(arguments, 1 + length)?[1..])
}

fn unreadable(ids: Ids, arguments: &[u8]) -> InvalidFrame {
    const SHOWN: usize = 64;
    if is_known(ids) {
        let text = format!("cannot decode {}", numbers(&arguments[..arguments.len().min(SHOWN)]));
        (Code::FrameError.because(text), ids)
    } else {
        (Code::NotImplemented.because(format!("unknown method {} of class {}", ids.1, ids.0)), ids)
    }
}

/// The positions of the names and of the field table among the arguments of a method.
#[derive(Debug, Default)]
struct ArgumentRanges {
    names: Vec<Range<usize>>,
    table: Option<Range<usize>>,
}

/// None when the arguments are too short.
fn argument_ranges(ids: Ids, arguments: &[u8]) -> Option<ArgumentRanges> {
    let mut parts = ArgumentRanges::default();
    let mut at = 0;
    for kind in layout(ids).bytes() {
        let rest = arguments.get(at..)?;
        let size = match kind {
            b's' => 1 + usize::from(*rest.first()?),
            b'S' | b'F' => 4 + long(rest)?,
            octets => usize::from(octets - b'0'),
        };
        let range = at..at + size;
        rest.get(..size)?;
        match kind {
            b's' => parts.names.push(range.start + 1..range.end),
            b'F' => parts.table = Some(range),
            _other => {}
        }
        at += size;
    }
    Some(parts)
}

/// The arguments of those client methods that have names or a table, in the letters of field values (section 4.2.1):
/// `s` is a short string, `S` a long one, `F` a table, and a digit that many octets.
fn layout(ids: Ids) -> &'static str {
    match ids {
        (10, 11) => "FsSs",
        (10, 40) => "ss1",
        (10, 50) | (20, 40) => "2s4",
        (10, 70) => "Ss",
        (20, 10) | (60, 31) => "s",
        (30, 10) | (60, 30) => "s1",
        (40, 10) | (60, 20) => "2ss1F",
        (40, 30 | 40) | (50, 20) => "2sss1F",
        (50, 10) => "2s1F",
        (40, 20) | (50, 30 | 40) | (60, 70) => "2s1",
        (50, 50) => "2sssF",
        _neither => "",
    }
}

/// True if AMQP 0-9-1 or RabbitMQ's extensions define the method.
fn is_known((class, method): Ids) -> bool {
    match class {
        10 => matches!(method, 10 | 11 | 20 | 21 | 30 | 31 | 40 | 41 | 50 | 51 | 60 | 61 | 70 | 71),
        20 => matches!(method, 10 | 11 | 20 | 21 | 40 | 41),
        30 => matches!(method, 10 | 11),
        40 => matches!(method, 10 | 11 | 20 | 21 | 30 | 31 | 40 | 51),
        50 => matches!(method, 10 | 11 | 20 | 21 | 30 | 31 | 40 | 41 | 50 | 51),
        60 => matches!(
            method,
            10 | 11 | 20 | 21 | 30 | 31 | 40 | 50 | 60 | 70 | 71 | 72 | 80 | 90 | 100 | 110 | 111 | 120
        ),
        85 => matches!(method, 10 | 11),
        90 => matches!(method, 10 | 11 | 20 | 21 | 30 | 31),
        _other => false,
    }
}

#[cfg(test)]
mod tests {
    use amq_protocol::protocol::{AMQPClass, basic, queue};

    use super::*;

    #[test]
    fn a_publish_is_read_as_octets() {
        let payload = b"\x00\x3c\x00\x28\x00\x00\x01\xff\x02k\xfe\x03";
        let publish = Publish {
            exchange: b"\xff".as_slice().into(),
            routing_key: b"k\xfe".as_slice().into(),
            mandatory: true,
            immediate: true,
        };
        assert_eq!(read(1, payload), Ok(Method::Publish(publish)));
        for cut in 4..payload.len() {
            let (refusal, cause) = read(1, &payload[..cut]).unwrap_err();
            assert_eq!((refusal.code, cause), (Code::FrameError, PUBLISH), "{cut}");
        }
        let longer = [&payload[..], b"x"].concat();
        assert!(read(1, &longer).is_err());
    }

    #[test]
    fn a_table_is_read_as_octets_and_apart_from_its_method() {
        let payload = b"\x00\x32\x00\x0a\x00\x00\x01q\x00\x00\x00\x00\x09\x02\xff\xfeS\x00\x00\x00\x01\xfd";
        let Ok(Method::Other(AMQPClass::Queue(queue::AMQPMethod::Declare(declare)), arguments)) = read(1, payload)
        else {
            panic!("no queue.declare")
        };
        assert!(declare.queue.as_str() == "q" && declare.arguments.inner().is_empty());
        let fields: Vec<_> = arguments.entries().map(|(name, value)| (name, value.text())).collect();
        assert_eq!(fields, [(&b"\xff\xfe"[..], Some(&b"\xfd"[..]))]);
    }

    #[test]
    fn the_names_of_other_methods_are_utf_8() {
        for (channel, payload, cause) in [
            (1, &b"\x00\x32\x00\x0a\x00\x00\x01\xff\x00\x00\x00\x00\x00"[..], (0, 0)),
            (1, b"\x00\x3c\x00\x1e\x01\xff\x00", (0, 0)),
            (0, b"\x00\x0a\x00\x32\x00\xc8\x01\xff\x00\x00\x00\x00", (10, 50)),
        ] {
            let (refusal, named) = read(channel, payload).unwrap_err();
            assert_eq!(refusal, Code::FrameError.because("Malformed UTF-8 in shortstr"));
            assert_eq!(named, cause);
        }
        let cancel = basic::AMQPMethod::Cancel(basic::Cancel { consumer_tag: "\u{e9}".into(), nowait: false });
        let payload = b"\x00\x3c\x00\x1e\x02\xc3\xa9\x00";
        assert_eq!(read(1, payload), Ok(Method::Other(AMQPClass::Basic(cancel), Arguments::default())));
    }
}
