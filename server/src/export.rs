//! Sessions as files for the trainer: one JSON Lines file per session, one event per line.

use std::sync::Arc;

use app::api::Role;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tower_sessions::Session;

use crate::catalogs;
use crate::service::Caller;
use crate::sessions::store;
use crate::state::App;
use crate::{Error, Result};

/// Which sessions the ML team wants.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    /// Only sessions that started at or after this time, in milliseconds since the epoch.
    #[serde(default)]
    since_ms: i64,
}

/// `GET /api/export/sessions`: every line is `{"session", "seq", "at_ms", "event"}`. For the ML team only.
pub async fn sessions(
    State(app): State<Arc<App>>,
    web: Session,
    Query(which): Query<Which>,
) -> Result<Response> {
    let caller = Caller::new(app.clone(), Some(web));
    caller.with_role(&[Role::Ml]).await?;
    let ids = store::ids_for_export(&app.pool, which.since_ms).await?;
    let lines = futures::stream::unfold((app, ids.into_iter()), |(app, mut ids)| async move {
        let id = ids.next()?;
        let lines = lines_of(&app, &id)
            .await
            .map_err(|error| std::io::Error::other(error.to_string()));
        Some((lines, (app, ids)))
    });
    Ok((
        [(header::CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    )
        .into_response())
}

async fn lines_of(app: &App, id: &str) -> Result<String> {
    let mut lines = String::new();
    for recorded in app.log.events(id, 0).await? {
        let mut line = serde_json::to_value(&recorded)?;
        if let Some(line) = line.as_object_mut() {
            line.insert("session".to_string(), id.into());
        }
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(lines)
}

/// Writes every session to `DIR/<id>.jsonl`, one recorded event per line; returns how many.
///
/// What the store said about its own tasks goes beside it, into `DIR/<id>.catalog.json`, where
/// `trainer curate` looks for it.
///
/// A file appears under its name only when it is whole.
pub async fn to_folder(pool: &sqlx::AnyPool, folder: &std::path::Path) -> Result<usize> {
    let io = |error: std::io::Error| Error::Internal(Box::new(error));
    std::fs::create_dir_all(folder).map_err(io)?;
    let ids = store::ids_for_export(pool, 0).await?;
    for id in &ids {
        let mut lines = String::new();
        for recorded in store::events(pool, id, 0).await? {
            lines.push_str(&serde_json::to_string(&recorded)?);
            lines.push('\n');
        }
        let own = catalogs::store::of_session(pool, id).await?;
        let files = [("catalog.json", own), ("jsonl", Some(lines))];
        for (ending, text) in files {
            let Some(text) = text else {
                continue;
            };
            let partial = folder.join(format!("{id}.{ending}.partial"));
            std::fs::write(&partial, text).map_err(io)?;
            std::fs::rename(&partial, folder.join(format!("{id}.{ending}"))).map_err(io)?;
        }
    }
    Ok(ids.len())
}

/// The workflows that are turned on in all stores, as `trainer bootstrap` reads them, one per line:
/// `{"store", "last_run_ms", "workflow"}`. Stores are told apart by a digest of their id.
pub async fn workflows(pool: &sqlx::AnyPool) -> Result<String> {
    let mut lines = String::new();
    for exported in crate::workflows::store::turned_on(pool).await? {
        let workflow: flow::Workflow = serde_json::from_str(&exported.body)?;
        let store = hex::encode(Sha256::digest(exported.store.as_bytes()));
        let line = serde_json::json!({
            "store": &store[..16],
            "last_run_ms": exported.last_run_ms,
            "workflow": flow::json::to_value(&workflow),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(lines)
}
