//! One job, done twice, as strips of bytes: what its connection takes, the first call, and a later one on a connection that
//! is open.

use crosstalk_proto::capture::{Field, Kind};

use super::{Message, Wire, part::Part};

/// Some messages of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strip {
    /// Bytes that the client sent.
    pub out: usize,
    /// Bytes that it got.
    pub back: usize,
    /// Those of them that the application sends, either way.
    pub payload: usize,
    /// All of them in order: what they are there for (`frame`, `meta`, `payload`), and how many are so in a row.
    pub pieces: Vec<(&'static str, usize)>,
}

/// What a job cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// To open the connections of the first call, and to close them if that is seen.
    pub connection: Strip,
    /// The first call.
    pub first: Strip,
    /// The last one, when there was more than one.
    pub later: Option<Strip>,
}

impl Weight {
    /// Takes a capture apart. A call begins where it is asked for on the way that the first one took; what it makes others ask
    /// further on is a part of it. A connection that is opened again for a later call is weighed once.
    pub fn of(wire: &Wire) -> Self {
        let speaks = |message: &Message| &wire.connections[message.connection].protocol;
        let mut connection = Strip::default();
        let mut calls: Vec<Strip> = Vec::new();
        for message in &wire.messages {
            let first = wire.connections.iter().position(|other| other.protocol == *speaks(message));
            if message.part == Part::Connection {
                if first == Some(message.connection) {
                    connection.add(message);
                }
                continue;
            }
            if calls.is_empty() || message.part == Part::Ask && first == Some(0) {
                calls.push(Strip::default());
            }
            if let Some(call) = calls.last_mut() {
                call.add(message);
            }
        }
        let later = if calls.len() > 1 { calls.pop() } else { None };
        Self { connection, first: calls.into_iter().next().unwrap_or_default(), later }
    }

    /// The first call with all that its connection took.
    pub fn whole(&self) -> Strip {
        let mut whole = self.connection.clone();
        whole.out += self.first.out;
        whole.back += self.first.back;
        whole.payload += self.first.payload;
        whole.pieces.extend_from_slice(&self.first.pieces);
        whole
    }
}

impl Strip {
    /// Both ways.
    pub fn bytes(&self) -> usize {
        self.out + self.back
    }

    fn add(&mut self, message: &Message) {
        let side = if message.is_out { &mut self.out } else { &mut self.back };
        *side += message.bytes.len();
        self.payload += message.totals.payload as usize;
        for (class, bytes) in classes(&message.fields) {
            match self.pieces.last_mut() {
                Some((last, sum)) if *last == class => *sum += bytes,
                _ => self.pieces.push((class, bytes)),
            }
        }
    }
}

/// What the leaves are there for, in order, as the totals count them: a leaf is of the class of the nearest field above that
/// decides. Payload is payload down to its braces, unless a frame begins in it; a text is said about the payload.
fn classes(fields: &[Field]) -> Vec<(&'static str, usize)> {
    // the fields above: how deep, which class, and whether it is payload itself
    let mut above: Vec<(u16, &'static str, bool)> = Vec::new();
    let mut leaves = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        above.retain(|(depth, ..)| *depth < field.depth);
        let (_, class, in_payload) = above.last().copied().unwrap_or((0, "frame", false));
        let is_leaf = fields.get(at + 1).is_none_or(|next| next.depth <= field.depth);
        let class = match field.kind {
            Kind::Payload => "payload",
            Kind::Framing if in_payload && !is_leaf => "frame",
            Kind::Text if class == "frame" => "meta",
            _ => class,
        };
        if is_leaf {
            leaves.push((class, field.len as usize));
        }
        above.push((field.depth, class, field.kind == Kind::Payload));
    }
    leaves
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::capture::{self, Hop, Sender, Totals};

    use super::*;
    use crate::model::wire::tests::{field, over, seen};

    /// A message of four bytes, of which one is framing and three are payload, at a time.
    fn message(from: Sender, name: &str, at_ms: f64) -> capture::Message {
        let fields = vec![field(0, 0, 1, Kind::Framing), field(0, 1, 3, Kind::Payload), field(1, 1, 3, Kind::Text)];
        let totals = Totals { framing: 1, headers: 0, payload: 3 };
        capture::Message { name: name.to_owned(), bytes: "AAAAAA==".to_owned(), fields, totals, ..seen(from, &[at_ms]) }
    }

    #[test]
    fn what_opens_a_connection_is_apart_from_the_calls_on_it() {
        let (client, server) = (Sender::Client, Sender::Server);
        let said = [
            (client, "protocol header"),
            (server, "connection.start"),
            (client, "basic.publish"),
            (client, "content body"),
            (server, "basic.ack"),
            (client, "connection.close"),
            (client, "basic.publish"),
            (server, "basic.ack"),
        ];
        let messages = said.iter().zip(0..).map(|((from, name), at)| message(*from, name, f64::from(at))).collect();
        let weight = Weight::of(&over(vec![("AMQP 0-9-1", Hop::Broker, messages)]));
        let later = weight.later.clone().unwrap();
        let sizes = |strip: &Strip| (strip.out, strip.back, strip.payload);
        assert_eq!([&weight.connection, &weight.first, &later].map(sizes), [(8, 4, 9), (8, 4, 9), (4, 4, 6)]);
        assert_eq!(later.pieces, [("frame", 1), ("payload", 3), ("frame", 1), ("payload", 3)]);
        assert_eq!((weight.whole().bytes(), weight.whole().payload), (24, 18));
    }

    #[test]
    fn what_a_call_makes_the_server_ask_is_a_part_of_it_and_a_second_link_for_it_is_weighed_once() {
        let (client, server) = (Sender::Client, Sender::Server);
        let said =
            |said: &[(Sender, &str, f64)]| said.iter().map(|(from, name, at)| message(*from, name, *at)).collect();
        let socket = said(&[
            (client, "request head", 0.0),
            (server, "answer head", 1.0),
            (client, "text", 2.0),
            (client, "text", 3.0),
            (server, "text", 7.0),
            (client, "text", 8.0),
            (server, "text", 12.0),
            (client, "close", 13.0),
        ]);
        let link = |at: f64| {
            said(&[
                (client, "protocol header", at),
                (client, "basic.publish", at + 1.0),
                (server, "basic.ack", at + 2.0),
            ])
        };
        let weight = Weight::of(&over(vec![
            ("WebSocket", Hop::Client, socket),
            ("AMQP 0-9-1", Hop::Broker, link(4.0)),
            ("AMQP 0-9-1", Hop::Broker, link(9.0)),
        ]));
        let sizes = |strip: &Strip| (strip.out, strip.back);
        assert_eq!(sizes(&weight.connection), (16, 4), "handshake, hello, close, and one protocol header");
        assert_eq!([&weight.first, weight.later.as_ref().unwrap()].map(sizes), [(8, 8), (8, 8)]);
    }

    #[test]
    fn a_leaf_is_what_the_field_above_it_says() {
        let fields = [
            field(0, 0, 5, Kind::Framing),
            field(1, 0, 2, Kind::Number),
            field(1, 2, 3, Kind::Text),
            field(0, 5, 6, Kind::Payload),
            field(1, 5, 1, Kind::Framing),
            field(1, 6, 5, Kind::Framing),
            field(2, 6, 1, Kind::Number),
            field(2, 7, 4, Kind::Payload),
        ];
        let expected = [("frame", 2), ("meta", 3), ("payload", 1), ("frame", 1), ("payload", 4)];
        assert_eq!(classes(&fields), expected);
    }
}
