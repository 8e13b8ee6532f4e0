//! Malformed, truncated, oversized and misplaced frames: each gets the right `connection.close`, and other connections
//! are not affected.

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame},
    protocol::{AMQPClass, BasicProperties, basic, channel, exchange, queue},
    types::FieldTable,
};
use crosstalk_broker::{Broker, Config, Limits};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::raw::{HEADER, Hello, Raw, frame, publish};

fn method(class: u16, method: u16, arguments: &[u8]) -> Vec<u8> {
    let payload = [&class.to_be_bytes()[..], &method.to_be_bytes(), arguments].concat();
    raw_frame(1, 1, &payload)
}

fn raw_frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(payload.len()).expect("frames are small").to_be_bytes();
    [&[kind][..], &channel.to_be_bytes(), &size, payload, &[0xCE]].concat()
}

fn header(size: u64) -> Vec<u8> {
    let header = AMQPContentHeader { class_id: 60, body_size: size, properties: BasicProperties::default() };
    frame(&AMQPFrame::Header(1, header))
}

fn body(octets: &[u8]) -> Vec<u8> {
    frame(&AMQPFrame::Body(1, octets.to_vec()))
}

fn start_publish() -> Vec<u8> {
    let publish = basic::Publish { routing_key: "nowhere".into(), ..basic::Publish::default() };
    frame(&AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))))
}

fn open_channel(number: u16) -> Vec<u8> {
    frame(&AMQPFrame::Method(number, AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {}))))
}

/// Tables inside each other, deeper than a stack that follows them.
fn abyss() -> Vec<u8> {
    let mut table = vec![0; 4];
    while table.len() < 100_000 {
        let size = u32::try_from(table.len() + 3).expect("tables are small").to_be_bytes();
        table = [&size[..], b"\x01tF", &table].concat();
    }
    table
}

