//! Turns: one at a time in a session, a few at a time in the server, each in a task of its own that
//! finishes whether or not a browser is looking.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent::backend::{Backend, BackendError};
use agent::drive::{DriveError, drive};
use agent::turn::{Request, Turn, TurnResult};
use flow::session::{Event, Recorded, State, Timings, TurnState};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::Store;
use crate::sessions::{Session, store, title_of};
use crate::state::App;
use crate::{Error, Result};

/// The longest request that is taken.
pub const MOST_CHARACTERS: usize = app::api::MOST_REQUEST_CHARACTERS;
const BEAT: Duration = Duration::from_secs(5);
/// A turn whose server was silent for so long was interrupted.
pub const SILENT_MS: i64 = 30_000;
/// What a turn is thought to take before one was measured.
const FIRST_GUESS_MS: u64 = 8_000;

/// The turns that this server runs.
pub struct Turns {
    permits: Arc<Semaphore>,
    running: Mutex<HashMap<String, CancellationToken>>,
    tasks: TaskTracker,
    usual_ms: AtomicU64,
}

impl Turns {
    /// Lets this many run at the same time.
    pub fn new(at_once: usize) -> Turns {
        Turns {
            permits: Arc::new(Semaphore::new(at_once)),
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            usual_ms: AtomicU64::new(FIRST_GUESS_MS),
        }
    }

    /// Waits until no turn runs.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Ends all turns as if they had been interrupted.
    pub fn stop_all(&self) {
        for token in self.running().values() {
            token.cancel();
        }
    }

    fn permit(&self) -> Result<OwnedSemaphorePermit> {
        self.permits.clone().try_acquire_owned().map_err(|_| {
            let seconds = self.usual_ms.load(Ordering::Relaxed).div_ceil(1000);
            Error::Busy(format!(
                "Others are being answered right now. Try again in about {seconds} seconds; what you wrote is not lost."
            ))
        })
    }

    fn measured(&self, milliseconds: u64) {
        let before = self.usual_ms.load(Ordering::Relaxed);
        self.usual_ms
            .store((before * 3 + milliseconds) / 4, Ordering::Relaxed);
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what the merchant says and starts the turn that answers it. Returns the number of the turn.
pub async fn say(app: &Arc<App>, session: &Session, shop: &Store, text: &str) -> Result<u32> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::Invalid(
            "Say what should happen in your shop, for example: tag orders over $500 as VIP."
                .to_string(),
        ));
    }
    let characters = text.chars().count();
    if characters > MOST_CHARACTERS {
        return Err(Error::TooLarge(format!(
            "This message has {characters} characters; at most {MOST_CHARACTERS} are read at once. Say it in fewer words, \
             or one workflow at a time."
        )));
    }
    let log = app.log.events(&session.id, 0).await?;
    let turn = State::fold(&log).last_turn + 1;
    start(app, session, shop, &log, turn, Some(text)).await
}

/// Runs the last turn again, when it failed, was stopped or interrupted.
pub async fn retry(app: &Arc<App>, session: &Session, shop: &Store) -> Result<u32> {
    let log = app.log.events(&session.id, 0).await?;
    let turn = State::fold(&log).last_turn;
    let ended_badly = log.iter().rev().find_map(|recorded| match recorded.event {
        Event::TurnFailed { .. } | Event::TurnInterrupted { .. } => Some(true),
        Event::TurnFinished { .. } | Event::TurnStarted { .. } => Some(false),
        _ => None,
    });
    if ended_badly != Some(true) {
        return Err(Error::Conflict(
            "There is nothing to try again: the last turn did not fail.".to_string(),
        ));
    }
    start(app, session, shop, &log, turn, None).await
}

/// Stops the turn that runs in a session.
pub async fn stop(app: &App, session: &Session) -> Result<()> {
    match app.turns.running().get(&session.id) {
        Some(token) => {
            token.cancel();
            Ok(())
        }
        None => Err(Error::Conflict(
            "No turn is running here, so there is nothing to stop.".to_string(),
        )),
    }
}

