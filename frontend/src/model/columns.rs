//! Where the three columns of a bench part, in per cent of its width.

use super::number::fixed;

/// No column is narrower.
const NARROWEST: f64 = 20.0;

/// The places of the two bars between the columns, from the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns([f64; 2]);

impl Default for Columns {
    fn default() -> Self {
        Self([22.6, 63.5])
    }
}

impl Columns {
    /// Where a bar is, the first or the second.
    pub fn at(self, bar: usize) -> f64 {
        self.0[bar]
    }

    /// From where to where a bar can be moved while the other stays.
    pub fn range(self, bar: usize) -> (f64, f64) {
        let [first, second] = self.0;
        if bar == 0 { (NARROWEST, second - NARROWEST) } else { (first + NARROWEST, 100.0 - NARROWEST) }
    }

    /// With a bar moved, as far as it can be.
    #[must_use]
    pub fn moved(self, bar: usize, to: f64) -> Self {
        let (least, most) = self.range(bar);
        let mut places = self.0;
        places[bar] = to.clamp(least, most);
        Self(places)
    }

    /// As a browser keeps it.
    pub fn write(self) -> String {
        self.0.map(|place| fixed(place, 1)).join(" ")
    }

    /// What was kept, if it is what could have been.
    pub fn read(text: &str) -> Option<Self> {
        let (first, second) = text.split_once(' ')?;
        let kept = Self([first.parse().ok()?, second.parse().ok()?]);
        let fits = |bar: usize| {
            let (least, most) = kept.range(bar);
            (least..=most).contains(&kept.0[bar])
        };
        (fits(0) && fits(1)).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_vanishes() {
        let columns = Columns::default();
        assert_eq!(columns.moved(0, -5.0).at(0), NARROWEST);
        assert_eq!(columns.moved(0, 99.0).at(0), columns.at(1) - NARROWEST);
        assert_eq!(columns.moved(1, 0.0).at(1), columns.at(0) + NARROWEST);
        assert_eq!(columns.moved(1, 99.0).at(1), 100.0 - NARROWEST);
        assert_eq!(columns.moved(1, 60.0).at(0), columns.at(0), "the other bar stays");
    }

    #[test]
    fn what_is_kept_is_read_again_and_nonsense_is_not() {
        let moved = Columns::default().moved(0, 30.0);
        assert_eq!(Columns::read(&moved.write()), Some(moved));
        for nonsense in ["", "30", "30 40", "5 50", "30 95", "NaN 60", "30 inf"] {
            assert_eq!(Columns::read(nonsense), None, "{nonsense}");
        }
    }
}
