//! Drafts that do not come out of the chat: a session begins with one, or one takes the place of another.

use app::api::ApiError;
use flow::check::{Finding, check};
use flow::session::{Event, TurnState};
use flow::workflow::Workflow;

use crate::accounts::{Person, Store};
use crate::sessions::{self, Session, title_of};
use crate::state::App;
use crate::{Error, Result, workflows};

/// Starts a session, on a stored workflow or on nothing.
pub async fn start(
    app: &App,
    person: &Person,
    shop: &Store,
    workflow_id: Option<&str>,
) -> Result<Session> {
    let from = match workflow_id {
        Some(id) => Some((id, workflows::current(&app.pool, &shop.id, id).await?)),
        None => None,
    };
    let id = uuid::Uuid::now_v7().to_string();
    let begins_with = from.as_ref().map(|(id, (version, _))| (*id, *version));
    sessions::store::add(
        &app.pool,
        &id,
        &shop.id,
        &person.id,
        begins_with,
        app.clock.now_ms(),
    )
    .await?;
    let workflow = from.map(|(_, (_, workflow))| workflow);
    if let Some(workflow) = &workflow {
        sessions::store::set_title(&app.pool, &id, &title_of(&workflow.name)).await?;
    }
    app.log
        .append(
            &id,
            Event::SessionStarted {
                store: shop.name.clone(),
                contract: agent::contract::hash(),
                installed: shop.installed.clone(),
                workflow,
            },
        )
        .await?;
    sessions::store::find(&app.pool, &id, Some(&shop.id))
        .await?
        .ok_or_else(|| Error::no_such("session"))
}

/// How often it is tried again when something else was written meanwhile.
const TRIES: u32 = 5;

/// Makes a workflow the draft of a session, as an edit that can be taken back.
///
/// `revision` is that of the draft it replaces; another one is refused, and so is a running turn.
/// `found` are findings of reading the workflow; those of the check are added.
pub async fn put(
    app: &App,
    session: &Session,
    shop: &Store,
    revision: u64,
    summary: String,
    workflow: Workflow,
    found: Vec<Finding>,
) -> Result<()> {
    let mut findings = found;
    findings.extend(check(&workflow, app.catalogs.of(shop).await?.as_ref()));
    let name = workflow.name.clone();
    let event = Event::EditedByHand {
        summary,
        workflow,
        findings,
    };
    for _ in 0..TRIES {
        let state = app.log.state(&session.id).await?;
        if matches!(state.turn, TurnState::Running { .. }) {
            return Err(Error::Conflict(
                "A turn is still running. Wait for it to finish, or stop it, and try again then."
                    .to_string(),
            ));
        }
        if state.revision != revision {
            return Err(Error::Conflict(
                "The workflow was changed somewhere else in the meantime. Look at it again."
                    .to_string(),
            ));
        }
        let written = app
            .log
            .append_after(&session.id, state.last_seq, event.clone())
            .await?;
        if written.is_some() {
            // The title is set once, so an open session keeps its own.
            return sessions::store::set_title(&app.pool, &session.id, &title_of(&name)).await;
        }
    }
    Err(Error::Busy(
        "Too much happens in this session at once. Nothing was changed; try again.".to_string(),
    ))
}

/// A new session that begins with a workflow which was not turned on.
pub async fn start_with(
    app: &App,
    person: &Person,
    shop: &Store,
    summary: String,
    workflow: Workflow,
    found: Vec<Finding>,
) -> Result<String, ApiError> {
    let session = start(app, person, shop, None).await?;
    put(app, &session, shop, 0, summary, workflow, found).await?;
    Ok(session.id)
}
