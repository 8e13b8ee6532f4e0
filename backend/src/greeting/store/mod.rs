//! The store of the greetings, SQLite through sqlx. The SQL is portable: PostgreSQL follows.
//!
//! - [`self`]: opening, readiness, closing
//! - `rows`: greetings, each changed by one statement or not at all
//! - `keys`: idempotency keys
//! - `sweep`: what has expired goes
//!
//! What it holds is bounded by [`Limits`]; a full store refuses, it drops nothing that has not expired.

mod keys;
mod rows;
mod sweep;
#[cfg(test)]
mod tests;

use std::{str::FromStr as _, time::Duration};

use anyhow::Context as _;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::{keys::Created, rows::Page};
use super::Error;
use crate::{config::Config, shutdown::Shutdown};

/// How long a request may wait for its turn at the store, or for another process that holds its file.
const TURN_BUDGET: Duration = Duration::from_secs(5);

/// What the store holds at most, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Greetings.
    pub greetings: u32,
    /// Idempotency keys.
    pub keys: u32,
    /// A greeting goes this long after its last change.
    pub greeting_life: jiff::SignedDuration,
    /// A key goes this long after its first use.
    pub key_life: jiff::SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            greetings: 10_000,
            keys: 10_000,
            greeting_life: jiff::SignedDuration::from_hours(7 * 24),
            key_life: jiff::SignedDuration::from_hours(24),
        }
    }
}

/// A handle on the store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    // one connection: SQLite has one writer at a time, so that turns are taken here, in order, and not by waiting
    // for a lock; and a store in memory is the connection's own
    pool: SqlitePool,
    place: String,
    limits: Limits,
}

impl Store {
    /// Opens the store, brings its tables up to date and keeps it swept until the shutdown.
    ///
    /// # Errors
    /// When the file cannot be opened or is of a newer version; names the variable.
    pub async fn open(config: &Config, shutdown: &Shutdown) -> anyhow::Result<Self> {
        let url = match &config.database_url {
            Some(url) => url.expose().to_owned(),
            None => {
                std::fs::create_dir_all(&config.data)
                    .with_context(|| format!("cannot make the folder {} of CROSSTALK_DATA", config.data.display()))?;
                format!("sqlite:{}", config.data.join("crosstalk.sqlite").display())
            }
        };
        let store = Self::open_at(url, Limits::default()).await?;
        store.start_sweep(shutdown);
        Ok(store)
    }

    async fn open_at(url: String, limits: Limits) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(&url)
            .context("DATABASE_URL is not a store's address")?
            .create_if_missing(true)
            .busy_timeout(TURN_BUDGET)
            .journal_mode(SqliteJournalMode::Wal)
            // a crash of the process loses nothing, a power cut may lose the last moments
            .synchronous(SqliteSynchronous::Normal);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(TURN_BUDGET)
            .connect_with(options)
            .await
            .with_context(|| format!("cannot open the store {url}; DATABASE_URL or CROSSTALK_DATA sets the place"))?;
        sqlx::migrate!()
            .run(&pool)
            .await
            .with_context(|| format!("cannot bring the tables of the store {url} up to date"))?;
        Ok(Self { pool, place: url, limits })
    }

    /// What it is, in words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        "SQLite"
    }

    /// What it is and where, for the person who started the server.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{}, {}", self.kind(), self.place)
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// [`Error::Store`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes it; waits for what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
