//! Bringing workflows in from `.flow` files and taking them out.

use app::api::{ApiError, Files};
use async_trait::async_trait;
use flow::check::Finding;
use flow::workflow::Workflow;

use super::Caller;
use crate::accounts::{Person, Store};
use crate::sessions::Session;
use crate::{Error, Result, drafts};

/// Where an imported workflow goes: into an open session, or into a new one.
pub struct ImportPlace {
    person: Person,
    store: Store,
    into: Option<Session>,
}

impl Caller {
    /// Where the caller may import to; `into` is an open session.
    pub async fn import_place(&self, into: Option<&str>) -> Result<ImportPlace> {
        let (person, store) = self.owner().await?;
        let into = match into {
            Some(id) => Some(self.own_session(id).await?.0),
            None => None,
        };
        Ok(ImportPlace {
            person,
            store,
            into,
        })
    }

    /// Makes a workflow that was read from a file the draft; returns the session. `name` is how the
    /// file is called, and `found` what reading it found.
    pub async fn import(
        &self,
        place: ImportPlace,
        revision: u64,
        name: &str,
        workflow: Workflow,
        found: Vec<Finding>,
    ) -> Result<String> {
        let summary = format!("Imported {name}");
        let (session, revision) = match place.into {
            Some(session) => (session, revision),
            None => {
                let session = drafts::start(&self.app, &place.person, &place.store, None).await?;
                (session, 0)
            }
        };
        drafts::put(
            &self.app,
            &session,
            &place.store,
            revision,
            summary,
            workflow,
            found,
        )
        .await?;
        Ok(session.id)
    }

    /// The draft of a session that the caller may read, and the name of its store.
    pub async fn draft(&self, session: &str) -> Result<(Workflow, String)> {
        let session = self.readable_session(session).await?;
        let state = self.app.log.state(&session.id).await?;
        let draft = state.draft.ok_or_else(|| {
            Error::NotFound(
                "There is no workflow in this session yet. Say what should happen first."
                    .to_string(),
            )
        })?;
        Ok((draft, session.store_name))
    }
}

#[async_trait]
impl Files for Caller {
    async fn workflow_json(&self, session: String) -> Result<String, ApiError> {
        let (workflow, _) = self.draft(&session).await?;
        Ok(flow::json::to_pretty(&workflow))
    }
}
