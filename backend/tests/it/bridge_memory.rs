//! Peers that stop reading, seen from outside of the server's process: what it keeps for them is bounded by prefetch.

use std::{process::Command as Process, time::Duration};

use crosstalk_proto::ws::{AckMode, ClientMessage, Command, Request, VERSION};
use crosstalk_testkit::{Child, RabbitMq, ports, wait_until};
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::bridge_client::{Amqp, BUDGET, Stream, frame, queue_name};

const BODY: usize = 64 * 1024;
const PREFETCH: u16 = 100;
const MESSAGES: usize = 1_500;
/// Beside the messages: lapin's buffer of a connection (4 MiB), the kernel's pages of what was read meanwhile.
const SLACK: usize = 12 * 1024 * 1024;
/// A peer that takes nothing is given up after 10 s.
const GIVEN_UP: Duration = Duration::from_secs(20);

/// The released program, as far as a test has one: in a process of its own, so that its memory can be told apart.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    _data: tempfile::TempDir,
}

impl Server {
    pub(crate) async fn start(amqp_url: &str) -> Self {
        let (port, data) = (ports::free(), tempfile::tempdir().unwrap());
        let mut command = Process::new(env!("CARGO_BIN_EXE_crosstalk"));
        command
            .arg(format!("--listen=127.0.0.1:{port}"))
            .arg(format!("--grpc-listen=127.0.0.1:{}", ports::free()))
            .arg(format!("--data={}", data.path().display()))
            .arg("--log=warn")
            .env("AMQP_URL", amqp_url)
            .stdout(std::process::Stdio::null());
        let server = Self { process: Child::spawn(command).unwrap(), port, _data: data };
        let ready = wait_until(BUDGET, || async {
            let answer = reqwest::get(format!("http://127.0.0.1:{port}/readyz")).await;
            match answer {
                Ok(answer) => answer.text().await.is_ok_and(|text| text.contains("\"ready\"")),
                Err(_) => false,
            }
        });
        ready.await.unwrap();
        server
    }

    async fn socket(&self, path: &str) -> Stream {
        tokio_tungstenite::connect_async(format!("ws://127.0.0.1:{}{path}", self.port)).await.unwrap().0
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }
}

async fn subscribe(socket: &mut Stream, queue: &str, prefetch: u16, ack_mode: AckMode) {
    let command = Command::Subscribe { queue: queue.to_owned(), prefetch, ack_mode };
    let request = ClientMessage::Request(Request { id: 1, traceparent: None, command });
    for message in [ClientMessage::Hello { version: VERSION }, request] {
        socket.send(Message::text(serde_json::to_string(&message).unwrap())).await.unwrap();
    }
}

/// What a peer that stops reading costs, and that its messages are there again when it is given up.
async fn check(path: &str, ack_mode: Option<AckMode>) {
    let broker = RabbitMq::shared().await;
    let client = Amqp::connect(&broker.amqp_url()).await;
    let queue = queue_name("deaf");
    client.declare(&queue, false).await;
    client.publish_many(&queue, vec![vec![b'x'; BODY]; MESSAGES], 1).await;
    let server = Server::start(&broker.amqp_url()).await;
    let before = server.resident();
    let mut socket = server.socket(&path.replace("{queue}", &queue)).await;
    if let Some(ack_mode) = ack_mode {
        subscribe(&mut socket, &queue, PREFETCH, ack_mode).await;
    }
    frame(&mut socket).await;
    let mut most = 0;
    let given_up = wait_until(GIVEN_UP, || {
        most = most.max(server.resident());
        async { client.counts(&queue).await.1 == 0 && client.counts(&queue).await.0 > 0 }
    });
    // the consumer may not have begun: first it must be seen
    let began = wait_until(BUDGET, || async { client.counts(&queue).await.1 == 1 }).await;
    assert!(began.is_ok());
    given_up.await.unwrap();
    let grown = most.saturating_sub(before);
    let bound = usize::from(PREFETCH) * BODY + SLACK;
    assert!(grown <= bound, "{path} {ack_mode:?}: grown by {} KiB, not {} KiB", grown / 1024, bound / 1024);
    if ack_mode == Some(AckMode::Manual) {
        let (ready, _) = client.counts(&queue).await;
        assert_eq!(ready as usize, MESSAGES, "messages of a page that never acked are missing");
    }
    drop(socket);
}

#[tokio::test]
async fn a_page_that_stops_reading_costs_no_more_than_its_prefetch() {
    check("/ws", Some(AckMode::Manual)).await;
}

#[tokio::test]
async fn so_it_is_with_automatic_acks() {
    check("/ws", Some(AckMode::Automatic)).await;
}

#[tokio::test]
async fn so_it_is_with_a_feed() {
    check(&format!("/ws/queues/{{queue}}?prefetch={PREFETCH}"), None).await;
}
