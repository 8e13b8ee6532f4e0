//! Reads numbers and parts off the front of octets.

/// The number at the start of these octets.
pub(crate) fn long(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()
}

/// Takes octets off the front.
pub(crate) fn take<'a>(bytes: &mut &'a [u8], size: usize) -> Option<&'a [u8]> {
    bytes.split_off(..size)
}
