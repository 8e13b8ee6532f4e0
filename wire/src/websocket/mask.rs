//! The mask of WebSocket frames (RFC 6455 §5.3): a client combines its payload with a key of four bytes by exclusive or.

/// The payload without its mask. A key of zeros changes nothing.
pub(super) fn unmask(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
    payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()
}
