//! What became of a capture: for each party its bytes, without credentials, and the tree of fields over them.

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
    /// What was spoken.
    pub protocol: Protocol,
    /// What was said, in the order of time.
    pub messages: Vec<Message>,
    /// What the client sent.
    pub client: Stream,
    /// What the server sent.
    pub server: Stream,
}

/// The bytes of one party and what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// The captured bytes; credentials are replaced, byte for byte.
    pub bytes: Vec<u8>,
    /// The tree over all of them.
    pub root: Field,
}

/// Dissects a capture, which begins where its connection does. `schemas` names the parts of protobuf messages.
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
