//! AMQP 0-9-1 written by hand, for messages that no client library lets out.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long the broker may take to answer.
const BUDGET: Duration = Duration::from_secs(10);
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const END: u8 = 0xce;

/// A connection with one channel with confirms.
#[derive(Debug)]
pub(crate) struct RawAmqp {
    stream: TcpStream,
}

/// A short string.
pub(crate) fn short(octets: &[u8]) -> Vec<u8> {
    [&[u8::try_from(octets.len()).unwrap()][..], octets].concat()
}

/// A long string or a table, of what is inside.
pub(crate) fn long(octets: &[u8]) -> Vec<u8> {
    [&u32::try_from(octets.len()).unwrap().to_be_bytes()[..], octets].concat()
}

/// A table nested to this depth, the outer table included.
pub(crate) fn nested_tables(depth: usize) -> Vec<u8> {
    (1..depth).fold(long(b""), |inner, _level| long(&[&b"\x01tF"[..], &inner].concat()))
}

/// A table with an array in it, in which there are arrays inside each other.
pub(crate) fn nested_arrays(depth: usize) -> Vec<u8> {
    let array = (2..depth).fold(long(b""), |inner, _level| long(&[&b"A"[..], &inner].concat()));
    long(&[&b"\x01aA"[..], &array].concat())
}

impl RawAmqp {
    /// Connects to `amqp://guest:guest@127.0.0.1:PORT/%2f`.
    pub(crate) async fn connect(url: &str) -> Self {
        let port = url.rsplit_once(':').unwrap().1.split('/').next().unwrap().parse().unwrap();
        let mut raw = Self { stream: TcpStream::connect(("127.0.0.1", port)).await.unwrap() };
        raw.stream.write_all(b"AMQP\x00\x00\x09\x01").await.unwrap();
        raw.expect(10, 10).await;
        let start_ok = [long(b""), short(b"PLAIN"), long(b"\0guest\0guest"), short(b"en_US")].concat();
        raw.method(0, 10, 11, &start_ok).await;
        raw.expect(10, 30).await;
        raw.method(0, 10, 31, &[7, 255, 0, 2, 0, 0, 0, 0]).await;
        raw.method(0, 10, 40, &[short(b"/"), vec![0, 0]].concat()).await;
        raw.expect(10, 41).await;
        raw.method(1, 20, 10, &[0]).await;
        raw.expect(20, 11).await;
        raw.method(1, 85, 10, &[0]).await;
        raw.expect(85, 11).await;
        raw
    }

    /// Publishes a message with properties as they are written, flags first, and waits for its confirm.
    pub(crate) async fn publish(&mut self, exchange: &[u8], routing_key: &[u8], flags: u16, properties: &[u8]) {
        let publish = [&[0, 0][..], &short(exchange), &short(routing_key), &[0]].concat();
        self.method(1, 60, 40, &publish).await;
        let header = [&[0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3][..], &flags.to_be_bytes(), properties].concat();
        self.frame(HEADER, 1, &header).await;
        self.frame(BODY, 1, b"Ada").await;
        self.expect(60, 80).await;
    }

    async fn method(&mut self, channel: u16, class: u16, method: u16, arguments: &[u8]) {
        let payload = [&class.to_be_bytes()[..], &method.to_be_bytes(), arguments].concat();
        self.frame(METHOD, channel, &payload).await;
    }

    async fn frame(&mut self, kind: u8, channel: u16, payload: &[u8]) {
        let frame = [&[kind][..], &channel.to_be_bytes(), &long(payload), &[END]].concat();
        self.stream.write_all(&frame).await.unwrap();
    }

    /// Reads up to this method; any other is a failure.
    async fn expect(&mut self, class: u16, method: u16) {
        let wanted = [class.to_be_bytes(), method.to_be_bytes()].concat();
        let read = async {
            loop {
                let mut head = [0; 7];
                self.stream.read_exact(&mut head).await.unwrap();
                let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
                let mut payload = vec![0; size as usize + 1];
                self.stream.read_exact(&mut payload).await.unwrap();
                if head[0] == METHOD {
                    assert_eq!(payload[..4], wanted, "{}", String::from_utf8_lossy(&payload));
                    return;
                }
            }
        };
        timeout(BUDGET, read).await.expect("the broker does not answer");
    }
}
