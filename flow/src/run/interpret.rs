//! The interpreter: a stack of steps to run, and the variables each of them sees.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::fields::{missing, render_fields};
use super::selection::select;
use super::{
    Answer, Effect, MAX_ITEMS, MAX_STEP_RUNS, MAX_WAITS, Resume, Run, StepOutcome, StepRun,
    output_name,
};
use crate::catalog::{Catalog, FieldKind, Task, foreach_item_name};
use crate::check::{Bucket, Finding, Severity};
use crate::condition::values::{Binding, Env};
use crate::condition::{self, number};
use crate::sorted::SortedMap;
use crate::workflow::{Step, TaskType, Workflow};

/// The task that runs JavaScript. Its effect carries the selected input as a value, the script, and
/// the schema of the output as text.
pub const RUN_CODE: &str = "shopify::flow::run_code";

/// Runs a workflow from one of its triggers. Steps that read data get none: an empty list or nil.
///
/// `env` is the event with Flow's variable names: `{"order": {…}, "shop": {…}}`. Every step runs at
/// most once for one item, also where branches join or links go round.
pub fn start(workflow: &Workflow, catalog: &Catalog, trigger_step: &str, env: Value) -> Run {
    start_with(workflow, catalog, trigger_step, env, &mut |_| {
        Answer::Nothing
    })
}

/// Runs a workflow; `answer` gives the data for an effect whose [`Effect::output`] later steps read.
pub fn start_with(
    workflow: &Workflow,
    catalog: &Catalog,
    trigger_step: &str,
    env: Value,
    answer: &mut dyn FnMut(&Effect) -> Answer,
) -> Run {
    let mut interpreter = Interpreter::new(workflow, catalog, env, answer);
    let context = interpreter.context(None, Vec::new(), None, BTreeSet::new());
    match workflow.step(trigger_step) {
        Some(step) => interpreter.stack.push(Work::Step { step, context }),
        None => interpreter.run.trace.push(StepRun {
            step: trigger_step.to_string(),
            task_id: String::new(),
            outcome: StepOutcome::Failed {
                reason: format!("The workflow has no step {trigger_step}."),
            },
            item: None,
            tests: Vec::new(),
            fields: BTreeMap::new(),
            output: None,
            effect: None,
            findings: Vec::new(),
        }),
    }
    interpreter.finish()
}

/// Goes on after a wait. Steps that read data get none.
pub fn resume(workflow: &Workflow, catalog: &Catalog, resume: Resume) -> Run {
    resume_with(workflow, catalog, resume, &mut |_| Answer::Nothing)
}

/// Goes on after a wait; `answer` is as in [`start_with`].
pub fn resume_with(
    workflow: &Workflow,
    catalog: &Catalog,
    resume: Resume,
    answer: &mut dyn FnMut(&Effect) -> Answer,
) -> Run {
    let mut interpreter = Interpreter::new(workflow, catalog, resume.env, answer);
    let context = interpreter.context(None, Vec::new(), resume.item, resume.done);
    interpreter.follow(&resume.step, &resume.port, context);
    interpreter.finish()
}

/// What is left to do, on a stack.
enum Work<'a> {
    Step {
        step: &'a Step,
        context: usize,
    },
    /// All items of a loop were started; goes on over `after`.
    After {
        step: &'a Step,
        context: usize,
        /// Where the waits of the loop's items begin.
        waits_from: usize,
    },
}

/// The variables of one loop item, or of the whole run.
struct Context {
    parent: Option<usize>,
    names: Vec<Named>,
    item: Option<String>,
    done: BTreeSet<String>,
}

struct Named {
    name: String,
    value: Value,
    label: String,
}

struct Interpreter<'a, 'b> {
    workflow: &'a Workflow,
    catalog: &'a Catalog,
    event: Value,
    answer: &'b mut dyn FnMut(&Effect) -> Answer,
    contexts: Vec<Context>,
    stack: Vec<Work<'a>>,
    run: Run,
    /// The context of each entry of `run.waiting`.
    waiting_in: Vec<usize>,
}

