//! Running the draft on a test event, without doing anything.

use app::api::{ApiError, Tried, TryOffer, Trying};
use async_trait::async_trait;
use flow::workflow::StepId;

use super::Caller;
use crate::trying;

#[async_trait]
impl Trying for Caller {
    async fn try_events(&self, session: String) -> Result<TryOffer, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        Ok(trying::offer(state, self.app.catalogs.of(&store).await?).await?)
    }

    async fn try_out(
        &self,
        session: String,
        trigger: StepId,
        event: String,
    ) -> Result<Tried, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        let catalog = self.app.catalogs.of(&store).await?;
        Ok(trying::out(&self.app, state, catalog, &store, trigger, &event).await?)
    }
}
