//! What draws a capture is a part of the program of its own, downloaded when there is something to draw.

use crosstalk_view::view;

use super::{
    Download, read,
    strips::{STYLES, Table, Weighed},
};
use crate::{dom::Node, part::part};

/// What the part does.
#[derive(Debug)]
pub struct Wire {
    /// Draws a capture, as the server told it; and what downloads it as a file.
    pub(super) capture: fn(&[u8], Download) -> Node,
    /// Draws the captures of the styles.
    pub(super) strips: fn([Weighed; STYLES]) -> Node,
}

part!(
    /// The part.
    pub WIRE: Wire = Wire { capture: read, strips: |styles| view! { <Table styles=styles /> } }, in wire
);
