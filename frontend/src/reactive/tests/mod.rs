//! What holds of the handles. What is in [`same`] is asked of those of leptos, too: one means what the other does.

mod effect;
mod own;
mod same;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use leptos::prelude::Owner;

/// How often something was done.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a test within an owner.
fn owned(test: impl FnOnce()) {
    Owner::new().with(test);
}

/// What was made for an owner that has gone since.
fn orphaned<T>(make: impl FnOnce() -> T) -> T {
    let owner = Owner::new();
    let made = owner.with(make);
    owner.cleanup();
    made
}
