//! The story of a run: each step with what came of it, and why.

use std::collections::HashMap;

use flow::condition::Test;
use flow::run::{Run, StepOutcome, StepRun};
use flow::workflow::{StepId, Workflow};
use serde_json::Value as Json;

use crate::api::Performed;
use crate::icons::{Glyph, Icon};
use crate::language::{count, in_words, k, said_text, t, tr};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::words::{self, capitalised, label_from_id, path_words};

/// Each step of a run in order. `performed` is what was done for it; with `tried` nothing was.
pub fn story(
    run: &Run,
    performed: &[Performed],
    workflow: &Workflow,
    tasks: &Tasks,
    selected: RwSignal<Option<StepId>>,
    tried: bool,
) -> AnyView {
    let steps = run
        .trace
        .iter()
        .zip(performed_by_run(run, performed))
        .map(|(step, did)| ran(step.clone(), did, workflow, tasks, selected, tried))
        .collect_view();
    view! { <ol class="story">{steps}</ol> }.into_any()
}

/// What came of a step, in one sentence; `tried` when nothing was performed.
fn outcome_words(outcome: &StepOutcome, tried: bool) -> String {
    match outcome {
        StepOutcome::Asked if tried => t(k::RUN_WOULD).to_string(),
        StepOutcome::Waiting { seconds } if tried => tr(k::RUN_WOULD_WAIT, &[&span(*seconds)]),
        StepOutcome::Started => t(k::RUN_STARTED).to_string(),
        StepOutcome::Decided { result: true } => t(k::RUN_MET).to_string(),
        StepOutcome::Decided { result: false } => t(k::RUN_NOT_MET).to_string(),
        StepOutcome::Looped { items, total } if items == total => count(k::RUN_LOOPED, *items),
        StepOutcome::Looped { items, total } => tr(
            k::RUN_LOOPED_SOME,
            &[&items.to_string(), &total.to_string()],
        ),
        StepOutcome::Waiting { seconds } => tr(k::RUN_WAITS_FOR, &[&span(*seconds)]),
        StepOutcome::Computed { value } => tr(k::RUN_WORKED_OUT, &[&words::plain(value)]),
        StepOutcome::Asked => t(k::RUN_DONE).to_string(),
        StepOutcome::Skipped { reason } => tr(k::RUN_SKIPPED_WHY, &[&said_text(reason)]),
        StepOutcome::Failed { reason } => tr(k::RUN_FAILED_WHY, &[&said_text(reason)]),
    }
}

/// A length of time in its largest whole unit: `3 days`.
pub fn span(seconds: u64) -> String {
    let (number, unit) = match seconds {
        s if s >= 86_400 && s.is_multiple_of(86_400) => (s / 86_400, k::UNITS_DAYS),
        s if s >= 3600 && s.is_multiple_of(3600) => (s / 3600, k::UNITS_HOURS),
        s if s >= 60 && s.is_multiple_of(60) => (s / 60, k::UNITS_MINUTES),
        s => (s, k::UNITS_SECONDS),
    };
    tr(unit, &[&number.to_string()])
}

/// The performed effects by step run: the order of both is that of the run.
fn performed_by_run(run: &Run, performed: &[Performed]) -> Vec<Vec<Performed>> {
    let mut left: HashMap<&StepId, std::collections::VecDeque<&Performed>> = HashMap::new();
    for done in performed {
        left.entry(&done.step).or_default().push_back(done);
    }
    let mut remaining: HashMap<&StepId, usize> = HashMap::new();
    for step in run.trace.iter().filter(|step| step.effect.is_some()) {
        *remaining.entry(&step.step).or_default() += 1;
    }
    run.trace
        .iter()
        .map(|step| {
            if step.effect.is_none() {
                return Vec::new();
            }
            let (Some(queue), Some(runs)) =
                (left.get_mut(&step.step), remaining.get_mut(&step.step))
            else {
                return Vec::new();
            };
            // The last run of a step takes everything that is left, so that nothing is hidden.
            let take = if *runs == 1 { queue.len() } else { 1 };
            *runs -= 1;
            (0..take)
                .filter_map(|_| queue.pop_front().cloned())
                .collect()
        })
        .collect()
}

