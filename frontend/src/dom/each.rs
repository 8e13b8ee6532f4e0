//! Views of the items of a list, each named by a key: an item that stays keeps its view, wherever it comes to be.

use std::fmt;

use leptos::{prelude::*, reactive::effect::RenderEffect};
use web_sys::{Comment, Element};

use super::{Node, State, state::Kept};

/// Names an item among those of its list.
pub type Key = (u64, u64);

/// What can be a key, or a half of one.
pub trait IntoKey {
    /// As a key.
    fn into_key(self) -> Key;
}

macro_rules! keys {
    ($($type:ty),*) => {$(
        impl IntoKey for $type {
            fn into_key(self) -> Key {
                (u64::from(self), 0)
            }
        }
    )*};
}

keys!(bool, u32, u64);

impl IntoKey for usize {
    fn into_key(self) -> Key {
        (self as u64, 0)
    }
}

impl<A: IntoKey, B: IntoKey> IntoKey for (A, B) {
    fn into_key(self) -> Key {
        (self.0.into_key().0, self.1.into_key().0)
    }
}

/// Is told the keys of all items, and what draws the one at a place.
type Take<'a> = &'a mut dyn FnMut(Vec<Key>, &mut dyn FnMut(usize) -> Node);

/// Items before they are drawn.
pub struct Each {
    /// Of the owners of the views: those outlive what tells of the items.
    owner: Owner,
    tell: Box<dyn FnMut(Take<'_>) + Send>,
}

impl fmt::Debug for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Each").finish_non_exhaustive()
    }
}

/// Views of what `items` says, whenever it says so anew.
pub fn each<T, K: IntoKey>(
    mut items: impl FnMut() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> K + Send + 'static,
    mut draw: impl FnMut(T) -> Node + Send + 'static,
) -> Node {
    Node::Each(Each {
        owner: Owner::current().unwrap_or_default(),
        tell: Box::new(move |take| {
            let mut items: Vec<Option<T>> = items().into_iter().map(Some).collect();
            let keys = items.iter().flatten().map(|item| key(item).into_key()).collect();
            take(keys, &mut |at| items[at].take().map_or(Node::Nothing, &mut draw));
        }),
    })
}

/// Items in the document, and the place after them.
pub struct List {
    items: Vec<Item>,
    end: Comment,
}

struct Item {
    key: Key,
    state: State,
    // of what its view has made; ends with it
    owner: Owner,
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("items", &self.items.len()).finish_non_exhaustive()
    }
}

impl Each {
    pub(super) fn build(mut self) -> Kept<List> {
        Kept(RenderEffect::new(move |list: Option<List>| {
            let mut list = list.unwrap_or_else(|| List { items: Vec::new(), end: document().create_comment("") });
            (self.tell)(&mut |keys, draw| {
                list.follow(keys, &mut |at| {
                    let owner = self.owner.with(Owner::new);
                    let state = untrack(|| owner.with(|| draw(at).build()));
                    (state, owner)
                });
            });
            list
        }))
    }
}

impl List {
    /// Has the items of these keys, in their order.
    fn follow(&mut self, keys: Vec<Key>, draw: &mut dyn FnMut(usize) -> (State, Owner)) {
        let mut before: Vec<Option<Item>> = self.items.drain(..).map(Some).collect();
        let mut next = 0;
        let mut items = Vec::with_capacity(keys.len());
        for key in &keys {
            // most are where they are looked for first: after the last one that was found
            let places = (next..before.len()).chain(0..next.min(before.len()));
            let found = places.into_iter().find(|at| before[*at].as_ref().is_some_and(|item| item.key == *key));
            next = found.map_or(next, |at| at + 1);
            items.push(found.map(|at| (at, before[at].take())));
        }
        for mut gone in before.into_iter().flatten() {
            gone.state.unmount();
            gone.owner.cleanup();
        }
        let items = keys.into_iter().zip(items).enumerate();
        let items = items.map(|(at, (key, found))| match found {
            Some((place, Some(item))) => (Some(place), item),
            _ => {
                let (state, owner) = draw(at);
                (None, Item { key, state, owner })
            }
        });
        let mut items: Vec<(Option<usize>, Item)> = items.collect();
        // from the last one: who was before those behind it is where it has to be
        let mut lowest = usize::MAX;
        for at in (0..items.len()).rev() {
            let (front, behind) = items.split_at_mut(at + 1);
            let (place, item) = &mut front[at];
            match place.filter(|place| *place < lowest) {
                Some(place) => lowest = place,
                None => drop(match behind.first() {
                    Some((_, next)) => next.state.insert_before_this(&mut item.state),
                    None => self.end.insert_before_this(&mut item.state),
                }),
            }
        }
        self.items = items.into_iter().map(|(_, item)| item).collect();
    }
}

impl Mountable for List {
    fn unmount(&mut self) {
        self.items.iter_mut().for_each(|item| item.state.unmount());
        self.end.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&web_sys::Node>) {
        for item in &mut self.items {
            item.state.mount(parent, marker);
        }
        self.end.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let first = self.items.first();
        first.is_some_and(|item| item.state.insert_before_this(child)) || self.end.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.items.iter().flat_map(|item| item.state.elements()).collect()
    }
}
