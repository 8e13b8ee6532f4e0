//! What comes out can be parsed, and what could be parsed comes out unchanged.

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, gen_frame, parse_frame},
    protocol::{AMQPClass, BasicProperties, basic, channel, connection, queue},
    types::{AMQPValue, FieldArray, FieldTable},
};
use proptest::prelude::*;

use super::{
    Sanitizer, UNREADABLE,
    grammar::{FrameKind, MAX_DEPTH, frame},
};

/// Passes octets through, in parts of `part` octets, taken in parts of `part` octets as well.
fn sanitized(octets: &[u8], part: usize) -> std::io::Result<Vec<u8>> {
    let mut sanitizer = Sanitizer::default();
    let (mut out, mut buffer) = (Vec::new(), vec![0; part]);
    for chunk in octets.chunks(part) {
        sanitizer.space()[..chunk.len()].copy_from_slice(chunk);
        sanitizer.fill(chunk.len());
        loop {
            match sanitizer.take(&mut buffer)? {
                0 => break,
                count => out.extend_from_slice(&buffer[..count]),
            }
        }
    }
    Ok(out)
}

fn written(frame: &AMQPFrame) -> Vec<u8> {
    let mut buffer = vec![0; 256 * 1024];
    let length = {
        let written = gen_frame(frame)((&mut buffer[..]).into()).unwrap();
        usize::try_from(written.into_inner().1).unwrap()
    };
    buffer.truncate(length);
    buffer
}

fn parsed(mut octets: &[u8]) -> Vec<AMQPFrame> {
    let mut frames = Vec::new();
    while !octets.is_empty() {
        let (rest, frame) = parse_frame(octets).unwrap();
        frames.push(frame);
        octets = rest;
    }
    frames
}

fn header_frame(flags: u16, properties: &[u8]) -> Vec<u8> {
    let payload = [&[0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1][..], &flags.to_be_bytes(), properties].concat();
    frame(FrameKind::Header, 1, &payload)
}

fn deliver_frame(exchange: &[u8], routing_key: &[u8]) -> Vec<u8> {
    let payload = [
        &[0, 60, 0, 60, 1, b'c', 0, 0, 0, 0, 0, 0, 0, 7, 0, exchange.len() as u8][..],
        exchange,
        &[routing_key.len() as u8],
        routing_key,
    ];
    frame(FrameKind::Method, 1, &payload.concat())
}

/// A table nested to this depth, the outer table included.
fn nested(depth: usize) -> Vec<u8> {
    (1..depth).fold(vec![0; 4], |inner, _level| {
        let field = [&b"\x01tF"[..], &inner].concat();
        [&(field.len() as u32).to_be_bytes()[..], &field].concat()
    })
}

/// The same of arrays, in a table.
fn nested_arrays(depth: usize) -> Vec<u8> {
    let array = (2..depth)
        .fold(vec![0; 4], |inner, _level| [&(inner.len() as u32 + 1).to_be_bytes()[..], b"A", &inner].concat());
    let field = [&b"\x01aA"[..], &array].concat();
    [&(field.len() as u32).to_be_bytes()[..], &field].concat()
}

/// The properties of a content header that was replaced, and what is said of its unreadable octets.
#[track_caller]
fn replaced(octets: &[u8]) -> (BasicProperties, Vec<(String, Vec<u8>)>) {
    let out = sanitized(octets, 4_096).unwrap();
    assert_ne!(out, octets);
    let Some(AMQPFrame::Header(1, header)) = parsed(&out).pop() else { panic!("no header") };
    assert_eq!((header.class_id, header.body_size), (60, 1));
    let AMQPValue::FieldTable(unreadable) = header.properties.headers().as_ref().unwrap().inner()[UNREADABLE].clone()
    else {
        panic!("no table")
    };
    let octets = unreadable.into_iter().map(|(name, value)| match value {
        AMQPValue::ByteArray(octets) => (name.to_string(), octets.as_slice().to_vec()),
        other => panic!("{other:?}"),
    });
    (header.properties.clone(), octets.collect())
}

