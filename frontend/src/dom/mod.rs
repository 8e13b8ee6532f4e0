//! What views are made of. `view!` writes them down as a [`Node`], of one type whatever is in it; this draws them, and
//! keeps them as their closures say. Code that is the same for all views is what keeps the page small.
//!
//! - [`Node`], [`IntoNode`]: a view, and what can be one
//! - [`Tree`]: an element, copied from its markup, with the places in it that change
//! - [`NodeRef`]: an element of a view, once it is drawn
//! - [`Value`], [`Give`]: what attributes, classes and properties are set to
//! - [`each()`]: the items of a list; [`show()`]: what is there at times
//! - [`State`]: what there is of a view in the document

mod each;
mod leptos;
mod node;
mod node_ref;
mod say;
mod show;
mod state;
mod template;
mod tree;
mod value;

pub use self::{
    each::{Each, IntoKey, Key, List, each},
    node::{IntoNode, Node},
    node_ref::NodeRef,
    say::Say,
    show::show,
    state::State,
    tree::{Listener, Tree, listener},
    value::{At, Give, IntoValue, Kind, Value},
};