impl<'a, 'b> Interpreter<'a, 'b> {
    fn new(
        workflow: &'a Workflow,
        catalog: &'a Catalog,
        event: Value,
        answer: &'b mut dyn FnMut(&Effect) -> Answer,
    ) -> Interpreter<'a, 'b> {
        Interpreter {
            workflow,
            catalog,
            event,
            answer,
            contexts: Vec::new(),
            stack: Vec::new(),
            run: Run::default(),
            waiting_in: Vec::new(),
        }
    }

    fn context(
        &mut self,
        parent: Option<usize>,
        names: Vec<Named>,
        item: Option<String>,
        done: BTreeSet<String>,
    ) -> usize {
        self.contexts.push(Context {
            parent,
            names,
            item,
            done,
        });
        self.contexts.len() - 1
    }

    /// The contexts from this one outwards.
    fn chain(&self, context: usize) -> impl Iterator<Item = &Context> {
        std::iter::successors(self.contexts.get(context), |context| {
            context.parent.and_then(|parent| self.contexts.get(parent))
        })
    }

    fn env(&self, context: usize) -> Env<'_> {
        let mut bindings: Vec<Binding<'_>> = self
            .chain(context)
            .flat_map(|context| context.names.iter().rev())
            .map(|named| Binding {
                name: &named.name,
                value: &named.value,
                label: named.label.clone(),
            })
            .collect();
        bindings.reverse();
        Env {
            root: &self.event,
            bindings,
        }
    }

    /// The environment as one value, to carry over a wait.
    fn flat_env(&self, context: usize) -> Value {
        let mut all = match &self.event {
            Value::Object(event) => event.clone(),
            _ => Map::new(),
        };
        for binding in self.env(context).bindings {
            all.insert(binding.name.to_string(), binding.value.clone());
        }
        Value::Object(all)
    }

    /// Puts what follows a port on the stack, so that the first link runs first.
    fn follow(&mut self, step: &str, port: &str, context: usize) {
        let workflow = self.workflow;
        let next: Vec<&'a Step> = workflow
            .links
            .iter()
            .filter(|link| link.from == step && link.from_port == port)
            .filter_map(|link| workflow.step(&link.to))
            .collect();
        for step in next.into_iter().rev() {
            self.stack.push(Work::Step { step, context });
        }
    }

    fn finish(mut self) -> Run {
        while let Some(work) = self.stack.pop() {
            if self.run.trace.len() >= MAX_STEP_RUNS {
                self.stop(&work);
                break;
            }
            match work {
                Work::Step { step, context } => self.step(step, context),
                Work::After {
                    step,
                    context,
                    waits_from,
                } => self.after(step, context, waits_from),
            }
        }
        for (i, context) in self.waiting_in.iter().enumerate() {
            let mut done = BTreeSet::new();
            for context in self.chain(*context) {
                done.extend(context.done.iter().cloned());
            }
            if let Some(resume) = self.run.waiting.get_mut(i) {
                resume.done = done;
            }
        }
        self.run
    }

    /// The bound was met: says so at the step that would have run next.
    fn stop(&mut self, work: &Work<'a>) {
        let (Work::Step { step, context } | Work::After { step, context, .. }) = work;
        let outcome = StepOutcome::Failed {
            reason: format!(
                "The run was stopped after {MAX_STEP_RUNS} steps; make its loops smaller."
            ),
        };
        let run = self.step_run(step, *context, outcome);
        self.run.trace.push(run);
    }

    fn step_run(&self, step: &Step, context: usize, outcome: StepOutcome) -> StepRun {
        StepRun {
            step: step.id.clone(),
            task_id: step.task_id.clone(),
            outcome,
            item: self.contexts.get(context).and_then(|c| c.item.clone()),
            tests: Vec::new(),
            fields: BTreeMap::new(),
            output: None,
            effect: None,
            findings: Vec::new(),
        }
    }

    fn step(&mut self, step: &'a Step, context: usize) {
        if self
            .chain(context)
            .any(|context| context.done.contains(&step.id))
        {
            let outcome = StepOutcome::Skipped {
                reason: "It already ran; a step runs once for each item.".to_string(),
            };
            let run = self.step_run(step, context, outcome);
            self.run.trace.push(run);
            return;
        }
        if let Some(context) = self.contexts.get_mut(context) {
            context.done.insert(step.id.clone());
        }
        let task = self.catalog.task(&step.task_id);
        match step.task_type {
            TaskType::Trigger => {
                let (fields, findings) = render_fields(step, task, &self.env(context));
                let mut run = self.step_run(step, context, StepOutcome::Started);
                run.fields = fields;
                run.findings = findings;
                self.run.trace.push(run);
                self.follow(&step.id, "output", context);
            }
            TaskType::Condition => self.condition(step, task, context),
            TaskType::Foreach => self.foreach(step, task, context),
            TaskType::Wait => self.wait(step, task, context),
            TaskType::Action => self.action(step, task, context),
        }
    }

    fn fail(&mut self, step: &Step, context: usize, reason: String) {
        let run = self.step_run(step, context, StepOutcome::Failed { reason });
        self.run.trace.push(run);
    }

    fn condition(&mut self, step: &'a Step, task: Option<&Task>, context: usize) {
        let text = field_of_kind(step, task, FieldKind::Condition).unwrap_or_default();
        let expr = match condition::parse(text) {
            Ok(expr) => expr,
            Err(error) => return self.fail(step, context, error.message),
        };
        let evaluation = condition::evaluate_in(&expr, &self.env(context));
        let mut run = self.step_run(
            step,
            context,
            StepOutcome::Decided {
                result: evaluation.result,
            },
        );
        run.tests = evaluation.tests;
        self.run.trace.push(run);
        let port = if evaluation.result { "true" } else { "false" };
        self.follow(&step.id, port, context);
    }

    fn foreach(&mut self, step: &'a Step, task: Option<&Task>, context: usize) {
        let path = list_path(step, task).to_string();
        if path.is_empty() {
            let reason = "This loop has no list; choose one.".to_string();
            return self.fail(step, context, reason);
        }
        let looked = self.env(context).scalars(&path);
        let mut total = 0;
        let mut all: Vec<(Value, String)> = Vec::new();
        for found in looked
            .found
            .into_iter()
            .filter(|found| !found.value.is_null())
        {
            total += 1;
            if total <= MAX_ITEMS {
                all.push((found.value.clone(), found.label));
            }
        }
        let finding = looked.missing.filter(|_| total == 0).map(|name| {
            missing(
                step,
                "listpath",
                format!("The event has no {name} in {path}, so the loop has no items."),
            )
        });
        let items = all.len();
        let mut run = self.step_run(step, context, StepOutcome::Looped { items, total });
        run.fields.insert("listpath".to_string(), json!(path));
        run.findings.extend(finding);
        if total > items {
            run.findings.push(
                Finding::new(
                    Severity::Warning,
                    Bucket::ForeachBody,
                    "FOREACH_ITEM_LIMIT",
                    format!(
                        "A loop runs over at most {MAX_ITEMS} items; {} were left out.",
                        total - items
                    ),
                )
                .at_step(step.id.clone()),
            );
        }
        self.run.trace.push(run);
        self.stack.push(Work::After {
            step,
            context,
            waits_from: self.run.waiting.len(),
        });
        let name = foreach_item_name(&path);
        // The stack is last in, first out: the first item goes on last.
        for (value, label) in all.into_iter().rev() {
            let named = Named {
                name: name.clone(),
                value,
                label: label.clone(),
            };
            let item = self.context(Some(context), vec![named], Some(label), BTreeSet::new());
            self.follow(&step.id, "loop_body", item);
        }
    }

    /// Goes on after a loop; if items of it wait, then not before the longest of those waits.
    fn after(&mut self, step: &'a Step, context: usize, waits_from: usize) {
        let mut known = SortedMap::new();
        let longest = self
            .run
            .waiting
            .iter()
            .skip(waits_from)
            .map(|resume| {
                // An item may wait again when it goes on.
                let again = self.longest_wait(&resume.step, &resume.port, &mut known);
                resume.seconds.saturating_add(again)
            })
            .max();
        let Some(seconds) = longest else {
            return self.follow(&step.id, "after", context);
        };
        let followed = self
            .workflow
            .links
            .iter()
            .any(|link| link.from == step.id && link.from_port == "after");
        if followed {
            self.pause(step, "after", seconds, context);
        }
    }

    /// The longest that what follows a port can wait, in seconds, as far as the config says: every
    /// branch counts, because nobody knows yet which one is taken.
    fn longest_wait<'k>(
        &self,
        step: &'k str,
        port: &'k str,
        known: &mut SortedMap<(&'k str, &'k str), u64>,
    ) -> u64
    where
        'a: 'k,
    {
        // Depth first without recursion. What is being worked out counts as nothing when it is met
        // again, which only happens in a circle.
        let mut stack = vec![((step, port), false)];
        while let Some((place, ready)) = stack.pop() {
            if !ready && known.contains_key(&place) {
                continue;
            }
            let (step, port) = place;
            let followers = self
                .workflow
                .links
                .iter()
                .filter(|link| link.from == step && link.from_port == port)
                .filter_map(|link| self.workflow.step(&link.to));
            if !ready {
                known.insert(place, 0);
                stack.push((place, true));
                for next in followers {
                    for port in next.task_type.output_ports() {
                        stack.push(((next.id.as_str(), port), false));
                    }
                }
                continue;
            }
            let longest = followers.map(|next| {
                let own = if next.task_type == TaskType::Wait {
                    let values = next.config.iter();
                    let read = |value: &str| seconds(&serde_json::from_str(value).ok()?);
                    values.filter_map(|field| read(&field.value)).max()
                } else {
                    None
                };
                let after = |port: &&'static str| {
                    let place = (next.id.as_str(), *port);
                    known.get(&place).copied().unwrap_or_default()
                };
                let ports = next.task_type.output_ports().iter();
                // What follows a loop begins when its items are through.
                let later = if next.task_type == TaskType::Foreach {
                    ports.map(after).fold(0, u64::saturating_add)
                } else {
                    ports.map(after).max().unwrap_or_default()
                };
                own.unwrap_or_default().saturating_add(later)
            });
            let longest = longest.max().unwrap_or_default();
            known.insert(place, longest);
        }
        known.get(&(step, port)).copied().unwrap_or_default()
    }

    fn pause(&mut self, step: &Step, port: &str, seconds: u64, context: usize) {
        let env = self.flat_env(context);
        self.waiting_in.push(context);
        self.run.waiting.push(Resume {
            step: step.id.clone(),
            port: port.to_string(),
            seconds,
            env,
            item: self.contexts.get(context).and_then(|c| c.item.clone()),
            done: BTreeSet::new(),
        });
    }

    fn wait(&mut self, step: &'a Step, task: Option<&Task>, context: usize) {
        let (fields, findings) = render_fields(step, task, &self.env(context));
        let duration = step
            .config
            .iter()
            .find_map(|field| fields.get(&field.id).and_then(seconds));
        let Some(seconds) = duration else {
            let reason =
                "This wait does not say how long; give it an amount and a unit.".to_string();
            return self.fail(step, context, reason);
        };
        if self.run.waiting.len() >= MAX_WAITS {
            let reason =
                format!("The run already waits at {MAX_WAITS} places; make its loops smaller.");
            return self.fail(step, context, reason);
        }
        let mut run = self.step_run(step, context, StepOutcome::Waiting { seconds });
        run.fields = fields;
        run.findings = findings;
        self.run.trace.push(run);
        self.pause(step, "output", seconds, context);
    }

    fn action(&mut self, step: &'a Step, task: Option<&Task>, context: usize) {
        let output = output_name(self.workflow, step, self.catalog);
        match step.task_id.as_str() {
            "shopify::flow::count" | "shopify::flow::sum" => {
                self.compute(step, task, output, context);
            }
            _ => {
                if !self.ask(step, task, output, context) {
                    return;
                }
            }
        }
        self.follow(&step.id, "output", context);
    }

    fn compute(
        &mut self,
        step: &'a Step,
        task: Option<&Task>,
        output: Option<String>,
        context: usize,
    ) {
        let path = list_path(step, task).to_string();
        let looked = self.env(context).scalars(&path);
        let values = looked.found.iter().filter(|found| !found.value.is_null());
        let value = if step.task_id.ends_with("count") {
            json!(values.count())
        } else {
            total(values.filter_map(|found| number(found.value)))
        };
        let finding = looked
            .missing
            .filter(|_| looked.found.is_empty())
            .map(|name| {
                missing(
                    step,
                    "listpath",
                    format!("The event has no {name} in {path}, so there is nothing to add up."),
                )
            });
        let mut run = self.step_run(
            step,
            context,
            StepOutcome::Computed {
                value: value.clone(),
            },
        );
        run.fields.insert("listpath".to_string(), json!(path));
        run.findings.extend(finding);
        self.run.trace.push(run);
        if let Some(name) = output {
            self.name(context, name, value);
        }
    }

    /// Asks for an effect; false when it is known to fail, so that nothing follows it.
    fn ask(
        &mut self,
        step: &'a Step,
        task: Option<&Task>,
        output: Option<String>,
        context: usize,
    ) -> bool {
        let (mut fields, findings) = render_fields(step, task, &self.env(context));
        // A script gets the values it selected; whoever evaluates it needs no environment.
        if step.task_id == RUN_CODE
            && let Some(query) = step.config_value("input")
        {
            let env = self.flat_env(context);
            let input = select(query, |name| env.get(name).cloned());
            fields.insert("input".to_string(), input);
        }
        let mut run = self.step_run(step, context, StepOutcome::Asked);
        let effect = Effect {
            step: step.id.clone(),
            task_id: step.task_id.clone(),
            fields: fields.clone(),
            output: output.clone(),
            item: run.item.clone(),
        };
        if let Some(name) = output {
            let is_list = task
                .and_then(Task::output)
                .is_some_and(|variable| variable.ty.list);
            let nothing = if is_list { json!([]) } else { Value::Null };
            match (self.answer)(&effect) {
                Answer::Failed(reason) => {
                    run.outcome = StepOutcome::Failed { reason };
                    run.fields = fields;
                    run.findings = findings;
                    self.run.trace.push(run);
                    return false;
                }
                Answer::Value(value) => {
                    run.output = Some(value.clone());
                    self.name(context, name, value);
                }
                Answer::Nothing => self.name(context, name, nothing),
            }
        }
        run.fields = fields;
        run.findings = findings;
        run.effect = Some(self.run.effects.len());
        self.run.trace.push(run);
        self.run.effects.push(effect);
        true
    }

    fn name(&mut self, context: usize, name: String, value: Value) {
        if let Some(context) = self.contexts.get_mut(context) {
            let label = name.clone();
            context.names.push(Named { name, value, label });
        }
    }
}

