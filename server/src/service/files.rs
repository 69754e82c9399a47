//! Bringing workflows in from `.flow` files and taking them out.

use app::api::Files;
use async_trait::async_trait;

use super::Caller;

#[async_trait]
impl Files for Caller {}
