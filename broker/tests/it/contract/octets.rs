//! Octets that are not UTF-8: routing keys, properties, and names and texts in tables are forwarded unchanged; in
//! names of queues, exchanges and consumers they are refused.

use amq_protocol::protocol::{confirm, queue};

use super::{
    methods::{bind, consume, declare, get, get_to_ack, reject},
    run::same,
    values::{table, text},
};
use crate::encode::{self, NO_FIELDS, TICKET, array, long, short};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";
const MALFORMED: &str = "501 FRAME_ERROR - Malformed UTF-8 in shortstr";

/// The flags of properties of which only the headers are there.
const HEADERS: u16 = 0x2000;

fn method(class: u16, number: u16, arguments: &[&[u8]]) -> Vec<u8> {
    encode::method(1, class, number, arguments)
}

fn fields(fields: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    encode::fields(fields)
}

/// `basic.publish` and its content on channel 1.
fn publish(exchange: &[u8], key: &[u8], flags: u16, properties: &[u8], body: &[u8]) -> Vec<u8> {
    encode::publish(1, (exchange, key), 0, &[&flags.to_be_bytes()[..], properties].concat(), body)
}

#[tokio::test]
async fn a_routing_key_is_octets() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let x = s.name("x");
        c.call(super::methods::exchange(&x, "topic"), "exchange.declare-ok").await;
        for key in ["#.end", "*.two"] {
            c.call(bind(q, &x, key), "queue.bind-ok").await;
        }
        c.call(confirm::Select { nowait: false }, "confirm.select-ok").await;
        for (tag, key) in
            [&b"\xff\xfe.end"[..], b"\xff.two", b"\xff.\xfe.two", b"\x80", b"\xc3.(.\xa9.end"].iter().enumerate()
        {
            c.send_bytes(&publish(x.as_bytes(), key, 0, b"", b"m")).await;
            c.sees(&format!("basic.ack #{}", tag + 1)).await;
        }
        c.counts(q, 3, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_delivered_has_the_octets_that_were_published() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(bind(q, "amq.topic", "octets.*"), "queue.bind-ok").await;
        let properties = [
            short(b"\xff"),
            short(b"\xfe"),
            fields(&[(b"\xff\xfe", long(b"\xfd")), (b"n", b"b\x07".to_vec())]),
            short(b"\xfc\0\x01"),
            short(b"\xfb"),
            short(b"\xfa"),
            vec![0, 0, 0, 0, 0, 0, 0, 7],
            short(b"\xf9"),
            short(b"guest"),
            short(b"\xf8"),
            short(b"\xf7"),
        ];
        // all but delivery-mode, priority and expiration
        let message = publish(b"amq.topic", b"octets.\xff\xfe", 0b1110_0110_1111_1100, &properties.concat(), b"m");
        let header = frame_payload(&message, 2);
        c.send_bytes(&message).await;
        c.send(get(q)).await;
        c.sees(r"octets 1 \x00<\x00G\x00\x00\x00\x00\x00\x00\x00\x01\x00\tamq.topic\toctets.\xff\xfe\x00\x00\x00\x00")
            .await;
        c.sees(&format!("octets 2 {}", header.escape_ascii())).await;
        c.sees("octets 3 m").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.send_bytes(&message).await;
        c.sees(r"octets 1 \x00<\x00<\x01c\x00\x00\x00\x00\x00\x00\x00\x02\x00\tamq.topic\toctets.\xff\xfe").await;
        c.sees(&format!("octets 2 {}", header.escape_ascii())).await;
        c.sees("octets 3 m").await;
        c.bye().await;
    })
    .await;
}

/// The payload of the frame of this kind.
fn frame_payload(mut frames: &[u8], kind: u8) -> Vec<u8> {
    loop {
        let size = usize::try_from(u32::from_be_bytes(frames[3..7].try_into().expect("four octets"))).expect("short");
        if frames[0] == kind {
            return frames[7..7 + size].to_vec();
        }
        frames = &frames[7 + size + 1..];
    }
}

