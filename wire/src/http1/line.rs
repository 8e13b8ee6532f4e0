//! Lines: their ends, and lines that belong to no message.

use crate::{
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    redact,
};

const ENDS: &str = "RFC 9112 §2.2";

/// The bytes up to the end of the line, and whether the line ends.
pub(crate) fn content<'a>(builder: &FieldBuilder<'a>) -> (&'a [u8], bool) {
    let left = builder.left();
    match left.iter().position(|byte| *byte == b'\n') {
        Some(end) => (left[..end].strip_suffix(b"\r").unwrap_or(&left[..end]), true),
        None => (left.strip_suffix(b"\r").filter(|_| builder.open()).unwrap_or(left), false),
    }
}

/// Takes the end of a line.
pub(crate) fn end(builder: &mut FieldBuilder<'_>, name: &'static str) {
    let field = Field::framing(name, ENDS);
    match builder.left() {
        [b'\r', b'\n', ..] => builder.leaf(2, field.value("\\r\\n")),
        [b'\n', ..] => builder.leaf(1, field.value("\\n").malformed("a line ends with CR LF")),
        [b'\r'] if builder.open() => {
            builder.leaf(1, Field::new(FieldKind::Incomplete, name, ENDS).problem("the capture ends here"))
        }
        _ => &[],
    };
}

/// Takes lines up to the first for which `wanted` is true.
pub(crate) fn skip(stream: &mut FieldBuilder<'_>, wanted: impl Fn(&[u8]) -> bool) {
    while !stream.is_empty() {
        let (line, ends) = content(stream);
        if wanted(line) {
            return;
        }
        if line.is_empty() && ends {
            end(stream, "empty line");
            continue;
        }
        let secret = redact::is_credential(line);
        if ends {
            let field = Field::text("unexpected line", ENDS).malformed("not the start of a message");
            stream.leaf(line.len(), field.masked(secret));
            end(stream, "line end");
        } else if stream.open() {
            let field = Field::new(FieldKind::Incomplete, "start of a line", ENDS).problem("the capture ends here");
            stream.leaf(usize::MAX, field.masked(secret));
        } else {
            let field = Field::text("unexpected bytes", ENDS).malformed("a message begins with a line");
            stream.leaf(usize::MAX, field.masked(secret));
        }
    }
}
