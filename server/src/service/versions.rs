//! What was turned on before: listing, comparing, restoring.

use app::api::Versions;
use async_trait::async_trait;

use super::Caller;

#[async_trait]
impl Versions for Caller {}
