//! What was turned on before: listing, comparing, restoring.

/// What was turned on before: listing, comparing, restoring. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Versions: Send + Sync {}