#[test]
fn a_correlation_id_that_is_not_utf_8_is_kept_as_octets_and_the_rest_stays() {
    // content_type, headers, correlation_id
    let mut properties = b"\x0atext/plain\x00\x00\x00\x04\x01at\x01\x02".to_vec();
    properties.extend([0xff, 0xfe]);
    let (properties, unreadable) = replaced(&header_frame(0xa400, &properties));
    assert_eq!(unreadable, [("correlation_id".to_owned(), vec![0xff, 0xfe])]);
    assert_eq!(properties.content_type().as_ref().unwrap().as_str(), "text/plain");
    assert_eq!(properties.correlation_id(), &None);
    assert_eq!(properties.headers().as_ref().unwrap().inner()["a"], AMQPValue::Boolean(true));
}

#[test]
fn each_text_property_may_be_unreadable() {
    for (at, name) in [
        (0, "content_type"),
        (1, "content_encoding"),
        (5, "correlation_id"),
        (6, "reply_to"),
        (7, "expiration"),
        (8, "message_id"),
        (10, "type"),
        (11, "user_id"),
        (12, "app_id"),
        (13, "cluster_id"),
    ] {
        let (_, unreadable) = replaced(&header_frame(1 << (15 - at), b"\x01\xff"));
        assert_eq!(unreadable, [(name.to_owned(), vec![0xff])]);
    }
}

#[test]
fn headers_that_cannot_be_read_are_kept_as_octets() {
    let name = b"\x00\x00\x00\x03\x01\xffV";
    let kind = b"\x00\x00\x00\x03\x01ZZ";
    let short = b"\x00\x00\x00\x05\x01aI\x00\x00";
    let beyond = b"\x00\x00\x00\x07\x01aS\x00\x00\x00\x01";
    for table in [&name[..], kind, short, beyond, &nested(2_000), &nested(MAX_DEPTH + 1), &nested_arrays(2_000)] {
        let (_, unreadable) = replaced(&header_frame(0x2000, table));
        let [(name, octets)] = &unreadable[..] else { panic!("{} properties", unreadable.len()) };
        // of what is large the end may be missing
        assert!(name == "headers" && table[4..].starts_with(octets) && octets.len() + 100 > table.len() - 4);
        assert!(table.len() > 4_000 || octets.len() == table.len() - 4);
    }
}

#[test]
fn properties_of_wrong_lengths_are_kept_as_octets() {
    for (flags, properties) in
        [(0x8000, &b"\x05ab"[..]), (0x2000, b"\x00\x00\x00\x05"), (0, b"x"), (0x0001, b"\x00\x00")]
    {
        let (_, unreadable) = replaced(&header_frame(flags, properties));
        assert_eq!(unreadable, [("properties".to_owned(), [&flags.to_be_bytes()[..], properties].concat())]);
    }
}

/// The deepest that is let through is parsed on the stack that a thread of lapin has.
#[test]
fn what_is_deep_and_not_too_deep_is_left_as_it_is() {
    for table in [nested(MAX_DEPTH), nested_arrays(MAX_DEPTH)] {
        let octets = header_frame(0x2000, &table);
        let out = sanitized(&octets, 100).unwrap();
        assert_eq!(out, octets);
        let parsing = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || parsed(&out).len());
        assert_eq!(parsing.unwrap().join().unwrap(), 1);
    }
}

