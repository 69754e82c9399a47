//! All addresses of the server and what every request passes on its way to them.

use std::sync::Arc;

use app::api::Service;
use axum::Router;
use axum::http::request::Parts;
use axum::middleware;
use axum::routing::{get, post};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::LeptosRoutes;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use crate::security::IMPORT;
use crate::service::Caller;
use crate::state::{App, Shared};
use crate::web_sessions::SqlxStore;
use crate::{events, export, files, pages, security, stream, words};

/// How long a browser stays signed in without being used.
const SIGNED_IN: Duration = Duration::days(14);
/// Name of the cookie.
pub const COOKIE: &str = "flowright";

/// Routes for programs, with the role each asks for; the isolation test walks this list.
pub const PROGRAM_ROUTES: [(&str, &str); 7] = [
    ("GET", "/api/sessions/{id}/events"),
    ("GET", "/api/sessions/{id}/workflow.flow"),
    ("GET", "/api/sessions/{id}/workflow.json"),
    ("GET", "/api/sessions/{id}/workflow.zip"),
    ("POST", "/api/import"),
    ("POST", "/api/events"),
    ("GET", "/api/export/sessions"),
];

/// The whole router.
pub fn router(app: Arc<App>) -> Router {
    let shared = Shared {
        leptos: app.config.leptos(),
        app: app.clone(),
    };
    let context = {
        let app = app.clone();
        move || {
            // Files are answered without request parts; nothing asks for the service there.
            let web =
                use_context::<Parts>().and_then(|parts| parts.extensions.get::<Session>().cloned());
            let service: Arc<dyn Service> = Arc::new(Caller::new(app.clone(), web));
            provide_context(service);
            provide_context(words::language_of_request());
        }
    };
    let draw = {
        let options = shared.leptos.clone();
        move || app::shell(options.clone())
    };
    let cookies = SessionManagerLayer::new(SqlxStore::new(app.pool.clone()))
        .with_name(COOKIE)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(app.config.server.secure_cookies)
        .with_expiry(Expiry::OnInactivity(SIGNED_IN));
    Router::new()
        .route("/api/sessions/{id}/events", get(stream::events))
        .route("/api/sessions/{id}/workflow.flow", get(files::flow_file))
        .route("/api/sessions/{id}/workflow.json", get(files::json_file))
        .route("/api/sessions/{id}/workflow.zip", get(files::zip_file))
        .route(IMPORT, post(files::import))
        .route(
            "/words/{file}",
            get(words::table).layer(CompressionLayer::new()),
        )
        .route("/api/export/sessions", get(export::sessions))
        .merge(
            Router::new()
                .leptos_routes_with_context(&shared, pages::routes(), context.clone(), draw)
                .layer(middleware::from_fn(pages::draw)),
        )
        .fallback(
            leptos_axum::file_and_error_handler_with_context::<Shared, _>(context, app::shell),
        )
        .layer(cookies)
        .layer(middleware::from_fn(security::same_origin))
        // Programs bring a token of their own, so cookies and origins do not matter to them.
        .route("/api/events", post(events::receive))
        .with_state(shared)
        .layer(middleware::from_fn(security::limit_body))
        .layer(middleware::from_fn(security::secure_headers))
        .layer(TraceLayer::new_for_http())
}
