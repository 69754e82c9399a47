//! The builder's pages: before the first word, and on a session.

use leptos_router::components::Redirect;

use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, Role};
use crate::asked::asked;
use crate::builder::Workspace;
use crate::language::{k, t};
use crate::prelude::*;
use crate::root::Me;
use crate::tasks::Tasks;
use crate::title::Title;
use crate::trouble::Trouble;

/// The builder before the first word; owners only, others go where their work is.
pub fn start() -> AnyView {
    page(Signal::stored(None))
}

/// The builder on a session.
pub fn on_session() -> AnyView {
    let id = use_id();
    page(Signal::derive(move || Some(id.get())))
}

fn page(session: Signal<Option<String>>) -> AnyView {
    let me = expect_context::<Me>();
    let kept = kept_tasks();
    let loaded = asked(
        move || session.get(),
        move |session| async move {
            let events = match session.clone() {
                Some(session) => api::session_events(session, 0).await?,
                None => Vec::new(),
            };
            Ok::<_, ApiError>((session, events, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_BUILDER) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                if session.get_untracked().is_none()
                    && let Ok(Some(user)) = me.await
                {
                    match user.role {
                        Role::Owner => {}
                        Role::Support => return view! { <Redirect path="/support" /> }.into_any(),
                        Role::Ml => return view! { <Redirect path="/models" /> }.into_any(),
                    }
                }
                match loaded.await {
                    Ok((session, events, tasks)) => {
                        view! { <Workspace session events tasks=Tasks::new(tasks) /> }.into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}
