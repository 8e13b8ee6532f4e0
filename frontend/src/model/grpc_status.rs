//! The status of a gRPC call (grpc.io, "Status codes"): numbers, names, and which of them came about in the page.

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// 0 to 16.
    pub code: i32,
    /// `grpc-message`, decoded; empty when there was none.
    pub message: String,
}

/// The call was carried out.
pub const OK: i32 = 0;
/// The caller gave up.
pub const CANCELLED: i32 = 1;
/// Nothing better is known.
pub const UNKNOWN: i32 = 2;
/// The deadline passed.
pub const DEADLINE_EXCEEDED: i32 = 4;
/// The service broke its own rules.
pub const INTERNAL: i32 = 13;
/// Nobody answers at present.
pub const UNAVAILABLE: i32 = 14;

/// The name of a code as the specification writes it.
pub const fn name(code: i32) -> &'static str {
    match code {
        0 => "OK",
        1 => "CANCELLED",
        3 => "INVALID_ARGUMENT",
        4 => "DEADLINE_EXCEEDED",
        5 => "NOT_FOUND",
        6 => "ALREADY_EXISTS",
        7 => "PERMISSION_DENIED",
        8 => "RESOURCE_EXHAUSTED",
        9 => "FAILED_PRECONDITION",
        10 => "ABORTED",
        11 => "OUT_OF_RANGE",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        16 => "UNAUTHENTICATED",
        _ => "UNKNOWN",
    }
}

/// What an HTTP status means for a call whose answer carries no `grpc-status` (http-grpc-status-mapping.md).
pub const fn from_http(status: u16) -> i32 {
    match status {
        400 => INTERNAL,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502..=504 => UNAVAILABLE,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_outside_the_specification_are_unknown() {
        assert_eq!(name(DEADLINE_EXCEEDED), "DEADLINE_EXCEEDED");
        assert_eq!(name(17), "UNKNOWN");
        assert_eq!(name(-1), "UNKNOWN");
    }

    #[test]
    fn a_gateway_that_reaches_nobody_makes_a_call_unavailable() {
        assert_eq!(from_http(503), UNAVAILABLE);
        assert_eq!(from_http(200), UNKNOWN);
    }
}
