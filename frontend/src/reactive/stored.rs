//! A value that nobody follows.

use std::marker::PhantomData;

use leptos::prelude::{self as engine, ReadValue as _, WriteValue as _};
use leptos::reactive::signal::guards::UntrackedWriteGuard;

use super::{
    Read,
    guard::Reading,
    value::{Value, disposed},
};

type Store = engine::StoredValue<Value>;

/// A value that nobody follows.
pub struct StoredValue<T> {
    store: Store,
    kind: PhantomData<fn() -> T>,
}

handle!(StoredValue<T>);

#[inline(never)]
fn store(value: Value) -> Store {
    Store::new(value)
}

#[inline(never)]
fn reading(store: Store) -> Option<Reading> {
    store.try_read_value().map(Reading::Cell)
}

#[inline(never)]
fn writing(store: Store) -> Option<UntrackedWriteGuard<Value>> {
    store.try_write_value()
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self { store: store(Value::new(value)), kind: PhantomData }
    }
}

impl<T: 'static> StoredValue<T> {
    /// Reads it, if it is there still.
    pub fn try_read_value(self) -> Option<Read<T>> {
        reading(self.store).map(Read::new)
    }

    /// Reads it.
    pub fn read_value(self) -> Read<T> {
        self.try_read_value().unwrap_or_else(|| disposed())
    }

    /// Reads it.
    pub fn with_value<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.read_value())
    }

    /// A copy.
    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        T::clone(&self.read_value())
    }

    /// A copy, if it is there still.
    pub fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_read_value().map(|value| T::clone(&value))
    }

    /// Changes it, if it is there still.
    pub fn try_update_value<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        writing(self.store).map(|mut value| change(value.of_mut()))
    }

    /// Changes it, if it is there still.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Gives it another value, or back what it cannot be given, as it is gone.
    pub fn try_set_value(self, value: T) -> Option<T> {
        match writing(self.store) {
            Some(mut now) => {
                *now.of_mut() = value;
                None
            }
            None => Some(value),
        }
    }

    /// Gives it another value, if it is there still.
    pub fn set_value(self, value: T) {
        self.try_set_value(value);
    }
}
