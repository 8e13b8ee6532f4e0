//! The body of a close frame: the close code (RFC 6455 §7.4) and the reason.

use crate::{field::Field, field_builder::FieldBuilder, text};

const CLOSE: &str = "RFC 6455 §7.4";
const REASON: &str = "RFC 6455 §5.5";

/// Takes the close code and the reason.
pub(super) fn read(builder: &mut FieldBuilder<'_>) {
    let field = Field::number("close code", CLOSE);
    let Some(code) = builder.take().map(u16::from_be_bytes) else {
        builder.short::<()>(field);
        return;
    };
    let meaning = meaning(code);
    let field = field.value(format!("{code} {meaning}").trim_end());
    let known = !meaning.is_empty();
    builder.leaf(2, if known { field } else { field.problem("not a code that may be sent") });
    let reason = builder.left();
    builder.leaf(reason.len(), Field::text("reason", REASON).value(text::lossy(reason)));
}

/// What a close code means; empty for one that must not be sent.
fn meaning(code: u16) -> &'static str {
    match code {
        1000 => "normal",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "data not acceptable",
        1007 => "inconsistent data",
        1008 => "policy violation",
        1009 => "message too big",
        1010 => "extension expected",
        1011 => "unexpected condition",
        1012 => "service restart",
        1013 => "try again later",
        3000..=3999 => "registered",
        4000..=4999 => "private",
        _ => "",
    }
}
