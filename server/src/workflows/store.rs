//! The statements about activated workflows.

use app::api::{VersionSummary, WorkflowSummary};
use flow::workflow::Workflow;
use sqlx::{Any, AnyPool, Transaction};

use crate::accounts::Store;
use crate::sessions::Session;
use crate::{Error, Result};

/// One workflow, without what it does.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    /// Name of the version in force.
    pub name: String,
    pub session_id: String,
    pub active: bool,
    pub version: u32,
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

/// A workflow of a store.
pub async fn find(pool: &AnyPool, store: &str, id: &str) -> Result<Option<Row>> {
    let row: Option<(String, String, String, i64, i64)> = sqlx::query_as(
        "select id, name, session_id, active, version from workflow where id = $1 and store_id = $2",
    )
    .bind(id)
    .bind(store)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(id, name, session_id, active, version)| Row {
        id,
        name,
        session_id,
        active: active == 1,
        version: number(version),
    }))
}

/// What a version of a store's workflow does.
pub async fn body(pool: &AnyPool, store: &str, id: &str, version: u32) -> Result<Workflow> {
    let row: Option<(String,)> = sqlx::query_as(
        "select v.body from workflow_version v join workflow w on w.id = v.workflow_id \
         where v.workflow_id = $1 and v.version = $2 and w.store_id = $3",
    )
    .bind(id)
    .bind(i64::from(version))
    .bind(store)
    .fetch_optional(pool)
    .await?;
    let (body,) = row.ok_or_else(|| Error::no_such("workflow"))?;
    Ok(serde_json::from_str(&body)?)
}

/// The versions of a store's workflow, the newest first.
pub async fn versions(pool: &AnyPool, store: &str, id: &str) -> Result<Vec<VersionSummary>> {
    let rows: Vec<(i64, i64, Option<String>, Option<String>)> = sqlx::query_as(
        "select v.version, v.at_ms, p.name, v.model from workflow_version v \
         join workflow w on w.id = v.workflow_id left join person p on p.id = v.person_id \
         where v.workflow_id = $1 and w.store_id = $2 order by v.version desc",
    )
    .bind(id)
    .bind(store)
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(version, at_ms, person, model)| VersionSummary {
            version: number(version),
            at_ms,
            person,
            model,
        })
        .collect())
}

/// A version that is about to be in force.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion<'a> {
    /// Id of the workflow.
    pub id: &'a str,
    pub version: u32,
    pub workflow: &'a Workflow,
    /// Id of who turns it on.
    pub person: &'a str,
    /// The model that drew it last.
    pub model: Option<&'a str>,
    pub now_ms: i64,
}

/// Stores a version and puts it in force.
pub async fn save(
    transaction: &mut Transaction<'_, Any>,
    shop: &Store,
    session: &Session,
    new: NewVersion<'_>,
) -> Result<()> {
    let NewVersion {
        id,
        version,
        workflow,
        person,
        model,
        now_ms,
    } = new;
    sqlx::query(
        "insert into workflow (id, store_id, session_id, name, active, version, activated_ms) \
         values ($1, $2, $3, $4, 1, $5, $6) on conflict (id) do update set session_id = excluded.session_id, \
         name = excluded.name, active = 1, version = excluded.version, activated_ms = excluded.activated_ms",
    )
    .bind(id)
    .bind(&shop.id)
    .bind(&session.id)
    .bind(&workflow.name)
    .bind(i64::from(version))
    .bind(now_ms)
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "insert into workflow_version (workflow_id, version, body, at_ms, person_id, model) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(i64::from(version))
    .bind(serde_json::to_string(workflow)?)
    .bind(now_ms)
    .bind(person)
    .bind(model.map(str::to_string))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Turns a workflow off.
pub async fn turn_off(transaction: &mut Transaction<'_, Any>, store: &str, id: &str) -> Result<()> {
    sqlx::query("update workflow set active = 0 where id = $1 and store_id = $2")
        .bind(id)
        .bind(store)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// A row of [`list`]: id, name, active, version, activated, session, runs, last run.
type SummaryRow = (String, String, i64, i64, i64, String, i64, i64);

/// The workflows of a store, the last activated first.
pub async fn list(pool: &AnyPool, store: &str) -> Result<Vec<WorkflowSummary>> {
    let rows: Vec<SummaryRow> = sqlx::query_as(
        "select w.id, w.name, w.active, w.version, w.activated_ms, w.session_id, \
         (select count(*) from run r where r.workflow_id = w.id), \
         cast((select coalesce(max(r.started_ms), 0) from run r where r.workflow_id = w.id) as bigint) \
         from workflow w where w.store_id = $1 order by w.activated_ms desc, w.id desc",
    )
    .bind(store)
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, name, active, version, activated_ms, session_id, runs, last)| WorkflowSummary {
                id,
                name,
                active: active == 1,
                version: number(version),
                activated_ms,
                session_id: Some(session_id),
                runs: runs.unsigned_abs(),
                last_run_ms: (last > 0).then_some(last),
            },
        )
        .collect())
}

/// The active workflows of a store with their versions in force.
pub async fn active(pool: &AnyPool, store: &str) -> Result<Vec<(String, u32, Workflow)>> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "select w.id, w.version, v.body from workflow w \
         join workflow_version v on v.workflow_id = w.id and v.version = w.version \
         where w.store_id = $1 and w.active = 1 order by w.activated_ms, w.id",
    )
    .bind(store)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|(id, version, body)| Ok((id, number(version), serde_json::from_str(&body)?)))
        .collect()
}

/// An active workflow of some store, for the ML team's export.
pub struct TurnedOn {
    pub store: String,
    /// When it ran last, in milliseconds since the epoch.
    pub last_run_ms: Option<i64>,
    /// The version in force.
    pub body: String,
}

/// The active workflows of all stores.
pub async fn turned_on(pool: &AnyPool) -> Result<Vec<TurnedOn>> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "select w.store_id, coalesce((select max(r.started_ms) from run r where r.workflow_id = w.id), 0), \
         v.body from workflow w \
         join workflow_version v on v.workflow_id = w.id and v.version = w.version \
         where w.active = 1 order by w.store_id, w.activated_ms, w.id",
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(store, last, body)| TurnedOn {
            store,
            last_run_ms: (last > 0).then_some(last),
            body,
        })
        .collect())
}
