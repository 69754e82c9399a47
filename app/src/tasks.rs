//! The store's tasks by id, to label steps and fields with.

use std::collections::HashMap;
use std::sync::Arc;

use flow::workflow::Step;

use crate::api::TaskInfo;
use crate::language::said_text;
use crate::words;

/// Tasks by id; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Arc<HashMap<String, TaskInfo>>);

impl Tasks {
    /// Indexes a list of tasks.
    pub fn new(list: Vec<TaskInfo>) -> Tasks {
        Tasks(Arc::new(
            list.into_iter()
                .map(|task| (task.id.clone(), in_own_words(task)))
                .collect(),
        ))
    }

    /// The task with this id.
    pub fn get(&self, id: &str) -> Option<&TaskInfo> {
        self.0.get(id)
    }

    /// All tasks, by label.
    pub fn all(&self) -> Vec<&TaskInfo> {
        let mut all: Vec<&TaskInfo> = self.0.values().collect();
        flow::sorted::sort_by(&mut all, |left, right| {
            (&left.label, &left.id).cmp(&(&right.label, &right.id))
        });
        all
    }

    /// The title of a step.
    pub fn title(&self, step: &Step) -> String {
        words::title(step, self.get(&step.task_id))
    }

    /// One line about a step.
    pub fn summary(&self, step: &Step) -> String {
        words::summary(step, self.get(&step.task_id))
    }

    /// The label of a config field.
    pub fn field_label(&self, step: &Step, field: &str) -> String {
        self.get(&step.task_id)
            .and_then(|task| task.field(field))
            .map_or_else(|| words::label_from_id(field), |field| field.label.clone())
    }

    /// The place of a config field among its task's fields; unknown ones come last.
    pub fn field_place(&self, task: &str, field: &str) -> usize {
        self.get(task)
            .and_then(|task| task.fields.iter().position(|known| known.id == field))
            .unwrap_or(usize::MAX)
    }
}

/// A task with everything that is read of it in the reader's language.
fn in_own_words(mut task: TaskInfo) -> TaskInfo {
    task.label = said_text(&task.label);
    task.description = said_text(&task.description);
    for field in &mut task.fields {
        field.label = said_text(&field.label);
    }
    task
}
