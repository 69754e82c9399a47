//! Writing a workflow as a program.

use crate::catalog::{Catalog, FieldKind, Task};
use crate::condition;
use crate::run::{camel_case, output_name};
use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{Step, TaskType, Workflow};

use super::graph::{Block, End, Last, Node, Program, program};
use super::lexer::{is_identifier, is_path, quote};
use super::names::{Aliases, flow_loop_item, label, loop_item, output_number, slug, unslug};
use super::parse::{CONDITION, FOREACH, WAIT, shipped};
use super::{condition as python_condition, recurrence, values};

/// About how many bytes a step takes.
const USUAL_STEP: usize = 100;

/// The text, and the place in `workflow.steps` of each step in the order of the lines.
pub(super) fn print(workflow: &Workflow, catalog: &Catalog) -> (String, Vec<usize>) {
    let program = program(workflow);
    let mut printer = Printer {
        workflow,
        catalog,
        text: String::with_capacity(workflow.steps.len() * USUAL_STEP),
        order: Vec::with_capacity(workflow.steps.len()),
        labels: SortedMap::new(),
        aliases: Aliases::default(),
        loops: 0,
        heads: None,
    };
    // A label is written where its step stands, which may come before the line that goes to it.
    printer.name_labels(&program);
    printer.program(&program);
    (printer.text, printer.order)
}

/// True when some config value could hold a path that begins with this name.
fn may_begin_a_path(workflow: &Workflow, name: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    let values = workflow.steps.iter().flat_map(|step| &step.config);
    values.map(|field| field.value.as_str()).any(|value| {
        // An escape could spell the name in another way.
        value.contains('\\')
            || value.match_indices(name).any(|(at, _)| {
                !value[..at].ends_with(letter) && !value[at + name.len()..].starts_with(letter)
            })
    })
}

/// The first names of all paths in the workflow: a loop item must not hide one.
fn heads(workflow: &Workflow) -> SortedSet<String> {
    let mut heads = SortedSet::new();
    let mut add = |path: &str| {
        heads.insert(path.split('.').next().unwrap_or_default().to_string());
    };
    for field in workflow.steps.iter().flat_map(|step| &step.config) {
        if let Some(path) = values::reference(&field.value) {
            add(&path);
        } else if field.id == "condition"
            && let Ok(expr) = condition::parse(&field.value)
        {
            condition::paths(&expr).iter().for_each(|path| add(path));
        }
    }
    heads
}

struct Printer<'a> {
    workflow: &'a Workflow,
    catalog: &'a Catalog,
    text: String,
    order: Vec<usize>,
    labels: SortedMap<usize, String>,
    aliases: Aliases,
    loops: usize,
    /// See [`heads`], once they are needed.
    heads: Option<SortedSet<String>>,
}

impl<'a> Printer<'a> {
    /// Gives a label to each step that some line goes to, in the order of these lines.
    fn name_labels(&mut self, program: &Program) {
        for target in program
            .triggers
            .iter()
            .filter_map(|(_, targets)| targets.as_ref())
            .flatten()
        {
            self.label(*target);
        }
        self.name_labels_in(&program.body, End::Dead);
    }

    /// As [`Printer::block`], without writing.
    fn name_labels_in(&mut self, block: &Block, after: End) {
        for (i, segment) in block.segments.iter().enumerate() {
            let after = block.after(i, after);
            for node in &segment.lines {
                match node {
                    Node::Step(_) => {}
                    Node::Branch(block) | Node::Detached(block) | Node::For { body: block, .. } => {
                        self.name_labels_in(block, End::Dead);
                    }
                }
            }
            match &segment.last {
                Last::End(End::To(step)) if End::To(*step) != after => {
                    self.label(*step);
                }
                Last::If { yes, no, .. } => {
                    self.name_labels_in(yes, after);
                    self.name_labels_in(no, after);
                }
                Last::Through | Last::End(_) => {}
            }
        }
    }

