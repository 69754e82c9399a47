//! Changing the draft by hand, and taking changes back.

use app::api::Editing;
use async_trait::async_trait;

use super::Caller;

#[async_trait]
impl Editing for Caller {}
