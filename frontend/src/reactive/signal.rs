//! A value that is read and set.

use std::ops::Deref;

use leptos::prelude::{IsDisposed as _, Notify as _};

use super::{
    Signal, Write,
    guard::Writing,
    source::{Cell, Source},
    value::{Value, disposed},
};

/// A value that is read, as its [`Signal`] is, and set.
pub struct RwSignal<T>(Signal<T>);

handle!(RwSignal<T>);

impl<T> PartialEq for RwSignal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cell() == other.cell()
    }
}

impl<T> Eq for RwSignal<T> {}

impl<T: Default + Send + Sync + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        signal.read_only()
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self(Signal::of(Source::Cell(Cell::new(Value::new(value)))))
    }
}

impl<T> Deref for RwSignal<T> {
    type Target = Signal<T>;

    fn deref(&self) -> &Signal<T> {
        &self.0
    }
}

impl<T> RwSignal<T> {
    /// To be read, and not set.
    pub fn read_only(self) -> Signal<T> {
        self.0
    }

    fn cell(self) -> Cell {
        self.0.source().cell()
    }

    /// Tells those who follow it, though it is as it was.
    pub fn notify(self) {
        self.cell().notify();
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// Changes it, if it is there still.
    pub fn try_write(self) -> Option<Write<T>> {
        Writing::begin(self.cell()).map(Write::new)
    }

    /// Changes it.
    pub fn write(self) -> Write<T> {
        self.try_write().unwrap_or_else(|| disposed())
    }

    /// Changes it, if it is there still.
    pub fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        self.try_write().map(|mut value| change(&mut value))
    }

    /// Changes it, if it is there still.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Gives it another value, if it is there still.
    pub fn set(self, value: T) {
        Writing::put(self.cell(), Value::new(value));
    }

    /// Gives it another value, or back what it cannot be given, as it is gone.
    pub fn try_set(self, value: T) -> Option<T> {
        if self.cell().is_disposed() {
            return Some(value);
        }
        self.set(value);
        None
    }
}