    fn program(&mut self, program: &Program) {
        let mut parameters: Vec<&str> = Vec::new();
        for (index, targets) in &program.triggers {
            let step = &self.workflow.steps[*index];
            self.order.push(*index);
            let mut arguments = self.call(step, TaskType::Trigger);
            if let Some(targets) = targets {
                let labels: Vec<String> = targets
                    .iter()
                    .map(|target| quote(&self.label(*target)))
                    .collect();
                arguments.push("_goto", &format!("[{}]", labels.join(", ")));
            }
            let call = if arguments.any {
                arguments.text()
            } else {
                arguments.callee()
            };
            self.line(0, &format!("@{call}"));
            for variable in task_by_id(self.catalog, &step.task_id)
                .iter()
                .flat_map(|task| &task.adds)
            {
                if variable.name != "shop" && !parameters.contains(&variable.name.as_str()) {
                    parameters.push(&variable.name);
                }
            }
        }
        let name = slug(&self.workflow.name);
        let parameters = parameters.join(", ");
        self.line(0, &format!("def {name}({parameters}):"));
        if unslug(&name) != self.workflow.name {
            let name = &self.workflow.name;
            let odd =
                name.starts_with('"') || name.trim() != name || name.contains(char::is_control);
            let shown = if odd { quote(name) } else { name.clone() };
            self.line(1, format!("# name: {shown}").trim_end());
        }
        let before = self.text.len();
        self.block(&program.body, 1, End::Dead);
        if self.text.len() == before {
            self.line(1, "pass");
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        for _ in 0..indent {
            self.text.push_str("    ");
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn label(&mut self, step: usize) -> String {
        let next = label(self.labels.len());
        self.labels.entry(step).or_insert(next).clone()
    }

    /// Writes a block; `after` is where a path that reaches its end goes on by itself.
    fn block(&mut self, block: &Block, indent: usize, after: End) {
        for (i, segment) in block.segments.iter().enumerate() {
            let after = block.after(i, after);
            if let Some(name) = segment.join.and_then(|step| self.labels.get(&step)) {
                let text = format!("label({})", quote(name));
                self.line(indent, &text);
            }
            for node in &segment.lines {
                self.node(node, indent);
            }
            match &segment.last {
                Last::Through => {}
                Last::End(end) if *end == after => {}
                Last::End(End::Dead) => self.line(indent, "return"),
                Last::End(End::To(step)) => {
                    let text = format!("goto({})", quote(&self.label(*step)));
                    self.line(indent, &text);
                }
                Last::If { step, yes, no } => self.condition(*step, yes, no, indent, after),
            }
        }
    }

    /// A block under a line that ends in a colon.
    fn under(&mut self, block: &Block, indent: usize, after: End) {
        let before = self.text.len();
        self.block(block, indent + 1, after);
        if self.text.len() == before {
            self.line(indent + 1, "pass");
        }
    }

    fn node(&mut self, node: &Node, indent: usize) {
        match node {
            Node::Step(index) => {
                self.order.push(*index);
                let text = self.action(&self.workflow.steps[*index]);
                self.line(indent, &text);
            }
            Node::Branch(block) => {
                self.line(indent, "with branch():");
                self.under(block, indent, End::Dead);
            }
            Node::Detached(block) => {
                self.line(indent, "with detached():");
                self.under(block, indent, End::Dead);
            }
            Node::For { step, body } => self.foreach(*step, body, indent),
        }
    }

    fn condition(&mut self, index: usize, yes: &Block, no: &Block, indent: usize, after: End) {
        self.order.push(index);
        let step = &self.workflow.steps[index];
        let test = plain(step, CONDITION, "condition")
            .and_then(|text| condition::parse(text).ok())
            .and_then(|expr| python_condition::to_text(&expr, &mut self.aliases))
            .unwrap_or_else(|| self.task_call(step, TaskType::Condition).text());
        self.line(indent, &format!("if {test}:"));
        self.under(yes, indent, after);
        let falls = match no.segments.as_slice() {
            [only] => only.lines.is_empty() && matches!(only.last, Last::End(end) if end == after),
            _ => false,
        };
        if !falls {
            self.line(indent, "else:");
            self.under(no, indent, after);
        }
    }

    /// The name of a loop's item: the first one that begins no path of the workflow.
    fn free_item(&mut self) -> String {
        let first = loop_item(self.loops);
        if self.heads.is_none() && !may_begin_a_path(self.workflow, &first) {
            return first;
        }
        let heads = self.heads.get_or_insert_with(|| heads(self.workflow));
        let mut names = (self.loops..).map(loop_item);
        names.find(|name| !heads.contains(name)).unwrap_or_default()
    }

    fn foreach(&mut self, index: usize, body: &Block, indent: usize) {
        self.order.push(index);
        let step = &self.workflow.steps[index];
        let item = self.free_item();
        let list = plain(step, FOREACH, "listpath")
            .filter(|path| is_path(path))
            .map(|path| (self.aliases.to_text(path), path))
            .filter(|(shown, path)| values::is_path_to(shown, path, &self.aliases))
            .map(|(shown, _)| shown)
            .unwrap_or_else(|| self.task_call(step, TaskType::Foreach).text());
        self.line(indent, &format!("for {item} in {list}:"));
        let before = self.aliases.len();
        if let Some(path) = step
            .config_value("listpath")
            .filter(|path| !path.is_empty())
        {
            self.aliases.push(item, flow_loop_item(path));
        }
        self.loops += 1;
        self.under(body, indent, End::Dead);
        self.loops -= 1;
        self.aliases.truncate(before);
    }

    fn action(&self, step: &Step) -> String {
        if let Some(duration) = plain(step, WAIT, "wait_duration")
            .filter(|_| step.task_type == TaskType::Wait)
            .and_then(values::duration_text)
        {
            return format!("wait({duration})");
        }
        let call = self.call(step, step.task_type).text();
        match self.variable(step) {
            Some(variable) => format!("{variable} = {call}"),
            None => call,
        }
    }

    fn variable(&self, step: &Step) -> Option<String> {
        // Most tasks give nothing, and are not looked at further.
        task_by_id(self.catalog, &step.task_id)?.output()?;
        named(self.catalog, step, step.task_type)?;
        // A name without a letter gives no variable; the place among the steps would.
        if step
            .name
            .as_deref()
            .is_some_and(|name| camel_case(name).is_empty())
        {
            return None;
        }
        let known = self.catalog.task(&step.task_id).is_some();
        let catalog = if known { self.catalog } else { shipped() };
        output_name(self.workflow, step, catalog).filter(|name| is_identifier(name))
    }

    /// The step as a call by the name of its task, or by its id where that would not say it all.
    fn call(&self, step: &Step, task_type: TaskType) -> Arguments {
        let Some(task) = named(self.catalog, step, task_type) else {
            return self.task_call(step, task_type);
        };
        let mut arguments = Arguments::new(&task.name);
        self.fields(step, Some(task), &[], &mut arguments);
        arguments
    }

    fn task_call(&self, step: &Step, task_type: TaskType) -> Arguments {
        let known = task_by_id(self.catalog, &step.task_id);
        let mut arguments = Arguments::new("task");
        arguments.add(&quote(&step.task_id));
        if known.is_none_or(|task| task.version != step.task_version) {
            arguments.push("version", &quote(&step.task_version));
        }
        let by_place = matches!(
            task_type,
            TaskType::Trigger | TaskType::Condition | TaskType::Foreach
        );
        let expected = known.map_or(TaskType::Action, |task| task.task_type);
        if !by_place && expected != step.task_type {
            arguments.push("type", &quote(step.task_type.as_str()));
        }
        self.fields(step, known, &["version", "type"], &mut arguments);
        arguments
    }

    fn fields(
        &self,
        step: &Step,
        task: Option<&Task>,
        reserved: &[&str],
        arguments: &mut Arguments,
    ) {
        let mut odd = Vec::new();
        let mut recurring = false;
        for field in &step.config {
            let known = task.and_then(|task| task.field(&field.id));
            let kind = known.map(|field| field.kind);
            if kind == Some(FieldKind::Recurrence)
                && !recurring
                && let Some(words) = recurrence::to_text(&field.value)
                && recurrence::reads_back(&words)
            {
                for (name, value) in words {
                    arguments.push(name, &value);
                }
                recurring = true;
                continue;
            }
            let taken = field.id.starts_with('_')
                || reserved.contains(&field.id.as_str())
                || step.task_id == WAIT && known.is_none()
                || task.is_some_and(|task| {
                    task.fields
                        .iter()
                        .any(|field| field.kind == FieldKind::Recurrence)
                }) && kind != Some(FieldKind::Recurrence);
            let shown = if taken || !is_identifier(&field.id) {
                None
            } else {
                values::argument(&field.value, known, &self.aliases)
            };
            match shown {
                Some(shown) => arguments.push(&field.id, &shown),
                None => odd.push(format!("{}: {}", quote(&field.id), quote(&field.value))),
            }
        }
        if !odd.is_empty() {
            arguments.push("_fields", &format!("{{{}}}", odd.join(", ")));
        }
        match step.name.as_deref() {
            Some(name) if !self.follows(step, task, name) => arguments.push("_name", &quote(name)),
            None => {
                if let Some(name) = self.name_out_of_turn(step, task) {
                    arguments.push("_name", &quote(&name));
                }
            }
            Some(_) => {}
        }
    }

    /// A name for a step without one whose variable its line would not give: the number of the
    /// variable comes from the order of the steps, and the lines stand in another.
    fn name_out_of_turn(&self, step: &Step, task: Option<&Task>) -> Option<String> {
        let task = task?;
        let output = &task.output()?.name;
        let variable = self.variable(step)?;
        if camel_case(&task.label) == *output {
            // Reading the variable gives the step its label and number as a name.
            return None;
        }
        let (_, before) = self.order.split_last()?;
        let before = before
            .iter()
            .filter_map(|at| task_by_id(self.catalog, &self.workflow.steps[*at].task_id))
            .filter(|task| task.output().is_some_and(|other| other.name == *output))
            .count();
        let name = spaced(&variable);
        (output_number(&variable, output) != Some(before) && camel_case(&name) == variable)
            .then_some(name)
    }

    /// True when a step's name need not be written: it follows from its variable or its task.
    fn follows(&self, step: &Step, task: Option<&Task>, name: &str) -> bool {
        let Some(task) = task else { return false };
        let Some(output) = task.output() else {
            return name == task.label;
        };
        let variable = camel_case(name);
        match output_number(&variable, &output.name) {
            Some(0) => name == task.label && self.variable(step).as_ref() == Some(&variable),
            Some(number) => {
                name == format!("{} ({number})", task.label)
                    && self.variable(step).as_ref() == Some(&variable)
            }
            None => false,
        }
    }
}

/// The one config value of a step that is nothing but the plain form of its task.
fn plain<'s>(step: &'s Step, id: &str, field: &str) -> Option<&'s str> {
    match step.config.as_slice() {
        [only] if only.id == field && step.task_id == id && step.name.is_none() => {
            Some(&only.value)
        }
        _ => None,
    }
}

/// A call that is being written.
struct Arguments {
    text: String,
    /// How many bytes of the text name what is called.
    callee: usize,
    any: bool,
}

impl Arguments {
    fn new(callee: &str) -> Arguments {
        let mut text = String::with_capacity(128);
        text.push_str(callee);
        text.push('(');
        Arguments {
            text,
            callee: callee.len(),
            any: false,
        }
    }

