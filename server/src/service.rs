//! What one person may ask for: the pages' [`Service`], with the role and the store of the caller checked in every method.

mod editing;
mod fields;
mod files;
mod meanings;
mod reviewing;
mod templates;
mod trying;
mod versions;

use std::sync::Arc;

use app::api::{
    ApiError, ModelsView, Role, RunDetail, RunSummary, Service, SessionSummary, TaskInfo, User,
    WorkflowSummary,
};
use async_trait::async_trait;
use flow::Catalog;
use flow::session::{Event, Recorded, State};

use crate::accounts::{self, Person, Store};
use crate::sessions::{self, Session};
use crate::state::App;
use crate::{Error, Result, drafts, runs, turns, workflows};

/// The key under which a web session keeps who is signed in.
const PERSON: &str = "person";
/// The longest reason that is kept with a thumb.
const MOST_REASON_CHARACTERS: usize = 1_000;

/// Whoever sent the request.
#[derive(Clone)]
pub struct Caller {
    app: Arc<App>,
    web: Option<tower_sessions::Session>,
}

fn web(error: tower_sessions::session::Error) -> Error {
    Error::Internal(Box::new(error))
}

impl Caller {
    /// The sender of a request with this web session.
    pub fn new(app: Arc<App>, web: Option<tower_sessions::Session>) -> Caller {
        Caller { app, web }
    }

    async fn person(&self) -> Result<Option<Person>> {
        let Some(session) = &self.web else {
            return Ok(None);
        };
        let Some(id) = session.get::<String>(PERSON).await.map_err(web)? else {
            return Ok(None);
        };
        accounts::store::person_by_id(&self.app.pool, &id).await
    }

    /// The signed-in person, when the role is one of these.
    pub async fn with_role(&self, roles: &[Role]) -> Result<Person> {
        let person = self.person().await?.ok_or(Error::SignedOut)?;
        if roles.contains(&person.role) {
            return Ok(person);
        }
        let who = match roles {
            [Role::Owner] => "Only the owner of a store can do this.",
            [Role::Ml] => "Only the ML team can do this.",
            [Role::Support] => "Only support can do this.",
            _ => "Your role cannot do this.",
        };
        Err(Error::Forbidden(format!(
            "{who} You are signed in as {}.",
            person.email
        )))
    }

    /// The owner who is signed in, and the store.
    async fn owner(&self) -> Result<(Person, Store)> {
        let person = self.with_role(&[Role::Owner]).await?;
        let store = person.store.clone().ok_or_else(|| {
            Error::Forbidden(
                "Your account has no store yet. Ask the people who run this server.".to_string(),
            )
        })?;
        Ok((person, store))
    }

    /// A session that the caller may change: one of the own store.
    async fn own_session(&self, id: &str) -> Result<(Session, Store)> {
        let (_, store) = self.owner().await?;
        let session = sessions::store::find(&self.app.pool, id, Some(&store.id))
            .await?
            .ok_or_else(|| Error::no_such("session"))?;
        Ok((session, store))
    }

    /// A session that the caller may read: an owner's own, and any for support.
    pub async fn readable_session(&self, id: &str) -> Result<Session> {
        let scope = self.reading_scope().await?;
        sessions::store::find(&self.app.pool, id, scope.as_deref())
            .await?
            .ok_or_else(|| Error::no_such("session"))
    }

    /// The catalogue in force in the store of a session.
    async fn catalog_of(&self, session: &Session) -> Result<Arc<Catalog>> {
        let store = accounts::store::store_by_id(&self.app.pool, &session.store_id)
            .await?
            .ok_or_else(|| Error::no_such("store"))?;
        self.app.catalogs.of(&store).await
    }

    /// The store whose sessions the caller may read; `None` is all of them.
    async fn reading_scope(&self) -> Result<Option<String>> {
        let person = self.with_role(&[Role::Owner, Role::Support]).await?;
        match person.role {
            Role::Support => Ok(None),
            _ => Ok(Some(self.owner().await?.1.id)),
        }
    }
}

#[async_trait]
impl Service for Caller {
    async fn me(&self) -> Result<Option<User>, ApiError> {
        Ok(self.person().await?.map(|person| person.user()))
    }

    async fn sign_in(&self, email: String, password: String) -> Result<User, ApiError> {
        let now = self.app.clock.now_ms();
        self.app.sign_in_limit.check(&email, now)?;
        let tried = accounts::sign_in(&self.app.pool, &email, &password).await;
        self.app.sign_in_limit.tried(&email, tried.is_ok(), now);
        let person = tried?;
        let session = self.web.as_ref().ok_or(Error::SignedOut)?;
        // A new id, so that a cookie somebody planted before is worth nothing.
        session.cycle_id().await.map_err(web)?;
        session.insert(PERSON, &person.id).await.map_err(web)?;
        Ok(person.user())
    }

