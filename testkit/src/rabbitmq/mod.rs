//! A private RabbitMQ node with its own name, ports, folders and port mapper. It can be killed and restarted beside
//! other nodes, as any user, and leaves nothing behind.

mod config;
mod install;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::OnceCell,
};

use crate::{Child, Error, wait_until};
pub use config::Options;
use config::Ports;

/// A node answers after about 8 s on an idle machine.
const START: Duration = Duration::from_secs(60);
/// How long a node may take to close its queues and end.
const STOP: Duration = Duration::from_secs(30);
/// How much of a log is shown when a start fails.
const LOG_TAIL: usize = 2_000;

/// A running node; dropping it kills it and removes its data.
#[derive(Debug)]
pub struct RabbitMq {
    // dropped in this order: the node, its port mapper, its files
    node: Child,
    _epmd: Child,
    folder: TempDir,
    program: PathBuf,
    ports: Ports,
}

impl RabbitMq {
    /// Starts a node with nothing but AMQP 0-9-1.
    ///
    /// # Errors
    /// [`Error::Missing`] with the command that installs RabbitMQ, or why it did not start.
    pub async fn start() -> Result<Self, Error> {
        Self::start_with(&Options::default()).await
    }

    /// Starts a node with plugins or settings of its own.
    ///
    /// # Errors
    /// As [`RabbitMq::start`].
    pub async fn start_with(options: &Options) -> Result<Self, Error> {
        let program = install::server()?;
        let temp = std::env::temp_dir();
        let folder =
            TempDir::with_prefix("crosstalk-rabbitmq-").map_err(|source| Error::Prepare { path: temp, source })?;
        let ports = Ports::free(options);
        config::write(folder.path(), options, &ports)?;
        let epmd = Child::spawn(install::epmd(ports.epmd))?;
        let node = spawn(&program, folder.path(), &ports)?;
        let mut rabbit = Self { node, _epmd: epmd, folder, program, ports };
        rabbit.ready().await?;
        Ok(rabbit)
    }

    /// One node for all tests of a process, started by the first test that needs it; each test names its own queues. It
    /// has [`Options::tls`] and ends with the process. A test that kills its broker starts its own node.
    ///
    /// # Panics
    /// When the node cannot be started: the message says why and what to do.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<RabbitMq> = OnceCell::const_new();
        let options = Options { tls: true, ..Options::default() };
        let start = || async { Self::start_with(&options).await.unwrap_or_else(|error| panic!("{error}")) };
        SHARED.get_or_init(start).await
    }

    /// `amqp://guest:guest@127.0.0.1:PORT/%2f`
    #[must_use]
    pub fn amqp_url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports.amqp)
    }

    /// The port of AMQP 0-9-1 on 127.0.0.1.
    #[must_use]
    pub fn amqp_port(&self) -> u16 {
        self.ports.amqp
    }

    /// The port of AMQP 0-9-1 over TLS on 127.0.0.1, with [`Options::tls`].
    #[must_use]
    pub fn amqps_port(&self) -> Option<u16> {
        self.ports.tls
    }

    /// The PEM file with the certificate of that port, for clients to trust.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        config::certificate(self.folder.path())
    }

    /// `ws://127.0.0.1:PORT/ws`, with [`Options::web_stomp`].
    #[must_use]
    pub fn web_stomp_url(&self) -> Option<String> {
        self.ports.web_stomp.map(|port| format!("ws://127.0.0.1:{port}/ws"))
    }

    /// `http://127.0.0.1:PORT` of the management API (user and password `guest`), with [`Options::management`].
    #[must_use]
    pub fn management_url(&self) -> Option<String> {
        self.ports.management.map(|port| format!("http://127.0.0.1:{port}"))
    }

    /// The process id of the node's Erlang machine, for its CPU time and memory.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.node.id()
    }

    /// Kills the node as `kill -9` does; its clients see their connections cut.
    pub fn kill(&mut self) {
        self.node.kill();
    }

    /// Stops the node in order (SIGTERM) and waits until it is gone.
    pub async fn stop(&mut self) {
        self.node.terminate();
        if self.node.wait(STOP).await.is_none() {
            self.node.kill();
        }
    }

    /// Starts the node again with the same ports and data, after [`RabbitMq::kill`] or [`RabbitMq::stop`]; a running
    /// node is killed first. Durable queues and their persistent messages remain.
    ///
    /// # Errors
    /// Why it did not start.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.kill();
        self.node = spawn(&self.program, self.folder.path(), &self.ports)?;
        self.ready().await
    }

    /// Runs `rabbitmqctl` on this node and returns its output, as in `ctl(&["-q", "list_queues", "name"])`. It takes a
    /// second or two to start an Erlang machine.
    ///
    /// # Errors
    /// [`Error::Tool`] with what it said.
    pub async fn ctl(&self, args: &[&str]) -> Result<String, Error> {
        let mut command = Command::new(self.program.with_file_name("rabbitmqctl"));
        config::environment(&mut command, self.folder.path(), &self.ports);
        let output = tokio::process::Command::from(command)
            .args(args)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|source| Error::Run { program: "rabbitmqctl".into(), source })?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(Error::Tool { command: format!("rabbitmqctl {}", args.join(" ")), stderr })
        }
    }

    async fn ready(&mut self) -> Result<(), Error> {
        let ports = self.ports;
        let node = &mut self.node;
        let mut status = None;
        let answered = wait_until(START, || {
            status = node.ended().ok().flatten();
            async move { status.is_some() || answers(&ports).await }
        })
        .await;
        let program = self.program.clone();
        match (answered, status) {
            (_, Some(status)) => Err(Error::Ended { program, status, log: self.log_tail() }),
            (Err(_late), None) => Err(Error::NotReady { program, budget: START, log: self.log_tail() }),
            (Ok(()), None) => Ok(()),
        }
    }

    fn log_tail(&self) -> String {
        let log = fs::read(config::console(self.folder.path())).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(LOG_TAIL)..]).into_owned()
    }
}

fn spawn(program: &Path, folder: &Path, ports: &Ports) -> Result<Child, Error> {
    let console = config::console(folder);
    let log = fs::File::options().create(true).append(true).open(&console);
    let log = log.map_err(|source| Error::Prepare { path: console.clone(), source })?;
    let copy = log.try_clone().map_err(|source| Error::Prepare { path: console, source })?;
    let mut command = Command::new(program);
    config::environment(&mut command, folder, ports);
    command.stdin(Stdio::null()).stdout(log).stderr(copy);
    Child::spawn_with_folder(command, Some(folder))
}

/// True if the node answers AMQP clients (`connection.start` is a method frame, type 1) and its plugins listen.
async fn answers(ports: &Ports) -> bool {
    let greet = async {
        let mut stream = TcpStream::connect(("127.0.0.1", ports.amqp)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        let frame = stream.read_u8().await?;
        for port in [ports.web_stomp, ports.management, ports.tls].into_iter().flatten() {
            TcpStream::connect(("127.0.0.1", port)).await?;
        }
        Ok::<_, std::io::Error>(frame == 1)
    };
    greet.await.unwrap_or(false)
}
