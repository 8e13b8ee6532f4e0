//! Reactive values, for less code than those of leptos, whose graph, owners and effects they are: leptos writes its
//! code anew for each type of value; here a value is kept as one of any type, the code is written once, and a handle
//! knows the type. The names and what they mean are those of leptos; to name a handle here hides the one of its prelude.
//!
//! - [`RwSignal`]: a value that is read and set
//! - [`Signal`]: a value that is read, wherever it comes from; a [`Memo`] is one that is worked out
//! - [`StoredValue`]: a value that nobody follows; a [`LocalValue`] is one that stays on its thread
//! - [`Callback`]: a function that can be copied
//! - [`Effect`]: what is done anew whenever what it reads changes

#![expect(clippy::disallowed_types, reason = "everybody else is to have the handles that are made of them here")]

/// What all handles are, whatever their value is: copied, and shown by their name.
macro_rules! handle {
    ($name:ident<$($kind:ident),+>) => {
        impl<$($kind),+> Clone for $name<$($kind),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($kind),+> Copy for $name<$($kind),+> {}

        impl<$($kind),+> ::std::fmt::Debug for $name<$($kind),+> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}
pub(crate) use handle;

mod callback;
mod effect;
mod guard;
mod local;
mod signal;
mod source;
mod stored;
#[cfg(test)]
mod tests;
mod value;

pub use self::{
    callback::Callback,
    effect::Effect,
    guard::{Read, Write},
    local::LocalValue,
    signal::RwSignal,
    source::{Memo, Signal},
    stored::StoredValue,
};
