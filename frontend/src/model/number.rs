//! How numbers are written: as many digits as mean something.

/// Milliseconds without their unit: `1234`, `12.3`, `1.23`, `0.123`, `0.003`.
pub fn ms(value: f64) -> String {
    match value.abs() {
        v if !v.is_finite() => "–".to_owned(),
        v if v >= 99.95 => format!("{value:.0}"),
        v if v >= 9.995 => format!("{value:.1}"),
        v if v >= 0.995 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Whole seconds until `at_ms`, never below 0.
pub fn seconds_until(at_ms: f64, now_ms: f64) -> u32 {
    ((at_ms - now_ms) / 1_000.0).ceil().clamp(0.0, 86_400.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_meaningful_digits() {
        let written = [0.0, 0.0031, 0.25, 0.999, 1.414, 9.999, 24.06, 99.97, 1_234.5].map(ms);
        assert_eq!(written, ["0.000", "0.003", "0.250", "1.00", "1.41", "10.0", "24.1", "100", "1234"]);
    }

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!([seconds_until(3_100.0, 1_000.0), seconds_until(1.0, 1_000.0)], [3, 0]);
    }
}
