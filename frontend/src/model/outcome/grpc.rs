//! How a gRPC call can end, as its bench tells it apart. A status that the server sent, a status that the page made and an
//! answer that was cut are three things: `pages::grpc::explain` has one sentence for each outcome.

use crate::model::{
    exchange::Cut,
    grpc_status::{CANCELLED, DEADLINE_EXCEEDED, INTERNAL, OK, UNAVAILABLE},
};

/// What the status of a call was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The server's `grpc-status`.
    Server,
    /// The page gave up: the visitor cancelled, or the deadline passed here.
    Page,
    /// The HTTP status of a response without `grpc-status`.
    Http,
    /// Nothing: the answer was cut, so there is no status.
    Cut(Cut),
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// OK.
    Ok,
    /// The visitor cancelled a call of the browser.
    CancelledByPage,
    /// The visitor cancelled a call that the server drives.
    CancelledDriven,
    /// CANCELLED, and not by this page.
    CancelledElsewhere,
    /// INVALID_ARGUMENT.
    InvalidArgument,
    /// The deadline passed in the page, and the server did not say so.
    DeadlineInPage,
    /// DEADLINE_EXCEEDED, sent by the server.
    DeadlineOnServer,
    /// RESOURCE_EXHAUSTED.
    Exhausted,
    /// UNIMPLEMENTED.
    Unimplemented,
    /// INTERNAL.
    Internal,
    /// UNAVAILABLE before any message.
    UnavailableAtOnce,
    /// UNAVAILABLE after some messages, as when the server is stopped.
    UnavailableMidway,
    /// Another status of the server.
    Other,
    /// An HTTP error without `grpc-status`.
    FromHttp,
    /// Cut after the headers, before any message.
    CutAfterHeaders,
    /// Cut after some messages.
    CutBetweenMessages,
    /// Cut in the middle of a frame.
    CutWithinFrame,
    /// The body ended without trailers.
    WithoutTrailers,
    /// The WebSocket closed that carried a driven call.
    SocketClosed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Ok,
        Self::CancelledByPage,
        Self::CancelledDriven,
        Self::CancelledElsewhere,
        Self::InvalidArgument,
        Self::DeadlineInPage,
        Self::DeadlineOnServer,
        Self::Exhausted,
        Self::Unimplemented,
        Self::Internal,
        Self::UnavailableAtOnce,
        Self::UnavailableMidway,
        Self::Other,
        Self::FromHttp,
        Self::CutAfterHeaders,
        Self::CutBetweenMessages,
        Self::CutWithinFrame,
        Self::WithoutTrailers,
        Self::SocketClosed,
    ];

    /// The outcome of a call with this status and this number of messages; `driven` if the server made it for the page.
    #[must_use]
    pub const fn of(code: i32, by: EndedBy, driven: bool, messages: usize) -> Self {
        match (by, code) {
            (EndedBy::Cut(Cut::BetweenFrames), _) if messages == 0 => Self::CutAfterHeaders,
            (EndedBy::Cut(Cut::BetweenFrames), _) => Self::CutBetweenMessages,
            (EndedBy::Cut(Cut::WithinFrame), _) => Self::CutWithinFrame,
            (EndedBy::Cut(Cut::WithoutTrailers), _) => Self::WithoutTrailers,
            (EndedBy::Cut(Cut::Socket), _) => Self::SocketClosed,
            (EndedBy::Http, _) => Self::FromHttp,
            (_, OK) => Self::Ok,
            (EndedBy::Page, CANCELLED) if driven => Self::CancelledDriven,
            (EndedBy::Page, CANCELLED) => Self::CancelledByPage,
            (EndedBy::Server, CANCELLED) => Self::CancelledElsewhere,
            (EndedBy::Page, DEADLINE_EXCEEDED) => Self::DeadlineInPage,
            (EndedBy::Server, DEADLINE_EXCEEDED) => Self::DeadlineOnServer,
            (_, 3) => Self::InvalidArgument,
            (_, 8) => Self::Exhausted,
            (_, 12) => Self::Unimplemented,
            (_, INTERNAL) => Self::Internal,
            (_, UNAVAILABLE) if messages == 0 => Self::UnavailableAtOnce,
            (_, UNAVAILABLE) => Self::UnavailableMidway,
            _ => Self::Other,
        }
    }

    /// The end-to-end test that forces it and reads its sentence.
    #[must_use]
    pub const fn forced_by(self) -> &'static str {
        match self {
            Self::Ok => "a_unary_call_is_made_from_the_servers_own_descriptor",
            Self::CancelledByPage => "the_server_notices_that_a_call_is_cancelled",
            Self::CancelledDriven => "a_call_of_two_streams_is_driven_through_the_server",
            Self::DeadlineOnServer => "a_deadline_ends_the_call_on_the_server",
            Self::InvalidArgument => "what_the_server_refuses_is_named_at_its_field",
            Self::CancelledElsewhere
            | Self::DeadlineInPage
            | Self::Exhausted
            | Self::Unimplemented
            | Self::Internal
            | Self::UnavailableAtOnce
            | Self::Other
            | Self::FromHttp => "a_status_is_explained_by_where_it_came_from",
            Self::UnavailableMidway => "a_stream_that_a_stopping_server_ends_has_its_status",
            Self::CutBetweenMessages => "a_stream_that_a_killed_server_cuts_has_no_status",
            Self::SocketClosed => "a_driven_call_ends_with_its_socket",
            Self::CutAfterHeaders | Self::CutWithinFrame | Self::WithoutTrailers => {
                "an_answer_that_is_cut_has_no_status"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;

    #[test]
    fn each_outcome_is_forced_by_a_test_that_exists() {
        let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder");
        let mut tests = String::new();
        for entry in fs::read_dir(Path::new(&root).join("../e2e/tests/it")).unwrap() {
            tests.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap_or_default());
        }
        for outcome in Outcome::ALL {
            let test = format!("async fn {}()", outcome.forced_by());
            assert!(tests.contains(&test), "{outcome:?}: there is no {test}");
        }
    }

    #[test]
    fn a_cut_answer_has_no_status_whatever_its_code_is() {
        for code in [OK, 2, UNAVAILABLE] {
            let cut = |cut, messages| Outcome::of(code, EndedBy::Cut(cut), false, messages);
            assert_eq!(cut(Cut::BetweenFrames, 0), Outcome::CutAfterHeaders);
            assert_eq!(cut(Cut::BetweenFrames, 5), Outcome::CutBetweenMessages);
            assert_eq!(cut(Cut::WithinFrame, 5), Outcome::CutWithinFrame);
        }
    }
}
