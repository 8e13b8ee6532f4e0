//! The length-prefixed messages of gRPC. In gRPC-Web the trailers are a frame of their own, and the text form encodes
//! everything in base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    budget::Budget,
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    http1::header,
    protobuf::{self, Message, Schemas},
    reassembly::{self, Piece},
    text,
};

const PREFIX: &str = "gRPC over HTTP/2, Length-Prefixed-Message";
const WEB: &str = "gRPC-Web, protocol differences vs gRPC over HTTP/2";
const TEXT: &str = "gRPC-Web, base64 encoded streams";

/// Dissects all bytes as gRPC messages of type `message`. `web` allows the frame with trailers.
pub(crate) fn messages(builder: &mut FieldBuilder<'_>, web: bool, message: Option<&Message>, schemas: &Schemas) {
    while !builder.is_empty() {
        let mut inner = builder.rest();
        let (name, whole) = one(&mut inner, web, message, schemas).unwrap_or(("message", false));
        if whole {
            inner.end_here();
        }
        let len = inner.taken().len().saturating_sub(5);
        builder.push(inner.close(Field::framing(name, PREFIX).value(text::bytes(len))));
    }
}

fn one(
    builder: &mut FieldBuilder<'_>,
    web: bool,
    message: Option<&Message>,
    schemas: &Schemas,
) -> Option<(&'static str, bool)> {
    let [flag] = builder.take()?;
    let (trailers, compressed) = (web && flag & 0x80 != 0, flag & 1 != 0);
    let shown = match (trailers, compressed) {
        (true, true) => "trailers, compressed",
        (true, false) => "trailers",
        (false, true) => "compressed",
        (false, false) => "not compressed",
    };
    let field = Field::framing("flag", if trailers { WEB } else { PREFIX }).value(shown);
    let known = flag & !(if web { 0x81 } else { 1 }) == 0;
    builder.leaf(1, if known { field } else { field.malformed("not a flag") });
    let name = if trailers { "trailers" } else { "message" };
    let len = usize::try_from(builder.u32("length", PREFIX)?).unwrap_or(usize::MAX);
    let whole = builder.left().len() >= len;
    let mut inner = builder.window(len);
    let mut field = Field::new(if trailers { FieldKind::Framing } else { FieldKind::Payload }, "content", PREFIX);
    if !known || compressed {
        field = field.value(text::hex(inner.left()));
    } else if trailers {
        header::lines(&mut inner);
    } else {
        protobuf::records(&mut inner, message, schemas);
    }
    if !whole && !builder.open() {
        field = field.malformed("the length is more than there is");
    }
    builder.push(inner.close(field));
    Some((name, whole))
}

/// Dissects a body in base64. Each padding ends a run that was encoded separately.
pub(crate) fn base64(
    bytes: &[u8],
    open: bool,
    message: Option<&Message>,
    schemas: &Schemas,
    budget: &Budget,
) -> Vec<Field> {
    let mut runs = FieldBuilder::new(bytes, open, budget);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut content = Vec::new();
    while !runs.is_empty() {
        let left = runs.left();
        let padded = left.iter().position(|byte| *byte == b'=').map_or(left.len(), |at| at / 4 * 4 + 4);
        let len = padded.min(left.len() / 4 * 4);
        if len == 0 {
            match open {
                true => runs.incomplete("base64", TEXT),
                false => runs.malformed("base64", TEXT, "it comes in fours"),
            }
            break;
        }
        let Ok(decoded) = STANDARD.decode(&left[..len]) else {
            runs.malformed("base64", TEXT, "not base64");
            break;
        };
        let inner = content.len()..content.len() + decoded.len();
        content.extend_from_slice(&decoded);
        let mut field = Field::framing("base64", TEXT).value(text::bytes(decoded.len()));
        field.decoded = Some(decoded);
        let at = runs.at();
        runs.leaf(len, field);
        pieces.push(Piece { inner, outer: at..runs.at() });
    }
    let mut builder = FieldBuilder::new(&content, open, budget);
    messages(&mut builder, true, message, schemas);
    let fields = builder.into_fields();
    reassembly::attach(runs.fields_mut(), fields, &pieces, budget);
    runs.into_fields()
}
