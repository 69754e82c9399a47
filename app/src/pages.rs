//! The pages.

mod builder;
mod models;
mod replay;
mod run;
mod runs;
mod sessions;
mod sign_in;
mod templates;
mod versions;
mod workflows;

pub use builder::{on_session, start};

use std::future::Future;

use leptos::wasm_split::wasm_split;
use leptos_router::hooks::use_params_map;

use crate::anew::anew;
use crate::api::{self, ApiError, TaskInfo};
use crate::language::{k, t};
use crate::part::{Drawn, Load, part};
use crate::prelude::*;
use models::ModelsPage;
use replay::ReplayPage;
use run::RunPage;
use runs::RunsPage;
use sessions::SessionsPage;
use sign_in::SignInPage;
use templates::TemplatesPage;
use versions::VersionsPage;
use workflows::WorkflowsPage;

/// The pages of what is there already; they share most of their code.
#[derive(Clone, Copy)]
enum Record {
    Workflows,
    Runs,
    Versions,
    Run,
    Sessions,
    Models,
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_record), fallible)]
fn draw_record(page: Record) -> Drawn {
    Ok(match page {
        Record::Workflows => view! { <WorkflowsPage /> }.into_any(),
        Record::Runs => view! { <RunsPage /> }.into_any(),
        Record::Versions => view! { <VersionsPage /> }.into_any(),
        Record::Run => view! { <RunPage /> }.into_any(),
        Record::Sessions => view! { <SessionsPage /> }.into_any(),
        Record::Models => view! { <ModelsPage /> }.into_any(),
    })
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_replay), fallible)]
fn draw_replay() -> Drawn {
    Ok(view! { <ReplayPage /> }.into_any())
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_templates), fallible)]
fn draw_templates() -> Drawn {
    Ok(view! { <TemplatesPage /> }.into_any())
}

/// Draws a page that is loaded when somebody goes there; the server tells the browser right away
/// which part that will be.
fn page<F>(name: &'static str, load: fn() -> Load, draw: impl Fn() -> F + Send + 'static) -> AnyView
where
    F: Future<Output = Drawn> + 'static,
{
    #[cfg(feature = "ssr")]
    leptos::prefetch_lazy_fn_on_server(name);
    #[cfg(not(feature = "ssr"))]
    let _ = name;
    part(load, draw)
}

fn record(of: Record) -> AnyView {
    page("pages", || Box::pin(load_record()), move || draw_record(of))
}

#[wasm_split(sign_in, wasm_split_path = leptos::wasm_split, preload(load_sign_in), fallible)]
fn draw_sign_in() -> Drawn {
    Ok(view! { <SignInPage /> }.into_any())
}

/// The sign-in page.
pub fn sign_in() -> AnyView {
    anew(page("sign_in", || Box::pin(load_sign_in()), draw_sign_in))
}

/// All workflows of the store.
pub fn workflows() -> AnyView {
    record(Record::Workflows)
}

/// The runs of a workflow.
pub fn runs() -> AnyView {
    record(Record::Runs)
}

/// The versions of a workflow.
pub fn versions() -> AnyView {
    record(Record::Versions)
}

/// One run.
pub fn run() -> AnyView {
    record(Record::Run)
}

/// The list of sessions.
pub fn sessions() -> AnyView {
    record(Record::Sessions)
}

/// The models.
pub fn models() -> AnyView {
    record(Record::Models)
}

/// A session as it was, event by event.
pub fn replay() -> AnyView {
    page("pages", || Box::pin(load_replay()), draw_replay)
}

/// The gallery of templates.
pub fn templates() -> AnyView {
    page("pages", || Box::pin(load_templates()), draw_templates)
}

/// Loads what the page at an address needs beside what every page has; `None` when that is nothing.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
pub fn load(path: &str) -> Option<Load> {
    match path.split('/').nth(1).unwrap_or_default() {
        "workflows" | "runs" | "support" | "models" => Some(Box::pin(load_record())),
        "replay" => Some(Box::pin(load_replay())),
        "templates" => Some(Box::pin(load_templates())),
        "sign-in" => Some(Box::pin(load_sign_in())),
        _ => None,
    }
}

/// The `id` of the page's address.
fn use_id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()))
}

/// What stands there while a page loads.
#[component]
fn Loading() -> impl IntoView {
    view! {
        <main class="page loading" aria-busy="true">
            <p class="muted">{t(k::FRAME_LOADING)}</p>
        </main>
    }
}

/// The store's tasks; once loaded in this visit they are kept.
async fn load_tasks(kept: RwSignal<Option<Vec<TaskInfo>>>) -> Result<Vec<TaskInfo>, ApiError> {
    if let Some(Some(tasks)) = kept.try_get_untracked() {
        return Ok(tasks);
    }
    let tasks = api::tasks().await?;
    kept.try_set(Some(tasks.clone()));
    Ok(tasks)
}

/// Tasks loaded in this visit.
#[derive(Clone, Copy)]
pub struct KeptTasks(pub RwSignal<Option<Vec<TaskInfo>>>);

fn kept_tasks() -> RwSignal<Option<Vec<TaskInfo>>> {
    use_context::<KeptTasks>().map_or_else(|| RwSignal::new(None), |kept| kept.0)
}
