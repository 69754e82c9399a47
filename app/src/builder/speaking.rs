//! Saying something in the chat. What does not reach the server is kept in sight, and sent when it can
//! be.

use std::time::Duration;

use flow::session::ChatEntry;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::desk::Desk;
use crate::api::{self, ApiError, ErrorCode};
use crate::language::{k, said_text, t};
use crate::prelude::*;

/// How long to wait before words are sent again that did not reach the server.
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// Words that wait.
#[derive(Clone, Debug, PartialEq)]
struct Waiting {
    text: String,
    /// How often they had been said when they were sent first.
    said_before: usize,
}

/// Speaking in one session. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Speaker {
    desk: Desk,
    waiting: RwSignal<Option<Waiting>>,
    sending: RwSignal<bool>,
    /// Counts what was taken out of the box.
    pub taken: RwSignal<u32>,
    /// Text to put into the box.
    pub suggestion: RwSignal<Option<String>>,
    /// The session that was begun for words that did not reach it yet.
    begun: StoredValue<Option<String>>,
    open_session: StoredValue<Callback<String>>,
}

impl Speaker {
    /// A speaker on this desk.
    pub fn new(desk: Desk) -> Speaker {
        let navigate = StoredValue::new(use_navigate());
        let open = Callback::new(move |id: String| {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate.try_with_value(|navigate| navigate(&format!("/sessions/{id}"), options));
        });
        Speaker {
            desk,
            waiting: RwSignal::new(None),
            sending: RwSignal::new(false),
            taken: RwSignal::new(0),
            suggestion: RwSignal::new(None),
            begun: StoredValue::new(None),
            open_session: StoredValue::new(open),
        }
    }

    /// True while something is on its way, or waits.
    pub fn is_busy(self) -> bool {
        self.sending.get() || self.waiting.with(Option::is_some)
    }

    /// Says what was written.
    pub fn say(self, text: String) {
        if let Some(words) = api::too_long_words(&text) {
            self.desk.notice.set(Some(said_text(&words)));
            return;
        }
        let said_before = self.times_said(&text);
        self.send(Waiting { text, said_before }, true);
    }

    /// Sends what waits, unless there is nothing.
    pub fn send_again(self) {
        if self.sending.get_untracked() || self.desk.signed_out.get_untracked() {
            return;
        }
        let Some(waiting) = self.waiting.get_untracked() else {
            return;
        };
        // It arrived, and only the answer was lost.
        if self.times_said(&waiting.text) > waiting.said_before {
            self.waiting.set(None);
            return;
        }
        self.send(waiting, false);
    }

    fn times_said(self, words: &str) -> usize {
        self.desk.state.with_untracked(|state| {
            state
                .chat
                .iter()
                .filter(|entry| matches!(entry, ChatEntry::Merchant { text, .. } if text == words))
                .count()
        })
    }

    fn send(self, words: Waiting, from_box: bool) {
        self.sending.set(true);
        if from_box {
            self.desk.notice.set(None);
        }
        spawn_local(async move {
            let said = self.deliver(words.text.clone()).await;
            if self.sending.try_set(false).is_some() {
                return;
            }
            let waits = matches!(&said, Err(error) if error.is_signed_out()
                || error.code == ErrorCode::Unreachable);
            if from_box && (said.is_ok() || waits) {
                self.taken.update(|taken| *taken += 1);
            }
            match said {
                Ok(session) => {
                    self.waiting.set(None);
                    if self.desk.session().is_none() {
                        self.open_session.get_value().run(session);
                    }
                }
                Err(error) if waits => {
                    self.waiting.set(Some(words));
                    if error.is_signed_out() {
                        self.desk.refused(&error);
                    } else {
                        self.later();
                    }
                }
                Err(error) => {
                    self.waiting.set(None);
                    if !from_box {
                        self.suggestion.set(Some(words.text));
                    }
                    self.desk.refused(&error);
                }
            }
        });
    }

    /// Says it in the session, which is begun when there is none; returns the session's id.
    async fn deliver(self, text: String) -> Result<String, ApiError> {
        let session = match self.desk.session().or(self.begun.get_value()) {
            Some(session) => session,
            None => {
                let session = api::start_session(None).await?;
                self.begun
                    .try_update_value(|begun| *begun = Some(session.clone()));
                session
            }
        };
        api::say(session.clone(), text).await?;
        Ok(session)
    }

    fn later(self) {
        set_timeout(
            move || {
                if self.waiting.try_with_untracked(Option::is_some) == Some(true) {
                    self.send_again();
                }
            },
            AGAIN_AFTER,
        );
    }

    /// Takes back what waits; it is in the box again.
    fn take_back(self) {
        if let Some(waiting) = self.waiting.get_untracked() {
            self.waiting.set(None);
            self.suggestion.set(Some(waiting.text));
        }
    }
}

/// The words that wait, above the box.
pub fn waiting(speaker: Speaker) -> AnyView {
    (move || {
        speaker.waiting.get().map(|waiting| {
            view! {
                <div class="waiting" role="status">
                    <p class="waiting-words">{waiting.text}</p>
                    <p>
                        {t(k::CHAT_NOT_SENT)} " "
                        <button type="button" class="plain" on:click=move |_| speaker.take_back()>
                            {t(k::CHAT_TAKE_BACK)}
                        </button>
                    </p>
                </div>
            }
        })
    })
    .into_any()
}