/// One step run of the story.
fn ran(
    step: StepRun,
    did: Vec<Performed>,
    workflow: &Workflow,
    tasks: &Tasks,
    selected: RwSignal<Option<StepId>>,
    tried: bool,
) -> AnyView {
    let of = workflow.step(&step.step);
    let title = of.map_or_else(|| label_from_id(&step.task_id), |of| tasks.title(of));
    let icon = of.map_or(Icon::Action, |of| Icon::of_step(of.task_type, &of.task_id));
    let class = match &step.outcome {
        StepOutcome::Failed { .. } => "ran bad",
        StepOutcome::Skipped { .. } => "ran quiet",
        StepOutcome::Decided { result: false } => "ran quiet",
        StepOutcome::Waiting { .. } => "ran warning",
        _ => "ran good",
    };
    let outcome = if did.is_empty() {
        vec![outcome_words(&step.outcome, tried)]
    } else {
        did.into_iter().map(|done| done.summary).collect()
    };
    let outcome = outcome
        .into_iter()
        .map(|line| in_words("ran-outcome", &line))
        .collect_view();
    let tests = (!step.tests.is_empty()).then(|| tests_of(step.tests.clone()));
    let mut fields: Vec<_> = step
        .fields
        .iter()
        .filter(|(id, value)| *id != "condition" && !is_blank(value))
        .map(|(id, value)| {
            let label = of.map_or_else(|| label_from_id(id), |of| tasks.field_label(of, id));
            (tasks.field_place(&step.task_id, id), label, value.clone())
        })
        .collect();
    flow::sorted::sort_by_key(&mut fields, |(place, _, _)| *place);
    if let Some(output) = &step.output {
        fields.push((usize::MAX, t(k::RUN_OUTPUT).to_string(), output.clone()));
    }
    let fields = (!fields.is_empty()).then(|| {
        let rows = fields
            .into_iter()
            .map(|(_, label, value)| {
                view! {
                    <div class="field">
                        <dt>{label}</dt>
                        <dd>{rendered(value)}</dd>
                    </div>
                }
            })
            .collect_view();
        view! { <dl class="fields">{rows}</dl> }
    });
    let findings = step
        .findings
        .iter()
        .map(|finding| in_words("ran-finding", &finding.message))
        .collect_view();
    let id = StoredValue::new(step.step.clone());
    view! {
        <li class=class>
            <button
                type="button"
                class="ran-head"
                aria-pressed=move || {
                    id.with_value(|id| selected.with(|open| open.as_ref() == Some(id))).to_string()
                }
                on:click=move |_| selected.set(Some(id.get_value()))
            >
                <span class="ran-dot">
                    <Glyph icon />
                </span>
                <strong>{title}</strong>
                {step.item.clone().map(|item| view! { <small>{item}</small> })}
            </button>
            <div class="ran-body">{outcome} {tests} {fields} {findings}</div>
        </li>
    }
    .into_any()
}

fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A value as it was when the step ran.
fn rendered(value: Json) -> AnyView {
    match value {
        Json::Array(items)
            if items
                .iter()
                .all(|item| !item.is_object() && !item.is_array()) =>
        {
            let chips = items
                .iter()
                .map(|item| view! { <span class="chip">{words::plain(item)}</span> })
                .collect_view();
            view! { <span class="chips">{chips}</span> }.into_any()
        }
        Json::Object(_) | Json::Array(_) => {
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            view! { <pre class="code">{text}</pre> }.into_any()
        }
        value => view! { <span class="text">{words::plain(&value)}</span> }.into_any(),
    }
}

/// Every comparison of a condition: the path, and which value met which literal.
fn tests_of(tests: Vec<Test>) -> AnyView {
    let rows = tests
        .into_iter()
        .map(|test| {
            let (class, icon, word) = if test.passed {
                ("test good", Icon::Check, t(k::RUN_PASSED))
            } else {
                ("test bad", Icon::Cross, t(k::RUN_DID_NOT_PASS))
            };
            let path = capitalised(&path_words(&test.path));
            let item = test
                .item
                .clone()
                .map(|item| view! { <small>" " {tr(k::RUN_IN_ITEM, &[&item])}</small> });
            view! {
                <li class=class>
                    <Glyph icon />
                    <span>
                        <span class="unseen">{word} " "</span>
                        <span class="test-path">{path}{item}</span>
                        <span>{capitalised(&flow::condition::explain(&test))}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="tests">{rows}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_run(step: &str, outcome: StepOutcome) -> StepRun {
        StepRun {
            step: step.to_string(),
            task_id: "x::y".to_string(),
            outcome,
            item: None,
            tests: Vec::new(),
            fields: Default::default(),
            output: None,
            effect: None,
            findings: Vec::new(),
        }
    }

    #[test]
    fn effects_of_a_loop_are_told_item_by_item() {
        let mut trace = vec![
            step_run("a", StepOutcome::Asked),
            step_run("a", StepOutcome::Asked),
        ];
        trace[0].effect = Some(0);
        trace[1].effect = Some(1);
        let run = Run {
            trace,
            ..Run::default()
        };
        let performed: Vec<Performed> = ["one", "two", "three"]
            .into_iter()
            .map(|summary| Performed {
                step: "a".to_string(),
                kind: "tags".to_string(),
                summary: summary.to_string(),
            })
            .collect();
        let by_run = performed_by_run(&run, &performed);
        assert_eq!(by_run[0].len(), 1);
        assert_eq!(by_run[1].len(), 2);
    }

    #[test]
    fn spans_are_said_in_the_largest_whole_unit() {
        for (seconds, words) in [
            (86_400, "1 day"),
            (7200, "2 hours"),
            (90, "90 seconds"),
            (0, "0 seconds"),
        ] {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn what_was_only_tried_does_not_claim_to_be_done() {
        let wait = StepOutcome::Waiting { seconds: 7200 };
        for (outcome, tried, words) in [
            (StepOutcome::Asked, false, "Done."),
            (StepOutcome::Asked, true, "Would be done. Nothing was."),
            (wait.clone(), false, "Waits for 2 hours."),
            (
                wait,
                true,
                "Would wait for 2 hours; here it is over at once.",
            ),
        ] {
            assert_eq!(outcome_words(&outcome, tried), words);
        }
    }
}
