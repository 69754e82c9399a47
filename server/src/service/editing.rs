//! Changing the draft by hand, and taking changes back.
//!
//! Who edits says which revision of the draft they saw. The event is written under the number right
//! after the last one that was read, so that of two edits at the same moment one is refused and none
//! is overwritten.

use app::api::{ApiError, Editing};
use async_trait::async_trait;
use flow::edit::{Edit, apply};
use flow::session::{Event, State, TurnState};

use super::Caller;
use crate::sessions::{self, Session, title_of};
use crate::{Error, Result};

/// How often an edit is tried again when something else was written meanwhile.
const TRIES: u32 = 5;

#[async_trait]
impl Editing for Caller {
    async fn edit(&self, session: String, revision: u64, edit: Edit) -> Result<u64, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let catalog = self.app.catalog(&store.installed);
        let seq = self
            .change(&session, revision, |state| {
                let draft = state.draft.clone().unwrap_or_default();
                let edited = apply(&draft, &edit, &catalog)
                    .map_err(|refused| Error::Invalid(refused.message))?;
                Ok(Event::EditedByHand {
                    summary: edited.summary,
                    findings: flow::check::check(&edited.workflow, &catalog),
                    workflow: edited.workflow,
                })
            })
            .await?;
        if let Edit::Rename { name } = &edit {
            sessions::store::set_title(&self.app.pool, &session.id, &title_of(name)).await?;
        }
        Ok(seq)
    }

    async fn undo(&self, session: String, revision: u64) -> Result<u64, ApiError> {
        let (session, _) = self.own_session(&session).await?;
        let back = |state: &State| match state.history.undoes() {
            Some(summary) => Ok(Event::Undone {
                summary: summary.to_string(),
            }),
            None => Err(Error::Conflict(
                "There is nothing left to undo.".to_string(),
            )),
        };
        Ok(self.change(&session, revision, back).await?)
    }

    async fn redo(&self, session: String, revision: u64) -> Result<u64, ApiError> {
        let (session, _) = self.own_session(&session).await?;
        let again = |state: &State| match state.history.redoes() {
            Some(summary) => Ok(Event::Redone {
                summary: summary.to_string(),
            }),
            None => Err(Error::Conflict(
                "There is nothing left to redo.".to_string(),
            )),
        };
        Ok(self.change(&session, revision, again).await?)
    }
}

impl Caller {
    /// Writes the event that `event` makes of the state, unless the draft cannot be changed now.
    async fn change(
        &self,
        session: &Session,
        revision: u64,
        event: impl Fn(&State) -> Result<Event>,
    ) -> Result<u64> {
        for _ in 0..TRIES {
            let state = self.app.log.state(&session.id).await?;
            may_change(&state, revision)?;
            let event = event(&state)?;
            let written = self
                .app
                .log
                .append_after(&session.id, state.last_seq, event)
                .await?;
            if let Some(recorded) = written {
                return Ok(recorded.seq);
            }
        }
        Err(Error::Busy(
            "Much is happening in this session right now. Nothing was changed; try again."
                .to_string(),
        ))
    }
}

fn may_change(state: &State, revision: u64) -> Result<()> {
    let message = if matches!(state.turn, TurnState::Running { .. }) {
        "A turn is still running. Wait for it to finish, or stop it, and edit then."
    } else if state.proposal.is_some() {
        "Changes wait for your verdict. Accept or discard them first, and edit then."
    } else if state.revision != revision {
        "The draft changed in another window, so nothing was overwritten. Look at the canvas and try again."
    } else {
        return Ok(());
    };
    Err(Error::Conflict(message.to_string()))
}
