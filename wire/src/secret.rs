//! What nobody may read in a capture: credentials. Dissectors say which leaves have them; once all is read, each such byte is
//! replaced by another, one for one, and the field says so.

use std::ops::Range;

use crate::{field::Field, text};

/// What stands for a byte that is not shown.
pub const MASK: u8 = b'*';

/// Header fields whose values are credentials, in lower case.
const SECRET_HEADERS: &[&str] = &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// Schemes whose name says nothing of the credentials behind it (RFC 9110 §11.6.2).
const SCHEMES: &[&str] = &["basic", "bearer", "digest", "negotiate"];

/// Whether the value of this header field is a credential.
pub(crate) fn is_secret_header(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()))
}

/// Whether a line that could not be read may hold a credential all the same.
pub(crate) fn mentions(line: &[u8]) -> bool {
    let line = line.to_ascii_lowercase();
    SECRET_HEADERS.iter().any(|secret| line.windows(secret.len()).any(|found| found == secret.as_bytes()))
}

/// How many bytes of the value of a secret header field may be shown: the name of a known scheme and the space behind it.
pub(crate) fn shown_prefix(name: &[u8], value: &[u8]) -> usize {
    if !name.trim_ascii().to_ascii_lowercase().ends_with(b"authorization") {
        return 0;
    }
    let scheme = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    let known = SCHEMES.iter().any(|known| value[..scheme].eq_ignore_ascii_case(known.as_bytes()));
    if known { scheme + 1 } else { 0 }
}

/// Replaces the bytes of all masked fields, and what their values say of them.
pub(crate) fn mask(fields: &mut [Field], bytes: &mut [u8]) {
    for field in fields {
        if field.masked {
            hide(field, bytes);
            continue;
        }
        mask(&mut field.children, bytes);
        if let Some(mut decoded) = field.decoded.take() {
            let mut masked = Vec::new();
            masked_ranges(&field.children, &mut masked);
            for range in masked {
                hide_decoded(&mut decoded, &field.range, &range);
            }
            field.decoded = Some(decoded);
        }
    }
}

fn hide(field: &mut Field, bytes: &mut [u8]) {
    if field.rule == HUFFMAN {
        hide_huffman(&mut bytes[field.range.clone()]);
    } else {
        bytes[field.range.clone()].fill(MASK);
    }
    forget(field);
}

/// The rule of an octet string in Huffman code, whose mask has to be code as well.
pub(crate) const HUFFMAN: &str = "RFC 7541 §5.2, Appendix B";

/// Fills with the code of the character 0, which is five zeros, and ends with the padding that is due: so whoever reads
/// the masked bytes still finds a string.
fn hide_huffman(bytes: &mut [u8]) {
    bytes.fill(0);
    let padding = bytes.len() * 8 % 5;
    if let Some(last) = bytes.last_mut() {
        *last = (1u8 << padding) - 1;
    }
}

fn forget(field: &mut Field) {
    field.masked = true;
    field.value = format!("masked, {}", text::bytes(field.len()));
    field.decoded = None;
    for child in &mut field.children {
        forget(child);
    }
}

fn masked_ranges(fields: &[Field], ranges: &mut Vec<Range<usize>>) {
    for field in fields {
        if field.masked {
            ranges.push(field.range.clone());
        } else {
            masked_ranges(&field.children, ranges);
        }
    }
}

/// Hides what lies behind `range` of the encoded bytes `whole`; of base64, rather a byte too many than one too few.
fn hide_decoded(decoded: &mut [u8], whole: &Range<usize>, range: &Range<usize>) {
    let (start, end) = (range.start - whole.start, range.end - whole.start);
    let hidden = if decoded.len() == whole.len() { start..end } else { start / 4 * 3..end.div_ceil(4) * 3 };
    let len = decoded.len();
    decoded[hidden.start.min(len)..hidden.end.min(len)].fill(MASK);
}
