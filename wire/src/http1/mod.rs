//! HTTP/1.1 (RFC 9112): messages one after another on a connection. A line that makes no sense is marked, and reading goes on
//! with the next.
//!
//! - [`start`]: the start line; [`header`]: the header section; [`body`]: how long a body is, and its chunks

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

/// What a message says of itself.
#[derive(Debug)]
pub(crate) struct Message {
    /// Where it is, in the bytes of its sender.
    pub(crate) range: Range<usize>,
    pub(crate) start: Start,
    pub(crate) headers: Headers,
}

impl Message {
    /// Whether the request asks for a WebSocket (RFC 6455 §4.1).
    pub(crate) fn asks_for_websocket(&self) -> bool {
        self.headers.get("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
    }
}

/// Reads one message of a request's or an answer's direction; `None` when nothing is left that is one.
///
/// For an answer, `request` is what it answers: its method says whether there is a body, its target what that is.
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
