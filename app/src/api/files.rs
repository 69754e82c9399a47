//! Bringing workflows in from `.flow` files and taking them out.
//!
//! Files themselves travel over plain addresses, because they are large and are downloaded by the
//! browser: `POST /api/import` and `GET /api/sessions/{id}/workflow.flow`, `.json` and `.zip`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The largest file that is read, in bytes.
pub const MOST_FILE_BYTES: usize = 5 * 1024 * 1024;

/// Says that a file is too large; the same on both sides of the wire.
pub fn too_large_words() -> String {
    format!(
        "This file is too large: a workflow file has at most {} MB. Nothing was changed.",
        MOST_FILE_BYTES / 1024 / 1024
    )
}

/// A file was read and is a draft now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileImported {
    /// The session whose draft it is.
    pub session: String,
}

/// Files. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Files: Send + Sync {
    /// The draft of a session as indented JSON, to be copied.
    async fn workflow_json(&self, session: String) -> Result<String, ApiError>;
}

/// The draft of a session as indented JSON.
#[server]
pub async fn workflow_json(session: String) -> Result<String, ApiError> {
    super::service()?.workflow_json(session).await
}
