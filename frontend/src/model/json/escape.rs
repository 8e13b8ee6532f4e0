//! The escapes of JSON text (RFC 8259, section 7).

use serde::de::Error as _;

use super::error::Error;

/// How many bytes a text begins with that mean what is written: up to a quote, a backslash or a control character.
#[inline(never)]
pub(super) fn plain_len(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\')).unwrap_or(text.len())
}

/// What a text with escapes means. Their form is known to be right.
///
/// # Errors
/// When one half of a surrogate pair is alone: no text has such a letter.
#[inline(never)]
pub(super) fn resolve(written: &str) -> Result<String, Error> {
    let mut text = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    loop {
        let (before, escape) = rest.split_at(plain_len(rest));
        text.extend_from_slice(before);
        let [_, letter, behind @ ..] = escape else { break };
        rest = behind;
        text.push(match letter {
            b'b' => 0x8,
            b'f' => 0xc,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                text.extend_from_slice(unit(&mut rest)?.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            itself => *itself,
        });
    }
    String::from_utf8(text).map_err(Error::custom)
}

/// The letter behind `\u`: one unit of UTF-16, or two.
fn unit(rest: &mut &[u8]) -> Result<char, Error> {
    let first = hex(rest);
    let mut units = [first, 0];
    let mut len = 1;
    if (0xd800..0xdc00).contains(&first) {
        *rest = rest.strip_prefix(b"\\u").ok_or_else(|| Error::custom("unexpected end of hex escape"))?;
        units[1] = hex(rest);
        len = 2;
    }
    let letter = char::decode_utf16(units.into_iter().take(len)).next().and_then(Result::ok);
    letter.ok_or_else(|| Error::custom("lone leading surrogate in hex escape"))
}

fn hex(rest: &mut &[u8]) -> u16 {
    let Some((digits, behind)) = rest.split_at_checked(4) else { return 0 };
    *rest = behind;
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default() as u16;
    digits.iter().fold(0, |unit, byte| unit << 4 | digit(byte))
}
