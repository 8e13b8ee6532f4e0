//! A view before it is drawn.

use std::{any::Any, borrow::Cow, fmt};

use leptos::prelude::*;

use super::{Each, Say, Tree};

/// A view.
pub enum Node {
    /// Nothing.
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// An element.
    Tree(Tree),
    /// Some, beside one another.
    Many(Vec<Node>),
    /// What is said anew whenever what it reads changes.
    Live(Box<dyn Say<Node>>),
    /// The items of a list.
    Each(Each),
    /// A view of leptos.
    Any(AnyView),
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").finish_non_exhaustive()
    }
}

impl Node {
    /// A view of leptos.
    pub fn of(view: impl IntoView + 'static) -> Self {
        let mut view = Some(view);
        let any: &mut dyn Any = &mut view;
        if let Some(node) = any.downcast_mut().and_then(Option::<Self>::take) {
            return node;
        }
        if let Some(any) = any.downcast_mut().and_then(Option::<AnyView>::take) {
            return Self::Any(any);
        }
        view.map_or(Self::Nothing, |view| Self::Any(view.into_any()))
    }
}

/// What can be a part of a view.
pub trait IntoNode {
    /// As a view.
    fn into_node(self) -> Node;
}

impl<F, N> IntoNode for F
where
    F: FnMut() -> N + Send + 'static,
    N: IntoNode,
{
    fn into_node(mut self) -> Node {
        Node::Live(Box::new(move || self().into_node()))
    }
}

macro_rules! nodes {
    ($(|$value:ident: $type:ty| $into:expr;)*) => {$(
        impl IntoNode for $type {
            fn into_node(self) -> Node {
                let $value = self;
                $into
            }
        }
    )*};
}

nodes! {
    |node: Node| node;
    |view: AnyView| Node::Any(view);
    |_nothing: ()| Node::Nothing;
    |text: &'static str| Node::Text(Cow::Borrowed(text));
    |text: String| Node::Text(Cow::Owned(text));
    |text: Cow<'static, str>| Node::Text(text);
    |sign: char| sign.to_string().into_node();
    |number: i32| number.to_string().into_node();
    |number: u8| number.to_string().into_node();
    |number: u16| number.to_string().into_node();
    |number: u32| number.to_string().into_node();
    |number: u64| number.to_string().into_node();
    |number: usize| number.to_string().into_node();
}

impl<N: IntoNode> IntoNode for Option<N> {
    fn into_node(self) -> Node {
        self.map_or(Node::Nothing, N::into_node)
    }
}

impl<N: IntoNode> IntoNode for Vec<N> {
    fn into_node(self) -> Node {
        Node::Many(self.into_iter().map(N::into_node).collect())
    }
}

impl<N: IntoNode, const COUNT: usize> IntoNode for [N; COUNT] {
    fn into_node(self) -> Node {
        Node::Many(self.into_iter().map(N::into_node).collect())
    }
}

macro_rules! tuples {
    ($(($($one:ident),+);)*) => {$(
        impl<$($one: IntoNode),+> IntoNode for ($($one,)+) {
            fn into_node(self) -> Node {
                #[expect(non_snake_case, reason = "a value has the name of its type")]
                let ($($one,)+) = self;
                Node::Many(vec![$($one.into_node()),+])
            }
        }
    )*};
}

tuples! {
    (One, Two);
    (One, Two, Three);
}

macro_rules! signals {
    ($($type:ident),*) => {$(
        impl<N: IntoNode + Clone + Send + Sync + 'static> IntoNode for $type<N> {
            fn into_node(self) -> Node {
                Node::Live(Box::new(move || self.get().into_node()))
            }
        }
    )*};
}

signals!(Signal, RwSignal, Memo);
