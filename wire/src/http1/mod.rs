//! HTTP/1.1 (RFC 9112): the messages of a connection. A line that begins no message is marked as malformed, and reading
//! continues with the next line.
//!
//! - [`start`]: the start line; [`header`]: the header section; [`body`]: the length of the body, and its chunks

mod body;
pub(crate) mod header;
mod line;
mod start;

use std::ops::Range;

pub(crate) use self::{header::Headers, start::Start};

use crate::{
    field::Field,
    field_builder::FieldBuilder,
    media::{self, Content},
    protobuf::Schemas,
    reassembly,
};

const MESSAGE: &str = "RFC 9112 §2.1";

/// The start line and headers of a message.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its position in the bytes of its sender.
    pub(crate) range: Range<usize>,
    pub(crate) start: Start,
    pub(crate) headers: Headers,
}

impl Message {
    /// True if the request asks for a WebSocket (RFC 6455 §4.1).
    pub(crate) fn asks_for_websocket(&self) -> bool {
        self.headers.get("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
    }
}

/// Dissects one message of a client (a request) or of a server (an answer); `None` if there is no further message.
///
/// `request` is the request of an answer: its method decides whether there is a body, and its target which type of
/// message the body is.
pub(crate) fn message(
    stream: &mut FieldBuilder<'_>,
    answer: bool,
    request: Option<&Message>,
    schemas: &Schemas,
) -> Option<Message> {
    line::skip(stream, |line| Start::parse(line, answer).is_some());
    if stream.is_empty() {
        return None;
    }
    let mut builder = stream.rest();
    let start = start::line(&mut builder, answer);
    let (headers, mut complete) = header::section(&mut builder);
    if complete {
        let body = body::read(&mut builder, &body::length(&start, &headers, request));
        complete = body.complete;
        let pieces = reassembly::pieces(&body.ranges);
        let bytes = reassembly::join(builder.bytes(), &pieces);
        let content = Content::new(&headers, request.map_or(start.target(), |request| request.start.target()), answer);
        let fields = media::dissect(&content, &bytes, !complete, schemas, builder.budget());
        let budget = builder.budget();
        reassembly::attach(builder.fields_mut(), fields, &pieces, budget);
    }
    let mut field = Field::framing(if answer { "answer" } else { "request" }, MESSAGE).value(start.shown());
    if complete {
        builder.end_here();
    } else if !builder.open() {
        field = field.problem("it ends too early");
    }
    let range = builder.taken();
    stream.push(builder.close(field));
    Some(Message { range, start, headers })
}
