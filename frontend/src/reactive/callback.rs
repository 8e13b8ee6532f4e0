//! A function that can be copied.

use std::sync::Arc;

use super::StoredValue;

/// A function that can be copied.
pub struct Callback<In, Out = ()>(StoredValue<Run<In, Out>>);

type Run<In, Out> = Arc<dyn Fn(In) -> Out + Send + Sync>;

handle!(Callback<In, Out>);

impl<In: 'static, Out: 'static, F: Fn(In) -> Out + Send + Sync + 'static> From<F> for Callback<In, Out> {
    fn from(run: F) -> Self {
        Self::new(run)
    }
}

impl<In: 'static, Out: 'static> Callback<In, Out> {
    /// Of a function.
    pub fn new(run: impl Fn(In) -> Out + Send + Sync + 'static) -> Self {
        Self(StoredValue::new(Arc::new(run)))
    }

    /// Runs it.
    pub fn run(self, input: In) -> Out {
        let run = self.0.get_value();
        run(input)
    }
}
