//! Why the broker refuses: a reply code of AMQP 0-9-1 (section 1.2 of its XML definition) with a text in the form that
//! RabbitMQ gives it, and whether it ends the channel or the whole connection.

/// A refusal. It closes the channel when it is soft, and the connection when it is hard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} ({})", code.number())]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    /// With the code's name in front: `NOT_FOUND - no queue 'hello' in vhost '/'`.
    pub(crate) text: String,
}

impl Refusal {
    /// The text, no longer than a short string may be.
    pub(crate) fn short_text(&self) -> &str {
        &self.text[..self.text.floor_char_boundary(255)]
    }
}

/// Reply codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    AccessRefused,
    NotFound,
    ResourceLocked,
    PreconditionFailed,
    ConnectionForced,
    FrameError,
    SyntaxError,
    CommandInvalid,
    ChannelError,
    UnexpectedFrame,
    NotAllowed,
    NotImplemented,
}

impl Code {
    /// As it crosses the wire.
    pub(crate) fn number(self) -> u16 {
        match self {
            Self::ConnectionForced => 320,
            Self::AccessRefused => 403,
            Self::NotFound => 404,
            Self::ResourceLocked => 405,
            Self::PreconditionFailed => 406,
            Self::FrameError => 501,
            Self::SyntaxError => 502,
            Self::CommandInvalid => 503,
            Self::ChannelError => 504,
            Self::UnexpectedFrame => 505,
            Self::NotAllowed => 530,
            Self::NotImplemented => 540,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::ConnectionForced => "CONNECTION_FORCED",
            Self::AccessRefused => "ACCESS_REFUSED",
            Self::NotFound => "NOT_FOUND",
            Self::ResourceLocked => "RESOURCE_LOCKED",
            Self::PreconditionFailed => "PRECONDITION_FAILED",
            Self::FrameError => "FRAME_ERROR",
            Self::SyntaxError => "SYNTAX_ERROR",
            Self::CommandInvalid => "COMMAND_INVALID",
            Self::ChannelError => "CHANNEL_ERROR",
            Self::UnexpectedFrame => "UNEXPECTED_FRAME",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::NotImplemented => "NOT_IMPLEMENTED",
        }
    }

    /// Whether it ends the connection.
    pub(crate) fn is_hard(self) -> bool {
        !matches!(self, Self::AccessRefused | Self::NotFound | Self::ResourceLocked | Self::PreconditionFailed)
    }

    /// A refusal with this code.
    pub(crate) fn because(self, text: impl AsRef<str>) -> Refusal {
        Refusal { code: self, text: format!("{} - {}", self.name(), text.as_ref()) }
    }
}
