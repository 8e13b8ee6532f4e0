//! Accepts connections and serves HTTP/1.1 and HTTP/2 on each; the same service on every listener.
//!
//! The end is in three parts, so that no request is cut: connections that the kernel has made are still accepted, and no others
//! ([`graceful_close`]); for [`LINGER`] every HTTP/1.1 answer says `Connection: close`, so that clients leave by themselves; then
//! what is idle is closed (GOAWAY on HTTP/2) and what is busy is waited for.
//!
//! A client that takes nothing of its responses is given up ([`write_timeout`]); a quiet connection is not.

mod graceful_close;
mod preface_timeout;
mod tls;
mod write_timeout;

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;

use self::{
    preface_timeout::PrefaceTimeout,
    write_timeout::{WRITE_BUDGET, WriteTimeout},
};
pub use self::{
    tls::Tls,
    write_timeout::{Outgoing, Part, Unwritten},
};
use crate::{
    byte_stream::ByteStream,
    capture::{Admitted, Captures, Recording, Tapped, Watched},
    config::Config,
    middleware::Middleware,
    shutdown::Shutdown,
    state::AppState,
};

/// How long a client may take to send the head of a request.
const HEAD_READ_BUDGET: Duration = Duration::from_secs(15);
/// How long clients of kept-alive connections have to send a last request when the end begins.
const LINGER: Duration = Duration::from_millis(500);
/// How long to wait when no more sockets can be had.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often an HTTP/2 connection is asked whether it is still there, and how long it may take to say so.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_BUDGET: Duration = Duration::from_secs(20);
/// The most connections at the same time; others wait in the backlog.
const MAX_CONNECTIONS: usize = 16_384;
const MAX_CONCURRENT_STREAMS: u32 = 256;
/// The most bytes of a connection that the system keeps and has not begun to send. With less than half of it the socket takes
/// more: so much has a slow reader to take within [`WRITE_BUDGET`].
#[cfg(any(target_os = "linux", target_os = "android"))]
const MAX_UNSENT: u32 = 256 * 1024;

/// Bound sockets, not yet served.
#[derive(Debug)]
pub struct Listeners {
    http: TcpListener,
    grpc: Option<TcpListener>,
    tls: Option<Tls>,
}

impl Listeners {
    /// Binds what the configuration asks for. A taken gRPC port is a warning only: gRPC is on the first port as well.
    ///
    /// # Errors
    /// When the first address cannot be bound, or there is no certificate; names the variable.
    pub async fn bind(config: &Config) -> anyhow::Result<Self> {
        let tls = Tls::of(config)?;
        let http = TcpListener::bind(config.listen).await.with_context(|| {
            format!("cannot listen on {}; is another server running? CROSSTALK_LISTEN sets the address", config.listen)
        })?;
        let grpc = match TcpListener::bind(config.grpc_listen).await {
            Ok(listener) => Some(listener),
            Err(error) => {
                tracing::warn!(
                    %error,
                    "cannot listen on {} for gRPC alone, so it is on {} only; CROSSTALK_GRPC_LISTEN sets the address",
                    config.grpc_listen,
                    config.listen
                );
                None
            }
        };
        Ok(Self { http, grpc, tls })
    }

    /// Where HTTP is served.
    ///
    /// # Errors
    /// When the socket does not know its own address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.http.local_addr()
    }

    /// Where gRPC is served as well, if it is.
    #[must_use]
    pub fn grpc_address(&self) -> Option<SocketAddr> {
        self.grpc.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// How TLS is spoken, if it is.
    #[must_use]
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Says on standard output what is served where.
    #[expect(clippy::print_stdout, reason = "the one thing the program says to the person who started it")]
    pub fn announce(&self, app: &AppState) {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        println!("Crosstalk {}  {scheme}://{}", env!("CARGO_PKG_VERSION"), app.address);
        if let Some(grpc) = self.grpc_address() {
            println!("  gRPC    {grpc} (and on the port above)");
        }
        match app.link.target().client_url() {
            Some(url) => println!("  broker  {url} (embedded, in memory; AMQP_URL names another)"),
            None => println!("  broker  {}", app.link.address()),
        }
        println!("  store   {}", app.greetings.describe());
    }

    /// Serves until the shutdown begins; returns when nothing more is accepted.
    pub async fn serve(self, middleware: Middleware, captures: &Captures, shutdown: &Shutdown) {
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let serving = Serving { middleware, captures: captures.clone(), shutdown: shutdown.clone(), tls: self.tls };
        let http = accept(self.http, &serving, &room);
        let grpc = async {
            if let Some(listener) = self.grpc {
                accept(listener, &serving, &room).await;
            }
        };
        tokio::join!(http, grpc);
    }
}

