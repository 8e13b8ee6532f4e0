//! Which message belongs to which call.

use crosstalk_wire::{Capture, Dissection, Owner, Party, Protocol};

use crate::h2::{PREFACE, frame};
use crate::outline::{capture, checked};

const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Who sent each message, and whose it is.
fn owners(found: &Dissection) -> Vec<(Party, String)> {
    let name = |owner: &Owner| match owner {
        Owner::Connection => "connection".to_owned(),
        Owner::Call(trace) => trace.clone().unwrap_or_else(|| "nobody".to_owned()),
    };
    found.messages.iter().map(|message| (message.from, name(&message.owner))).collect()
}

#[test]
fn an_answer_belongs_to_the_call_of_its_request() {
    use Party::{Client, Server};
    let ours = format!("GET / HTTP/1.1\r\nTraceparent: {ONE}\r\n\r\n");
    let mut said = Capture::default();
    said.push(Client, 0, b"GET / HTTP/1.1\r\n\r\n");
    said.push(Client, 1, ours.as_bytes());
    said.push(Server, 2, b"HTTP/1.1 204 No Content\r\n\r\n");
    said.push(Server, 3, b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nwhat is this\r\n");
    let found = checked(&said);
    assert_eq!(found.protocol, Protocol::Http1);
    let nobody = || "nobody".to_owned();
    let one = || ONE.to_owned();
    assert_eq!(
        owners(&found),
        [
            (Client, nobody()),
            (Client, one()),
            (Server, nobody()),
            (Server, one()),
            (Server, one()),
            // what is no message, and its line end
            (Server, nobody()),
            (Server, nobody())
        ]
    );
}

#[test]
fn a_frame_belongs_to_the_call_of_its_stream_or_to_the_connection() {
    use Party::{Client, Server};
    let head = [b"\x82\0\x0btraceparent\x37".as_slice(), ONE.as_bytes()].concat();
    let said = capture(
        &[PREFACE, &frame(4, 0, 0, b""), &frame(1, 5, 1, &head), &frame(1, 5, 3, b"\x82")].concat(),
        &[frame(4, 1, 0, b""), frame(1, 5, 3, b"\x88"), frame(1, 5, 1, b"\x88")].concat(),
    );
    let found = checked(&said);
    assert_eq!(found.protocol, Protocol::Http2);
    let owner = |from, name: &str| (from, name.to_owned());
    assert_eq!(
        owners(&found),
        [
            owner(Client, "connection"),
            owner(Client, "connection"),
            owner(Client, ONE),
            owner(Client, "nobody"),
            owner(Server, "connection"),
            owner(Server, "nobody"),
            owner(Server, ONE)
        ]
    );
}

#[test]
fn a_websocket_belongs_to_the_trace_that_its_query_names() {
    use Party::{Client, Server};
    let wish = format!("GET /ws?traceparent={ONE} HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
    let agreed = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x89\0";
    let found = checked(&capture(&[wish.as_bytes(), b"\x89\x80abcd"].concat(), agreed));
    assert_eq!(found.protocol, Protocol::WebSocket);
    let owner = |from| (from, ONE.to_owned());
    assert_eq!(owners(&found), [owner(Client), owner(Client), owner(Server), owner(Server)]);
    let twice = wish.replace(" HTTP", &format!("&traceparent={ONE} HTTP"));
    let nobody = |from| (from, "nobody".to_owned());
    assert_eq!(owners(&checked(&capture(twice.as_bytes(), b"")))[0], nobody(Client));
    let other = wish.replace("Upgrade:", &format!("traceparent: {ONE}\r\ntraceparent: {ONE}\r\nUpgrade:"));
    assert_eq!(owners(&checked(&capture(other.as_bytes(), b"")))[0], nobody(Client));
    // in a request that is no handshake, the query does not name the trace
    let plain = format!("GET /?traceparent={ONE} HTTP/1.1\r\n\r\n");
    assert_eq!(owners(&checked(&capture(plain.as_bytes(), b""))), [(Client, "nobody".to_owned())]);
}

#[test]
fn of_two_contexts_neither_is_followed() {
    let twice = format!("GET / HTTP/1.1\r\ntraceparent: {ONE}\r\ntraceparent: {ONE}\r\n\r\n");
    assert_eq!(owners(&checked(&capture(twice.as_bytes(), b""))), [(Party::Client, "nobody".to_owned())]);
    let field = [b"\0\x0btraceparent\x37".as_slice(), ONE.as_bytes()].concat();
    let head = [b"\x82".as_slice(), &field, &field].concat();
    let said = capture(&[PREFACE, &frame(4, 0, 0, b""), &frame(1, 5, 1, &head)].concat(), b"");
    assert_eq!(owners(&checked(&said))[2], (Party::Client, "nobody".to_owned()));
}
