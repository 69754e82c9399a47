//! Keeps the cookies of signed-in browsers in the database.

use async_trait::async_trait;
use sqlx::AnyPool;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

/// A store of cookie sessions over the table `web_session`.
#[derive(Clone, Debug)]
pub struct SqlxStore {
    pool: AnyPool,
}

const ID_TRIES: u32 = 5;

impl SqlxStore {
    /// A store over this database.
    pub fn new(pool: AnyPool) -> SqlxStore {
        SqlxStore { pool }
    }

    /// Deletes what has expired.
    pub async fn delete_expired(&self, now_ms: i64) -> std::result::Result<u64, sqlx::Error> {
        let done = sqlx::query("delete from web_session where expires_at < $1")
            .bind(now_ms / 1000)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for SqlxStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..ID_TRIES {
            let text = serde_json::to_string(record).map_err(|e| Error::Encode(e.to_string()))?;
            let done = sqlx::query(
                "insert into web_session (id, record, expires_at) values ($1, $2, $3) on conflict (id) do nothing",
            )
            .bind(record.id.to_string())
            .bind(text)
            .bind(record.expiry_date.unix_timestamp())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
            if done.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id was found".to_string()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let text = serde_json::to_string(record).map_err(|e| Error::Encode(e.to_string()))?;
        sqlx::query(
            "insert into web_session (id, record, expires_at) values ($1, $2, $3) \
             on conflict (id) do update set record = excluded.record, expires_at = excluded.expires_at",
        )
        .bind(record.id.to_string())
        .bind(text)
        .bind(record.expiry_date.unix_timestamp())
        .execute(&self.pool)
        .await
        .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String,)> =
            sqlx::query_as("select record from web_session where id = $1 and expires_at > $2")
                .bind(id.to_string())
                .bind(time::OffsetDateTime::now_utc().unix_timestamp())
                .fetch_optional(&self.pool)
                .await
                .map_err(backend)?;
        row.map(|(text,)| serde_json::from_str(&text).map_err(|e| Error::Decode(e.to_string())))
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("delete from web_session where id = $1")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}
