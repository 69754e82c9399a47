//! What the step panel asks while somebody edits: what a step can read, and what a check says about
//! a value that is not stored yet.

use std::sync::Arc;

use app::api::{ApiError, FieldCheck, Fields, PathInfo, Sought};
use async_trait::async_trait;
use flow::Catalog;
use flow::catalog::FieldKind;
use flow::check::check;
use flow::scope::{Offered, Wanted, offer, read_by, scope_at, with_patched_fields};
use flow::test_events::preview;
use flow::workflow::Workflow;
use flow::{condition, liquid};
use serde_json::Value;

use super::Caller;
use crate::{Error, Result};

/// No more paths than this are offered at once; people search rather than read on.
const MOST_PATHS: usize = 40;
/// No more allowed values of an enum than this are sent.
const MOST_VALUES: usize = 300;
/// The longest search.
const MOST_SEARCH_CHARACTERS: usize = 200;
/// The longest preview.
const MOST_PREVIEW_CHARACTERS: usize = 20_000;

impl Caller {
    /// The draft of an own session that has a step, and the catalogue it is checked against, with
    /// the fields that the draft's own patched fields add.
    async fn draft_with(&self, session: &str, step: &str) -> Result<(Workflow, Arc<Catalog>)> {
        let (session, store) = self.own_session(session).await?;
        let draft = self.app.log.state(&session.id).await?.draft;
        let draft = draft
            .filter(|draft| draft.step(step).is_some())
            .ok_or_else(|| Error::no_such("step"))?;
        let catalog = self.app.catalogs.of(&store).await?;
        let catalog = match with_patched_fields(&draft, &catalog) {
            Some(patched) => Arc::new(patched),
            None => catalog,
        };
        Ok((draft, catalog))
    }
}

fn info(offered: Offered, catalog: &Catalog) -> PathInfo {
    let values = catalog.enum_values(&offered.ty).unwrap_or_default();
    PathInfo {
        kind: condition::kind_of(catalog, &offered.ty),
        values: values.iter().take(MOST_VALUES).cloned().collect(),
        path: offered.path,
        ty: offered.ty,
        list: offered.list,
        deprecated: offered.deprecated,
    }
}

#[async_trait]
impl Fields for Caller {
    async fn scope(
        &self,
        session: String,
        step: String,
        sought: Sought,
    ) -> Result<Vec<PathInfo>, ApiError> {
        let (draft, catalog) = self.draft_with(&session, &step).await?;
        let scope = scope_at(&draft, &step, &catalog);
        let wanted = match sought.of.as_deref().filter(|of| !of.is_empty()) {
            None => Wanted::Values,
            Some("[]") => Wanted::Lists,
            Some(of) => Wanted::Objects(of),
        };
        let search: String = sought.search.chars().take(MOST_SEARCH_CHARACTERS).collect();
        let under = sought.under.as_deref().filter(|under| !under.is_empty());
        Ok(offer(&catalog, &scope, wanted, under, &search, MOST_PATHS)
            .into_iter()
            .map(|offered| info(offered, &catalog))
            .collect())
    }

    async fn check_field(
        &self,
        session: String,
        step: String,
        field: String,
        value: String,
    ) -> Result<FieldCheck, ApiError> {
        let (mut draft, catalog) = self.draft_with(&session, &step).await?;
        let Some(edited) = draft.step_mut(&step) else {
            return Err(Error::no_such("step").into());
        };
        if value.is_empty() {
            edited.config.retain(|filled| filled.id != field);
        } else {
            edited.set_config(&field, &value);
        }
        let task = catalog.task(&edited.task_id);
        let kind = task
            .and_then(|task| task.field(&field))
            .map(|field| field.kind);
        let mut found = FieldCheck {
            findings: check(&draft, &catalog)
                .into_iter()
                .filter(|finding| {
                    finding.step.as_deref() == Some(&step)
                        && finding.field.as_deref() == Some(&field)
                })
                .collect(),
            ..FieldCheck::default()
        };
        if kind == Some(FieldKind::Condition) {
            match condition::parse(&value) {
                Ok(expr) => {
                    let scope = scope_at(&draft, &step, &catalog);
                    found.reads = read_by(&catalog, &scope, &expr)
                        .into_iter()
                        .map(|offered| info(offered, &catalog))
                        .collect();
                }
                Err(error) => {
                    let before = value.get(..error.at).unwrap_or(&value);
                    found.at = u32::try_from(before.chars().count()).ok();
                }
            }
        } else if liquid::is_template(&value) {
            found.preview = preview(&draft, &step, &field, &catalog).map(|value| text(&value));
        }
        Ok(found)
    }
}

/// A value as a person reads it.
fn text(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text_of_item).collect();
            items.join(", ")
        }
        other => other.to_string(),
    };
    text.chars().take(MOST_PREVIEW_CHARACTERS).collect()
}

fn text_of_item(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
