//! Subject and peers take turns: a disturbance of the machine affects all of them, and each ratio is of two turns of
//! the same round. Every other round runs backwards, so that no contender always follows the same one.

use std::time::Duration;

use anyhow::Context as _;
use crosstalk_measure::rounds::order;
use futures_util::future::BoxFuture;

/// The time limit of a turn, including its preparation.
const TURN_BUDGET: Duration = Duration::from_secs(180);

/// A server that is measured, together with its load.
pub(crate) trait Contender: Send {
    /// The name in the table.
    fn name(&self) -> &'static str;

    /// Runs one turn.
    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>>;
}

/// The result of a turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// In the unit of the row.
    pub(crate) figure: f64,
    /// CPU time per operation of the processes that serve, in seconds.
    pub(crate) cpu: f64,
}

/// All turns of a contender, in the order of the rounds.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<Sample>,
}

/// Runs a turn of each contender in each of `rounds` and reports every one to `progress`.
///
/// # Errors
/// The first failed turn ends the measurement; the error names the contender.
pub(crate) async fn alternate(
    rounds: usize,
    contenders: &mut [Box<dyn Contender + '_>],
    progress: impl Fn(usize, &'static str, Sample),
) -> anyhow::Result<Vec<Series>> {
    let mut series: Vec<Series> = contenders
        .iter()
        .map(|contender| Series { name: contender.name(), samples: Vec::with_capacity(rounds) })
        .collect();
    for round in 0..rounds {
        for index in order(round, contenders.len()) {
            let name = series[index].name;
            let sample = tokio::time::timeout(TURN_BUDGET, contenders[index].turn())
                .await
                .with_context(|| format!("{name} did not end its turn within {TURN_BUDGET:?}"))?
                .with_context(|| format!("{name} failed"))?;
            progress(round, name, sample);
            series[index].samples.push(sample);
        }
    }
    Ok(series)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::FutureExt as _;

    use super::*;

    struct Noted(&'static str, Arc<Mutex<Vec<&'static str>>>);

    impl Contender for Noted {
        fn name(&self) -> &'static str {
            self.0
        }

        fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
            let mut turns = self.1.lock().unwrap();
            turns.push(self.0);
            let figure = turns.len() as f64;
            std::future::ready(Ok(Sample { figure, cpu: 0.0 })).boxed()
        }
    }

    #[tokio::test]
    async fn every_other_round_runs_backwards() {
        let turns = Arc::default();
        let mut contenders: Vec<Box<dyn Contender>> =
            vec![Box::new(Noted("a", Arc::clone(&turns))), Box::new(Noted("b", Arc::clone(&turns)))];
        let series = alternate(3, &mut contenders, |_, _, _| {}).await.unwrap();
        assert_eq!(*turns.lock().unwrap(), ["a", "b", "b", "a", "a", "b"]);
        let figures: Vec<f64> = series[1].samples.iter().map(|sample| sample.figure).collect();
        assert_eq!(figures, [2.0, 3.0, 6.0]);
    }
}
