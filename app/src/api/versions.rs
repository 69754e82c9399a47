//! What was turned on before: listing, comparing, restoring.

use flow::workflow::Workflow;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// One activation of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSummary {
    pub version: u32,
    pub at_ms: i64,
    /// Name of the person who turned it on; `None` for activations from before this was kept.
    pub person: Option<String>,
    /// The model that drew it last; `None` when no model was asked.
    pub model: Option<String>,
}

/// The versions of a workflow, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionList {
    pub workflow_id: String,
    /// Name of the version in force.
    pub name: String,
    pub active: bool,
    /// The version in force, or last in force when it is off.
    pub current: u32,
    pub versions: Vec<VersionSummary>,
}

/// Two versions of a workflow, and what tells them apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub before: Workflow,
    pub after: Workflow,
    /// One sentence for each difference; none when they are the same.
    pub sentences: Vec<String>,
}

/// A workflow that was turned on from another session since this one began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    pub workflow_id: String,
    /// The version that this session began with, or turned on last.
    pub since: u32,
    /// The version in force now.
    pub now: VersionSummary,
}

/// Versions of workflows. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Versions: Send + Sync {
    /// The versions of a workflow.
    async fn list_versions(&self, workflow_id: String) -> Result<VersionList, ApiError>;
    /// One version.
    async fn workflow_version(
        &self,
        workflow_id: String,
        version: u32,
    ) -> Result<Workflow, ApiError>;
    /// Two versions side by side.
    async fn compare_versions(
        &self,
        workflow_id: String,
        before: u32,
        after: u32,
    ) -> Result<Compared, ApiError>;
    /// A version of the session's workflow beside the session's draft.
    async fn compare_with_draft(&self, session: String, version: u32)
    -> Result<Compared, ApiError>;
    /// The workflow a session is about, when it has been turned on.
    async fn session_workflow(&self, session: String) -> Result<Option<String>, ApiError>;
    /// Makes a version the draft of a new session on the workflow; returns the session's id.
    async fn open_version(&self, workflow_id: String, version: u32) -> Result<String, ApiError>;
    /// Makes a version the draft of an open session. `revision` is that of the draft it replaces.
    async fn restore_version(
        &self,
        session: String,
        version: u32,
        revision: u64,
    ) -> Result<(), ApiError>;
    /// Whether somebody turned the workflow on elsewhere since the session began.
    async fn check_overtaken(&self, session: String) -> Result<Option<Overtaken>, ApiError>;
    /// Turns the draft on as the version after `seen`, which the caller has looked at.
    async fn activate_after(&self, session: String, seen: u32) -> Result<(), ApiError>;
}

/// The versions of a workflow.
#[server]
pub async fn list_versions(workflow_id: String) -> Result<VersionList, ApiError> {
    super::service()?.list_versions(workflow_id).await
}

/// One version.
#[server]
pub async fn workflow_version(workflow_id: String, version: u32) -> Result<Workflow, ApiError> {
    super::service()?
        .workflow_version(workflow_id, version)
        .await
}

/// Two versions side by side.
#[server]
pub async fn compare_versions(
    workflow_id: String,
    before: u32,
    after: u32,
) -> Result<Compared, ApiError> {
    super::service()?
        .compare_versions(workflow_id, before, after)
        .await
}

/// A version beside the draft of a session.
#[server]
pub async fn compare_with_draft(session: String, version: u32) -> Result<Compared, ApiError> {
    super::service()?.compare_with_draft(session, version).await
}

/// The workflow a session is about.
#[server]
pub async fn session_workflow(session: String) -> Result<Option<String>, ApiError> {
    super::service()?.session_workflow(session).await
}

/// Makes a version the draft of a new session.
#[server]
pub async fn open_version(workflow_id: String, version: u32) -> Result<String, ApiError> {
    super::service()?.open_version(workflow_id, version).await
}

/// Makes a version the draft of an open session.
#[server]
pub async fn restore_version(session: String, version: u32, revision: u64) -> Result<(), ApiError> {
    super::service()?
        .restore_version(session, version, revision)
        .await
}

/// Whether somebody turned the workflow on elsewhere since the session began.
#[server]
pub async fn check_overtaken(session: String) -> Result<Option<Overtaken>, ApiError> {
    super::service()?.check_overtaken(session).await
}

/// Turns the draft on as the version after one that was looked at.
#[server]
pub async fn activate_after(session: String, seen: u32) -> Result<(), ApiError> {
    super::service()?.activate_after(session, seen).await
}
