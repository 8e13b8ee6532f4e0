//! An element with what is in it: markup, and what belongs to the places in it that change.

use std::fmt;

use leptos::{ev::EventDescriptor, prelude::*, reactive::effect::RenderEffect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::Element;

use super::{At, Node, NodeRef, Say, State, Value, node_ref::Drawn, template};

/// Hears an event.
pub trait Listen {
    /// That it happened.
    fn hear(&mut self, event: JsValue);
}

impl<F: FnMut(JsValue)> Listen for F {
    fn hear(&mut self, event: JsValue) {
        self(event);
    }
}

/// What hears an event.
pub type Listener = Box<dyn Listen>;

/// An element before it is drawn.
pub struct Tree {
    html: &'static str,
    drawn: bool,
    /// In the order of the document.
    parts: Vec<Part>,
}

/// What belongs to a place, and its number among the nodes of the markup in the order of the document.
struct Part {
    place: u16,
    what: What,
}

enum What {
    Fixed(&'static At, Value),
    Live(&'static At, Box<dyn Say<Value>>),
    On(&'static At, SendWrapper<Listener>),
    Node(Node),
    Refer(Drawn),
}

/// An element in the document.
pub struct TreeState {
    html: &'static str,
    pub(super) root: Element,
    held: Vec<Held>,
}

enum Held {
    Fixed(&'static At, Element, Value),
    Live(&'static At, Element, RenderEffect<Value>),
    On(&'static At, Element, Closure<dyn FnMut(JsValue)>),
    Node(State),
    Refer(Element),
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.html)
    }
}

impl fmt::Debug for TreeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.html)
    }
}

/// A listener of the type that its event asks for.
pub fn listener<E>(_event: &E, mut heard: impl FnMut(E::EventType) + 'static) -> Listener
where
    E: EventDescriptor,
    E::EventType: From<JsValue>,
{
    Box::new(move |event: JsValue| heard(event.into()))
}

impl Tree {
    /// An element as its markup says.
    pub fn new(html: &'static str) -> Self {
        Self { html, drawn: false, parts: Vec::new() }
    }

    /// An element of a drawing; its markup is in an `svg`.
    pub fn drawn(html: &'static str) -> Self {
        Self { html, drawn: true, parts: Vec::new() }
    }

    fn push(&mut self, place: u16, what: What) {
        self.parts.push(Part { place, what });
    }

    /// Sets something once.
    pub fn fixed(&mut self, at: &'static At, value: Value) {
        self.push(at.place, What::Fixed(at, value));
    }

    /// Sets something whenever it is said anew.
    pub fn live(&mut self, at: &'static At, say: Box<dyn Say<Value>>) {
        self.push(at.place, What::Live(at, say));
    }

    /// Listens.
    pub fn on(&mut self, at: &'static At, listener: Listener) {
        self.push(at.place, What::On(at, SendWrapper::new(listener)));
    }

    /// Puts a view in the place of a comment.
    pub fn put(&mut self, place: u16, node: Node) {
        self.push(place, What::Node(node));
    }

    /// Tells which element it is.
    pub fn refer<E>(&mut self, place: u16, told: NodeRef<E>) {
        self.push(place, What::Refer(told.of_any_kind()));
    }

    pub(super) fn build(self) -> TreeState {
        let root = template::copy(self.html, self.drawn);
        let places = self.places(&root);
        let held = self.parts.into_iter().zip(places).map(|(part, place)| part.what.build(place)).collect();
        TreeState { html: self.html, root, held }
    }

    /// The node of each part, before anything is put among them.
    fn places(&self, root: &Element) -> Vec<web_sys::Node> {
        let walker = document().create_tree_walker(root).expect("an element is a root");
        let next = || walker.next_node().ok().flatten().expect("a number is one of the markup's nodes");
        let mut places: Vec<web_sys::Node> = Vec::with_capacity(self.parts.len());
        let mut at: (u16, web_sys::Node) = (0, root.clone().into());
        for part in &self.parts {
            while at.0 < part.place {
                at = (at.0 + 1, next());
            }
            places.push(at.1.clone());
        }
        places
    }

    /// Whether what there is can be made what this says.
    pub(super) fn fits(&self, state: &TreeState) -> bool {
        self.html == state.html
            && self.parts.len() == state.held.len()
            && self.parts.iter().zip(&state.held).all(|(part, held)| part.what.fits(held))
    }

    pub(super) fn rebuild(self, state: &mut TreeState) {
        for (part, held) in self.parts.into_iter().zip(&mut state.held) {
            part.what.rebuild(held);
        }
    }
}

impl What {
    fn build(self, place: web_sys::Node) -> Held {
        let element: &Element = place.unchecked_ref();
        match self {
            Self::Fixed(at, value) => {
                at.set(element, &value);
                Held::Fixed(at, element.clone(), value)
            }
            Self::Live(at, say) => Held::Live(at, element.clone(), live(at, element, say, None)),
            Self::On(at, listener) => Held::On(at, element.clone(), listen(element, at, listener.take())),
            Self::Node(node) => Held::Node(node.build_in(place)),
            Self::Refer(told) => {
                told.set(Some(SendWrapper::new(element.clone())));
                Held::Refer(element.clone())
            }
        }
    }

    fn fits(&self, held: &Held) -> bool {
        match (self, held) {
            (Self::Fixed(at, _), Held::Fixed(held, ..))
            | (Self::Live(at, _), Held::Live(held, ..))
            | (Self::On(at, _), Held::On(held, ..)) => at == held,
            (Self::Node(_), Held::Node(_)) | (Self::Refer(_), Held::Refer(_)) => true,
            _ => false,
        }
    }

    fn rebuild(self, held: &mut Held) {
        match (self, held) {
            (Self::Fixed(at, value), Held::Fixed(_, element, now)) if value != *now => {
                at.set(element, &value);
                *now = value;
            }
            (Self::Live(at, say), Held::Live(_, element, effect)) => {
                let now = effect.take_value();
                *effect = live(at, element, say, now);
            }
            (Self::On(at, listener), Held::On(_, element, heard)) => {
                // it was added
                let _ = element.remove_event_listener_with_callback(at.name, heard.as_ref().unchecked_ref());
                *heard = listen(element, at, listener.take());
            }
            (Self::Node(node), Held::Node(state)) => node.rebuild(state),
            (Self::Refer(told), Held::Refer(element)) => told.set(Some(SendWrapper::new(element.clone()))),
            // the tree fits, so that it is the same value
            _ => {}
        }
    }
}

/// Listens for as long as what it returns is there.
fn listen(element: &Element, at: &At, mut listener: Listener) -> Closure<dyn FnMut(JsValue)> {
    let heard = Closure::<dyn FnMut(JsValue)>::new(move |event| listener.hear(event));
    // fails for what is no function
    let _ = element.add_event_listener_with_callback(at.name, heard.as_ref().unchecked_ref());
    heard
}

fn live(at: &'static At, element: &Element, mut say: Box<dyn Say<Value>>, now: Option<Value>) -> RenderEffect<Value> {
    let element = element.clone();
    RenderEffect::new_with_value(
        move |now: Option<Value>| {
            let value = say.say();
            if now.as_ref() != Some(&value) {
                at.set(&element, &value);
            }
            value
        },
        now,
    )
}
