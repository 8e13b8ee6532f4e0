//! The result of a dissection: for each party its bytes, without credentials, and the tree of fields over them.

use serde::{Deserialize, Serialize};

use crate::{
    budget::{Budget, Limits},
    capture::Capture,
    connection,
    field::Field,
    field_builder::FieldBuilder,
    messages::{Message, Protocol},
    protobuf::Schemas,
    redact,
};

/// A dissected capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissection {
    /// The protocol of the connection.
    pub protocol: Protocol,
    /// The messages, in order of time.
    pub messages: Vec<Message>,
    /// The bytes from the client.
    pub client: Stream,
    /// The bytes from the server.
    pub server: Stream,
}

/// The bytes of one party and their fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// The captured bytes. Credentials are masked byte for byte.
    pub bytes: Vec<u8>,
    /// The root of the tree over all bytes.
    pub root: Field,
}

/// Dissects a capture that begins with the connection. `schemas` has the names and types for protobuf messages.
pub fn dissect(capture: &Capture, schemas: &Schemas, limits: Limits) -> Dissection {
    let budget = Budget::new(limits);
    let mut client = FieldBuilder::new(&capture.client, true, &budget);
    let mut server = FieldBuilder::new(&capture.server, true, &budget);
    let found = connection::read(&mut client, &mut server, schemas);
    let (client, server) = (stream(client, &capture.client), stream(server, &capture.server));
    let messages = found.messages(capture, &client, &server);
    Dissection { protocol: found.protocol, messages, client, server }
}

fn stream(mut builder: FieldBuilder<'_>, bytes: &[u8]) -> Stream {
    builder.end_here();
    let mut root = builder.close(Field::framing("stream", "RFC 9293 §3.4"));
    let mut bytes = bytes.to_vec();
    redact::mask(std::slice::from_mut(&mut root), &mut bytes);
    Stream { bytes, root }
}
