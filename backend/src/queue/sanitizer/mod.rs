//! Between lapin and the socket: replaces what a broker passes on and lapin cannot read.
//!
//! A broker keeps the properties of a message as octets. Any client may send text that is not UTF-8, tables inside tables by
//! the thousand, or properties of wrong lengths, and the broker delivers them to its consumers. lapin's parser then ends
//! the connection, or the process by overflowing its stack; the broker delivers the message again to the next connection, and
//! so on. Here such a frame is replaced by one that can be read ([`rewrite`]), so that a message affects
//! its own consumer only.
//!
//! - [`grammar`]: which frames can be read; frames that can are passed on as they are, bodies are not looked at
//! - [`Sanitizer`]: the octets of a connection in, octets that lapin can read out; no I/O
//! - [`stream`]: the same around a socket

mod grammar;
mod rewrite;
mod stream;
#[cfg(test)]
mod tests;

use std::io;

use self::grammar::{FrameKind, Head};
pub(super) use self::{rewrite::UNREADABLE, stream::SanitizedStream};

/// The largest frame that we agree to: what RabbitMQ offers. lapin allocates 32 of them in each direction.
pub(super) const FRAME_MAX: u32 = 128 * 1024;
/// The largest frame that is let through: what the connection agrees to at most, with type, channel, size and end.
const MAX_FRAME: usize = FRAME_MAX as usize + grammar::HEAD + 1;
/// How much is read at once.
const READ: usize = 64 * 1024;

/// Replaces the frames of one connection that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Sanitizer {
    /// What was read, up to `filled`. Up to `start` it has been taken, up to `checked` it may be.
    input: Vec<u8>,
    start: usize,
    checked: usize,
    filled: usize,
    /// How much of a frame that is not looked into is still to come, its end included.
    opaque: usize,
    /// A frame that takes the place of the one at `start`, and how much of it has been taken.
    replacement: Vec<u8>,
    taken: usize,
    /// Unreadable arguments of a method that a content follows, by channel.
    unreadable: Vec<(u16, Vec<rewrite::Octets>)>,
}

/// All of these octets that can be read, as a connection begins with them.
///
/// # Errors
/// As [`Sanitizer::take`].
pub(super) fn sanitize(octets: &[u8]) -> io::Result<Vec<u8>> {
    let mut sanitizer = Sanitizer::default();
    let mut readable = Vec::new();
    let mut buffer = [0; 1_024];
    for part in octets.chunks(READ) {
        sanitizer.space()[..part.len()].copy_from_slice(part);
        sanitizer.fill(part.len());
        while let count @ 1.. = sanitizer.take(&mut buffer)? {
            readable.extend_from_slice(&buffer[..count]);
        }
    }
    Ok(readable)
}

