//! Activated workflows: what is turned on, in which version.

pub mod store;

use app::api::Overtaken;
use flow::check::{Severity, has_error};
use flow::session::{Event, Recorded, State, TurnState};
use flow::workflow::Workflow;
use sqlx::AnyPool;

use crate::accounts::{Person, Store};
use crate::sessions::Session;
use crate::state::App;
use crate::{Error, Result, sessions};

/// How many errors a refusal lists.
const MOST_LISTED: usize = 5;

/// Turns the draft of a session on: checks it, stores it as the next version, writes the event.
///
/// When the workflow was turned on from elsewhere since the session began, that is refused, unless
/// `seen` is the version in force: then whoever asks has looked at it.
pub async fn activate(
    app: &App,
    session: &Session,
    shop: &Store,
    person: &Person,
    seen: Option<u32>,
) -> Result<()> {
    let log = app.log.events(&session.id, 0).await?;
    let state = State::fold(&log);
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
    if let Some(overtaken) = overtaken(app, session, shop, &state).await?
        && seen != Some(overtaken.now.version)
    {
        return Err(meanwhile(&overtaken));
    }
    let before = match of_session(session, &state) {
        Some(id) => store::find(&app.pool, &shop.id, &id).await?,
        None => None,
    };
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
    let id = before
        .as_ref()
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), |row| row.id.clone());
    let version = before.map_or(1, |row| row.version + 1);
    let now = app.clock.now_ms();
    // The version and the event that tells of it are saved together or not at all.
    let mut transaction = app.pool.begin().await?;
    let new = store::NewVersion {
        id: &id,
        version,
        workflow: &draft,
        person: &person.id,
        model: model_of(&log),
        now_ms: now,
    };
    if let Err(error) = store::save(&mut transaction, shop, session, new).await {
        return Err(match error {
            // Somebody else took the number between our look and our write.
            Error::Database(sqlx::Error::Database(cause)) if cause.is_unique_violation() => {
                Error::Conflict(
                    "Somebody else turned this workflow on at the same moment. Compare the two, and try again."
                        .to_string(),
                )
            }
            error => error,
        });
    }
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

/// The workflow that a session is about: the one it turned on, else the one it began with.
pub fn of_session(session: &Session, state: &State) -> Option<String> {
    state
        .activation
        .as_ref()
        .map(|activation| activation.workflow_id.clone())
        .or_else(|| session.workflow_id.clone())
}

/// The version that was turned on elsewhere since the session began or last turned it on itself.
pub async fn overtaken(
    app: &App,
    session: &Session,
    shop: &Store,
    state: &State,
) -> Result<Option<Overtaken>> {
    let Some(workflow_id) = of_session(session, state) else {
        return Ok(None);
    };
    let own = state
        .activation
        .as_ref()
        .map(|activation| activation.version);
    let Some(since) = own.max(session.workflow_version) else {
        return Ok(None);
    };
    let versions = store::versions(&app.pool, &shop.id, &workflow_id).await?;
    Ok(versions
        .into_iter()
        .next()
        .filter(|newest| newest.version > since)
        .map(|now| Overtaken {
            workflow_id,
            since,
            now,
        }))
}

fn meanwhile(overtaken: &Overtaken) -> Error {
    let who = overtaken
        .now
        .person
        .as_ref()
        .map(|name| format!(" by {name}"))
        .unwrap_or_default();
    Error::Conflict(format!(
        "This workflow was turned on as version {}{who} from another session since you began here, so nothing was turned on now. Compare the two first.",
        overtaken.now.version
    ))
}

/// The model of the last turn that drew something.
fn model_of(log: &[Recorded]) -> Option<&str> {
    let drew = log.iter().rev().find_map(|recorded| match recorded.event {
        Event::DraftCompleted { turn, .. } => Some(turn),
        _ => None,
    })?;
    log.iter().rev().find_map(|recorded| match &recorded.event {
        Event::TurnStarted { turn, model, .. } if *turn == drew => Some(model.as_str()),
        _ => None,
    })
}

/// The version in force of a store's workflow, with its number.
pub async fn current(pool: &AnyPool, store_id: &str, id: &str) -> Result<(u32, Workflow)> {
    let workflow = store::find(pool, store_id, id)
        .await?
        .ok_or_else(|| Error::no_such("workflow"))?;
    let body = store::body(pool, store_id, id, workflow.version).await?;
    Ok((workflow.version, body))
}
