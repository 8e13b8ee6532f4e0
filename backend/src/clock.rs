//! The server's monotonic clock: milliseconds since the process first asked for the time.
//! Steps of every style are on it, so that a page can place them on one axis.

use std::{sync::LazyLock, time::Instant};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static INSTANCE: LazyLock<String> = LazyLock::new(|| ulid::Ulid::generate().to_string());

/// Starts the clock. Later calls change nothing.
pub fn start() {
    LazyLock::force(&START);
}

/// Nanoseconds on the clock at `instant`; 0 before it started.
#[must_use]
pub fn nanos(instant: Instant) -> u64 {
    u64::try_from(instant.saturating_duration_since(*START).as_nanos()).unwrap_or(u64::MAX)
}

/// Milliseconds on the clock now.
#[must_use]
pub fn now_ms() -> f64 {
    to_ms(nanos(Instant::now()))
}

/// Nanoseconds as milliseconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact for the first 104 days, then off by nanoseconds")]
pub fn to_ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

/// Names this process: times of another instance are on another clock.
#[must_use]
pub fn instance() -> &'static str {
    &INSTANCE
}
