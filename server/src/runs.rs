//! Runs: an event meets the active workflows; [`flow::run`] says what to do, and this does it.
//!
//! A run is stored before its first effect, and each effect is recorded when it is done. A server
//! that goes away in between finishes the rest when it is back.

pub mod code;
pub mod effects;
pub mod mail;
pub mod store;

use std::sync::Arc;

use app::api::{RunDetail, RunStatus};
use flow::Catalog;
use flow::run::{Answer, Effect, RUN_CODE, Resume, Run, StepOutcome};
use flow::workflow::Workflow;
use serde_json::{Map, Value};
use sqlx::AnyPool;

use crate::accounts::{self, Store};
use crate::state::App;
use crate::{Error, Result, workflows};

/// Runs every active workflow of the store that begins with this trigger; returns the ids of the runs.
pub async fn on_event(
    app: &App,
    shop: &Store,
    trigger: &str,
    event: &Map<String, Value>,
) -> Result<Vec<String>> {
    let catalog = app.catalogs.of(shop).await?;
    let mut ids = Vec::new();
    for (workflow_id, version, workflow) in workflows::store::active(&app.pool, &shop.id).await? {
        let workflow = catalog.with_real_ids(&workflow);
        let triggers: Vec<&str> = workflow
            .triggers()
            .filter(|step| step.task_id == trigger)
            .map(|step| step.id.as_str())
            .collect();
        for step in triggers {
            let run = started(&workflow, &catalog, step, environment(shop, event, app)).await?;
            let id = uuid::Uuid::now_v7().to_string();
            let new = store::NewRun {
                id: &id,
                store_id: &shop.id,
                workflow_id: &workflow_id,
                version,
                trigger,
                event,
                run: &run,
                now_ms: app.clock.now_ms(),
            };
            store::add(&app.pool, new).await?;
            finish(app, shop, &id, &run).await?;
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Interprets a workflow from a trigger, where scripts may block for as long as they are allowed to.
async fn started(
    workflow: &Workflow,
    catalog: &Arc<Catalog>,
    trigger: &str,
    environment: Value,
) -> Result<Run> {
    let (workflow, catalog, trigger) = (workflow.clone(), catalog.clone(), trigger.to_string());
    let run = tokio::task::spawn_blocking(move || {
        flow::run::start_with(&workflow, &catalog, &trigger, environment, &mut answer)
    });
    run.await.map_err(|error| Error::Internal(Box::new(error)))
}

/// Goes on after a wait, as [`started`].
async fn resumed(workflow: &Workflow, catalog: &Arc<Catalog>, resume: Resume) -> Result<Run> {
    let (workflow, catalog) = (workflow.clone(), catalog.clone());
    let run = tokio::task::spawn_blocking(move || {
        flow::run::resume_with(&workflow, &catalog, resume, &mut answer)
    });
    run.await.map_err(|error| Error::Internal(Box::new(error)))
}

/// What this version can answer while a workflow runs: the output of scripts.
pub fn answer(effect: &Effect) -> Answer {
    if effect.task_id != RUN_CODE {
        return Answer::Nothing;
    }
    let script = effect.fields.get("script").and_then(Value::as_str);
    let input = effect.fields.get("input").unwrap_or(&Value::Null);
    match code::evaluate(script.unwrap_or_default(), input, code::Limits::default()) {
        Ok(output) => Answer::Value(output),
        Err(reason) => Answer::Failed(reason),
    }
}

/// What the steps see: the event, the time, and the shop unless the event brought it.
pub fn environment(shop: &Store, event: &Map<String, Value>, app: &App) -> Value {
    let mut environment = event.clone();
    environment.insert(NOW.to_string(), now(app));
    environment
        .entry("shop")
        .or_insert_with(|| serde_json::json!({ "name": shop.name }));
    Value::Object(environment)
}

/// Where Liquid's `now` is read from.
const NOW: &str = "now";

/// The time in seconds since 1970, as [`flow::liquid`] takes it.
fn now(app: &App) -> Value {
    Value::from(app.clock.now_ms() / 1000)
}

/// Performs the effects that were not performed yet, and writes down how the run stands.
async fn finish(app: &App, shop: &Store, id: &str, run: &Run) -> Result<()> {
    let done = store::performed(&app.pool, &shop.id, id).await?.len();
    for (position, effect) in run.effects.iter().enumerate().skip(done) {
        let performed = effects::perform(app, shop, effect).await?;
        store::add_performed(&app.pool, id, position, &performed, app.clock.now_ms()).await?;
    }
    let waits = store::waits(&app.pool, id).await?;
    store::set_status(&app.pool, &shop.id, id, status(run, waits)).await
}

/// How a run stands once its effects are performed.
fn status(run: &Run, waits: i64) -> RunStatus {
    if waits > 0 {
        return RunStatus::Waiting;
    }
    let failed = run
        .trace
        .iter()
        .any(|step| matches!(step.outcome, StepOutcome::Failed { .. }));
    if failed {
        RunStatus::Failed
    } else {
        RunStatus::Succeeded
    }
}

/// Goes on with the runs whose wait is over; returns how many.
pub async fn resume_due(app: &App) -> Result<usize> {
    let due = store::due(&app.pool, app.clock.now_ms()).await?;
    for wait in &due {
        let (shop, workflow, mut run) = load(app, &wait.store_id, &wait.run_id).await?;
        let mut resume: Resume = serde_json::from_str(&wait.resume)?;
        if let Value::Object(environment) = &mut resume.env {
            environment.insert(NOW.to_string(), now(app));
        }
        let catalog = app.catalogs.of(&shop).await?;
        let workflow = catalog.with_real_ids(&workflow);
        let later = resumed(&workflow, &catalog, resume.clone()).await?;
        run.waiting.retain(|waiting| *waiting != resume);
        let new_waits = later.waiting.clone();
        run.extend(later);
        // Whoever takes the wait away goes on with it; another server finds it gone.
        if store::take_wait(app, wait, &run, &new_waits).await? {
            finish(app, &shop, &wait.run_id, &run).await?;
        }
    }
    Ok(due.len())
}

/// Finishes runs whose server went away between two effects. An effect that was done but not yet
/// recorded is done again: tags do not mind, and an e-mail twice is better than none.
pub async fn finish_open(app: &App) -> Result<()> {
    for (store_id, id) in store::open(&app.pool, app.clock.now_ms() - OPEN_MS).await? {
        let (shop, _, run) = load(app, &store_id, &id).await?;
        finish(app, &shop, &id, &run).await?;
    }
    Ok(())
}

/// A run that is open for so long has nobody who works on it.
const OPEN_MS: i64 = 60_000;

async fn load(app: &App, store_id: &str, run_id: &str) -> Result<(Store, Workflow, Run)> {
    let shop = accounts::store::store_by_id(&app.pool, store_id)
        .await?
        .ok_or_else(|| Error::no_such("store"))?;
    let row = store::find(&app.pool, store_id, run_id)
        .await?
        .ok_or_else(|| Error::no_such("run"))?;
    let workflow =
        workflows::store::body(&app.pool, store_id, &row.summary.workflow_id, row.version).await?;
    Ok((shop, workflow, row.run))
}

/// A run of a store with everything that explains it.
pub async fn detail(pool: &AnyPool, store_id: &str, id: &str) -> Result<RunDetail> {
    let row = store::find(pool, store_id, id)
        .await?
        .ok_or_else(|| Error::no_such("run"))?;
    let workflow =
        workflows::store::body(pool, store_id, &row.summary.workflow_id, row.version).await?;
    Ok(RunDetail {
        summary: row.summary,
        workflow,
        event: row.event,
        run: row.run,
        performed: store::performed(pool, store_id, id).await?,
    })
}
