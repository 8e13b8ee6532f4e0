//! An element of a view, for who has to do with it once it is drawn.

use leptos::prelude::*;

use std::marker::PhantomData;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// An element of a view, as soon as it is drawn.
pub struct NodeRef<E> {
    drawn: Drawn,
    kind: PhantomData<fn() -> E>,
}

/// An element of any kind.
pub(super) type Drawn = RwSignal<Option<SendWrapper<Element>>>;

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E> std::fmt::Debug for NodeRef<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NodeRef")
    }
}

impl<E> Default for NodeRef<E> {
    fn default() -> Self {
        Self { drawn: RwSignal::new(None), kind: PhantomData }
    }
}

impl<E> NodeRef<E> {
    /// Of the element whose `node_ref` it becomes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn of_any_kind(self) -> Drawn {
        self.drawn
    }
}

impl<E: JsCast> NodeRef<E> {
    /// The element, if it is drawn; followed.
    #[must_use]
    pub fn get(self) -> Option<E> {
        self.drawn.get().map(of_kind)
    }

    /// The element, if it is drawn.
    #[must_use]
    pub fn get_untracked(self) -> Option<E> {
        self.drawn.get_untracked().map(of_kind)
    }

    /// The element, if it is drawn and this is there still.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<E> {
        self.drawn.try_get_untracked().flatten().map(of_kind)
    }
}

fn of_kind<E: JsCast>(element: SendWrapper<Element>) -> E {
    element.take().unchecked_into()
}
