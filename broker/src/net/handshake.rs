//! The handshake of a connection (AMQP 0-9-1, section 2.2.4): protocol header, authentication, limits, and the virtual
//! host.

use std::{sync::Arc, time::Duration};

use amq_protocol::{
    protocol::{AMQPClass, connection},
    types::{AMQPValue, FieldTable},
};
use tokio::time::timeout;

use super::{
    frame::Payload,
    method::Method,
    stream::{EndReason, Stream},
};
use crate::{
    config::Config,
    observe::Client,
    refusal::{Code, Refusal},
    shared::{Shared, VhostHandle},
    table::{Arguments, FieldValue, find, is_shallow},
};

/// The time limit of the handshake, as in RabbitMQ.
const BUDGET: Duration = Duration::from_secs(10);
/// The protocol header. It is also the answer to a client that sends another one.
pub(super) const HEADER: [u8; 8] = *b"AMQP\x00\x00\x09\x01";
/// The protocol header of AMQP 0-9. Such clients then send the same methods.
const HEADER_0_9: [u8; 8] = *b"AMQP\x01\x01\x00\x09";
/// The largest frame during the handshake.
const FRAME_MAX: u32 = 131_072;
/// The smallest `frame_max` that can be negotiated (section 4.2.3).
const FRAME_MIN: u32 = 4_096;

/// Product and version whose behaviour this broker has. Some clients decide by these and not by the capabilities:
/// kombu, and with it Celery, sends `basic.qos` with `global` only to RabbitMQ from 3.3 on. To other brokers it sends a
/// form that does not change existing consumers.
const COMPATIBLE: (&str, &str) = ("RabbitMQ", "3.10.8");

/// Class and method of `connection.tune` and `connection.open`, for refusals of their answers.
const TUNE: (u16, u16) = (10, 30);
const OPEN: (u16, u16) = (10, 40);

/// The result of the handshake.
#[derive(Debug)]
pub(super) struct Negotiated {
    pub(super) user: Arc<str>,
    pub(super) client: Client,
    pub(super) vhost: VhostHandle,
    pub(super) frame_max: u32,
    pub(super) channel_max: u16,
    pub(super) heartbeat: Option<Duration>,
    pub(super) cancel_notify: bool,
    pub(super) blocked_notify: bool,
}

/// Performs the handshake with a client.
///
/// # Errors
/// When the client left, was silent for too long, or was refused. A refusal has not been sent yet.
pub(super) async fn perform_handshake(
    stream: &mut Stream,
    address: &str,
    shared: &Shared,
) -> Result<Negotiated, EndReason> {
    match timeout(BUDGET, negotiate(stream, address, shared)).await {
        Ok(Ok(negotiated)) => Ok(negotiated),
        Ok(Err(ended)) => Err(ended),
        Err(_elapsed) => Err(EndReason::Silent),
    }
}

async fn negotiate(stream: &mut Stream, address: &str, shared: &Shared) -> Result<Negotiated, EndReason> {
    if ![HEADER, HEADER_0_9].contains(&stream.read_header().await?) {
        stream.write(&HEADER).await?;
        return Err(EndReason::NotAmqp);
    }
    let config = &shared.config;
    stream.send(0, class(connection::AMQPMethod::Start(start()))).await?;
    let (connection::AMQPMethod::StartOk(start_ok), client_properties) = expect(stream).await? else {
        return Err(EndReason::Refused(Code::CommandInvalid.because("expected connection.start-ok")));
    };
    let capabilities = client_properties.get("capabilities").and_then(FieldValue::table);
    let capable = |name: &str| {
        let value = capabilities.and_then(|capabilities| find(capabilities, name));
        value.and_then(FieldValue::boolean).unwrap_or_default()
    };
    let Some(user) = authenticated(config, &start_ok) else {
        let refusal = Code::AccessRefused.because(format!(
            "Login was refused using authentication mechanism {}. For details see the broker logfile.",
            start_ok.mechanism
        ));
        tracing::warn!("a client sent a wrong name or password");
        // other clients only see the connection close
        if capable("authentication_failure_close") {
            stream.close(&refusal, (0, 0)).await;
        }
        return Err(EndReason::NotAuthenticated);
    };
    let tune = connection::Tune {
        channel_max: config.limits.channel_max,
        frame_max: config.limits.frame_max,
        heartbeat: config.limits.heartbeat,
    };
    stream.send(0, class(connection::AMQPMethod::Tune(tune))).await?;
    let (connection::AMQPMethod::TuneOk(tune_ok), _) = expect(stream).await? else {
        return Err(EndReason::Refused(Code::CommandInvalid.because("expected connection.tune-ok")));
    };
    let (frame_max, channel_max) = tuned(config, &tune_ok).map_err(|refusal| EndReason::RefusedFor(refusal, TUNE))?;
    let (connection::AMQPMethod::Open(open), _) = expect(stream).await? else {
        return Err(EndReason::Refused(Code::CommandInvalid.because("expected connection.open")));
    };
    let name = open.virtual_host.as_str();
    let Some(vhost) = shared.vhost(name) else {
        return Err(EndReason::RefusedFor(Code::NotAllowed.because(format!("vhost {name} not found")), OPEN));
    };
    let client = match config.observer {
        Some(_) => Client::new(address, &client_properties),
        None => Client::default(),
    };
    let negotiated = Negotiated {
        user,
        client,
        vhost,
        frame_max,
        channel_max,
        heartbeat: (tune_ok.heartbeat > 0).then(|| Duration::from_secs(tune_ok.heartbeat.into())),
        cancel_notify: capable("consumer_cancel_notify"),
        blocked_notify: capable("connection.blocked"),
    };
    stream.send(0, class(connection::AMQPMethod::OpenOk(connection::OpenOk {}))).await?;
    Ok(negotiated)
}

