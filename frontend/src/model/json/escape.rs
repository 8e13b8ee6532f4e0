//! The escapes of JSON text (RFC 8259, section 7).

use serde::de::Error as _;

use super::error::Error;

/// What a text with escapes means. Their form is known to be right.
///
/// # Errors
/// When one half of a surrogate pair is alone: no text has such a letter.
#[inline(never)]
pub(super) fn resolve(written: &str) -> Result<String, Error> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let (letter, behind) = split(escape, 1);
        rest = behind;
        text.push(match letter {
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => unit(&mut rest)?,
            _ => {
                text.push_str(letter);
                continue;
            }
        });
    }
    text.push_str(rest);
    Ok(text)
}

/// The letter behind `\u`: one unit of UTF-16, or two.
fn unit(rest: &mut &str) -> Result<char, Error> {
    let first = hex(rest);
    let mut units = [first, 0];
    let mut len = 1;
    if (0xd800..0xdc00).contains(&first) {
        *rest = rest.strip_prefix("\\u").ok_or_else(|| Error::custom("unexpected end of hex escape"))?;
        units[1] = hex(rest);
        len = 2;
    }
    let letter = char::decode_utf16(units.into_iter().take(len)).next().and_then(Result::ok);
    letter.ok_or_else(|| Error::custom("lone leading surrogate in hex escape"))
}

fn hex(rest: &mut &str) -> u16 {
    let (digits, behind) = split(rest, 4);
    *rest = behind;
    u16::from_str_radix(digits, 16).unwrap_or_default()
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}
