//! Edits on their way to the server, one after the other.

use std::collections::VecDeque;

use flow::edit::Edit;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError};
use crate::builder::Desk;

/// What is done with the answer.
type Then = Box<dyn FnOnce(Result<(), ApiError>) + Send + Sync>;

/// The queue of edits of a desk. Each edit says which revision it was made on, so the next one waits
/// for the revision that the one before came to. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Saver {
    desk: Desk,
    waiting: StoredValue<VecDeque<(Edit, Then)>>,
    busy: StoredValue<bool>,
    /// The revision that the last edit came to, which the log may not have told yet.
    revision: StoredValue<u64>,
}

impl Saver {
    /// An empty queue.
    pub fn new(desk: Desk) -> Saver {
        Saver {
            desk,
            waiting: StoredValue::new(VecDeque::new()),
            busy: StoredValue::new(false),
            revision: StoredValue::new(0),
        }
    }

    /// Sends an edit after those before it.
    pub fn push(self, edit: Edit, then: impl FnOnce(Result<(), ApiError>) + Send + Sync + 'static) {
        self.waiting
            .try_update_value(|waiting| waiting.push_back((edit, Box::new(then))));
        if self.busy.try_get_value() == Some(false) {
            self.busy.set_value(true);
            spawn_local(self.send());
        }
    }

    async fn send(self) {
        let session = self.desk.session_id();
        while let Some((edit, then)) = self
            .waiting
            .try_update_value(VecDeque::pop_front)
            .flatten()
        {
            let seen = self
                .desk
                .state
                .try_with_untracked(|state| state.revision)
                .unwrap_or_default();
            let revision = seen.max(self.revision.try_get_value().unwrap_or_default());
            let answer = api::edit(session.clone(), revision, edit).await;
            if let Ok(revision) = answer {
                self.revision.try_update_value(|last| *last = revision);
            }
            if let Err(error) = &answer
                && error.is_signed_out()
            {
                self.desk.refused(error);
            }
            then(answer.map(|_| ()));
        }
        self.busy.try_update_value(|busy| *busy = false);
    }

    /// Sends an edit that nothing waits for; a refusal is shown at the desk.
    pub fn push_shown(self, edit: Edit) {
        let desk = self.desk;
        desk.notice.set(None);
        self.push(edit, move |answer| {
            if let Err(error) = answer {
                desk.refused(&error);
            }
        });
    }
}

/// The queue of the builder this is drawn in.
pub fn use_saver() -> Option<Saver> {
    use_context::<Saver>()
}
