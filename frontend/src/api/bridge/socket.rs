//! A browser WebSocket as one callback. Dropping it takes the handlers off and closes it.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// What happens on a socket.
#[derive(Debug)]
pub(super) enum SocketEvent {
    /// It is open.
    Open,
    /// A text message.
    Text(String),
    /// It is closed; nothing follows.
    Closed {
        /// RFC 6455, section 7.4; 1006 when there was no close frame.
        code: u16,
    },
}

/// An open socket, or one that is being opened.
#[derive(Debug)]
pub(super) struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Starts to open one; `None` when the browser would not even try.
    pub(super) fn open(url: &str, on_event: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        let sink = on_event.clone();
        let on_open = Closure::<dyn FnMut()>::new(move || sink(SocketEvent::Open));
        let sink = on_event.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // the protocol has no binary messages
            if let Some(text) = event.data().as_string() {
                sink(SocketEvent::Text(text));
            }
        });
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            on_event(SocketEvent::Closed { code: event.code() });
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    /// Hands a text message to the browser; whether it did take it.
    pub(super) fn send(&self, text: &str) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && self.socket.send_with_str(text).is_ok()
    }

    /// Says goodbye; [`SocketEvent::Closed`] follows.
    pub(super) fn close(&self) {
        // fails on a code it does not know only, and there is none
        let _ = self.socket.close();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.close();
    }
}
