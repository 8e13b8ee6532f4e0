//! gRPC-Web calls of the Greeter. Written on fetch and the frame decoder of `model::grpc_web` and not on
//! tonic-web-wasm-client: the page shows the bytes of the bodies, the time of each message, and headers and
//! trailers apart, and that client gives none of these. The messages are the generated types of the contract.
//!
//! Dropping the future aborts the call, which is how a browser cancels one.

use crosstalk_proto::helloworld::{HelloReply, HelloRequest};
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use prost::Message as _;

use super::{
    browser::{network_times, now_ms, traceparent},
    fetch::{self, Outgoing},
};
use crate::model::{
    exchange::{CallError, Cost, Greeted, browser_step},
    grpc_status::{self, Status},
    grpc_web::{self, Decoder, Frame, Metadata},
    server_timing,
};

/// What a browser can call: one request out, one or more replies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One reply.
    SayHello,
    /// A stream of replies.
    SayHelloStreamReply,
}

impl Method {
    /// As in the descriptor.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SayHello => "SayHello",
            Self::SayHelloStreamReply => "SayHelloStreamReply",
        }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which method.
    pub method: Method,
    /// The request's only field.
    pub name: String,
    /// Besides what gRPC-Web itself needs.
    pub metadata: Metadata,
    /// How long the caller waits, in milliseconds; also sent as `grpc-timeout`.
    pub deadline_ms: Option<u32>,
}

/// What comes while a call goes on; times are on the page's clock.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The HTTP headers: initial metadata.
    Headers {
        /// When.
        at_ms: f64,
        /// The HTTP status.
        http_status: u16,
        /// In order.
        metadata: Metadata,
    },
    /// A message.
    Message {
        /// When it was complete.
        at_ms: f64,
        /// Its field `message`.
        message: String,
        /// Encoded, without the frame's head.
        bytes: usize,
    },
    /// The trailers.
    Trailers {
        /// When.
        at_ms: f64,
        /// In order.
        metadata: Metadata,
    },
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Its status; of the server, or of the page when the server gave none.
    pub status: Status,
    /// Whether the page's own clock ended it, not the server.
    pub by_page: bool,
    /// When and how big.
    pub cost: Cost,
}

/// Carries a call out, telling what comes as it comes.
///
/// # Errors
/// Only when it could not be sent; how it went is in [`End::status`].
pub async fn call(call: &Call, mut on_event: impl FnMut(Event)) -> Result<End, CallError> {
    let path = format!("/helloworld.Greeter/{}", call.method.name());
    let body = grpc_web::encode(&HelloRequest { name: call.name.clone() }.encode_to_vec());
    let mut headers = vec![
        ("content-type".to_owned(), "application/grpc-web+proto".to_owned()),
        ("x-grpc-web".to_owned(), "1".to_owned()),
    ];
    if let Some(deadline) = call.deadline_ms {
        headers.push(("grpc-timeout".to_owned(), grpc_web::timeout(deadline)));
    }
    headers.extend(call.metadata.iter().cloned());
    if !call.metadata.iter().any(|(name, _)| name == "traceparent") {
        headers.push(("traceparent".to_owned(), traceparent()));
    }

    let mut progress = Progress::start(now_ms());
    let exchange = exchange(&path, &headers, &body, &mut progress, &mut on_event);
    let (outcome, by_page) = match call.deadline_ms {
        None => (exchange.await, false),
        Some(deadline) => {
            // the server ends it too; the page does not depend on that
            match select(std::pin::pin!(exchange), TimeoutFuture::new(deadline)).await {
                Either::Left((outcome, _)) => (outcome, false),
                Either::Right(_) => (Ok(past_deadline()), true),
            }
        }
    };
    let status = match outcome {
        Ok(status) => status,
        Err(CallError::Unreadable(words)) => Status { code: grpc_status::INTERNAL, message: words },
        Err(error) => return Err(error),
    };
    Ok(End { status, by_page, cost: progress.cost(&path, body.len()) })
}

/// The job over gRPC-Web; an empty name is the default one.
///
/// # Errors
/// When there is no greeting; a status other than OK comes as [`CallError::Status`].
pub async fn say_hello(name: &str) -> Result<Greeted, CallError> {
    let request = Call {
        method: Method::SayHello,
        name: name.to_owned(),
        metadata: Vec::new(),
        deadline_ms: Some(HELLO_DEADLINE_MS),
    };
    let mut text = None;
    let end = call(&request, |event| {
        if let Event::Message { message, .. } = event {
            text = Some(message);
        }
    })
    .await?;
    match (end.status, text) {
        (Status { code: grpc_status::OK, .. }, Some(text)) => Ok(Greeted { text, cost: end.cost }),
        (Status { code: grpc_status::OK, .. }, None) => {
            Err(CallError::Unreadable("status OK without a message".to_owned()))
        }
        (Status { code, message }, _) => Err(CallError::Status { code, message }),
    }
}

