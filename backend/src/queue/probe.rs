//! Asks a broker what it is: `connection.start`, its first frame, names product and version. lapin keeps that to itself.
//! It also keeps lapin away from an address that accepts and then says nothing: lapin would wait there for ever.

use std::{io, time::Duration};

use amq_protocol::{
    frame::{AMQPFrame, parse_frame},
    protocol::{AMQPClass, connection},
};
use lapin::types::{AMQPValue, FieldTable};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How long a broker may take to say what it is.
const BUDGET: Duration = Duration::from_secs(3);
/// `connection.start` has about 500 bytes.
const MOST: usize = 16 * 1024;
/// The protocol header (AMQP 0-9-1, section 4.2.2).
const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";

/// What the broker calls itself, `RabbitMQ 3.10.8`.
///
/// # Errors
/// Why nothing that speaks AMQP 0-9-1 answers there, in a sentence.
pub(super) async fn product(host: &str, port: u16) -> Result<String, String> {
    let place = format!("{host}:{port}");
    match tokio::time::timeout(BUDGET, start_frame(host, port)).await {
        Ok(Ok(start)) => Ok(named(&start.server_properties)),
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Err(format!("nothing listens at {place}; start a broker there, or set AMQP_URL"))
        }
        Ok(Err(error)) => Err(format!("{place} is not an AMQP 0-9-1 broker that can be talked to: {error}")),
        Err(_elapsed) => Err(format!("{place} does not answer")),
    }
}

async fn start_frame(host: &str, port: u16) -> io::Result<connection::Start> {
    let mut stream = TcpStream::connect((host, port)).await?;
    stream.write_all(HEADER).await?;
    let mut read = Vec::with_capacity(1024);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match parse_frame(&read[..]) {
            Ok((_rest, AMQPFrame::Method(0, AMQPClass::Connection(connection::AMQPMethod::Start(start))))) => {
                return Ok(start);
            }
            Err(error) if error.is_incomplete() && read.len() < MOST => {}
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "it speaks something else")),
        }
    }
}

fn named(properties: &FieldTable) -> String {
    let text = |key: &str| match properties.inner().get(key) {
        Some(AMQPValue::LongString(text)) => text.to_string(),
        _ => String::new(),
    };
    let named = format!("{} {}", text("product"), text("version"));
    if named.trim().is_empty() { "AMQP 0-9-1 broker".into() } else { named.trim().to_owned() }
}
