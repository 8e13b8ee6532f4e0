//! Which metadata a call can have (gRPC over HTTP/2, "Custom-Metadata"), and what else a browser keeps to itself.

use base64::Engine as _;

use super::protobuf::kind::BASE64;

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The name has characters that no name has.
    Name,
    /// The name means something to HTTP or gRPC.
    Reserved,
    /// The name ends in `-bin`, so the value has to be base64.
    Base64,
    /// The value is not printable ASCII.
    Value,
}

/// Names that HTTP or gRPC gives a meaning of its own, beside `grpc-…`.
const RESERVED: [&str; 20] = [
    "accept-charset",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-grpc-web",
];

/// Checks a row. Capitals in a name are sent as small letters.
///
/// # Errors
/// What is wrong with it.
pub fn check(name: &str, value: &str) -> Result<(), Fault> {
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'_' | b'-' | b'.')) {
        return Err(Fault::Name);
    }
    let prefixed = ["grpc-", "sec-", "proxy-"].iter().any(|prefix| name.starts_with(prefix));
    if prefixed || RESERVED.contains(&name.as_str()) {
        return Err(Fault::Reserved);
    }
    let value = value.trim();
    if name.ends_with("-bin") {
        return BASE64.decode(value).map(|_| ()).map_err(|_not_one| Fault::Base64);
    }
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) { Ok(()) } else { Err(Fault::Value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_can_be_sent_are_told_from_those_that_cannot() {
        for (name, value, fault) in [
            ("x-tenant", "demo", None),
            (" X-Tenant ", "demo", None),
            ("authorization", "Bearer t", None),
            ("trace-bin", "AAEC", None),
            ("trace-bin", "AAE=", None),
            ("trace-bin", "AAE", None),
            ("trace-bin", "no base64!", Some(Fault::Base64)),
            ("", "x", Some(Fault::Name)),
            ("sp ace", "x", Some(Fault::Name)),
            (":path", "/", Some(Fault::Name)),
            ("grpc-timeout", "1S", Some(Fault::Reserved)),
            ("Content-Type", "x", Some(Fault::Reserved)),
            ("x-name", "格蕾丝", Some(Fault::Value)),
        ] {
            assert_eq!(check(name, value).err(), fault, "{name}: {value}");
        }
    }
}