fn class(method: connection::AMQPMethod) -> AMQPClass {
    AMQPClass::Connection(method)
}

async fn expect(stream: &mut Stream) -> Result<(connection::AMQPMethod, Arguments), EndReason> {
    loop {
        match stream.next(FRAME_MAX).await? {
            (0, Payload::Method(Method::Other(AMQPClass::Connection(method), arguments))) => {
                return Ok((method, arguments));
            }
            (_any, Payload::Heartbeat) => {}
            (_any, other) => {
                let refusal =
                    Code::CommandInvalid.because(format!("unexpected during the handshake: {}", kind(&other)));
                return Err(EndReason::Refused(refusal));
            }
        }
    }
}

fn kind(payload: &Payload) -> &'static str {
    match payload {
        Payload::Method(_) => "a method that is not of class connection, or not on channel 0",
        Payload::Header { .. } => "a content header",
        Payload::Body(_) => "a content body",
        Payload::Heartbeat => "a heartbeat",
    }
}

fn start() -> connection::Start {
    let mut capabilities = FieldTable::default();
    for name in [
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "consumer_priorities",
        "authentication_failure_close",
        "per_consumer_qos",
        "direct_reply_to",
    ] {
        capabilities.insert(name.into(), AMQPValue::Boolean(true));
    }
    let mut properties = FieldTable::default();
    properties.insert("capabilities".into(), AMQPValue::FieldTable(capabilities));
    for (name, value) in [
        ("product", COMPATIBLE.0),
        ("version", COMPATIBLE.1),
        ("platform", "Rust"),
        ("cluster_name", "crosstalk@localhost"),
        ("information", "Crosstalk broker, in memory; it behaves as this version of RabbitMQ does"),
        ("crosstalk", env!("CARGO_PKG_VERSION")),
    ] {
        properties.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    connection::Start {
        version_major: 0,
        version_minor: 9,
        server_properties: properties,
        mechanisms: "PLAIN AMQPLAIN".into(),
        locales: "en_US".into(),
    }
}

/// The user, if name and password are correct.
fn authenticated(config: &Config, start_ok: &connection::StartOk) -> Option<Arc<str>> {
    let response = start_ok.response.as_bytes();
    let (name, password) = match start_ok.mechanism.as_str() {
        // authorization identity, name and password, separated by zeros (RFC 4616)
        "PLAIN" => {
            let mut parts = response.splitn(3, |byte| *byte == 0);
            let (_identity, name, password) = (parts.next()?, parts.next()?, parts.next()?);
            (name.to_vec(), password.to_vec())
        }
        // a field table without its length
        "AMQPLAIN" => {
            let length = u32::try_from(response.len()).ok()?;
            let table = [&length.to_be_bytes(), response].concat();
            if !is_shallow(&table) {
                return None;
            }
            let text = |name: &str| find(&table, name).and_then(FieldValue::text).map(<[u8]>::to_vec);
            (text("LOGIN")?, text("PASSWORD")?)
        }
        _other => return None,
    };
    let user = config.users.iter().find(|user| user.name.as_bytes() == name)?;
    user.password.is(&password).then(|| user.name.as_str().into())
}

/// The limits for frames and channels: the client's values, at most the broker's. 0 means no limit and is therefore
/// larger.
fn tuned(config: &Config, tune_ok: &connection::TuneOk) -> Result<(u32, u16), Refusal> {
    let limits = &config.limits;
    let (frames, channels) = (tune_ok.frame_max, tune_ok.channel_max);
    let refused = |what: &str, asked: u32, bound: &str, limit: u32| {
        let detail = if what == "channel_max" && asked == 0 { " (no limit)" } else { "" };
        let comparison = if bound == "minimum" { "lower" } else { "higher" };
        Err(Code::NotAllowed.because(format!(
            "negotiated {what} = {asked}{detail} is {comparison} than the {bound} allowed value ({limit})"
        )))
    };
    if (1..FRAME_MIN).contains(&frames) {
        return refused("frame_max", frames, "minimum", FRAME_MIN);
    }
    if frames == 0 || frames > limits.frame_max {
        return refused("frame_max", frames, "maximum", limits.frame_max);
    }
    if limits.channel_max > 0 && (channels == 0 || channels > limits.channel_max) {
        return refused("channel_max", channels.into(), "maximum", limits.channel_max.into());
    }
    Ok((frames, if channels == 0 { u16::MAX } else { channels }))
}
