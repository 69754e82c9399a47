//! `POST /api/events`: something happened in a shop; the workflows that wait for it run.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use flow::TaskType;
use flow::catalog::nearest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::state::App;
use crate::{Error, Result, accounts, resources, runs, schema};

#[derive(Debug, Deserialize)]
struct Body {
    trigger: String,
    event: Map<String, Value>,
}

/// The runs that the event started.
#[derive(Debug, Serialize)]
pub struct Started {
    pub runs: Vec<String>,
}

/// Checks the token and the body, and runs every active workflow with that trigger.
pub async fn receive(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Started>> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .map(str::trim)
        .ok_or_else(|| {
            Error::Token(
                "Events need the store's token: send the header Authorization: Bearer TOKEN."
                    .to_string(),
            )
        })?;
    let shop = accounts::store::store_by_token_hash(&app.pool, &accounts::token_hash(token))
        .await?
        .ok_or_else(|| Error::Token("No store has this token.".to_string()))?;
    let body: Body = schema::EVENT.read(&body)?;
    let catalog = app.catalogs.of(&shop).await?;
    let Some(task) = catalog
        .task(&body.trigger)
        .filter(|task| task.task_type == TaskType::Trigger)
    else {
        let triggers = catalog
            .tasks()
            .filter(|task| task.task_type == TaskType::Trigger)
            .map(|task| task.id.as_str());
        let hint = nearest(&body.trigger, triggers)
            .map(|near| format!(" Did you mean {near}?"))
            .unwrap_or_default();
        return Err(Error::Invalid(format!(
            "This JSON is wrong at /trigger: there is no trigger {:?}.{hint}",
            body.trigger
        )));
    };
    // An object that the trigger promises must be there, or every path into it would be empty.
    for variable in &task.adds {
        let object =
            !variable.ty.list && !catalog.is_scalar(&variable.ty.name) && variable.name != "shop";
        if object && !body.event.get(&variable.name).is_some_and(Value::is_object) {
            return Err(Error::Invalid(format!(
                "This JSON is wrong at /event/{}: {} needs an object there.",
                variable.name, task.label
            )));
        }
    }
    resources::seen(&app.pool, &shop.id, &body.event, app.clock.now_ms()).await?;
    let runs = runs::on_event(&app, &shop, &task.id, &body.event).await?;
    Ok(Json(Started { runs }))
}
