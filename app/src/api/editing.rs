//! Changing the draft by hand, and taking changes back.

/// Changing the draft by hand, and taking changes back. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Editing: Send + Sync {}
