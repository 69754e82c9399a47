//! The statements about what stores have.

use agent::resources::Resource;
use sqlx::AnyPool;

use crate::Result;

/// How many things of a store a turn looks through.
const MOST: i64 = 2_000;

/// Remembers a thing under its last name.
pub async fn set(pool: &AnyPool, store: &str, resource: &Resource, now_ms: i64) -> Result<()> {
    sqlx::query(
        "insert into resource (store_id, id, kind, name, seen_ms) values ($1, $2, $3, $4, $5) \
         on conflict (store_id, id) do update \
         set name = excluded.name, seen_ms = excluded.seen_ms",
    )
    .bind(store)
    .bind(&resource.id)
    .bind(&resource.kind)
    .bind(&resource.name)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(())
}

/// The things of a store, last seen first.
pub async fn of(pool: &AnyPool, store: &str) -> Result<Vec<Resource>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select kind, name, id from resource where store_id = $1 order by seen_ms desc, id limit $2",
    )
    .bind(store)
    .bind(MOST)
    .fetch_all(pool)
    .await?;
    let resource = |(kind, name, id)| Resource { kind, name, id };
    Ok(rows.into_iter().map(resource).collect())
}
