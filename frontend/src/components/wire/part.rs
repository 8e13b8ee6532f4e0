//! What draws a capture is a part of the program of its own, downloaded by [`load`] when there is something to draw. Without
//! the feature `split` the program is one piece.

use std::sync::Arc;

use crosstalk_view::view;
use futures_util::FutureExt as _;
use leptos::wasm_split::SplitLoaderError;
#[cfg(feature = "split")]
use leptos::wasm_split::wasm_split;

use super::{
    read,
    strips::{STYLES, Table, Weighed},
};
use crate::dom::Node;

/// What was drawn, or why the part did not come.
type Drawn = Result<Node, SplitLoaderError>;

/// A function of the part: with how to download it, and what it is given.
macro_rules! part {
    ($load:ident, $name:ident($given:ident: $kind:ty) $draw:expr) => {
        #[cfg(feature = "split")]
        #[wasm_split(wire, fallible, wasm_split_path = ::leptos::wasm_split, preload($load))]
        fn $name($given: $kind) -> Drawn {
            Ok($draw)
        }

        #[cfg(not(feature = "split"))]
        async fn $load() -> Result<(), SplitLoaderError> {
            Ok(())
        }

        #[cfg(not(feature = "split"))]
        async fn $name($given: $kind) -> Drawn {
            Ok($draw)
        }
    };
}

part!(load_capture, capture(seen: (Arc<Vec<u8>>, String)) read(&seen.0, seen.1));
part!(load_strips, strips(styles: [Weighed; STYLES]) view! { <Table styles=styles /> });

/// Downloads it, unless it is there.
///
/// # Errors
/// When it cannot be had. It may be asked for again.
pub async fn load() -> Result<(), SplitLoaderError> {
    load_capture().await?;
    load_strips().await
}

/// Draws a capture, as the server told it; where it is to be had as a file. None while the part is not there.
pub(super) fn draw_capture(told: Arc<Vec<u8>>, file: String) -> Option<Node> {
    capture((told, file)).now_or_never()?.ok()
}

/// Draws the captures of the styles. None while the part is not there.
pub(super) fn draw_strips(styles: [Weighed; STYLES]) -> Option<Node> {
    strips(styles).now_or_never()?.ok()
}