#[tokio::test]
async fn each_wrong_frame_ends_its_connection_with_the_right_code() {
    let broker = Broker::start(Config::default()).await.unwrap();
    let mut bystander = Raw::open(&broker).await;
    let mut wrong_end = open_channel(2);
    *wrong_end.last_mut().unwrap() = 0;
    let deep_declare = [&[0, 0][..], b"\x01q\x00", &abyss()].concat();
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("larger than agreed", vec![3, 0, 1, 0, 2, 0, 1], 501, "frame_too_large,131073,131064"),
        ("larger than anything", vec![1, 0, 1, 0xff, 0xff, 0xff, 0xff], 501, "frame_too_large,4294967295,131064"),
        ("a wrong end", wrong_end, 501, "invalid_frame_end_marker,0"),
        ("an unknown type", raw_frame(4, 0, b"what"), 501, "type 4, all octets = <<\"what\">>: unknown_frame"),
        ("a method without its number", raw_frame(1, 1, &[0, 60]), 501, "unknown_frame"),
        ("a cut content header", raw_frame(2, 1, &[0, 60, 0, 0, 0]), 501, "unknown_frame"),
        ("a heartbeat with content", raw_frame(8, 0, b"x"), 501, "unknown_frame"),
        ("an unknown class", method(99, 10, &[]), 540, "unknown method 10 of class 99"),
        ("an unknown method", method(60, 99, &[]), 540, "unknown method 99 of class 60"),
        ("cut arguments", method(60, 40, &[0, 0, 9, b'x']), 501, "cannot decode <<0,0,9,120>>"),
        ("too many arguments", method(90, 10, &[1]), 501, "cannot decode <<1>>"),
        ("arguments without end", method(50, 10, &deep_declare), 501, "cannot decode"),
        ("a prefetch size", method(60, 10, &[0, 0, 0, 9, 0, 0, 0]), 540, "prefetch_size!=0 (9)"),
        ("a header for nothing", header(0), 505, "expected method frame, got non method frame instead"),
        ("a body for nothing", body(b"x"), 505, "expected method frame, got non method frame instead"),
        (
            "a body before its header",
            [start_publish(), body(b"x")].concat(),
            505,
            "expected content header for class 60, got non content header frame instead",
        ),
        (
            "a header of another class",
            [start_publish(), raw_frame(2, 1, &[0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])].concat(),
            505,
            "expected content header for class 60, got one for class 50 instead",
        ),
        (
            "a second header",
            [start_publish(), header(5), header(5)].concat(),
            505,
            "expected content body, got content header frame instead",
        ),
        (
            "a method instead of a header",
            [start_publish(), start_publish()].concat(),
            505,
            "expected content header for class 60, got non content header frame instead",
        ),
        (
            "a method instead of a body",
            [start_publish(), header(5), start_publish()].concat(),
            505,
            "expected content body, got non content body frame instead",
        ),
        (
            "more than was announced",
            [start_publish(), header(2), body(b"abc")].concat(),
            501,
            "larger than the announced 2",
        ),
        (
            "malformed properties",
            [start_publish(), raw_frame(2, 1, &[0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 9])].concat(),
            502,
            "malformed",
        ),
        ("content on channel 0", raw_frame(3, 0, b"x"), 505, "type 3, all octets = <<\"x\">>"),
        (
            "a channel's method on channel 0",
            raw_frame(1, 0, &[0, 20, 0, 10, 0]),
            504,
            "unexpected method in connection state running",
        ),
        ("a second start-ok", raw_frame(1, 0, &[0, 10, 0, 51]), 504, "unexpected method in connection state running"),
        ("a heartbeat on a channel", raw_frame(8, 1, b""), 505, "type 8"),
        ("a channel that is open", open_channel(1), 504, "second 'channel.open' seen"),
        ("a channel that is not", raw_frame(1, 7, &[0, 90, 0, 10]), 504, "expected 'channel.open'"),
        ("a method of the broker's", method(60, 21, b"\x01c"), 503, "unimplemented method"),
        ("a stopped flow", method(20, 20, &[0]), 540, "active=false"),
    ];
    for (what, bytes, code, text) in cases {
        let mut client = Raw::open(&broker).await;
        client.write(&bytes).await;
        let (heard, told) = client.hear_close().await;
        assert!(heard == code && told.contains(text), "{what}: {heard} {told}");
    }
    assert_eq!(bystander.declare(queue::Declare { queue: "still".into(), ..queue::Declare::default() }).await, 0);
}

#[tokio::test]
async fn tables_without_end_do_not_end_the_broker() {
    let broker = Broker::start(Config::default()).await.unwrap();
    // in the handshake, from somebody whom nobody knows
    let mut stranger = Raw::connect(broker.addr()).await;
    stranger.write(HEADER).await;
    stranger.hear_method().await;
    let start_ok = [&[0, 10, 0, 11][..], &abyss(), b"\x05PLAIN\x00\x00\x00\x00\x05en_US"].concat();
    stranger.write(&raw_frame(1, 0, &start_ok)).await;
    assert_eq!(stranger.hear_close().await.0, 501);
    let mut stranger = Raw::connect(broker.addr()).await;
    let response = abyss()[4..].to_vec();
    stranger.greet(&Hello { mechanism: "AMQPLAIN", response, ..Hello::default() }).await;
    assert_eq!(stranger.hear_close().await.0, 403);
    // in a message
    let mut client = Raw::open(&broker).await;
    let headers = [&[0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0][..], &abyss()].concat();
    client.write(&[start_publish(), raw_frame(2, 1, &headers)].concat()).await;
    assert_eq!(client.hear_close().await.0, 502);
    Raw::open(&broker).await;
}

