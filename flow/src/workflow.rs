//! The graph: steps that run tasks, and links that join their ports.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::from_json::from_json;

/// Identifies a step inside one workflow.
///
/// Exports carry UUIDs, ULIDs or integers here; an integer keeps its digits and is written back as
/// an integer when [`Step::numeric_id`] says so.
pub type StepId = String;

/// What kind of task a step runs, as Flow's JSON spells it in `task_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskType {
    /// Starts a run.
    Trigger,
    /// Takes one of two ways.
    Condition,
    /// Does something, or works something out.
    Action,
    /// Runs its body for each item of a list.
    Foreach,
    /// Lets the run go on later.
    Wait,
}

from_json! {
    enum TaskType {
        Trigger = "TRIGGER",
        Condition = "CONDITION",
        Action = "ACTION",
        Foreach = "FOREACH",
        Wait = "WAIT",
    }
}

impl TaskType {
    /// The spelling in Flow JSON, for example `TRIGGER`.
    pub fn as_str(self) -> &'static str {
        match self {
            TaskType::Trigger => "TRIGGER",
            TaskType::Condition => "CONDITION",
            TaskType::Action => "ACTION",
            TaskType::Foreach => "FOREACH",
            TaskType::Wait => "WAIT",
        }
    }

    /// Reads the spelling of Flow JSON; `None` for a type this version does not know.
    pub fn from_flow(text: &str) -> Option<TaskType> {
        Some(match text {
            "TRIGGER" => TaskType::Trigger,
            "CONDITION" => TaskType::Condition,
            "ACTION" => TaskType::Action,
            "FOREACH" => TaskType::Foreach,
            "WAIT" => TaskType::Wait,
            _ => return None,
        })
    }

    /// The output ports of a task of this type, in the order in which a reader follows them.
    pub fn output_ports(self) -> &'static [&'static str] {
        match self {
            TaskType::Condition => &["true", "false"],
            TaskType::Foreach => &["loop_body", "after"],
            TaskType::Trigger | TaskType::Action | TaskType::Wait => &["output"],
        }
    }
}

/// One filled config field. Flow stores every value as a string; lists and objects are JSON inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigValue {
    /// The field's id, for example `tags`.
    pub id: String,
    /// The value exactly as Flow JSON carries it, for example `["VIP"]` for a list of tags.
    pub value: String,
}

from_json! {
    struct ConfigValue { id, value }
}

/// One step of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Unique within the workflow.
    pub id: StepId,
    /// True when the JSON this came from wrote the id as a number.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub numeric_id: bool,
    /// The task's id, for example `shopify::admin::add_order_tags`, or a bare UUID for an app's task.
    pub task_id: String,
    /// The version of the task, for example `0.1`.
    pub task_version: String,
    /// The kind of the task, as the file says it.
    pub task_type: TaskType,
    /// Config fields in the order of the source.
    pub config: Vec<ConfigValue>,
    /// Canvas position in Flow's units, `[x, y]`.
    pub position: [f64; 2],
    /// The name that gives a variable its name, for example of a `Run code` step; mostly `None`.
    pub name: Option<String>,
    /// The description that the canvas shows.
    pub description: Option<String>,
    /// The merchant's own note.
    pub note: Option<String>,
    /// Keys of the source this version does not interpret; they are written back untouched.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

from_json! {
    struct Step {
        id,
        numeric_id or default,
        task_id,
        task_version,
        task_type,
        config,
        position,
        name,
        description,
        note,
        extra or default,
    }
}

impl Step {
    /// A step without config, at the origin, under the task's id, version and type.
    pub fn new(
        id: impl Into<StepId>,
        task_id: impl Into<String>,
        task_version: impl Into<String>,
        task_type: TaskType,
    ) -> Step {
        Step {
            id: id.into(),
            numeric_id: false,
            task_id: task_id.into(),
            task_version: task_version.into(),
            task_type,
            config: Vec::new(),
            position: [0.0, 0.0],
            name: None,
            description: None,
            note: None,
            extra: Map::new(),
        }
    }

    /// The value of a config field, if it is filled.
    pub fn config_value(&self, id: &str) -> Option<&str> {
        self.config
            .iter()
            .find(|field| field.id == id)
            .map(|field| field.value.as_str())
    }

    /// Fills a config field, replacing an earlier value in place.
    pub fn set_config(&mut self, id: &str, value: impl Into<String>) {
        let value = value.into();
        match self.config.iter_mut().find(|field| field.id == id) {
            Some(field) => field.value = value,
            None => self.config.push(ConfigValue {
                id: id.to_string(),
                value,
            }),
        }
    }
}

/// A link from an output port of one step to the input port of another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Link {
    /// The step it leaves.
    pub from: StepId,
    /// `output`, `true`, `false`, `loop_body` or `after`.
    pub from_port: String,
    /// The step it enters.
    pub to: StepId,
    /// Always `input` in files seen so far.
    pub to_port: String,
}

from_json! {
    struct Link { from, from_port, to, to_port }
}

impl Link {
    /// A link into the `input` port.
    pub fn new(
        from: impl Into<StepId>,
        from_port: impl Into<String>,
        to: impl Into<StepId>,
    ) -> Link {
        Link {
            from: from.into(),
            from_port: from_port.into(),
            to: to.into(),
            to_port: "input".to_string(),
        }
    }
}

/// A whole workflow: what `root` of a Flow JSON document holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Workflow {
    /// The name that merchants see.
    pub name: String,
    /// The steps in the order of the source.
    pub steps: Vec<Step>,
    /// The links in the order of the source.
    pub links: Vec<Link>,
    /// Reads of metafields and of fields with arguments, kept as Flow wrote them.
    pub patched_fields: Vec<Value>,
    /// Root keys other than the four above (`note`, `variables`, `vertical_layout_enabled`, …), in
    /// the order of the source.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

from_json! {
    struct Workflow {
        name,
        steps,
        links,
        patched_fields or default,
        extra or default,
    }
}

impl Workflow {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The step with this id, to change it.
    pub fn step_mut(&mut self, id: &str) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.id == id)
    }

    /// All triggers, in file order. Flow allows one; files with several are read all the same.
    pub fn triggers(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(|step| step.task_type == TaskType::Trigger)
    }

    /// Steps reached over one port of a step, in link order.
    pub fn followers<'a>(&'a self, id: &'a str, port: &'a str) -> impl Iterator<Item = &'a Step> {
        self.links
            .iter()
            .filter(move |link| link.from == id && link.from_port == port)
            .filter_map(|link| self.step(&link.to))
    }

    /// Links that enter a step.
    pub fn incoming<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| link.to == id)
    }
}
