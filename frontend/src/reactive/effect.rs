//! What is done anew whenever what it reads changes.

use leptos::prelude as engine;

/// What is done anew whenever what it reads changes, until its owner goes.
#[derive(Clone, Copy, Debug)]
pub struct Effect;

trait Act {
    fn act(&mut self);
}

impl<F: FnMut()> Act for F {
    fn act(&mut self) {
        self();
    }
}

impl Effect {
    /// With what it returned the last time, if there was one.
    pub fn new<T: 'static>(mut act: impl FnMut(Option<T>) -> T + 'static) -> Self {
        let mut last = None;
        Self::of(Box::new(move || last = Some(act(last.take()))))
    }

    #[inline(never)]
    fn of(mut act: Box<dyn Act>) -> Self {
        engine::Effect::new(move || act.act());
        Self
    }
}
