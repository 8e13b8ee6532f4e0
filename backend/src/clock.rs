//! The server's monotonic clock: milliseconds since the process first asked for the time.
//! Steps of every style are on it, so that a page can place them on one axis.

use std::{
    fmt,
    sync::LazyLock,
    time::{Duration, Instant},
};

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

/// A duration in milliseconds, written exactly: with as many decimals as it has, down to nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Millis(pub Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let text = format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_written_exactly() {
        for (nanos, text) in [
            (0, "0"),
            (1, "0.000001"),
            (100_000, "0.1"),
            (10_000_000, "10"),
            (50_000_001, "50.000001"),
            (1_234_567_890, "1234.56789"),
            (359_999_996_400_000_000_001, "359999996400000.000001"),
        ] {
            let duration = Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000_u128) as u32);
            assert_eq!(Millis(duration).to_string(), text);
        }
    }
}
