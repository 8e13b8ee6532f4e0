//! Bytes for display: text with escaped control characters, anything else in hex, both cut to a length that fits a
//! line.

use std::fmt::Write as _;

/// The number of characters shown of a text.
const SHOWN_TEXT: usize = 200;
/// The number of bytes shown in hex.
const SHOWN_HEX: usize = 24;

/// The bytes as text if they are text, else in hex.
pub(crate) fn preview(bytes: &[u8]) -> String {
    let readable = |text: &&str| text.chars().all(|char| !char.is_control() || char.is_ascii_whitespace());
    std::str::from_utf8(bytes).ok().filter(readable).map_or_else(|| hex(bytes), shorten)
}

/// The bytes as text, with a replacement character for what is not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    // a character has at most four bytes, so more are never shown
    let cut = bytes.len() > 4 * SHOWN_TEXT;
    let mut text = shorten(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN_TEXT)]));
    if cut && !text.ends_with('…') {
        text.push('…');
    }
    text
}

/// The text with control characters escaped, cut when long.
pub(crate) fn shorten(text: &str) -> String {
    let mut out = String::new();
    for (count, char) in text.chars().enumerate() {
        if count == SHOWN_TEXT {
            out.push('…');
            break;
        }
        if char.is_control() { out.extend(char.escape_default()) } else { out.push(char) }
    }
    out
}

/// The bytes in hex, cut when many.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 + 2 * SHOWN_HEX);
    out.push_str("0x");
    for byte in &bytes[..bytes.len().min(SHOWN_HEX)] {
        write!(out, "{byte:02x}").expect("a string takes all that is written to it");
    }
    if bytes.len() > SHOWN_HEX {
        out.push('…');
    }
    out
}

/// `1 byte`, `2 bytes`.
pub(crate) fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}
