//! A value of any type.

use std::any::Any;

/// A value of any type. It is made by a handle, so that its type is that of the handle.
pub(super) struct Value(Box<dyn Any + Send + Sync>);

impl Value {
    pub(super) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Box::new(value))
    }

    pub(super) fn of<T: 'static>(&self) -> &T {
        self.0.downcast_ref().unwrap_or_else(|| mistaken())
    }

    pub(super) fn of_mut<T: 'static>(&mut self) -> &mut T {
        self.0.downcast_mut().unwrap_or_else(|| mistaken())
    }
}

#[cold]
#[inline(never)]
fn mistaken() -> ! {
    unreachable!("a handle has the type of its value")
}

/// What becomes of who uses a value that is gone.
#[cold]
#[inline(never)]
pub(super) fn disposed() -> ! {
    panic!("a reactive value was used that has gone with its owner")
}
