//! The stored greetings, in SQLite through sqlx. The SQL is portable: PostgreSQL follows.

use std::str::FromStr as _;

use anyhow::Context as _;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::Error;
use crate::{config::Config, shutdown::Shutdown};

/// A handle on the store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    place: String,
}

impl Store {
    /// Opens the store and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or is of a newer version; names the variable.
    pub async fn open(config: &Config, _shutdown: &Shutdown) -> anyhow::Result<Self> {
        let url = match &config.database_url {
            Some(url) => url.expose().to_owned(),
            None => {
                std::fs::create_dir_all(&config.data)
                    .with_context(|| format!("cannot make the folder {} of CROSSTALK_DATA", config.data.display()))?;
                format!("sqlite:{}", config.data.join("crosstalk.sqlite").display())
            }
        };
        let options = SqliteConnectOptions::from_str(&url)
            .context("DATABASE_URL is not a store's address")?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool =
            SqlitePoolOptions::new().max_connections(4).connect_with(options).await.with_context(|| {
                format!("cannot open the store {url}; DATABASE_URL or CROSSTALK_DATA sets the place")
            })?;
        Ok(Self { pool, place: url })
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
