//! Steady HTTP/1.1 load over kept-alive connections, which are opened again when the server closes them. The outcome
//! of every request is counted; no request may be sent and get an incomplete answer.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

const REQUEST: &[u8] = b"GET /api/v1/resource HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
const BODY: &[u8] = br#"{"message":"Hello, World!"}"#;
/// An answer takes well under a millisecond; one that takes longer than the server's drain is lost.
const ANSWER: Duration = Duration::from_secs(6);

/// What became of the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    cut: AtomicU64,
}

impl Tally {
    pub(crate) fn answered(&self) -> u64 {
        self.0.answered.load(Ordering::Relaxed)
    }

    pub(crate) fn cut(&self) -> u64 {
        self.0.cut.load(Ordering::Relaxed)
    }
}

/// Loads the server on `port` with `clients` connections until nobody listens there any more.
pub(crate) fn start(port: u16, clients: usize) -> (Tally, JoinSet<()>) {
    let tally = Tally::default();
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        tasks.spawn(client(port, tally.clone()));
    }
    (tally, tasks)
}

async fn client(port: u16, tally: Tally) {
    // a refused connection is the one honest "no": the client knows that nothing was done
    while let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
        while ask(&mut stream, &tally).await {}
    }
}

/// One request; whether the connection is good for another one.
async fn ask(stream: &mut TcpStream, tally: &Tally) -> bool {
    let mut answer = Vec::with_capacity(1024);
    let exchange = async {
        stream.write_all(REQUEST).await.ok()?;
        loop {
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                return None;
            }
            if answer.ends_with(BODY) {
                return Some(());
            }
        }
    };
    if !matches!(timeout(ANSWER, exchange).await, Ok(Some(()))) {
        tally.0.cut.fetch_add(1, Ordering::Relaxed);
        return false;
    }
    tally.0.answered.fetch_add(1, Ordering::Relaxed);
    !String::from_utf8_lossy(&answer).to_lowercase().contains("connection: close")
}
