//! A capture, and its tree rendered as lines.

use std::fmt::Write as _;

use crosstalk_wire::{Capture, Dissection, Field, Limits, MASK, Party, Schemas, Stream, dissect};

/// A capture of these two streams.
pub(crate) fn capture(client: &[u8], server: &[u8]) -> Capture {
    let mut capture = Capture::default();
    capture.push(Party::Client, 0, client);
    capture.push(Party::Server, 1_000, server);
    capture
}

/// Dissects and checks the properties of every dissection.
#[track_caller]
pub(crate) fn checked(capture: &Capture) -> Dissection {
    checked_with(capture, &schemas(), Limits::default())
}

/// The same with these schemas and limits.
#[track_caller]
pub(crate) fn checked_with(capture: &Capture, schemas: &Schemas, limits: Limits) -> Dissection {
    let dissection = dissect(capture, schemas, limits);
    check(&dissection.client, &capture.client);
    check(&dissection.server, &capture.server);
    cut(&dissection, Party::Client, &dissection.client);
    cut(&dissection, Party::Server, &dissection.server);
    dissection
}

/// Checks that the joined messages of a party are all its bytes.
#[track_caller]
fn cut(dissection: &Dissection, from: Party, stream: &Stream) {
    let mut at = 0;
    for message in dissection.messages.iter().filter(|message| message.from == from) {
        assert_eq!(message.range.start, at, "a gap before {message:?}");
        at = message.range.end;
    }
    assert!(at == stream.root.range.end || stream.root.children.is_empty(), "{:?}", dissection.messages);
}

/// Checks that the joined leaves are the captured bytes, except for masks, and that children cover each field.
#[track_caller]
pub(crate) fn check(stream: &Stream, captured: &[u8]) {
    assert_eq!(stream.root.range, 0..captured.len());
    let mut joined = Vec::new();
    for leaf in stream.root.leaves() {
        assert_eq!(leaf.range.start, joined.len(), "a gap before {leaf:?}");
        let bytes = &stream.bytes[leaf.range.clone()];
        if leaf.masked {
            // a masked varint keeps its continuation bits
            let varint = leaf.rule.contains("varints");
            let is_mask = |byte: &u8| *byte == MASK || (varint && byte & 0x7f == MASK);
            assert!(bytes.iter().all(is_mask) || leaf.rule.contains("7541"), "{leaf:?}");
            joined.extend_from_slice(&captured[leaf.range.clone()]);
        } else {
            joined.extend_from_slice(bytes);
        }
    }
    assert_eq!(joined, captured);
    nested(&stream.root);
}

#[track_caller]
fn nested(field: &Field) {
    if let [first, .., last] = field.children.as_slice() {
        assert_eq!(first.range.start..last.range.end, field.range, "{field:?}");
    } else if let [only] = field.children.as_slice() {
        assert_eq!(only.range, field.range, "{field:?}");
    }
    for child in &field.children {
        assert!(!child.is_empty(), "{child:?}");
        nested(child);
    }
}

/// The tree as lines: name, value, and problem.
pub(crate) fn outline(field: &Field) -> String {
    let mut out = String::new();
    write(field, 0, &mut out);
    out
}

fn write(field: &Field, depth: usize, out: &mut String) {
    write!(out, "{:width$}{} {}", "", field.name, field.len(), width = 2 * depth).unwrap();
    if !field.value.is_empty() {
        write!(out, " = {}", field.value).unwrap();
    }
    if let Some(part) = field.part {
        write!(out, " ({part:?})").unwrap();
    }
    if let Some(problem) = &field.problem {
        write!(out, " !{:?}: {problem}", field.kind).unwrap();
    }
    out.push('\n');
    for child in &field.children {
        write(child, depth + 1, out);
    }
}

/// The schemas of the Greeter.
fn schemas() -> Schemas {
    let mut schemas = Schemas::default();
    schemas.add(crosstalk_proto::helloworld::FILE_DESCRIPTOR_SET).unwrap();
    schemas
}
