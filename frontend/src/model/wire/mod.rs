//! A capture as the inspector shows it: messages in the order of time, and which byte belongs to which field.
//!
//! - [`folds`]: which branches of the tree of fields are open
//! - [`part`]: which messages make a call, and which keep its connection
//! - [`text`]: how bytes are written; [`track`]: where on the axis of time they are; [`strip`]: what a job cost in bytes

pub mod folds;
pub mod part;
pub mod strip;
pub mod text;
pub mod track;

use std::{ops::Range, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crosstalk_proto::capture::{self, Capture, Field, Hop, Kind, Sender, Totals};

use self::part::{Part, Parts};

/// Bytes in a row.
pub const ROW: usize = 16;

/// All messages of a capture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    /// Each connection.
    pub connections: Vec<Connection>,
    /// In the order of time.
    pub messages: Vec<Arc<Message>>,
    /// Where all bytes went.
    pub totals: Totals,
    /// A connection went on after what is kept.
    pub cut: bool,
    /// What should be here and is not.
    pub missing: Option<String>,
    /// The layer below, what the network saw of it, where that is something else.
    pub network: Option<Arc<Wire>>,
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What it spoke.
    pub protocol: String,
    /// Between whom it was.
    pub hop: Hop,
    /// Who opened it and where to: addresses.
    pub ends: (String, String),
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it is called, `request head` or what the frame is.
    pub title: String,
    /// What it says in short, where the title is not that already.
    pub value: String,
    /// Which connection of the capture it went over.
    pub connection: usize,
    /// What it is to the call.
    pub part: Part,
    /// Whether the client sent it.
    pub is_out: bool,
    /// When each of its pieces was seen, in milliseconds after the first byte of the capture.
    pub seen_ms: Vec<f64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they are, depth first.
    pub fields: Vec<Field>,
    /// Where the bytes went.
    pub totals: Totals,
    /// For each field how its bytes look.
    looks: Vec<&'static str>,
    /// The fields without fields below them: these cover the bytes.
    leaves: Vec<usize>,
}

/// Neighbouring bytes of one field within a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which field.
    pub field: usize,
    /// From and to, in the message.
    pub range: Range<usize>,
}

impl Wire {
    /// Reads what the server told.
    ///
    /// # Errors
    /// When the bytes are not the JSON of a capture.
    pub fn read(told: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(told).map(Self::of)
    }

    fn of(mut capture: Capture) -> Self {
        let network = below(&mut capture).map(|network| Arc::new(Self::of(network)));
        let Capture { connections, totals, missing, .. } = capture;
        let starts = connections.iter().flat_map(|connection| &connection.messages).filter_map(start);
        let begin = starts.fold(f64::INFINITY, f64::min);
        let mut told = Vec::new();
        let (mut messages, mut cut) = (Vec::new(), false);
        for (at, connection) in connections.into_iter().enumerate() {
            cut |= connection.cut;
            let mut parts = Parts::of(&connection.protocol);
            messages.extend(connection.messages.into_iter().map(|message| {
                let message = Message::of(message, at, begin);
                let part = parts.next(&message.title, message.is_out);
                Arc::new(Message { part, ..message })
            }));
            let capture::Connection { protocol, hop, client, server, .. } = connection;
            told.push(Connection { protocol, hop, ends: (client, server) });
        }
        messages.sort_by(|one, other| one.at_ms().total_cmp(&other.at_ms()));
        Self { connections: told, messages, totals, cut, missing, network }
    }

    /// The message to begin with: the one that asks, behind whatever a connection begins with.
    pub fn first(&self) -> usize {
        self.messages.iter().position(|message| message.part == Part::Ask).unwrap_or(0)
    }

    /// Between whom there are connections, in the order in which they became part of the capture.
    pub fn hops(&self) -> Vec<Hop> {
        let mut hops = Vec::new();
        for Connection { hop, .. } in &self.connections {
            if !hops.contains(hop) {
                hops.push(*hop);
            }
        }
        hops
    }

    /// Between whom a message went.
    pub fn hop(&self, message: &Message) -> Hop {
        self.connections.get(message.connection).map_or(Hop::Client, |connection| connection.hop)
    }

    /// From the first byte to the last, in milliseconds.
    pub fn took_ms(&self) -> f64 {
        self.messages.iter().flat_map(|message| &message.seen_ms).copied().fold(0.0, f64::max)
    }
}

