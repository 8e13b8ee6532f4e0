//! State that outlives the pages: what a bench holds (draft, answer, consumers, messages) is there again when the visitor
//! comes back from another page. Each bench's state is a context above the routes, created by the first visit to the page,
//! so that its code loads with the page.

use leptos::{prelude::*, reactive::owner::Owner};

/// The owner of the state of all benches; a context.
#[derive(Clone, Debug)]
struct StateOwner(Owner);

/// Lets [`state`] keep values for as long as the calling component lives.
///
/// # Panics
/// Outside of a component.
pub fn provide() {
    provide_context(StateOwner(Owner::current().expect("a component has an owner")));
}

/// The state of type `T`, which `new` creates on the first call. Signals, effects and tasks of the state live as long as
/// the component that called [`provide`].
///
/// # Panics
/// Outside of the components below the one that called [`provide`].
pub fn state<T: Clone + Send + Sync + 'static>(new: impl FnOnce() -> T) -> T {
    use_context().unwrap_or_else(|| {
        let StateOwner(owner) = expect_context();
        owner.with(|| {
            let state = untrack(new);
            provide_context(state.clone());
            state
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_survives_the_component_that_created_it() {
        let app = Owner::new();
        app.with(provide);
        let visit = |value: u32| {
            let page = app.with(Owner::new);
            let signal = page.with(|| state(|| RwSignal::new(value)));
            page.cleanup();
            signal.get_untracked()
        };
        assert_eq!(visit(1), 1);
        assert_eq!(visit(2), 1, "the second visit finds the state of the first");
    }
}