/// How long [`say_hello`] waits.
const HELLO_DEADLINE_MS: u32 = 10_000;

/// What was measured so far: kept outside the exchange, which the deadline may drop at any point.
struct Progress {
    started_ms: f64,
    headers_ms: Option<f64>,
    /// When the last bytes came: in a stream the server worked until then.
    last_ms: Option<f64>,
    messages: usize,
    bytes_in: usize,
    timing: Vec<crosstalk_proto::step::Step>,
}

impl Progress {
    fn start(started_ms: f64) -> Self {
        Self { started_ms, headers_ms: None, last_ms: None, messages: 0, bytes_in: 0, timing: Vec::new() }
    }

    fn cost(self, path: &str, bytes_out: usize) -> Cost {
        let ended_ms = now_ms();
        let network = network_times(path, self.started_ms);
        let sent_ms = network.as_ref().map_or(self.started_ms, |times| times.request_start);
        let first_ms = network.map(|times| times.response_start).or(self.headers_ms);
        let answered_ms = if self.messages > 1 { self.last_ms } else { first_ms };
        let mut steps = vec![browser_step("send", self.started_ms, sent_ms)];
        steps.extend(answered_ms.map(|at| browser_step("receive", at, ended_ms)));
        steps.extend(self.timing);
        Cost { started_ms: self.started_ms, ended_ms, steps, bytes_out, bytes_in: self.bytes_in }
    }
}

async fn exchange(
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
    progress: &mut Progress,
    on_event: &mut impl FnMut(Event),
) -> Result<Status, CallError> {
    let mut incoming = fetch::send(Outgoing { method: "POST", path, headers, body: Some(body) }).await?;
    progress.headers_ms = Some(incoming.at_ms);
    on_event(Event::Headers {
        at_ms: incoming.at_ms,
        http_status: incoming.status,
        metadata: incoming.headers.clone(),
    });
    // a call that fails before its first message has its status in the headers ("trailers-only")
    let mut status = status_in(&incoming.headers);
    let is_grpc_web = incoming.header("content-type").is_some_and(|kind| kind.starts_with("application/grpc-web"));
    if status.is_none() && !is_grpc_web {
        return Ok(Status {
            code: grpc_status::from_http(incoming.status),
            message: format!("HTTP {} and no gRPC-Web body", incoming.status),
        });
    }
    let mut decoder = Decoder::default();
    while let Some(chunk) = incoming.chunk().await? {
        let at_ms = now_ms();
        progress.bytes_in += chunk.len();
        progress.last_ms = Some(at_ms);
        decoder.feed(&chunk);
        while let Some(frame) = decoder.next_frame().map_err(unreadable)? {
            match frame {
                Frame::Message(bytes) => {
                    let reply = HelloReply::decode(bytes.as_slice()).map_err(unreadable)?;
                    progress.messages += 1;
                    on_event(Event::Message { at_ms, message: reply.message, bytes: bytes.len() });
                }
                Frame::Trailers(metadata) => {
                    status = status_in(&metadata).or(status);
                    let timing = metadata.iter().find(|(name, _)| name == "server-timing");
                    progress.timing = timing.map(|(_, value)| server_timing::parse(value)).unwrap_or_default();
                    on_event(Event::Trailers { at_ms, metadata });
                }
            }
        }
    }
    if decoder.is_mid_frame() {
        return Err(CallError::Unreadable("the body ends within a frame".to_owned()));
    }
    status.ok_or_else(|| CallError::Unreadable("the body ends without a grpc-status".to_owned()))
}

fn status_in(metadata: &Metadata) -> Option<Status> {
    let value = |wanted: &str| metadata.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    Some(Status {
        code: value("grpc-status")?.parse().unwrap_or(grpc_status::UNKNOWN),
        message: value("grpc-message").map(|text| grpc_web::percent_decode(text)).unwrap_or_default(),
    })
}

fn past_deadline() -> Status {
    Status { code: grpc_status::DEADLINE_EXCEEDED, message: String::new() }
}

fn unreadable(error: impl std::fmt::Display) -> CallError {
    CallError::Unreadable(error.to_string())
}
