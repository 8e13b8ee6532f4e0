//! Waiting for a predicate with a budget: what tests do instead of sleeping.

use std::{
    fmt,
    time::{Duration, Instant},
};

/// The interval between two calls of the predicate.
const INTERVAL: Duration = Duration::from_millis(20);

/// The predicate did not become true within the budget.
#[derive(Debug)]
pub struct TimedOut {
    /// The time limit.
    pub budget: Duration,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "still not so after {:?}", self.budget)
    }
}

impl std::error::Error for TimedOut {}

/// Calls `predicate` every 20 ms until it returns true, at least once.
///
/// It is cancel safe if the predicate is.
///
/// # Errors
/// [`TimedOut`] when `budget` is used up, also during a call.
pub async fn wait_until<P, F>(budget: Duration, mut predicate: P) -> Result<(), TimedOut>
where
    P: FnMut() -> F,
    F: Future<Output = bool>,
{
    let start = Instant::now();
    let asked = async {
        while !predicate().await {
            tokio::time::sleep(INTERVAL).await;
        }
    };
    match tokio::time::timeout(budget, asked).await {
        Ok(()) => Ok(()),
        Err(_elapsed) => Err(TimedOut { budget: start.elapsed() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ends_when_the_predicate_is_true() {
        let mut asked = 0;
        let waited = wait_until(Duration::from_secs(5), || {
            asked += 1;
            std::future::ready(asked == 3)
        })
        .await;
        assert!(waited.is_ok());
        assert_eq!(asked, 3);
    }

    #[tokio::test]
    async fn gives_up_when_the_budget_is_used_up() {
        let waited = wait_until(Duration::from_millis(50), std::future::pending).await;
        assert!(waited.is_err());
    }
}
