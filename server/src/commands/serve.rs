//! `flowright serve`: the builder and everything behind it, until told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::{BackendKind, Config, ModelArgs, PlaceArgs};
use crate::model::Models;
use crate::runs::mail::Mailer;
use crate::state::App;
use crate::web_sessions::SqlxStore;
use crate::{database, router, runs, turns};

/// Example: flowright serve --addr 0.0.0.0:3000 --database sqlite:var/flowright.db
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", env = "FLOWRIGHT_ADDRESS")]
    addr: Option<SocketAddr>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// With --backend scripted: the file with its answers
    answers: Option<PathBuf>,
}

/// How long running turns may take to finish after the signal to stop.
const FINISH: Duration = Duration::from_secs(10);
const LOOK_FOR_MODELS: Duration = Duration::from_secs(2);
const LOOK_FOR_WAITS: Duration = Duration::from_secs(1);
const LOOK_FOR_SILENT_TURNS: Duration = Duration::from_secs(10);
const FORGET_COOKIES: Duration = Duration::from_secs(3600);

/// Serves until SIGTERM or Ctrl-C, then lets running turns finish.
pub async fn run(mut args: Args) -> anyhow::Result<ExitCode> {
    if args.model.script.is_none() {
        args.model.script = args.answers.take();
    }
    let mut config = Config::load(&args.place, &args.model)?;
    if let Some(address) = args.addr {
        config.server.address = address;
    }
    let mailer = Mailer::new(&config.mail)?;
    let models = Models::open(&config.model).await?;
    let pool = database::open(&config.database.url).await?;
    let listener = TcpListener::bind(config.server.address)
        .await
        .with_context(|| {
            format!(
                "cannot listen on {}; choose another address with --addr",
                config.server.address
            )
        })?;
    let address = listener.local_addr()?;
    config.server.address = address;
    if config.model.backend == BackendKind::Scripted {
        tracing::warn!("answers come from a script; this is for tests");
    }
    let app = App::new(config, pool, Clock::system(), models, mailer);
    let interrupted = turns::interrupt_silent(&app, silent_before(&app, true)).await?;
    if interrupted > 0 {
        tracing::info!(
            interrupted,
            "turns of the last time were marked as interrupted"
        );
    }
    start_background(&app);
    println!("Flowright is at http://{address}");
    let stopping = app.stopping.clone();
    let serving = axum::serve(listener, router::router(app.clone()))
        .with_graceful_shutdown(stopping.clone().cancelled_owned());
    let serving = tokio::spawn(serving.into_future());
    signal().await?;
    tracing::info!("stopping; running turns may finish");
    stopping.cancel();
    let finished = tokio::time::timeout(FINISH, app.turns.finished()).await;
    if finished.is_err() {
        app.turns.stop_all();
        app.turns.finished().await;
    }
    // Connections end with the turns they showed; a browser that holds one open is not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
    app.pool.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Turns that were silent since this time were interrupted. At the start, a `SQLite` file belongs to
/// this server alone, so every open turn was.
fn silent_before(app: &App, at_start: bool) -> i64 {
    if at_start && database::is_sqlite(&app.config.database.url) {
        i64::MAX
    } else {
        app.clock.now_ms() - turns::SILENT_MS
    }
}

/// Starts what runs beside the requests: waits that are due, models that were published, turns whose
/// server went away. Each round looks at the database, so a missed one costs only time.
pub fn start_background(app: &Arc<App>) {
    every(app, LOOK_FOR_MODELS, |app| async move {
        app.models.look().await;
        Ok(())
    });
    every(app, LOOK_FOR_WAITS, |app| async move {
        runs::resume_due(&app).await.map(|_| ())
    });
    every(app, LOOK_FOR_SILENT_TURNS, |app| async move {
        turns::interrupt_silent(&app, silent_before(&app, false))
            .await
            .map(|_| ())
    });
    every(app, FORGET_COOKIES, |app| async move {
        SqlxStore::new(app.pool.clone())
            .delete_expired(app.clock.now_ms())
            .await?;
        Ok(())
    });
    // The first turn should not wait for what every turn needs.
    let catalog = app.catalogs.plain();
    tokio::task::spawn_blocking(move || {
        agent::drive::tools_for(&catalog);
        agent::grammar::lark(&catalog, None);
    });
    let once = app.clone();
    tokio::spawn(async move {
        if let Err(error) = runs::finish_open(&once).await {
            error.log();
        }
    });
}

fn every<F, W>(app: &Arc<App>, period: Duration, work: F)
where
    F: Fn(Arc<App>) -> W + Send + Sync + 'static,
    W: Future<Output = crate::Result<()>> + Send,
{
    let app = app.clone();
    tokio::spawn(async move {
        let mut rounds = tokio::time::interval(period);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                _ = rounds.tick() => {}
            }
            if let Err(error) = work(app.clone()).await {
                error.log();
            }
        }
    });
}
