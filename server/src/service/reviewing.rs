//! Pending changes: what the chat would change, accepted or discarded one by one.

use std::collections::BTreeSet;

use app::api::{ApiError, PendingChange, PendingChanges, Reviewing};
use async_trait::async_trait;
use flow::diff::{ChangeId, apply, dependents, describe, diff, with_needs};
use flow::session::{Event, TurnState};

use super::Caller;
use crate::Error;

/// Nothing of that kind waits any more, because of a verdict or a new turn somewhere else.
fn no_longer_pending() -> Error {
    Error::Conflict("These changes are no longer pending. Look at the canvas again.".to_string())
}

#[async_trait]
impl Reviewing for Caller {
    async fn pending(&self, session: String) -> Result<Option<PendingChanges>, ApiError> {
        let session = self.readable_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        let (Some(proposal), Some(draft)) = (&state.proposal, &state.draft) else {
            return Ok(None);
        };
        let catalog = self.catalog_of(&session).await?;
        let difference = diff(draft, &proposal.workflow);
        let changes = difference
            .changes
            .iter()
            .map(|change| {
                let others = |found: BTreeSet<ChangeId>| {
                    found.into_iter().filter(|id| *id != change.id).collect()
                };
                PendingChange {
                    id: change.id.clone(),
                    what: change.what.clone(),
                    sentence: describe(change, draft, &proposal.workflow, &catalog),
                    brings: others(with_needs(&difference, &[&change.id])),
                    takes: others(dependents(&difference, &[&change.id])),
                }
            })
            .collect();
        Ok(Some(PendingChanges {
            turn: proposal.turn,
            changes,
        }))
    }

    async fn judge_changes(
        &self,
        session: String,
        turn: u32,
        changes: Vec<ChangeId>,
        accepted: bool,
    ) -> Result<(), ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        if matches!(state.turn, TurnState::Running { .. }) {
            return Err(Error::Conflict(
                "A turn is still running. Wait for it to finish, or stop it, and decide then."
                    .to_string(),
            )
            .into());
        }
        let (Some(proposal), Some(draft)) = (&state.proposal, &state.draft) else {
            return Err(no_longer_pending().into());
        };
        let difference = diff(draft, &proposal.workflow);
        if proposal.turn != turn
            || changes.is_empty()
            || changes.iter().any(|id| difference.change(id).is_none())
        {
            return Err(no_longer_pending().into());
        }
        let judged = if accepted {
            with_needs(&difference, &changes)
        } else {
            dependents(&difference, &changes)
        };
        let kept: BTreeSet<ChangeId> = if accepted {
            judged.clone()
        } else {
            difference
                .changes
                .iter()
                .map(|change| change.id.clone())
                .filter(|id| !judged.contains(id))
                .collect()
        };
        let workflow = apply(draft, &difference, &kept);
        let catalog = self.app.catalogs.of(&store).await?;
        let findings = flow::check::check(&workflow, &catalog);
        let remaining = if accepted {
            diff(&workflow, &proposal.workflow).changes.len()
        } else {
            diff(draft, &workflow).changes.len()
        };
        self.app
            .log
            .append(
                &session.id,
                Event::ChangesJudged {
                    turn,
                    accepted,
                    changes: judged.into_iter().collect(),
                    workflow,
                    findings,
                    remaining,
                },
            )
            .await?;
        Ok(())
    }
}
