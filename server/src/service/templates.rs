//! Workflows to start from.

use std::collections::BTreeSet;

use app::api::{ApiError, TaskInfo, Template, TemplateSummary, Templates};
use async_trait::async_trait;

use super::Caller;
use crate::accounts::Store;
use crate::{Error, drafts, templates};

fn summary(template: &templates::Template, store: &Store) -> TemplateSummary {
    let missing = template
        .needs
        .is_some_and(|needs| !store.installed.iter().any(|name| name == needs));
    TemplateSummary {
        slug: template.slug.to_string(),
        name: template.name.to_string(),
        category: template.category.to_string(),
        description: template.description.to_string(),
        needs: template.needs.map(str::to_string),
        missing,
    }
}

fn find(slug: &str) -> crate::Result<&'static templates::Template> {
    templates::find(slug).ok_or_else(|| {
        Error::NotFound(
            "There is no such template. Look for it in the list of templates.".to_string(),
        )
    })
}

#[async_trait]
impl Templates for Caller {
    async fn list_templates(&self) -> Result<Vec<TemplateSummary>, ApiError> {
        let (_, store) = self.owner().await?;
        Ok(templates::all()
            .iter()
            .map(|template| summary(template, &store))
            .collect())
    }

    async fn open_template(&self, slug: String) -> Result<Template, ApiError> {
        let (_, store) = self.owner().await?;
        let template = find(&slug)?;
        let workflow = template.workflow(self.app.catalogs.builtin());
        let used: BTreeSet<&str> = workflow
            .steps
            .iter()
            .map(|step| step.task_id.as_str())
            .collect();
        let tasks = used
            .into_iter()
            .filter_map(|id| self.app.catalogs.builtin().task(id))
            .map(TaskInfo::from)
            .collect();
        Ok(Template {
            summary: summary(template, &store),
            workflow,
            tasks,
        })
    }

    async fn start_from_template(&self, slug: String) -> Result<String, ApiError> {
        let (person, store) = self.owner().await?;
        let template = find(&slug)?;
        let workflow = template.workflow(self.app.catalogs.builtin());
        let summary = format!("Started from the template ‘{}’", template.name);
        Ok(drafts::start_with(&self.app, &person, &store, summary, workflow, Vec::new()).await?)
    }
}