async fn start(
    app: &Arc<App>,
    session: &Session,
    shop: &Store,
    log: &[Recorded],
    turn: u32,
    said: Option<&str>,
) -> Result<u32> {
    if app.stopping.is_cancelled() {
        return Err(Error::Busy(
            "The server is being restarted. Try again in a moment.".to_string(),
        ));
    }
    let catalog = app.catalogs.of(shop).await?;
    let resources = crate::resources::of(&app.pool, &shop.id).await?;
    let permit = app.turns.permit()?;
    let taken = store::take_lease(
        &app.pool,
        &session.id,
        turn,
        &app.server,
        app.clock.now_ms(),
    )
    .await?;
    if !taken {
        return Err(Error::Conflict(
            "A turn is already running in this session. Wait for it to finish, or stop it first."
                .to_string(),
        ));
    }
    // From here on the lease says that a turn began; whatever stops us, the sweep ends it.
    let backend = app.models.current();
    let info = backend.info();
    if let Some(text) = said {
        store::set_title(&app.pool, &session.id, &title_of(text)).await?;
        app.log
            .append(
                &session.id,
                Event::MerchantSaid {
                    turn,
                    text: text.to_string(),
                },
            )
            .await?;
    }
    app.log
        .append(
            &session.id,
            Event::TurnStarted {
                turn,
                model: info.name.clone(),
                contract: agent::contract::hash(),
            },
        )
        .await?;
    let state = State::fold(log);
    let request = Request {
        turn,
        text: said.map_or(state.last_request, str::to_string),
        previous: said_before(log, turn),
        // What is pending is what the merchant looks at and means by "it".
        workflow: state
            .proposal
            .map(|proposal| proposal.workflow)
            .or(state.draft),
        catalog,
        resources,
        doubting: info.kind != "scripted",
        seed: u64::from(turn),
    };
    let token = CancellationToken::new();
    app.turns
        .running()
        .insert(session.id.clone(), token.clone());
    let task = Running {
        app: app.clone(),
        session: session.id.clone(),
        turn,
        token,
        backend,
    };
    app.turns.tasks.spawn(async move {
        let _permit = permit;
        task.run(request).await;
    });
    Ok(turn)
}

/// What the merchant said in the turn before this one.
fn said_before(log: &[Recorded], turn: u32) -> Option<String> {
    log.iter().rev().find_map(|recorded| match &recorded.event {
        Event::MerchantSaid { turn: other, text } if *other < turn => Some(text.clone()),
        _ => None,
    })
}

/// How a turn came to its end.
enum End {
    Finished(Box<TurnResult>),
    Failed(DriveError),
    Cancelled,
    NotWritten(Error),
}

struct Running {
    app: Arc<App>,
    session: String,
    turn: u32,
    token: CancellationToken,
    backend: Arc<dyn Backend>,
}

impl Running {
    async fn run(self, request: Request) {
        let begin = Instant::now();
        let mut first_step = None;
        let (sender, mut events) = mpsc::unbounded_channel();
        let end = {
            let driving = self.drive(request, sender);
            tokio::pin!(driving);
            let mut beat = tokio::time::interval(BEAT);
            loop {
                tokio::select! {
                    biased;
                    () = self.token.cancelled() => break End::Cancelled,
                    Some(event) = events.recv() => {
                        if matches!(event, Event::StepDrawn { .. }) {
                            first_step.get_or_insert_with(|| milliseconds(begin));
                        }
                        if let Err(error) = self.app.log.append(&self.session, event).await {
                            break End::NotWritten(error);
                        }
                    }
                    _ = beat.tick() => {
                        let now = self.app.clock.now_ms();
                        if let Err(error) = store::beat(&self.app.pool, &self.session, &self.app.server, now).await {
                            error.log();
                        }
                    }
                    result = &mut driving => break match result {
                        Ok(result) => End::Finished(Box::new(result)),
                        Err(error) => End::Failed(error),
                    },
                }
            }
        };
        // What the turn said before it ended is still in the channel.
        let mut written = Ok(());
        while let Ok(event) = events.try_recv() {
            if written.is_ok() && matches!(end, End::Finished(_) | End::Failed(_)) {
                if matches!(event, Event::StepDrawn { .. }) {
                    first_step.get_or_insert_with(|| milliseconds(begin));
                }
                written = self.app.log.append(&self.session, event).await.map(|_| ());
            }
        }
        let end = match written {
            Ok(()) => end,
            Err(error) => End::NotWritten(error),
        };
        if let Err(error) = self.finish(end, begin, first_step).await {
            // The lease stays and goes silent, so that the sweep marks the turn as interrupted.
            error.log();
            self.app.turns.running().remove(&self.session);
        }
    }

