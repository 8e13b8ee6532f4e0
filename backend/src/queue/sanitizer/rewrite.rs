//! What takes the place of a frame that lapin cannot read: the same frame without what is unreadable in it. The octets that
//! are left out are kept in a header of the message, [`UNREADABLE`], so that a consumer of the message sees them.

use super::grammar::{self, Argument, Kind, PROPERTIES};

/// The header in which the octets of unreadable properties are kept: a table of byte arrays by the names of the properties.
/// `headers` is the whole table of headers, `properties` everything from the flags on where even their lengths are wrong.
pub(crate) const UNREADABLE: &str = "crosstalk-unreadable";

/// Every frame may be as large as this (section 4.2.3).
const MIN_FRAME_MAX: usize = 4_096;
/// The place of the headers among the properties.
const HEADERS: usize = 2;

/// Octets that were left out, with their name.
pub(super) type Octets = (&'static str, Vec<u8>);

/// A method whose unreadable texts are escaped and whose unreadable tables are empty, and the octets of those arguments that
/// the sender of a message chose. None when the method is malformed.
pub(super) fn method(payload: &[u8], arguments: &[Argument]) -> Option<(Vec<u8>, Vec<Octets>)> {
    let (.., mut rest) = grammar::method(payload)?;
    let mut rewritten = payload[..payload.len() - rest.len()].to_vec();
    let mut unreadable = Vec::new();
    for (kind, name) in arguments {
        let value = grammar::take(&mut rest, *kind)?;
        if grammar::is_readable(*kind, value) {
            rewritten.extend_from_slice(value);
        } else if *kind == Kind::Table {
            rewritten.extend_from_slice(&[0; 4]);
        } else {
            push_short(&mut rewritten, &escaped(&value[1..]));
            if !name.is_empty() {
                unreadable.push((*name, value[1..].to_vec()));
            }
        }
    }
    rest.is_empty().then_some((rewritten, unreadable))
}

/// A content header without its unreadable properties, whose octets and those of `unreadable` are in [`UNREADABLE`]. It is
/// not larger than it was, or than a frame may be anyway: if need be the octets are cut. None when it is malformed.
pub(super) fn content_header(payload: &[u8], mut unreadable: Vec<Octets>) -> Option<Vec<u8>> {
    let (before, flags, properties) = grammar::content_header(payload)?;
    let mut values = readable_properties(flags, properties, &mut unreadable).unwrap_or_else(|| {
        unreadable.push(("properties", payload[before.len()..].to_vec()));
        [None; PROPERTIES.len()]
    });
    let most = payload.len().max(MIN_FRAME_MAX - grammar::HEAD - 1);
    let size = |values: &[Option<&[u8]>], unreadable: &[Octets]| {
        let kept: usize = values.iter().flatten().map(|value| value.len()).sum();
        // the length of the table is among its values, or is not: four octets more do not matter
        before.len() + 2 + 4 + kept + marker(unreadable).len()
    };
    if size(&values, &unreadable) > most
        && let Some(headers) = values[HEADERS].take()
    {
        unreadable.push(("headers", headers[4..].to_vec()));
    }
    while let excess @ 1.. = size(&values, &unreadable).saturating_sub(most) {
        let (_name, longest) = unreadable.iter_mut().max_by_key(|(_name, octets)| octets.len())?;
        if longest.is_empty() {
            return None;
        }
        longest.truncate(longest.len().saturating_sub(excess));
    }
    let mut kept = 1 << (15 - HEADERS);
    let mut rewritten = Vec::with_capacity(most);
    for (at, value) in values.iter().enumerate() {
        match value {
            _ if at == HEADERS => {
                let headers = value.map_or(&[][..], |headers| &headers[4..]);
                push_long(&mut rewritten, &[headers, &marker(&unreadable)].concat());
            }
            Some(value) => {
                kept |= 1 << (15 - at);
                rewritten.extend_from_slice(value);
            }
            None => {}
        }
    }
    let kept: u16 = kept;
    Some([before, &kept.to_be_bytes(), &rewritten].concat())
}

/// The readable values by property, as they are written; the others go to `unreadable`. None when a length is wrong.
fn readable_properties<'a>(
    flags: u16,
    mut rest: &'a [u8],
    unreadable: &mut Vec<Octets>,
) -> Option<[Option<&'a [u8]>; PROPERTIES.len()]> {
    let mut values = [None; PROPERTIES.len()];
    for (at, (kind, _name)) in PROPERTIES.iter().enumerate() {
        if grammar::has(flags, at) {
            values[at] = Some(grammar::take(&mut rest, *kind)?);
        }
    }
    if !rest.is_empty() {
        return None;
    }
    for ((kind, name), slot) in PROPERTIES.iter().zip(&mut values) {
        if let Some(value) = slot.take_if(|value| !grammar::is_readable(*kind, value)) {
            let length = if *kind == Kind::Table { 4 } else { 1 };
            unreadable.push((*name, value[length..].to_vec()));
        }
    }
    Some(values)
}

/// The field [`UNREADABLE`] of a table.
fn marker(unreadable: &[Octets]) -> Vec<u8> {
    let mut inside = Vec::new();
    for (name, octets) in unreadable {
        push_short(&mut inside, name);
        inside.push(b'x');
        push_long(&mut inside, octets);
    }
    let mut field = Vec::new();
    push_short(&mut field, UNREADABLE);
    field.push(b'F');
    push_long(&mut field, &inside);
    field
}

/// Text in which each octet that is not UTF-8 is written as `\xff`, cut to the length of a short string.
fn escaped(octets: &[u8]) -> String {
    let mut text = String::new();
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            text.push_str(&format!("\\x{octet:02x}"));
        }
    }
    text.truncate(text.floor_char_boundary(usize::from(u8::MAX)));
    text
}

fn push_short(out: &mut Vec<u8>, text: &str) {
    out.push(u8::try_from(text.len()).expect("a short string has at most 255 octets"));
    out.extend_from_slice(text.as_bytes());
}

fn push_long(out: &mut Vec<u8>, octets: &[u8]) {
    out.extend_from_slice(&u32::try_from(octets.len()).expect("it is not larger than a frame").to_be_bytes());
    out.extend_from_slice(octets);
}
