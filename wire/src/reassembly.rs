//! Reassembly of content that is split into pieces (chunks, frames, fragments) or encoded. The content is dissected as
//! a whole, and its fields are then attached to the captured pieces. A field that crosses a border becomes one part on
//! each side.

use std::{borrow::Cow, ops::Range};

use crate::{
    budget::Budget,
    field::{Field, FieldPart},
};

/// A piece of the content and its position in the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The range in the content. The pieces cover the content without a gap, and none is empty.
    pub(crate) inner: Range<usize>,
    /// The range in the carrier. It has the length of `inner`, except for base64.
    pub(crate) outer: Range<usize>,
}

/// The pieces of a content that has these `ranges` in the carrier.
pub(crate) fn pieces(ranges: &[Range<usize>]) -> Vec<Piece> {
    let mut at = 0;
    let piece = |outer: &Range<usize>| {
        let inner = at..at + outer.len();
        at = inner.end;
        Piece { inner, outer: outer.clone() }
    };
    ranges.iter().filter(|range| !range.is_empty()).map(piece).collect()
}

/// The content, joined from its pieces.
pub(crate) fn join<'a>(bytes: &'a [u8], pieces: &[Piece]) -> Cow<'a, [u8]> {
    match pieces {
        [] => Cow::Borrowed(&[]),
        [piece] => Cow::Borrowed(&bytes[piece.outer.clone()]),
        pieces => pieces.iter().flat_map(|piece| &bytes[piece.outer.clone()]).copied().collect::<Vec<u8>>().into(),
    }
}

/// The fields of the content with positions in the carrier, separately for each piece.
pub(crate) fn project(fields: Vec<Field>, pieces: &[Piece], budget: &Budget) -> Vec<Vec<Field>> {
    let mut on_pieces = vec![Vec::new(); pieces.len()];
    for field in fields {
        split_over_pieces(field, pieces, 0, budget, &mut |piece, field| on_pieces[piece].push(field));
    }
    on_pieces
}

/// Splits one field over pieces; `offset` is the index of the first of them.
fn split_over_pieces(
    field: Field,
    pieces: &[Piece],
    offset: usize,
    budget: &Budget,
    put: &mut dyn FnMut(usize, Field),
) {
    let first = pieces.partition_point(|piece| piece.inner.end <= field.range.start);
    let last = pieces.partition_point(|piece| piece.inner.start < field.range.end);
    let over = &pieces[first..last];
    let offset = offset + first;
    if let [piece] = over {
        return put(offset, translated(field, piece));
    }
    let Field { range, children, .. } = field;
    let mut parts: Vec<Field> = over
        .iter()
        .enumerate()
        .map(|(nth, piece)| {
            let inner = range.start.max(piece.inner.start)..range.end.min(piece.inner.end);
            let value = if budget.take(field.value.len()) { field.value.clone() } else { String::new() };
            Field {
                range: carrier_range(&inner, piece),
                name: field.name.clone(),
                value,
                rule: field.rule.clone(),
                problem: field.problem.clone(),
                part: Some(part(field.part, nth, over.len())),
                decoded: None,
                children: Vec::new(),
                kind: field.kind,
                masked: field.masked || budget.is_spent(),
            }
        })
        .collect();
    if !budget.is_spent() {
        for child in children {
            split_over_pieces(child, over, 0, budget, &mut |piece, child| parts[piece].children.push(child));
        }
    }
    for (nth, part) in parts.into_iter().enumerate() {
        put(offset + nth, part);
    }
}

/// The part that is the `nth` of `count` pieces of a field, which may itself be a part.
fn part(whole: Option<FieldPart>, nth: usize, count: usize) -> FieldPart {
    let begins = nth == 0 && !matches!(whole, Some(FieldPart::Middle | FieldPart::Last));
    let ends = nth + 1 == count && !matches!(whole, Some(FieldPart::First | FieldPart::Middle));
    match (begins, ends) {
        (true, _) => FieldPart::First,
        (false, true) => FieldPart::Last,
        (false, false) => FieldPart::Middle,
    }
}

/// The same field with positions in the carrier, for itself and all its children.
fn translated(mut field: Field, piece: &Piece) -> Field {
    field.range = carrier_range(&field.range, piece);
    field.children = field.children.into_iter().map(|child| translated(child, piece)).collect();
    field
}

/// The range in the carrier for a range of the content. In base64 a byte gets the character in which it begins, so that
/// adjacent ranges stay adjacent.
fn carrier_range(inner: &Range<usize>, piece: &Piece) -> Range<usize> {
    let place = |at: usize| {
        let at = at - piece.inner.start;
        if piece.inner.len() == piece.outer.len() {
            piece.outer.start + at
        } else if at == piece.inner.len() {
            piece.outer.end
        } else {
            piece.outer.start + at * 4 / 3
        }
    };
    place(inner.start)..place(inner.end)
}

/// The leaf with exactly this range, to add children to it.
pub(crate) fn field_at<'a>(fields: &'a mut [Field], range: &Range<usize>) -> Option<&'a mut Field> {
    let at = fields.partition_point(|field| field.range.end <= range.start);
    let field = fields.get_mut(at)?;
    if field.children.is_empty() {
        return (field.range == *range).then_some(field);
    }
    field_at(&mut field.children, range)
}

/// Attaches the fields of a content to the leaves that carry it.
pub(crate) fn attach(carrier: &mut [Field], content: Vec<Field>, pieces: &[Piece], budget: &Budget) {
    for (children, piece) in project(content, pieces, budget).into_iter().zip(pieces) {
        if let Some(leaf) = field_at(carrier, &piece.outer) {
            // what is not dissected may hold a credential
            leaf.masked |= budget.is_spent();
            leaf.children = children;
        }
    }
}
