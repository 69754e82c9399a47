//! One run: which steps ran, what each did, and why every condition went the way it did.

use std::collections::HashMap;

use flow::condition::Test;
use flow::run::{Run, StepOutcome, StepRun};
use flow::workflow::{StepId, Workflow};
use leptos::prelude::*;
use leptos_meta::Title;
use serde_json::Value as Json;

use super::runs::run_status;
use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, Performed, RunDetail};
use crate::canvas::{Canvas, Lit, Mark, Tone};
use crate::icons::{Glyph, Icon};
use crate::panel::StepPanel;
use crate::tasks::Tasks;
use crate::trouble::Trouble;
use crate::when::When;
use crate::words::{self, capitalised, label_from_id, path_words};

/// Shows a run.
#[component]
pub fn RunPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = Resource::new(
        move || id.get(),
        move |id| async move {
            let run = api::run(id).await?;
            Ok::<_, ApiError>((run, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text="Run" />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((detail, tasks)) => {
                        view! { <Detail detail tasks=Tasks::new(tasks) /> }.into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Which steps ran, and over which links the run went.
fn lit(workflow: &Workflow, run: &Run) -> Lit {
    let mut lit = Lit::default();
    for step in &run.trace {
        lit.steps.insert(step.step.clone());
    }
    for link in &workflow.links {
        if !lit.steps.contains(&link.to) {
            continue;
        }
        let went = run
            .trace
            .iter()
            .filter(|step| step.step == link.from)
            .any(|step| leaves_over(step, &link.from_port));
        if went {
            lit.links
                .insert((link.from.clone(), link.from_port.clone(), link.to.clone()));
        }
    }
    lit
}

fn leaves_over(step: &StepRun, port: &str) -> bool {
    match &step.outcome {
        StepOutcome::Decided { result } => port == if *result { "true" } else { "false" },
        StepOutcome::Looped { items, .. } => port != "loop_body" || *items > 0,
        StepOutcome::Failed { .. } => false,
        _ => true,
    }
}

/// A word on each card: how often and how it ran.
fn marks(run: &Run) -> HashMap<StepId, Mark> {
    let mut counts: HashMap<&StepId, (usize, Tone, String)> = HashMap::new();
    for step in &run.trace {
        let (tone, text) = match &step.outcome {
            StepOutcome::Decided { result: true } => (Tone::Good, "Yes".to_string()),
            StepOutcome::Decided { result: false } => (Tone::Quiet, "No".to_string()),
            StepOutcome::Skipped { .. } => (Tone::Quiet, "Skipped".to_string()),
            StepOutcome::Failed { .. } => (Tone::Bad, "Failed".to_string()),
            StepOutcome::Waiting { .. } => (Tone::Warning, "Waits".to_string()),
            _ => (Tone::Good, "Ran".to_string()),
        };
        let entry = counts
            .entry(&step.step)
            .or_insert_with(|| (0, tone, text.clone()));
        entry.0 += 1;
        if entry.1 != tone || entry.2 != text {
            entry.2 = "Mixed".to_string();
            if tone == Tone::Bad {
                entry.1 = Tone::Bad;
            }
        }
    }
    counts
        .into_iter()
        .map(|(id, (count, tone, text))| {
            let text = if count > 1 {
                format!("{text} {count}×")
            } else {
                text
            };
            (id.clone(), Mark { tone, text })
        })
        .collect()
}

/// What came of a step, in one sentence.
fn outcome_words(outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Started => "Started the run.".to_string(),
        StepOutcome::Decided { result: true } => "The condition was met.".to_string(),
        StepOutcome::Decided { result: false } => "The condition was not met.".to_string(),
        StepOutcome::Looped { items, total } if items == total => {
            format!("Went through {items} items.")
        }
        StepOutcome::Looped { items, total } => {
            format!("Went through the first {items} of {total} items.")
        }
        StepOutcome::Waiting { seconds } => format!("Waits for {}.", span(*seconds)),
        StepOutcome::Computed { value } => format!("Worked out {}.", words::plain(value)),
        StepOutcome::Asked => "Done.".to_string(),
        StepOutcome::Skipped { reason } => format!("Skipped: {reason}"),
        StepOutcome::Failed { reason } => format!("Failed: {reason}"),
    }
}

fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        s if s >= 86_400 && s.is_multiple_of(86_400) => (s / 86_400, "day"),
        s if s >= 3600 && s.is_multiple_of(3600) => (s / 3600, "hour"),
        s if s >= 60 && s.is_multiple_of(60) => (s / 60, "minute"),
        s => (s, "second"),
    };
    if count == 1 {
        format!("1 {unit}")
    } else {
        format!("{count} {unit}s")
    }
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

#[component]
fn Detail(detail: RunDetail, tasks: Tasks) -> impl IntoView {
    let RunDetail {
        summary,
        workflow,
        event,
        run,
        performed,
    } = detail;
    let selected = RwSignal::new(None::<StepId>);
    let shown = Signal::stored(Some(workflow.clone()));
    let lit = Signal::stored(Some(lit(&workflow, &run)));
    let marks = Signal::stored(marks(&run));
    let (class, word) = run_status(summary.status);
    let did = performed_by_run(&run, &performed);
    let waiting = (!run.waiting.is_empty()).then(|| {
        let next = run.waiting.iter().map(|resume| resume.seconds).min();
        next.map(|seconds| format!("It goes on after a wait of {}.", span(seconds)))
    });
    let steps = run
        .trace
        .iter()
        .zip(did)
        .map(|(step, did)| {
            view! { <Ran step=step.clone() did workflow=workflow.clone() tasks=tasks.clone() selected /> }
        })
        .collect_view();
    let json = serde_json::to_string_pretty(&event).unwrap_or_default();
    let name = workflow.name.clone();
    view! {
        <main class="run">
            <section class="run-story" aria-label="What happened">
                <p class="crumb">
                    <a href=format!("/workflows/{}", summary.workflow_id)>
                        <Glyph icon=Icon::Back />
                        {name}
                    </a>
                </p>
                <div class="run-head">
                    <h1>"Run of " <When ms=summary.started_ms /></h1>
                    <p>
                        <span class=class>{word}</span>
                        " "
                        <span class="muted">{label_from_id(&summary.trigger)}</span>
                    </p>
                    {waiting.flatten().map(|words| view! { <p class="notice">{words}</p> })}
                </div>
                <ol class="story">{steps}</ol>
                <details class="raw">
                    <summary>"The event that started it"</summary>
                    <pre class="code">{json}</pre>
                </details>
            </section>
            <section class="stage" aria-label="Workflow">
                <div class="stage-body">
                    <Canvas
                        workflow=shown
                        tasks=tasks.clone()
                        selected
                        drawing=Signal::stored(false)
                        marks
                        lit
                    />
                    <StepPanel workflow=shown tasks selected />
                </div>
            </section>
        </main>
    }
}

/// One step run of the story.
#[component]
fn Ran(
    step: StepRun,
    did: Vec<Performed>,
    workflow: Workflow,
    tasks: Tasks,
    selected: RwSignal<Option<StepId>>,
) -> impl IntoView {
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
        vec![outcome_words(&step.outcome)]
    } else {
        did.into_iter().map(|done| done.summary).collect()
    };
    let outcome = outcome
        .into_iter()
        .map(|line| view! { <p class="ran-outcome">{line}</p> })
        .collect_view();
    let tests = (!step.tests.is_empty()).then(|| view! { <Tests tests=step.tests.clone() /> });
    let mut fields: Vec<_> = step
        .fields
        .iter()
        .filter(|(id, value)| *id != "condition" && !is_blank(value))
        .map(|(id, value)| {
            let label = of.map_or_else(|| label_from_id(id), |of| tasks.field_label(of, id));
            (tasks.field_place(&step.task_id, id), label, value.clone())
        })
        .collect();
    fields.sort_by_key(|(place, _, _)| *place);
    if let Some(output) = &step.output {
        fields.push((usize::MAX, "Output".to_string(), output.clone()));
    }
    let fields = (!fields.is_empty()).then(|| {
        let rows = fields
            .into_iter()
            .map(|(_, label, value)| {
                view! {
                    <div class="field">
                        <dt>{label}</dt>
                        <dd><Rendered value /></dd>
                    </div>
                }
            })
            .collect_view();
        view! { <dl class="fields">{rows}</dl> }
    });
    let findings = step
        .findings
        .iter()
        .map(|finding| view! { <p class="ran-finding">{finding.message.clone()}</p> })
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
#[component]
fn Rendered(value: Json) -> impl IntoView {
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
#[component]
fn Tests(tests: Vec<Test>) -> impl IntoView {
    let rows = tests
        .into_iter()
        .map(|test| {
            let (class, icon, word) = if test.passed {
                ("test good", Icon::Check, "Passed: ")
            } else {
                ("test bad", Icon::Cross, "Did not pass: ")
            };
            let path = capitalised(&path_words(&test.path));
            let item = test
                .item
                .clone()
                .map(|item| view! { <small>{format!(" in {item}")}</small> });
            view! {
                <li class=class>
                    <Glyph icon />
                    <span>
                        <span class="unseen">{word}</span>
                        <span class="test-path">{path}{item}</span>
                        <span>{capitalised(&flow::condition::explain(&test))}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="tests">{rows}</ul> }
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step};

    use super::*;

    fn ran(step: &str, outcome: StepOutcome) -> StepRun {
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
    fn only_the_way_that_was_taken_is_lit() {
        let workflow = Workflow {
            steps: ["t", "if", "yes", "no"]
                .into_iter()
                .map(|id| Step::new(id, "x::y", "0.1", TaskType::Action))
                .collect(),
            links: vec![
                Link::new("t", "output", "if"),
                Link::new("if", "true", "yes"),
                Link::new("if", "false", "no"),
            ],
            ..Workflow::default()
        };
        let run = Run {
            trace: vec![
                ran("t", StepOutcome::Started),
                ran("if", StepOutcome::Decided { result: true }),
                ran("yes", StepOutcome::Asked),
            ],
            ..Run::default()
        };
        let lit = lit(&workflow, &run);
        assert_eq!(lit.steps.len(), 3);
        assert_eq!(lit.links.len(), 2);
        assert!(!lit.steps.contains("no"));
        let marks = marks(&run);
        assert_eq!(marks["if"].text, "Yes");
        assert_eq!(marks["yes"].text, "Ran");
    }

    #[test]
    fn effects_of_a_loop_are_told_item_by_item() {
        let mut trace = vec![ran("a", StepOutcome::Asked), ran("a", StepOutcome::Asked)];
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
}
