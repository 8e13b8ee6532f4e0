//! gRPC-Web calls. Written on fetch and the frame decoder of `model::grpc_web` and not on tonic-web-wasm-client: the page
//! shows the bytes of the bodies, the time of each message, and headers and trailers apart, and that client gives none of
//! these. Messages are bytes here; what is in them, the server's descriptor says.
//!
//! - [`contract`]: that descriptor; [`counts`]: what the server counts of its calls
//!
//! Dropping the future aborts the call, which is how a browser cancels one.

pub mod contract;
pub mod counts;

use std::cell::RefCell;

use crosstalk_proto::helloworld::{HelloReply, HelloRequest};
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use prost::Message as _;

use super::{
    browser::{network_times, now_ms, traceparent},
    fetch::{self, Outgoing},
};
use crate::model::{
    exchange::{CallError, Cut, Greeted},
    grpc_record::Record,
    grpc_status::{self, Status},
    grpc_web::{self, Decoder, Frame, Metadata},
    outcome::grpc::EndedBy,
    server_timing,
};

/// How much longer than its own deadline the page waits for the server to say that it has passed there too.
const LAST_WORD_MS: u32 = 250;

/// A call of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `helloworld.Greeter/SayHello`
    pub method: String,
    /// The request, encoded.
    pub message: Vec<u8>,
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
        /// Encoded, without the frame's head.
        message: Vec<u8>,
    },
    /// The trailers.
    Trailers {
        /// When.
        at_ms: f64,
        /// In order.
        metadata: Metadata,
        /// With the frame's head.
        bytes: usize,
    },
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Its status; of the server, or of the page when the server gave none.
    pub status: Status,
    /// What the status was made from.
    pub by: EndedBy,
}

impl End {
    /// The end of a call whose answer was cut: a stream without trailers is no success, and no failure that is known.
    pub fn cut(cut: Cut) -> Self {
        Self { status: Status { code: grpc_status::UNKNOWN, message: String::new() }, by: EndedBy::Cut(cut) }
    }
}

/// Carries a call out, telling what comes as it comes, and writing down when. `record` has begun, and is the caller's, so
/// that it is there when this future is dropped.
///
/// # Errors
/// Only when it could not be sent; how it went is in [`End::status`].
pub async fn call(call: &Call, record: &RefCell<Record>, mut on_event: impl FnMut(Event)) -> Result<End, CallError> {
    let path = format!("/{}", call.method);
    let body = grpc_web::encode(&call.message);
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
    let began_ms = {
        let mut record = record.borrow_mut();
        record.encoded_ms = now_ms();
        record.bytes_out = body.len();
        record.began_ms
    };

    let exchange = exchange(&path, &headers, &body, record, &mut on_event);
    let outcome = match call.deadline_ms {
        None => exchange.await,
        Some(deadline) => {
            let patience = TimeoutFuture::new(deadline.saturating_add(LAST_WORD_MS));
            match select(std::pin::pin!(exchange), patience).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(_) => Ok(End {
                    status: Status { code: grpc_status::DEADLINE_EXCEEDED, message: String::new() },
                    by: EndedBy::Page,
                }),
            }
        }
    };
    record.borrow_mut().ended_ms = now_ms();
    // a call that the page ended, or that broke, has no last byte
    let network = match &outcome {
        Ok(End { by: EndedBy::Server, .. }) => network_times(&path, began_ms).await,
        _ => None,
    };
    if let Some(times) = network {
        record.borrow_mut().transferred(times.request_start, times.response_start, times.response_end, times.phases);
    }
    outcome
}

