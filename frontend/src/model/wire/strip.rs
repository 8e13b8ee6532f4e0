//! One job, done twice, as strips of bytes: what its connection takes, the first call, and a later one on a connection that
//! is open.

use crosstalk_proto::capture::{Field, Kind};

use super::{Message, Wire};

/// What messages that belong to a call begin with; all others open, keep or close the connection.
const OF_A_CALL: [&str; 8] =
    ["request", "answer", "HEADERS", "DATA", "content", "basic.publish", "basic.deliver", "basic.ack"];
/// What a call begins with.
const ASKS: [&str; 2] = ["request head", "basic.publish"];

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
    /// To open the connection of the first call, and to close it if that is seen.
    pub connection: Strip,
    /// The first call.
    pub first: Strip,
    /// The last one, when there was more than one.
    pub later: Option<Strip>,
}

impl Weight {
    /// Takes a capture apart.
    pub fn of(wire: &Wire) -> Self {
        let begins_with = |message: &Message, words: &[&str]| words.iter().any(|word| message.title.starts_with(word));
        let mut connection = Strip::default();
        let mut calls: Vec<Strip> = Vec::new();
        for message in &wire.messages {
            if !begins_with(message, &OF_A_CALL) {
                if message.connection == 0 {
                    connection.add(message);
                }
                continue;
            }
            if calls.is_empty() || message.is_out && begins_with(message, &ASKS) {
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
    use crosstalk_proto::capture::{self, Sender, Totals};

    use super::*;
    use crate::model::wire::tests::{field, seen, wire};

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
        let weight = Weight::of(&wire(messages));
        let later = weight.later.clone().unwrap();
        let sizes = |strip: &Strip| (strip.out, strip.back, strip.payload);
        assert_eq!([&weight.connection, &weight.first, &later].map(sizes), [(8, 4, 9), (8, 4, 9), (4, 4, 6)]);
        assert_eq!(later.pieces, [("frame", 1), ("payload", 3), ("frame", 1), ("payload", 3)]);
        assert_eq!((weight.whole().bytes(), weight.whole().payload), (24, 18));
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