#[tokio::test]
async fn frames_may_come_in_any_pieces() {
    let broker = Broker::start(Config::default()).await.unwrap();
    let mut client = Raw::open(&broker).await;
    client.declare(queue::Declare { queue: "q".into(), ..queue::Declare::default() }).await;
    for piece in publish("q", b"one by one", BasicProperties::default()) {
        client.write(&[piece]).await;
    }
    // a body in frames of one octet
    client.write(&publish("q", b"", BasicProperties::default())).await;
    let to_q = basic::Publish { routing_key: "q".into(), ..basic::Publish::default() };
    client.basic(basic::AMQPMethod::Publish(to_q)).await;
    client.write(&header(3)).await;
    for octet in [b"a", b"", b"b", b"c"] as [&[u8]; 4] {
        client.write(&body(octet)).await;
    }
    assert_eq!(client.declare(queue::Declare { queue: "q".into(), ..queue::Declare::default() }).await, 3);
}

#[tokio::test]
async fn what_follows_a_refusal_is_not_heard_until_the_client_knows() {
    let broker = Broker::start(Config::default()).await.unwrap();
    let mut client = Raw::open(&broker).await;
    let unknown = exchange::Declare { exchange: "no".into(), passive: true, ..exchange::Declare::default() };
    let unknown = AMQPClass::Exchange(exchange::AMQPMethod::Declare(unknown));
    let late = queue::Declare { queue: "late".into(), arguments: FieldTable::default(), ..queue::Declare::default() };
    let late = AMQPClass::Queue(queue::AMQPMethod::Declare(late));
    let frames = [
        frame(&AMQPFrame::Method(1, unknown)),
        frame(&AMQPFrame::Method(1, late)),
        publish("late", b"late", BasicProperties::default()),
    ];
    client.write(&frames.concat()).await;
    assert_eq!(client.hear_close().await, (404, "NOT_FOUND - no exchange 'no' in vhost '/'".to_owned()));
    client.open_channel(1).await;
    assert!(broker.queues("/").is_empty());
}

/// What a client may send that has lost its mind: whole frames, pieces of them, and noise.
fn nonsense() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..40);
    let whole = prop::sample::select(vec![
        open_channel(1),
        open_channel(2),
        start_publish(),
        header(0),
        header(3),
        body(b"abc"),
        raw_frame(8, 0, b""),
        raw_frame(1, 1, &[0, 20, 0, 41]),
        raw_frame(1, 1, &[0, 90, 0, 10]),
        raw_frame(1, 0, &[0, 10, 0, 51]),
    ]);
    let arguments = (1..100_u16, 0..130_u16, prop::collection::vec(any::<u8>(), 0..60));
    let methods = arguments.prop_map(|(class, number, arguments)| method(class, number, &arguments));
    let framed = (0..10_u8, 0..4_u16, prop::collection::vec(any::<u8>(), 0..60));
    let framed = framed.prop_map(|(kind, channel, payload)| raw_frame(kind, channel, &payload));
    let cut = whole.clone().prop_flat_map(|whole| (0..whole.len()).prop_map(move |end| whole[..end].to_vec()));
    let piece = prop_oneof![4 => whole, 2 => methods, 2 => framed, 1 => cut, 1 => noise];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn nonsense_ends_nothing_but_its_own_connection() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limits = Limits { message_size: 1_000_000, ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let broker = runtime.block_on(Broker::start(config)).unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases: 300, ..ProptestConfig::default() });
    let held = runner.run(&(any::<bool>(), nonsense()), |(known, bytes)| {
        runtime.block_on(async {
            let mut client = if known { Raw::open(&broker).await } else { Raw::connect(broker.addr()).await };
            client.write(&bytes).await;
            tokio::io::AsyncWriteExt::shutdown(&mut client.socket).await.unwrap();
            // whatever it says, it says it in frames, and comes to an end
            while client.hear_any().await.is_some() {}
            drop(client);
            Raw::open(&broker).await.declare(queue::Declare { queue: "q".into(), ..queue::Declare::default() }).await;
        });
        Ok(())
    });
    held.unwrap();
    runtime.block_on(async {
        broker.shutdown().await;
        assert!(broker.connections().is_empty(), "{:?}", broker.connections());
    });
}
