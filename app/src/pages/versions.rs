//! The versions of a workflow, with the canvas beside them.

use flow::workflow::StepId;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, VersionList};
use crate::asked::asked;
use crate::builder::Overlay;
use crate::canvas::Canvas;
use crate::icons::{Glyph, Icon};
use crate::language::{k, said_text, t};
use crate::panel::StepPanel;
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::versions::{Place, version_list};

/// Every version of one workflow.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = asked(
        move || id.get(),
        move |id| async move {
            let list = api::list_versions(id).await?;
            Ok::<_, ApiError>((list, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_VERSIONS) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((list, tasks)) => {
                        view! { <Page list tasks=Tasks::new(tasks) /> }.into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Page(list: VersionList, tasks: Tasks) -> impl IntoView {
    let overlay = RwSignal::new(None::<Overlay>);
    let selected = RwSignal::new(None::<StepId>);
    let problem = RwSignal::new(None::<String>);
    let navigate = StoredValue::new(use_navigate());
    let workflow_id = StoredValue::new(list.workflow_id.clone());
    let back = format!("/workflows/{}", list.workflow_id);
    let name = list.name.clone();
    let restore = Callback::new(move |version: u32| {
        problem.set(None);
        spawn_local(async move {
            let id = workflow_id.try_get_value().unwrap_or_default();
            match api::open_version(id, version).await {
                Ok(session) => {
                    navigate.try_with_value(|navigate| {
                        navigate(&format!("/sessions/{session}"), NavigateOptions::default());
                    });
                }
                Err(error) => {
                    problem.try_set(Some(said_text(&error.message)));
                }
            }
        });
    });
    let place = Place {
        overlay,
        selected,
        session: StoredValue::new(None),
        restore,
        begin: None,
    };
    let workflow = Memo::new(move |_| {
        overlay.with(|overlay| {
            overlay
                .as_ref()
                .and_then(|overlay| overlay.workflow.clone())
        })
    });
    let marks = Memo::new(move |_| {
        overlay.with(|overlay| {
            overlay
                .as_ref()
                .map(|overlay| overlay.marks.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <main class="run">
            <section class="run-story" aria-label=t(k::FRAME_VERSIONS)>
                <p class="crumb">
                    <a href=back>
                        <Glyph icon=Icon::Back />
                        {name}
                    </a>
                </p>
                <h1>{t(k::FRAME_VERSIONS)}</h1>
                <p class="muted">
                    {t(k::VERSIONS_ABOUT)}
                </p>
                {move || {
                    problem
                        .get()
                        .map(|message| view! { <p class="notice bad" role="alert">{message}</p> })
                }}
                {version_list(list, place)}
            </section>
            <section class="stage" aria-label=t(k::FRAME_WORKFLOW)>
                <div class="stage-body">
                    <Canvas
                        workflow
                        tasks=tasks.clone()
                        selected
                        drawing=Signal::stored(false)
                        marks
                    />
                    <StepPanel workflow tasks selected />
                </div>
            </section>
        </main>
    }
}
