//! The list of sessions: an owner's own, or every store's for support.

use super::Loading;
use crate::api::{self, Role, SessionSummary};
use crate::asked::asked;
use crate::language::{count, k, t};
use crate::prelude::*;
use crate::root::Me;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::when::When;

/// Sessions, newest first.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let sessions = asked(|| (), |()| api::sessions());
    view! {
        <Title text=t(k::FRAME_SESSIONS) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                let owner = matches!(me.await, Ok(Some(user)) if user.role == Role::Owner);
                match sessions.await {
                    Ok(list) => view! { <List list owner /> }.into_any(),
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn List(list: Vec<SessionSummary>, owner: bool) -> impl IntoView {
    let is_empty = list.is_empty();
    let rows = list
        .into_iter()
        .map(|session| {
            let (class, word) = if session.turn_running {
                ("status new", t(k::RUNS_RUNNING))
            } else if session.activated {
                ("status good", t(k::SESSIONS_TURNED_ON))
            } else {
                ("status quiet", t(k::SESSIONS_NOT_TURNED_ON))
            };
            let title = if session.title.is_empty() {
                t(k::SESSIONS_NOTHING_SAID).to_string()
            } else {
                session.title
            };
            let replay = format!("/replay/{}", session.id);
            let events = count(k::SESSIONS_EVENTS, session.events as usize);
            let target = if owner {
                format!("/sessions/{}", session.id)
            } else {
                replay.clone()
            };
            view! {
                <li class="with-action">
                    <a class="row" href=target>
                        <span class="row-main">
                            <strong>{title}</strong>
                            <small>
                                {(!owner).then(|| format!("{} · ", session.store))}
                                <When ms=session.started_ms />
                                " " {events}
                            </small>
                        </span>
                        <span class=class>{word}</span>
                    </a>
                    {owner
                        .then(|| {
                            view! {
                                <a class="button small" href=replay>
                                    {t(k::FRAME_TITLE_REPLAY)}
                                </a>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="page">
            <h1>{t(k::FRAME_SESSIONS)}</h1>
            <p class="muted">
                {if owner {
                    t(k::SESSIONS_OWN)
                } else {
                    t(k::SESSIONS_ALL)
                }}
            </p>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">{t(k::SESSIONS_NONE)}</p>
                    </div>
                }
                    .into_any()
            } else {
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
        </main>
    }
}
