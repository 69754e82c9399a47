//! Trying a workflow out: test events for it, and what it would do with one. Nothing is performed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::api::{Tried, TryBranch, TryEvent, TryOffer, TryTrigger};
use flow::Catalog;
use flow::run::{Answer, Effect, RUN_CODE};
use flow::session::State;
use flow::test_events::{coverage_of_runs, named_events, run_event_with};
use flow::workflow::{StepId, Workflow};
use serde_json::{Map, Value};

use crate::accounts::Store;
use crate::state::App;
use crate::{Error, Result, runs, schema};

/// All scripts of one try may take so long together. A loop runs a script for each of its items.
const SCRIPTS_TAKE: Duration = Duration::from_secs(5);

/// The workflow that is tried: what is pending, else the draft. True when it is pending.
fn subject(state: State) -> Result<(Workflow, bool)> {
    match (state.proposal, state.draft) {
        (Some(proposal), _) => Ok((proposal.workflow, true)),
        (None, Some(draft)) => Ok((draft, false)),
        (None, None) => Err(Error::Conflict(
            "There is no workflow to try yet. Say what should happen first.".to_string(),
        )),
    }
}

/// The events that a session's workflow can be tried on.
pub async fn offer(state: State, catalog: Arc<Catalog>) -> Result<TryOffer> {
    let (workflow, pending) = subject(state)?;
    let work = move || {
        let triggers = workflow
            .triggers()
            .map(|step| TryTrigger {
                step: step.id.clone(),
                label: catalog
                    .task(&step.task_id)
                    .map_or_else(|| step.task_id.clone(), |task| task.label.clone()),
            })
            .collect();
        let events = named_events(&workflow, &catalog)
            .into_iter()
            .map(|named| TryEvent {
                name: named.name,
                trigger: named.trigger,
                event: named.event.map(|event| format!("{event:#}")),
                why_not: named.why_not,
            })
            .collect();
        TryOffer {
            pending,
            events,
            triggers,
        }
    };
    in_background(work).await
}

/// What the workflow of a session would do with an event, given as JSON.
///
/// Waits are over at once. Scripts are evaluated as they are in a run; data that a step reads comes
/// out of the event.
pub async fn out(
    app: &App,
    state: State,
    catalog: Arc<Catalog>,
    shop: &Store,
    trigger: StepId,
    event: &str,
) -> Result<Tried> {
    let (workflow, _) = subject(state)?;
    let event: Map<String, Value> = schema::TEST_EVENT.read(event.as_bytes())?;
    if !workflow.triggers().any(|step| step.id == trigger) {
        return Err(Error::Conflict(
            "The workflow has changed and no longer starts there. Look at the events again."
                .to_string(),
        ));
    }
    let event = runs::environment(shop, &event, app);
    let work = move || {
        let until = Instant::now() + SCRIPTS_TAKE;
        let run = run_event_with(&workflow, &trigger, &event, &catalog, &mut |effect| {
            script(effect, until)
        });
        let branches = branches(&workflow, &run);
        Tried { run, branches }
    };
    in_background(work).await
}

/// Every branch of a workflow, and whether a run took it.
fn branches(workflow: &Workflow, run: &flow::run::Run) -> Vec<TryBranch> {
    let coverage = coverage_of_runs(workflow, [run.clone()]);
    let branch = |step: &StepId, port: &str, taken: usize| TryBranch {
        step: step.clone(),
        port: port.to_string(),
        taken: taken > 0,
    };
    let conditions = coverage.conditions.iter().flat_map(|condition| {
        [
            branch(&condition.step, "true", condition.took_true),
            branch(&condition.step, "false", condition.took_false),
        ]
    });
    let loops = coverage
        .loops
        .iter()
        .map(|each| branch(&each.step, "loop_body", each.entered));
    conditions.chain(loops).collect()
}

/// Evaluates a script; every other effect is answered out of the event.
fn script(effect: &Effect, until: Instant) -> Option<Answer> {
    if effect.task_id != RUN_CODE {
        return None;
    }
    if Instant::now() >= until {
        return Some(Answer::Failed(format!(
            "The scripts of this workflow took longer than {} s together, so this one was not tried.",
            SCRIPTS_TAKE.as_secs()
        )));
    }
    Some(runs::answer(effect))
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Internal(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn scripts_stop_being_tried_when_they_took_too_long_together() {
        let effect = |task: &str| Effect {
            step: "c".to_string(),
            task_id: task.to_string(),
            fields: BTreeMap::from([(
                "script".to_string(),
                Value::from("export default function main() { return 7 }"),
            )]),
            output: Some("runCode".to_string()),
            item: None,
        };
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(script(&effect("other"), later), None);
        assert_eq!(
            script(&effect(RUN_CODE), later),
            Some(Answer::Value(Value::from(7)))
        );
        assert!(matches!(
            script(&effect(RUN_CODE), Instant::now()),
            Some(Answer::Failed(_))
        ));
    }
}
