//! Every field of the queue bench, as the address holds it.

use crosstalk_proto::{
    amqp::Body,
    ws::{MAX_PREFETCH, Publish},
};

use super::message::{self, Fault, Header, KINDS};
use crate::model::address::{Draft, Error, Fields, Row};

/// The most messages of one run.
pub const MAX_COUNT: u32 = 100_000;
/// The most of them per second.
pub const MAX_RATE: u32 = 10_000;
/// The longest body: the whole command has to fit one message of the socket.
pub const MAX_BODY: usize = 128 * 1024;

/// What kind of body a worker of `greeter.rpc` reads.
pub const ASKED: [&str; 3] = ["application/json", "application/x-protobuf", "text/plain"];

/// Who acks, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acking {
    /// The server, when it has written the message to the page's socket.
    Automatic,
    /// The page, when it has read the message and put it into its table.
    AfterWork,
    /// The person.
    ByHand,
}

/// A consumer that is wanted, started or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerDraft {
    /// From where.
    pub queue: String,
    /// As it is typed.
    pub prefetch: String,
    /// Who acks.
    pub acking: Acking,
}

/// What is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageDraft {
    /// A request for `greeter.rpc` in one of [`ASKED`], whose reply is awaited; else a message for whom it may concern.
    pub ask: Option<String>,
    /// Empty is the default exchange.
    pub exchange: String,
    /// With which key.
    pub routing_key: String,
    /// The body, as text.
    pub body: String,
    /// Rows of [`message::PROPERTIES`].
    pub properties: Vec<Row>,
    /// Rows with types.
    pub headers: Vec<Header>,
    /// As it is typed.
    pub count: String,
    /// As it is typed; empty is as fast as confirms come.
    pub rate: String,
    /// Send it back when no queue takes it.
    pub mandatory: bool,
}

/// The whole bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// The publisher.
    pub message: MessageDraft,
    /// The consumers.
    pub consumers: Vec<ConsumerDraft>,
}

impl MessageDraft {
    /// The message.
    ///
    /// # Errors
    /// What is wrong with exchange, routing key, properties and headers.
    pub fn publish(&self) -> Result<Publish, Vec<Fault>> {
        let names = [("exchange", &self.exchange), ("routing_key", &self.routing_key)];
        let mut faults: Vec<Fault> = names.iter().filter_map(|(name, text)| message::short(name, text)).collect();
        let properties = message::properties(&self.properties, &self.headers);
        faults.extend(properties.as_ref().err().into_iter().flatten().cloned());
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Publish {
            exchange: self.exchange.clone(),
            routing_key: self.routing_key.clone(),
            mandatory: self.mandatory,
            properties: properties?,
            body: Body::Text(self.body.clone()),
        })
    }
}

/// How many messages, when that is a number within bounds.
pub fn count(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|count| (1..=MAX_COUNT).contains(count))
}

/// How many per second; none inside is no limit, none outside is no such number.
pub fn rate(text: &str) -> Option<Option<u32>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().filter(|rate| (1..=MAX_RATE).contains(rate)).map(Some)
}

/// A prefetch, when it is a number within bounds.
pub fn prefetch(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|prefetch| (1..=MAX_PREFETCH).contains(prefetch))
}

impl Acking {
    /// In the order of how much can be lost.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::AfterWork, Self::ByHand];

    /// As the address and tests name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::AfterWork => "after-work",
            Self::ByHand => "by-hand",
        }
    }
}

impl Draft for Bench {
    fn write(&self, fields: &mut Fields) {
        let message = &self.message;
        if let Some(kind) = &message.ask {
            fields.put("ask", kind.clone());
        }
        fields.put("exchange", message.exchange.clone());
        fields.put("key", message.routing_key.clone());
        fields.put("body", message.body.clone());
        fields.put_rows("property", "no-property", &message.properties);
        let typed = |Header { kind, row }: &Header| Row {
            name: format!("{} {}", KINDS.get(*kind).unwrap_or(&KINDS[0]), row.name),
            ..row.clone()
        };
        fields.put_rows("header", "no-header", &message.headers.iter().map(typed).collect::<Vec<_>>());
        fields.put("count", message.count.clone());
        fields.put("rate", message.rate.clone());
        fields.put("mandatory", if message.mandatory { "1" } else { "0" });
        let consumer = |consumer: &ConsumerDraft| Row {
            on: true,
            name: consumer.queue.clone(),
            value: format!("{} {}", consumer.acking.name(), consumer.prefetch),
        };
        // a queue's name is no credential, whatever word is in it
        fields.put_plain("consumer", &self.consumers.iter().map(consumer).collect::<Vec<_>>());
    }

