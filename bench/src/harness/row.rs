//! A row of the table: what is compared, the goal, and the result.

use anyhow::Context as _;

use crosstalk_measure::{Interval, Verdict};

use super::rounds::{Sample, Series};

/// A row before it is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// `family/row`, which the filter is applied to.
    pub(crate) name: &'static str,
    /// A description of what is measured.
    pub(crate) what: &'static str,
    pub(crate) unit: Unit,
    /// The contender that is judged.
    pub(crate) subject: &'static str,
    /// The contender it is compared with; none if the figure itself is judged.
    pub(crate) peer: Option<&'static str>,
    /// None if the row is only shown.
    pub(crate) goal: Option<Goal>,
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    PerSecond,
    Milliseconds,
    /// 1,000,000 bytes.
    Megabytes,
    /// 1,000 bytes.
    Kilobytes,
    /// A number of items.
    Count,
    /// Points of a score.
    Points,
}

/// The goal for the ratio, or for the figure if there is no peer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// At least this, or no less than before a change, if that was measured.
    AsBeforeOrAtLeast(f64),
}

impl Goal {
    fn judge(self, interval: &Interval) -> Verdict {
        match self {
            Self::AtLeast(bound) | Self::AsBeforeOrAtLeast(bound) => crosstalk_measure::Goal::AtLeast(bound),
            Self::AtMost(bound) => crosstalk_measure::Goal::AtMost(bound),
        }
        .judge(interval)
    }
}

/// A row that was measured.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) spec: Spec,
    /// Median figures.
    pub(crate) subject: f64,
    pub(crate) peer: Option<f64>,
    /// The interval of the paired ratios, or of the figure if there is no peer.
    pub(crate) judged: Interval,
    /// The figure before a change, if that was measured.
    pub(crate) before: Option<Before>,
    /// Median CPU seconds per operation, of subject and peer; none if there is no server to measure.
    pub(crate) cpu: Option<(f64, f64)>,
}

/// A figure before a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) median: f64,
    /// The increase of the figure, paired by round.
    pub(crate) added: Interval,
}

impl Row {
    /// Judges a subject by its peer.
    ///
    /// # Errors
    /// When one of the two was not measured.
    pub(crate) fn compare(spec: Spec, series: &[Series]) -> anyhow::Result<Self> {
        let find = |name: &str| {
            series
                .iter()
                .find(|series| series.name == name && !series.samples.is_empty())
                .with_context(|| format!("{}: {name} was not measured", spec.name))
        };
        let subject = find(spec.subject)?;
        let peer = find(spec.peer.context("a comparison has a peer")?)?;
        let values = |series: &Series, of: fn(&Sample) -> f64| series.samples.iter().map(of).collect::<Vec<f64>>();
        let median = |series: &Series, of: fn(&Sample) -> f64| -> anyhow::Result<f64> {
            Ok(Interval::of_median(&values(series, of))?.estimate)
        };
        let figures = |series: &Series| values(series, |sample| sample.figure);
        Ok(Self {
            spec,
            subject: median(subject, |sample| sample.figure)?,
            peer: Some(median(peer, |sample| sample.figure)?),
            judged: Interval::of_ratios(&figures(subject), &figures(peer))?,
            before: None,
            cpu: Some((median(subject, |sample| sample.cpu)?, median(peer, |sample| sample.cpu)?)),
        })
    }

    /// Judges a figure by itself.
    ///
    /// # Errors
    /// When there is no figure, or one is not finite.
    pub(crate) fn alone(spec: Spec, figures: &[f64]) -> anyhow::Result<Self> {
        let judged = Interval::of_median(figures).with_context(|| format!("{} cannot be judged", spec.name))?;
        Ok(Self { spec, subject: judged.estimate, peer: None, judged, before: None, cpu: None })
    }