impl Sanitizer {
    /// Takes octets that can be read into `out`, and says how many; 0 when more must be read first.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when what comes next is not AMQP 0-9-1.
    pub(super) fn take(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = if self.taken < self.replacement.len() {
                &self.replacement[self.taken..]
            } else if self.start < self.checked {
                &self.input[self.start..self.checked]
            } else if self.check()? {
                continue;
            } else {
                return Ok(0);
            };
            let count = ready.len().min(out.len());
            out[..count].copy_from_slice(&ready[..count]);
            if self.taken < self.replacement.len() {
                self.taken += count;
            } else {
                self.start += count;
            }
            return Ok(count);
        }
    }

    /// Where to read to, never empty. [`Sanitizer::fill`] says how much was read.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.input.copy_within(self.start..self.filled, 0);
        self.checked -= self.start;
        self.filled -= self.start;
        self.start = 0;
        let needed = self.filled + READ;
        if self.input.len() < needed {
            self.input.resize(needed, 0);
        }
        &mut self.input[self.filled..]
    }

    /// So much of [`Sanitizer::space`] was read to.
    pub(super) fn fill(&mut self, count: usize) {
        self.filled += count;
    }

    /// Checks frames until there is something to take; whether there is.
    fn check(&mut self) -> io::Result<bool> {
        self.replacement.clear();
        self.taken = 0;
        while self.checked < self.filled {
            if self.opaque > 0 {
                let count = self.opaque.min(self.filled - self.checked);
                self.checked += count;
                self.opaque -= count;
                if self.opaque == 0 {
                    ended(&self.input[..self.checked])?;
                }
                continue;
            }
            let rest = &self.input[self.checked..self.filled];
            let (kind, channel, size) = match grammar::head(rest) {
                Head::Incomplete => break,
                Head::Unknown => return Err(malformed("no frame begins like this")),
                Head::Protocol => {
                    self.checked += grammar::PROTOCOL_HEADER;
                    continue;
                }
                Head::Opaque { length } if length <= MAX_FRAME => {
                    self.opaque = length;
                    continue;
                }
                Head::Opaque { length } => return Err(too_large(length)),
                Head::Method { channel, size } => (FrameKind::Method, channel, size),
                Head::Header { channel, size } => (FrameKind::Header, channel, size),
            };
            let length = grammar::HEAD + size + 1;
            if length > MAX_FRAME {
                return Err(too_large(length));
            }
            let Some(frame) = rest.get(..length) else { break };
            ended(frame)?;
            let payload = &frame[grammar::HEAD..length - 1];
            let replacement = match kind {
                FrameKind::Method => replace_method(payload, channel, &mut self.unreadable)?,
                FrameKind::Header => replace_header(payload, channel, &mut self.unreadable)?,
            };
            let Some(replacement) = replacement else {
                self.checked += length;
                continue;
            };
            if self.start < self.checked {
                // what comes before goes first; this frame is looked at again
                break;
            }
            self.replacement = grammar::frame(kind, channel, &replacement);
            self.checked += length;
            self.start = self.checked;
            return Ok(true);
        }
        Ok(self.start < self.checked)
    }
}

/// What takes the place of a method, if it cannot be read.
fn replace_method(
    payload: &[u8],
    channel: u16,
    unreadable: &mut Vec<(u16, Vec<rewrite::Octets>)>,
) -> io::Result<Option<Vec<u8>>> {
    if !unreadable.is_empty() {
        unreadable.retain(|(of, _octets)| *of != channel);
    }
    let (class, method, rest) = grammar::method(payload).ok_or_else(|| malformed("a method is cut short"))?;
    let arguments = grammar::arguments(class, method).ok_or_else(|| malformed("no server sends such a method"))?;
    if grammar::is_readable_method(arguments, rest) {
        return Ok(None);
    }
    let (rewritten, octets) = rewrite::method(payload, arguments).ok_or_else(|| malformed("a method is malformed"))?;
    if !octets.is_empty() {
        unreadable.push((channel, octets));
    }
    Ok(Some(rewritten))
}

/// What takes the place of a content header, if it cannot be read or its method could not.
fn replace_header(
    payload: &[u8],
    channel: u16,
    unreadable: &mut Vec<(u16, Vec<rewrite::Octets>)>,
) -> io::Result<Option<Vec<u8>>> {
    let of_method = unreadable.iter().position(|(of, _octets)| *of == channel);
    let cut_short = || malformed("a content header is cut short");
    let (_before, flags, properties) = grammar::content_header(payload).ok_or_else(cut_short)?;
    if of_method.is_none() && grammar::are_readable_properties(flags, properties) {
        return Ok(None);
    }
    let of_method = of_method.map(|at| unreadable[at].1.clone()).unwrap_or_default();
    rewrite::content_header(payload, of_method).map(Some).ok_or_else(cut_short)
}

fn ended(frame: &[u8]) -> io::Result<()> {
    if frame.last().copied().is_some_and(grammar::is_end) { Ok(()) } else { Err(malformed("a frame has no end")) }
}

fn too_large(length: usize) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the broker sent a frame of {length} bytes"))
}

fn malformed(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the broker does not speak AMQP 0-9-1: {why}"))
}
