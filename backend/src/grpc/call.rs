//! What is around every call, of every service: the deadline, the number of requests, the end of the server, a client that
//! went away, the counters, and the trailer `server-timing` of a call that is traced. It is inside of gRPC-Web, so that both protocols
//! get the same.
//!
//! It is the hot path: a call that never waits costs no timer, no lock and no allocation here.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use crosstalk_proto::step::Party;
use http::{HeaderMap, HeaderName, Request, Response, Version};
use http_body::Frame;
use tonic::body::Body;
use tower::Service;

use super::{
    Error,
    cardinality::{Checked, Requests},
    deadline::Deadline,
};
use crate::{
    server_timing::{SERVER_TIMING, Steps},
    state::AppState,
    trace::TraceContext,
};

/// How long a call may go on after the server began to stop: most calls end by themselves in this time, so that none is cut.
const GRACE: Duration = Duration::from_secs(2);
/// The most bytes of names and values together; over HTTP/2 the connection itself sees to it.
const MAX_METADATA: usize = 16 * 1024;
const STEPS: HeaderName = HeaderName::from_static(SERVER_TIMING);

/// What a handler measured. It leaves it in the extensions of its response, for the trailers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// When it got the request, or for a stream of requests the call.
    pub(crate) began: Instant,
    /// When the greeting was made.
    pub(crate) greeted: Option<Instant>,
    /// Whether replies go on after the head of the response.
    pub(crate) streams: bool,
}

/// Puts what this file is about around a service.
#[derive(Clone, Debug)]
pub(crate) struct Calls<S> {
    inner: S,
    requests: Requests,
    app: AppState,
}

impl<S> Calls<S> {
    pub(crate) fn new(inner: S, requests: Requests, app: AppState) -> Self {
        Self { inner, requests, app }
    }
}

impl<S, B> Service<Request<B>> for Calls<S>
where
    S: Service<Request<Checked<B>>, Response = Response<Body>, Error = Infallible, Future: Unpin>,
{
    type Response = Response<CallBody>;
    type Error = Infallible;
    type Future = Calling<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let start = Instant::now();
        if tracing::enabled!(tracing::Level::DEBUG) {
            log(&request);
        }
        let running = Running::begin(self.app.clone());
        let traced = TraceContext::of_headers(request.headers()).is_some();
        match admit(&request, start) {
            Ok(deadline) => Calling {
                stage: Stage::Running {
                    inner: self.inner.call(request.map(|body| Checked::new(body, self.requests))),
                    call: Some(Call { start, deadline, traced, running }),
                },
            },
            Err(error) => Calling { stage: Stage::Refused { error, running } },
        }
    }
}

fn admit<B>(request: &Request<B>, start: Instant) -> Result<Option<Deadline>, Error> {
    if request.version() < Version::HTTP_2 {
        let bytes = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if bytes > MAX_METADATA {
            return Err(Error::MetadataTooLarge { bytes, limit: MAX_METADATA });
        }
    }
    let deadline = Deadline::of(request.headers(), start)?;
    deadline.as_ref().map_or(Ok(()), Deadline::check)?;
    Ok(deadline)
}

fn log<B>(request: &Request<B>) {
    let trace = TraceContext::of_headers(request.headers()).unwrap_or_else(TraceContext::generate);
    tracing::debug!(trace_id = format_args!("{:032x}", trace.trace_id()), path = request.uri().path(), "gRPC call");
}

/// Counts a call while it runs, and whether its client stayed to the end.
#[derive(Debug)]
struct Running {
    app: AppState,
    ended: bool,
}

impl Running {
    fn begin(app: AppState) -> Self {
        app.metrics.grpc_in_flight.inc();
        Self { app, ended: false }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.app.metrics.grpc_in_flight.dec();
        if !self.ended {
            self.app.metrics.grpc_cancelled.inc();
        }
    }
}

#[derive(Debug)]
struct Call {
    start: Instant,
    deadline: Option<Deadline>,
    /// Whether the caller sent a `traceparent` that is valid: steps belong to a trace, and without one they would be more bytes than
    /// the rest of a short answer.
    traced: bool,
    running: Running,
}

/// A call whose response has no head yet.
#[derive(Debug)]
pub(crate) struct Calling<F> {
    stage: Stage<F>,
}

#[derive(Debug)]
enum Stage<F> {
    Running { inner: F, call: Option<Call> },
    Refused { error: Error, running: Running },
}

impl<F> Future for Calling<F>
where
    F: Future<Output = Result<Response<Body>, Infallible>> + Unpin,
{
    type Output = Result<Response<CallBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let refused = match &mut self.stage {
            Stage::Refused { error, running } => {
                running.ended = true;
                error.clone()
            }
            Stage::Running { inner, call } => {
                let waited = call.as_mut().expect("a future is not polled after its end");
                match (Pin::new(inner).poll(cx), &mut waited.deadline) {
                    (Poll::Ready(Ok(response)), _) => {
                        return Poll::Ready(Ok(call.take().expect("it was there a line ago").answer(response)));
                    }
                    (Poll::Pending, None) => return Poll::Pending,
                    (Poll::Pending, Some(deadline)) => {
                        let error = ready!(deadline.poll(cx));
                        waited.running.ended = true;
                        error
                    }
                }
            }
        };
        Poll::Ready(Ok(refusal(refused).map(|()| CallBody::default())))
    }
}

