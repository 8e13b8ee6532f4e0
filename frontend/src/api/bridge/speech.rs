//! The messages of the socket as JSON.

use std::rc::{Rc, Weak};

use crosstalk_proto::ws::{ClientMessage, VERSION, close};

use super::{
    shared::Shared,
    socket::{Socket, SocketEvent},
};
use crate::api::browser::now_ms;

/// Opens a socket whose events go to `shared`; none when the browser refuses.
pub(super) fn open(url: &str, shared: Weak<Shared>) -> Option<Socket> {
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
            match serde_json::from_str(&text) {
                Ok(message) => shared.on_message(message, read_ms),
                Err(_) => shared.lose(close::PROTOCOL_ERROR),
            }
        }
        SocketEvent::Closed { code } => shared.lose(code),
    }
}

/// A message as it is sent.
pub(super) fn write(message: &ClientMessage) -> String {
    serde_json::to_string(message).expect("a message is plain data with text keys")
}
