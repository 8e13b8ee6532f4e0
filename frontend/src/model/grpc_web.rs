//! The frames of gRPC-Web, `application/grpc-web+proto` (PROTOCOL-WEB.md of the gRPC project):
//! one byte of flags, four of length (big endian), then a message or, flag `0x80`, the trailers as text.
//!
//! `api::grpc` feeds this what the network gives. However the bytes are cut, the frames are the same.

use thiserror::Error;

/// A message over this is refused: what a page shows of one is far below.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;
/// Flags and length.
pub const HEAD: usize = 5;

const TRAILERS: u8 = 0x80;
const COMPRESSED: u8 = 0x01;

/// Metadata in the order it came; names are lower case.
pub type Metadata = Vec<(String, String)>;

/// What one frame carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// An encoded message.
    Message(Vec<u8>),
    /// The trailers: the last frame of a call.
    Trailers(Metadata),
}

/// Bytes that are not gRPC-Web.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The page asks for no compression, so none may come.
    #[error("a compressed frame, though none was asked for")]
    Compressed,
    /// A flag this protocol does not have.
    #[error("unknown frame flags {0:#04x}")]
    Flags(u8),
    /// Its length is over [`MAX_MESSAGE`].
    #[error("a frame of {0} bytes is over the limit")]
    TooBig(usize),
    /// Something came after the trailers.
    #[error("a frame after the trailers")]
    AfterTrailers,
}

/// Puts frames together from chunks.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
}

impl Decoder {
    /// Takes the next chunk of the body.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole frame, and its bytes with its head; `None` until more bytes were fed.
    ///
    /// # Errors
    /// When the bytes are not gRPC-Web. The decoder is of no use afterwards.
    pub fn next_frame(&mut self) -> Result<Option<(Frame, usize)>, FrameError> {
        let rest = &self.buffer[self.start..];
        let Some((&flags, after)) = rest.split_first() else {
            return Ok(None);
        };
        if self.ended {
            return Err(FrameError::AfterTrailers);
        }
        if flags & COMPRESSED != 0 {
            return Err(FrameError::Compressed);
        }
        if flags & !TRAILERS != 0 {
            return Err(FrameError::Flags(flags));
        }
        let Some((length, after)) = after.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > MAX_MESSAGE {
            return Err(FrameError::TooBig(length));
        }
        let Some(payload) = after.get(..length) else {
            return Ok(None);
        };
        let frame = if flags == TRAILERS {
            self.ended = true;
            Frame::Trailers(parse_trailers(payload))
        } else {
            Frame::Message(payload.to_vec())
        };
        self.start += HEAD + length;
        Ok(Some((frame, HEAD + length)))
    }

    /// Whether bytes of an unfinished frame are left.
    pub fn is_mid_frame(&self) -> bool {
        self.start < self.buffer.len()
    }
}

/// One message as a frame.
pub fn encode(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a message of the page is far below 4 GiB");
    let mut frame = Vec::with_capacity(HEAD + message.len());
    frame.push(0);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(message);
    frame
}

/// The value of `grpc-timeout`: at most eight digits and a unit (PROTOCOL-HTTP2.md).
pub fn timeout(milliseconds: u32) -> String {
    if milliseconds <= 99_999_999 { format!("{milliseconds}m") } else { format!("{}S", milliseconds / 1_000) }
}

/// Undoes the percent-encoding of `grpc-message`; what is not an encoding stays as it is.
pub fn percent_decode(encoded: &str) -> String {
    let bytes = encoded.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = hex {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn parse_trailers(payload: &[u8]) -> Metadata {
    String::from_utf8_lossy(payload)
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trailer_frame(text: &str) -> Vec<u8> {
        let mut frame = encode(text.as_bytes());
        frame[0] = TRAILERS;
        frame
    }

    fn decode_in(chunks: &[&[u8]]) -> Result<Vec<Frame>, FrameError> {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk);
            while let Some((frame, _)) = decoder.next_frame()? {
                frames.push(frame);
            }
        }
        assert!(!decoder.is_mid_frame(), "every byte belongs to a frame");
        Ok(frames)
    }

    #[test]
    fn a_unary_answer_is_a_message_and_its_trailers() {
        let mut body = encode(b"\x0a\x05Hello");
        body.extend(trailer_frame("grpc-status: 0\r\nServer-Timing:a;dur=1\r\n"));
        assert_eq!(
            decode_in(&[&body]),
            Ok(vec![
                Frame::Message(b"\x0a\x05Hello".to_vec()),
                Frame::Trailers(vec![
                    ("grpc-status".to_owned(), "0".to_owned()),
                    ("server-timing".to_owned(), "a;dur=1".to_owned()),
                ]),
            ])
        );
    }

    #[test]
    fn bytes_that_are_not_grpc_web_are_an_error() {
        assert_eq!(decode_in(&[b"{\"a\":1}"]), Err(FrameError::Compressed));
        assert_eq!(decode_in(&[b"\x02...."]), Err(FrameError::Flags(2)));
        assert_eq!(decode_in(&[&[0, 0xff, 0xff, 0xff, 0xff]]), Err(FrameError::TooBig(0xffff_ffff)));
        let mut body = trailer_frame("grpc-status:0");
        body.extend(encode(b"x"));
        assert_eq!(decode_in(&[&body]), Err(FrameError::AfterTrailers));
    }

    #[test]
    fn a_timeout_has_at_most_eight_digits() {
        assert_eq!(timeout(1_000), "1000m");
        assert_eq!(timeout(u32::MAX), "4294967S");
    }

    #[test]
    fn a_status_message_is_percent_decoded() {
        assert_eq!(percent_decode("na%20me%E4%BD%A0 100% %zz"), "na me\u{4f60} 100% %zz");
    }

    proptest! {
        #[test]
        fn frames_do_not_depend_on_how_the_bytes_are_cut(
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..64), 0..8),
            cuts in proptest::collection::vec(0_usize..800, 0..16),
        ) {
            let mut body: Vec<u8> = messages.iter().flat_map(|message| encode(message)).collect();
            body.extend(trailer_frame("grpc-status:0\r\n"));
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < body.len()).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();

            let frames = decode_in(&chunks).expect("these are frames");
            let (last, before) = frames.split_last().expect("there are trailers");
            prop_assert_eq!(last, &Frame::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]));
            let got: Vec<_> = before.to_vec();
            let sent: Vec<_> = messages.into_iter().map(Frame::Message).collect();
            prop_assert_eq!(got, sent);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes);
            while let Ok(Some(_)) = decoder.next_frame() {}
        }
    }
}
