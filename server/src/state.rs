//! What all requests share: the database, the log, the model, the turns that run, the way e-mail leaves.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use sqlx::AnyPool;
use tokio_util::sync::CancellationToken;

use crate::accounts::SignInLimit;
use crate::catalogs::Catalogs;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::Models;
use crate::runs::mail::Mailer;
use crate::sessions::Log;
use crate::turns::Turns;

/// Everything behind the router. One per process.
pub struct App {
    pub config: Config,
    pub pool: AnyPool,
    pub clock: Clock,
    pub log: Log,
    pub models: Models,
    pub turns: Turns,
    pub mailer: Mailer,
    /// Which tasks there are in which store.
    pub catalogs: Catalogs,
    pub sign_in_limit: SignInLimit,
    /// Cancelled when the server is told to stop.
    pub stopping: CancellationToken,
    /// Names this process in the database, among others that may share it.
    pub server: String,
}

impl App {
    /// Puts the parts together. Nothing runs yet; see [`crate::commands::serve::start_background`].
    pub fn new(
        config: Config,
        pool: AnyPool,
        clock: Clock,
        models: Models,
        mailer: Mailer,
    ) -> Arc<App> {
        Arc::new(App {
            log: Log::new(pool.clone(), clock.clone()),
            turns: Turns::new(config.model.turns_at_once),
            models,
            mailer,
            catalogs: Catalogs::new(pool.clone()),
            sign_in_limit: SignInLimit::default(),
            stopping: CancellationToken::new(),
            server: uuid::Uuid::new_v4().to_string(),
            config,
            pool,
            clock,
        })
    }
}

/// The state of the router: the pages want their options out of it.
#[derive(Clone)]
pub struct Shared {
    pub app: Arc<App>,
    pub leptos: LeptosOptions,
}

impl FromRef<Shared> for LeptosOptions {
    fn from_ref(shared: &Shared) -> LeptosOptions {
        shared.leptos.clone()
    }
}

impl FromRef<Shared> for Arc<App> {
    fn from_ref(shared: &Shared) -> Arc<App> {
        shared.app.clone()
    }
}