impl Message {
    fn of(message: capture::Message, connection: usize, begin: f64) -> Self {
        let (title, value) = match message.name.as_str() {
            "frame" | "record" => (message.value, String::new()),
            _ => (message.name, message.value),
        };
        let is_leaf = |nth: &usize| {
            let depth = message.fields[*nth].depth;
            message.fields.get(nth + 1).is_none_or(|next| next.depth <= depth)
        };
        Self {
            title,
            value,
            connection,
            part: Part::Connection,
            is_out: message.from == Sender::Client,
            seen_ms: message.chunks.iter().map(|chunk| chunk.at_ms - begin).collect(),
            bytes: STANDARD.decode(&message.bytes).unwrap_or_default(),
            looks: looks(&message.fields),
            leaves: (0..message.fields.len()).filter(is_leaf).collect(),
            fields: message.fields,
            totals: message.totals,
        }
    }

    /// When its first byte was seen, in milliseconds after the first of the capture.
    pub fn at_ms(&self) -> f64 {
        self.seen_ms.first().copied().unwrap_or(0.0)
    }

    /// How many rows its bytes make.
    pub fn rows(&self) -> usize {
        self.bytes.len().div_ceil(ROW)
    }

    /// The innermost field of a byte.
    pub fn field_at(&self, byte: usize) -> Option<usize> {
        let after = self.leaves.partition_point(|leaf| self.fields[*leaf].start as usize <= byte);
        self.leaves.get(after.checked_sub(1)?).copied()
    }

    /// The bytes of a field.
    pub fn range(&self, field: usize) -> Range<usize> {
        self.fields.get(field).map_or(0..0, |field| {
            let start = field.start as usize;
            start..start + field.len as usize
        })
    }

    /// How the bytes of a field look: `frame`, `meta`, `text`, `payload`, `secret` or `broken`.
    pub fn look(&self, field: usize) -> &'static str {
        self.looks.get(field).copied().unwrap_or("text")
    }

    /// The runs between two bytes.
    pub fn runs(&self, from: usize, to: usize) -> Vec<Run> {
        let mut runs = Vec::new();
        let (mut at, to) = (from, to.min(self.bytes.len()));
        while at < to {
            let Some(field) = self.field_at(at) else { break };
            let end = self.range(field).end.clamp(at + 1, to);
            runs.push(Run { field, range: at..end });
            at = end;
        }
        runs
    }
}

/// What the network saw, as a capture by itself.
fn below(capture: &mut Capture) -> Option<Capture> {
    let mut totals = Totals::default();
    let mut connections = Vec::new();
    for connection in capture.connections.iter_mut().filter(|connection| !connection.network.is_empty()) {
        let messages = std::mem::take(&mut connection.network);
        for Totals { framing, headers, payload } in messages.iter().map(|message| message.totals) {
            totals.framing += framing;
            totals.headers += headers;
            totals.payload += payload;
        }
        let (client, server) = (connection.client.clone(), connection.server.clone());
        connections.push(capture::Connection {
            protocol: "TLS".to_owned(),
            hop: connection.hop,
            client,
            server,
            opened_ms: connection.opened_ms,
            cut: connection.cut,
            messages,
            network: Vec::new(),
        });
    }
    (!connections.is_empty()).then(|| Capture { connections, totals, ..Capture::default() })
}

fn start(message: &capture::Message) -> Option<f64> {
    message.chunks.first().map(|chunk| chunk.at_ms)
}

