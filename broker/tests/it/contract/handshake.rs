//! The start and the end of a connection: versions, logins, limits, virtual hosts. RabbitMQ cuts a client that
//! negotiates values outside the offered ones without `connection.close`; that case is not compared, and the embedded
//! broker sends a reason.

use amq_protocol::{protocol::connection, types::FieldTable};

use super::{
    client::Client,
    methods::{close_connection, declare},
    run::same,
    session::{PROTOCOL, Session, TUNE, open, start_ok},
};

const START: &str = "connection.start 0-9 RabbitMQ 3.10 PLAIN AMQPLAIN en_US {authentication_failure_close: true, basic.nack: true, \
                     connection.blocked: true, consumer_cancel_notify: true, consumer_priorities: true, \
                     direct_reply_to: true, exchange_exchange_bindings: true, per_consumer_qos: true, \
                     publisher_confirms: true}";
const TUNED: &str = "connection.tune channel-max=2047 frame-max=131072 heartbeat=60";
const GUEST: &[u8] = b"\0guest\0guest";

/// A connection that was greeted.
async fn greeted(s: &mut Session) -> Client {
    let mut c = s.dial().await;
    c.send_bytes(PROTOCOL).await;
    c.sees_on(0, START).await;
    c
}

/// A connection that logged in.
async fn logged_in(s: &mut Session) -> Client {
    let mut c = greeted(s).await;
    c.call_on(0, start_ok("PLAIN", GUEST), TUNED).await;
    c
}

#[tokio::test]
async fn a_connection_is_made_step_by_step() {
    same(async |s| {
        let mut c = logged_in(s).await;
        c.send_on(0, TUNE).await;
        c.call_on(0, open("/"), "connection.open-ok").await;
        c.opens(1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn other_protocols_are_told_the_version() {
    same(async |s| {
        for hello in [&b"AMQP\x00\x01\x00\x00"[..], b"AMQP\x00\x00\x09\x00", b"GET / HT", b"AMQP\x03\x01\x00\x00"] {
            let mut c = s.dial().await;
            c.send_bytes(hello).await;
            c.sees_on(0, "protocol 0-9-1").await;
            c.is_cut().await;
        }
    })
    .await;
}

#[tokio::test]
async fn amqplain_is_a_table() {
    same(async |s| {
        let mut c = greeted(s).await;
        let table = b"\x05LOGINS\x00\x00\x00\x05guest\x08PASSWORDS\x00\x00\x00\x05guest";
        c.call_on(0, start_ok("AMQPLAIN", table), TUNED).await;
        c.send_on(0, TUNE).await;
        c.call_on(0, open("/"), "connection.open-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_403() {
    same(async |s| {
        let mut c = greeted(s).await;
        c.send_on(0, start_ok("PLAIN", b"\0guest\0wrong")).await;
        c.is_closed_with(
            "403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker \
             logfile. (0,0)",
        )
        .await;
        let mut c = greeted(s).await;
        let table = b"\x05LOGINS\x00\x00\x00\x05guest\x08PASSWORDS\x00\x00\x00\x05wrong";
        c.send_on(0, start_ok("AMQPLAIN", table)).await;
        c.is_closed_with(
            "403 ACCESS_REFUSED - Login was refused using authentication mechanism AMQPLAIN. For details see the broker \
             logfile. (0,0)",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_hear_why_is_cut() {
    same(async |s| {
        let mut c = greeted(s).await;
        let dumb = connection::StartOk { client_properties: FieldTable::default(), ..start_ok("PLAIN", b"\0no\0no") };
        c.send_on(0, dumb).await;
        c.is_cut().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_virtual_host_is_530() {
    same(async |s| {
        let mut c = logged_in(s).await;
        c.send_on(0, TUNE).await;
        c.send_on(0, open("nowhere")).await;
        c.is_closed_with("530 NOT_ALLOWED - vhost nowhere not found (10,40)").await;
    })
    .await;
}

#[tokio::test]
async fn a_closing_connection_hears_no_more_than_the_answer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.send_on(0, close_connection()).await;
        c.send(declare(q)).await;
        c.sees_on(0, "connection.close-ok").await;
        c.hangs_up();
    })
    .await;
}

#[tokio::test]
async fn a_renewed_secret_is_accepted() {
    same(async |s| {
        let mut c = s.connect().await;
        let secret = connection::UpdateSecret { new_secret: "guest".into(), reason: "renewed".into() };
        c.call_on(0, secret, "connection.update-secret-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_older_protocol_0_9_is_as_good() {
    same(async |s| {
        let mut c = s.dial().await;
        c.send_bytes(b"AMQP\x01\x01\x00\x09").await;
        c.sees_on(0, START).await;
        c.call_on(0, start_ok("PLAIN", GUEST), TUNED).await;
        c.send_on(0, TUNE).await;
        c.call_on(0, open("/"), "connection.open-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_opened_once() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_on(0, open("/")).await;
        c.is_closed_with("504 CHANNEL_ERROR - unexpected method in connection state running (10,40)").await;
    })
    .await;
}
