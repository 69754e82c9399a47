//! A workflow's runs.

use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Loading, use_id};
use crate::api::{self, ApiError, RunStatus, RunSummary, WorkflowSummary};
use crate::asked::asked;
use crate::icons::{Glyph, Icon};
use crate::prelude::*;
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
        <Title text="Runs" />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((Some(workflow), runs)) => view! { <Runs workflow runs /> }.into_any(),
                    Ok((None, _)) => {
                        view! {
                            <Blank
                                head="This is not here"
                                text="There is no such workflow in your store; it may have been removed."
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
        RunStatus::Running => ("status new", "Running"),
        RunStatus::Waiting => ("status warning", "Waiting"),
        RunStatus::Succeeded => ("status good", "Succeeded"),
        RunStatus::Failed => ("status bad", "Failed"),
    }
}

#[component]
fn Runs(workflow: WorkflowSummary, runs: Vec<RunSummary>) -> impl IntoView {
    let is_empty = runs.is_empty();
    let rows = runs
        .into_iter()
        .map(|run| {
            let (class, word) = run_status(run.status);
            let done = match (run.steps, run.effects) {
                (steps, 0) => format!("{steps} steps, nothing to do"),
                (steps, 1) => format!("{steps} steps, 1 thing done"),
                (steps, effects) => format!("{steps} steps, {effects} things done"),
            };
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
                    "Workflows"
                </a>
            </p>
            <div class="page-head">
                <div>
                    <h1>{workflow.name}</h1>
                    <p class="muted">
                        {if workflow.active { "On" } else { "Off" }}
                        {format!(" · version {} · turned on ", workflow.version)}
                        <When ms=workflow.activated_ms />
                    </p>
                </div>
                {match workflow.session_id {
                    Some(session) => {
                        view! {
                            <a class="button" href=format!("/sessions/{session}")>
                                "Open in the builder"
                            </a>
                        }
                            .into_any()
                    }
                    None => view! { <Edit workflow=workflow.id /> }.into_any(),
                }}
            </div>
            <p>
                <a href=versions>"Versions"</a>
            </p>
            <h2>"Runs"</h2>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">
                            "It has not run yet. It runs when its trigger happens in your store."
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
                "Open in the builder"
            </button>
            {move || refused().map(|error| view! { <p class="form-error">{error.message}</p> })}
        </div>
    }
}
