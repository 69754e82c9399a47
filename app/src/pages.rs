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

pub use builder::{BuilderPage, StartPage};
pub use models::ModelsPage;
pub use replay::ReplayPage;
pub use run::RunPage;
pub use runs::RunsPage;
pub use sessions::SessionsPage;
pub use sign_in::SignInPage;
pub use templates::TemplatesPage;
pub use versions::VersionsPage;
pub use workflows::WorkflowsPage;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api::{self, ApiError, TaskInfo};
use crate::language::{k, t};

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
