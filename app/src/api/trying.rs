//! Running the draft on a test event, without doing anything.

/// Running the draft on a test event, without doing anything. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Trying: Send + Sync {}
