//! The statements about runs, their effects and their waits.

use app::api::{Performed, RunStatus, RunSummary};
use flow::run::{Resume, Run};
use serde_json::{Map, Value};
use sqlx::{Any, AnyPool, Transaction};

use crate::Result;
use crate::state::App;

/// A run to be added.
pub struct NewRun<'a> {
    pub id: &'a str,
    pub store_id: &'a str,
    pub workflow_id: &'a str,
    pub version: u32,
    /// Id of the trigger's task.
    pub trigger: &'a str,
    pub event: &'a Map<String, Value>,
    pub run: &'a Run,
    pub now_ms: i64,
}

/// A stored run.
pub struct Row {
    pub summary: RunSummary,
    pub version: u32,
    pub event: Value,
    pub run: Run,
}

/// A wait whose time has come.
pub struct Wait {
    pub id: String,
    pub run_id: String,
    pub store_id: String,
    /// A [`Resume`] as JSON.
    pub resume: String,
}

/// Adds a run with its waits, all or nothing.
pub async fn add(pool: &AnyPool, new: NewRun<'_>) -> Result<()> {
    let mut transaction = pool.begin().await?;
    sqlx::query(
        "insert into run (id, store_id, workflow_id, version, trigger_id, started_ms, status, event, body) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(new.store_id)
    .bind(new.workflow_id)
    .bind(i64::from(new.version))
    .bind(new.trigger)
    .bind(new.now_ms)
    .bind(RunStatus::Running.as_str())
    .bind(serde_json::to_string(new.event)?)
    .bind(serde_json::to_string(new.run)?)
    .execute(&mut *transaction)
    .await?;
    add_waits(&mut transaction, new.id, &new.run.waiting, new.now_ms).await?;
    transaction.commit().await?;
    Ok(())
}

async fn add_waits(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    waits: &[Resume],
    now_ms: i64,
) -> Result<()> {
    for wait in waits {
        let later_ms = i64::try_from(wait.seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
        sqlx::query("insert into run_wait (id, run_id, due_ms, resume) values ($1, $2, $3, $4)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(run)
            .bind(now_ms.saturating_add(later_ms))
            .bind(serde_json::to_string(wait)?)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

const MOST_AT_ONCE: i64 = 50;

/// Waits that are over, the oldest first.
pub async fn due(pool: &AnyPool, now_ms: i64) -> Result<Vec<Wait>> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "select w.id, w.run_id, r.store_id, w.resume from run_wait w join run r on r.id = w.run_id \
         where w.due_ms <= $1 order by w.due_ms, w.id limit $2",
    )
    .bind(now_ms)
    .bind(MOST_AT_ONCE)
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, run_id, store_id, resume)| Wait {
            id,
            run_id,
            store_id,
            resume,
        })
        .collect())
}

/// Takes a wait away and stores how its run goes on; false when somebody else took it.
pub async fn take_wait(app: &App, wait: &Wait, run: &Run, new_waits: &[Resume]) -> Result<bool> {
    let mut transaction = app.pool.begin().await?;
    let taken = sqlx::query("delete from run_wait where id = $1")
        .bind(&wait.id)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
    if taken == 0 {
        return Ok(false);
    }
    sqlx::query("update run set body = $1, status = $2 where id = $3 and store_id = $4")
        .bind(serde_json::to_string(run)?)
        .bind(RunStatus::Running.as_str())
        .bind(&wait.run_id)
        .bind(&wait.store_id)
        .execute(&mut *transaction)
        .await?;
    add_waits(
        &mut transaction,
        &wait.run_id,
        new_waits,
        app.clock.now_ms(),
    )
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// How many waits a run still has.
pub async fn waits(pool: &AnyPool, run: &str) -> Result<i64> {
    let (count,): (i64,) = sqlx::query_as("select count(*) from run_wait where run_id = $1")
        .bind(run)
        .fetch_one(pool)
        .await?;
    Ok(count)
}

/// Runs that are still being performed although they started before this time: store and id.
pub async fn open(pool: &AnyPool, before_ms: i64) -> Result<Vec<(String, String)>> {
    Ok(
        sqlx::query_as("select store_id, id from run where status = $1 and started_ms < $2")
            .bind(RunStatus::Running.as_str())
            .bind(before_ms)
            .fetch_all(pool)
            .await?,
    )
}

/// Writes down how a run stands.
pub async fn set_status(pool: &AnyPool, store: &str, id: &str, status: RunStatus) -> Result<()> {
    sqlx::query("update run set status = $1 where id = $2 and store_id = $3")
        .bind(status.as_str())
        .bind(id)
        .bind(store)
        .execute(pool)
        .await?;
    Ok(())
}

/// Records an effect as performed. Recording it twice changes nothing.
pub async fn add_performed(
    pool: &AnyPool,
    run: &str,
    position: usize,
    performed: &Performed,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "insert into performed (run_id, position, step_id, kind, summary, at_ms) values ($1, $2, $3, $4, $5, $6) \
         on conflict (run_id, position) do nothing",
    )
    .bind(run)
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(&performed.step)
    .bind(&performed.kind)
    .bind(&performed.summary)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(())
}

