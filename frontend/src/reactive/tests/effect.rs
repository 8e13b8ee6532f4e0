//! Effects: these need something that runs what leptos spawns.

use std::{cell::RefCell, sync::Once};

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use futures_util::{FutureExt as _, StreamExt as _, future::LocalBoxFuture, stream::FuturesUnordered};
use leptos::prelude::Owner;

use super::super::{Effect, RwSignal, StoredValue};

thread_local! {
    static SPAWNED: RefCell<Vec<LocalBoxFuture<'static, ()>>> = RefCell::default();
    static RUNNING: RefCell<FuturesUnordered<LocalBoxFuture<'static, ()>>> = RefCell::default();
}

/// Runs what was spawned on a thread when that thread says so.
struct Turns;

impl CustomExecutor for Turns {
    fn spawn(&self, future: PinnedFuture<()>) {
        self.spawn_local(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        SPAWNED.with_borrow_mut(|spawned| spawned.push(future));
    }

    /// Until all of it waits.
    fn poll_local(&self) {
        RUNNING.with_borrow_mut(|running| {
            running.extend(SPAWNED.take());
            while let Some(Some(())) = running.next().now_or_never() {}
        });
    }
}

/// What an effect saw, after some changes; its owner is not that of the signal.
fn seen(test: impl FnOnce(&Owner, RwSignal<i32>)) -> Vec<(Option<i32>, i32)> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| Executor::init_custom_executor(Turns).expect("no other test has one"));
    let (of_signal, of_effect) = (Owner::new(), Owner::new());
    let (signal, seen) = of_signal.with(|| (RwSignal::new(1), StoredValue::new(Vec::new())));
    of_effect.with(|| {
        Effect::new(move |before| {
            let now = signal.get();
            seen.update_value(|seen| seen.push((before, now)));
            now
        });
    });
    test(&of_effect, signal);
    seen.get_value()
}

#[test]
fn an_effect_runs_anew_with_what_it_returned() {
    let seen = seen(|_, signal| {
        Executor::poll_local();
        Executor::poll_local();
        signal.set(2);
        signal.set(3);
        Executor::poll_local();
    });
    assert_eq!(seen, [(None, 1), (Some(1), 3)]);
}

#[test]
fn an_effect_does_not_run_at_once() {
    let seen = seen(|_, signal| signal.set(2));
    assert_eq!(seen, []);
}

#[test]
fn an_effect_ends_with_its_owner() {
    let seen = seen(|owner, signal| {
        Executor::poll_local();
        owner.cleanup();
        signal.set(2);
        Executor::poll_local();
    });
    assert_eq!(seen, [(None, 1)]);
}
