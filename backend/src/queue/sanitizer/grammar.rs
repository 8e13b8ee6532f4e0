//! Which frames lapin can read: the grammar of AMQP 0-9-1 as the crate amq-protocol parses it, walked without recursion and
//! without allocation. Text must be UTF-8 there, and its parser calls itself for each table inside a table.

/// Tables and arrays inside each other, the headers included, at most. amq-protocol needs stack for each level, and a page
/// reads JSON of at most 127 levels, two for each of these.
pub(super) const MAX_DEPTH: usize = 50;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const HEARTBEAT: u8 = 8;
const END: u8 = 0xce;
/// Type, channel and size.
pub(super) const HEAD: usize = 7;
/// What a server that speaks another version answers (section 4.2.2).
const PROTOCOL: &[u8] = b"AMQP\0";
pub(super) const PROTOCOL_HEADER: usize = 8;

/// What a frame begins with, as far as it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// There are too few octets to tell.
    Incomplete,
    /// A method.
    Method { channel: u16, size: usize },
    /// The properties of a content.
    Header { channel: u16, size: usize },
    /// A frame of this many octets, of which only the last octet is checked.
    Opaque { length: usize },
    /// The header of another version of the protocol.
    Protocol,
    /// No frame.
    Unknown,
}

/// Looks at the first octets of a frame.
pub(super) fn head(octets: &[u8]) -> Head {
    match octets {
        [b'A', ..] if octets.len() < PROTOCOL_HEADER => Head::Incomplete,
        [b'A', ..] if octets.starts_with(PROTOCOL) => Head::Protocol,
        [kind, high, low, s0, s1, s2, s3, ..] => {
            let channel = u16::from_be_bytes([*high, *low]);
            let size = u32::from_be_bytes([*s0, *s1, *s2, *s3]) as usize;
            match *kind {
                METHOD => Head::Method { channel, size },
                HEADER => Head::Header { channel, size },
                BODY | HEARTBEAT => Head::Opaque { length: HEAD + size + 1 },
                _unknown => Head::Unknown,
            }
        }
        [METHOD | HEADER | BODY | HEARTBEAT, ..] | [] => Head::Incomplete,
        _unknown => Head::Unknown,
    }
}

/// Whether this is the last octet of a frame.
pub(super) fn is_end(octet: u8) -> bool {
    octet == END
}

/// A frame of this type and channel.
pub(super) fn frame(kind: FrameKind, channel: u16, payload: &[u8]) -> Vec<u8> {
    let kind = match kind {
        FrameKind::Method => METHOD,
        FrameKind::Header => HEADER,
    };
    let size = u32::try_from(payload.len()).expect("a payload is not larger than a frame");
    let mut frame = Vec::with_capacity(HEAD + payload.len() + 1);
    frame.push(kind);
    frame.extend_from_slice(&channel.to_be_bytes());
    frame.extend_from_slice(&size.to_be_bytes());
    frame.extend_from_slice(payload);
    frame.push(END);
    frame
}

/// The types of frames that are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// A method.
    Method,
    /// The properties of a content.
    Header,
}

/// What an argument of a method or a property is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// So many octets of which each will do.
    Octets(usize),
    /// At most 255 octets, which must be UTF-8.
    ShortString,
    /// Any number of any octets.
    LongString,
    /// A field table.
    Table,
}

use Kind::{LongString, Octets, ShortString, Table};

/// An argument of a method: what it is, and its name where the sender of a message chooses it.
pub(super) type Argument = (Kind, &'static str);

const TEXT: Argument = (ShortString, "");
const FLAGS: Argument = (Octets(1), "");
const SHORT: Argument = (Octets(2), "");
const LONG: Argument = (Octets(4), "");
const LONG_LONG: Argument = (Octets(8), "");
const EXCHANGE: Argument = (ShortString, "exchange");
const ROUTING_KEY: Argument = (ShortString, "routing_key");

/// The arguments of a method that servers send, by its class and its number; none of any other.
pub(super) fn arguments(class: u16, method: u16) -> Option<&'static [Argument]> {
    Some(match (class, method) {
        // basic.deliver comes first: it is the one that comes often
        (60, 60) => &[TEXT, LONG_LONG, FLAGS, EXCHANGE, ROUTING_KEY],
        // basic.ack, nack
        (60, 80 | 120) => &[LONG_LONG, FLAGS],
        // basic.return, get-ok, cancel
        (60, 50) => &[SHORT, TEXT, EXCHANGE, ROUTING_KEY],
        (60, 71) => &[LONG_LONG, FLAGS, EXCHANGE, ROUTING_KEY, LONG],
        (60, 30) => &[TEXT, FLAGS],
        // basic.consume-ok, cancel-ok, get-empty; connection.open-ok, blocked
        (60, 21 | 31 | 72) | (10, 41 | 60) => &[TEXT],
        // connection.start, tune
        (10, 10) => &[FLAGS, FLAGS, (Table, ""), (LongString, ""), (LongString, "")],
        (10, 30) => &[SHORT, LONG, SHORT],
        // connection.secure, channel.open-ok
        (10, 20) | (20, 11) => &[(LongString, "")],
        // connection.close, channel.close
        (10, 50) | (20, 40) => &[SHORT, TEXT, SHORT, SHORT],
        // channel.flow, flow-ok
        (20, 20 | 21) => &[FLAGS],
        // queue.declare-ok, purge-ok, delete-ok
        (50, 11) => &[TEXT, LONG, LONG],
        (50, 31 | 41) => &[LONG],
        // all that say ok and nothing else, and connection.unblocked
        (10, 51 | 61 | 71)
        | (20, 41)
        | (40, 11 | 21 | 31 | 51)
        | (50, 21 | 51)
        | (60, 11 | 111)
        | (85, 11)
        | (90, 11 | 21 | 31) => &[],
        _other => return None,
    })
}

