//! `GET /api/sessions/{id}/events?after=N`: the log of a session as server-sent events, first what
//! is there, then what comes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use tower_sessions::Session;

use crate::Result;
use crate::service::Caller;
use crate::state::App;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    after: u64,
}

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often the log is read without being told: another server may have written to it.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);

/// Answers with the events after `after`, or after `Last-Event-ID` when a browser connects again.
pub async fn events(
    State(app): State<Arc<App>>,
    web: Session,
    Path(id): Path<String>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>> {
    let caller = Caller::new(app.clone(), Some(web));
    let session = caller.readable_session(&id).await?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .unwrap_or(query.after);
    let stopping = app.stopping.clone();
    let stream = follow(app, session.id, last).take_until(stopping.cancelled_owned());
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Reads the log whenever it grew. Listening starts before the first read, so nothing falls between.
fn follow(
    app: Arc<App>,
    session: String,
    after: u64,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let listener = app.log.listen(&session);
    futures::stream::unfold(
        (app, session, after, listener, false),
        |(app, session, mut after, mut listener, mut wait)| async move {
            loop {
                if wait {
                    // Both a notice and a time-out mean: look again. The sender lives in the log.
                    let _ = tokio::time::timeout(LOOK_ANYWAY, listener.changed()).await;
                }
                wait = true;
                let events = match app.log.events(&session, after).await {
                    Ok(events) => events,
                    Err(error) => {
                        error.log();
                        return None;
                    }
                };
                if let Some(last) = events.last() {
                    after = last.seq;
                    let batch: Vec<_> = events
                        .iter()
                        .filter_map(|recorded| {
                            let data = serde_json::to_string(recorded).ok()?;
                            Some(Ok(sse::Event::default()
                                .id(recorded.seq.to_string())
                                .data(data)))
                        })
                        .collect();
                    return Some((
                        futures::stream::iter(batch),
                        (app, session, after, listener, wait),
                    ));
                }
            }
        },
    )
    .flatten()
}
