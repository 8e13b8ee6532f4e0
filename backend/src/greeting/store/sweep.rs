//! What has expired goes, a little after its time.

use std::time::Duration;

use jiff::Timestamp;

use super::Store;
use crate::{greeting::Error, shutdown::Shutdown};

/// How long something may stay after it has expired.
const PERIOD: Duration = Duration::from_secs(60);

impl Store {
    /// Starts a task that removes expired rows every [`PERIOD`] until the shutdown.
    pub(super) fn start_sweep(&self, shutdown: &Shutdown) {
        let (store, token) = (self.clone(), shutdown.token().clone());
        shutdown.spawn(async move {
            let mut period = tokio::time::interval(PERIOD);
            while token.run_until_cancelled(period.tick()).await.is_some() {
                match store.sweep(Timestamp::now()).await {
                    Ok(0) => {}
                    Ok(gone) => tracing::info!(gone, "expired greetings and keys were removed"),
                    Err(error) => tracing::warn!(error = %format!("{error:?}"), "cannot remove what has expired"),
                }
            }
        });
    }

    /// Removes what has expired at `now`; gives the number of rows.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub(super) async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        let greetings = sqlx::query("DELETE FROM greetings WHERE updated_at < $1")
            .bind((now - self.limits.greeting_life).as_millisecond())
            .execute(&self.pool)
            .await?;
        let keys = sqlx::query("DELETE FROM idempotency_keys WHERE created_at < $1")
            .bind((now - self.limits.key_life).as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(greetings.rows_affected() + keys.rows_affected())
    }
}
