//! How the page begins: in several short tasks, behind the shell, so that the browser can answer in between; then the shell
//! goes and all of it is there at once. What is built later, another page say, is built as it comes.

use std::collections::VecDeque;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use crate::dom::IntoNode as _;

/// What waits for its turn; a context.
#[derive(Clone, Copy, Debug)]
pub struct Boot {
    /// None once the page is there.
    waiting: StoredValue<Option<VecDeque<RwSignal<bool>>>>,
}

impl Boot {
    /// Begins. The page's [`Apart`]s ask for it as a context.
    pub fn begin() -> Self {
        Self { waiting: StoredValue::new(Some(VecDeque::new())) }
    }

    /// Lets everything have its turn, also what only comes to wait meanwhile, then lets the shell go.
    pub async fn finish(self) {
        loop {
            pause().await;
            let next =
                self.waiting.try_update_value(|waiting| waiting.as_mut().and_then(VecDeque::pop_front)).flatten();
            let Some(next) = next else { break };
            // gone, if the visitor went on meanwhile
            next.try_set(true);
            // its effects come with the next task of the executor
            leptos::task::tick().await;
        }
        self.waiting.set_value(None);
        if let Some(shell) = document().get_element_by_id("boot") {
            shell.remove();
        }
    }
}

/// Lets the browser do what it has to. What is in the background keeps nobody waiting, and its timers are slow.
pub async fn pause() {
    if !document().hidden() {
        TimeoutFuture::new(0).await;
    }
}

/// Something that is built in a task of its own while the page begins.
#[component]
pub fn Apart(
    /// What that is.
    children: ChildrenFn,
) -> impl IntoView {
    let Boot { waiting } = expect_context();
    if waiting.with_value(Option::is_none) {
        children().into_node()
    } else {
        let turn = RwSignal::new(false);
        waiting.update_value(|waiting| waiting.iter_mut().for_each(|waiting| waiting.push_back(turn)));
        (move || turn.get().then(|| children())).into_node()
    }
}
