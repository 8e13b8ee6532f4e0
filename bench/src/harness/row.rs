//! A row of the table: what is compared with what, the goal, and how it came out.

use anyhow::Context as _;

use super::{rounds::Series, stats::Interval};

/// A row before it is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// `family/row`; what the filter looks at.
    pub(crate) name: &'static str,
    /// What is measured, in words.
    pub(crate) what: &'static str,
    pub(crate) unit: Unit,
    /// The contender whose figure is judged.
    pub(crate) subject: &'static str,
    /// The contender that it is judged by; without one the figure itself is judged.
    pub(crate) peer: Option<&'static str>,
    /// None: shown only.
    pub(crate) goal: Option<Goal>,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    PerSecond,
    Milliseconds,
    /// 1,000,000 bytes.
    Megabytes,
    /// 1,000 bytes.
    Kilobytes,
    /// Of things.
    Count,
    /// Of a score.
    Points,
}

/// What is to be reached, by the ratio where there is a peer, else by the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

/// How a row came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No goal.
    Shown,
    /// The median reaches the goal.
    Met,
    /// The median does not, but the interval does: this run cannot tell.
    Unclear,
    /// The whole interval misses.
    Missed,
}

/// A row that was measured.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) spec: Spec,
    /// Median figures.
    pub(crate) subject: f64,
    pub(crate) peer: Option<f64>,
    /// Of the paired ratios, or of the figure where there is no peer.
    pub(crate) judged: Interval,
    /// Median CPU seconds per operation, of subject and peer; none where it means nothing.
    pub(crate) cpu: Option<(f64, f64)>,
}

impl Row {
    /// Judges a subject by its peer.
    ///
    /// # Errors
    /// When either has no series of its own or no turn.
    pub(crate) fn compare(spec: Spec, series: &[Series]) -> anyhow::Result<Self> {
        let find = |name: &str| {
            series
                .iter()
                .find(|series| series.name == name && !series.samples.is_empty())
                .with_context(|| format!("{}: {name} was not measured", spec.name))
        };
        let subject = find(spec.subject)?;
        let peer = find(spec.peer.context("a comparison has a peer")?)?;
        let median = |series: &Series, of: fn(&super::rounds::Sample) -> f64| {
            Interval::of(&series.samples.iter().map(of).collect::<Vec<_>>()).median
        };
        let ratios: Vec<f64> =
            subject.samples.iter().zip(&peer.samples).map(|(subject, peer)| subject.figure / peer.figure).collect();
        Ok(Self {
            spec,
            subject: median(subject, |sample| sample.figure),
            peer: Some(median(peer, |sample| sample.figure)),
            judged: Interval::of(&ratios),
            cpu: Some((median(subject, |sample| sample.cpu), median(peer, |sample| sample.cpu))),
        })
    }

    /// Judges a figure by itself.
    pub(crate) fn alone(spec: Spec, figures: &[f64]) -> Self {
        let judged = Interval::of(figures);
        Self { spec, subject: judged.median, peer: None, judged, cpu: None }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let Some(goal) = self.spec.goal else { return Verdict::Shown };
        if goal.met_by(self.judged.median) {
            Verdict::Met
        } else if goal.met_by(self.judged.low) || goal.met_by(self.judged.high) {
            Verdict::Unclear
        } else {
            Verdict::Missed
        }
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
        assert_eq!(row([95.0, 89.0, 92.0, 91.0, 88.0]).verdict(), Verdict::Met);
        assert_eq!(row([95.0, 89.0, 88.0, 87.0, 86.0]).verdict(), Verdict::Unclear);
        assert_eq!(row([89.9, 89.0, 88.0, 87.0, 86.0]).verdict(), Verdict::Missed);
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
        assert_eq!(Row::alone(spec, &[19.0, 19.5, 20.5]).verdict(), Verdict::Met);
        assert_eq!(Row::alone(spec, &[20.1, 20.2]).verdict(), Verdict::Missed);
        assert_eq!(Row::alone(Spec { goal: None, ..spec }, &[99.0]).verdict(), Verdict::Shown);
    }

    #[test]
    fn a_contender_without_turns_is_an_error() {
        assert!(Row::compare(SPEC, &[series("subject", [1.0; 5])]).is_err());
    }
}
