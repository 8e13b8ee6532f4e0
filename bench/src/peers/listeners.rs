//! Crosstalk's service in a process of the benchmark, with two listeners: the one of the program, which can record
//! connections, and one that cannot. Everything else is the same code in the same process.

use std::process::Command;

use anyhow::Context as _;
use clap::{Args, Parser as _};
use crosstalk::{
    Config, Listeners, Shutdown,
    listen::{self, Tracked},
    middleware::Middleware,
    router,
    state::AppState,
};
use crosstalk_testkit::ports;
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{
    Server,
    subject::{RESOURCE, without_settings},
};

/// The arguments of the process.
#[derive(Clone, Debug, Args)]
pub(crate) struct Ports {
    /// The port of the program's own listener
    #[arg(long)]
    port: u16,
    /// The port of the listener without recorder
    #[arg(long)]
    untapped: u16,
    /// The data folder
    #[arg(long)]
    data: String,
}

/// The running process.
#[derive(Debug)]
pub(crate) struct TwoListeners {
    /// The program's own listener.
    pub(crate) server: Server,
    /// The port of the listener without recorder.
    pub(crate) untapped: u16,
    _data: TempDir,
}

impl TwoListeners {
    /// Starts the process and waits until it answers.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let data = TempDir::with_prefix("crosstalk-bench-").context("cannot make a folder for data")?;
        let (port, untapped) = (ports::free(), ports::free());
        let mut command = Command::new(std::env::current_exe().context("cannot find this executable")?);
        command.args(["serve-twice", "--port", &port.to_string(), "--untapped", &untapped.to_string(), "--data"]);
        command.arg(data.path());
        without_settings(&mut command);
        let server = Server::start("crosstalk", command, port).await?;
        reqwest::get(server.url(RESOURCE)).await?.error_for_status()?;
        Ok(Self { server, untapped, _data: data })
    }
}

/// Runs the process until it is killed.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn serve(ports: Ports) -> anyhow::Result<()> {
    let Ports { port, untapped, data } = ports;
    let flags = [
        format!("--listen=127.0.0.1:{port}"),
        "--grpc-listen=127.0.0.1:0".to_owned(),
        format!("--data={data}"),
        format!("--amqp-url=amqp://127.0.0.1:{}/%2f", ports::free()),
    ];
    let config = Config::try_parse_from(["crosstalk".to_owned()].into_iter().chain(flags))?.validated()?;
    let untapped = TcpListener::bind(("127.0.0.1", untapped)).await?;
    let (listeners, shutdown) = (Listeners::bind(&config).await?, Shutdown::new());
    let app = AppState::start(config, listeners.address()?, listeners.tls().cloned(), shutdown.clone()).await?;
    let service = router::service(&app);
    let plain = serve_untapped(untapped, service.clone(), &shutdown);
    let ((), served) = tokio::join!(listeners.serve(service, &app.captures, &shutdown), plain);
    served
}

async fn serve_untapped(listener: TcpListener, service: Middleware, shutdown: &Shutdown) -> anyhow::Result<()> {
    loop {
        let (stream, _peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (service, http) = (service.clone(), listen::http(Tracked(shutdown.clone())));
        shutdown.spawn(async move {
            // a client that disconnects early is no error here: the generator counts the answers it received
            drop(http.serve_connection_with_upgrades(TokioIo::new(stream), service).await);
        });
    }
}
