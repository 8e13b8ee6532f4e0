//! One run of a case on one broker: it generates names and opens connections.

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{channel, connection},
    types::{AMQPValue, FieldTable},
};

use super::{
    client::Client,
    methods::Method as _,
    transcript::Transcript,
    values::table,
    wire::{Wire, bytes_of},
};

/// The protocol header.
pub(super) const PROTOCOL: &[u8] = b"AMQP\x00\x00\x09\x01";

/// A case on a broker.
#[derive(Debug)]
pub(super) struct Session {
    address: String,
    transcript: Transcript,
    connections: usize,
}

impl Session {
    pub(super) fn new(address: String, transcript: Transcript) -> Self {
        Self { address, transcript, connections: 0 }
    }

    /// The name on the broker for `name` in this case; no other case uses it.
    pub(super) fn name(&self, name: &str) -> String {
        self.transcript.name(name)
    }

    /// A connection before the protocol header.
    pub(super) async fn dial(&mut self) -> Client {
        let wire = Wire::connect(&self.address).await.expect("the broker accepts connections");
        self.connections += 1;
        let label = if self.connections == 1 { String::new() } else { format!("{}: ", self.connections) };
        Client::new(wire, self.transcript.clone(), label)
    }

    /// A connection with channel 1 open.
    pub(super) async fn connect(&mut self) -> Client {
        self.connect_as(start_ok("PLAIN", b"\0guest\0guest"), TUNE).await
    }

    /// A connection with channel 1 open and this `start-ok` and `tune-ok`.
    pub(super) async fn connect_as(&mut self, start: connection::StartOk, tune: connection::TuneOk) -> Client {
        let mut client = self.dial().await;
        client.wire.write(PROTOCOL).await;
        client.wire.next(0).await;
        client.wire.write(&bytes_of(&AMQPFrame::Method(0, start.class()))).await;
        client.wire.next(0).await;
        for method in [tune.class(), open("/").class()] {
            client.wire.write(&bytes_of(&AMQPFrame::Method(0, method))).await;
        }
        client.sees_on(0, "connection.open-ok").await;
        client.call(channel::Open {}, "channel.open-ok").await;
        client
    }
}

/// What this suite's clients accept: no heartbeat, all channels, frames of 128 KiB.
pub(super) const TUNE: connection::TuneOk = connection::TuneOk { channel_max: 2_047, frame_max: 131_072, heartbeat: 0 };

/// A client with all capabilities of RabbitMQ's own clients.
pub(super) fn start_ok(mechanism: &str, response: &[u8]) -> connection::StartOk {
    let can = ["authentication_failure_close", "basic.nack", "connection.blocked", "consumer_cancel_notify"];
    let mut capabilities = FieldTable::default();
    for name in can.into_iter().chain(["exchange_exchange_bindings", "publisher_confirms"]) {
        capabilities.insert(name.into(), AMQPValue::Boolean(true));
    }
    connection::StartOk {
        client_properties: table([("capabilities", AMQPValue::FieldTable(capabilities))]),
        mechanism: mechanism.into(),
        response: response.into(),
        locale: "en_US".into(),
    }
}

/// Opens a virtual host.
pub(super) fn open(vhost: &str) -> connection::Open {
    connection::Open { virtual_host: vhost.into() }
}
