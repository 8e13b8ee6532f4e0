//! What a server says of a failure beside its code: the details of `google.rpc.Status`, which travel as the binary
//! metadata `grpc-status-details-bin` (google/rpc/status.proto, google/rpc/error_details.proto).

use base64::Engine as _;

use super::{
    grpc_web::Metadata,
    protobuf::{
        kind::BASE64,
        wire::{self, Malformed},
    },
};

/// The details that a person can act on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Of `BadRequest`: fields, and what is wrong with each.
    pub violations: Vec<(String, String)>,
    /// Of `RetryInfo`: when to try again, in milliseconds.
    pub retry_ms: Option<u64>,
    /// Of `RequestInfo`: what to find it by in the server's log; empty for none.
    pub request_id: String,
}

impl Details {
    /// Reads those in trailers, or in headers where there are no trailers. What cannot be read is left out.
    pub fn of(metadata: &Metadata) -> Self {
        let mut details = Self::default();
        let found = metadata.iter().find(|(name, _)| name == "grpc-status-details-bin");
        if let Some(bytes) = found.and_then(|(_, value)| BASE64.decode(value).ok()) {
            // as far as it could be read, it is of use
            let _ = details.read(&bytes);
        }
        details
    }

    fn read(&mut self, status: &[u8]) -> Result<(), Malformed> {
        let mut packed = Vec::new();
        wire::each(status, &mut |number, value| {
            if number == 3 {
                packed.push(value.bytes());
            }
        })?;
        for any in packed {
            let (mut kind, mut detail) = (String::new(), &[][..]);
            wire::each(any, &mut |number, value| match number {
                1 => kind = value.text(),
                2 => detail = value.bytes(),
                _ => {}
            })?;
            match kind.rsplit('/').next() {
                Some("google.rpc.BadRequest") => self.read_bad_request(detail)?,
                Some("google.rpc.RetryInfo") => self.read_retry_info(detail)?,
                Some("google.rpc.RequestInfo") => wire::each(detail, &mut |number, value| {
                    if number == 1 {
                        self.request_id = value.text();
                    }
                })?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_bad_request(&mut self, detail: &[u8]) -> Result<(), Malformed> {
        let mut packed = Vec::new();
        wire::each(detail, &mut |number, value| {
            if number == 1 {
                packed.push(value.bytes());
            }
        })?;
        for violation in packed {
            let (mut field, mut description) = (String::new(), String::new());
            wire::each(violation, &mut |number, value| match number {
                1 => field = value.text(),
                2 => description = value.text(),
                _ => {}
            })?;
            self.violations.push((field, description));
        }
        Ok(())
    }

    fn read_retry_info(&mut self, detail: &[u8]) -> Result<(), Malformed> {
        let mut delay: &[u8] = &[];
        wire::each(detail, &mut |number, value| {
            if number == 1 {
                delay = value.bytes();
            }
        })?;
        let mut ms = 0;
        wire::each(delay, &mut |number, value| match number {
            1 => ms += value.number().saturating_mul(1_000),
            2 => ms += value.number() / 1_000_000,
            _ => {}
        })?;
        self.retry_ms = Some(ms);
        Ok(())
    }

    /// What is wrong with a field.
    pub fn about(&self, field: &str) -> Option<String> {
        let found = self.violations.iter().find(|(name, _)| name == field);
        found.map(|(_, description)| description.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::protobuf::wire::Value, *};

    fn message(fields: &[(u32, Value<'_>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        fields.iter().for_each(|(number, value)| wire::put(&mut bytes, *number, *value));
        bytes
    }

    fn any(kind: &str, detail: &[u8]) -> Vec<u8> {
        let kind = format!("type.googleapis.com/google.rpc.{kind}");
        message(&[(1, Value::Bytes(kind.as_bytes())), (2, Value::Bytes(detail))])
    }

    #[test]
    fn details_are_read_by_their_types() {
        let violation = message(&[(1, Value::Bytes(b"name")), (2, Value::Bytes(b"too long"))]);
        let bad = any("BadRequest", &message(&[(1, Value::Bytes(&violation))]));
        let delay = message(&[(1, Value::Varint(1)), (2, Value::Varint(500_000_000))]);
        let retry = any("RetryInfo", &message(&[(1, Value::Bytes(&delay))]));
        let request = any("RequestInfo", &message(&[(1, Value::Bytes(b"01K"))]));
        let other = any("Help", b"\xff");
        let parts = [&bad, &retry, &request, &other].map(|part| (3, Value::Bytes(part)));
        let status = message(&[&[(1, Value::Varint(3))][..], &parts].concat());
        // as gRPC has it, without padding
        let encoded = BASE64.encode(status).trim_end_matches('=').to_owned();
        let details = Details::of(&vec![("grpc-status-details-bin".to_owned(), encoded)]);
        assert_eq!(details.about("name").as_deref(), Some("too long"));
        assert_eq!((details.retry_ms, details.request_id.as_str()), (Some(1_500), "01K"));
        assert_eq!(details.about("age"), None);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let details = |value: &str| Details::of(&vec![("grpc-status-details-bin".to_owned(), value.to_owned())]);
        assert_eq!(details("not base64!"), Details::default());
        assert_eq!(details("GgUKAwo="), Details::default());
    }
}
