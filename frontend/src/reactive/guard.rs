//! What holds a value while it is read or changed.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use leptos::{
    prelude::{IsDisposed as _, Notify as _, Write as _},
    reactive::signal::guards::{Mapped, Plain, ReadGuard, UntrackedWriteGuard},
};

use super::{source::Cell, value::Value};

/// A value that is being read.
pub struct Read<T> {
    reading: Reading,
    kind: PhantomData<T>,
}

/// A value of whatever type that is being read, by where it comes from.
pub(super) enum Reading {
    Cell(ReadGuard<Value, Plain<Value>>),
    Memo(ReadGuard<Value, Mapped<Plain<Option<Value>>, Value>>),
    Said(Value),
}

impl Reading {
    #[inline(never)]
    fn value(&self) -> &Value {
        match self {
            Self::Cell(guard) => guard,
            Self::Memo(guard) => guard,
            Self::Said(value) => value,
        }
    }
}

impl<T> Read<T> {
    pub(super) fn new(reading: Reading) -> Self {
        Self { reading, kind: PhantomData }
    }
}

impl<T: 'static> Deref for Read<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.reading.value().of()
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Read<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A value that is being changed: who follows it is told as soon as this is dropped.
pub struct Write<T> {
    writing: Writing,
    kind: PhantomData<T>,
}

/// A value of whatever type that is being changed.
pub(super) struct Writing {
    guard: Option<UntrackedWriteGuard<Value>>,
    cell: Cell,
}

impl Writing {
    /// None when it is gone.
    ///
    /// # Panics
    ///
    /// While it is being read: the change would be lost.
    #[inline(never)]
    pub(super) fn begin(cell: Cell) -> Option<Self> {
        let guard = cell.try_write_untracked();
        assert!(guard.is_some() || cell.is_disposed(), "a reactive value was changed while it was read");
        guard.map(|guard| Self { guard: Some(guard), cell })
    }

    #[inline(never)]
    pub(super) fn put(cell: Cell, value: Value) {
        if let Some(mut writing) = Self::begin(cell) {
            *writing.value_mut() = value;
        }
    }

    fn value(&self) -> &Value {
        self.guard.as_ref().expect("it is there until this is dropped")
    }

    #[inline(never)]
    fn value_mut(&mut self) -> &mut Value {
        self.guard.as_mut().expect("it is there until this is dropped")
    }
}

impl Drop for Writing {
    #[inline(never)]
    fn drop(&mut self) {
        self.guard = None;
        self.cell.notify();
    }
}

impl<T> Write<T> {
    pub(super) fn new(writing: Writing) -> Self {
        Self { writing, kind: PhantomData }
    }
}

impl<T: 'static> Deref for Write<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.writing.value().of()
    }
}

impl<T: 'static> DerefMut for Write<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.writing.value_mut().of_mut()
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Write<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
