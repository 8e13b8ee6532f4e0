//! A value that is read and set.

use std::{fmt, marker::PhantomData};

use leptos::prelude::{IsDisposed as _, Notify as _};

use super::{
    Read, Signal, Write,
    guard::Writing,
    source::{Cell, Source},
    value::{Value, disposed},
};

/// A value that is read and set.
pub struct RwSignal<T> {
    cell: Cell,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T> fmt::Debug for RwSignal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RwSignal")
    }
}

impl<T> PartialEq for RwSignal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cell == other.cell
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
        Self { cell: Cell::new(Value::new(value)), kind: PhantomData }
    }
}

impl<T> RwSignal<T> {
    /// To be read, and not set.
    pub fn read_only(self) -> Signal<T> {
        Signal::of(Source::Cell(self.cell))
    }

    /// Follows it.
    pub fn track(self) {
        self.read_only().track();
    }

    /// Tells those who follow it, though it is as it was.
    pub fn notify(self) {
        self.cell.notify();
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// Reads it, and follows it.
    pub fn read(self) -> Read<T> {
        self.read_only().read()
    }

    /// Reads it.
    pub fn read_untracked(self) -> Read<T> {
        self.read_only().read_untracked()
    }

    /// Reads it, and follows it.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.read())
    }

    /// Reads it.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.read_untracked())
    }

    /// A copy, and follows it.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.read_only().get()
    }

    /// A copy.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.read_only().get_untracked()
    }

    /// A copy, if it is there still.
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.read_only().try_get_untracked()
    }

    /// Changes it, if it is there still.
    pub fn try_write(self) -> Option<Write<T>> {
        Writing::begin(self.cell).map(Write::new)
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
        Writing::put(self.cell, Value::new(value));
    }

    /// Gives it another value, or back what it cannot be given, as it is gone.
    pub fn try_set(self, value: T) -> Option<T> {
        if self.cell.is_disposed() {
            return Some(value);
        }
        self.set(value);
        None
    }
}
