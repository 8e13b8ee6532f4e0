//! Which messages of a connection make a call, and which open, keep or close the connection itself.

/// What a message is to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It opens, keeps or closes the connection.
    Connection,
    /// A call begins with it.
    Ask,
    /// It belongs to the call that has begun.
    Call,
}

/// Tells the parts of one connection, message by message.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// What a call begins with, and what else belongs to one; all else is the connection's.
    asks: &'static str,
    rest: &'static [&'static str],
    /// How many messages like the one that asks come before: a WebSocket begins with a hello.
    hellos: usize,
    begun: bool,
}

impl Parts {
    /// For a connection that speaks this.
    pub fn of(protocol: &str) -> Self {
        let (asks, rest, hellos): (_, &[&str], _) = match protocol {
            "HTTP/2" => ("HEADERS", &["HEADERS", "CONTINUATION", "DATA", "RST_STREAM"], 0),
            "WebSocket" => ("text", &["text", "binary", "continuation"], 1),
            "AMQP 0-9-1" => {
                ("basic.publish", &["content", "basic.deliver", "basic.return", "basic.ack", "basic.nack"], 0)
            }
            "TLS" => ("", &[], usize::MAX),
            _ => ("request head", &["request", "answer"], 0),
        };
        Self { asks, rest, hellos, begun: false }
    }

    /// The part of the next message.
    pub fn next(&mut self, title: &str, is_out: bool) -> Part {
        if is_out && title.starts_with(self.asks) {
            match self.hellos.checked_sub(1) {
                Some(left) => self.hellos = left,
                None => {
                    self.begun = true;
                    return Part::Ask;
                }
            }
        }
        let is_call = self.begun && self.rest.iter().any(|of_call| title.starts_with(of_call));
        if is_call { Part::Call } else { Part::Connection }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part::*, *};

    #[track_caller]
    fn check(protocol: &str, said: &[(bool, &str, Part)]) {
        let mut parts = Parts::of(protocol);
        for (is_out, title, expected) in said {
            assert_eq!(parts.next(title, *is_out), *expected, "{title}");
        }
    }

    #[test]
    fn a_websocket_begins_with_its_handshake_and_the_hellos() {
        check(
            "WebSocket",
            &[
                (true, "request head", Connection),
                (false, "answer head", Connection),
                (false, "text", Connection),
                (true, "text", Connection),
                (false, "text", Connection),
                (true, "text", Ask),
                (false, "ping", Connection),
                (false, "text", Call),
                (true, "text", Ask),
                (false, "close", Connection),
            ],
        );
    }

    #[test]
    fn a_call_is_told_from_its_connection_in_each_protocol() {
        check("HTTP/1.1", &[(true, "request head", Ask), (true, "request body", Call), (false, "answer head", Call)]);
        let h2 = [
            (true, "preface", Connection),
            (true, "SETTINGS", Connection),
            (true, "HEADERS, stream 1", Ask),
            (true, "DATA, stream 1", Call),
            (false, "HEADERS, stream 1", Call),
            (false, "GOAWAY", Connection),
        ];
        check("HTTP/2", &h2);
        check(
            "AMQP 0-9-1",
            &[(true, "connection.open", Connection), (true, "basic.publish", Ask), (true, "content body", Call)],
        );
        check("TLS", &[(true, "client_hello", Connection)]);
    }
}
