//! Idempotency keys: the same key gives the first answer again, so that a caller that does not know the outcome of a
//! request can send it again. Key and greeting are written together or not at all.

use sqlx::Row as _;

use super::{
    Store,
    rows::{decode, timestamp},
};
use crate::greeting::{Error, Id, Name, Revision, StoredGreeting};

/// A greeting was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// As it was when it was made.
    pub kept: StoredGreeting,
    /// It was made by an earlier request with the same key.
    pub repeated: bool,
}

impl Store {
    /// Makes a greeting; at most one for each key. A name stands for the whole body: there is nothing else in it.
    ///
    /// # Errors
    /// [`Error::KeyReused`], [`Error::Full`], [`Error::Store`].
    pub async fn create(&self, name: &Name, key: Option<&str>) -> Result<Created, Error> {
        let new = StoredGreeting::new(Id::generate(), name.clone());
        let mut transaction = self.pool.begin().await?;
        if let Some(key) = key {
            // the write comes first: a second request with the same key waits for it and then finds it
            let sql = "INSERT INTO idempotency_keys (idempotency_key, greeting_id, name, incarnation, created_at) \
                 SELECT $1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
                 WHERE (SELECT COUNT(*) FROM idempotency_keys) < $6 ON CONFLICT (idempotency_key) DO NOTHING";
            let taken = sqlx::query(sql)
                .bind(key)
                .bind(new.id.as_str())
                .bind(name.as_str())
                .bind(new.revision.incarnation)
                .bind(new.created.as_millisecond())
                .bind(i64::from(self.limits.keys))
                .execute(&mut *transaction)
                .await?;
            if taken.rows_affected() == 0 {
                drop(transaction);
                return self.repeat(name, key).await;
            }
        }
        if !self.insert_into(&mut *transaction, &new).await? {
            return Err(self.full());
        }
        transaction.commit().await?;
        Ok(Created { kept: new, repeated: false })
    }

    /// What was made with that key.
    async fn repeat(&self, name: &Name, key: &str) -> Result<Created, Error> {
        let sql = "SELECT greeting_id, name, incarnation, created_at FROM idempotency_keys WHERE idempotency_key = $1";
        let Some(row) = sqlx::query(sql).bind(key).fetch_optional(&self.pool).await? else {
            let remedy = "send the request without one, or wait: they expire";
            return Err(Error::Full { what: "idempotency keys", limit: self.limits.keys, remedy });
        };
        if row.try_get::<&str, _>("name")? != name.as_str() {
            return Err(Error::KeyReused { key: key.to_owned() });
        }
        let created = timestamp(row.try_get("created_at")?)?;
        let kept = StoredGreeting {
            id: Id::new(row.try_get::<String, _>("greeting_id")?).map_err(decode)?,
            name: name.clone(),
            revision: Revision { version: 1, incarnation: row.try_get("incarnation")? },
            created,
            updated: created,
        };
        Ok(Created { kept, repeated: true })
    }
}
