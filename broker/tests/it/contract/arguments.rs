//! Arguments of queues: which are accepted, which are refused, and which are equivalent in a second declaration.

use amq_protocol::{
    protocol::{basic, queue},
    types::{AMQPValue, FieldTable},
};

use super::{
    client::Client,
    methods::{declare, delete},
    run::same,
    values::{int, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

/// Declares `q` with these arguments and expects that it is refused with a text that begins with 406 PRECONDITION_FAILED.
async fn refused<const N: usize>(c: &mut Client, q: &str, fields: [(&str, AMQPValue); N], why: &str) {
    c.send(queue::Declare { arguments: table(fields), ..declare(q) }).await;
    c.loses_channel(&format!("406 PRECONDITION_FAILED - {why} (50,10)")).await;
}

#[tokio::test]
async fn a_time_to_live_is_a_number_of_milliseconds() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let start = "invalid arg 'x-message-ttl' for queue 'q' in vhost '/'";
        refused(&mut c, q, [("x-message-ttl", int(-1))], &format!("{start}: {{value_negative,-1}}")).await;
        let why = format!("{start}: \"expected integer, got longstr\"");
        refused(&mut c, q, [("x-message-ttl", text("10"))], &why).await;
        let arguments = table([("x-message-ttl", AMQPValue::LongLongInt(4_294_967_296))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_expiry_is_more_than_nothing() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let start = "invalid arg 'x-expires' for queue 'q' in vhost '/'";
        refused(&mut c, q, [("x-expires", int(0))], &format!("{start}: {{value_zero,0}}")).await;
        refused(&mut c, q, [("x-expires", int(-5))], &format!("{start}: {{value_negative,-5}}")).await;
        let why = format!("{start}: \"expected integer, got bool\"");
        refused(&mut c, q, [("x-expires", AMQPValue::Boolean(true))], &why).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_length_is_a_number() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        for name in ["x-max-length", "x-max-length-bytes"] {
            let start = format!("invalid arg '{name}' for queue 'q' in vhost '/'");
            refused(&mut c, q, [(name, int(-1))], &format!("{start}: {{value_negative,-1}}")).await;
            let why = format!("{start}: \"expected integer, got longstr\"");
            refused(&mut c, q, [(name, text("many"))], &why).await;
        }
        let arguments = table([("x-max-length", int(0))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_overflow_is_one_of_three() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let start = "invalid arg 'x-overflow' for queue 'q' in vhost '/'";
        refused(&mut c, q, [("x-overflow", text("burst"))], &format!("{start}: invalid_overflow")).await;
        refused(&mut c, q, [("x-overflow", int(1))], &format!("{start}: {{unacceptable_type,signedint}}")).await;
        for how in ["drop-head", "reject-publish", "reject-publish-dlx"] {
            let arguments = table([("x-overflow", text(how))]);
            c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
            c.call(delete(q), "queue.delete-ok messages=0").await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_of_priorities_fits_a_byte() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let start = "invalid arg 'x-max-priority' for queue 'q' in vhost '/'";
        refused(&mut c, q, [("x-max-priority", int(256))], &format!("{start}: {{max_value_exceeded,256}}")).await;
        refused(&mut c, q, [("x-max-priority", int(-1))], &format!("{start}: {{value_negative,-1}}")).await;
        let why = format!("{start}: \"expected integer, got longstr\"");
        refused(&mut c, q, [("x-max-priority", text("5"))], &why).await;
        let arguments = table([("x-max-priority", int(255))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_key_wants_an_exchange() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let why = "invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': routing_key_but_no_dlx_defined";
        refused(&mut c, q, [("x-dead-letter-routing-key", text("k"))], why).await;
        let why = "invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'";
        refused(&mut c, q, [("x-dead-letter-exchange", int(1))], why).await;
        let why = "invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': {unacceptable_type,signedint}";
        let fields = [("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", int(1))];
        refused(&mut c, q, fields, why).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_single_active_consumer_is_a_boolean() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let why = "invalid arg 'x-single-active-consumer' for queue 'q' in vhost '/': {unacceptable_type,longstr}";
        refused(&mut c, q, [("x-single-active-consumer", text("true"))], why).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_type_or_mode_is_known() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let why = r#"invalid arg 'x-queue-mode' for queue 'q' in vhost '/': "unsupported queue mode 'busy'""#;
        refused(&mut c, q, [("x-queue-mode", text("busy"))], why).await;
        let why = r#"invalid arg 'x-queue-type' for queue 'q' in vhost '/': "unsupported queue type 'modern'""#;
        refused(&mut c, q, [("x-queue-type", text("modern"))], why).await;
        let arguments = table([("x-queue-type", text("classic")), ("x-queue-mode", text("lazy"))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn unknown_arguments_are_taken_and_need_not_be_the_same() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-mine", int(1)), ("colour", text("red"))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        let arguments = table([("x-mine", int(2))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_declared_differently_is_406() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let first = queue::Declare { exclusive: false, auto_delete: true, ..declare(q) };
        c.call(first.clone(), DECLARED).await;
        let start = "406 PRECONDITION_FAILED - inequivalent arg";
        c.send(queue::Declare { durable: true, ..first.clone() }).await;
        c.loses_channel(&format!(
            "{start} 'durable' for queue 'q' in vhost '/': received 'true' but current is 'false' (50,10)"
        ))
        .await;
        c.send(queue::Declare { auto_delete: false, ..first.clone() }).await;
        c.loses_channel(&format!(
            "{start} 'auto_delete' for queue 'q' in vhost '/': received 'false' but current is 'true' (50,10)"
        ))
        .await;
        c.send(queue::Declare { exclusive: true, ..first }).await;
        c.loses_channel(
            "405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally \
             declared on another connection or the exclusive property value does not match that of the original \
             declaration. (50,10)",
        )
        .await;
        c.call(delete(q), "queue.delete-ok messages=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn each_argument_of_a_queue_must_be_the_same_again() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = |fields: &[(&str, AMQPValue)]| {
            let mut arguments = FieldTable::default();
            for (name, value) in fields {
                arguments.insert((*name).into(), value.clone());
            }
            arguments
        };
        let numbers = ["x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-max-priority"];
        for name in numbers {
            let first = arguments(&[(name, int(100))]);
            c.call(queue::Declare { arguments: first, ..declare(q) }, DECLARED).await;
            let start = format!("406 PRECONDITION_FAILED - inequivalent arg '{name}' for queue 'q' in vhost '/'");
            c.send(declare(q)).await;
            let current = "but current is the value '100' of type 'signedint' (50,10)";
            c.loses_channel(&format!("{start}: received none {current}")).await;
            c.send(queue::Declare { arguments: arguments(&[(name, int(101))]), ..declare(q) }).await;
            c.loses_channel(&format!("{start}: received '101' but current is '100' (50,10)")).await;
            // the same number in another type is the same
            let wide = arguments(&[(name, AMQPValue::LongLongInt(100))]);
            c.call(queue::Declare { arguments: wide, ..declare(q) }, DECLARED).await;
            c.call(delete(q), "queue.delete-ok messages=0").await;
        }
        let exchange = ("x-dead-letter-exchange", text("dead"));
        let key = ("x-dead-letter-routing-key", text("k"));
        c.call(queue::Declare { arguments: arguments(&[exchange.clone(), key]), ..declare(q) }, DECLARED).await;
        c.send(queue::Declare { arguments: arguments(&[exchange]), ..declare(q) }).await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - inequivalent arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': received \
             none but current is the value 'k' of type 'longstr' (50,10)",
        )
        .await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn arguments_of_other_queue_types_are_406() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let numbers = ["x-delivery-limit", "x-max-in-memory-length", "x-quorum-initial-group-size"];
        let texts = ["x-dead-letter-strategy", "x-queue-leader-locator", "x-max-age"];
        let values = numbers.map(|name| (name, int(5))).into_iter().chain(texts.map(|name| (name, text("any"))));
        for (name, value) in values {
            let why = format!("invalid arg '{name}' for queue 'q' in vhost '/' of queue type rabbit_classic_queue");
            refused(&mut c, q, [(name, value)], &why).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_version_is_1_or_2() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let why = r#"invalid arg 'x-queue-version' for queue 'q' in vhost '/': "unsupported queue version '3'""#;
        refused(&mut c, q, [("x-queue-version", int(3))], why).await;
        let arguments = table([("x-queue-version", int(2))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.send(declare(q)).await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - inequivalent arg 'x-queue-version' for queue 'q' in vhost '/': received none but \
             current is the value '2' of type 'signedint' (50,10)",
        )
        .await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_classic_queue_need_not_say_so() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let classic = || queue::Declare { arguments: table([("x-queue-type", text("classic"))]), ..declare(q) };
        for (first, again) in [(declare(q), classic()), (classic(), declare(q))] {
            c.call(first, DECLARED).await;
            c.call(again, DECLARED).await;
            c.call(delete(q), "queue.delete-ok messages=0").await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_of_two_wrong_arguments_is_told() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let fields = [("x-max-length", int(-1)), ("x-expires", int(0)), ("x-delivery-limit", int(1))];
        let why = "invalid arg 'x-expires' for queue 'q' in vhost '/': {value_zero,0}";
        refused(&mut c, q, fields, why).await;
        c.call(declare(q), DECLARED).await;
        // of a queue that is there already they are only compared
        let start = "inequivalent arg 'x-dead-letter-exchange' for queue 'q' in vhost '/'";
        let why = format!("{start}: received the value '1' of type 'signedint' but current is none");
        refused(&mut c, q, [("x-dead-letter-exchange", int(1))], &why).await;
        c.call(queue::Declare { arguments: table([("x-delivery-limit", int(1))]), ..declare(q) }, DECLARED).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_may_be_of_any_integer_type_and_is_no_time() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let numbers = || {
            [
                AMQPValue::ShortShortInt(5),
                AMQPValue::ShortShortUInt(5),
                AMQPValue::ShortInt(5),
                AMQPValue::ShortUInt(5),
                AMQPValue::LongInt(5),
                AMQPValue::LongUInt(5),
                AMQPValue::LongLongInt(5),
            ]
        };
        for name in ["x-max-length", "x-max-length-bytes", "x-max-priority", "x-message-ttl"] {
            for number in numbers() {
                // declared again, it is the same number
                c.call(queue::Declare { arguments: table([(name, number)]), ..declare(q) }, DECLARED).await;
            }
            c.call(delete(q), "queue.delete-ok messages=0").await;
            let why = format!("invalid arg '{name}' for queue 'q' in vhost '/': \"expected integer, got timestamp\"");
            refused(&mut c, q, [(name, AMQPValue::Timestamp(5))], &why).await;
        }
        c.call(declare(q), DECLARED).await;
        for (tag, number) in numbers().into_iter().enumerate() {
            let tag = tag.to_string();
            let arguments = table([("x-priority", number)]);
            let consume = basic::Consume { arguments, ..super::methods::consume(q, &tag) };
            c.call(consume, &format!("basic.consume-ok {tag}")).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_argument_without_a_value_is_shown_as_none() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(queue::Declare { arguments: table([("x-max-length", int(2))]), ..declare(q) }, DECLARED).await;
        let start = "inequivalent arg";
        let end = "for queue 'q' in vhost '/': received";
        let why = format!("{start} 'x-max-length' {end} none but current is '2'");
        refused(&mut c, q, [("x-max-length", AMQPValue::Void)], &why).await;
        let why = format!("{start} 'x-max-priority' {end} the value 'undefined' of type 'void' but current is none");
        refused(&mut c, q, [("x-max-length", int(2)), ("x-max-priority", AMQPValue::Void)], &why).await;
        c.bye().await;
    })
    .await;
}
