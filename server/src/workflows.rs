//! Activated workflows: what is turned on, in which version.

pub mod store;

use flow::check::{Severity, has_error};
use flow::session::{Event, TurnState};
use flow::workflow::Workflow;
use sqlx::AnyPool;

use crate::accounts::Store;
use crate::sessions::Session;
use crate::state::App;
use crate::{Error, Result, sessions};

/// How many errors a refusal lists.
const MOST_LISTED: usize = 5;

/// Turns the draft of a session on: checks it, stores it as the next version, writes the event.
pub async fn activate(app: &App, session: &Session, shop: &Store) -> Result<()> {
    let state = app.log.state(&session.id).await?;
    if matches!(state.turn, TurnState::Running { .. }) {
        return Err(Error::Conflict(
            "A turn is still running. Wait for it to finish, or stop it, and turn the workflow on then.".to_string(),
        ));
    }
    if state.proposal.is_some() {
        return Err(Error::Conflict(
            "There are changes you have not accepted or discarded. Decide on them first."
                .to_string(),
        ));
    }
    let draft = state.draft.ok_or_else(|| {
        Error::Conflict(
            "There is no workflow to turn on yet. Say what should happen first.".to_string(),
        )
    })?;
    let catalog = app.catalogs.of(shop).await?;
    let findings = flow::check::check(&draft, &catalog);
    if has_error(&findings) {
        let errors: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message.as_str())
            .collect();
        let more = match errors.len().saturating_sub(MOST_LISTED) {
            0 => String::new(),
            more => format!(" And {more} more."),
        };
        return Err(Error::Invalid(format!(
            "The workflow cannot be turned on yet: {}{more}",
            errors[..errors.len().min(MOST_LISTED)].join(" ")
        )));
    }
    let before = match state
        .activation
        .map(|activation| activation.workflow_id)
        .or_else(|| session.workflow_id.clone())
    {
        Some(id) => store::find(&app.pool, &shop.id, &id).await?,
        None => None,
    };
    let id = before
        .as_ref()
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), |row| row.id.clone());
    let version = before.map_or(1, |row| row.version + 1);
    let now = app.clock.now_ms();
    // The version and the event that tells of it are saved together or not at all.
    let mut transaction = app.pool.begin().await?;
    store::save(&mut transaction, &id, shop, session, &draft, version, now).await?;
    let seq = sessions::store::append(
        &mut *transaction,
        &session.id,
        now,
        &Event::Activated {
            workflow_id: id,
            version,
        },
    )
    .await?;
    transaction.commit().await?;
    app.log.tell(&session.id, seq);
    Ok(())
}

/// Turns a workflow off. Runs that wait go on; no event starts a new one.
pub async fn deactivate(app: &App, shop: &Store, id: &str) -> Result<()> {
    let workflow = store::find(&app.pool, &shop.id, id)
        .await?
        .ok_or_else(|| Error::no_such("workflow"))?;
    if !workflow.active {
        return Ok(());
    }
    let mut transaction = app.pool.begin().await?;
    store::turn_off(&mut transaction, &shop.id, id).await?;
    let seq = sessions::store::append(
        &mut *transaction,
        &workflow.session_id,
        app.clock.now_ms(),
        &Event::Deactivated {
            workflow_id: id.to_string(),
        },
    )
    .await?;
    transaction.commit().await?;
    app.log.tell(&workflow.session_id, seq);
    Ok(())
}

/// The version in force of a store's workflow.
pub async fn current(pool: &AnyPool, store_id: &str, id: &str) -> Result<Workflow> {
    let workflow = store::find(pool, store_id, id)
        .await?
        .ok_or_else(|| Error::no_such("workflow"))?;
    store::body(pool, store_id, id, workflow.version).await
}