#[test]
fn a_routing_key_that_is_not_utf_8_is_escaped_and_its_octets_are_a_header() {
    let octets = [deliver_frame(b"ex\xff", b"k\xfe"), header_frame(0, b"")].concat();
    let (_, unreadable) = replaced(&octets);
    assert_eq!(
        unreadable,
        [("exchange".to_owned(), b"ex\xff".to_vec()), ("routing_key".to_owned(), b"k\xfe".to_vec())]
    );
    let AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver))) =
        parsed(&sanitized(&octets, 1).unwrap()).remove(0)
    else {
        panic!("no deliver")
    };
    assert_eq!((deliver.exchange.as_str(), deliver.routing_key.as_str()), (r"ex\xff", r"k\xfe"));
    assert_eq!((deliver.consumer_tag.as_str(), deliver.delivery_tag), ("c", 7));
    // the next message of the channel has nothing of it
    let next = [deliver_frame(b"", b"k"), header_frame(0, b"")].concat();
    let out = sanitized(&[octets, next.clone()].concat(), 4_096).unwrap();
    assert!(out.ends_with(&next));
}

#[test]
fn a_long_routing_key_of_octets_still_fits() {
    let octets = [deliver_frame(&[0xff; 255], &[0xfe; 255]), header_frame(0, b"")].concat();
    let (_, unreadable) = replaced(&octets);
    assert_eq!(unreadable[1].1, [0xfe; 255]);
}

/// RabbitMQ cuts a reply text at 252 octets, if need be in the middle of a character.
#[test]
fn a_reply_text_that_is_cut_within_a_character_is_read() {
    let text = [&b"NOT_FOUND - no queue '"[..], "雷".repeat(76).as_bytes(), b"\xe9\x9b..."].concat();
    let payload = [&[0, 20, 0, 40, 1, 148, text.len() as u8][..], &text, &[0, 60, 0, 20]].concat();
    let out = sanitized(&frame(FrameKind::Method, 3, &payload), 4_096).unwrap();
    let AMQPFrame::Method(3, AMQPClass::Channel(channel::AMQPMethod::Close(close))) = parsed(&out).remove(0) else {
        panic!("no close")
    };
    assert_eq!((close.reply_code, close.class_id, close.method_id), (404, 60, 20));
    assert!(close.reply_text.as_str().starts_with("NOT_FOUND - no queue '雷"));
}

/// A frame is not larger than it was, or than 4,096 octets: it would be over what the connection agreed to.
#[test]
fn a_replacement_is_not_larger_than_a_frame_may_be() {
    let mut table = b"\x00\x00\x00\x00\x01aS\x00\x00\x00\x00".to_vec();
    table.resize(100_000, b'x');
    let size = u32::try_from(table.len() - 4).unwrap();
    table[..4].copy_from_slice(&size.to_be_bytes());
    table[7..11].copy_from_slice(&(size - 7).to_be_bytes());
    for octets in [header_frame(0x2400, &[&table[..], b"\x01\xff"].concat()), header_frame(0x2000, &nested(10_000))] {
        let out = sanitized(&octets, 10_000).unwrap();
        assert!(out.len() <= octets.len(), "{} octets, {} before", out.len(), octets.len());
        assert!(out.len() > octets.len() - 100);
        replaced(&octets);
    }
}

#[test]
fn what_is_no_frame_is_an_error() {
    let mut endless = header_frame(0, b"");
    *endless.last_mut().unwrap() = 0;
    for octets in [
        &b"HTTP/1.1 400 Bad Request"[..],
        &endless,
        b"\x03\x00\x01\x00\x00\x00\x00\x00",
        b"\x03\x00\x01\xff\xff\xff\xff",
        b"\x01\x00\x01\xff\xff\xff\xff",
        &frame(FrameKind::Method, 1, &[0, 60, 0, 40]),
        &frame(FrameKind::Method, 1, &[0, 60]),
        &frame(FrameKind::Header, 1, &[0, 60]),
    ] {
        assert!(sanitized(octets, 4_096).is_err(), "{octets:?}");
    }
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("(?s).{0,40}").unwrap()
}