#[tokio::test]
async fn a_message_that_comes_back_has_its_octets() {
    same(async |s| {
        let mut c = s.connect().await;
        let mut message = publish(b"", b"nowhere\xff", 0, b"", b"m");
        let bits = 7 + 4 + 2 + 1 + 1 + b"nowhere\xff".len();
        message[bits] = 1;
        c.send_bytes(&message).await;
        c.sees(r"octets 1 \x00<\x002\x018\x08NO_ROUTE\x00\x08nowhere\xff").await;
        c.sees(r"octets 2 \x00<\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00").await;
        c.sees("octets 3 m").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exchange_that_is_no_text_is_not_found() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_bytes(&publish(b"x\xff\xfe", b"", 0, b"", b"m")).await;
        c.sees(r"octets 1 \x00\x14\x00(\x01\x94*NOT_FOUND - no exchange \'x\xff\xfe\' in vhost \'/\'\x00<\x00(").await;
        c.send(amq_protocol::protocol::channel::CloseOk {}).await;
        c.opens(1).await;
        c.send_bytes(&publish(b"", b"q", 0x0010, &short(b"g\xff"), b"m")).await;
        c.sees(r"octets 1 \x00\x14\x00(\x01\x96UPRECONDITION_FAILED - user_id property set to \'g\xff\' but authenticated user was \'guest\'\x00<\x00(").await;
        c.send(amq_protocol::protocol::channel::CloseOk {}).await;
        c.opens(1).await;
        c.send_bytes(&publish(b"", b"q", 0x0100, &short(b"1\xff"), b"m")).await;
        c.sees(r#"octets 1 \x00\x14\x00(\x01\x96DPRECONDITION_FAILED - invalid expiration \'1\xff\': {leftover_string,\"\xff\"}\x00<\x00("#).await;
        c.send(amq_protocol::protocol::channel::CloseOk {}).await;
        c.opens(1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn names_of_what_is_declared_bound_or_consumed_are_text() {
    same(async |s| {
        let wrong = short(b"q\xff");
        let q = short(b"q");
        for frame in [
            method(50, 10, &[TICKET, &wrong, &[0], NO_FIELDS]),
            method(50, 10, &[TICKET, &wrong, &[1], NO_FIELDS]),
            method(50, 20, &[TICKET, &q, &short(b"amq.topic"), &wrong, &[0], NO_FIELDS]),
            method(50, 30, &[TICKET, &wrong, &[0]]),
            method(50, 40, &[TICKET, &wrong, &[0]]),
            method(50, 50, &[TICKET, &q, &wrong, &q, NO_FIELDS]),
            method(40, 10, &[TICKET, &wrong, &short(b"direct"), &[0], NO_FIELDS]),
            method(40, 10, &[TICKET, &q, &wrong, &[0], NO_FIELDS]),
            method(40, 20, &[TICKET, &wrong, &[0]]),
            method(40, 30, &[TICKET, &q, &q, &wrong, &[0], NO_FIELDS]),
            method(40, 40, &[TICKET, &wrong, &q, &q, &[0], NO_FIELDS]),
            method(60, 20, &[TICKET, &q, &wrong, &[0], NO_FIELDS]),
            method(60, 30, &[&wrong, &[0]]),
            method(60, 70, &[TICKET, &wrong, &[0]]),
            method(20, 40, &[&[0, 200], &wrong, &[0; 4]]),
        ] {
            let mut c = s.connect().await;
            c.send_bytes(&frame).await;
            c.is_closed_with(&format!("{MALFORMED} (0,0)")).await;
        }
        let mut c = s.connect().await;
        c.send_bytes(&encode::method(0, 10, 50, &[&[0, 200], &wrong, &[0; 4]])).await;
        c.is_closed_with(&format!("{MALFORMED} (10,50)")).await;
    })
    .await;
}

#[tokio::test]
async fn a_headers_exchange_compares_octets() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, s.name("q"));
        c.call(declare(&q), DECLARED).await;
        let asks = fields(&[(b"\xff\xfe", long(b"\xfd")), (b"n", b"b\x07".to_vec())]);
        let names = [short(q.as_bytes()), short(b"amq.headers"), short(q.as_bytes())].concat();
        c.send_bytes(&method(50, 20, &[TICKET, &names, &[0], &asks])).await;
        c.sees("queue.bind-ok").await;
        for (headers, messages) in [
            (fields(&[(b"\xff\xfe", long(b"\xfd")), (b"n", b"l\0\0\0\0\0\0\0\x07".to_vec())]), 1),
            (fields(&[(b"\xff\xfe", long(b"\xfc")), (b"n", b"b\x07".to_vec())]), 1),
            (fields(&[(b"\xff", long(b"\xfd")), (b"n", b"b\x07".to_vec())]), 1),
            (fields(&[(b"\xff\xfe", long(b"\xfd")), (b"\xfa", b"t\x01".to_vec()), (b"n", b"b\x07".to_vec())]), 2),
        ] {
            c.send_bytes(&publish(b"amq.headers", b"", HEADERS, &headers, b"m")).await;
            c.counts(&q, messages, 0).await;
        }
        c.send_bytes(&method(50, 50, &[TICKET, &names, &asks])).await;
        c.sees("queue.unbind-ok").await;
        c.send_bytes(&publish(b"amq.headers", b"", HEADERS, &asks, b"m")).await;
        c.counts(&q, 2, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn copies_go_where_their_octets_say() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, s.name("q"));
        c.call(declare(&q), DECLARED).await;
        let key = s.name("key");
        c.call(bind(&q, "amq.topic", &format!("{key}.*.cc")), "queue.bind-ok").await;
        c.call(bind(&q, "amq.topic", &format!("{key}.*.bcc")), "queue.bind-ok").await;
        let list = |octets: &[u8]| array(&[long(&[key.as_bytes(), octets].concat())]);
        for (name, octets) in [(&b"CC"[..], &b".\xff.cc"[..]), (b"BCC", b".\xfe.bcc")] {
            let headers = fields(&[(b"\xff", b"V".to_vec()), (name, list(octets))]);
            c.send_bytes(&publish(b"amq.topic", b"elsewhere\xff", HEADERS, &headers, b"m")).await;
        }
        c.counts(&q, 2, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_keeps_its_octets() {
    same(async |s| {
        let (mut c, q, dead) = (s.connect().await, s.name("q"), s.name("dead"));
        c.call(declare(&dead), "queue.declare-ok dead messages=0 consumers=0").await;
        c.call(bind(&dead, "amq.topic", &format!("{q}.#")), "queue.bind-ok").await;
        let arguments = table([("x-dead-letter-exchange", text("amq.topic"))]);
        c.call(queue::Declare { arguments, ..declare(&q) }, DECLARED).await;
        c.call(bind(&q, "amq.direct", &q), "queue.bind-ok").await;
        let list = array(&[long(&[q.as_bytes(), b".\xff"].concat())]);
        let headers = fields(&[(b"CC", list), (b"\xfe", long(b"\xfd"))]);
        c.send_bytes(&publish(b"amq.direct", q.as_bytes(), HEADERS, &headers, b"m")).await;
        c.send(get_to_ack(&q)).await;
        c.hears(1).await;
        c.hears(1).await;
        c.hears(1).await;
        c.send(reject(1)).await;
        c.counts(&dead, 1, 0).await;
        c.send(get(&dead)).await;
        c.hears(1).await;
        let header = c.hears(1).await.line;
        // the key is in the header CC and among the routing keys of the death
        for (part, times) in [(r"\x01\xfeS\x00\x00\x00\x01\xfd", 1), (r".\xff", 2)] {
            c.notes(part, &header.matches(part).count().to_string(), &format!("{times}"));
        }
        c.hears(1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_takes_a_key_of_octets() {
    same(async |s| {
        let (mut c, q, dead) = (s.connect().await, s.name("q"), s.name("dead"));
        c.call(declare(&dead), "queue.declare-ok dead messages=0 consumers=0").await;
        c.call(bind(&dead, "amq.topic", &format!("{q}.*")), "queue.bind-ok").await;
        let key = [q.as_bytes(), b".\xff"].concat();
        let arguments = fields(&[
            (b"x-dead-letter-exchange", long(b"amq.topic")),
            (b"x-dead-letter-routing-key", long(&key)),
            (b"x-message-ttl", b"b\0".to_vec()),
            (b"\xff", b"t\x01".to_vec()),
        ]);
        c.send_bytes(&method(50, 10, &[TICKET, &short(q.as_bytes()), &[0b100], &arguments])).await;
        c.sees(DECLARED).await;
        // the same again is the same
        c.send_bytes(&method(50, 10, &[TICKET, &short(q.as_bytes()), &[0b100], &arguments])).await;
        c.sees(DECLARED).await;
        c.publish("", &q, "m").await;
        c.counts(&dead, 1, 0).await;
        c.bye().await;
    })
    .await;
}