/// The job over gRPC-Web, within a trace of the caller's or one of its own; an empty name is the default one.
///
/// # Errors
/// When there is no greeting; a status other than OK comes as [`CallError::Status`].
pub async fn say_hello(name: &str, trace: Option<String>) -> Result<Greeted, CallError> {
    let record = RefCell::new(Record::begin(now_ms()));
    let request = Call {
        method: "helloworld.Greeter/SayHello".to_owned(),
        message: HelloRequest { name: name.to_owned() }.encode_to_vec(),
        metadata: trace.map(|trace| ("traceparent".to_owned(), trace)).into_iter().collect(),
        deadline_ms: Some(HELLO_DEADLINE_MS),
    };
    let mut reply = None;
    let end = call(&request, &record, |event| {
        if let Event::Message { message, .. } = event {
            reply = Some(message);
        }
    })
    .await?;
    if matches!(end.by, EndedBy::Cut(_)) {
        return Err(CallError::Lost);
    }
    match (end.status, reply) {
        (Status { code: grpc_status::OK, .. }, Some(reply)) => {
            let reply = HelloReply::decode(reply.as_slice()).map_err(unreadable)?;
            Ok(Greeted { text: reply.message, cost: record.into_inner().cost() })
        }
        (Status { code: grpc_status::OK, .. }, None) => {
            Err(CallError::Unreadable("status OK without a message".to_owned()))
        }
        (Status { code, message }, _) => Err(CallError::Status { code, message }),
    }
}

/// How long [`say_hello`] waits.
const HELLO_DEADLINE_MS: u32 = 10_000;

async fn exchange(
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
    record: &RefCell<Record>,
    on_event: &mut impl FnMut(Event),
) -> Result<End, CallError> {
    let mut incoming = fetch::send(Outgoing { method: "POST", path, headers, body: Some(body) }).await?;
    record.borrow_mut().headers_ms = Some(incoming.at_ms);
    on_event(Event::Headers {
        at_ms: incoming.at_ms,
        http_status: incoming.status,
        metadata: incoming.headers.clone(),
    });
    // a call that fails before its first message has its status in the headers ("trailers-only")
    let mut status = status_in(&incoming.headers);
    let is_grpc_web = incoming.header("content-type").is_some_and(|kind| kind.starts_with("application/grpc-web"));
    if status.is_none() && !is_grpc_web {
        let message = format!("HTTP {}", incoming.status);
        return Ok(End {
            status: Status { code: grpc_status::from_http(incoming.status), message },
            by: EndedBy::Http,
        });
    }
    let mut decoder = Decoder::default();
    let is_broken = loop {
        let chunk = match incoming.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break false,
            Err(_broken) => break true,
        };
        let at_ms = now_ms();
        record.borrow_mut().bytes_in += chunk.len();
        decoder.feed(&chunk);
        while let Some((frame, bytes)) = decoder.next_frame().map_err(unreadable)? {
            match frame {
                Frame::Message(message) => {
                    record.borrow_mut().message(at_ms);
                    on_event(Event::Message { at_ms, message });
                }
                Frame::Trailers(metadata) => {
                    status = status_in(&metadata).or(status);
                    {
                        let mut record = record.borrow_mut();
                        record.trailers_ms = Some(at_ms);
                        record.others = server_timing::of(&metadata);
                    }
                    on_event(Event::Trailers { at_ms, metadata, bytes });
                }
            }
        }
    };
    let cut = match status {
        // what breaks after the status breaks after the call
        Some(status) => return Ok(End { status, by: EndedBy::Server }),
        None if decoder.is_mid_frame() => Cut::WithinFrame,
        None if is_broken => Cut::BetweenFrames,
        None => Cut::WithoutTrailers,
    };
    Ok(End::cut(cut))
}

fn status_in(metadata: &Metadata) -> Option<Status> {
    let value = |wanted: &str| metadata.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    Some(Status {
        code: value("grpc-status")?.parse().unwrap_or(grpc_status::UNKNOWN),
        message: value("grpc-message").map(|text| grpc_web::percent_decode(text)).unwrap_or_default(),
    })
}

fn unreadable(error: impl std::fmt::Display) -> CallError {
    CallError::Unreadable(error.to_string())
}
