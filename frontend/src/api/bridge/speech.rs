//! What is spoken over the socket, in JSON: a part of the program of its own, since the page is there before it speaks.

use std::rc::{Rc, Weak};

use crosstalk_proto::ws::{ClientMessage, VERSION, close};

use super::{
    shared::Shared,
    socket::{Socket, SocketEvent},
};
use crate::{api::browser::now_ms, model::json, part::part};

/// What the part does.
#[derive(Debug)]
pub(super) struct Speech {
    /// Opens a socket at an address and lets whose it is hear it; none when the browser would not even try.
    pub(super) open: fn(&str, Weak<Shared>) -> Option<Socket>,
    /// A message as it is sent.
    pub(super) write: fn(&ClientMessage) -> String,
}

part!(pub(super) SPEECH: Speech = Speech { open, write }, in later);

fn open(url: &str, shared: Weak<Shared>) -> Option<Socket> {
    Socket::open(url, move |event| {
        if let Some(shared) = shared.upgrade() {
            hear(&shared, event);
        }
    })
}

fn hear(shared: &Rc<Shared>, event: SocketEvent) {
    match event {
        SocketEvent::Open => {
            shared.write(&ClientMessage::Hello { version: VERSION });
        }
        SocketEvent::Text(text) => {
            let read_ms = now_ms();
            shared.read_ms.set(read_ms);
            match json::read(&text) {
                Ok(message) => shared.on_message(message, read_ms),
                Err(_) => shared.lose(close::PROTOCOL_ERROR),
            }
        }
        SocketEvent::Closed { code } => shared.lose(code),
    }
}

fn write(message: &ClientMessage) -> String {
    json::write(message)
}
