//! W3C Trace Context: the `traceparent` that makes one job one trace in every style.

/// A new `traceparent` (version 00, sampled) from 24 random bytes; the caller has the randomness.
pub fn traceparent(random: [u8; 24]) -> String {
    let (trace, span) = random.split_at(16);
    format!("00-{}-{}-01", hex(trace), hex(span))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the header of that name is called.
pub const TRACEPARENT: &str = "traceparent";

/// The trace's id in a `traceparent`, if that is one (W3C Trace Context, section 3.2.2).
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let id = traceparent.get(3..35)?;
    let digits = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (traceparent.len() == 55 && digits && id.bytes().any(|byte| byte != b'0')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_has_its_fixed_shape() {
        let parent = traceparent([0xab; 24]);
        assert_eq!(parent, "00-abababababababababababababababab-abababababababab-01");
        assert_eq!(trace_id(&parent), Some("abababababababababababababababab"));
        assert_eq!([trace_id(""), trace_id(&parent[1..]), trace_id(&traceparent([0; 24]))], [None; 3]);
    }
}
