//! Which protocols a connection speaks: AMQP and HTTP/2 are told by their first bytes,
//! all else is HTTP/1.1, until a WebSocket was agreed on.

use crate::{
    amqp,
    field::Field,
    h2,
    http1::{self, Message},
    protobuf::Schemas,
    scope::Scope,
    websocket,
};

/// Reads both directions of a connection.
pub(crate) fn read(client: &mut Scope<'_>, server: &mut Scope<'_>, schemas: &Schemas) {
    if amqp::begins(client.left()) {
        amqp::frames(client, schemas);
        amqp::frames(server, schemas);
    } else if h2::begins(client.left()) {
        let requests = h2::frames(client, None, schemas);
        h2::frames(server, Some(&requests.streams), schemas);
    } else {
        http1(client, server, schemas);
    }
}

/// Reads both directions of a connection that begins with HTTP/1.1.
fn http1(client: &mut Scope<'_>, server: &mut Scope<'_>, schemas: &Schemas) {
    let mut requests: Vec<Message> = Vec::new();
    let mut answered = 0;
    loop {
        // what a client sends after its wish to switch depends on the answer to that
        let mut wish = false;
        while !wish && let Some(request) = http1::message(client, false, None, schemas) {
            wish = request.asks_for_websocket();
            requests.push(request);
        }
        while !wish || answered < requests.len() {
            let request = requests.get(answered);
            let Some(answer) = http1::message(server, true, request, schemas) else {
                // only after a wish to switch that nobody answered
                client.leaf(usize::MAX, Field::payload("protocol not agreed on", "RFC 9110 §7.8"));
                return;
            };
            if answer.start.status() == 101 && request.is_some_and(Message::asks_for_websocket) {
                websocket::frames(client, true);
                websocket::frames(server, false);
                return;
            }
            // an interim answer is followed by the final one (RFC 9110 §15.2)
            if answer.start.status() / 100 != 1 {
                answered += 1;
            }
        }
    }
}
