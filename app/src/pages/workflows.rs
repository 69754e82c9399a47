//! The list of the store's workflows.

use leptos_meta::Title;

use super::Loading;
use crate::api::{self, WorkflowSummary};
use crate::asked::asked;
use crate::files::{ImportZone, choose_file};
use crate::icons::{Glyph, Icon};
use crate::prelude::*;
use crate::trouble::Trouble;
use crate::when::When;

/// Every workflow that was ever turned on.
#[component]
pub fn WorkflowsPage() -> impl IntoView {
    let workflows = asked(|| (), |()| api::workflows());
    view! {
        <Title text="Workflows" />
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
            let runs = match workflow.runs {
                0 => "No runs yet".to_string(),
                1 => "1 run".to_string(),
                count => format!("{count} runs"),
            };
            view! {
                <li>
                    <a class="row" href=format!("/workflows/{}", workflow.id)>
                        <span class="row-main">
                            <strong>{workflow.name}</strong>
                            <small>
                                {format!("Version {} · turned on ", workflow.version)}
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
                                            "Last "
                                            <When ms />
                                        </small>
                                    }
                                })}
                        </span>
                        <span class=if workflow.active {
                            "status good"
                        } else {
                            "status quiet"
                        }>{if workflow.active { "On" } else { "Off" }}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="page">
            <h1>"Workflows"</h1>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">
                            "Nothing is turned on yet. Say what should happen in your store, look at what is drawn, and turn it on."
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
                    "New workflow"
                </a>
                <button type="button" class="button" on:click=move |_| {
                    // It stands below.
                    let _ = choose_file();
                }>
                    "Import a file"
                </button>
            </p>
            <ImportZone />
        </main>
    }
}
