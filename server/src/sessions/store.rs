//! The statements about sessions and their log.

use app::api::SessionSummary;
use flow::session::{Event, Recorded};
use sqlx::{Any, AnyPool, Executor};

use super::Session;
use crate::Result;

/// Adds an event under the next number and returns the number.
pub async fn append<'e>(
    executor: impl Executor<'e, Database = Any>,
    session: &str,
    at_ms: i64,
    event: &Event,
) -> Result<u64> {
    let body = serde_json::to_value(event)?;
    let kind = body
        .get("type")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_string();
    let (seq,): (i64,) = sqlx::query_as(
        "insert into session_event (session_id, seq, at_ms, kind, body) \
         select $1, cast(coalesce(max(seq), 0) + 1 as bigint), cast($2 as bigint), $3, $4 \
         from session_event where session_id = $1 returning seq",
    )
    .bind(session)
    .bind(at_ms)
    .bind(kind)
    .bind(body.to_string())
    .fetch_one(executor)
    .await?;
    Ok(seq.unsigned_abs())
}

/// Adds an event under the number it has; a unique violation when that is taken.
pub async fn append_at(pool: &AnyPool, session: &str, recorded: &Recorded) -> Result<()> {
    let body = serde_json::to_value(&recorded.event)?;
    let kind = body
        .get("type")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_string();
    sqlx::query(
        "insert into session_event (session_id, seq, at_ms, kind, body) values ($1, $2, $3, $4, $5)",
    )
    .bind(session)
    .bind(i64::try_from(recorded.seq).unwrap_or(i64::MAX))
    .bind(recorded.at_ms)
    .bind(kind)
    .bind(body.to_string())
    .execute(pool)
    .await?;
    Ok(())
}

/// The events of a session after a number. The caller has made sure that the session may be read.
pub async fn events(pool: &AnyPool, session: &str, after: u64) -> Result<Vec<Recorded>> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(
        "select seq, at_ms, body from session_event where session_id = $1 and seq > $2 order by seq",
    )
    .bind(session)
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|(seq, at_ms, body)| {
            Ok(Recorded {
                seq: seq.unsigned_abs(),
                at_ms,
                event: serde_json::from_str(&body)?,
            })
        })
        .collect()
}

/// Adds a session; `workflow` is the workflow it begins with, and its version.
pub async fn add(
    pool: &AnyPool,
    id: &str,
    store: &str,
    person: &str,
    workflow: Option<(&str, u32)>,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "insert into session (id, store_id, person_id, workflow_id, workflow_version, title, started_ms) \
         values ($1, $2, $3, $4, $5, '', $6)",
    )
    .bind(id)
    .bind(store)
    .bind(person)
    .bind(workflow.map(|(id, _)| id.to_string()))
    .bind(workflow.map(|(_, version)| i64::from(version)))
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(())
}

/// Gives a session its title, once.
pub async fn set_title(pool: &AnyPool, id: &str, title: &str) -> Result<()> {
    sqlx::query("update session set title = $1 where id = $2 and title = ''")
        .bind(title)
        .bind(id)
        .execute(pool)
        .await?;
    Ok(())
}

/// A row of [`find`]: id, store, name of the store, workflow, version of the workflow.
type SessionRow = (String, String, String, Option<String>, Option<i64>);

/// A session of a store; of any store when `store` is `None`, which only support may ask for.
pub async fn find(pool: &AnyPool, id: &str, store: Option<&str>) -> Result<Option<Session>> {
    let row: Option<SessionRow> = sqlx::query_as(
        "select s.id, s.store_id, t.name, s.workflow_id, s.workflow_version from session s \
         join store t on t.id = s.store_id where s.id = $1 and (s.store_id = $2 or $3 = 1)",
    )
    .bind(id)
    .bind(store.unwrap_or_default())
    .bind(i64::from(store.is_none()))
    .fetch_optional(pool)
    .await?;
    Ok(
        row.map(|(id, store_id, store_name, workflow_id, version)| Session {
            id,
            store_id,
            store_name,
            workflow_id,
            workflow_version: version.and_then(|version| u32::try_from(version).ok()),
        }),
    )
}

const MOST_LISTED: i64 = 500;

/// The sessions of a store, newest first; of all stores when `store` is `None`, for support.
pub async fn list(pool: &AnyPool, store: Option<&str>) -> Result<Vec<SessionSummary>> {
    let rows: Vec<(String, String, String, i64, i64, i64, i64)> = sqlx::query_as(
        "select s.id, t.name, s.title, s.started_ms, \
         (select count(*) from session_event e where e.session_id = s.id), \
         (select count(*) from turn_lease l where l.session_id = s.id), \
         (select count(*) from session_event a where a.session_id = s.id and a.kind = 'activated') \
         from session s join store t on t.id = s.store_id \
         where (s.store_id = $1 or $2 = 1) order by s.started_ms desc, s.id desc limit $3",
    )
    .bind(store.unwrap_or_default())
    .bind(i64::from(store.is_none()))
    .bind(MOST_LISTED)
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, store, title, started_ms, events, running, activated)| SessionSummary {
                id,
                store,
                title,
                started_ms,
                events: events.unsigned_abs(),
                turn_running: running > 0,
                activated: activated > 0,
            },
        )
        .collect())
}

/// Ids of all sessions that had an activation, oldest first, for the export.
pub async fn ids_for_export(pool: &AnyPool, since_ms: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select id from session where started_ms >= $1 order by started_ms, id")
            .bind(since_ms)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes the right to run a turn; false when a turn is running in the session.
pub async fn take_lease(
    pool: &AnyPool,
    session: &str,
    turn: u32,
    server: &str,
    now_ms: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into turn_lease (session_id, turn, server, beat_ms) values ($1, $2, $3, $4) \
         on conflict (session_id) do nothing",
    )
    .bind(session)
    .bind(i64::from(turn))
    .bind(server)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives the right back.
pub async fn end_lease<'e>(
    executor: impl Executor<'e, Database = Any>,
    session: &str,
) -> Result<()> {
    sqlx::query("delete from turn_lease where session_id = $1")
        .bind(session)
        .execute(executor)
        .await?;
    Ok(())
}

/// Shows that the turn of a session still runs.
pub async fn beat(pool: &AnyPool, session: &str, server: &str, now_ms: i64) -> Result<()> {
    sqlx::query("update turn_lease set beat_ms = $1 where session_id = $2 and server = $3")
        .bind(now_ms)
        .bind(session)
        .bind(server)
        .execute(pool)
        .await?;
    Ok(())
}

/// Turns whose server has not been heard of since this time: session and turn.
pub async fn silent_leases(pool: &AnyPool, before_ms: i64) -> Result<Vec<(String, u32)>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("select session_id, turn from turn_lease where beat_ms < $1")
            .bind(before_ms)
            .fetch_all(pool)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(session, turn)| (session, u32::try_from(turn).unwrap_or_default()))
        .collect())
}
