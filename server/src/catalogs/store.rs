//! The statements about stores' own catalogues.

use flow::catalog::import::Overlay;
use sqlx::AnyPool;

use crate::Result;

/// What a store said about its tasks, with the hash it is kept under; `None` when it never did.
pub async fn overlay(pool: &AnyPool, store: &str) -> Result<Option<(String, Overlay)>> {
    let row: Option<(String, String)> =
        sqlx::query_as("select hash, body from store_catalog where store_id = $1")
            .bind(store)
            .fetch_optional(pool)
            .await?;
    row.map(|(hash, body)| Ok((hash, serde_json::from_str(&body)?)))
        .transpose()
}

/// What the store of a session said about its tasks, as it is kept; for the ML team's export.
pub async fn of_session(pool: &AnyPool, session: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as(
        "select c.body from store_catalog c join session s on s.store_id = c.store_id where s.id = $1",
    )
    .bind(session)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(body,)| body))
}

/// Sets what a store said about its tasks.
pub async fn set(pool: &AnyPool, store: &str, hash: &str, body: &str, now_ms: i64) -> Result<()> {
    sqlx::query(
        "insert into store_catalog (store_id, hash, body, imported_ms) values ($1, $2, $3, $4) \
         on conflict (store_id) do update \
         set hash = excluded.hash, body = excluded.body, imported_ms = excluded.imported_ms",
    )
    .bind(store)
    .bind(hash)
    .bind(body)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets what a store said about its tasks; true when there was something to forget.
pub async fn remove(pool: &AnyPool, store: &str) -> Result<bool> {
    let done = sqlx::query("delete from store_catalog where store_id = $1")
        .bind(store)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}
