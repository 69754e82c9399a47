//! A workflow's runs.

use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Loading, use_id};
use crate::api::{self, ApiError, RunStatus, RunSummary, WorkflowSummary};
use crate::asked::asked;
use crate::icons::{Glyph, Icon};
use crate::language::{count, k, said_text, t, tr};
use crate::prelude::*;
use crate::title::Title;
use crate::trouble::{Blank, Trouble};
use crate::when::When;
use crate::words::label_from_id;

/// Every run of one workflow, newest first.
#[component]
pub fn RunsPage() -> impl IntoView {
    let id = use_id();
    let loaded = asked(
        move || id.get(),
        |id| async move {
            let workflow = api::workflows()
                .await?
                .into_iter()
                .find(|workflow| workflow.id == id);
            Ok::<_, ApiError>((workflow, api::runs(id).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_TITLE_RUNS) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((Some(workflow), runs)) => view! { <Runs workflow runs /> }.into_any(),
                    Ok((None, _)) => {
                        view! {
                            <Blank
                                head=t(k::TROUBLE_NOT_HERE)
                                text=t(k::RUNS_GONE)
                            />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The words and the colour of a run's end.
pub fn run_status(status: RunStatus) -> (&'static str, &'static str) {
    match status {
        RunStatus::Running => ("status new", t(k::RUNS_RUNNING)),
        RunStatus::Waiting => ("status warning", t(k::RUNS_WAITING)),
        RunStatus::Succeeded => ("status good", t(k::RUNS_SUCCEEDED)),
        RunStatus::Failed => ("status bad", t(k::RUNS_FAILED)),
    }
}

#[component]
fn Runs(workflow: WorkflowSummary, runs: Vec<RunSummary>) -> impl IntoView {
    let is_empty = runs.is_empty();
    let rows = runs
        .into_iter()
        .map(|run| {
            let (class, word) = run_status(run.status);
            let done = tr(
                k::RUNS_BOTH,
                &[
                    &count(k::RUNS_STEPS, run.steps as usize),
                    &count(k::RUNS_DONE, run.effects as usize),
                ],
            );
            view! {
                <li>
                    <a class="row" href=format!("/runs/{}", run.id)>
                        <span class="row-main">
                            <strong>
                                <When ms=run.started_ms />
                            </strong>
                            <small>{label_from_id(&run.trigger)}</small>
                        </span>
                        <span class="row-side">
                            <span>{done}</span>
                        </span>
                        <span class=class>{word}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let versions = format!("/workflows/{}/versions", workflow.id);
    view! {
        <main class="page">
            <p class="crumb">
                <a href="/workflows">
                    <Glyph icon=Icon::Back />
                    {t(k::FRAME_WORKFLOWS)}
                </a>
            </p>
            <div class="page-head">
                <div>
                    <h1>{workflow.name}</h1>
                    <p class="muted">
                        {if workflow.active { t(k::FRAME_ON) } else { t(k::FRAME_OFF) }}
                        " " {count(k::RUNS_TURNED_ON, workflow.version as usize)} " "
                        <When ms=workflow.activated_ms />
                    </p>
                </div>
                {match workflow.session_id {
                    Some(session) => {
                        view! {
                            <a class="button" href=format!("/sessions/{session}")>
                                {t(k::FRAME_OPEN_IN_BUILDER)}
                            </a>
                        }
                            .into_any()
                    }
                    None => view! { <Edit workflow=workflow.id /> }.into_any(),
                }}
            </div>
            <p>
                <a href=versions>{t(k::FRAME_VERSIONS)}</a>
            </p>
            <h2>{t(k::FRAME_TITLE_RUNS)}</h2>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">
                            {t(k::RUNS_NOT_YET)}
                        </p>
                    </div>
                }
                    .into_any()
            } else {
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
        </main>
    }
}

/// Starts a session on a workflow that did not come out of one.
#[component]
fn Edit(workflow: String) -> impl IntoView {
    let start = Action::new(|id: &String| api::start_session(Some(id.clone())));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(session)) = start.value().get() {
            navigate(&format!("/sessions/{session}"), NavigateOptions::default());
        }
    });
    let refused = move || start.value().get().and_then(Result::err);
    view! {
        <div>
            <button
                type="button"
                class="button"
                disabled=start.pending()
                on:click=move |_| {
                    start.dispatch(workflow.clone());
                }
            >
                {t(k::FRAME_OPEN_IN_BUILDER)}
            </button>
            {move || refused().map(|error| view! { <p class="form-error">{said_text(&error.message)}</p> })}
        </div>
    }
}
