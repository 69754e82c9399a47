//! The two sides of the builder and what joins them.

use flow::session::{Recorded, State, TurnState};
use leptos::task::spawn_local;

use super::desk::Desk;
use super::editing::{self, dialogs, provide_editor};
use super::more::tools;
use super::review;
use super::side::{self, SidePanel};
use super::signed_out::signed_out;
use super::speaking::{Speaker, waiting};
use super::stage::Stage;
use super::welcome::Welcome;
use crate::api;
use crate::change::shown;
use crate::chat::{Actions, Chat, Composer};
use crate::files::import_zone;
use crate::language::{k, t};
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
    let speaker = Speaker::new(desk);
    let suggestion = speaker.suggestion;
    let say = Callback::new(move |text: String| speaker.say(text));
    let again = Callback::new(move |()| {
        editor.send_again();
        speaker.send_again();
    });
    // A stream that breaks may have been refused: then it takes more than waiting.
    Effect::new(move |_| {
        if connection.get() == Connection::Lost && !desk.signed_out.get_untracked() {
            spawn_local(async move {
                if matches!(api::me().await, Ok(None)) {
                    desk.signed_out.try_set(true);
                }
            });
        }
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
    let talked = Memo::new(move |_| state.with(|state| !state.chat.is_empty()));
    let lost = move || connection.get() == Connection::Lost;
    view! {
        <main class="workspace">
            // While nothing was said the welcome is the heading.
            {move || talked.get().then(|| view! { <h1 class="unseen">{t(k::FRAME_BUILDER)}</h1> })}
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
                    {waiting(speaker)}
                    <Composer
                        actions
                        running
                        sending=Signal::derive(move || speaker.is_busy())
                        taken=speaker.taken
                        suggestion
                    />
                </div>
                <SidePanel />
            </section>
            <Stage state tasks selected>
                {tools()}
            </Stage>
            {dialogs(editor)}
            {signed_out(desk, again)}
            {import_zone()}
        </main>
    }
}
