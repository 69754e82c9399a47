//! Workflows to start from.

use app::api::Templates;
use async_trait::async_trait;

use super::Caller;

#[async_trait]
impl Templates for Caller {}
