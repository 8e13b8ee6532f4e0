//! Dissects random malformed input for a number of seconds: `cargo run --release -p crosstalk-wire --example fuzz -- 60
//! h2`. `cargo xtask fuzz` runs it for all dissectors.
//!
//! Each case is a changed sample of the protocol: bytes replaced, removed, doubled, cut off, or spliced from another
//! sample. The seed is fixed unless a third argument gives another one, so a failure can be reproduced. A failing case
//! is printed.

use std::{
    panic::{self, AssertUnwindSafe},
    time::{Duration, Instant},
};

use crosstalk_wire::{Capture, Field, Limits, Party, Schemas, dissect};
use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

/// A fixed sequence of numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// The bytes of a client and of a server.
type Sample = (&'static [u8], &'static [u8]);

fn samples(dissector: &str) -> Result<Vec<Sample>, String> {
    const WISH: &[u8] = b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x01\x82abcd\x1a\x43\x80\x82abcd\x43\x1f";
    const AGREED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x04{\"a\"\x89\x02hi\x80\x04:12}\x88\x05\x03\xe8bye\x82\x7e\x00\x7e0123456789";
    const JSON: &[u8] = b"POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 71\r\n\r\n{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"], \"b\": {\"c\": {}}, \"d\":[[[0]]]}  ";
    const PAIRS: &[u8] = b"POST /?a=b&%74oken=c HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 89\r\n\r\n[{\"name\":\"password\",\"value\":\"x\"},{\"value\":[{}],\"k\\u0065y\":\"token\"},[\"cookie\", {\"a\":1}]]  ";
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;n=1\r\n{\"a\":\r\n3\r\n12}\r\n0\r\nETag: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n";
    const GRPC: &[u8] = b"POST /helloworld.Greeter/SayHello HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: 56\r\n\r\n\0\0\0\0\x05\x0a\x03Ada\0\0\0\0\x24\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01\x21\0\0\0\0\0\0\xf8\x3f\x2d\0\0\xc0\x3f\x32\x02\xff\xfe\x33\x34";
    const NAMED: &[u8] = b"POST /helloworld.Greeter/SayHello HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: 39\r\n\r\n\x00\x00\x00\x00\x22\x1a\x0b\n\x06cookie\x12\x01a:\x0b\x12\x02pw:\x052\x03\x02\x96\x01H\x96\x01C\n\x01kD";
    const TEXT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\n\r\nAAAAAAwKCkhlbGxvLCBBZGE=gAAAAA9ncnBjLXN0YXR1czowDQo=";
    const H2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x02\0\0\0\0\0\0\x09\x01\x01\0\0\0\x01\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\0\0\x08\x09\x04\0\0\0\x01\xf2\x3a\x6b\xa0\xab\x90\xf4\xff\0\0\x0c\x01\x05\0\0\0\x03\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf\0\0\x0a\0\x01\0\0\0\x01\0\0\0\0\x05\x0a\x03Ada";
    const H2_ANSWER: &[u8] = b"\0\0\x04\x01\x04\0\0\0\x01\x88\x3f\xe1\x1f\0\0\x14\x01\x2d\0\0\0\x03\x01\x80\0\0\0\x0f\x82\x57\x86\xa8\xeb\x10\x64\x9c\xbf\xbe\x00\x01a\x01b\0\0\x05\0\x08\0\0\0\x01\x02hi\0\0\0\0\x08\x06\0\0\0\0\0pingping\0\0\x0b\x07\0\0\0\0\0\0\0\0\x01\0\0\0\0bye";
    const AMQP: &[u8] = b"AMQP\0\0\x09\x01\x01\0\0\0\0\0\x31\0\x0a\0\x0b\0\0\0\x0e\x01at\x01\x01bS\0\0\0\x02hi\x05PLAIN\0\0\0\x0d\0guest\0s3cret\x05en_US\xce\x01\0\x01\0\0\0\x0d\0\x3c\0\x28\0\0\0\x04name\x01\xce\x02\0\x01\0\0\0\x3a\0\x3c\0\0\0\0\0\0\0\0\0\x04\xb0\0\x10application/json\0\0\0\x15\x01cA\0\0\0\x04t\x01b\xff\x01dF\0\0\0\x03\x01eV\x02\xce\x03\0\x01\0\0\0\x02[1\xce\x03\0\x01\0\0\0\x02,2\xce\x08\0\0\0\0\0\0\xce";
    const TLS: &[u8] = b"\x16\x03\x01\0\x62\x01\0\0\x5e\x03\x030123456789abcdef0123456789abcdef\x02id\0\x04\x13\x01\xc0\x2b\x01\0\0\x2f\0\0\0\x10\0\x0e\0\0\x0bexample.org\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1\0\x2b\0\x05\x04\x03\x04\x03\x03\x14\x03\x03\0\x01\x01\x17\x03\x03\0\x04abcd";
    const TLS_ANSWER: &[u8] = b"\x16\x03\x03\0\x34\x02\0\0\x30\x03\x030123456789abcdef0123456789abcdef\x02id\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04\x15\x03\x03\0\x02\x02\x46\x17\x03\x03\0\x02hi";
    const TAGGED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x08{\"type\":\x80\x04\"a\"}\x81\x18{\"command\":{\"do\":\"ack\"}}\x81\x08{\"a\":{}}";
    Ok(match dissector {
        "http1" => vec![(JSON, CHUNKED), (WISH, CHUNKED), (PAIRS, CHUNKED)],
        "json" => vec![(JSON, CHUNKED), (PAIRS, CHUNKED)],
        "websocket" => vec![(WISH, AGREED), (WISH, TAGGED)],
        "grpc" => vec![(GRPC, TEXT)],
        "protobuf" => vec![(GRPC, TEXT), (NAMED, TEXT)],
        "h2" => vec![(H2, H2_ANSWER)],
        "amqp" => vec![(AMQP, AMQP)],
        "tls" => vec![(TLS, TLS_ANSWER)],
        other => {
            return Err(format!(
                "no dissector `{other}`: one of http1, json, websocket, grpc, protobuf, h2, amqp, tls"
            ));
        }
    })
}

/// A schema for the messages of the samples. Some field names are those of credentials.
fn schemas() -> Schemas {
    let member = |(number, name, kind, of): (i32, &str, Type, &str)| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(if name.ends_with('s') { Label::Repeated } else { Label::Optional }.into()),
        r#type: Some(kind.into()),
        type_name: (!of.is_empty()).then(|| format!(".helloworld.{of}")),
        ..Default::default()
    };
    let message = |name: &str, members: &[(i32, &str, Type, &str)]| DescriptorProto {
        name: Some(name.to_owned()),
        field: members.iter().copied().map(member).collect(),
        ..Default::default()
    };
    let question = message(
        "Question",
        &[
            (1, "name", Type::String, ""),
            (2, "password", Type::String, ""),
            (3, "headers", Type::Message, "Entry"),
            (4, "token", Type::Double, ""),
            (5, "share", Type::Float, ""),
            (6, "numbers", Type::Sint32, ""),
            (7, "next", Type::Message, "Question"),
            (8, "secret", Type::Group, "Entry"),
            (9, "secret_number", Type::Int64, ""),
        ],
    );
    let entry = message("Entry", &[(1, "key", Type::String, ""), (2, "value", Type::Bytes, "")]);
    let method = MethodDescriptorProto {
        name: Some("SayHello".to_owned()),
        input_type: Some(".helloworld.Question".to_owned()),
        output_type: Some(".helloworld.Question".to_owned()),
        ..Default::default()
    };
    let greeter =
        ServiceDescriptorProto { name: Some("Greeter".to_owned()), method: vec![method], ..Default::default() };
    let file = FileDescriptorProto {
        package: Some("helloworld".to_owned()),
        message_type: vec![question, entry],
        service: vec![greeter],
        ..Default::default()
    };
    let mut schemas = Schemas::default();
    schemas.add(&FileDescriptorSet { file: vec![file] }.encode_to_vec()).expect("it was encoded just now");
    schemas
}

fn change(bytes: &[u8], other: &[u8], keep: usize, numbers: &mut Numbers) -> Vec<u8> {
    const EDGES: &[u8] = &[0, 1, 0x7f, 0x80, 0xff, b'\r', b'\n', b'"', b'{', b'[', 0xce];
    let mut out = bytes.to_vec();
    for _ in 0..=numbers.below(6) {
        let at = keep + numbers.below(out.len().saturating_sub(keep));
        if at >= out.len() {
            return out;
        }
        match numbers.below(8) {
            0 | 1 => out[at] = numbers.next() as u8,
            2 => out[at] = EDGES[numbers.below(EDGES.len())],
            3 => out[at] ^= 1 << numbers.below(8),
            4 => drop(out.drain(at..(at + numbers.below(8)).min(out.len()))),
            5 => out.truncate(at),
            6 => {
                let from = numbers.below(other.len());
                let piece = other[from..(from + numbers.below(40)).min(other.len())].to_vec();
                drop(out.splice(at..at, piece));
            }
            _ => {
                let piece = out[at..(at + numbers.below(40)).min(out.len())].to_vec();
                for _ in 0..numbers.below(40) {
                    drop(out.splice(at..at, piece.iter().copied()));
                }
            }
        }
    }
    out
}

/// True if the leaves cover all bytes without a gap, and the children of each field cover the field.
fn joins(field: &Field) -> bool {
    let ends = |children: &[Field]| {
        children.iter().try_fold(field.range.start, |at, child| {
            (child.range.start == at && joins(child)).then_some(child.range.end)
        })
    };
    field.children.is_empty() || ends(&field.children) == Some(field.range.end)
}

const USAGE: &str = "usage: fuzz SECONDS DISSECTOR [SEED]";

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|seconds| seconds.parse().ok()).ok_or(USAGE)?;
    let dissector = arguments.next().ok_or(USAGE)?;
    let samples = samples(&dissector)?;
    // the messages of gRPC samples have no schema, those of Protobuf samples have one
    let schemas = if dissector == "protobuf" { schemas() } else { Schemas::default() };
    let seed: u64 = arguments.next().map_or(Ok(1), |seed| seed.parse()).map_err(|_wrong| USAGE)?;
    // never 0: the sequence would repeat it
    let mut numbers = Numbers(0x5eed_0000_c0de_0000 ^ seed.max(1));
    let (start, mut cases, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let (client, server) = samples[numbers.below(samples.len())];
        let keep = match dissector.as_str() {
            "h2" | "amqp" => 8,
            "tls" => 2,
            _ => 0,
        };
        let mut capture = Capture::default();
        capture.push(Party::Client, 0, &change(client, server, keep, &mut numbers));
        capture.push(Party::Server, 1, &change(server, client, 0, &mut numbers));
        let limits =
            if cases % 4 == 0 { Limits { fields: numbers.below(80), ..Limits::default() } } else { Limits::default() };
        let begun = Instant::now();
        let found = panic::catch_unwind(AssertUnwindSafe(|| dissect(&capture, &schemas, limits)));
        slowest = slowest.max(begun.elapsed());
        let right = found.as_ref().is_ok_and(|found| {
            let whole =
                found.client.root.len() == capture.client.len() && found.server.root.len() == capture.server.len();
            whole && joins(&found.client.root) && joins(&found.server.root)
        });
        if !right {
            return Err(format!("case {cases} of {dissector}, {limits:?}: {capture:?}"));
        }
        cases += 1;
    }
    println!("{dissector}: {cases} cases in {seconds} s, the slowest took {slowest:?}");
    Ok(())
}
