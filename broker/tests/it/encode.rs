//! Encodes frames octet by octet that a codec would not write: names that are not UTF-8, tables in any order and of
//! any type.

/// No fields.
pub(crate) const NO_FIELDS: &[u8] = &[0; 4];
/// The reserved first field of many methods.
pub(crate) const TICKET: &[u8] = &[0; 2];

/// A frame.
pub(crate) fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    [&[kind][..], &channel.to_be_bytes(), &size(payload), payload, &[0xCE]].concat()
}

/// A frame with a method.
pub(crate) fn method(channel: u16, class: u16, method: u16, arguments: &[&[u8]]) -> Vec<u8> {
    let ids = [class.to_be_bytes(), method.to_be_bytes()].concat();
    frame(1, channel, &[&ids[..], &arguments.concat()].concat())
}

/// `basic.publish` and its content; `properties` begins with the flags.
pub(crate) fn publish(channel: u16, to: (&[u8], &[u8]), bits: u8, properties: &[u8], body: &[u8]) -> Vec<u8> {
    let publish = method(channel, 60, 40, &[TICKET, &short(to.0), &short(to.1), &[bits]]);
    let size = u64::try_from(body.len()).expect("bodies are short").to_be_bytes();
    let header = [&60_u16.to_be_bytes()[..], &[0; 2], &size, properties].concat();
    let body = if body.is_empty() { Vec::new() } else { frame(3, channel, body) };
    [publish, frame(2, channel, &header), body].concat()
}

/// A short string.
pub(crate) fn short(octets: &[u8]) -> Vec<u8> {
    [&[u8::try_from(octets.len()).expect("short strings are short")], octets].concat()
}

/// A long string as a value.
pub(crate) fn long(octets: &[u8]) -> Vec<u8> {
    [b"S", &size(octets)[..], octets].concat()
}

/// An array as a value.
pub(crate) fn array(values: &[Vec<u8>]) -> Vec<u8> {
    let values = values.concat();
    [b"A", &size(&values)[..], &values].concat()
}

/// A table, with its length.
pub(crate) fn fields<N: AsRef<[u8]>>(fields: &[(N, Vec<u8>)]) -> Vec<u8> {
    let field = |(name, value): &(N, Vec<u8>)| [short(name.as_ref()), value.clone()].concat();
    let written: Vec<u8> = fields.iter().flat_map(field).collect();
    [&size(&written)[..], &written].concat()
}

fn size(octets: &[u8]) -> [u8; 4] {
    u32::try_from(octets.len()).expect("what is written here is short").to_be_bytes()
}
