//! Asks a broker what it is: `connection.start`, its first frame, names product and version. lapin keeps that to itself.
//! It also keeps lapin away from an address that accepts and then says nothing: lapin would wait there for ever.

use std::{io, time::Duration};

use amq_protocol::{
    frame::{AMQPFrame, parse_frame},
    protocol::{AMQPClass, connection},
};
use lapin::types::{AMQPValue, FieldTable};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{endpoint::Endpoint, sanitizer};
use crate::byte_stream::ByteStream;

/// How long a broker may take to say what it is.
const BUDGET: Duration = Duration::from_secs(3);
/// `connection.start` has about 500 bytes.
const MOST: usize = 16 * 1024;
/// How a record begins with which a server of TLS answers who does not speak it (RFC 8446, section 5.1).
const TLS_ALERT: u8 = 21;
/// The protocol header (AMQP 0-9-1, section 4.2.2).
const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";

/// What the broker calls itself, `RabbitMQ 3.10.8`, or `Crosstalk broker 0.1.0` for an embedded one.
///
/// # Errors
/// Why nothing that speaks AMQP 0-9-1 answers there, in a sentence.
pub(super) async fn product(broker: &Endpoint) -> Result<String, String> {
    let stream = broker.within(broker.dial().await?).await?;
    match tokio::time::timeout(BUDGET, start_frame(stream)).await {
        Ok(Ok(start)) => Ok(named(&start.server_properties)),
        Ok(Err(error)) => Err(format!("{broker} is not an AMQP 0-9-1 broker that can be talked to: {error}")),
        Err(_elapsed) => Err(format!("{broker} does not answer")),
    }
}

async fn start_frame(mut stream: Box<dyn ByteStream>) -> io::Result<connection::Start> {
    stream.write_all(HEADER).await?;
    let mut read = Vec::with_capacity(1024);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let readable = sanitizer::sanitize(&read);
        match readable.as_deref().map(parse_frame) {
            Ok(Ok((_rest, AMQPFrame::Method(0, AMQPClass::Connection(connection::AMQPMethod::Start(start)))))) => {
                return Ok(start);
            }
            Ok(Err(error)) if error.is_incomplete() && read.len() < MOST => {}
            _ if read[0] == TLS_ALERT => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it speaks TLS; begin AMQP_URL with amqps://"));
            }
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "it speaks something else")),
        }
    }
}

fn named(properties: &FieldTable) -> String {
    let text = |key: &str| match properties.inner().get(key) {
        Some(AMQPValue::LongString(text)) => text.to_string(),
        _ => String::new(),
    };
    // the embedded broker has RabbitMQ's product and version, by which some clients decide, and its own version beside them
    let named = match text("crosstalk") {
        own if own.is_empty() => format!("{} {}", text("product"), text("version")),
        own => format!("Crosstalk broker {own}"),
    };
    if named.trim().is_empty() { "AMQP 0-9-1 broker".into() } else { named.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use lapin::types::{AMQPValue, FieldTable};

    use super::named;

    #[test]
    fn a_broker_is_named_by_its_product_and_the_embedded_one_by_its_own() {
        let properties = |fields: &[(&str, &str)]| {
            fields.iter().fold(FieldTable::default(), |mut table, (name, value)| {
                table.insert((*name).into(), AMQPValue::LongString((*value).into()));
                table
            })
        };
        let rabbit = [("product", "RabbitMQ"), ("version", "3.10.8")];
        assert_eq!(named(&properties(&rabbit)), "RabbitMQ 3.10.8");
        assert_eq!(named(&properties(&[&rabbit[..], &[("crosstalk", "0.1.0")]].concat())), "Crosstalk broker 0.1.0");
        assert_eq!(named(&properties(&[])), "AMQP 0-9-1 broker");
    }
}
