//! Refusals: a reply code of AMQP 0-9-1 (section 1.2 of its XML definition) with a text in RabbitMQ's form. The code
//! decides whether the channel or the whole connection is closed.

/// A refusal. A soft error closes the channel, a hard one the connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} ({})", String::from_utf8_lossy(text), code.number())]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    /// The text begins with the name of the code: `NOT_FOUND - no queue 'hello' in vhost '/'`. It may quote octets of a
    /// client that are not UTF-8.
    pub(crate) text: Vec<u8>,
}

impl Refusal {
    /// The text as a short string. Long texts are cut as in RabbitMQ, but not within a character.
    pub(crate) fn short_text(&self) -> Vec<u8> {
        const LONGEST: usize = 255;
        const KEPT: usize = 252;
        if self.text.len() <= LONGEST {
            return self.text.clone();
        }
        let kept = &self.text[..KEPT];
        let end = match str::from_utf8(kept) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _whole => KEPT,
        };
        [&kept[..end], b"..."].concat()
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
    /// The number on the wire.
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

    /// True if the error closes the connection.
    pub(crate) fn is_hard(self) -> bool {
        !matches!(self, Self::AccessRefused | Self::NotFound | Self::ResourceLocked | Self::PreconditionFailed)
    }

    /// A refusal with this code.
    pub(crate) fn because(self, text: impl AsRef<[u8]>) -> Refusal {
        Refusal { code: self, text: [self.name().as_bytes(), b" - ", text.as_ref()].concat() }
    }
}

/// Octets as an Erlang binary, which is how RabbitMQ quotes some input of clients.
pub(crate) fn erlang_binary(octets: &[u8]) -> Vec<u8> {
    let is_printable = |octet: &u8| matches!(octet, b' '..=b'~' | 0xA0..);
    if !octets.is_empty() && octets.iter().all(is_printable) {
        return [b"<<\"", octets, b"\">>"].concat();
    }
    numbers(octets).into_bytes()
}

/// Octets as an Erlang binary in numbers: `<<1,2,3>>`.
pub(crate) fn numbers(octets: &[u8]) -> String {
    let numbers: Vec<String> = octets.iter().map(u8::to_string).collect();
    format!("<<{}>>", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_text_is_no_longer_than_a_short_string() {
        let text = |text: &[u8]| Code::NotFound.because(text).short_text();
        assert_eq!(text(b"no queue"), b"NOT_FOUND - no queue");
        assert_eq!(text(&[b'x'; 243]).len(), 255);
        let cut = text(&[b'x'; 244]);
        assert_eq!((cut.len(), &cut[250..]), (255, &b"xx..."[..]));
        // a cut after 252 octets would split a character
        let cut = text("\u{20ac}".repeat(100).as_bytes());
        assert_eq!(str::from_utf8(&cut).map(str::len), Ok(255));
        let cut = text(format!("x{}", "\u{20ac}".repeat(100)).as_bytes());
        assert_eq!(str::from_utf8(&cut).map(str::len), Ok(253));
        assert_eq!(text(&[0xff; 300]).len(), 255);
    }
}