/// The properties of a content in their order, the first by the highest flag.
pub(super) const PROPERTIES: [(Kind, &str); 14] = [
    (ShortString, "content_type"),
    (ShortString, "content_encoding"),
    (Table, "headers"),
    (Octets(1), "delivery_mode"),
    (Octets(1), "priority"),
    (ShortString, "correlation_id"),
    (ShortString, "reply_to"),
    (ShortString, "expiration"),
    (ShortString, "message_id"),
    (Octets(8), "timestamp"),
    (ShortString, "type"),
    (ShortString, "user_id"),
    (ShortString, "app_id"),
    (ShortString, "cluster_id"),
];
/// The flags of all properties; the other two are not looked at.
const ALL_PROPERTIES: u16 = 0xfffc;
/// Class, weight and the size of the body come before the flags.
pub(super) const BEFORE_FLAGS: usize = 2 + 2 + 8;

/// Whether a property is there.
pub(super) fn has(flags: u16, property: usize) -> bool {
    flags & (1 << (15 - property)) != 0
}

/// A method with its class, its number and its arguments; none when it is cut short.
pub(super) fn method(payload: &[u8]) -> Option<(u16, u16, &[u8])> {
    let (class, rest) = split_u16(payload)?;
    let (method, rest) = split_u16(rest)?;
    Some((class, method, rest))
}

/// What comes before the flags of a content header, the flags, and the properties; none when it is cut short.
pub(super) fn content_header(payload: &[u8]) -> Option<(&[u8], u16, &[u8])> {
    let (before, rest) = payload.split_at_checked(BEFORE_FLAGS)?;
    let (flags, rest) = split_u16(rest)?;
    Some((before, flags, rest))
}

/// Takes a value off the front of `rest`, its length included; none when it is cut short.
pub(super) fn take<'a>(rest: &mut &'a [u8], kind: Kind) -> Option<&'a [u8]> {
    let length = match kind {
        Octets(length) => length,
        ShortString => 1 + usize::from(*rest.first()?),
        LongString | Table => 4 + long(rest)?,
    };
    let (value, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(value)
}

/// Whether amq-protocol can parse a value that was taken.
pub(super) fn is_readable(kind: Kind, value: &[u8]) -> bool {
    match kind {
        Octets(_) | LongString => true,
        ShortString => std::str::from_utf8(&value[1..]).is_ok(),
        Table => is_readable_table(&value[4..]),
    }
}

/// Whether amq-protocol can parse a method.
pub(super) fn is_readable_method(arguments: &[Argument], mut rest: &[u8]) -> bool {
    let all =
        arguments.iter().all(|(kind, _name)| take(&mut rest, *kind).is_some_and(|value| is_readable(*kind, value)));
    all && rest.is_empty()
}

/// Whether amq-protocol can parse the properties of a content.
pub(super) fn are_readable_properties(flags: u16, mut rest: &[u8]) -> bool {
    let mut left = flags & ALL_PROPERTIES;
    while left != 0 {
        let first = left.leading_zeros();
        left ^= 0x8000 >> first;
        let (kind, _name) = PROPERTIES[first as usize];
        if !take(&mut rest, kind).is_some_and(|value| is_readable(kind, value)) {
            return false;
        }
    }
    rest.is_empty()
}

/// Whether amq-protocol can parse what is inside a table, without its length, on the stack that lapin has.
fn is_readable_table(inside: &[u8]) -> bool {
    // where each open table or array ends, and whether it is a table
    let mut open = [(0_usize, false); MAX_DEPTH];
    open[0] = (inside.len(), true);
    let (mut depth, mut at) = (1, 0);
    while depth > 0 {
        let (end, has_names) = open[depth - 1];
        if at == end {
            depth -= 1;
            continue;
        }
        let mut rest = &inside[at..end];
        if has_names && !take(&mut rest, ShortString).is_some_and(|name| is_readable(ShortString, name)) {
            return false;
        }
        let Some((kind, after)) = rest.split_first() else { return false };
        rest = after;
        let value = match kind {
            b'V' => Octets(0),
            b't' | b'b' | b'B' => Octets(1),
            b's' | b'u' | b'U' => Octets(2),
            b'I' | b'i' | b'f' => Octets(4),
            b'D' => Octets(5),
            b'l' | b'L' | b'd' | b'T' => Octets(8),
            b'S' | b'x' => LongString,
            b'F' | b'A' => {
                let Some(length) = long(rest).filter(|length| *length <= rest.len() - 4) else { return false };
                if depth == MAX_DEPTH {
                    return false;
                }
                at = end - rest.len() + 4;
                open[depth] = (at + length, *kind == b'F');
                depth += 1;
                continue;
            }
            _unknown => return false,
        };
        if take(&mut rest, value).is_none() {
            return false;
        }
        at = end - rest.len();
    }
    true
}

fn split_u16(octets: &[u8]) -> Option<(u16, &[u8])> {
    octets.split_first_chunk().map(|(number, rest)| (u16::from_be_bytes(*number), rest))
}

fn long(octets: &[u8]) -> Option<usize> {
    octets.first_chunk().map(|length| u32::from_be_bytes(*length) as usize)
}
