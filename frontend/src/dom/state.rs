//! A view in the document.

use std::{borrow::Cow, fmt};

use leptos::{prelude::*, reactive::effect::RenderEffect, tachys::view::any_view::AnyViewState};
use wasm_bindgen::JsCast as _;
use web_sys::{Comment, Element, Text};

use super::{Node, Say, each::List, tree::TreeState};

/// What there is of a view in the document.
pub enum State {
    /// Nothing, and the place where something may be later.
    Nothing(Comment),
    /// A text.
    Text(Text, Cow<'static, str>),
    /// An element.
    Tree(TreeState),
    /// Some, and the place after them.
    Many(Vec<State>, Comment),
    /// What is said anew.
    Live(Kept<State>),
    /// The items of a list.
    Each(Kept<List>),
    /// A view of leptos.
    Any(AnyViewState),
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl Render for Node {
    type State = State;

    fn build(self) -> State {
        match self {
            Self::Nothing => State::Nothing(document().create_comment("")),
            Self::Text(text) => State::Text(document().create_text_node(&text), text),
            Self::Tree(tree) => State::Tree(tree.build()),
            Self::Many(nodes) => {
                State::Many(nodes.into_iter().map(Self::build).collect(), document().create_comment(""))
            }
            Self::Live(say) => State::Live(live(say, None)),
            Self::Each(each) => State::Each(each.build()),
            Self::Any(view) => State::Any(view.build()),
        }
    }

    fn rebuild(self, state: &mut State) {
        match (self, state) {
            (Self::Nothing, State::Nothing(_)) => {}
            (Self::Text(text), State::Text(node, now)) => {
                if text != *now {
                    node.set_data(&text);
                    *now = text;
                }
            }
            (Self::Tree(tree), State::Tree(state)) if tree.fits(state) => tree.rebuild(state),
            (Self::Many(nodes), State::Many(states, end)) => many(nodes, states, end),
            (Self::Live(say), State::Live(effect)) => {
                let now = effect.0.take_value();
                *effect = live(say, now);
            }
            (Self::Any(view), State::Any(state)) => view.rebuild(state),
            (node, state) => {
                let mut new = node.build();
                state.insert_before_this(&mut new);
                state.unmount();
                *state = new;
            }
        }
    }
}

impl Node {
    /// Draws it in the place of a comment of some markup, which is what nothing is, too.
    pub(super) fn build_in(self, place: web_sys::Node) -> State {
        if matches!(self, Self::Nothing) {
            return State::Nothing(place.unchecked_into());
        }
        let mut state = self.build();
        let Some(parent) = place.parent_node() else { return state };
        // both fail for what is not in the document's tree, and this is
        match state.node() {
            Some(node) => drop(parent.replace_child(&node, &place)),
            None => {
                state.mount(parent.unchecked_ref(), Some(&place));
                drop(parent.remove_child(&place));
            }
        }
        state
    }
}

impl State {
    /// The node that it is, if it is one.
    fn node(&self) -> Option<web_sys::Node> {
        match self {
            Self::Nothing(place) => Some(place.clone().into()),
            Self::Text(text, _) => Some(text.clone().into()),
            Self::Tree(tree) => Some(tree.root.clone().into()),
            Self::Live(effect) => effect.with(|state| state.node()).flatten(),
            Self::Many(..) | Self::Each(_) | Self::Any(_) => None,
        }
    }
}

/// An effect with what it keeps. Its task ends only when it has its next turn: what it keeps goes at once, for in the meantime
/// effects within could have theirs, and find that what they read is gone.
pub struct Kept<T: 'static>(pub(super) RenderEffect<T>);

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        drop(self.0.take_value());
    }
}

impl<T> Kept<T> {
    fn with<U>(&self, act: impl FnOnce(&mut T) -> U) -> Option<U> {
        self.0.with_value_mut(act)
    }
}

fn live(mut say: Box<dyn Say<Node>>, now: Option<State>) -> Kept<State> {
    Kept(RenderEffect::new_with_value(
        move |now: Option<State>| {
            let node = say.say();
            match now {
                Some(mut state) => {
                    node.rebuild(&mut state);
                    state
                }
                None => node.build(),
            }
        },
        now,
    ))
}

/// One after another: the first becomes the first, and so on.
fn many(nodes: Vec<Node>, states: &mut Vec<State>, end: &Comment) {
    for mut state in states.drain(nodes.len().min(states.len())..) {
        state.unmount();
    }
    let mut nodes = nodes.into_iter();
    for (state, node) in states.iter_mut().zip(&mut nodes) {
        node.rebuild(state);
    }
    for node in nodes {
        let mut state = node.build();
        end.insert_before_this(&mut state);
        states.push(state);
    }
}

impl Mountable for State {
    fn unmount(&mut self) {
        match self {
            Self::Nothing(place) => place.unmount(),
            Self::Text(text, _) => text.unmount(),
            Self::Tree(tree) => tree.root.unmount(),
            Self::Many(states, end) => {
                states.iter_mut().for_each(Self::unmount);
                end.unmount();
            }
            Self::Live(effect) => drop(effect.with(Self::unmount)),
            Self::Each(effect) => drop(effect.with(List::unmount)),
            Self::Any(state) => state.unmount(),
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&web_sys::Node>) {
        match self {
            Self::Nothing(place) => place.mount(parent, marker),
            Self::Text(text, _) => text.mount(parent, marker),
            Self::Tree(tree) => tree.root.mount(parent, marker),
            Self::Many(states, end) => {
                for state in states {
                    state.mount(parent, marker);
                }
                end.mount(parent, marker);
            }
            Self::Live(effect) => drop(effect.with(|state| state.mount(parent, marker))),
            Self::Each(effect) => drop(effect.with(|list| list.mount(parent, marker))),
            Self::Any(state) => state.mount(parent, marker),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self {
            Self::Nothing(place) => place.insert_before_this(child),
            Self::Text(text, _) => text.insert_before_this(child),
            Self::Tree(tree) => tree.root.insert_before_this(child),
            Self::Many(states, end) => {
                states.first().is_some_and(|first| first.insert_before_this(child)) || end.insert_before_this(child)
            }
            Self::Live(effect) => effect.with(|state| state.insert_before_this(child)).unwrap_or(false),
            Self::Each(effect) => effect.with(|list| list.insert_before_this(child)).unwrap_or(false),
            Self::Any(state) => state.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<Element> {
        match self {
            Self::Nothing(_) | Self::Text(..) => Vec::new(),
            Self::Tree(tree) => vec![tree.root.clone()],
            Self::Many(states, _) => states.iter().flat_map(Self::elements).collect(),
            Self::Live(effect) => effect.with(|state| state.elements()).unwrap_or_default(),
            Self::Each(effect) => effect.with(|list| list.elements()).unwrap_or_default(),
            Self::Any(state) => state.elements(),
        }
    }
}
