//! How bytes and their places are written.

use std::ops::Range;

/// Bytes in hexadecimal, `48 54 54 50`.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(nibble.into(), 16).unwrap_or(' '));
        }
        text.push(' ');
    }
    text.pop();
    text
}

/// Bytes as the characters they stand for; a dot where there is none.
pub fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '·' }).collect()
}

/// Where something is, `16–33`, in hexadecimal; the last byte is counted in.
pub fn place(range: &Range<usize>) -> String {
    match range.len() {
        0 | 1 => format!("{:02x}", range.start),
        _ => format!("{:02x}–{:02x}", range.start, range.end - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_hexadecimal_and_as_characters() {
        assert_eq!((hex(b"\x00H\xff"), hex(b"")), ("00 48 ff".to_owned(), String::new()));
        assert_eq!(characters(b"a \r\xe9~"), "a ··~");
        assert_eq!([place(&(9..10)), place(&(22..52))], ["09", "16–33"]);
    }
}
