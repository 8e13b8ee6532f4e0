//! Redaction of credentials. Dissectors mark the leaves that are credentials. After the dissection each of their bytes
//! is masked, so the length stays the same.

use std::{borrow::Cow, ops::Range};

use percent_encoding::percent_decode;

use crate::{field::Field, field_builder::FieldBuilder, text};

/// The byte that replaces a masked byte.
pub const MASK: u8 = b'*';

/// A header field, parameter or member is a credential if its name contains one of these words.
const WORDS: &[&str] =
    &["authorization", "cookie", "token", "secret", "password", "passwd", "credential", "api-key", "apikey"];

/// Members with the name of a value, and members with the value: `{"name":"password","value":"…"}`.
const NAMES: &[&str] = &["name", "key", "header", "field", "param", "parameter", "property"];
const VALUES: &[&str] = &["value", "values", "val"];

const CORS: &[u8] = b"access-control-";

/// Authentication schemes that may be shown; the credentials come after them (RFC 9110 §11.6.2).
const SCHEMES: &[&str] = &["basic", "bearer", "digest", "negotiate"];

/// True if the value with this name is a credential. Also used for a whole line that could not be parsed.
pub(crate) fn is_credential(name: &[u8]) -> bool {
    // the values of CORS headers are `true` or names of header fields
    if name.get(..CORS.len()).is_some_and(|start| start.eq_ignore_ascii_case(CORS)) {
        return false;
    }
    let sign = |(byte, sign): (&u8, u8)| byte.to_ascii_lowercase() == sign || (*byte == b'_' && sign == b'-');
    let word = |word: &&str| name.windows(word.len()).any(|found| found.iter().zip(word.bytes()).all(sign));
    WORDS.iter().any(word)
}

/// True if a member with this name has the name of another value.
pub(crate) fn holds_a_name(member: &str) -> bool {
    NAMES.iter().any(|name| member.eq_ignore_ascii_case(name))
}

/// True if a member with this name has the value that another member names.
pub(crate) fn holds_a_value(member: &str) -> bool {
    VALUES.iter().any(|name| member.eq_ignore_ascii_case(name))
}

/// The credentials in a URL or a request target: the user information (RFC 3986 §3.2.1) and the values of parameters
/// with the name of a credential.
pub(crate) fn credentials_in_url(url: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(start) = url.windows(3).position(|sign| sign == b"://").map(|at| at + 3) {
        let end = url[start..].iter().position(|byte| b"/?#".contains(byte)).map_or(url.len(), |at| start + at);
        found.extend(url[start..end].iter().rposition(|byte| *byte == b'@').map(|at| start..start + at));
    }
    if let Some(query) = url.iter().position(|byte| *byte == b'?').map(|at| at + 1) {
        found.extend(
            credentials_in_parameters(&url[query..]).into_iter().map(|range| query + range.start..query + range.end),
        );
    }
    found
}

/// The credentials in a query or a form.
pub(crate) fn credentials_in_parameters(parameters: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for parameter in parameters.split(|byte| *byte == b'&') {
        let end = at + parameter.len();
        let name = parameter.iter().position(|byte| *byte == b'=').unwrap_or(parameter.len());
        let decoded: Cow<'_, [u8]> = percent_decode(&parameter[..name]).into();
        if is_credential(&decoded) && at + name + 1 < end {
            found.push(at + name + 1..end);
        }
        at = end + 1;
    }
    found
}

/// Takes `len` bytes as `field`. `ranges`, relative to the current position, are credentials.
pub(crate) fn redacted_leaf(builder: &mut FieldBuilder<'_>, len: usize, field: Field, ranges: &[Range<usize>]) {
    let shown = text::preview(&redacted(&builder.left()[..len.min(builder.left().len())], ranges));
    if ranges.is_empty() {
        builder.leaf(len, field.value(shown));
        return;
    }
    let mut inner = builder.window(len);
    let part = |name: &'static str| Field { rule: field.rule.clone(), ..Field::text(name, "") };
    let start = inner.at();
    for range in ranges {
        let open = start + range.start - inner.at();
        let bytes = text::preview(&inner.left()[..open]);
        inner.leaf(open, part("in the clear").value(bytes));
        inner.leaf(range.len(), part("credentials").masked(true));
    }
    let bytes = text::preview(inner.left());
    inner.leaf(usize::MAX, part("in the clear").value(bytes));
    builder.push(inner.close(field.value(shown)));
}

/// The bytes with the credentials masked.
pub(crate) fn redacted(bytes: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    ranges.iter().for_each(|range| bytes[range.clone()].fill(MASK));
    bytes
}

/// How many bytes of a credential header's value may be shown: the name of a known scheme and the space after it.
pub(crate) fn shown_prefix(name: &[u8], value: &[u8]) -> usize {
    if !name.trim_ascii().to_ascii_lowercase().ends_with(b"authorization") {
        return 0;
    }
    let scheme = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    let known = SCHEMES.iter().any(|known| value[..scheme].eq_ignore_ascii_case(known.as_bytes()));
    if known { scheme + 1 } else { 0 }
}

/// Masks the bytes of all marked fields and clears their values.
pub(crate) fn mask(fields: &mut [Field], bytes: &mut [u8]) {
    for field in fields {
        if field.masked {
            mask_field(field, bytes);
            continue;
        }
        mask(&mut field.children, bytes);
        if let Some(mut decoded) = field.decoded.take() {
            let mut masked = Vec::new();
            masked_ranges(&field.children, &mut masked);
            for range in masked {
                mask_decoded(&mut decoded, &field.range, &range);
            }
            field.decoded = Some(decoded);
        }
    }
}

fn mask_field(field: &mut Field, bytes: &mut [u8]) {
    let hidden = &mut bytes[field.range.clone()];
    match &*field.rule {
        HUFFMAN => mask_huffman(hidden),
        // the continuation bit stays, so that the masked bytes are still a varint
        VARINT => hidden.iter_mut().for_each(|byte| *byte = *byte & 0x80 | MASK),
        _ => hidden.fill(MASK),
    }
    clear_values(field);
}

/// The rule of a varint; its masked bytes are again a varint.
pub(crate) const VARINT: &str = "Protobuf encoding, base 128 varints";

/// The rule of a Huffman coded string; its masked bytes are again Huffman code.
pub(crate) const HUFFMAN: &str = "RFC 7541 §5.2, Appendix B";

/// Fills with the code of the character 0, which is five zeros, and ends with valid padding. So the masked bytes are
/// still a valid string.
fn mask_huffman(bytes: &mut [u8]) {
    bytes.fill(0);
    let padding = bytes.len() * 8 % 5;
    if let Some(last) = bytes.last_mut() {
        *last = (1u8 << padding) - 1;
    }
}

fn clear_values(field: &mut Field) {
    field.masked = true;
    field.value = format!("masked, {}", text::bytes(field.len()));
    field.decoded = None;
    for child in &mut field.children {
        clear_values(child);
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

/// Masks the decoded bytes of `range` within the encoded bytes `whole`. For base64 a whole group of three bytes is
/// masked.
fn mask_decoded(decoded: &mut [u8], whole: &Range<usize>, range: &Range<usize>) {
    let (start, end) = (range.start - whole.start, range.end - whole.start);
    let hidden = if decoded.len() == whole.len() { start..end } else { start / 4 * 3..end.div_ceil(4) * 3 };
    let len = decoded.len();
    decoded[hidden.start.min(len)..hidden.end.min(len)].fill(MASK);
}
