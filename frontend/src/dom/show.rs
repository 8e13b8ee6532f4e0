//! What is there at times: `<Show when=..>` in a view.

use leptos::{prelude::*, reactive::computed::ArcMemo};

use super::{Node, Say};

/// One view as long as something is so, else the other. It is drawn anew only when that changes.
pub fn show(
    when: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> Node + Send + 'static,
    otherwise: impl Fn() -> Node + Send + 'static,
) -> Node {
    drawn(Box::new(when), Box::new(view), Box::new(otherwise))
}

fn drawn(
    when: Box<dyn Fn() -> bool + Send + Sync>,
    mut view: Box<dyn Say<Node>>,
    mut otherwise: Box<dyn Say<Node>>,
) -> Node {
    let so = ArcMemo::new(move |_| when());
    Node::Live(Box::new(move || if so.get() { view.say() } else { otherwise.say() }))
}
