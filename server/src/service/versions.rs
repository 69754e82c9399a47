//! What was turned on before: listing, comparing, restoring.

use app::api::{ApiError, Compared, Overtaken, VersionList, Versions};
use async_trait::async_trait;
use flow::diff::{describe, diff};
use flow::workflow::Workflow;

use super::Caller;
use crate::accounts::Store;
use crate::{Error, Result, drafts, workflows};

impl Caller {
    /// A version of a workflow of the caller's store.
    async fn own_version(&self, workflow_id: &str, version: u32) -> Result<(Workflow, Store)> {
        let (_, store) = self.owner().await?;
        let workflow =
            workflows::store::body(&self.app.pool, &store.id, workflow_id, version).await?;
        Ok((workflow, store))
    }

    async fn compared(&self, store: &Store, before: Workflow, after: Workflow) -> Result<Compared> {
        let catalog = self.app.catalogs.of(store).await?;
        let sentences = diff(&before, &after)
            .changes
            .iter()
            .map(|change| describe(change, &before, &after, &catalog))
            .collect();
        Ok(Compared {
            before,
            after,
            sentences,
        })
    }
}

fn no_workflow() -> Error {
    Error::Conflict("The workflow of this session has not been turned on yet.".to_string())
}

#[async_trait]
impl Versions for Caller {
    async fn list_versions(&self, workflow_id: String) -> Result<VersionList, ApiError> {
        let (_, store) = self.owner().await?;
        let pool = &self.app.pool;
        let row = workflows::store::find(pool, &store.id, &workflow_id)
            .await?
            .ok_or_else(|| Error::no_such("workflow"))?;
        Ok(VersionList {
            name: row.name,
            active: row.active,
            current: row.version,
            versions: workflows::store::versions(pool, &store.id, &workflow_id).await?,
            workflow_id,
        })
    }

    async fn workflow_version(
        &self,
        workflow_id: String,
        version: u32,
    ) -> Result<Workflow, ApiError> {
        Ok(self.own_version(&workflow_id, version).await?.0)
    }

    async fn compare_versions(
        &self,
        workflow_id: String,
        before: u32,
        after: u32,
    ) -> Result<Compared, ApiError> {
        let (before, _) = self.own_version(&workflow_id, before).await?;
        let (after, store) = self.own_version(&workflow_id, after).await?;
        Ok(self.compared(&store, before, after).await?)
    }

    async fn compare_with_draft(
        &self,
        session: String,
        version: u32,
    ) -> Result<Compared, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        let workflow_id = workflows::of_session(&session, &state).ok_or_else(no_workflow)?;
        let before =
            workflows::store::body(&self.app.pool, &store.id, &workflow_id, version).await?;
        let after = state.draft.unwrap_or_default();
        Ok(self.compared(&store, before, after).await?)
    }

    async fn session_workflow(&self, session: String) -> Result<Option<String>, ApiError> {
        let (session, _) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        Ok(workflows::of_session(&session, &state))
    }

    async fn open_version(&self, workflow_id: String, version: u32) -> Result<String, ApiError> {
        let (person, store) = self.owner().await?;
        let (workflow, _) = self.own_version(&workflow_id, version).await?;
        let session = drafts::start(&self.app, &person, &store, Some(&workflow_id)).await?;
        // In force already: there is nothing to change.
        if session.workflow_version != Some(version) {
            let state = self.app.log.state(&session.id).await?;
            let summary = format!("Restored version {version}");
            drafts::put(
                &self.app,
                &session,
                &store,
                state.revision,
                summary,
                workflow,
                Vec::new(),
            )
            .await?;
        }
        Ok(session.id)
    }

    async fn restore_version(
        &self,
        session: String,
        version: u32,
        revision: u64,
    ) -> Result<(), ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        let workflow_id = workflows::of_session(&session, &state).ok_or_else(no_workflow)?;
        let (workflow, _) = self.own_version(&workflow_id, version).await?;
        let summary = format!("Restored version {version}");
        drafts::put(
            &self.app,
            &session,
            &store,
            revision,
            summary,
            workflow,
            Vec::new(),
        )
        .await?;
        Ok(())
    }

    async fn check_overtaken(&self, session: String) -> Result<Option<Overtaken>, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        Ok(workflows::overtaken(&self.app, &session, &store, &state).await?)
    }

    async fn activate_after(&self, session: String, seen: u32) -> Result<(), ApiError> {
        let (person, _) = self.owner().await?;
        let (session, store) = self.own_session(&session).await?;
        Ok(workflows::activate(&self.app, &session, &store, &person, Some(seen)).await?)
    }
}
