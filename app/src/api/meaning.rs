//! What a finding means: its page, as far as a merchant needs it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What a finding means, in paragraphs of plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// What is the matter.
    pub what: Vec<String>,
    /// What to do about it.
    pub todo: Vec<String>,
}

/// The meaning of findings. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Meanings: Send + Sync {
    /// What the findings with this code mean.
    async fn explain(&self, code: String) -> Result<Meaning, ApiError>;
}

/// What the findings with this code mean.
#[server]
pub async fn explain(code: String) -> Result<Meaning, ApiError> {
    super::service()?.explain(code).await
}