/// What was done for a run of a store, in order.
pub async fn performed(pool: &AnyPool, store: &str, run: &str) -> Result<Vec<Performed>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select p.step_id, p.kind, p.summary from performed p join run r on r.id = p.run_id \
         where p.run_id = $1 and r.store_id = $2 order by p.position",
    )
    .bind(run)
    .bind(store)
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(step, kind, summary)| Performed {
            step,
            kind,
            summary,
        })
        .collect())
}

type RunRow = (String, String, i64, i64, String, String, String, String);

fn row(row: RunRow) -> Result<Row> {
    let (id, workflow_id, version, started_ms, trigger, status, event, body) = row;
    let run: Run = serde_json::from_str(&body)?;
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(Row {
        summary: RunSummary {
            id,
            workflow_id,
            started_ms,
            trigger,
            status: status_from_word(&status),
            steps: count(run.trace.len()),
            effects: count(run.effects.len()),
        },
        version: u32::try_from(version).unwrap_or_default(),
        event: serde_json::from_str(&event)?,
        run,
    })
}

fn status_from_word(word: &str) -> RunStatus {
    [RunStatus::Running, RunStatus::Waiting, RunStatus::Succeeded]
        .into_iter()
        .find(|status| status.as_str() == word)
        .unwrap_or(RunStatus::Failed)
}

/// A run of a store.
pub async fn find(pool: &AnyPool, store: &str, id: &str) -> Result<Option<Row>> {
    let found: Option<RunRow> = sqlx::query_as(
        "select id, workflow_id, version, started_ms, trigger_id, status, event, body from run \
         where id = $1 and store_id = $2",
    )
    .bind(id)
    .bind(store)
    .fetch_optional(pool)
    .await?;
    found.map(row).transpose()
}

const MOST_LISTED: i64 = 200;

/// The runs of a store's workflow, newest first.
pub async fn list(pool: &AnyPool, store: &str, workflow: &str) -> Result<Vec<RunSummary>> {
    let rows: Vec<RunRow> = sqlx::query_as(
        "select id, workflow_id, version, started_ms, trigger_id, status, event, body from run \
         where workflow_id = $1 and store_id = $2 order by started_ms desc, id desc limit $3",
    )
    .bind(workflow)
    .bind(store)
    .bind(MOST_LISTED)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|found| Ok(row(found)?.summary))
        .collect()
}

/// Puts a tag on a resource of the store; false when it was there.
pub async fn add_tag(
    pool: &AnyPool,
    store: &str,
    resource: &str,
    tag: &str,
    now_ms: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into resource_tag (store_id, resource_id, tag, at_ms) values ($1, $2, $3, $4) \
         on conflict (store_id, resource_id, tag) do nothing",
    )
    .bind(store)
    .bind(resource)
    .bind(tag)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a tag off a resource of the store; false when it was not there.
pub async fn remove_tag(pool: &AnyPool, store: &str, resource: &str, tag: &str) -> Result<bool> {
    let done = sqlx::query(
        "delete from resource_tag where store_id = $1 and resource_id = $2 and tag = $3",
    )
    .bind(store)
    .bind(resource)
    .bind(tag)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The tags on a resource of the store, in alphabetical order.
pub async fn tags(pool: &AnyPool, store: &str, resource: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select tag from resource_tag where store_id = $1 and resource_id = $2 order by tag",
    )
    .bind(store)
    .bind(resource)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}
