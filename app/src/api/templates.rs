//! Workflows to start from.

use flow::workflow::Workflow;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, TaskInfo};

/// One line of the gallery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSummary {
    /// Names it in addresses, for example `tag-vip-customers`.
    pub slug: String,
    pub name: String,
    /// The heading it stands under.
    pub category: String,
    /// What it does, in one sentence.
    pub description: String,
    /// The connector it needs.
    pub needs: Option<String>,
    /// Whether that connector is not installed in the store.
    pub missing: bool,
}

/// A template to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub summary: TemplateSummary,
    pub workflow: Workflow,
    /// The tasks of its steps, those of a connector that is not installed included.
    pub tasks: Vec<TaskInfo>,
}

/// Templates. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Templates: Send + Sync {
    /// All templates by category and name.
    async fn list_templates(&self) -> Result<Vec<TemplateSummary>, ApiError>;
    /// One template.
    async fn open_template(&self, slug: String) -> Result<Template, ApiError>;
    /// Starts a session with a template as its draft, and returns its id.
    async fn start_from_template(&self, slug: String) -> Result<String, ApiError>;
}

/// All templates by category and name.
#[server]
pub async fn list_templates() -> Result<Vec<TemplateSummary>, ApiError> {
    super::service()?.list_templates().await
}

/// One template.
#[server]
pub async fn open_template(slug: String) -> Result<Template, ApiError> {
    super::service()?.open_template(slug).await
}

/// Starts a session with a template as its draft.
#[server]
pub async fn start_from_template(slug: String) -> Result<String, ApiError> {
    super::service()?.start_from_template(slug).await
}
