//! Stored greetings, row by row. A change is one statement that names the revision it was decided on: no other change can come
//! between the check of a condition and the write. There is no lock and no transaction in it, so that it holds with
//! any number of servers on one store.

use jiff::Timestamp;
use sqlx::{Row as _, Sqlite, SqliteExecutor, sqlite::SqliteRow};

use super::Store;
use crate::greeting::{Condition, Error, Id, Name, Revision, StoredGreeting};

/// How often a change is tried again when another one came first. Each time that other change succeeded.
const ATTEMPTS: usize = 32;
const COLUMNS: &str = "id, name, version, incarnation, created_at, updated_at";

/// Some greetings, oldest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// At most as many as were asked for.
    pub items: Vec<StoredGreeting>,
    /// Whether more follow.
    pub more: bool,
}

impl Store {
    /// The greeting of that id.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn get(&self, id: &Id) -> Result<StoredGreeting, Error> {
        self.find(id).await?.ok_or_else(|| not_found(id))
    }

    /// The greeting of that id, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find(&self, id: &Id) -> Result<Option<StoredGreeting>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM greetings WHERE id = $1");
        let row = query(sql).bind(id.as_str()).fetch_optional(&self.pool).await?;
        row.as_ref().map(kept).transpose()
    }

    /// At most `limit` greetings, oldest first, from the first one after `after`: a moment of creation and an id.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn list(&self, limit: u32, after: Option<(Timestamp, &Id)>) -> Result<Page, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM greetings WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3"
        );
        let (since, id) = after.map_or((i64::MIN, ""), |(since, id)| (since.as_millisecond(), id.as_str()));
        let rows = query(sql).bind(since).bind(id).bind(i64::from(limit) + 1).fetch_all(&self.pool).await?;
        let more = rows.len() > limit as usize;
        let items = rows.iter().take(limit as usize).map(kept).collect::<Result<_, _>>()?;
        Ok(Page { items, more })
    }

    /// Sets the name of a greeting, or makes it; the flag says that it was made.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`], [`Error::Full`], [`Error::Contended`], [`Error::Store`].
    pub async fn put(&self, id: &Id, name: &Name, condition: &Condition) -> Result<(StoredGreeting, bool), Error> {
        for _ in 0..ATTEMPTS {
            let current = self.find(id).await?;
            condition.check(id, current.as_ref().map(|kept| kept.revision))?;
            let written = match &current {
                Some(current) => self.update(current, name, condition).await?,
                None => self.insert(id, name).await?,
            };
            if let Some(kept) = written {
                return Ok((kept, current.is_none()));
            }
        }
        Err(contended(id))
    }

    /// Sets the name of a greeting that exists; without a name it stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Contended`], [`Error::Store`].
    pub async fn rename(&self, id: &Id, name: Option<&Name>, condition: &Condition) -> Result<StoredGreeting, Error> {
        for _ in 0..ATTEMPTS {
            let current = self.find(id).await?;
            condition.check(id, current.as_ref().map(|kept| kept.revision))?;
            let current = current.ok_or_else(|| not_found(id))?;
            let Some(name) = name else { return Ok(current) };
            if let Some(kept) = self.update(&current, name, condition).await? {
                return Ok(kept);
            }
        }
        Err(contended(id))
    }

    /// Deletes a greeting.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Contended`], [`Error::Store`].
    pub async fn delete(&self, id: &Id, condition: &Condition) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let current = self.find(id).await?;
            condition.check(id, current.as_ref().map(|kept| kept.revision))?;
            let Revision { version, incarnation } = current.ok_or_else(|| not_found(id))?.revision;
            let sql = "DELETE FROM greetings WHERE id = $1 AND ($2 OR (version = $3 AND incarnation = $4))";
            let deleted = sqlx::query(sql)
                .bind(id.as_str())
                .bind(!condition.names_revisions())
                .bind(version)
                .bind(incarnation)
                .execute(&self.pool)
                .await?
                .rows_affected();
            if deleted > 0 {
                return Ok(());
            }
        }
        Err(contended(id))
    }

    /// `None` when another change came first.
    async fn update(
        &self,
        current: &StoredGreeting,
        name: &Name,
        condition: &Condition,
    ) -> Result<Option<StoredGreeting>, Error> {
        let sql = format!(
            "UPDATE greetings SET name = $1, version = version + 1, updated_at = $2 \
             WHERE id = $3 AND ($4 OR (version = $5 AND incarnation = $6)) RETURNING {COLUMNS}"
        );
        let row = query(sql)
            .bind(name.as_str())
            .bind(Timestamp::now().as_millisecond())
            .bind(current.id.as_str())
            .bind(!condition.names_revisions())
            .bind(current.revision.version)
            .bind(current.revision.incarnation)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(kept).transpose()
    }

    /// `None` when another change came first.
    async fn insert(&self, id: &Id, name: &Name) -> Result<Option<StoredGreeting>, Error> {
        let new = StoredGreeting::new(id.clone(), name.clone());
        if self.insert_into(&self.pool, &new).await? {
            Ok(Some(new))
        } else if self.find(id).await?.is_some() {
            Ok(None)
        } else {
            Err(self.full())
        }
    }

    /// `false` when there is one of that id, or no room.
    pub(super) async fn insert_into(
        &self,
        executor: impl SqliteExecutor<'_>,
        new: &StoredGreeting,
    ) -> Result<bool, Error> {
        let sql = format!(
            "INSERT INTO greetings ({COLUMNS}) \
             SELECT $1, $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT) \
             WHERE (SELECT COUNT(*) FROM greetings) < $7 ON CONFLICT (id) DO NOTHING"
        );
        let done = query(sql)
            .bind(new.id.as_str())
            .bind(new.name.as_str())
            .bind(new.revision.version)
            .bind(new.revision.incarnation)
            .bind(new.created.as_millisecond())
            .bind(new.updated.as_millisecond())
            .bind(i64::from(self.limits.greetings))
            .execute(executor)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    pub(super) fn full(&self) -> Error {
        Error::Full { what: "greetings", limit: self.limits.greetings, remedy: "delete some first" }
    }
}

impl StoredGreeting {
    /// A greeting that is to be kept from now on.
    pub(super) fn new(id: Id, name: Name) -> Self {
        let now = Timestamp::now();
        // whole milliseconds, as the store holds them
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let incarnation = i64::from(fastrand::u32(..));
        Self { id, name, revision: Revision { version: 1, incarnation }, created: now, updated: now }
    }
}

/// A statement that is put together from constants of this folder only.
pub(super) fn query(sql: String) -> sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(sqlx::AssertSqlSafe(sql))
}

fn kept(row: &SqliteRow) -> Result<StoredGreeting, Error> {
    Ok(StoredGreeting {
        id: Id::new(row.try_get::<String, _>("id")?).map_err(decode)?,
        name: Name::new(row.try_get::<String, _>("name")?).map_err(decode)?,
        revision: Revision { version: row.try_get("version")?, incarnation: row.try_get("incarnation")? },
        created: timestamp(row.try_get("created_at")?)?,
        updated: timestamp(row.try_get("updated_at")?)?,
    })
}

pub(super) fn timestamp(millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(decode)
}

/// The store holds what this program never writes.
pub(super) fn decode(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Store(sqlx::Error::Decode(Box::new(error)))
}

fn not_found(id: &Id) -> Error {
    Error::NotFound { id: id.to_string() }
}

fn contended(id: &Id) -> Error {
    Error::Contended { id: id.to_string() }
}
