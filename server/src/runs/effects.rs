//! What this version does in the world: tags in the store's own table, e-mail, output in the run.
//!
//! Everything else a workflow asks for is written down as not performed, so that nobody believes it happened.

use app::api::Performed;
use flow::catalog::FieldKind;
use flow::run::Effect;
use serde_json::Value;

use super::store;
use crate::Result;
use crate::accounts::Store;
use crate::state::App;

const SEND_EMAIL: &str = "shopify::flow::send_email";
const LOG_OUTPUT: &str = "shopify::flow::log_output";
/// The longest output that is repeated in a summary; the run itself keeps all of it.
const MOST_OUTPUT_CHARACTERS: usize = 500;

/// Performs one effect and says in a sentence what was done.
///
/// What the world refuses (a mail server, a missing id) is an answer too; only our own database failing is an error.
pub async fn perform(app: &App, shop: &Store, effect: &Effect) -> Result<Performed> {
    let catalog = app.catalogs.of(shop).await?;
    let task = catalog.task(&effect.task_id);
    let name = task.map_or("", |task| task.name.as_str());
    let (kind, summary) = if effect.task_id == SEND_EMAIL {
        email(app, effect).await
    } else if effect.task_id == flow::run::RUN_CODE {
        ("code", "Ran the code.".to_string())
    } else if effect.task_id == LOG_OUTPUT {
        ("output", output(effect))
    } else if name.starts_with("add_") && name.ends_with("_tags") {
        tags(app, shop, effect, true).await?
    } else if name.starts_with("remove_") && name.ends_with("_tags") {
        tags(app, shop, effect, false).await?
    } else {
        let label = task.map_or(effect.task_id.as_str(), |task| task.label.as_str());
        (
            "not_connected",
            format!("“{label}” is not performed in this version; nothing was changed."),
        )
    };
    Ok(Performed {
        step: effect.step.clone(),
        kind: kind.to_string(),
        summary,
    })
}

async fn email(app: &App, effect: &Effect) -> (&'static str, String) {
    let address = text(effect, "address");
    let subject = text(effect, "subject");
    match app
        .mailer
        .send(&address, &subject, &text(effect, "message"))
        .await
    {
        Ok(way) => ("email", format!("Sent “{subject}” to {address} {way}.")),
        Err(error) => {
            tracing::error!(step = effect.step, cause = ?error, "an e-mail was not sent");
            (
                "email_failed",
                format!("The e-mail to {address} was not sent: {error}."),
            )
        }
    }
}

fn output(effect: &Effect) -> String {
    let text = text(effect, "message");
    if text.chars().count() <= MOST_OUTPUT_CHARACTERS {
        return text;
    }
    text.chars()
        .take(MOST_OUTPUT_CHARACTERS)
        .collect::<String>()
        + "…"
}

async fn tags(
    app: &App,
    shop: &Store,
    effect: &Effect,
    add: bool,
) -> Result<(&'static str, String)> {
    let catalog = app.catalogs.of(shop).await?;
    let task = catalog.task(&effect.task_id);
    let reference = task
        .and_then(|task| {
            task.fields
                .iter()
                .find(|field| matches!(field.kind, FieldKind::CommerceObject | FieldKind::Resource))
        })
        .map_or("", |field| field.id.as_str());
    let resource = text(effect, reference);
    if resource.is_empty() {
        return Ok((
            "tags_failed",
            "No tag was changed: the event does not say which object it is about.".to_string(),
        ));
    }
    let mut changed = Vec::new();
    let mut same = Vec::new();
    for tag in list(effect, "tags") {
        let tag = tag.trim();
        if tag.is_empty() {
            continue;
        }
        let done = if add {
            store::add_tag(&app.pool, &shop.id, &resource, tag, app.clock.now_ms()).await?
        } else {
            store::remove_tag(&app.pool, &shop.id, &resource, tag).await?
        };
        if done { &mut changed } else { &mut same }.push(tag.to_string());
    }
    let kind = if add { "tags_added" } else { "tags_removed" };
    let mut summary = Vec::new();
    if !changed.is_empty() {
        let verb = if add { "Added" } else { "Removed" };
        let to = if add { "to" } else { "from" };
        summary.push(format!("{verb} {} {to} {resource}.", named(&changed)));
    }
    if !same.is_empty() {
        let how = if add {
            "already had"
        } else {
            "was already without"
        };
        summary.push(format!("{resource} {how} {}.", named(&same)));
    }
    if summary.is_empty() {
        summary.push("There was no tag to change.".to_string());
    }
    Ok((kind, summary.join(" ")))
}

fn named(tags: &[String]) -> String {
    let word = if tags.len() == 1 {
        "the tag"
    } else {
        "the tags"
    };
    format!("{word} {}", tags.join(", "))
}

/// A field as text; empty when it is missing.
fn text(effect: &Effect, field: &str) -> String {
    match effect.fields.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A field as a list; text with commas is read as one, as Flow does.
fn list(effect: &Effect, field: &str) -> Vec<String> {
    match effect.fields.get(field) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect(),
        Some(Value::String(text)) => text.split(',').map(str::to_string).collect(),
        _ => Vec::new(),
    }
}
