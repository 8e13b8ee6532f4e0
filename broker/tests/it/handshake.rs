//! The start of a connection, and refused handshakes.

use amq_protocol::{
    frame::AMQPFrame,
    types::{AMQPValue, FieldTable, generation::gen_field_table},
};
use crosstalk_broker::{Broker, Config, Limits, StartError, User};

use crate::raw::{HEADER, Hello, Raw, of_connection};

async fn start() -> Broker {
    Broker::start(Config::default()).await.expect("any port will do")
}

#[tokio::test]
async fn who_begins_otherwise_is_told_how_to_begin() {
    let broker = start().await;
    for wrong in [&b"AMQP\x00\x01\x00\x00"[..], b"GET / HT", b"\x16\x03\x01\x02\x00\x01\x00\x01"] {
        let mut client = Raw::connect(broker.addr()).await;
        client.write(wrong).await;
        assert_eq!(
            client.hear().await,
            Some(AMQPFrame::ProtocolHeader(amq_protocol::frame::ProtocolVersion::amqp_0_9_1()))
        );
        assert_eq!(client.hear().await, None);
    }
}

#[tokio::test]
async fn the_broker_says_what_it_is_and_what_it_is_compatible_with() {
    let broker = start().await;
    let mut client = Raw::connect(broker.addr()).await;
    client.write(HEADER).await;
    let Some(AMQPFrame::Method(0, of_connection!(Start(start)))) = client.hear().await else { panic!("no start") };
    assert_eq!((start.version_major, start.version_minor), (0, 9));
    assert_eq!(start.mechanisms.to_string(), "PLAIN AMQPLAIN");
    let text = |name: &str| start.server_properties.inner().get(name).cloned();
    let is = |value: &str| Some(AMQPValue::LongString(value.into()));
    // clients that decide by these decide as they do for RabbitMQ; what it is itself stands beside them
    assert_eq!((text("product"), text("version")), (is("RabbitMQ"), is("3.10.8")));
    assert_eq!(text("crosstalk"), is(env!("CARGO_PKG_VERSION")));
    for name in ["platform", "cluster_name", "information"] {
        assert!(matches!(text(name), Some(AMQPValue::LongString(_))), "{name}");
    }
    let Some(AMQPValue::FieldTable(capabilities)) = text("capabilities") else { panic!("no capabilities") };
    for name in ["publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked", "direct_reply_to"]
    {
        assert_eq!(capabilities.inner().get(name), Some(&AMQPValue::Boolean(true)), "{name}");
    }
}

fn amqplain(name: &str, password: &str) -> Vec<u8> {
    let mut table = FieldTable::default();
    table.insert("LOGIN".into(), AMQPValue::LongString(name.into()));
    table.insert("PASSWORD".into(), AMQPValue::LongString(password.into()));
    gen_field_table(&table)(Vec::new().into()).expect("a vector takes every byte").write.split_off(4)
}

#[tokio::test]
async fn both_mechanisms_lead_in() {
    let users = vec![User::new("guest", "guest"), User::new("anna", "p\0ss")];
    let broker = Broker::start(Config { users, ..Config::default() }).await.unwrap();
    for (mechanism, response) in [
        ("PLAIN", b"\0guest\0guest".to_vec()),
        ("PLAIN", b"\0anna\0p\0ss".to_vec()),
        ("AMQPLAIN", amqplain("anna", "p\0ss")),
    ] {
        Raw::open_as(&broker, Hello { mechanism, response, ..Hello::default() }).await;
    }
}

#[tokio::test]
async fn who_is_not_known_is_refused_and_told_if_it_can_hear_it() {
    let broker = start().await;
    for (mechanism, response) in [
        ("PLAIN", b"\0guest\0wrong".to_vec()),
        ("PLAIN", b"\0nobody\0guest".to_vec()),
        ("PLAIN", b"guest".to_vec()),
        ("AMQPLAIN", amqplain("guest", "wrong")),
        ("AMQPLAIN", b"\xff\xff\xff".to_vec()),
    ] {
        let hello = Hello { mechanism, response, ..Hello::default() };
        let mut client = Raw::connect(broker.addr()).await;
        client.greet(&hello).await;
        let (code, text) = client.hear_close().await;
        assert_eq!(code, 403);
        assert!(text.starts_with("ACCESS_REFUSED - Login was refused using authentication mechanism"), "{text}");
        let mut client = Raw::connect(broker.addr()).await;
        client.greet(&Hello { capabilities: Vec::new(), ..hello }).await;
        assert_eq!(client.hear().await, None);
    }
}

#[tokio::test]
async fn what_was_not_offered_cannot_be_agreed_on() {
    let limits = Limits { frame_max: 65_536, channel_max: 10, ..Limits::default() };
    let broker = Broker::start(Config { limits, ..Config::default() }).await.unwrap();
    for (frame_max, channel_max, text) in [
        (65_537, 10, "frame_max = 65537 is higher than the maximum allowed value (65536)"),
        (0, 10, "frame_max = 0 is higher than the maximum allowed value (65536)"),
        (4_095, 10, "frame_max = 4095 is lower than the minimum allowed value (4096)"),
        (65_536, 11, "channel_max = 11 is higher than the maximum allowed value (10)"),
        (65_536, 0, "channel_max = 0 (no limit) is higher than the maximum allowed value (10)"),
    ] {
        let hello = Hello { frame_max, channel_max, ..Hello::default() };
        let mut client = Raw::connect(broker.addr()).await;
        client.greet(&hello).await;
        assert!(matches!(client.hear().await, Some(AMQPFrame::Method(0, of_connection!(Tune(_))))));
        client.tune_and_open(&hello).await;
        assert_eq!(client.hear_close().await, (530, format!("NOT_ALLOWED - negotiated {text}")));
    }
}

#[tokio::test]
async fn an_unknown_virtual_host_is_not_allowed() {
    let broker = start().await;
    let hello = Hello { vhost: "elsewhere", ..Hello::default() };
    let mut client = Raw::connect(broker.addr()).await;
    client.greet(&hello).await;
    client.hear_method().await;
    client.tune_and_open(&hello).await;
    assert_eq!(client.hear_close().await, (530, "NOT_ALLOWED - vhost elsewhere not found".to_owned()));
}

#[tokio::test]
async fn a_taken_port_is_named_unless_any_will_do() {
    let broker = start().await;
    let config = Config { listen: broker.addr(), ..Config::default() };
    let error = Broker::start(config.clone()).await.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }) && error.to_string().contains(&broker.addr().to_string()));
    let other = Broker::start(Config { any_port_if_taken: true, ..config }).await.unwrap();
    assert_ne!(other.addr().port(), broker.addr().port());
    Raw::open(&other).await;
}