fn value() -> impl Strategy<Value = AMQPValue> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(AMQPValue::Boolean),
        any::<i8>().prop_map(AMQPValue::ShortShortInt),
        any::<i16>().prop_map(AMQPValue::ShortInt),
        any::<u16>().prop_map(AMQPValue::ShortUInt),
        any::<i32>().prop_map(AMQPValue::LongInt),
        any::<u32>().prop_map(AMQPValue::LongUInt),
        any::<i64>().prop_map(AMQPValue::LongLongInt),
        any::<u64>().prop_map(AMQPValue::Timestamp),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|octets| AMQPValue::LongString(octets.into())),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|octets| AMQPValue::ByteArray(octets.into())),
        Just(AMQPValue::Void),
    ];
    leaf.prop_recursive(8, 64, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|values| AMQPValue::FieldArray(FieldArray::from(values))),
            proptest::collection::vec((text(), inner), 0..4).prop_map(|fields| AMQPValue::FieldTable(table(fields))),
        ]
    })
}

fn table(fields: Vec<(String, AMQPValue)>) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in fields {
        if let Ok(name) = amq_protocol::types::ShortString::try_new(name) {
            table.insert(name, value);
        }
    }
    table
}

fn any_frame() -> impl Strategy<Value = AMQPFrame> {
    let properties = (text(), proptest::collection::vec((text(), value()), 0..4), any::<u8>(), any::<u64>());
    let properties = properties.prop_map(|(text, fields, small, large)| {
        BasicProperties::default()
            .with_content_type(text.as_str().into())
            .with_headers(table(fields))
            .with_priority(small)
            .with_timestamp(large)
            .with_app_id(text.as_str().into())
    });
    prop_oneof![
        (any::<u16>(), properties, any::<u64>()).prop_map(|(channel, properties, body_size)| AMQPFrame::Header(
            channel,
            AMQPContentHeader { class_id: 60, body_size, properties }
        )),
        (any::<u16>(), proptest::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(channel, body)| AMQPFrame::Body(channel, body)),
        Just(AMQPFrame::Heartbeat),
        (any::<u16>(), server_method()).prop_map(|(channel, method)| AMQPFrame::Method(channel, method)),
    ]
}

fn server_method() -> impl Strategy<Value = AMQPClass> {
    use basic::AMQPMethod as B;
    use channel::AMQPMethod as C;
    use connection::AMQPMethod as N;
    use queue::AMQPMethod as Q;
    (text(), text(), any::<u64>(), any::<bool>(), 0..21_u8).prop_map(|(one, other, number, flag, which)| {
        let (one, other) = (one.as_str(), other.as_str());
        let (short, long) = (number as u16, number as u32);
        match which {
            0 => AMQPClass::Basic(B::Deliver(basic::Deliver {
                consumer_tag: one.into(),
                delivery_tag: number,
                redelivered: flag,
                exchange: other.into(),
                routing_key: one.into(),
            })),
            1 => AMQPClass::Basic(B::Ack(basic::Ack { delivery_tag: number, multiple: flag })),
            2 => AMQPClass::Basic(B::Nack(basic::Nack { delivery_tag: number, multiple: flag, requeue: flag })),
            3 => AMQPClass::Basic(B::Return(basic::Return {
                reply_code: short,
                reply_text: one.into(),
                exchange: other.into(),
                routing_key: one.into(),
            })),
            4 => AMQPClass::Basic(B::GetOk(basic::GetOk {
                delivery_tag: number,
                redelivered: flag,
                exchange: one.into(),
                routing_key: other.into(),
                message_count: long,
            })),
            5 => AMQPClass::Basic(B::ConsumeOk(basic::ConsumeOk { consumer_tag: one.into() })),
            6 => AMQPClass::Basic(B::Cancel(basic::Cancel { consumer_tag: one.into(), nowait: flag })),
            7 => AMQPClass::Basic(B::CancelOk(basic::CancelOk { consumer_tag: one.into() })),
            8 => AMQPClass::Basic(B::QosOk(basic::QosOk {})),
            9 => AMQPClass::Channel(C::OpenOk(channel::OpenOk {})),
            10 => AMQPClass::Channel(C::Flow(channel::Flow { active: flag })),
            11 => AMQPClass::Channel(C::Close(channel::Close {
                reply_code: short,
                reply_text: one.into(),
                class_id: short,
                method_id: short,
            })),
            12 => AMQPClass::Channel(C::CloseOk(channel::CloseOk {})),
            13 => AMQPClass::Connection(N::Start(connection::Start {
                version_major: 0,
                version_minor: 9,
                server_properties: table(vec![(one.to_owned(), AMQPValue::LongString(other.into()))]),
                mechanisms: one.into(),
                locales: other.into(),
            })),
            14 => AMQPClass::Connection(N::Tune(connection::Tune {
                channel_max: short,
                frame_max: long,
                heartbeat: short,
            })),
            15 => AMQPClass::Connection(N::OpenOk(connection::OpenOk {})),
            16 => AMQPClass::Connection(N::Close(connection::Close {
                reply_code: short,
                reply_text: one.into(),
                class_id: short,
                method_id: short,
            })),
            17 => AMQPClass::Connection(N::Blocked(connection::Blocked { reason: one.into() })),
            18 => AMQPClass::Connection(N::Unblocked(connection::Unblocked {})),
            19 => AMQPClass::Queue(Q::DeclareOk(queue::DeclareOk {
                queue: one.into(),
                message_count: long,
                consumer_count: short.into(),
            })),
            _ => AMQPClass::Queue(Q::PurgeOk(queue::PurgeOk { message_count: long })),
        }
    })
}

