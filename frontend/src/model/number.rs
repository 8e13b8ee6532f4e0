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

/// With so many decimals, by whole numbers: what the standard library brings for it is 20 KB of the program.
pub fn fixed(value: f64, decimals: u32) -> String {
    let unit = 10u64.pow(decimals);
    let scaled = (value.abs() * unit as f64).round_ties_even() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let whole = scaled / unit;
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    // the one before the decimals keeps their zeros
    let part = (unit + scaled % unit).to_string();
    format!("{sign}{whole}.{}", &part[1..])
}

/// Reads digits with or without a point among them; nothing else is a number here, for the same reason as in [`fixed`].
pub fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then_some(());
    digits(whole)?;
    digits(part)?;
    let part = &part[..part.len().min(9)];
    let read = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u64>().ok() };
    (text.len() > 1 || !whole.is_empty()).then_some(())?;
    Some(read(whole)? as f64 + read(part)? as f64 / 10u64.pow(part.len() as u32) as f64)
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
    fn decimals_are_those_of_the_standard_library() {
        for value in [0.0, 0.0625, 0.1, 1.005, 12.25, 99.999, 1e6, -0.04, -3.25] {
            for decimals in 0..4 {
                let theirs = format!("{value:.*}", decimals as usize);
                let theirs =
                    if theirs.bytes().all(|byte| b"-0.".contains(&byte)) { theirs.replace('-', "") } else { theirs };
                assert_eq!(fixed(value, decimals), theirs, "{value}");
            }
        }
    }

    #[test]
    fn digits_and_a_point_are_a_number() {
        assert_eq!(["12.000500", "0.031", "7", ".5"].map(decimal), [12.0005, 0.031, 7.0, 0.5].map(Some));
        assert_eq!(["", ".", "HIT", "-1", "1e3", "1.2.3", "99999999999999999999"].map(decimal), [None; 7]);
    }

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!([seconds_until(3_100.0, 1_000.0), seconds_until(1.0, 1_000.0)], [3, 0]);
    }
}