    async fn sign_out(&self) -> Result<(), ApiError> {
        if let Some(session) = &self.web {
            session.flush().await.map_err(web)?;
        }
        Ok(())
    }

    async fn start_session(&self, workflow_id: Option<String>) -> Result<String, ApiError> {
        let (person, store) = self.owner().await?;
        let session = drafts::start(&self.app, &person, &store, workflow_id.as_deref()).await?;
        Ok(session.id)
    }

    async fn sessions(&self) -> Result<Vec<SessionSummary>, ApiError> {
        let scope = self.reading_scope().await?;
        Ok(sessions::store::list(&self.app.pool, scope.as_deref()).await?)
    }

    async fn session_events(&self, session: String, after: u64) -> Result<Vec<Recorded>, ApiError> {
        let session = self.readable_session(&session).await?;
        Ok(self.app.log.events(&session.id, after).await?)
    }

    async fn say(&self, session: String, text: String) -> Result<u32, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        Ok(turns::say(&self.app, &session, &store, &text).await?)
    }

    async fn stop(&self, session: String) -> Result<(), ApiError> {
        let (session, _) = self.own_session(&session).await?;
        Ok(turns::stop(&self.app, &session).await?)
    }

    async fn retry(&self, session: String) -> Result<u32, ApiError> {
        let (session, store) = self.own_session(&session).await?;
        Ok(turns::retry(&self.app, &session, &store).await?)
    }

    async fn judge(&self, session: String, turn: u32, accepted: bool) -> Result<(), ApiError> {
        let (session, _) = self.own_session(&session).await?;
        let state = self.app.log.state(&session.id).await?;
        if state.proposal.is_none_or(|proposal| proposal.turn != turn) {
            return Err(Error::Conflict(
                "These changes are no longer pending. Look at the canvas again.".to_string(),
            )
            .into());
        }
        self.app
            .log
            .append(&session.id, Event::ProposalJudged { turn, accepted })
            .await?;
        Ok(())
    }

    async fn feedback(
        &self,
        session: String,
        turn: u32,
        up: bool,
        reason: Option<String>,
    ) -> Result<(), ApiError> {
        let (session, _) = self.own_session(&session).await?;
        let state: State = self.app.log.state(&session.id).await?;
        if turn == 0 || turn > state.last_turn {
            return Err(Error::Invalid(format!("There is no turn {turn} in this session.")).into());
        }
        let reason = reason
            .map(|text| {
                text.trim()
                    .chars()
                    .take(MOST_REASON_CHARACTERS)
                    .collect::<String>()
            })
            .filter(|text| !text.is_empty());
        self.app
            .log
            .append(&session.id, Event::FeedbackGiven { turn, up, reason })
            .await?;
        Ok(())
    }

    async fn activate(&self, session: String) -> Result<(), ApiError> {
        let (person, _) = self.owner().await?;
        let (session, store) = self.own_session(&session).await?;
        Ok(workflows::activate(&self.app, &session, &store, &person, None).await?)
    }

    async fn deactivate(&self, workflow_id: String) -> Result<(), ApiError> {
        let (_, store) = self.owner().await?;
        Ok(workflows::deactivate(&self.app, &store, &workflow_id).await?)
    }

    async fn workflows(&self) -> Result<Vec<WorkflowSummary>, ApiError> {
        let (_, store) = self.owner().await?;
        Ok(workflows::store::list(&self.app.pool, &store.id).await?)
    }

    async fn runs(&self, workflow_id: String) -> Result<Vec<RunSummary>, ApiError> {
        let (_, store) = self.owner().await?;
        workflows::store::find(&self.app.pool, &store.id, &workflow_id)
            .await?
            .ok_or_else(|| Error::no_such("workflow"))?;
        Ok(runs::store::list(&self.app.pool, &store.id, &workflow_id).await?)
    }

    async fn run(&self, run_id: String) -> Result<RunDetail, ApiError> {
        let (_, store) = self.owner().await?;
        Ok(runs::detail(&self.app.pool, &store.id, &run_id).await?)
    }

    async fn tasks(&self) -> Result<Vec<TaskInfo>, ApiError> {
        let person = self
            .with_role(&[Role::Owner, Role::Support, Role::Ml])
            .await?;
        Ok(match person.store {
            Some(store) => self
                .app
                .catalogs
                .of(&store)
                .await?
                .tasks()
                .map(TaskInfo::from)
                .collect(),
            // Support replays sessions of stores with any connector.
            None => self
                .app
                .catalogs
                .builtin()
                .tasks()
                .map(TaskInfo::from)
                .collect(),
        })
    }

    async fn models(&self) -> Result<ModelsView, ApiError> {
        self.with_role(&[Role::Owner, Role::Support, Role::Ml])
            .await?;
        Ok(self.app.models.view())
    }
}
