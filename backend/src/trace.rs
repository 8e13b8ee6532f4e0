//! W3C Trace Context: the `traceparent` that ties one job together across every style.
//! Only version 00 is written. A value that is malformed, or a second one, is ignored and a new trace begun, as the standard
//! asks (sections 3.2.2 and 4.3).

use std::fmt;

use http::{HeaderMap, Uri, header};

/// The header, metadata key and AMQP header that carries it.
pub const TRACEPARENT: &str = "traceparent";

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    parent_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// A new trace.
    #[must_use]
    pub fn generate() -> Self {
        Self { trace_id: fastrand::u128(1..), parent_id: fastrand::u64(1..), sampled: true }
    }

    /// Parses a `traceparent`; `None` when it is malformed (section 3.2.2 of the standard).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex =
            |part: &str, len: usize| part.len() == len && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let whole = hex(version, 2) && hex(trace_id, 32) && hex(parent_id, 16) && hex(flags, 2);
        if !whole || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id = parse_id(trace_id)?;
        let parent_id = u64::from_str_radix(parent_id, 16).ok().filter(|id| *id != 0)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self { trace_id, parent_id, sampled: flags & 1 == 1 })
    }

    /// The trace that the header names; `None` when it is malformed, missing or there more than once.
    #[must_use]
    pub fn of_headers(headers: &HeaderMap) -> Option<Self> {
        only(headers.get_all(TRACEPARENT).iter())?.to_str().ok().and_then(Self::parse)
    }

    /// The trace that a request names: by its header, or where it opens a WebSocket, with which a browser sends no header of
    /// a page's choice, by the parameter of the same name.
    #[must_use]
    pub fn of_request(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        if headers.contains_key(TRACEPARENT) {
            return Self::of_headers(headers);
        }
        let upgrade = headers.get(header::UPGRADE)?;
        let query = uri.query().filter(|_| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))?;
        only(query.split('&').filter_map(|pair| pair.strip_prefix(TRACEPARENT)?.strip_prefix('=')))
            .and_then(Self::parse)
    }

    /// The trace of an incoming call, or a new one.
    #[must_use]
    pub fn of(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_else(Self::generate)
    }

    /// The same trace, one step further: what to send on.
    #[must_use]
    pub fn child(self) -> Self {
        Self { parent_id: fastrand::u64(1..), ..self }
    }

    /// The trace's 128-bit id.
    #[must_use]
    pub fn trace_id(self) -> u128 {
        self.trace_id
    }
}

fn only<T>(mut values: impl Iterator<Item = T>) -> Option<T> {
    values.next().filter(|_| values.next().is_none())
}

/// Reads a trace id as it stands in a `traceparent`: 32 lower-case hexadecimal digits, not all zero.
#[must_use]
pub fn parse_id(text: &str) -> Option<u128> {
    let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    u128::from_str_radix(text, 16).ok().filter(|id| digits && *id != 0)
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.parent_id, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_child_stays_in_its_trace_under_a_new_parent() {
        let parent = TraceContext::parse(SAMPLE).unwrap();
        assert_eq!(parent.to_string(), SAMPLE);
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child, parent);
    }

    #[test]
    fn a_websocket_may_name_its_trace_in_the_query() {
        let upgrade: HeaderMap = [(header::UPGRADE, "WebSocket".parse().unwrap())].into_iter().collect();
        let named: Uri = format!("/ws?a=b&traceparent={SAMPLE}").parse().unwrap();
        assert_eq!(TraceContext::of_request(&upgrade, &named), TraceContext::parse(SAMPLE));
        assert_eq!(TraceContext::of_request(&upgrade, &"/ws?traceparents=1".parse().unwrap()), None);
        assert_eq!(TraceContext::of_request(&HeaderMap::new(), &named), None, "any other call has a header for it");
        let twice: Uri = format!("/ws?traceparent={SAMPLE}&traceparent={SAMPLE}").parse().unwrap();
        assert_eq!(TraceContext::of_request(&upgrade, &twice), None);
    }

    #[test]
    fn of_two_contexts_neither_is_followed() {
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, SAMPLE.parse().unwrap());
        assert_eq!(TraceContext::of_headers(&headers), TraceContext::parse(SAMPLE));
        headers.append(TRACEPARENT, SAMPLE.parse().unwrap());
        assert_eq!(TraceContext::of_headers(&headers), None);
        headers.append(header::UPGRADE, "websocket".parse().unwrap());
        let named: Uri = format!("/ws?traceparent={SAMPLE}").parse().unwrap();
        assert_eq!(TraceContext::of_request(&headers, &named), None);
    }

    #[test]
    fn malformed_contexts_are_not_followed() {
        for bad in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceContext::parse(bad), None, "{bad}");
        }
    }
}
