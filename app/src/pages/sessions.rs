//! The list of sessions: an owner's own, or every store's for support.

use leptos_meta::Title;

use super::Loading;
use crate::api::{self, Role, SessionSummary};
use crate::asked::asked;
use crate::prelude::*;
use crate::root::Me;
use crate::trouble::Trouble;
use crate::when::When;

/// Sessions, newest first.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let sessions = asked(|| (), |()| api::sessions());
    view! {
        <Title text="Sessions" />
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
                ("status new", "Running")
            } else if session.activated {
                ("status good", "Turned on")
            } else {
                ("status quiet", "Not turned on")
            };
            let title = if session.title.is_empty() {
                "Nothing said yet".to_string()
            } else {
                session.title
            };
            let replay = format!("/replay/{}", session.id);
            let events = format!(" · {} events", session.events);
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
                                {events}
                            </small>
                        </span>
                        <span class=class>{word}</span>
                    </a>
                    {owner
                        .then(|| {
                            view! {
                                <a class="button small" href=replay>
                                    "Replay"
                                </a>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="page">
            <h1>"Sessions"</h1>
            <p class="muted">
                {if owner {
                    "Every conversation in your store. Open one to go on with it, or replay it."
                } else {
                    "Every conversation of every store. Open one to replay what the merchant saw."
                }}
            </p>
            {if is_empty {
                view! {
                    <div class="blank">
                        <p class="muted">"There are no sessions yet."</p>
                    </div>
                }
                    .into_any()
            } else {
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
        </main>
    }
}