    fn read(fields: &Fields) -> Result<Self, Error> {
        let wrong = |name: &'static str, value: &str| Error::Value { name, value: value.to_owned() };
        let ask = match fields.get("ask") {
            Ok(kind) if ASKED.contains(&kind) => Some(kind.to_owned()),
            Ok(kind) => return Err(wrong("ask", kind)),
            Err(_none) => None,
        };
        let header = |row: Row| {
            let (kind, name) = row.name.split_once(' ').ok_or_else(|| wrong("header", &row.name))?;
            let kind = KINDS.iter().position(|known| *known == kind).ok_or_else(|| wrong("header", &row.name))?;
            Ok(Header { kind, row: Row { name: name.to_owned(), ..row } })
        };
        let consumer = |row: Row| {
            let (acking, prefetch) = row.value.split_once(' ').ok_or_else(|| wrong("consumer", &row.value))?;
            let acking = Acking::ALL.into_iter().find(|known| known.name() == acking);
            let acking = acking.ok_or_else(|| wrong("consumer", &row.value))?;
            Ok(ConsumerDraft { queue: row.name, prefetch: prefetch.to_owned(), acking })
        };
        let text = |name| fields.get(name).map(str::to_owned);
        Ok(Self {
            message: MessageDraft {
                ask,
                exchange: text("exchange")?,
                routing_key: text("key")?,
                body: text("body")?,
                properties: fields.rows("property", "no-property")?,
                headers: fields.rows("header", "no-header")?.into_iter().map(header).collect::<Result<_, _>>()?,
                count: text("count")?,
                rate: text("rate")?,
                mandatory: match fields.get("mandatory")? {
                    "1" => true,
                    "0" => false,
                    other => return Err(wrong("mandatory", other)),
                },
            },
            consumers: fields.rows("consumer", "consumer")?.into_iter().map(consumer).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::address;

    fn row() -> impl Strategy<Value = Row> {
        (any::<bool>(), "\\PC*", "\\PC*").prop_map(|(on, name, value)| Row { on, name, value })
    }

    fn header() -> impl Strategy<Value = Header> {
        (0..KINDS.len(), row()).prop_map(|(kind, row)| Header { kind, row })
    }

    fn consumer() -> impl Strategy<Value = ConsumerDraft> {
        ("\\PC*", "\\PC*", prop::sample::select(&Acking::ALL)).prop_map(|(queue, prefetch, acking)| ConsumerDraft {
            queue,
            prefetch,
            acking,
        })
    }

    fn message() -> impl Strategy<Value = MessageDraft> {
        let ask = prop::option::of(prop::sample::select(&ASKED));
        let rows = (prop::collection::vec(row(), 0..5), prop::collection::vec(header(), 0..5));
        let texts = (any::<String>(), any::<String>(), any::<String>(), any::<String>(), any::<String>());
        (ask, texts, rows, any::<bool>()).prop_map(|(ask, texts, (properties, headers), mandatory)| {
            let (exchange, routing_key, body, count, rate) = texts;
            let properties = properties.into_iter().filter(|row| !address::is_secret(&row.name)).collect();
            let headers = headers.into_iter().filter(|header| !address::is_secret(&header.row.name)).collect();
            let ask = ask.map(str::to_owned);
            MessageDraft { ask, exchange, routing_key, body, properties, headers, count, rate, mandatory }
        })
    }

    proptest! {
        #[test]
        fn a_link_restores_every_field(message in message(), consumers in prop::collection::vec(consumer(), 0..4)) {
            let bench = Bench { message, consumers };
            prop_assert_eq!(address::read(&address::write(&bench).fragment), Some(Ok(bench)));
        }
    }

    #[test]
    fn what_no_bench_has_is_refused() {
        let bench = |change: &str| {
            let whole = "exchange=&key=hello&body=&count=1&rate=&mandatory=0";
            address::read::<Bench>(&format!("1&{whole}&{change}")).expect("a state")
        };
        assert!(bench("consumer=hello:by-hand 2").is_ok());
        for wrong in
            ["ask=text/html", "header=word x:y", "header=string:y", "consumer=hello:never 2", "consumer=hello:2"]
        {
            assert!(matches!(bench(wrong), Err(Error::Value { .. })), "{wrong}");
        }
    }

    #[test]
    fn exchange_and_routing_key_are_short_strings() {
        let sample = "1&exchange=&key=hello&body=&count=1&rate=&mandatory=0";
        let bench = address::read::<Bench>(sample).expect("a state").expect("a bench");
        for (exchange, routing_key, wrong) in [(255, 255, &[][..]), (0, 256, &["routing_key"]), (256, 0, &["exchange"])]
        {
            let message = MessageDraft {
                exchange: "é".repeat(exchange / 2) + &"e".repeat(exchange % 2),
                routing_key: "k".repeat(routing_key),
                ..bench.message.clone()
            };
            let found: Vec<String> = message.publish().err().unwrap_or_default().into_iter().map(|f| f.name).collect();
            assert_eq!(found, wrong);
        }
    }

    #[test]
    fn numbers_are_within_bounds() {
        assert_eq!(
            [count("1"), count(" 100000 "), count("0"), count("100001"), count("x")],
            [Some(1), Some(100_000), None, None, None]
        );
        assert_eq!([rate(""), rate("10000"), rate("0"), rate("10001")], [Some(None), Some(Some(10_000)), None, None]);
        assert_eq!([prefetch("1"), prefetch("1001")], [Some(1), None]);
    }
}
