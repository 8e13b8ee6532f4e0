//! How long to wait before the next attempt: a value that is right by construction.

use std::time::Duration;

/// Doubles from `first` to `cap`. Each delay is drawn from the upper half of its step, so that many servers do not
/// come back to a broker in step.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
    next: Duration,
}

impl Backoff {
    /// # Panics
    /// At compile time, when used in a const: if `first` is zero or longer than `cap`.
    #[must_use]
    pub const fn new(first: Duration, cap: Duration) -> Self {
        assert!(!first.is_zero(), "a back-off of zero is a busy loop");
        assert!(first.as_nanos() <= cap.as_nanos(), "a back-off grows towards its cap");
        Self { first, cap, next: first }
    }

    /// The next delay, never longer than the cap.
    pub fn delay(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(self.cap);
        step.mul_f64(fastrand::f64().mul_add(0.5, 0.5))
    }

    /// Starts over, after a success that lasted.
    pub fn reset(&mut self) {
        self.next = self.first;
    }

    /// The longest delay there can be.
    #[must_use]
    pub const fn cap(&self) -> Duration {
        self.cap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap_and_vary_within_their_upper_half() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(350));
        for step in [100, 200, 350, 350] {
            let delay = backoff.delay();
            assert!(ms(step / 2) <= delay && delay <= ms(step), "{delay:?} of {step}");
        }
        backoff.reset();
        assert!(backoff.delay() <= ms(100));
    }
}
