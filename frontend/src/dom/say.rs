//! What is asked again and again. A `dyn FnMut` comes with code for being called once and for all, for each closure that
//! becomes one; nobody does that here.

/// Says a value anew.
pub trait Say<T>: Send {
    /// What it is now.
    fn say(&mut self) -> T;
}

impl<T, F: FnMut() -> T + Send> Say<T> for F {
    fn say(&mut self) -> T {
        self()
    }
}
