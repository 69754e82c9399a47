//! Changing the draft by hand, and taking changes back.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::ApiError;

/// Changing the draft by hand, and taking changes back. The server implements it; see [`super::Service`].
///
/// Each says which revision of the draft was seen, and is refused when that is no longer the one in
/// force. Each answers with the revision that came of it.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Editing: Send + Sync {
    /// Makes an edit. Where nothing has been drawn yet, the revision is 0.
    async fn edit(
        &self,
        session: String,
        revision: u64,
        edit: flow::edit::Edit,
    ) -> Result<u64, ApiError>;
    /// Takes the last change of the draft back, by chat or by hand.
    async fn undo(&self, session: String, revision: u64) -> Result<u64, ApiError>;
    /// Makes the change again that was taken back last.
    async fn redo(&self, session: String, revision: u64) -> Result<u64, ApiError>;
}

/// Makes an edit and returns the draft's new revision.
#[server(name = EditDraft, input = Json)]
pub async fn edit(session: String, revision: u64, edit: flow::edit::Edit) -> Result<u64, ApiError> {
    super::service()?.edit(session, revision, edit).await
}

/// Takes the last change back and returns the draft's new revision.
#[server(name = UndoChange)]
pub async fn undo(session: String, revision: u64) -> Result<u64, ApiError> {
    super::service()?.undo(session, revision).await
}

/// Makes the change again that was taken back last and returns the draft's new revision.
#[server(name = RedoChange)]
pub async fn redo(session: String, revision: u64) -> Result<u64, ApiError> {
    super::service()?.redo(session, revision).await
}
