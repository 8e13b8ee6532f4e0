//! Drives `SayHelloBidiStream` for a browser, which cannot: over a connection of its own to our own listener ([`super::loopback_client`]), so
//! that the bytes are those of any native client.
//!
//! Nothing happens until [`Events`] is read, at the pace it is read; dropping it cancels the call.

use std::{pin::Pin, time::Duration};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use crosstalk_proto::{
    helloworld::{HelloReply, HelloRequest, greeter_client::GreeterClient},
    ws::CallEvent,
};
use futures_util::{Stream, stream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{
    CancellationHandle, Request, Status, Streaming,
    metadata::{
        AsciiMetadataKey, AsciiMetadataValue, BinaryMetadataKey, BinaryMetadataValue, KeyAndValueRef, MetadataMap,
    },
    transport::Channel,
};

use super::{Error, loopback_client::LoopbackClient};
use crate::{
    clock,
    state::AppState,
    trace::{TRACEPARENT, TraceContext},
};

/// The most requests that wait to be sent.
const MAX_WAITING: usize = 64;
/// The most bytes of metadata, names and values together.
const MAX_METADATA: usize = 8 * 1024;
/// Names that HTTP/2 or gRPC gives a meaning of its own, beside `grpc-…`.
const RESERVED: [&str; 12] = [
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What comes back, each with when, in milliseconds on the server's clock. Ends after [`CallEvent::Trailers`].
pub type Events = Pin<Box<dyn Stream<Item = (CallEvent, f64)> + Send>>;

/// The caller's end of a call. Dropped, it ends the requests; replies go on.
#[derive(Debug)]
pub struct NativeCall {
    requests: Option<mpsc::Sender<HelloRequest>>,
    over: CancellationToken,
}

/// Opens a call.
///
/// `metadata` is sent in order, `-bin` values being base64; `trace` goes on as its child, unless `metadata` says otherwise;
/// `deadline` is sent as `grpc-timeout`. What goes wrong later, a refused connection too, is a [`CallEvent::Trailers`].
///
/// # Errors
/// [`Error::Metadata`] and [`Error::MetadataTooLarge`] when that cannot be sent.
pub fn open(
    app: &AppState,
    metadata: &[(String, String)],
    trace: Option<TraceContext>,
    deadline: Option<Duration>,
) -> Result<(NativeCall, Events), Error> {
    let mut metadata = to_metadata(metadata)?;
    if let Some(trace) = trace.filter(|_| !metadata.contains_key(TRACEPARENT)) {
        let child = trace.child().to_string();
        metadata.insert(TRACEPARENT, child.parse().expect("a traceparent is visible ASCII"));
    }
    let (sender, requests) = mpsc::channel(MAX_WAITING);
    let mut request = Request::new(ReceiverStream::new(requests));
    *request.metadata_mut() = metadata;
    if let Some(deadline) = deadline {
        request.set_timeout(deadline);
    }
    let over = CancellationToken::new();
    let reset = Reset(Some(request.cancellation_handle()));
    let stage = Stage::Opening(Box::new(Opening { dial: LoopbackClient::ourselves(app), request }));
    let driven = Driven { stage, over: over.clone(), reset };
    Ok((NativeCall { requests: Some(sender), over }, Box::pin(stream::unfold(driven, Driven::next))))
}

impl NativeCall {
    /// Sends one request; does not wait.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait already, [`Error::RequestsEnded`] after a half-close or the call's end.
    pub fn send(&self, name: String) -> Result<(), Error> {
        let requests = self.requests.as_ref().filter(|_| !self.over.is_cancelled()).ok_or(Error::RequestsEnded)?;
        requests.try_send(HelloRequest { name }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy { limit: MAX_WAITING },
            mpsc::error::TrySendError::Closed(_) => Error::RequestsEnded,
        })
    }

    /// Ends the requests, after those that wait; replies go on.
    pub fn half_close(&mut self) {
        self.requests = None;
    }

    /// Resets the stream; the events end with `CANCELLED`, unless they have ended already.
    pub fn cancel(&self) {
        self.over.cancel();
    }
}

struct Driven {
    stage: Stage,
    // by the caller, or because it ended
    over: CancellationToken,
    reset: Reset,
}

/// Resets the stream on drop. Dropping the reader of the replies does not reset it while requests may follow.
struct Reset(Option<CancellationHandle>);

impl Drop for Reset {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.cancel();
        }
    }
}

struct Opening {
    dial: LoopbackClient,
    request: Request<ReceiverStream<HelloRequest>>,
}

struct Open {
    replies: Streaming<HelloReply>,
    // keeps the connection
    _client: GreeterClient<Channel>,
}

enum Stage {
    Opening(Box<Opening>),
    Open(Box<Open>),
    Over,
}

impl Driven {
    async fn next(self) -> Option<((CallEvent, f64), Self)> {
        let Self { stage, over, reset } = self;
        if matches!(stage, Stage::Over) {
            return None;
        }
        let (event, stage) = tokio::select! {
            biased;
            () = over.cancelled() => (trailers(&Status::cancelled("the caller cancelled the call")), Stage::Over),
            (event, stage) = stage.advance() => (event, stage),
        };
        if matches!(stage, Stage::Over) {
            over.cancel();
        }
        Some(((event, clock::now_ms()), Self { stage, over, reset }))
    }
}

