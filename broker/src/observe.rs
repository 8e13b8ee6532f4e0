//! Reports what clients do, while they do it. Of a message it reports the destination and the size, never the content.

use std::{collections::BTreeMap, fmt};

use crate::table::Arguments;

/// The maximum number of bytes of a client's properties that are kept, names and values together.
const MAX_PROPERTIES: usize = 4_096;

/// Receives what clients do. It is called while the virtual host is locked, so it must be quick and must not call the
/// broker.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A client published a message.
    fn published(&self, client: &Client, published: &Published<'_>);

    /// A client tried to consume from a queue. `outcome` has the reply code of a refusal.
    fn consumed(&self, client: &Client, queue: &str, outcome: Result<(), u16>);
}

/// A client, as it identified itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address, for instance `127.0.0.1:40000`.
    pub address: String,
    /// Its client properties (AMQP 0-9-1, `connection.start-ok`) that are text: `product`, `version`, …
    pub properties: BTreeMap<String, String>,
}

/// A message that was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published<'a> {
    /// The exchange; empty is the default exchange.
    pub exchange: &'a str,
    /// The routing key.
    pub routing_key: &'a str,
    /// The size of the body in bytes.
    pub size: usize,
    /// The number of queues it was routed to, or the reply code of a refusal.
    pub outcome: Result<usize, u16>,
}

impl Client {
    pub(crate) fn new(address: &str, properties: &Arguments) -> Self {
        let mut remaining = MAX_PROPERTIES;
        let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let properties = properties.entries().filter_map(|(name, value)| {
            let value = value.text()?;
            remaining = remaining.checked_sub(name.len() + value.len())?;
            Some((lossy(name), lossy(value)))
        });
        Self { address: address.to_owned(), properties: properties.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{FieldValue, table, write};

    #[test]
    fn a_client_is_known_by_what_it_says_of_itself_within_bounds() {
        let (product, huge) = (write::text(b"pika"), write::text(&[b'x'; MAX_PROPERTIES]));
        let fields = [("product", &product[..]), ("huge", &huge), ("yes", b"t\x01")];
        let table = table(fields.map(|(name, value)| (name.as_bytes(), FieldValue::of(value))));
        let client = Client::new("127.0.0.1:1", &Arguments::read(&table).unwrap());
        assert_eq!(client.properties, BTreeMap::from([("product".to_owned(), "pika".to_owned())]));
    }
}
