//! A value that nobody follows and that stays on its thread.

use send_wrapper::SendWrapper;

use super::StoredValue;

/// A value that nobody follows and that stays on its thread.
pub struct LocalValue<T>(StoredValue<SendWrapper<T>>);

handle!(LocalValue<T>);

impl<T: 'static> LocalValue<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self(StoredValue::new(SendWrapper::new(value)))
    }

    /// Reads it.
    pub fn with_value<U>(self, read: impl FnOnce(&T) -> U) -> U {
        self.0.with_value(|value| read(value))
    }

    /// A copy.
    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// A copy, if it is there still.
    pub fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        self.0.try_read_value().map(|value| T::clone(&value))
    }

    /// Changes it, if it is there still.
    pub fn try_update_value<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        self.0.try_update_value(|value| change(value))
    }

    /// Changes it, if it is there still.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Gives it another value, if it is there still.
    pub fn set_value(self, value: T) {
        self.update_value(|now| *now = value);
    }
}
