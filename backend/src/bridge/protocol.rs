//! What a message of the page means, and in which order messages may come. A pure step: text in, decision out.

use crosstalk_proto::{
    problem::Problem,
    ws::{ClientMessage, MAX_PREFETCH, Request, ServerMessage, VERSION, close},
};
use http::StatusCode;

use super::socket::Close;
use crate::{clock, error::Error};

/// Where a conversation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conversation {
    /// The page has not said hello.
    #[default]
    Strange,
    /// It has.
    Acquainted,
}

/// What to do about a message.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "taken apart at once")]
pub enum Decision {
    /// Nothing.
    Nothing,
    /// Carry the command out.
    Carry(Request),
    /// Tell the page that it cannot be done.
    Refuse {
        /// Of the request.
        id: u64,
        /// Why.
        error: Error,
    },
    /// Close the socket.
    Close(Close),
}

impl Conversation {
    /// Decides what a message means.
    pub fn hear(&mut self, text: &str) -> Decision {
        match (*self, serde_json::from_str(text)) {
            (Self::Strange, Ok(ClientMessage::Hello { version: VERSION })) => {
                *self = Self::Acquainted;
                Decision::Nothing
            }
            (Self::Strange, Ok(ClientMessage::Hello { version })) => close(format!(
                "this server speaks version {VERSION} of the protocol, not {version}; load the page again"
            )),
            (Self::Strange, _) => close("the first message is the hello"),
            (Self::Acquainted, Ok(ClientMessage::Hello { .. })) => close("the hello is said once"),
            (Self::Acquainted, Ok(ClientMessage::Request(request))) => Decision::Carry(request),
            (Self::Acquainted, Err(error)) => match id(text) {
                Some(id) => {
                    let detail = format!("this is no command of the protocol: {error}");
                    Decision::Refuse { id, error: Error::request(StatusCode::BAD_REQUEST, detail) }
                }
                None => close(format!("not a message of the protocol: {error}")),
            },
        }
    }
}

/// The id of a request that is wrong otherwise.
fn id(text: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: u64,
    }
    serde_json::from_str::<Id>(text).ok().map(|Id { id }| id)
}

fn close(reason: impl Into<String>) -> Decision {
    Decision::Close(Close::new(close::PROTOCOL_ERROR, reason))
}

/// The server's hello.
#[must_use]
pub fn hello() -> ServerMessage {
    ServerMessage::Hello {
        version: VERSION,
        server: concat!("crosstalk/", env!("CARGO_PKG_VERSION")).into(),
        instance: clock::instance().to_owned(),
    }
}

/// Why a prefetch cannot be.
///
/// # Errors
/// 422 when it is 0 or too large.
pub fn checked_prefetch(prefetch: u16) -> Result<u16, Error> {
    if (1..=MAX_PREFETCH).contains(&prefetch) {
        return Ok(prefetch);
    }
    let detail = format!("prefetch is a number from 1 to {MAX_PREFETCH}, not {prefetch}");
    Err(Error::request(StatusCode::UNPROCESSABLE_ENTITY, detail))
}

/// A message to the page as text.
#[must_use]
pub fn to_text(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("messages have string keys and finite numbers")
}

/// A refusal.
#[must_use]
pub fn refusal(id: u64, problem: Problem) -> ServerMessage {
    ServerMessage::Refusal { id, problem, steps: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::ws::Command;

    use super::*;

    fn acquainted() -> Conversation {
        let mut conversation = Conversation::default();
        assert!(matches!(conversation.hear(r#"{"type":"hello","version":1}"#), Decision::Nothing));
        conversation
    }

    #[track_caller]
    fn check_closes(mut conversation: Conversation, text: &str) {
        match conversation.hear(text) {
            Decision::Close(why) => assert_eq!(why.code, close::PROTOCOL_ERROR, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_hello_comes_first_and_once() {
        check_closes(Conversation::default(), r#"{"type":"request","id":1,"command":{"do":"ping"}}"#);
        check_closes(Conversation::default(), r#"{"type":"hello","version":2}"#);
        check_closes(acquainted(), r#"{"type":"hello","version":1}"#);
    }

    #[test]
    fn a_command_is_carried_out() {
        let text = r#"{"type":"request","id":7,"command":{"do":"ping"}}"#;
        let Decision::Carry(request) = acquainted().hear(text) else { panic!("not carried out") };
        assert_eq!((request.id, request.command), (7, Command::Ping));
    }

    #[test]
    fn what_has_an_id_is_refused_and_anything_else_ends_the_conversation() {
        for text in [
            r#"{"type":"request","id":7,"command":{"do":"dance"}}"#,
            r#"{"type":"request","id":7,"command":{"do":"publish","routing_key":1}}"#,
            r#"{"type":"request","id":7}"#,
            r#"{"id":7}"#,
        ] {
            let decision = acquainted().hear(text);
            assert!(matches!(decision, Decision::Refuse { id: 7, .. }), "{text}: {decision:?}");
        }
        for text in ["", "{", "[]", "null", "7", r#"{"type":"request","id":-1}"#, r#"{"type":"request","id":"7"}"#] {
            check_closes(acquainted(), text);
        }
        check_closes(acquainted(), &"[".repeat(100_000));
    }
}