/// A response of nothing but a status.
pub(crate) fn refusal(error: Error) -> Response<()> {
    crate::error::Error::from(error).status().into_http()
}

impl Call {
    fn answer(mut self, response: Response<Body>) -> Response<CallBody> {
        if let Some(Err(late)) = self.deadline.as_ref().map(Deadline::check) {
            self.running.ended = true;
            return refusal(late).map(|()| CallBody::default());
        }
        let (mut head, body) = response.into_parts();
        if http_body::Body::is_end_stream(&body) {
            self.running.ended = true;
            return Response::from_parts(head, CallBody::default());
        }
        let measured = head.extensions.remove::<Measured>();
        let open = Open { body, call: self, measured, head_at: Instant::now(), first_at: None, server_ends: None };
        Response::from_parts(head, CallBody { open: Some(open) })
    }
}

/// The body of a response: messages, then trailers. Dropped before these, it counts as cancelled.
#[derive(Debug, Default)]
pub(crate) struct CallBody {
    open: Option<Open>,
}

type NextFrame = Option<Result<Frame<bytes::Bytes>, tonic::Status>>;

struct Open {
    body: Body,
    call: Call,
    measured: Option<Measured>,
    head_at: Instant,
    /// When the first message was ready to be written.
    first_at: Option<Instant>,
    server_ends: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").field("call", &self.call).finish_non_exhaustive()
    }
}

impl http_body::Body for CallBody {
    type Data = bytes::Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<NextFrame> {
        let Some(open) = &mut self.open else { return Poll::Ready(None) };
        let frame = match open.poll_work(cx) {
            Poll::Ready(Ok(Some(Ok(frame)))) if frame.is_data() => {
                if open.call.traced {
                    open.first_at.get_or_insert_with(Instant::now);
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            Poll::Ready(Ok(frame)) => frame.map(|frame| {
                frame.map(|frame| match frame.into_trailers() {
                    Ok(trailers) => Frame::trailers(open.with_steps(trailers)),
                    Err(other) => other,
                })
            }),
            Poll::Ready(Err(error)) => {
                let mut trailers = HeaderMap::with_capacity(4);
                Some(
                    crate::error::Error::from(error)
                        .status()
                        .add_header(&mut trailers)
                        .map(|()| Frame::trailers(open.with_steps(trailers))),
                )
            }
            Poll::Pending => return Poll::Pending,
        };
        open.call.running.ended = true;
        self.open = None;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.open.is_none()
    }
}

impl Open {
    /// The next frame of the service, unless there is a reason to end the call first.
    fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<Result<NextFrame, Error>> {
        if let Some(deadline) = &self.call.deadline {
            deadline.check()?;
        }
        if let Poll::Ready(frame) = http_body::Body::poll_frame(Pin::new(&mut self.body), cx) {
            return Poll::Ready(Ok(frame));
        }
        if let Some(deadline) = &mut self.call.deadline
            && let Poll::Ready(late) = deadline.poll(cx)
        {
            return Poll::Ready(Err(late));
        }
        let app = &self.call.running.app;
        let server_ends = self.server_ends.get_or_insert_with(|| {
            let token = app.shutdown.token().clone();
            Box::pin(async move {
                token.cancelled().await;
                tokio::time::sleep(GRACE).await;
            })
        });
        server_ends.as_mut().poll(cx).map(|()| Err(Error::GoingAway))
    }

    fn with_steps(&self, mut trailers: HeaderMap) -> HeaderMap {
        if let Some(measured) = self.measured.filter(|_| self.call.traced) {
            let mut steps = Steps::new();
            let start = self.call.start;
            if self.call.deadline.is_some() {
                steps.add(Party::Server, "deadline", start, start);
            }
            steps.add(Party::Server, "parse", start, measured.began);
            if let Some(greeted) = measured.greeted {
                steps.add(Party::Server, "greet", measured.began, greeted);
                if let Some(first) = self.first_at {
                    steps.add(Party::Server, "reply", greeted, first);
                }
            }
            if measured.streams {
                steps.end(Party::Server, "stream", self.head_at);
            }
            // three moments at which it let go of something
            steps.add(Party::Server, "headers", self.head_at, self.head_at);
            if let Some(first) = self.first_at {
                steps.add(Party::Server, "data", first, first);
            }
            let now = Instant::now();
            steps.add(Party::Server, "trailers", now, now);
            let mut timing = steps.server_timing();
            // new each time: in HPACK's table (RFC 7541, section 7.1.3) it would only push out what repeats
            timing.set_sensitive(true);
            trailers.insert(STEPS, timing);
        }
        trailers
    }
}