    /// Judges a figure by itself and prints the figure before a change beside it. `before` has one figure for each round,
    /// or none.
    ///
    /// # Errors
    /// As [`Row::alone`], and when `before` has figures of fewer or more rounds.
    pub(crate) fn beside(spec: Spec, figures: &[f64], before: &[f64]) -> anyhow::Result<Self> {
        let before = match before {
            [] => None,
            before => Some(Before {
                median: Interval::of_median(before)?.estimate,
                added: Interval::of_differences(figures, before)?,
            }),
        };
        Ok(Self { before, ..Self::alone(spec, figures)? })
    }

    /// Whether the goal was reached; none without a goal.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        let goal = self.spec.goal?;
        let verdict = goal.judge(&self.judged);
        Some(match (goal, self.before) {
            (Goal::AsBeforeOrAtLeast(_), Some(before)) => verdict.min(Goal::AtLeast(0.0).judge(&before.added)),
            _ => verdict,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::rounds::Sample, *};

    const SPEC: Spec = Spec {
        name: "family/row",
        what: "something",
        unit: Unit::PerSecond,
        subject: "subject",
        peer: Some("peer"),
        goal: Some(Goal::AtLeast(0.9)),
    };

    fn series(name: &'static str, figures: [f64; 5]) -> Series {
        Series { name, samples: figures.map(|figure| Sample { figure, cpu: 1.0 / figure }).to_vec() }
    }

    fn row(figures: [f64; 5]) -> Row {
        Row::compare(SPEC, &[series("subject", figures), series("peer", [100.0; 5])]).unwrap()
    }

    #[test]
    fn a_row_fails_only_when_its_whole_interval_misses() {
        assert_eq!(row([95.0, 89.0, 92.0, 91.0, 88.0]).verdict(), Some(Verdict::Met));
        assert_eq!(row([95.0, 89.0, 88.0, 87.0, 86.0]).verdict(), Some(Verdict::Unclear));
        assert_eq!(row([89.9, 89.0, 88.0, 87.0, 86.0]).verdict(), Some(Verdict::Missed));
    }

    #[test]
    fn ratios_are_paired_by_round() {
        // the machine became half as fast in the third round, for both
        let slow = [200.0, 200.0, 100.0, 100.0, 100.0];
        let row = Row::compare(SPEC, &[series("subject", slow), series("peer", slow)]).unwrap();
        assert_eq!((row.judged.low, row.judged.high), (1.0, 1.0));
    }

    #[test]
    fn what_should_be_small_is_judged_by_its_upper_bound() {
        let spec = Spec { peer: None, goal: Some(Goal::AtMost(20.0)), unit: Unit::Megabytes, ..SPEC };
        assert_eq!(Row::alone(spec, &[19.0, 19.5, 20.5]).unwrap().verdict(), Some(Verdict::Met));
        assert_eq!(Row::alone(spec, &[20.1, 20.2]).unwrap().verdict(), Some(Verdict::Missed));
        assert_eq!(Row::alone(Spec { goal: None, ..spec }, &[99.0]).unwrap().verdict(), None);
    }

    #[test]
    fn a_figure_that_misses_its_goal_may_be_as_it_was_before() {
        let spec = Spec { peer: None, goal: Some(Goal::AsBeforeOrAtLeast(95.0)), unit: Unit::Points, ..SPEC };
        let verdict = |before: &[f64]| Row::beside(spec, &[91.0, 92.0, 93.0], before).unwrap().verdict();
        assert_eq!(verdict(&[]), Some(Verdict::Missed));
        assert_eq!(verdict(&[91.0, 90.0, 93.0]), Some(Verdict::Met));
        assert_eq!(verdict(&[93.0, 94.0, 92.0]), Some(Verdict::Unclear));
        assert_eq!(verdict(&[96.0, 96.0, 96.0]), Some(Verdict::Missed));
        assert_eq!(Row::beside(spec, &[95.0], &[99.0]).unwrap().verdict(), Some(Verdict::Met));
    }

    #[test]
    fn a_contender_without_turns_is_an_error() {
        assert!(Row::compare(SPEC, &[series("subject", [1.0; 5])]).is_err());
    }
}
