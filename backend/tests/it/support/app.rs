//! A server of the test's own: real listeners on ports that the system picks, a data folder that goes away with it,
//! and no broker unless one is named. [`TestApp::stop`] proves that nothing is left running.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::Parser as _;
use crosstalk::{Config, Listeners, Shutdown};
use tempfile::TempDir;
use tokio::{net::TcpSocket, task::JoinHandle};

/// How long the server may take to end: its own drain, and a little more.
const END_BUDGET: Duration = Duration::from_secs(6);

/// A running server.
#[derive(Debug)]
pub(crate) struct TestApp {
    /// Does not follow redirects.
    pub(crate) client: reqwest::Client,
    /// Begins the end of the server; counts its tasks.
    pub(crate) shutdown: Shutdown,
    http: SocketAddr,
    grpc: SocketAddr,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    data: TempDir,
    _no_broker: Option<TcpSocket>,
}

/// A server that is not yet running.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    flags: Vec<String>,
    amqp_url: Option<String>,
    embedded_broker: bool,
}

impl Builder {
    /// Has the server start a broker of its own.
    pub(crate) fn embedded_broker(mut self) -> Self {
        self.embedded_broker = true;
        self.flag("amqp-listen", "127.0.0.1:0")
    }

    /// Names the broker. Without one the server finds nobody there.
    pub(crate) fn amqp_url(mut self, url: impl Into<String>) -> Self {
        self.amqp_url = Some(url.into());
        self
    }

    /// Sets a flag of the command line, `.flag("cors-origins", "https://example.org")`.
    pub(crate) fn flag(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.flags.push(format!("--{name}={}", value.as_ref()));
        self
    }

    /// Binds and starts the server.
    pub(crate) async fn spawn(self) -> TestApp {
        let data = TempDir::new().unwrap();
        let (amqp_url, no_broker) = match self.amqp_url {
            Some(url) => (Some(url), None),
            None if self.embedded_broker => (None, None),
            None => {
                let (port, socket) = refusing_port();
                (Some(format!("amqp://guest:guest@127.0.0.1:{port}/%2f")), Some(socket))
            }
        };
        let args = [
            "crosstalk".to_owned(),
            "--listen=127.0.0.1:0".to_owned(),
            "--grpc-listen=127.0.0.1:0".to_owned(),
            format!("--data={}", data.path().display()),
        ];
        let broker = amqp_url.map(|url| format!("--amqp-url={url}"));
        let config =
            Config::try_parse_from(args.into_iter().chain(broker).chain(self.flags)).unwrap().validated().unwrap();
        let listeners = Listeners::bind(&config).await.unwrap();
        let (http, grpc) = (listeners.address().unwrap(), listeners.grpc_address().unwrap());
        let shutdown = Shutdown::new();
        let running = tokio::spawn(crosstalk::run(listeners, config, shutdown.clone()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        TestApp { client, shutdown, http, grpc, running: Some(running), data, _no_broker: no_broker }
    }
}

impl TestApp {
    /// A server without a broker.
    pub(crate) async fn spawn() -> Self {
        Self::builder().spawn().await
    }

    /// A server to be set up.
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    /// Where HTTP is served.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.http
    }

    /// Where gRPC is served as well.
    pub(crate) fn grpc_addr(&self) -> SocketAddr {
        self.grpc
    }

    /// The address of a path, which begins with `/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    /// The address of a WebSocket.
    pub(crate) fn ws_url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.http)
    }

    /// The folder of the store.
    pub(crate) fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Ends the server and checks that it ended well, in time, with no task left.
    pub(crate) async fn stop(self) {
        self.stop_then(|| ()).await;
    }

    /// The same; `then` still finds the data folder.
    pub(crate) async fn stop_then<T>(mut self, then: impl FnOnce() -> T) -> T {
        let running = self.running.take().expect("a server is stopped once");
        self.shutdown.begin();
        tokio::time::timeout(END_BUDGET, running)
            .await
            .expect("the server did not end in time")
            .expect("the server panicked")
            .expect("the server did not end well");
        assert_eq!(self.shutdown.running(), 0, "tasks were left running");
        then()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

/// A port where connections are refused for as long as the socket lives: it is bound and does not listen.
fn refusing_port() -> (u16, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    (socket.local_addr().unwrap().port(), socket)
}
