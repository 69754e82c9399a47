//! Running the draft on a test event, without doing anything.

use app::api::Trying;
use async_trait::async_trait;

use super::Caller;

#[async_trait]
impl Trying for Caller {}