    /// Drives the turn on a thread of its own: preparing searches and grammar is work for the
    /// processor, and requests must not wait for it. Dropping the future stops the turn.
    async fn drive(
        &self,
        request: Request,
        sender: mpsc::UnboundedSender<Event>,
    ) -> Result<TurnResult, DriveError> {
        let stopped = CancellationToken::new();
        let _stop = stopped.clone().drop_guard();
        let backend = self.backend.clone();
        let runtime = tokio::runtime::Handle::current();
        let thread = tokio::task::spawn_blocking(move || {
            let turn = Turn::new(request);
            let driving = drive(turn, backend.as_ref(), |event: Event| {
                // Nobody listens any more only when the turn was stopped.
                let _ = sender.send(event);
            });
            runtime.block_on(stopped.run_until_cancelled(driving))
        });
        match thread.await {
            Ok(Some(result)) => result,
            // The thread panicked, or ended because this future is being dropped.
            Ok(None) => Err(BackendError::Interrupted("the turn was stopped".to_string()).into()),
            Err(error) => Err(BackendError::Interrupted(error.to_string()).into()),
        }
    }

    async fn finish(&self, end: End, begin: Instant, first_step: Option<u64>) -> Result<()> {
        let turn = self.turn;
        let event = match end {
            End::Finished(result) => {
                let milliseconds = milliseconds(begin);
                self.app.turns.measured(milliseconds);
                Event::TurnFinished {
                    turn,
                    timings: Timings {
                        milliseconds,
                        first_step_milliseconds: first_step,
                        prompt_tokens: result.prompt_tokens,
                        completion_tokens: result.completion_tokens,
                    },
                }
            }
            End::Failed(error) => {
                tracing::error!(session = self.session, turn, cause = ?error, "a turn failed");
                Event::TurnFailed {
                    turn,
                    message: "The model did not answer. Nothing you had is lost; try it again in a moment.".to_string(),
                }
            }
            End::Cancelled if self.app.stopping.is_cancelled() => Event::TurnInterrupted { turn },
            End::Cancelled => Event::TurnFailed {
                turn,
                message: "You stopped this. Nothing you had is changed; try it again or say it differently.".to_string(),
            },
            End::NotWritten(error) => return Err(error),
        };
        // The session is free in the moment in which the end is in the log: whoever reads of it may
        // speak at once.
        self.app.turns.running().remove(&self.session);
        let mut transaction = self.app.pool.begin().await?;
        store::end_lease(&mut *transaction, &self.session).await?;
        let recorded = store::append(
            &mut *transaction,
            &self.session,
            self.app.clock.now_ms(),
            &event,
        )
        .await?;
        transaction.commit().await?;
        self.app.log.tell(&self.session, recorded);
        Ok(())
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Ends the turns whose server has not been heard of since `before_ms`; returns how many there were.
///
/// A `SQLite` file has one server, so at its start every turn still open was interrupted.
pub async fn interrupt_silent(app: &App, before_ms: i64) -> Result<usize> {
    let leases = store::silent_leases(&app.pool, before_ms).await?;
    for (session, turn) in &leases {
        let log = app.log.events(session, 0).await?;
        let state = State::fold(&log);
        let open = state.turn == TurnState::Running { turn: *turn }
            || matches!(
                log.last().map(|recorded| &recorded.event),
                Some(Event::MerchantSaid { .. })
            );
        if open {
            app.log
                .append(session, Event::TurnInterrupted { turn: *turn })
                .await?;
        }
        store::end_lease(&app.pool, session).await?;
    }
    Ok(leases.len())
}
