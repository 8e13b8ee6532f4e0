//! What is around every request of every style, in one cheap layer: which hosts the server answers to (against DNS
//! rebinding), how long the head of an answer may take, how a panic is answered, the headers that are on every answer, and
//! metrics.
//!
//! It is the hot path: while all is well, the host is written as usual and no page watches other clients, nothing here
//! allocates or takes a lock.

use std::{
    convert::Infallible,
    future::Future,
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::{Router, body::Body, response::IntoResponse as _};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tower::Service as _;

use crate::{
    activity::{Activity, http::Note},
    authority::{Authority, WebOrigin},
    capture::Peer,
    config::Origin,
    error::Error,
    listen::{Outgoing, Unwritten},
    shutdown::Shutdown,
    state::AppState,
    telemetry::{Metrics, Surface},
};

/// How long the head of an answer may take. Streams send theirs at once.
const HEAD_BUDGET: Duration = Duration::from_secs(65);

/// The outermost service. One per process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Middleware {
    router: Router,
    /// Who is at the other end of the connection that this serves.
    peer: Option<Peer>,
    /// What of the responses on that connection is to be written.
    unwritten: Unwritten,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    public_origin: Option<Origin>,
    /// How most clients write the hosts that the server answers to.
    usual_hosts: Vec<String>,
    metrics: Metrics,
    activity: Activity,
    shutdown: Shutdown,
}

impl Middleware {
    /// Wraps the routes.
    #[must_use]
    pub fn new(router: Router, app: &AppState) -> Self {
        let shared = Shared {
            public_origin: app.config.public_origin.clone(),
            usual_hosts: usual_hosts(app),
            metrics: app.metrics.clone(),
            activity: app.activity.clone(),
            shutdown: app.shutdown.clone(),
        };
        Self { router, peer: None, unwritten: Unwritten::default(), shared: Arc::new(shared) }
    }

    /// For one connection.
    #[must_use]
    pub fn to(self, peer: IpAddr, unwritten: Unwritten) -> Self {
        Self { peer: Some(Peer(peer)), unwritten, ..self }
    }
}

impl hyper::service::Service<Request<Incoming>> for Middleware {
    type Response = Response<Outgoing>;
    type Error = Infallible;
    type Future = Answering<axum::routing::future::RouteFuture<Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let start = Instant::now();
        let surface = surface(request.method(), request.uri().path());
        let http1 = request.version() <= Version::HTTP_11;
        let refused = self.shared.admit(&request).err().map(Error::into_response);
        let activity = &self.shared.activity;
        let note = if activity.is_watched() { Note::of(activity, &request, start) } else { None };
        let mut request = request.map(|body| match &note {
            Some(note) => note.counting(Body::new(body)),
            None => Body::new(body),
        });
        if request.method() == Method::PUT
            && let Some(peer) = self.peer
        {
            // activity do not ask for it, and need not pay for it
            request.extensions_mut().insert(peer);
        }
        let inner = refused.is_none().then(|| self.router.clone().call(request));
        let (unwritten, shared) = (self.unwritten.clone(), self.shared.clone());
        Answering { inner, refused, budget: None, start, surface, http1, note, unwritten, shared }
    }
}

impl Shared {
    /// Checks that the server answers to the host that a request names.
    ///
    /// # Errors
    /// 400 when the request does not name one host (RFC 9112, section 3.2), 403 when it is a foreign one.
    fn admit<B>(&self, request: &Request<B>) -> Result<(), Error> {
        if self.is_usual(request) {
            return Ok(());
        }
        let authority = Authority::of(request)
            .map_err(|malformed| Error::request(StatusCode::BAD_REQUEST, malformed.to_string()))?;
        let public = || self.public_origin.as_ref().and_then(|origin| WebOrigin::parse(origin.as_str()));
        if authority.is_loopback() || public().is_some_and(|public| public.has(authority)) {
            return Ok(());
        }
        Err(Error::request(
            StatusCode::FORBIDDEN,
            "this server answers to loopback addresses and to the host of CROSSTALK_PUBLIC_ORIGIN only; use one of them",
        ))
    }

    /// Whether a request names one host, and writes it as most clients do: then there is nothing to parse.
    fn is_usual<B>(&self, request: &Request<B>) -> bool {
        let target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
        let mut hosts = request.headers().get_all(header::HOST).iter().map(HeaderValue::as_bytes);
        let named = match (target, hosts.next(), hosts.next()) {
            (Some(host), None, None) if request.version() > Version::HTTP_11 => host,
            (None, Some(host), None) => host,
            _ => return false,
        };
        self.usual_hosts.iter().any(|usual| usual.as_bytes() == named)
    }
}

fn usual_hosts(app: &AppState) -> Vec<String> {
    let port = app.address.port();
    let public = app.config.public_origin.as_ref().map(|origin| origin.authority().to_owned());
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")].into_iter().chain(public).collect()
}

fn surface(method: &Method, path: &str) -> Surface {
    if path.starts_with("/api/") {
        Surface::Rest
    } else if path.starts_with("/ws") {
        Surface::WebSocket
    } else if method == Method::POST {
        Surface::Grpc
    } else {
        Surface::Page
    }
}

pin_project! {
    /// An answer on its way.
    #[derive(Debug)]
    pub struct Answering<F> {
        #[pin]
        inner: Option<F>,
        refused: Option<Response<Body>>,
        budget: Option<Pin<Box<Sleep>>>,
        start: Instant,
        surface: Surface,
        http1: bool,
        note: Option<Box<Note>>,
        unwritten: Unwritten,
        shared: Arc<Shared>,
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Answering<F> {
    type Output = Result<Response<Outgoing>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.inner.as_pin_mut() {
            None => this.refused.take().expect("a request is either refused or served, and polled once to its end"),
            Some(inner) => match catch_unwind(AssertUnwindSafe(|| inner.poll(cx))) {
                Ok(Poll::Ready(Ok(response))) => response,
                Ok(Poll::Pending) => {
                    // only who has to wait pays for a timer
                    let budget = this.budget.get_or_insert_with(|| Box::pin(tokio::time::sleep(HEAD_BUDGET)));
                    ready!(budget.as_mut().poll(cx));
                    Error::request(
                        StatusCode::REQUEST_TIMEOUT,
                        "the request did not arrive whole in time; send it again",
                    )
                    .into_response()
                }
                Err(panic) => {
                    this.shared.metrics.panics.inc();
                    Error::Internal(panic_message(panic.as_ref())).into_response()
                }
            },
        };
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if *this.http1 && this.shared.shutdown.has_begun() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        this.shared.metrics.answered(*this.surface, response.status(), this.start.elapsed());
        if let Some(note) = this.note.take() {
            response = note.answered(response);
        }
        Poll::Ready(Ok(response.map(|body| this.unwritten.body(body))))
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a handler panicked".to_owned())
}
