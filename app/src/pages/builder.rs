//! The builder's pages: before the first word, and on a session.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, Role};
use crate::builder::Workspace;
use crate::language::{k, t};
use crate::root::Me;
use crate::tasks::Tasks;
use crate::trouble::Trouble;

/// The builder before the first word; owners only, others go where their work is.
#[component]
pub fn StartPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let kept = kept_tasks();
    let tasks = Resource::new(|| (), move |()| load_tasks(kept));
    view! {
        <Title text=t(k::FRAME_BUILDER) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                if let Ok(Some(user)) = me.await {
                    match user.role {
                        Role::Owner => {}
                        Role::Support => return view! { <Redirect path="/support" /> }.into_any(),
                        Role::Ml => return view! { <Redirect path="/models" /> }.into_any(),
                    }
                }
                match tasks.await {
                    Ok(tasks) => {
                        view! { <Workspace session=None events=Vec::new() tasks=Tasks::new(tasks) /> }
                            .into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The builder on a session.
#[component]
pub fn BuilderPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = Resource::new(
        move || id.get(),
        move |id| async move {
            let events = api::session_events(id.clone(), 0).await?;
            Ok::<_, ApiError>((id, events, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_BUILDER) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((id, events, tasks)) => {
                        view! { <Workspace session=Some(id) events tasks=Tasks::new(tasks) /> }
                            .into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}
