//! The list of the store's workflows.

use super::Loading;
use crate::api::{self, WorkflowSummary};
use crate::asked::asked;
use crate::files::{ImportZone, choose_file};
use crate::icons::{Glyph, Icon};
use crate::language::{count, k, t};
use crate::prelude::*;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::when::When;

/// Every workflow that was ever turned on.
#[component]
pub fn WorkflowsPage() -> impl IntoView {
    let workflows = asked(|| (), |()| api::workflows());
    view! {
        <Title text=t(k::FRAME_WORKFLOWS) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match workflows.await {
                    Ok(list) => view! { <List list /> }.into_any(),
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn List(list: Vec<WorkflowSummary>) -> impl IntoView {
    let is_empty = list.is_empty();
    let rows = list
        .into_iter()
        .map(|workflow| {
            let runs = count(k::WORKFLOWS_RUNS, workflow.runs as usize);
            view! {
                <li>
                    <a class="row" href=format!("/workflows/{}", workflow.id)>
                        <span class="row-main">
                            <strong dir="auto">{workflow.name}</strong>
                            <small>
                                {count(k::WORKFLOWS_TURNED_ON, workflow.version as usize)} " "
                                <When ms=workflow.activated_ms />
                            </small>
                        </span>
                        <span class="row-side">
                            <span>{runs}</span>
                            {workflow
                                .last_run_ms
                                .map(|ms| {
                                    view! {
                                        <small>
                                            {t(k::WORKFLOWS_LAST)}
                                            " "
                                            <When ms />
                                        </small>
                                    }
                                })}
                        </span>
                        <span class=if workflow.active {
                            "status good"
                        } else {
                            "status quiet"
                        }>{if workflow.active { t(k::FRAME_ON) } else { t(k::FRAME_OFF) }}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="page">
            <h1>{t(k::FRAME_WORKFLOWS)}</h1>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">
                            {t(k::WORKFLOWS_NONE)}
                        </p>
                    </div>
                }
                    .into_any()
            } else {
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
            <p class="page-actions">
                <a class="button primary" href="/">
                    <Glyph icon=Icon::Plus />
                    {t(k::WORKFLOWS_NEW)}
                </a>
                <button type="button" class="button" on:click=move |_| {
                    // It stands below.
                    let _ = choose_file();
                }>
                    {t(k::FRAME_IMPORT)}
                </button>
            </p>
            <ImportZone />
        </main>
    }
}