impl Stage {
    async fn advance(self) -> (CallEvent, Self) {
        let advanced = match self {
            Self::Opening(opening) => opening.connect().await,
            Self::Open(open) => open.next().await,
            Self::Over => Err(Status::internal("the call is over")),
        };
        advanced.unwrap_or_else(|status| (trailers(&status), Self::Over))
    }
}

impl Opening {
    async fn connect(self) -> Result<(CallEvent, Stage), Status> {
        let channel = self.dial.connect().await?;
        let mut client = GreeterClient::new(channel);
        let (head, replies, _extensions) = client.say_hello_bidi_stream(self.request).await?.into_parts();
        Ok((
            CallEvent::Headers { metadata: from_metadata(&head) },
            Stage::Open(Box::new(Open { replies, _client: client })),
        ))
    }
}

impl Open {
    async fn next(mut self: Box<Self>) -> Result<(CallEvent, Stage), Status> {
        if let Some(HelloReply { message }) = self.replies.message().await? {
            return Ok((CallEvent::Message { message }, Stage::Open(self)));
        }
        let metadata = self.replies.trailers().await?.unwrap_or_default();
        Ok((trailers(&Status::with_metadata(tonic::Code::Ok, "", metadata)), Stage::Over))
    }
}

fn trailers(status: &Status) -> CallEvent {
    let mut metadata = from_metadata(status.metadata());
    metadata.retain(|(key, _)| !matches!(key.as_str(), "grpc-status" | "grpc-message"));
    if !status.details().is_empty() {
        metadata.push(("grpc-status-details-bin".to_owned(), BASE64.encode(status.details())));
    }
    CallEvent::Trailers { code: status.code() as i32, message: status.message().to_owned(), metadata }
}

fn to_metadata(pairs: &[(String, String)]) -> Result<MetadataMap, Error> {
    let bytes = pairs.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > MAX_METADATA {
        return Err(Error::MetadataTooLarge { bytes, limit: MAX_METADATA });
    }
    let mut metadata = MetadataMap::with_capacity(pairs.len());
    for (key, value) in pairs {
        append(&mut metadata, key, value)
            .map_err(|problem| Error::Metadata { key: key.clone(), problem: problem.to_owned() })?;
    }
    Ok(metadata)
}

/// Custom-Metadata of gRPC over HTTP/2, section Requests.
fn append(metadata: &mut MetadataMap, key: &str, value: &str) -> Result<(), &'static str> {
    const NAMES: &str = "is not a name; use digits, lower-case letters, and _ - .";
    if key.is_empty() || !key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'_' | b'-' | b'.')) {
        return Err(NAMES);
    }
    if key.starts_with("grpc-") || RESERVED.contains(&key) {
        return Err("is reserved for the protocol; choose another name");
    }
    if key.ends_with("-bin") {
        let key = BinaryMetadataKey::from_bytes(key.as_bytes()).map_err(|_invalid| NAMES)?;
        let value = BASE64.decode(value).map_err(|_invalid| "ends in -bin, so its value must be base64")?;
        metadata.append_bin(key, BinaryMetadataValue::from_bytes(&value));
    } else {
        const VALUES: &str = "has a value with characters that are not printable ASCII; use a name that ends in -bin";
        let key = AsciiMetadataKey::from_bytes(key.as_bytes()).map_err(|_invalid| NAMES)?;
        let printable = value.bytes().all(|b| matches!(b, b' '..=b'~'));
        let value = printable.then(|| AsciiMetadataValue::try_from(value).ok()).flatten().ok_or(VALUES)?;
        metadata.append(key, value);
    }
    Ok(())
}

fn from_metadata(metadata: &MetadataMap) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    metadata
        .iter()
        .map(|pair| match pair {
            KeyAndValueRef::Ascii(key, value) => (key.to_string(), text(value.as_bytes())),
            KeyAndValueRef::Binary(key, value) => (key.to_string(), text(value.as_encoded_bytes())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{from_metadata, to_metadata};

    fn check(key: &str, value: &str) -> Result<Vec<(String, String)>, String> {
        to_metadata(&[(key.to_owned(), value.to_owned())])
            .map(|metadata| from_metadata(&metadata))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn metadata_goes_as_it_was_given() {
        for (key, value) in [("x-user.name_1", "Ada Lovelace ~"), ("authorization", "Bearer t"), ("data-bin", "AP8")] {
            assert_eq!(check(key, value), Ok(vec![(key.to_owned(), value.to_owned())]));
        }
        assert_eq!(check("data-bin", "AP8="), check("data-bin", "AP8"), "padding is optional");
    }

    #[test]
    fn reserved_names_and_bad_values_are_refused_by_name() {
        for (key, value) in [
            ("", "x"),
            (":path", "/"),
            ("grpc-timeout", "1S"),
            ("te", "trailers"),
            ("host", "example.org"),
            ("X-Upper", "x"),
            ("sp ace", "x"),
            ("x", "caf\u{e9}"),
            ("x", "a\r\nb"),
            ("x-bin", "not base64!"),
        ] {
            let error = check(key, value).unwrap_err();
            assert!(error.contains(&format!("{key:?}")), "{error}");
        }
        assert!(check("x", &"a".repeat(9_000)).is_err());
    }
}
