//! An idle server: how soon it listens, how much memory it needs, and how much a silent WebSocket adds. There is no
//! peer; the figures themselves are judged. Each round has a new process, linked to a broker.
//!
//! The memory is the resident memory of the system, including pages of the binary.

use std::time::Duration;

use anyhow::Context as _;
use crosstalk_proto::ws::{ClientMessage, VERSION};
use crosstalk_testkit::RabbitMq;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
        usage::Memory,
    },
    peers::subject::{NAME, Subject},
};

/// A server counts as idle after this time without a request.
const SETTLE: Duration = Duration::from_secs(2);
const SOCKETS: u32 = 5_000;
/// How many sockets are opened at a time.
const AT_ONCE: usize = 64;
/// The time limit for opening the sockets.
const OPEN: Duration = Duration::from_secs(60);
/// Open files in addition to the sockets.
const SPARE: u64 = 200;

const LISTENING: Spec = row("idle/listening", "start to listening", Unit::Milliseconds, Some(Goal::AtMost(100.0)));
const ANSWERED: Spec = row("idle/answer", "start to first 200", Unit::Milliseconds, None);
const RESIDENT: Spec = row("idle/memory", "resident", Unit::Megabytes, Some(Goal::AtMost(20.0)));
const ANONYMOUS: Spec = row("idle/memory-own", "of it allocated", Unit::Megabytes, None);
const FILE: Spec = row("idle/memory-file", "of it binary and libraries", Unit::Megabytes, None);
const SOCKET: Spec = row("idle/socket", "each of 5,000 on /ws", Unit::Kilobytes, Some(Goal::AtMost(20.0)));

const fn row(name: &'static str, what: &'static str, unit: Unit, goal: Option<Goal>) -> Spec {
    Spec { name, what, unit, subject: NAME, peer: None, goal }
}

/// Raises the limit on open files of this process and its children to the maximum: each end of a socket is an open
/// file.
pub(crate) fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    // only a value above the maximum is refused
    let _unchanged = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the broker or the subject does not start, or a socket is refused.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&[LISTENING, ANSWERED, RESIDENT, ANONYMOUS, FILE, SOCKET]);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let rabbit = RabbitMq::start().await?;
    let mut rounds = Vec::with_capacity(plan.rounds);
    for round in 1..=plan.rounds {
        let idle = Idle::measure(&rabbit.amqp_url(), specs.iter().any(|spec| spec.name == SOCKET.name)).await?;
        eprintln!("idle: round {round} of {}: {idle:?}", plan.rounds);
        rounds.push(idle);
    }
    let rows = specs.into_iter().map(|spec| {
        let figures: Vec<f64> = rounds.iter().map(|round| round.figure(&spec)).collect();
        Row::alone(spec, &figures)
    });
    rows.collect()
}

/// The figures of one process.
#[derive(Clone, Copy, Debug)]
struct Idle {
    listening_ms: f64,
    answered_ms: f64,
    memory: Memory,
    /// Bytes.
    per_socket: f64,
}

impl Idle {
    async fn measure(amqp_url: &str, with_sockets: bool) -> anyhow::Result<Self> {
        let subject = Subject::start_with_broker(amqp_url).await?;
        tokio::time::sleep(SETTLE).await;
        let memory = Memory::of(subject.server.pid())?;
        let mut per_socket = 0.0;
        if with_sockets {
            let url = subject.server.url("/ws").replace("http://", "ws://");
            let sockets = tokio::time::timeout(OPEN, open(&url)).await.context("cannot open the sockets in time")??;
            tokio::time::sleep(SETTLE).await;
            let loaded = Memory::of(subject.server.pid())?;
            per_socket = loaded.resident.saturating_sub(memory.resident) as f64 / f64::from(SOCKETS);
            drop(sockets);
        }
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let (listening, answered) = (subject.server.listening_after, subject.answered_after);
        Ok(Self { listening_ms: ms(listening), answered_ms: ms(answered), memory, per_socket })
    }

    fn figure(&self, spec: &Spec) -> f64 {
        match spec.name {
            name if name == LISTENING.name => self.listening_ms,
            name if name == ANSWERED.name => self.answered_ms,
            name if name == RESIDENT.name => self.memory.resident as f64 / 1e6,
            name if name == ANONYMOUS.name => self.memory.anonymous as f64 / 1e6,
            name if name == FILE.name => self.memory.file as f64 / 1e6,
            _socket => self.per_socket / 1e3,
        }
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens [`SOCKETS`] sockets like a page, up to the server's hello.
async fn open(url: &str) -> anyhow::Result<Vec<Socket>> {
    let files = getrlimit(Resource::Nofile).current;
    anyhow::ensure!(
        files.is_none_or(|files| files >= u64::from(SOCKETS) + SPARE),
        "{SOCKETS} sockets need a higher limit of open files: ulimit -Hn {}",
        2 * SOCKETS
    );
    let hello = serde_json::to_string(&ClientMessage::Hello { version: VERSION })?;
    let connect = |_| async {
        let small = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (mut socket, _answer) = connect_async_with_config(url, Some(small), true).await?;
        socket.send(Message::text(&hello)).await?;
        socket.next().await.context("the server closed the socket")??;
        anyhow::Ok(socket)
    };
    stream::iter(0..SOCKETS).map(connect).buffer_unordered(AT_ONCE).try_collect().await
}
