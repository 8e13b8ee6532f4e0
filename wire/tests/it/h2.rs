//! HTTP/2 frames and header blocks, with the examples of RFC 7541, Appendix C.

use crate::outline::{capture, checked, outline};

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&len[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[track_caller]
fn client(frames: &[Vec<u8>]) -> String {
    outline(&checked(&capture(&[PREFACE, &frames.concat()].concat(), b"")).client.root)
}

#[test]
fn each_type_of_frame_is_read() {
    insta::assert_snapshot!(client(&[
        frame(4, 0, 0, b"\0\x02\0\0\0\0\0\x04\0\0\xff\xff"),
        frame(4, 1, 0, b""),
        frame(8, 0, 0, b"\0\0\0\x05"),
        frame(2, 0, 3, b"\x80\0\0\x01\x0f"),
        frame(3, 0, 3, b"\0\0\0\x08"),
        frame(6, 0, 0, b"pingping"),
        frame(7, 0, 0, b"\0\0\0\x01\0\0\0\0bye"),
        frame(0x10, 0, 0, b"\0\0\0\x01u=1"),
        frame(0, 8, 1, b"\x02hi\0\0"),
        frame(0x40, 3, 0, b"new"),
    ]));
}

#[test]
fn header_blocks_are_decoded_over_continuations_and_with_the_table_of_the_blocks_before() {
    // RFC 7541 C.4: three requests with Huffman code
    insta::assert_snapshot!(client(&[
        frame(1, 1, 1, b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5"),
        frame(9, 4, 1, b"\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"),
        frame(1, 5, 3, b"\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf"),
        frame(1, 0x2d, 5, b"\x01\x80\0\0\0\x0f\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf\0"),
    ]));
}

#[test]
fn a_grpc_call_is_read_by_the_path_of_its_request() {
    let path = b"\x04\x1c/helloworld.Greeter/SayHello";
    let media = b"\x0f\x10\x10application/grpc";
    let request = [b"\x83\x86".as_slice(), path, media].concat();
    let answer = b"\0\0\0\0\x0c\x0a\x0aHello, Ada";
    let found = checked(&capture(
        &[PREFACE, &frame(1, 4, 1, &request), &frame(0, 1, 1, b"\0\0\0\0\x05\x0a\x03Ada")].concat(),
        &[
            frame(1, 4, 1, &[b"\x88".as_slice(), media].concat()),
            frame(0, 0, 1, &answer[..9]),
            frame(0, 0, 1, &answer[9..]),
            frame(1, 5, 1, b"\0\x0bgrpc-status\x010"),
        ]
        .concat(),
    ));
    insta::assert_snapshot!(outline(&found.client.root) + &outline(&found.server.root));
}

#[test]
fn credentials_are_masked_and_stay_huffman_code() {
    // authorization and cookie by their static names, the first again from the table
    let block = b"\x82\x57\x86\xa8\xeb\x10\x64\x9c\xbf\x1f\x11\x06s3cret\xbe";
    let found = checked(&capture(&[PREFACE, &frame(1, 5, 1, block)].concat(), b"")).client;
    insta::assert_snapshot!(outline(&found.root));
    let masked = b"\x82\x57\x86\0\0\0\0\0\x07\x1f\x11\x06******\xbe";
    assert!(found.bytes.ends_with(masked), "{:x?}", found.bytes);
    let headers = loona_hpack::Decoder::new().decode(masked).unwrap();
    assert_eq!(headers[1], (b"authorization".to_vec(), b"000000000".to_vec()));
}

#[test]
fn what_breaks_the_rules_is_said_and_the_rest_is_read() {
    insta::assert_snapshot!(client(&[
        frame(0, 0, 0, b"x"),
        frame(4, 0, 0, b"\0\x02\0"),
        frame(8, 0, 0, b"\0\0\0\x05more"),
        frame(0, 8, 1, b"\x09hi"),
        frame(1, 1, 1, b"\x82"),
        frame(6, 0, 0, b"pingping"),
        frame(1, 5, 3, b"\x82\xff\x80\x80\x80\x80\x80\x01"),
        frame(1, 5, 5, b"\x82\0\x01a\x01b"),
        frame(9, 4, 5, b"\x82"),
    ]));
}
