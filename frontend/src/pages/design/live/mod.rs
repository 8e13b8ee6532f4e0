//! The components that react, to be tried out: the very ones that the other pages use.
//!
//! - `panes`: split pane, tabs
//! - `overlays`: dialog, toast
//! - `data`: key-value editor, virtual list, sparkline, copy

mod data;
mod overlays;
mod panes;

use leptos::prelude::*;

use self::{
    data::{CopyButton, List, Minute, NamesAndValues},
    overlays::{Dialogs, Toasted},
    panes::{Panes, TabBar},
};

/// All of them.
#[component]
pub(super) fn Live() -> impl IntoView {
    view! {
        <Panes />
        <TabBar />
        <NamesAndValues />
        <Dialogs />
        <Toasted />
        <List />
        <Minute />
        <CopyButton />
    }
}
