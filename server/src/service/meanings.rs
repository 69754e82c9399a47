//! What findings mean.

use app::api::{ApiError, Meaning, Meanings};
use async_trait::async_trait;

use super::Caller;
use crate::{Error, meanings};

#[async_trait]
impl Meanings for Caller {
    async fn explain(&self, code: String) -> Result<Meaning, ApiError> {
        self.person().await?.ok_or(Error::SignedOut)?;
        Ok(meanings::of(&code).ok_or_else(|| {
            Error::NotFound("There is no page about this. The sentence says it all.".to_string())
        })?)
    }
}
