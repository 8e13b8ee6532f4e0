//! The bare peers: hyper, axum and tonic without anything else, each in a process of its own on tokio's default runtime
//! and with TCP_NODELAY, like the subject. Without TCP_NODELAY, HTTP/2 is several times slower.
//!
//! hyper and axum replay the subject's answer: its header names, values and body are copied for each answer, so they
//! send the same bytes without computing them.

use std::{convert::Infallible, env, process::Command};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
    routing::get,
    serve::ListenerExt as _,
};
use clap::{Args, Subcommand};
use crosstalk_broker::{Broker, Config};
use crosstalk_proto::helloworld::{
    HelloReply, HelloRequest,
    greeter_server::{Greeter, GreeterServer},
};
use crosstalk_testkit::ports;
use futures_util::stream::BoxStream;
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tonic::{Status, service::Routes};

use super::{Server, listeners, mirror, subject::RESOURCE};

/// The servers that this binary can run as.
#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// hyper without a router
    #[command(name = "serve-hyper")]
    Hyper(Replay),
    /// An axum router with one route
    #[command(name = "serve-axum")]
    Axum(Replay),
    /// A tonic service on axum
    #[command(name = "serve-tonic")]
    Tonic {
        #[arg(long)]
        port: u16,
    },
    /// The embedded broker
    #[command(name = "serve-broker")]
    Broker {
        #[arg(long)]
        port: u16,
    },
    /// Crosstalk's service, on its own listener and on one without taps
    #[command(name = "serve-twice")]
    TwoListeners(listeners::Ports),
    /// An answer that is sent for every request.
    #[command(name = "serve-mirror")]
    Mirror {
        #[arg(long)]
        port: u16,
    },
}

/// An answer to be given again and again.
#[derive(Clone, Debug, Args)]
pub(crate) struct Replay {
    #[arg(long)]
    port: u16,
    #[arg(long)]
    body: String,
    /// `name:value`
    #[arg(long)]
    header: Vec<String>,
}

impl Replay {
    /// The subject's answer to `url`, without the headers that the HTTP library adds itself.
    ///
    /// # Errors
    /// When there is no answer, or it is not text.
    pub(crate) async fn of(url: &str) -> anyhow::Result<Self> {
        let answer = reqwest::get(url).await?.error_for_status()?;
        let mut lines = Vec::new();
        for (name, value) in answer.headers() {
            if name != header::DATE && name != header::CONTENT_LENGTH {
                lines.push(format!("{name}:{}", value.to_str().context("a header is not text")?));
            }
        }
        Ok(Self { port: 0, body: answer.text().await?, header: lines })
    }

    fn headers(&self) -> anyhow::Result<HeaderMap> {
        let parse = |line: &String| -> anyhow::Result<(HeaderName, HeaderValue)> {
            let (name, value) = line.split_once(':').context("a header is name:value")?;
            Ok((name.parse()?, value.parse()?))
        };
        self.header.iter().map(parse).collect()
    }
}

/// Starts hyper as a process.
///
/// # Errors
/// When it does not start.
pub(crate) async fn start_hyper(replay: &Replay) -> anyhow::Result<Server> {
    start("hyper", "serve-hyper", Some(replay)).await
}

/// Starts axum as a process.
///
/// # Errors
/// When it does not start.
pub(crate) async fn start_axum(replay: &Replay) -> anyhow::Result<Server> {
    start("axum", "serve-axum", Some(replay)).await
}

/// Starts tonic as a process.
///
/// # Errors
/// When it does not start.
pub(crate) async fn start_tonic() -> anyhow::Result<Server> {
    start("tonic", "serve-tonic", None).await
}

/// Starts the embedded broker as a process.
///
/// # Errors
/// When it does not start.
pub(crate) async fn start_broker() -> anyhow::Result<Server> {
    start("the embedded broker", "serve-broker", None).await
}

/// Starts the mirror as a process.
///
/// # Errors
/// When it does not start.
pub(crate) async fn start_mirror() -> anyhow::Result<Server> {
    start("the mirror", "serve-mirror", None).await
}

async fn start(name: &'static str, what: &str, replay: Option<&Replay>) -> anyhow::Result<Server> {
    let port = ports::free();
    let mut command = Command::new(env::current_exe().context("cannot find this executable")?);
    command.args([what, "--port", &port.to_string()]);
    if let Some(replay) = replay {
        command.args(["--body", &replay.body]);
        command.args(replay.header.iter().flat_map(|line| ["--header", line]));
    }
    Server::start(name, command, port).await
}

/// Runs the peer until it is killed.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn serve(serve: Serve) -> anyhow::Result<()> {
    match serve {
        Serve::Hyper(replay) => hyper(replay).await,
        Serve::Axum(replay) => axum(replay).await,
        Serve::Tonic { port } => tonic(port).await,
        Serve::Broker { port } => broker(port).await,
        Serve::TwoListeners(ports) => listeners::serve(ports).await,
        Serve::Mirror { port } => mirror::serve(port).await,
    }
}

async fn axum(replay: Replay) -> anyhow::Result<()> {
    let (headers, body) = (replay.headers()?, Bytes::from(replay.body));
    let answer = move || {
        let mut response = Response::new(Body::from(body.clone()));
        response.headers_mut().clone_from(&headers);
        std::future::ready(response)
    };
    listen(replay.port, Router::new().route(RESOURCE, get(answer))).await
}

async fn tonic(port: u16) -> anyhow::Result<()> {
    listen(port, Routes::new(GreeterServer::new(Bare)).prepare().into_axum_router()).await
}

async fn broker(port: u16) -> anyhow::Result<()> {
    let _broker = Broker::start(Config { listen: ([127, 0, 0, 1], port).into(), ..Config::default() }).await?;
    std::future::pending().await
}

async fn listen(port: u16, router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?.tap_io(|stream| {
        let _peer_left = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn hyper(replay: Replay) -> anyhow::Result<()> {
    let (headers, body) = (replay.headers()?, Bytes::from(replay.body));
    let listener = TcpListener::bind(("127.0.0.1", replay.port)).await?;
    loop {
        let (stream, _peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (headers, body) = (headers.clone(), body.clone());
        let answer = service_fn(move |_request: Request<Incoming>| {
            let mut response = Response::new(Full::new(body.clone()));
            response.headers_mut().clone_from(&headers);
            std::future::ready(Ok::<_, Infallible>(response))
        });
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

/// Greets and does nothing else.
#[derive(Debug)]
struct Bare;

type Streaming = BoxStream<'static, Result<HelloReply, Status>>;

#[tonic::async_trait]
impl Greeter for Bare {
    type SayHelloStreamReplyStream = Streaming;
    type SayHelloBidiStreamStream = Streaming;

    async fn say_hello(&self, request: tonic::Request<HelloRequest>) -> Result<tonic::Response<HelloReply>, Status> {
        Ok(tonic::Response::new(HelloReply { message: format!("Hello, {}", request.get_ref().name) }))
    }

    async fn say_hello_stream_reply(
        &self,
        _request: tonic::Request<HelloRequest>,
    ) -> Result<tonic::Response<Streaming>, Status> {
        Err(Status::unimplemented("not measured"))
    }

    async fn say_hello_bidi_stream(
        &self,
        _request: tonic::Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<tonic::Response<Streaming>, Status> {
        Err(Status::unimplemented("not measured"))
    }
}