    fn add(&mut self, argument: &str) {
        if self.any {
            self.text.push_str(", ");
        }
        self.any = true;
        self.text.push_str(argument);
    }

    fn push(&mut self, name: &str, value: &str) {
        self.add(name);
        self.text.push('=');
        self.text.push_str(value);
    }

    fn callee(mut self) -> String {
        self.text.truncate(self.callee);
        self.text
    }

    fn text(mut self) -> String {
        self.text.push(')');
        self.text
    }
}

/// The words of a variable: `getAnalyticsData1` gives `get Analytics Data 1`.
fn spaced(variable: &str) -> String {
    let mut out = String::new();
    for c in variable.chars() {
        let in_number = out.ends_with(|before: char| before.is_ascii_digit());
        if c.is_uppercase() || c.is_ascii_digit() && !in_number {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// The task, of the store or of the whole catalogue that ships.
fn task_by_id<'a>(catalog: &'a Catalog, id: &str) -> Option<&'a Task> {
    catalog.task(id).or_else(|| shipped().task(id))
}

/// The task of a step, when its name leads back to it.
fn named<'a>(catalog: &'a Catalog, step: &Step, task_type: TaskType) -> Option<&'a Task> {
    let task = task_by_id(catalog, &step.task_id)?;
    let back = catalog
        .task_named(&task.name)
        .or_else(|| shipped().task_named(&task.name))?;
    let callable = task.name != "task" && is_identifier(&task.name);
    (back.id == task.id && task.task_type == task_type && step.task_type == task_type && callable)
        .then_some(task)
}
