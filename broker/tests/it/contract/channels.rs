//! Channels: opened, closed and reused, and methods on a channel that is not open.

use amq_protocol::protocol::{AMQPClass, channel, connection, queue};

use super::{
    methods::{Method, ack, close_channel, declare, get, get_to_ack, passive},
    run::same,
    session::{TUNE, start_ok},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

#[tokio::test]
async fn a_channel_is_closed_and_opened_again() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        for _ in 0..3 {
            c.call(declare(q), DECLARED).await;
            c.call(close_channel(), "channel.close-ok").await;
            c.opens(1).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn channels_need_not_be_in_order() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        for number in [7, 3, 2_047] {
            c.opens(number).await;
            c.call_on(number, declare(q), DECLARED).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_opened_twice_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(channel::Open {}).await;
        c.is_closed_with("504 CHANNEL_ERROR - second 'channel.open' seen (20,10)").await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_that_is_not_open_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_on(5, passive("q")).await;
        c.is_closed_with("504 CHANNEL_ERROR - expected 'channel.open' (50,10)").await;
        let mut c = s.connect().await;
        c.call(close_channel(), "channel.close-ok").await;
        c.send(passive("q")).await;
        c.is_closed_with("504 CHANNEL_ERROR - expected 'channel.open' (50,10)").await;
    })
    .await;
}

#[tokio::test]
async fn closing_a_channel_that_is_not_open_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_on(5, close_channel()).await;
        c.is_closed_with("504 CHANNEL_ERROR - expected 'channel.open' (20,40)").await;
    })
    .await;
}

#[tokio::test]
async fn a_close_ok_that_nobody_asked_for_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(channel::CloseOk {}).await;
        c.is_closed_with("503 COMMAND_INVALID - unimplemented method (20,41)").await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_channel_hears_nothing_until_its_close_ok() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.opens(2).await;
        c.send(passive(q)).await;
        c.send(declare(q)).await;
        c.publish("", q, "hello").await;
        c.send(declare(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_may_be_opened_again_before_its_close_ok_is_sent() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.send(passive(q)).await;
        c.sees("channel.close 404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.call(close_channel(), "channel.close-ok").await;
        c.send(channel::CloseOk {}).await;
        c.opens(1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn flow_can_be_asked_for_and_not_stopped() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(channel::Flow { active: true }, "channel.flow-ok active=true").await;
        c.send(channel::Flow { active: false }).await;
        c.is_closed_with("540 NOT_IMPLEMENTED - active=false (20,20)").await;
    })
    .await;
}

#[tokio::test]
async fn a_method_of_the_connection_on_a_channel_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(super::session::open("/")).await;
        c.is_closed_with("503 COMMAND_INVALID - unimplemented method (10,40)").await;
    })
    .await;
}

/// What a broker says.
#[derive(Debug)]
struct Answer(AMQPClass);

impl Method for Answer {
    fn class(self) -> AMQPClass {
        self.0
    }
}

#[tokio::test]
async fn a_client_does_not_answer_like_a_broker() {
    same(async |s| {
        let mut c = s.connect().await;
        let bound = queue::AMQPMethod::BindOk(queue::BindOk {});
        c.send(Answer(AMQPClass::Queue(bound))).await;
        c.is_closed_with("503 COMMAND_INVALID - unimplemented method (50,21)").await;
        let mut c = s.connect().await;
        c.send(Answer(AMQPClass::Channel(channel::AMQPMethod::OpenOk(channel::OpenOk {})))).await;
        c.is_closed_with("503 COMMAND_INVALID - unimplemented method (20,11)").await;
    })
    .await;
}

#[tokio::test]
async fn an_error_of_one_channel_leaves_the_others() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.opens(2).await;
        c.call_on(2, declare(q), DECLARED).await;
        c.send(passive("gone")).await;
        c.loses_channel("404 NOT_FOUND - no queue 'gone' in vhost '/' (50,10)").await;
        c.call_on(2, get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn old_access_requests_are_granted() {
    same(async |s| {
        let mut c = s.connect().await;
        let request = amq_protocol::protocol::access::Request::default();
        let request = AMQPClass::Access(amq_protocol::protocol::access::AMQPMethod::Request(request));
        c.call(Answer(request), "access.request-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_method_of_a_channel_on_channel_0_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_on(0, passive("q")).await;
        c.is_closed_with("504 CHANNEL_ERROR - unexpected method in connection state running (50,10)").await;
        let mut c = s.connect().await;
        c.send_on(0, channel::Open {}).await;
        c.is_closed_with("504 CHANNEL_ERROR - unexpected method in connection state running (20,10)").await;
    })
    .await;
}

#[tokio::test]
async fn channels_are_counted_and_not_measured_by_their_numbers() {
    same(async |s| {
        let tune = connection::TuneOk { channel_max: 2, ..TUNE };
        let mut c = s.connect_as(start_ok("PLAIN", b"\0guest\0guest"), tune).await;
        c.opens(9).await;
        c.send_on(2, channel::Open {}).await;
        c.is_closed_with(
            "530 NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2) (0,0)",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn delivery_tags_are_those_of_a_channel() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.opens(2).await;
        c.until(get_to_ack(q), r#"basic.get-ok #1 /q left=1 "one""#).await;
        c.call_on(2, get_to_ack(q), r#"basic.get-ok #1 /q left=0 "two""#).await;
        c.send_on(2, ack(1)).await;
        c.send_on(2, ack(1)).await;
        c.sees_on(2, "channel.close 406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)").await;
        c.send_on(2, channel::CloseOk {}).await;
        c.send(ack(1)).await;
        c.counts(q, 0, 0).await;
        c.bye().await;
    })
    .await;
}
