//! Running the draft on a test event, without doing anything.

use flow::workflow::StepId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// An event that is offered to try the workflow on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryEvent {
    /// For example `Order where the order total is over 500: yes`.
    pub name: String,
    /// The trigger that it goes in at.
    pub trigger: StepId,
    /// The event as indented JSON; `None` where there can be none.
    pub event: Option<String>,
    /// One sentence, when there is no event.
    pub why_not: Option<String>,
}

/// A place where an event can go in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryTrigger {
    pub step: StepId,
    pub label: String,
}

/// What there is to try in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryOffer {
    /// True when pending changes are tried, false when the draft is.
    pub pending: bool,
    pub events: Vec<TryEvent>,
    pub triggers: Vec<TryTrigger>,
}

/// One way that a workflow can go: a side of a condition, or the body of a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryBranch {
    pub step: StepId,
    /// `true`, `false` or `loop_body`.
    pub port: String,
    /// Whether the event took it.
    pub taken: bool,
}

/// What a workflow would do with an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    pub run: flow::run::Run,
    /// Every branch of the workflow.
    pub branches: Vec<TryBranch>,
}

/// Trying the workflow out. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Trying: Send + Sync {
    /// Events to try the pending changes on, or the draft when nothing is pending.
    async fn try_events(&self, session: String) -> Result<TryOffer, ApiError>;
    /// Runs the same workflow on an event, given as JSON. Nothing is performed.
    async fn try_out(
        &self,
        session: String,
        trigger: StepId,
        event: String,
    ) -> Result<Tried, ApiError>;
}

/// Events to try the workflow on.
#[server]
pub async fn try_events(session: String) -> Result<TryOffer, ApiError> {
    super::service()?.try_events(session).await
}

/// Runs the workflow on an event; nothing is performed.
#[server]
pub async fn try_out(session: String, trigger: StepId, event: String) -> Result<Tried, ApiError> {
    super::service()?.try_out(session, trigger, event).await
}
