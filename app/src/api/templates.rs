//! Workflows to start from.

/// Workflows to start from. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Templates: Send + Sync {}
