//! The axis that all lanes of a scope share: from 0 to a round number, in divisions of 1, 2 or 5 times a power of ten.

use super::number::fixed;

/// How many divisions at most.
const DIVISIONS: f64 = 5.0;
/// No division is finer than this, in milliseconds.
const FINEST_MS: f64 = 0.01;

/// An axis from 0 milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Where it ends, in milliseconds.
    pub end: f64,
    /// From 0 to the end.
    pub ticks: Vec<Tick>,
}

/// A division of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where, in per cent of the axis.
    pub at: f64,
    /// Its number; empty on an axis without measurements.
    pub label: String,
    /// May be left out where room is short.
    pub minor: bool,
}

impl Axis {
    /// The axis on which something of this many milliseconds fits.
    pub fn fit(longest_ms: f64) -> Self {
        let longest = if longest_ms.is_finite() { longest_ms.max(FINEST_MS) } else { FINEST_MS };
        let rough = longest / DIVISIONS;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|step| step * DIVISIONS >= longest * (1.0 - 1e-9))
            .unwrap_or(power * 10.0);
        let divisions = (longest / step - 1e-9).ceil().max(1.0);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let count = divisions as u32;
        let ticks = (0..=count)
            .map(|n| Tick {
                at: f64::from(n) / divisions * 100.0,
                label: if n == 0 { "0".to_owned() } else { fixed(f64::from(n) * step, decimals) },
                // the last one bears the unit, and takes the room of the one before
                minor: n != count && (n % 2 == 1 || n + 1 == count),
            })
            .collect();
        Self { end: divisions * step, ticks }
    }

    /// Divisions without numbers: nothing was measured yet.
    pub fn blank() -> Self {
        let ticks = (0..=4_u32).map(|n| Tick { at: f64::from(n) * 25.0, label: String::new(), minor: false }).collect();
        Self { end: 1.0, ticks }
    }

    /// Where a time is, in per cent of the axis.
    pub fn percent(&self, ms: f64) -> f64 {
        (ms / self.end * 100.0).clamp(0.0, 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(longest: f64, labels: &[&str]) {
        let axis = Axis::fit(longest);
        let got: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(got, labels, "for {longest}");
        assert!(axis.end >= longest * (1.0 - 1e-9));
    }

    #[test]
    fn divisions_are_round_and_few() {
        check(2.12, &["0", "0.5", "1.0", "1.5", "2.0", "2.5"]);
        check(1.0, &["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        check(0.074, &["0", "0.02", "0.04", "0.06", "0.08"]);
        check(11.0, &["0", "5", "10", "15"]);
        check(9_800.0, &["0", "2000", "4000", "6000", "8000", "10000"]);
    }

    #[test]
    fn where_room_is_short_no_two_neighbours_are_named() {
        for longest in [0.3, 1.0, 2.12, 3.0, 11.0, 14.0] {
            let axis = Axis::fit(longest);
            let named: Vec<usize> =
                axis.ticks.iter().enumerate().filter(|(_, tick)| !tick.minor).map(|(n, _)| n).collect();
            assert_eq!((named.first(), named.last()), (Some(&0), Some(&(axis.ticks.len() - 1))), "for {longest}");
            let crowded = axis.ticks.len() > 2 && named.windows(2).any(|pair| pair[1] - pair[0] < 2);
            assert!(!crowded, "for {longest}: {named:?}");
        }
    }

    #[test]
    fn nonsense_still_gives_an_axis() {
        for nonsense in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            let axis = Axis::fit(nonsense);
            assert!(axis.end > 0.0 && axis.ticks.len() > 1, "{nonsense}: {axis:?}");
        }
    }
}
