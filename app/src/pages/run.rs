//! One run: which steps ran, what each did, and why every condition went the way it did.

use flow::workflow::StepId;

use super::runs::run_status;
use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, RunDetail};
use crate::asked::asked;
use crate::canvas::Canvas;
use crate::icons::{Glyph, Icon};
use crate::language::{k, t, tr};
use crate::panel::StepPanel;
use crate::prelude::*;
use crate::runs;
use crate::tasks::Tasks;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::when::When;
use crate::words::label_from_id;

/// Shows a run.
#[component]
pub fn RunPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = asked(
        move || id.get(),
        move |id| async move {
            let run = api::run(id).await?;
            Ok::<_, ApiError>((run, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_TITLE_RUN) />
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
    let lit = Signal::stored(Some(runs::lit(&workflow, &run)));
    let marks = Signal::stored(runs::marks(&run));
    let (class, word) = run_status(summary.status);
    let waiting = (!run.waiting.is_empty()).then(|| {
        let next = run.waiting.iter().map(|resume| resume.seconds).min();
        next.map(|seconds| tr(k::RUN_GOES_ON, &[&runs::span(seconds)]))
    });
    let story = runs::story(&run, &performed, &workflow, &tasks, selected, false);
    let json = serde_json::to_string_pretty(&event).unwrap_or_default();
    let name = workflow.name.clone();
    view! {
        <main class="run">
            <section class="run-story" aria-label=t(k::RUN_WHAT_HAPPENED)>
                <p class="crumb">
                    <a href=format!("/workflows/{}", summary.workflow_id)>
                        <Glyph icon=Icon::Back />
                        {name}
                    </a>
                </p>
                <div class="run-head">
                    <h1>{t(k::RUN_RUN_OF)} " " <When ms=summary.started_ms /></h1>
                    <p>
                        <span class=class>{word}</span>
                        " "
                        <span class="muted">{label_from_id(&summary.trigger)}</span>
                    </p>
                    {waiting.flatten().map(|words| view! { <p class="notice">{words}</p> })}
                </div>
                {story}
                <details class="raw">
                    <summary>{t(k::RUN_EVENT)}</summary>
                    <pre class="code">{json}</pre>
                </details>
            </section>
            <section class="stage" aria-label=t(k::FRAME_WORKFLOW)>
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
