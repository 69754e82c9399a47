//! The desk: what every part of the builder needs, handed down through the context.

use std::collections::HashMap;
use std::future::Future;

use flow::session::State;
use flow::workflow::{StepId, Workflow};
use leptos::task::spawn_local;

use super::side::Side;
use crate::api::{ApiError, Overtaken};
use crate::canvas::{Lit, Mark};
use crate::language::said_text;
use crate::prelude::*;
use crate::tasks::Tasks;

/// What the canvas shows in place of the session's own state: the way of a run, or a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// `None` where it is the session's workflow.
    pub workflow: Option<Workflow>,
    pub lit: Option<Lit>,
    pub marks: HashMap<StepId, Mark>,
}

/// One open session: its state, what is selected, and a place for refusals. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// `None` before the first word, when there is no session yet.
    session: StoredValue<Option<String>>,
    pub state: RwSignal<State>,
    /// The step whose panel is open.
    pub selected: RwSignal<Option<StepId>>,
    /// The sentence of the last refusal, until something else is tried.
    pub notice: RwSignal<Option<String>>,
    /// What the canvas shows for now.
    pub overlay: RwSignal<Option<Overlay>>,
    /// What stands in the place of the conversation for now.
    pub side: RwSignal<Option<Side>>,
    /// What was turned on elsewhere, while that is being looked at.
    pub overtaken: RwSignal<Option<Overtaken>>,
    /// The sign-in has run out; until it is renewed what is to be sent waits.
    pub signed_out: RwSignal<bool>,
    tasks: StoredValue<Tasks>,
}

impl Desk {
    /// A desk for a session.
    pub fn new(session: Option<String>, state: State, tasks: Tasks) -> Desk {
        Desk {
            session: StoredValue::new(session),
            state: RwSignal::new(state),
            selected: RwSignal::new(None),
            notice: RwSignal::new(None),
            overlay: RwSignal::new(None),
            side: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            signed_out: RwSignal::new(false),
            tasks: StoredValue::new(tasks),
        }
    }

    /// The session's id; `None` before the first word.
    pub fn session(self) -> Option<String> {
        self.session.get_value()
    }

    /// The session's id; empty before the first word, when nothing is offered that would need one.
    pub fn session_id(self) -> String {
        self.session().unwrap_or_default()
    }

    /// The store's tasks.
    pub fn tasks(self) -> Tasks {
        self.tasks.get_value()
    }

    /// Waits for an answer and shows its refusal.
    pub fn attempt<T: 'static>(self, answer: impl Future<Output = Result<T, ApiError>> + 'static) {
        self.notice.set(None);
        spawn_local(async move {
            if let Err(error) = answer.await {
                self.refused(&error);
            }
        });
    }

    /// Shows a refusal; whoever is signed out is asked to sign in, in place.
    pub fn refused(self, error: &ApiError) {
        if error.is_signed_out() {
            self.signed_out.try_set(true);
        } else {
            self.notice.try_set(Some(said_text(&error.message)));
        }
    }
}

/// The desk of the builder this is drawn in; `None` in replay and on the pages of runs.
pub fn use_desk() -> Option<Desk> {
    use_context::<Desk>()
}
