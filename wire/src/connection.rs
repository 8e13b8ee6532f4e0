//! The protocol of a connection: AMQP, HTTP/2 and TLS are recognized by their first bytes. Everything else is HTTP/1.1,
//! which may switch to WebSocket.

use crate::{
    amqp,
    field::Field,
    field_builder::FieldBuilder,
    h2,
    http1::{self, Message},
    messages::{Attribution, Owner, Protocol},
    protobuf::Schemas,
    tls, websocket,
};

/// Reads both directions of a connection.
pub(crate) fn read(client: &mut FieldBuilder<'_>, server: &mut FieldBuilder<'_>, schemas: &Schemas) -> Attribution {
    if amqp::begins(client.left()) {
        amqp::frames(client, schemas);
        amqp::frames(server, schemas);
        Attribution::new(Protocol::Amqp)
    } else if tls::begins(client.left()) {
        tls::records(client);
        tls::records(server);
        Attribution::new(Protocol::Tls)
    } else if h2::begins(client.left()) {
        http2(client, server, schemas)
    } else {
        http1(client, server, schemas)
    }
}

fn http2(client: &mut FieldBuilder<'_>, server: &mut FieldBuilder<'_>, schemas: &Schemas) -> Attribution {
    let mut found = Attribution::new(Protocol::Http2);
    let requests = h2::frames(client, None, schemas);
    let answers = h2::frames(server, Some(&requests.streams), schemas);
    let owner = |stream: u32| match stream {
        0 => Owner::Connection,
        stream => Owner::Call(requests.streams.get(&stream).and_then(|heads| trace(&heads.headers))),
    };
    for (owners, frames) in [(&mut found.client, &requests.frames), (&mut found.server, &answers.frames)] {
        for frame in frames {
            owners.from(frame.range.start, owner(frame.stream));
        }
    }
    found
}

/// Reads both directions of a connection that begins with HTTP/1.1.
fn http1(client: &mut FieldBuilder<'_>, server: &mut FieldBuilder<'_>, schemas: &Schemas) -> Attribution {
    let mut found = Attribution::new(Protocol::Http1);
    let mut requests: Vec<Message> = Vec::new();
    let mut answered = 0;
    loop {
        // what a client sends after asking for a switch depends on the answer
        let mut wish = false;
        while !wish && let Some(request) = http1::message(client, false, None, schemas) {
            wish = request.asks_for_websocket();
            found.client.range(&request.range, owner(&request));
            requests.push(request);
        }
        while !wish || answered < requests.len() {
            let request = requests.get(answered);
            let Some(answer) = http1::message(server, true, request, schemas) else {
                // only when a request to switch has no answer
                client.leaf(usize::MAX, Field::payload("protocol not agreed on", "RFC 9110 §7.8"));
                return found;
            };
            let owner = request.map_or(Owner::Call(None), owner);
            found.server.range(&answer.range, owner.clone());
            if answer.start.status() == 101 && request.is_some_and(Message::asks_for_websocket) {
                found.protocol = Protocol::WebSocket;
                found.client.from(client.at(), owner.clone());
                found.server.from(server.at(), owner);
                websocket::frames(client, true);
                websocket::frames(server, false);
                return found;
            }
            // an interim answer is followed by the final one (RFC 9110 §15.2)
            if answer.start.status() / 100 != 1 {
                answered += 1;
            }
        }
    }
}

/// The call of a request. A page cannot set headers of a WebSocket handshake, so there the query may have the
/// `traceparent`.
fn owner(request: &Message) -> Owner {
    let query = || {
        let (_path, query) = request.start.target().split_once('?').filter(|_| request.asks_for_websocket())?;
        let mut named = query.split('&').filter_map(|pair| pair.strip_prefix("traceparent="));
        named.next().filter(|_| named.next().is_none()).map(ToOwned::to_owned)
    };
    let in_header = request.headers.get("traceparent").is_some();
    Owner::Call(if in_header { trace(&request.headers) } else { query() })
}

/// The W3C trace context of a call. With several headers none counts.
fn trace(headers: &http1::Headers) -> Option<String> {
    headers.only("traceparent").map(ToOwned::to_owned)
}
