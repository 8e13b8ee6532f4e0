//! Assembles contents: a method, a header and as many bodies as the header announces (AMQP 0-9-1, section 2.3.5.2), one
//! per channel at a time.

use bytes::{Bytes, BytesMut};

use crate::{
    core::{Charge, Publish},
    refusal::{Code, Refusal},
};

/// Class `basic`, the only one whose methods have a content.
const BASIC: u16 = 60;
/// The most memory that is reserved for an announced body; more is reserved as it arrives.
const MAX_RESERVED: usize = 64 * 1024;

/// A publish whose content is incomplete.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) publish: Publish,
    /// Property flags and list, copied out of a much larger buffer, and the size of the body.
    header: Option<(Box<[u8]>, u64)>,
    body: Vec<u8>,
    /// The bytes received so far count as used memory.
    charge: Charge,
}

/// A complete publish.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) publish: Publish,
    pub(super) properties: Box<[u8]>,
    pub(super) body: Bytes,
}

impl Partial {
    pub(super) fn new(publish: Publish, charge: Charge) -> Self {
        Self { publish, header: None, body: Vec::new(), charge }
    }

    /// Adds the header. Returns the content if it has no body.
    ///
    /// # Errors
    /// 505 when it is the second one or of another class, 406 when the body is larger than `most`.
    pub(super) fn header(
        mut self,
        class: u16,
        size: u64,
        properties: BytesMut,
        most: u64,
    ) -> Result<Result<Content, Self>, Refusal> {
        if self.header.is_some() {
            return Err(Code::UnexpectedFrame.because("expected content body, got content header frame instead"));
        }
        if class != BASIC {
            return Err(Code::UnexpectedFrame
                .because(format!("expected content header for class {BASIC}, got one for class {class} instead")));
        }
        if size > most {
            return Err(Code::PreconditionFailed
                .because(format!("message size {size} is larger than configured max size {most}")));
        }
        self.header = Some((properties.as_ref().into(), size));
        self.whole()
    }

    /// Adds a part of the body. Returns the content if it was the last.
    ///
    /// # Errors
    /// 505 when it comes before the header, 501 when it is more than the header announced.
    pub(super) fn body(mut self, part: &[u8]) -> Result<Result<Content, Self>, Refusal> {
        let Some((_properties, size)) = &self.header else {
            return Err(Code::UnexpectedFrame
                .because("expected content header for class 60, got non content header frame instead"));
        };
        if self.body.len() as u64 + part.len() as u64 > *size {
            return Err(Code::FrameError.because(format!("content body is larger than the announced {size} octets")));
        }
        if self.body.is_empty() {
            self.body.reserve_exact(usize::try_from(*size).unwrap_or(usize::MAX).min(MAX_RESERVED.max(part.len())));
        }
        self.body.extend_from_slice(part);
        self.whole()
    }

    /// The refusal of another frame in the middle of a content.
    pub(super) fn interrupted(&self) -> Refusal {
        Code::UnexpectedFrame.because(match self.header {
            None => "expected content header for class 60, got non content header frame instead",
            Some(_) => "expected content body, got non content body frame instead",
        })
    }

    fn whole(mut self) -> Result<Result<Content, Self>, Refusal> {
        match self.header {
            Some((properties, size)) if self.body.len() as u64 == size => {
                Ok(Ok(Content { publish: self.publish, properties, body: self.body.into() }))
            }
            header => {
                let properties = header.as_ref().map_or(0, |(properties, _size)| properties.len());
                self.charge.set(properties + self.body.capacity());
                Ok(Err(Self { header, ..self }))
            }
        }
    }
}