/// What every connection is served with.
#[derive(Clone)]
struct Serving {
    middleware: Middleware,
    captures: Captures,
    shutdown: Shutdown,
    tls: Option<Tls>,
}

async fn accept(listener: TcpListener, serving: &Serving, room: &Arc<Semaphore>) {
    let shutdown = &serving.shutdown;
    let serve = |stream, permit| {
        let connection = connection(stream, serving.clone());
        shutdown.spawn(async move {
            connection.await;
            drop::<Option<OwnedSemaphorePermit>>(permit);
        });
    };
    let accepting = async {
        loop {
            let permit = room.clone().acquire_owned().await.expect("the semaphore is never closed");
            match listener.accept().await {
                Ok((stream, _peer)) => serve(stream, Some(permit)),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    let ending = async {
        shutdown.token().cancelled().await;
        graceful_close::stop_handshakes(&listener);
        tokio::time::sleep(graceful_close::HANDSHAKE).await;
    };
    tokio::select! {
        () = accepting => {}
        () = ending => {}
    }
    for stream in graceful_close::close(listener) {
        serve(stream, None);
    }
}

async fn connection(mut stream: TcpStream, serving: Serving) {
    let Serving { middleware, captures, shutdown, tls } = serving;
    limit_unsent(&stream);
    let ends = stream.set_nodelay(true).and_then(|()| Ok((stream.peer_addr()?, stream.local_addr()?)));
    let ends = match ends {
        Ok(ends) => ends,
        Err(error) => {
            tracing::debug!(%error, "the peer left before it was served");
            return;
        }
    };
    if tls.is_some() {
        let turned_away = tokio::select! {
            () = lingered(shutdown.token()) => return,
            turned_away = tls::turn_away(&mut stream) => turned_away,
        };
        if turned_away {
            return;
        }
    }
    let unwritten = Unwritten::default();
    let middleware = middleware.to(ends.0.ip(), unwritten.clone());
    let Admitted { recording, leave } = captures.admit(ends, tls.is_some());
    let stream: Box<dyn ByteStream> = match (tls, &recording) {
        (None, None) => return serve(stream, unwritten, middleware, &leave, &shutdown).await,
        (None, Some(_)) => Box::new(stream),
        (Some(tls), recording) => {
            let opened = tokio::select! {
                () = lingered(&leave) => return,
                opened = unsealed(tls, stream, recording.as_ref()) => opened,
            };
            match opened {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::debug!(%error, "a TLS handshake failed");
                    return;
                }
            }
        }
    };
    match recording {
        None => serve(stream, unwritten, middleware, &leave, &shutdown).await,
        Some(recording) => {
            let watched = Watched::new(middleware, captures, recording.clone());
            serve(Tapped::new(stream, recording), unwritten, watched, &leave, &shutdown).await;
        }
    }
}

/// Keeps the system from taking megabytes for a client that does not read: they would count as written.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn limit_unsent(stream: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(MAX_UNSENT) {
        tracing::debug!(%error, "the system does not limit what it keeps for a client");
    }
}

/// Elsewhere the system decides how much it takes for a client that does not read.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn limit_unsent(_stream: &TcpStream) {}

/// Some time after `leave` was cancelled: who shakes hands then gets to its end, and its request is served.
async fn lingered(leave: &CancellationToken) {
    leave.cancelled().await;
    tokio::time::sleep(LINGER).await;
}

/// What is behind TLS; of a recorded connection, what goes over the network is recorded as well.
async fn unsealed(tls: Tls, stream: TcpStream, recording: Option<&Arc<Recording>>) -> io::Result<Box<dyn ByteStream>> {
    Ok(match recording.and_then(|recording| recording.network()) {
        None => Box::new(tls.accept(stream).await?),
        Some(network) => Box::new(tls.accept(Tapped::new(stream, network)).await?),
    })
}

/// How HTTP/1.1 and HTTP/2 are spoken on a connection. Spawns by `executor`.
pub fn http<E>(executor: E) -> auto::Builder<E> {
    let mut builder = auto::Builder::new(executor);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_READ_BUDGET);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_BUDGET);
    builder
}

