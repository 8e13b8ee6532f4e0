//! What is in flight: while nothing is, `<html>` carries `data-idle`, so that a test or a page that embeds this
//! one knows when to look.

use std::cell::Cell;

use super::browser::window;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Something that was started and has not ended; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Flight(());

impl Flight {
    pub(super) fn start() -> Self {
        COUNT.set(COUNT.get() + 1);
        if COUNT.get() == 1 {
            show();
        }
        Self(())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        COUNT.set(COUNT.get() - 1);
        if COUNT.get() == 0 {
            show();
        }
    }
}

/// Writes the mark; also once at the start, when nothing was ever in flight.
pub(super) fn show() {
    let Some(root) = window().document().and_then(|document| document.document_element()) else {
        return;
    };
    // neither can fail: the name is a valid one
    let _ = match COUNT.get() {
        0 => root.set_attribute("data-idle", ""),
        _ => root.remove_attribute("data-idle"),
    };
}
