//! Notes of REST and gRPC calls, made around every request while a page subscribes: the bodies are counted, and the note is
//! told when the answer is over, however it ends.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};

use axum::{body::Body, response::Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use crosstalk_proto::ws::{OtherCall, Style};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::{Activity, now_ms, origin};
use crate::clock;

/// By this `User-Agent` the calls are known that we make for our own page.
pub(crate) const OUR_AGENT: &str = "crosstalk-page";
/// The most characters of a name that is told.
const MAX_TEXT: usize = 160;
/// Parameters whose values are told; any other's may be a credential.
const OPEN: [&str; 3] = ["name", "limit", "after"];
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_WEB: &[u8] = b"application/grpc-web";
/// The flag of a gRPC-Web frame that holds trailers.
const TRAILERS: u8 = 0x80;

/// A call that is under way. Dropped, it is told.
#[derive(Debug)]
pub struct Note {
    activity: Activity,
    style: Style,
    since: Instant,
    call: OtherCall,
    sent: Arc<AtomicU64>,
    received: u64,
    /// Whether the answer is gRPC-Web, and if so whether in base64.
    web: Option<bool>,
}

impl Note {
    /// A note of a call, if it is one to send to the pages.
    pub(crate) fn of<B>(activity: &Activity, request: &Request<B>, since: Instant) -> Option<Box<Self>> {
        let headers = request.headers();
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let (path, kind) = (request.uri().path(), text(header::CONTENT_TYPE));
        let style = if path.starts_with("/api/v1/resource") {
            Style::Rest
        } else if path.starts_with("/ws/queues/") {
            Style::Queue
        } else if kind.starts_with("application/grpc") {
            Style::Grpc
        } else {
            return None;
        };
        let agent = text(header::USER_AGENT);
        let is_own = origin::is_ours(request.uri(), headers) || agent.starts_with(OUR_AGENT);
        if is_own || origin::is_forwarded(headers) || !activity.admits(style, since) {
            return None;
        }
        let verb = match style {
            Style::Grpc => path.rsplit('/').next().unwrap_or_default(),
            Style::Rest | Style::Queue => request.method().as_str(),
        };
        let call = OtherCall {
            at_ms: now_ms(),
            verb: short(verb),
            what: short(&open_path(path, request.uri().query())),
            code: None,
            took_ms: None,
            bytes_out: None,
            bytes_in: None,
            client: short(agent),
        };
        let sent = Arc::default();
        Some(Box::new(Self { activity: activity.clone(), style, since, call, sent, received: 0, web: None }))
    }

    /// The request's body, counted.
    pub(crate) fn counting(&self, body: Body) -> Body {
        Body::new(Counted { body, sent: self.sent.clone() })
    }

    /// The answer, which is told when it is over.
    pub(crate) fn answered(mut self: Box<Self>, response: Response) -> Response {
        match self.style {
            Style::Grpc => {
                let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
                self.web = kind.starts_with(GRPC_WEB).then(|| kind[GRPC_WEB.len()..].starts_with(b"-text"));
                self.trailers(response.headers());
            }
            Style::Rest | Style::Queue => self.call.code = Some(response.status().as_u16()),
        }
        response.map(|body| Body::new(Told { body, note: self }))
    }

    fn trailers(&mut self, trailers: &HeaderMap) {
        let code = trailers.get(GRPC_STATUS).and_then(|value| value.to_str().ok()).and_then(|code| code.parse().ok());
        self.call.code = code.or(self.call.code);
    }

    fn data(&mut self, data: &Bytes) {
        self.received += data.len() as u64;
        let Some(in_base64) = self.web else { return };
        let decoded = if in_base64 { STANDARD.decode(data).unwrap_or_default() } else { Vec::new() };
        let frame = if in_base64 { &decoded[..] } else { &data[..] };
        if let Some(code) = web_status(frame) {
            self.call.code = Some(code);
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let mut call = self.call.clone();
        let took = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        call.took_ms = Some(clock::to_ms(took));
        call.bytes_out = Some(self.sent.load(Ordering::Relaxed));
        call.bytes_in = Some(self.received);
        self.activity.note(self.style, call);
    }
}

/// The status in the trailers of a gRPC-Web answer, if these bytes begin with them.
fn web_status(frame: &[u8]) -> Option<u16> {
    let trailers = frame.get(5..).filter(|_| frame[0] & TRAILERS != 0)?;
    let lines = std::str::from_utf8(trailers).ok()?.split("\r\n");
    let value =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("grpc-status"));
    value?.1.trim().parse().ok()
}

/// The path with its query, but for values that may be credentials.
fn open_path(path: &str, query: Option<&str>) -> String {
    let Some(query) = query else { return path.to_owned() };
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if !OPEN.contains(&name) => format!("{name}=…"),
        _ => parameter.to_owned(),
    });
    format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
}

/// No more of a text than is told.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[derive(Debug)]
struct Counted {
    body: Body,
    sent: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Told {
    body: Body,
    note: Box<Note>,
}

type Polled = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            this.sent.fetch_add(data.len() as u64, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            if let Some(data) = frame.data_ref() {
                this.note.data(data);
            }
            if let Some(trailers) = frame.trailers_ref() {
                this.note.trailers(trailers);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_a_query_are_left_out() {
        assert_eq!(open_path("/a", Some("name=Ada&token=s3cret&x")), "/a?name=Ada&token=…&x");
        assert_eq!(open_path("/a", None), "/a");
    }

    #[test]
    fn the_status_of_grpc_web_is_in_the_last_frame() {
        assert_eq!(web_status(b"\x80\0\0\0\x0fgrpc-status:0\r\n"), Some(0));
        assert_eq!(web_status(b"\x80\0\0\0\x22grpc-message:no\r\ngrpc-status: 12\r\n"), Some(12));
        for other in [&b"\0\0\0\0\x05hello"[..], b"", b"\x80\0", b"\x80\0\0\0\x01\xff"] {
            assert_eq!(web_status(other), None);
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(short(&"雷".repeat(MAX_TEXT + 1)).chars().count(), MAX_TEXT + 1);
        assert_eq!(short("curl"), "curl");
    }
}