/// Serves one connection to its end; once `leave` is cancelled that is when what is under way on it is done.
async fn serve<I, S>(stream: I, unwritten: Unwritten, service: S, leave: &CancellationToken, shutdown: &Shutdown)
where
    I: ByteStream + 'static,
    S: hyper::service::Service<Request<Incoming>, Response = Response<Outgoing>, Error = Infallible>,
    S::Future: Send + 'static,
{
    let builder = http(Tracked(shutdown.clone()));
    let stream = PrefaceTimeout::new(WriteTimeout::new(stream, unwritten, WRITE_BUDGET), HEAD_READ_BUDGET);
    let serving = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        // first: what comes after a connection was asked to end is not served on it any more
        biased;
        () = leave.cancelled() => None,
        ended = serving.as_mut() => Some(ended),
    };
    let lingered = match ended {
        None if shutdown.has_begun() => tokio::time::timeout(LINGER, serving.as_mut()).await.ok(),
        ended => ended,
    };
    let ended = match lingered {
        Some(ended) => ended,
        None => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended badly");
    }
}

/// Runs hyper's own tasks (HTTP/2 streams) where the drain sees them.
#[derive(Clone, Debug)]
pub struct Tracked(pub Shutdown);

impl<F> hyper::rt::Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use bytes::Bytes;
    use http_body_util::{BodyExt as _, Empty};
    use hyper::service::service_fn;
    use hyper_util::rt::TokioExecutor;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
        task::JoinHandle,
        time::{Instant, timeout},
    };

    use super::*;

    const LARGE: usize = 1 << 20;
    /// Twice the budget, and a little for what is done besides.
    const LATEST: Duration = Duration::from_secs(WRITE_BUDGET.as_secs() * 2 + 5);

    /// A server of one connection: `/large` is more than fits, `/quiet` is a stream that begins and says nothing more.
    fn served() -> (DuplexStream, JoinHandle<()>) {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let unwritten = Unwritten::default();
        let bodies = unwritten.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let body = match request.uri().path() {
                "/large" => Body::from(vec![b'x'; LARGE]),
                "/quiet" => {
                    let first = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"first"))]);
                    Body::from_stream(futures_util::StreamExt::chain(first, futures_util::stream::pending()))
                }
                _ => Body::empty(),
            };
            std::future::ready(Ok(Response::new(bodies.body(body))))
        });
        let (leave, shutdown) = (CancellationToken::new(), Shutdown::new());
        (far, tokio::spawn(async move { serve(near, unwritten, service, &leave, &shutdown).await }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_its_answer_is_given_up() {
        let (mut client, serving) = served();
        client.write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        timeout(LATEST, serving).await.expect("it was not given up").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_slowly_gets_all_of_its_answer() {
        let (mut client, serving) = served();
        client.write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut read = 0;
        let start = Instant::now();
        loop {
            tokio::time::sleep(WRITE_BUDGET - Duration::from_secs(1)).await;
            match client.read(&mut [0; 64 * 1024]).await.unwrap() {
                0 => break,
                some => read += some,
            }
        }
        assert!(read > LARGE && start.elapsed() > LATEST, "{read} {:?}", start.elapsed());
        serving.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_and_a_quiet_stream_are_kept() {
        let (mut client, serving) = served();
        // bytes of the start of a stream that is not read any further are no reason either
        client.write_all(b"GET /quiet HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(timeout(10 * LATEST, serving).await.is_err(), "a quiet stream was cut");
    }

    type Client = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

    async fn http2(client: DuplexStream) -> Client {
        let (client, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(16 * 1024)
            .handshake(TokioIo::new(client))
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }

    fn get(path: &str) -> Request<Empty<Bytes>> {
        Request::builder().uri(format!("http://localhost{path}")).body(Empty::new()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_http2_that_is_given_no_credit_ends_its_connection() {
        let (client, serving) = served();
        let mut client = http2(client).await;
        let unread = client.send_request(get("/large")).await.unwrap();
        // the connection itself is well: it answers pings, and is waited for between them
        timeout(LATEST, serving).await.expect("it was not given up").unwrap();
        assert!(unread.into_body().collect().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_stream_of_http2_is_kept() {
        let (client, serving) = served();
        let mut client = http2(client).await;
        let mut body = client.send_request(get("/quiet")).await.unwrap().into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first");
        assert!(timeout(10 * LATEST, serving).await.is_err(), "a quiet stream was cut");
    }
}
