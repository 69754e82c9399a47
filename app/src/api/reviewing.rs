//! Pending changes: what the chat would change, accepted or discarded one by one.

use flow::diff::{ChangeId, What};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The pending changes of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingChanges {
    /// The turn that proposed them.
    pub turn: u32,
    /// The order in which a person reads them: the workflow's name first, removed steps last.
    pub changes: Vec<PendingChange>,
}

/// One change that waits for a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingChange {
    pub id: ChangeId,
    /// What it is, with the values before and after.
    pub what: What,
    /// The same in one sentence, for example `Adds ‘Send internal email’ after ‘Add order tags’`.
    pub sentence: String,
    /// All other changes that accepting this one accepts too.
    pub brings: Vec<ChangeId>,
    /// All other changes that discarding this one discards too.
    pub takes: Vec<ChangeId>,
}

/// Pending changes and the verdicts on them. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Reviewing: Send + Sync {
    /// What waits for a verdict; `None` when nothing does.
    async fn pending(&self, session: String) -> Result<Option<PendingChanges>, ApiError>;
    /// Accepts or discards some of the pending changes of a turn, with those that come along.
    async fn judge_changes(
        &self,
        session: String,
        turn: u32,
        changes: Vec<ChangeId>,
        accepted: bool,
    ) -> Result<(), ApiError>;
}

/// What waits for a verdict.
#[server]
pub async fn pending(session: String) -> Result<Option<PendingChanges>, ApiError> {
    super::service()?.pending(session).await
}

/// Accepts or discards some of the pending changes of a turn.
#[server]
pub async fn judge_changes(
    session: String,
    turn: u32,
    changes: Vec<ChangeId>,
    accepted: bool,
) -> Result<(), ApiError> {
    super::service()?
        .judge_changes(session, turn, changes, accepted)
        .await
}