/// Whatever is within a payload looks like it, but for what is hidden or wrong.
fn looks(fields: &[Field]) -> Vec<&'static str> {
    // the depth of the payload that is open
    let mut payload: Option<u16> = None;
    let look = |field: &Field| {
        payload = payload.filter(|depth| *depth < field.depth);
        let within = payload.is_some();
        if field.kind == Kind::Payload && !within {
            payload = Some(field.depth);
        }
        match field.kind {
            _ if field.masked => "secret",
            Kind::Malformed | Kind::Incomplete => "broken",
            Kind::Framing => "frame",
            Kind::Number if !within => "meta",
            Kind::Text if !within => "text",
            Kind::Payload | Kind::Number | Kind::Text => "payload",
        }
    };
    fields.iter().map(look).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn field(depth: u16, start: u32, len: u32, kind: Kind) -> Field {
        Field {
            depth,
            start,
            len,
            name: format!("{depth}.{start}"),
            value: String::new(),
            rule: String::new(),
            kind,
            problem: None,
            masked: false,
            decoded: None,
        }
    }

    /// A message of one byte that was seen at these times.
    pub(crate) fn seen(from: Sender, at_ms: &[f64]) -> capture::Message {
        capture::Message {
            from,
            name: "frame".to_owned(),
            value: "DATA".to_owned(),
            offset: 0,
            bytes: STANDARD.encode(b"x"),
            chunks: at_ms.iter().map(|at_ms| capture::Chunk { at_ms: *at_ms, len: 1 }).collect(),
            fields: Vec::new(),
            totals: Totals::default(),
        }
    }

    pub(crate) fn wire(messages: Vec<capture::Message>) -> Wire {
        over(vec![("HTTP/2", Hop::Client, messages)])
    }

    /// What was said over several connections.
    pub(crate) fn over(connections: Vec<(&str, Hop, Vec<capture::Message>)>) -> Wire {
        let connection = |(protocol, hop, messages): (&str, Hop, Vec<capture::Message>)| capture::Connection {
            protocol: protocol.to_owned(),
            hop,
            client: "a:1".to_owned(),
            server: "b:2".to_owned(),
            opened_ms: 0.0,
            cut: false,
            messages,
            network: Vec::new(),
        };
        let connections = connections.into_iter().map(connection).collect();
        Wire::read(&serde_json::to_vec(&Capture { connections, ..Capture::default() }).unwrap()).unwrap()
    }

    #[test]
    fn what_the_network_saw_is_a_layer_of_its_own() {
        let record = capture::Message {
            name: "record".to_owned(),
            value: "client_hello".to_owned(),
            ..seen(Sender::Client, &[4.0])
        };
        let connection = capture::Connection {
            protocol: "HTTP/2".to_owned(),
            hop: Hop::Client,
            client: String::new(),
            server: String::new(),
            opened_ms: 0.0,
            cut: false,
            messages: vec![seen(Sender::Client, &[5.0])],
            network: vec![record],
        };
        let above = Wire::of(Capture { connections: vec![connection], ..Capture::default() });
        let network = above.network.clone().unwrap();
        assert_eq!((above.messages.len(), network.messages.len(), network.network.is_none()), (1, 1, true));
        assert_eq!(network.messages[0].title, "client_hello");
        assert!(wire(Vec::new()).network.is_none());
    }

    fn message() -> Arc<Message> {
        let mut fields = vec![
            field(0, 0, 2, Kind::Number),
            field(0, 2, 20, Kind::Payload),
            field(1, 2, 1, Kind::Framing),
            field(1, 3, 19, Kind::Text),
            field(0, 22, 3, Kind::Text),
        ];
        fields[4].masked = true;
        let bytes = STANDARD.encode(b"\0\x01{Hello, inspectors!}***");
        wire(vec![capture::Message { bytes, fields, ..seen(Sender::Client, &[7.5]) }]).messages.remove(0)
    }

    #[test]
    fn a_byte_leads_to_its_innermost_field_and_a_field_to_its_bytes() {
        let message = message();
        assert_eq!((message.title.as_str(), message.rows(), message.at_ms()), ("DATA", 2, 0.0));
        assert_eq!([0, 1, 2, 3, 21, 22, 24].map(|byte| message.field_at(byte).unwrap()), [0, 0, 2, 3, 3, 4, 4]);
        assert_eq!((message.range(1), message.range(99)), (2..22, 0..0));
    }

    #[test]
    fn a_row_is_cut_where_fields_end() {
        let runs = message().runs(0, 16).into_iter().map(|run| (run.field, run.range)).collect::<Vec<_>>();
        assert_eq!(runs, [(0, 0..2), (2, 2..3), (3, 3..16)]);
        let last = message().runs(16, 32).into_iter().map(|run| (run.field, run.range)).collect::<Vec<_>>();
        assert_eq!(last, [(3, 16..22), (4, 22..25)]);
    }

    #[test]
    fn bytes_look_like_what_they_are_there_for() {
        let message = message();
        let looks: Vec<_> = (0..5).map(|field| message.look(field)).collect();
        assert_eq!(looks, ["meta", "payload", "frame", "payload", "secret"]);
    }

    #[test]
    fn messages_are_in_the_order_of_time_from_the_first_byte_on() {
        let wire = wire(vec![seen(Sender::Client, &[5.0, 9.0]), seen(Sender::Server, &[4.0])]);
        let order: Vec<_> = wire.messages.iter().map(|message| (message.is_out, message.at_ms())).collect();
        assert_eq!(order, [(false, 0.0), (true, 1.0)]);
        assert_eq!((wire.took_ms(), wire.first()), (5.0, 0));
        let ends = ("a:1".to_owned(), "b:2".to_owned());
        assert_eq!(wire.connections, [Connection { protocol: "HTTP/2".to_owned(), hop: Hop::Client, ends }]);
        assert!(Wire::read(b"{}").is_err());
    }
}
