//! The two sides of the builder and what joins them.

use flow::session::{Recorded, State, TurnState};
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::desk::Desk;
use super::editing::{self, dialogs, provide_editor};
use super::more::tools;
use super::review;
use super::side::{self, SidePanel};
use super::stage::Stage;
use super::welcome::Welcome;
use crate::api;
use crate::change::shown;
use crate::chat::{Actions, Chat, Composer};
use crate::files::import_zone;
use crate::language::{k, said_text, t};
use crate::live::{self, Connection};
use crate::panel;
use crate::part::{Load, prefetch};
use crate::prelude::*;
use crate::tasks::Tasks;

/// What a merchant will probably want next.
const WANTED_NEXT: &[fn() -> Load] = &[
    editing::load_dialog,
    editing::get_writing,
    editing::get_reading,
    panel::load,
    side::load,
    review::load,
];

/// The builder on a session, or on none before the first word.
#[component]
pub fn Workspace(session: Option<String>, events: Vec<Recorded>, tasks: Tasks) -> impl IntoView {
    let desk = Desk::new(session.clone(), State::fold(&events), tasks.clone());
    provide_context(desk);
    let Desk {
        state,
        notice,
        selected,
        ..
    } = desk;
    let connection = RwSignal::new(Connection::default());
    let editor = provide_editor(desk, connection);
    if let Some(session) = session {
        Effect::new(move |_| live::follow(session.clone(), state, connection));
    }
    Effect::new(move |_| prefetch(WANTED_NEXT));
    let sending = RwSignal::new(false);
    let taken = RwSignal::new(0u32);
    let suggestion = RwSignal::new(None::<String>);
    let navigate = StoredValue::new(use_navigate());

    let say = Callback::new(move |text: String| {
        if let Some(words) = api::too_long_words(&text) {
            notice.set(Some(said_text(&words)));
            return;
        }
        sending.set(true);
        notice.set(None);
        spawn_local(async move {
            let (id, new) = match desk.session() {
                Some(id) => (Ok(id), false),
                None => (api::start_session(None).await, true),
            };
            let said = match id {
                Ok(id) => api::say(id.clone(), text).await.map(|_| id),
                Err(error) => Err(error),
            };
            sending.try_set(false);
            match said {
                Ok(id) => {
                    taken.try_update(|taken| *taken += 1);
                    if new {
                        let options = NavigateOptions {
                            replace: true,
                            scroll: false,
                            ..NavigateOptions::default()
                        };
                        navigate.try_with_value(|navigate| {
                            navigate(&format!("/sessions/{id}"), options);
                        });
                    }
                }
                Err(error) => desk.refused(&error),
            }
        });
    });
    let actions = Actions {
        say,
        stop: Callback::new(move |()| desk.attempt(api::stop(desk.session_id()))),
        retry: Callback::new(move |()| desk.attempt(api::retry(desk.session_id()))),
        feedback: Callback::new(move |(turn, up, reason)| {
            desk.attempt(api::feedback(desk.session_id(), turn, up, reason));
        }),
    };
    let running = Memo::new(move |_| state.with(|state| state.turn != TurnState::Idle));
    let lost = move || connection.get() == Connection::Lost;
    view! {
        <main class="workspace">
            <section class="talk" aria-label=t(k::FRAME_CHAT)>
                <Chat
                    state
                    actions
                    empty=move || view! { <Welcome suggestion /> }
                />
                <div class="talk-foot">
                    {shown(lost, || view! {
                        <p class="notice warning" role="status">
                            {t(k::WORKSPACE_LOST)}
                        </p>
                    }.into_any())}
                    {move || {
                        notice
                            .get()
                            .map(|message| {
                                view! {
                                    <p class="notice bad" role="alert">
                                        {message}
                                    </p>
                                }
                            })
                    }}
                    <Composer actions running sending taken suggestion />
                </div>
                <SidePanel />
            </section>
            <Stage state tasks selected>
                {tools()}
            </Stage>
            {dialogs(editor)}
            {import_zone()}
        </main>
    }
}