/// Octets that are frames more or less: what is wrong is inside.
fn any_octets() -> impl Strategy<Value = Vec<u8>> {
    let octets = || proptest::collection::vec(any::<u8>(), 0..200);
    let kind = prop_oneof![Just(FrameKind::Method), Just(FrameKind::Header)];
    let framed = (kind, any::<u16>(), octets()).prop_map(|(kind, channel, payload)| frame(kind, channel, &payload));
    let header = (any::<u16>(), octets()).prop_map(|(flags, properties)| header_frame(flags, &properties));
    let deliver = (octets(), octets()).prop_map(|(exchange, key)| deliver_frame(&exchange, &key));
    // a frame that could be read, with one octet changed
    let changed = (any_frame(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(frame, at, octet)| {
        let mut octets = written(&frame);
        let at = at.index(octets.len());
        octets[at] = octet;
        octets
    });
    prop_oneof![octets(), framed, header, deliver, changed]
}

proptest! {
    #[test]
    fn what_can_be_parsed_passes_unchanged(
        frames in proptest::collection::vec(any_frame(), 1..6),
        part in 1_usize..2_000,
    ) {
        let octets: Vec<u8> = frames.iter().flat_map(written).collect();
        prop_assert_eq!(sanitized(&octets, part).unwrap(), octets);
    }

    #[test]
    fn whatever_comes_in_what_comes_out_can_be_parsed(
        octets in proptest::collection::vec(any_octets(), 1..6),
        part in 1_usize..2_000,
    ) {
        let octets = octets.concat();
        let mut sanitizer = Sanitizer::default();
        let mut out = Vec::new();
        let mut buffer = vec![0; part];
        'all: for chunk in octets.chunks(part) {
            sanitizer.space()[..chunk.len()].copy_from_slice(chunk);
            sanitizer.fill(chunk.len());
            loop {
                match sanitizer.take(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => out.extend_from_slice(&buffer[..count]),
                    Err(_malformed) => break 'all,
                }
            }
        }
        let mut rest = &out[..];
        while !rest.is_empty() {
            match parse_frame(rest) {
                Ok((after, _frame)) => rest = after,
                // a body that has not come whole
                Err(error) => {
                    prop_assert!(error.is_incomplete(), "{error:?} at {:?}", rest);
                    break;
                }
            }
        }
        // and what amq-protocol can parse by itself is never changed
        if let Ok((b"", _frame)) = parse_frame(&octets[..])
            && let Ok(out) = sanitized(&octets, part)
        {
            prop_assert_eq!(out, octets);
        }
    }
}
