//! Bringing workflows in from `.flow` files and taking them out.

/// Bringing workflows in from `.flow` files and taking them out. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Files: Send + Sync {}
