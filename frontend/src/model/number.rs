//! How numbers are written: as many digits as mean something.

/// Milliseconds without their unit: `1234`, `12.3`, `1.23`, `0.123`, `0.003`.
pub fn ms(value: f64) -> String {
    match value.abs() {
        v if !v.is_finite() => "–".to_owned(),
        v if v >= 99.95 => fixed(value, 0),
        v if v >= 9.995 => fixed(value, 1),
        v if v >= 0.995 => fixed(value, 2),
        _ => fixed(value, 3),
    }
}

/// A count with its thousands apart: `18,240`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with this many decimals, without a sign when all its digits are zero.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.bytes().all(|byte| matches!(byte, b'0' | b'.')) => zero.to_owned(),
        _ => text,
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
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn zero_has_no_sign() {
        let written = [-0.04, -0.06, -0.0, 0.0625, -3.25].map(|value| fixed(value, 1));
        assert_eq!(written, ["0.0", "-0.1", "0.0", "0.1", "-3.2"]);
        assert_eq!([fixed(-0.4, 0), fixed(12.0, 3)], ["0", "12.000"]);
    }

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!([seconds_until(3_100.0, 1_000.0), seconds_until(1.0, 1_000.0)], [3, 0]);
    }
}