/// The value of the field of a kind; without a catalogue entry, of the only field.
pub(crate) fn field_of_kind<'s>(
    step: &'s Step,
    task: Option<&Task>,
    kind: FieldKind,
) -> Option<&'s str> {
    task.and_then(|task| task.fields.iter().find(|field| field.kind == kind))
        .and_then(|field| step.config_value(&field.id))
        .or_else(|| step.config.first().map(|field| field.value.as_str()))
}

/// The list a step works on, without the braces some files put round it.
pub(crate) fn list_path<'s>(step: &'s Step, task: Option<&Task>) -> &'s str {
    bare_path(field_of_kind(step, task, FieldKind::Path).unwrap_or_default())
}

/// A path without the braces that some files put round it: `{{ order.lineItems }}`.
pub(crate) fn bare_path(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("{{")
        .and_then(|inner| inner.strip_suffix("}}"))
        .unwrap_or(text)
        .trim()
}

/// The seconds of `{"amount": "3", "unit": "days"}`.
fn seconds(duration: &Value) -> Option<u64> {
    let amount = match duration.get("amount")? {
        Value::String(text) => text.trim().parse::<u64>().ok()?,
        number => number.as_u64()?,
    };
    let unit = duration.get("unit")?.as_str()?.to_ascii_lowercase();
    let each: u64 = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        "month" => 30 * 86_400,
        _ => return None,
    };
    amount.checked_mul(each)
}

/// A sum of amounts, without the dust of binary fractions.
fn total(numbers: impl Iterator<Item = f64>) -> Value {
    let sum = (numbers.sum::<f64>() * 1e6).round() / 1e6;
    if sum.fract() == 0.0 && sum.abs() < 9e15 {
        json!(sum as i64)
    } else {
        json!(sum)
    }
}
