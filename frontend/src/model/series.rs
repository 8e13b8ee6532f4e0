//! The last minute of a figure that is read once a second, as a line.

use std::{collections::VecDeque, fmt::Write as _};

/// How many readings are kept.
pub const KEPT: usize = 60;

/// The readings, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    readings: VecDeque<f64>,
}

impl Series {
    /// Adds one; the oldest goes.
    pub fn push(&mut self, reading: f64) {
        self.readings.push_back(reading);
        if self.readings.len() > KEPT {
            self.readings.pop_front();
        }
    }

    /// The newest.
    pub fn last(&self) -> Option<f64> {
        self.readings.back().copied()
    }

    /// The points of a line in a box, the newest at its right edge, the largest at its top, nothing at its bottom.
    pub fn points(&self, width: f64, height: f64) -> String {
        let largest = self.readings.iter().copied().fold(1.0, f64::max);
        let step = width / (KEPT - 1) as f64;
        let first = KEPT - self.readings.len();
        let mut points = String::with_capacity(self.readings.len() * 10);
        for (at, reading) in self.readings.iter().enumerate() {
            let (x, y) = ((first + at) as f64 * step, height - reading / largest * height);
            // a String takes whatever is written to it
            let _ = write!(points, "{x:.1},{y:.1} ");
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_at_the_right_and_the_largest_on_top() {
        let mut series = Series::default();
        for reading in [0.0, 5.0, 10.0] {
            series.push(reading);
        }
        assert_eq!(series.points(59.0, 20.0), "57.0,20.0 58.0,10.0 59.0,0.0 ");
        assert_eq!(series.last(), Some(10.0));
    }

    #[test]
    fn an_idle_minute_is_a_line_at_the_bottom() {
        let mut series = Series::default();
        for _ in 0..KEPT + 5 {
            series.push(0.0);
        }
        let points = series.points(59.0, 20.0);
        assert_eq!(points.split_whitespace().count(), KEPT);
        assert!(points.starts_with("0.0,20.0 ") && points.ends_with("59.0,20.0 "), "{points}");
    }
}
