//! Reading a program line by line: every line that names a step makes it at once, with its links.

use std::sync::OnceLock;

use crate::catalog::{Catalog, Field, Task, nearest};
use crate::check::{Bucket, Finding, Severity};
use crate::condition;
use crate::run::camel_case;
use crate::sorted::{SortedMap, SortedSet};
use crate::workflow::{ConfigValue, Link, Step, TaskType, Workflow};

use super::expression::{Reader, Value};
use super::lexer::{Line, Lines, Token, tokens};
use super::names::{Aliases, flow_loop_item, name_for_output, output_number, unslug};
use super::{Drawn, Parsed, condition as python_condition, recurrence, values};

/// The longest program that is read, in bytes.
pub const MAX_TEXT: usize = 1024 * 1024;
/// Steps beyond this are not read.
const MAX_STEPS: usize = 2_000;
/// Workflows seldom have more steps.
const USUAL_STEPS: usize = 24;
/// Blocks nest at most this deep.
const MAX_BLOCKS: usize = 64;
/// So many ends are quicker looked through than sorted.
const FEW_ENDS: usize = 16;
/// Findings beyond this add nothing.
const MAX_FINDINGS: usize = 200;

pub(super) const CONDITION: &str = "shopify::flow::condition";
pub(super) const FOREACH: &str = "shopify::flow::foreach";
pub(super) const WAIT: &str = "shopify::flow::wait";

/// The catalogue that ships, to know tasks of connectors that are not installed; an empty one where
/// it is not built in, and such tasks are not known then.
pub(crate) fn shipped() -> &'static Catalog {
    static SHIPPED: OnceLock<Catalog> = OnceLock::new();
    #[cfg(feature = "builtin")]
    let make = Catalog::builtin;
    #[cfg(not(feature = "builtin"))]
    let make = Catalog::default;
    SHIPPED.get_or_init(make)
}

/// Where the next step hangs: ports of steps, and labels that wait for their step.
#[derive(Clone, Debug, Default)]
struct Open {
    ends: Vec<(usize, &'static str)>,
    labels: SortedSet<String>,
}

impl Open {
    fn at(step: usize, port: &'static str) -> Open {
        Open {
            ends: vec![(step, port)],
            labels: SortedSet::new(),
        }
    }

    fn join(&mut self, other: Open) {
        if self.ends.len() + other.ends.len() <= FEW_ENDS {
            for end in other.ends {
                if !self.ends.contains(&end) {
                    self.ends.push(end);
                }
            }
        } else {
            let mut known: SortedSet<(usize, &'static str)> = SortedSet::new();
            known.extend(self.ends.iter().copied());
            self.ends
                .extend(other.ends.into_iter().filter(|end| known.insert(*end)));
        }
        self.labels.extend(other.labels);
    }
}

#[derive(Debug)]
enum Kind {
    /// The first branch of a condition.
    If {
        condition: usize,
    },
    /// The second branch; what the first one ended with.
    Else {
        yes: Open,
    },
    For {
        step: usize,
    },
    /// `with branch():` and `with detached():`; where the line before goes on.
    Side {
        resume: Open,
    },
    /// A block that means nothing; its lines stand for themselves.
    Plain,
}

#[derive(Debug)]
struct Block {
    kind: Kind,
    /// Indentation of the line that opened it.
    header: usize,
    /// Indentation of its lines, once the first was seen.
    body: Option<usize>,
    aliases: usize,
    line: u32,
    empty: bool,
}

/// The state after some lines.
///
/// Reading a line costs what the line itself says, however much was read before: names, labels and
/// links are looked up in maps, and nothing walks over the steps there are. Only a line that joins
/// many paths takes as long as these are many.
#[derive(Debug, Default)]
pub(super) struct Machine {
    workflow: Workflow,
    findings: Vec<Finding>,
    blocks: Vec<Block>,
    open: Open,
    aliases: Aliases,
    /// Paths sent to a label that has not come yet.
    pending: SortedMap<String, Vec<(usize, &'static str)>>,
    /// The first step after a label.
    labelled: SortedMap<String, usize>,
    /// The line a label was first sent to.
    sent: SortedMap<String, u32>,
    seen_def: bool,
    seen_body: bool,
    over: bool,
    /// How many steps give each output name, to number the next.
    outputs: SortedMap<String, usize>,
    linked: SortedSet<(usize, &'static str, usize)>,
    /// The largest x of a step so far.
    rightmost: f64,
    drawn: usize,
    line: u32,
}

impl Machine {
    /// Takes one logical line.
    fn line(&mut self, line: &Line, catalog: &Catalog) {
        self.line = line.number;
        self.read(line, catalog);
    }

    /// Takes one logical line; returns the steps it drew.
    fn draw(&mut self, line: &Line, catalog: &Catalog) -> Vec<Drawn> {
        let links_before = self.workflow.links.len();
        self.line(line, catalog);
        let links = &self.workflow.links[links_before..];
        let steps = &self.workflow.steps[self.drawn..];
        let last = steps.len().saturating_sub(1);
        let drawn = steps
            .iter()
            .enumerate()
            .map(|(i, step)| Drawn {
                step: step.clone(),
                links: links
                    .iter()
                    .filter(|link| {
                        link.to == step.id || (i == last && !steps.iter().any(|s| s.id == link.to))
                    })
                    .cloned()
                    .collect(),
            })
            .collect();
        self.drawn = self.workflow.steps.len();
        drawn
    }

    /// The program is over.
    pub(super) fn finish(mut self) -> Parsed {
        while let Some(block) = self.blocks.pop() {
            self.close(block);
        }
        let lost: Vec<(String, u32)> = self
            .pending
            .keys()
            .filter_map(|label| Some((label.clone(), *self.sent.get(label)?)))
            .collect();
        for (label, line) in lost {
            self.line = line;
            self.problem(format!(
                "goto(\"{label}\") has no label(\"{label}\") to go to; add one before a step."
            ));
        }
        Parsed {
            workflow: self.workflow,
            findings: self.findings,
        }
    }

    pub(super) fn truncated(&mut self) {
        self.problem("This program is too long; the rest of it was not read. Split it into several workflows.");
    }

    fn problem(&mut self, message: impl Into<String>) {
        self.finding("WORKFLOW_STRUCTURE_INVALID", Bucket::Workflow, message);
    }

    fn finding(&mut self, code: &str, bucket: Bucket, message: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings
                .push(Finding::new(Severity::Error, bucket, code, message).at_line(self.line));
        }
    }

    fn read(&mut self, line: &Line, catalog: &Catalog) {
        let trimmed = line.text.trim_start();
        if trimmed.is_empty() || self.over {
            return;
        }
        if let Some(comment) = trimmed.strip_prefix('#') {
            if !self.seen_body
                && let Some(name) = comment.trim_start().strip_prefix("name:")
            {
                self.workflow.name = name_of_comment(name.trim());
            }
            return;
        }
        let indent = line
            .text
            .chars()
            .take_while(|c| c.is_whitespace())
            .map(|c| if c == '\t' { 4 } else { 1 })
            .sum();
        let tokens = match tokens(trimmed) {
            Ok(tokens) => tokens,
            Err(message) => return self.problem(message),
        };
        if !line.closed {
            self.problem("A bracket or a quote of this line is not closed; close it.");
        }
        self.statement(indent, &tokens, catalog);
    }

    fn statement(&mut self, indent: usize, tokens: &[Token], catalog: &Catalog) {
        let first = match tokens.first() {
            Some(Token::Word(word)) if !matches!(tokens.get(1), Some(Token::Symbol("." | "="))) => {
                word
            }
            Some(Token::Symbol("@")) => "@",
            Some(_) => "",
            None => return,
        };
        match first {
            "@" => return self.decorator(tokens, catalog),
            "def" => return self.definition(tokens),
            _ => {}
        }
        if !self.seen_body {
            self.seen_body = true;
            self.start_body();
        }
        let else_like = matches!(first, "else" | "elif");
        if self.settle(indent, else_like) {
            // The second branch of a condition is open now.
            return self.second_branch(first, indent, tokens, catalog);
        }
        if let Some(block) = self.blocks.last_mut() {
            block.empty = false;
        }
        match first {
            "if" => self.condition(indent, &tokens[1..], catalog),
            "for" => self.foreach(indent, &tokens[1..], catalog),
            "with" => self.side(indent, &tokens[1..], catalog),
            "else" | "elif" => {
                self.problem(format!(
                    "There is no if before this {first}; remove it or indent it like its if."
                ));
                self.open_block(Kind::Plain, indent);
                self.inline(tokens, catalog);
            }
            "pass" => {}
            "return" | "continue" | "break" if tokens.len() == 1 => self.open = Open::default(),
            "label" => self.label(tokens),
            "goto" => self.goto(tokens),
            _ => self.action(tokens, catalog),
        }
    }

    /// Triggers lead to the first line of the body.
    fn start_body(&mut self) {
        if self.workflow.steps.is_empty() {
            self.finding(
                "WORKFLOW_STRUCTURE_INVALID",
                Bucket::Workflow,
                "The program starts without a trigger; begin with a line such as @order_created.",
            );
        }
    }

    /// Closes the blocks that a line at this indentation is no part of. True when it continues a
    /// condition with its second branch.
    fn settle(&mut self, indent: usize, else_like: bool) -> bool {
        let mut second = false;
        while let Some(block) = self.blocks.last() {
            let inside = match block.body {
                Some(body) => indent >= body,
                None => indent > block.header,
            };
            if inside {
                break;
            }
            let matches =
                else_like && block.header == indent && matches!(block.kind, Kind::If { .. });
            let Some(block) = self.blocks.pop() else {
                break;
            };
            if matches && let Kind::If { condition } = block.kind {
                if block.empty {
                    self.empty_block(block.line);
                }
                self.aliases.truncate(block.aliases);
                let yes = std::mem::replace(&mut self.open, Open::at(condition, "false"));
                self.blocks.push(Block {
                    kind: Kind::Else { yes },
                    header: indent,
                    body: None,
                    aliases: self.aliases.len(),
                    line: self.line,
                    empty: true,
                });
                second = true;
                break;
            }
            self.close(block);
        }
        if !second
            && let Some(block) = self.blocks.last_mut()
            && block.body.is_none()
        {
            block.body = Some(indent);
        }
        second
    }

    fn close(&mut self, block: Block) {
        self.aliases.truncate(block.aliases);
        match block.kind {
            Kind::If { condition } => {
                self.open.join(Open::at(condition, "false"));
            }
            Kind::Else { mut yes } => {
                yes.join(std::mem::take(&mut self.open));
                self.open = yes;
            }
            Kind::For { step } => self.open = Open::at(step, "after"),
            Kind::Side { resume } => self.open = resume,
            Kind::Plain => return,
        }
        if block.empty {
            self.empty_block(block.line);
        }
    }

    fn empty_block(&mut self, line: u32) {
        let now = std::mem::replace(&mut self.line, line);
        self.problem("Nothing stands under this line; indent what belongs to it, or write pass.");
        self.line = now;
    }

    fn open_block(&mut self, kind: Kind, indent: usize) {
        if self.blocks.len() >= MAX_BLOCKS {
            self.problem("This nests too deeply; split it into several workflows.");
            self.over = true;
            return;
        }
        self.blocks.push(Block {
            kind,
            header: indent,
            body: None,
            aliases: self.aliases.len(),
            line: self.line,
            empty: true,
        });
    }

    /// A statement on the line that opened the block: `if x: do()`.
    fn inline(&mut self, tokens: &[Token], catalog: &Catalog) {
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        let mut depth = 0_usize;
        let colon = tokens.iter().position(|token| {
            match token {
                Token::Symbol("(" | "[" | "{") => depth += 1,
                Token::Symbol(")" | "]" | "}") => depth = depth.saturating_sub(1),
                Token::Symbol(":") => return depth == 0,
                _ => {}
            }
            false
        });
        let Some(colon) = colon else {
            return self.problem("A colon is missing at the end of this line; add it.");
        };
        let rest = &tokens[colon + 1..];
        if rest.is_empty() {
            return;
        }
        let indent = block.header + 1;
        block.body = Some(indent);
        block.empty = false;
        match rest.first() {
            Some(Token::Word(word @ ("if" | "for" | "with" | "def"))) => {
                self.problem(format!("Put this {word} on a line of its own."));
            }
            _ => self.statement(indent, rest, catalog),
        }
    }

    fn second_branch(&mut self, first: &str, indent: usize, tokens: &[Token], catalog: &Catalog) {
        if first == "else" {
            return self.inline(tokens, catalog);
        }
        // `elif` is a condition alone in the second branch.
        if let Some(block) = self.blocks.last_mut() {
            block.body = Some(indent + 1);
            block.empty = false;
        }
        self.condition(indent, &tokens[1..], catalog);
    }

    fn definition(&mut self, tokens: &[Token]) {
        if self.seen_def || self.seen_body {
            self.problem("A program holds one workflow; the rest was not read. Ask for the second one separately.");
            self.over = true;
            return;
        }
        self.seen_def = true;
        match tokens.get(1) {
            Some(Token::Word(name)) => {
                if self.workflow.name.is_empty() {
                    self.workflow.name = unslug(name);
                }
            }
            _ => self.problem("The workflow has no name; write def name(order):."),
        }
    }

    fn decorator(&mut self, tokens: &[Token], catalog: &Catalog) {
        if self.seen_def || self.seen_body {
            self.problem("A program holds one workflow; the rest was not read. Ask for the second one separately.");
            self.over = true;
            return;
        }
        let mut reader = Reader::new(&tokens[1..]);
        let value = match reader.operand() {
            Ok(value) => value,
            Err(message) => return self.problem(message),
        };
        if !reader.done() {
            self.problem("There is text after the end of this line; remove it.");
        }
        let (name, arguments, named) = match value {
            Value::Path(name) => (name, Vec::new(), Vec::new()),
            Value::Call {
                callee,
                arguments,
                named,
            } => (callee, arguments, named),
            _ => {
                return self
                    .problem("A trigger is missing after @; add one such as @order_created.");
            }
        };
        let target = named
            .iter()
            .find(|(key, _)| key == "_goto")
            .map(|(_, value)| value.clone());
        let call = Call {
            name,
            arguments,
            named,
            variable: None,
        };
        let Some(step) = self.step(call, Some(TaskType::Trigger), Open::default(), catalog) else {
            return;
        };
        match target {
            None => self.open.ends.push((step, "output")),
            Some(Value::List(labels)) => {
                for label in labels {
                    if let Value::Text(label) = label {
                        self.send(&label, vec![(step, "output")]);
                    }
                }
            }
            Some(_) => self.problem("_goto takes a list of labels, for example _goto=[\"a\"]."),
        }
    }

    fn condition(&mut self, indent: usize, tokens: &[Token], catalog: &Catalog) {
        let mut reader = Reader::new(tokens);
        let mut config = Vec::new();
        let mut call = None;
        match reader.expression() {
            Err(message) => self.finding("CONDITION_TYPE_ERROR", Bucket::Condition, message),
            Ok(Value::Call {
                callee,
                arguments,
                named,
            }) if callee == "task" => {
                call = Some(Call {
                    name: callee,
                    arguments,
                    named,
                    variable: None,
                });
            }
            Ok(value) => {
                if !matches!(reader.peek(), Some(Token::Symbol(":")) | None) {
                    self.finding(
                        "CONDITION_TYPE_ERROR",
                        Bucket::Condition,
                        "The condition ends before the line does; join tests with and or or.",
                    );
                }
                match python_condition::from_value(&value, &mut self.aliases) {
                    Ok(expr) => config.push(ConfigValue {
                        id: "condition".into(),
                        value: condition::print(&expr),
                    }),
                    Err(message) => {
                        self.finding("CONDITION_TYPE_ERROR", Bucket::Condition, message);
                    }
                }
            }
        }
        let open = std::mem::take(&mut self.open);
        let step = match call {
            Some(call) => self.step(call, Some(TaskType::Condition), open, catalog),
            None => self.add(
                builtin_step(CONDITION, TaskType::Condition, catalog, config),
                open,
            ),
        };
        let Some(step) = step else { return };
        self.open = Open::at(step, "true");
        self.open_block(Kind::If { condition: step }, indent);
        self.inline(tokens, catalog);
    }

    fn foreach(&mut self, indent: usize, tokens: &[Token], catalog: &Catalog) {
        let mut reader = Reader::new(tokens);
        let item = reader.word().map(str::to_string);
        let value = match (&item, reader.word()) {
            (Some(_), Some("in")) => reader.operand(),
            _ => Err(
                "A loop is written for item in order.lineItems: with the path of a list.".into(),
            ),
        };
        let open = std::mem::take(&mut self.open);
        let step = match value {
            Ok(Value::Call {
                callee,
                arguments,
                named,
            }) if callee == "task" => {
                let call = Call {
                    name: callee,
                    arguments,
                    named,
                    variable: None,
                };
                self.step(call, Some(TaskType::Foreach), open, catalog)
            }
            other => {
                let mut config = Vec::new();
                match other {
                    Ok(Value::Path(path)) => config.push(ConfigValue {
                        id: "listpath".into(),
                        value: self.aliases.to_flow(&path),
                    }),
                    Ok(_) => self.problem(
                        "A loop needs the path of a list after in, for example order.lineItems.",
                    ),
                    Err(message) => self.problem(message),
                }
                self.add(
                    builtin_step(FOREACH, TaskType::Foreach, catalog, config),
                    open,
                )
            }
        };
        let Some(step) = step else { return };
        self.open = Open::at(step, "loop_body");
        self.open_block(Kind::For { step }, indent);
        if let (Some(item), Some(path)) = (
            item,
            self.workflow.steps[step]
                .config_value("listpath")
                .filter(|path| !path.is_empty()),
        ) {
            self.aliases.push(item, flow_loop_item(path));
        }
        self.inline(tokens, catalog);
    }

    fn side(&mut self, indent: usize, tokens: &[Token], catalog: &Catalog) {
        let word = match tokens.first() {
            Some(Token::Word(word)) => word,
            _ => "",
        };
        let resume = self.open.clone();
        match word {
            // Labels stay with what comes next on the main path as well: each branch starts there.
            "branch" => self.open.labels.clear(),
            "detached" => self.open = Open::default(),
            _ => {
                self.problem(
                    "Only with branch(): and with detached(): are known; use one of them.",
                );
                self.open_block(Kind::Plain, indent);
                return self.inline(tokens, catalog);
            }
        }
        self.open_block(Kind::Side { resume }, indent);
        self.inline(tokens, catalog);
    }

    fn label_name(&mut self, tokens: &[Token]) -> Option<String> {
        match tokens {
            [
                _,
                Token::Symbol("("),
                Token::Text(label),
                Token::Symbol(")"),
            ] => Some(label.to_string()),
            _ => {
                self.problem(
                    "A label is a text in quotes, for example label(\"a\") and goto(\"a\").",
                );
                None
            }
        }
    }

    fn label(&mut self, tokens: &[Token]) {
        let Some(label) = self.label_name(tokens) else {
            return;
        };
        let ends = self.pending.remove(&label).unwrap_or_default();
        self.open.join(Open {
            ends,
            labels: SortedSet::from([label]),
        });
    }

    fn goto(&mut self, tokens: &[Token]) {
        if let Some(label) = self.label_name(tokens) {
            let open = std::mem::take(&mut self.open);
            self.send(&label, open.ends);
        }
    }

    fn send(&mut self, label: &str, ends: Vec<(usize, &'static str)>) {
        self.sent.entry(label.to_string()).or_insert(self.line);
        match self.labelled.get(label) {
            Some(step) => {
                let step = *step;
                for (from, port) in ends {
                    self.link(from, port, step);
                }
            }
            None if self.open.labels.contains(label) => self.open.join(Open {
                ends,
                labels: SortedSet::new(),
            }),
            None => self
                .pending
                .entry(label.to_string())
                .or_default()
                .extend(ends),
        }
    }

    fn action(&mut self, tokens: &[Token], catalog: &Catalog) {
        let (variable, rest) = match tokens {
            [Token::Word(name), Token::Symbol("="), rest @ ..] => (Some(name.to_string()), rest),
            _ => (None, tokens),
        };
        let mut reader = Reader::new(rest);
        let value = match reader.operand() {
            Ok(value) => value,
            Err(message) => return self.problem(message),
        };
        let Value::Call {
            callee,
            arguments,
            named,
        } = value
        else {
            return self.problem(
                "This line is no step; write a call such as log_output(message=\"done\").",
            );
        };
        if !reader.rest().is_empty() {
            self.problem("There is text after the end of this call; remove it.");
        }
        let open = std::mem::take(&mut self.open);
        let call = Call {
            name: callee,
            arguments,
            named,
            variable,
        };
        if let Some(step) = self.step(call, None, open, catalog) {
            let port = self.workflow.steps[step].task_type.output_ports()[0];
            self.open = Open::at(step, port);
        }
    }

    /// Makes the step a call asks for.
    fn step(
        &mut self,
        call: Call,
        wanted: Option<TaskType>,
        open: Open,
        catalog: &Catalog,
    ) -> Option<usize> {
        let mut named = call.named;
        let mut take = |key: &str| {
            let at = named.iter().position(|(name, _)| name == key)?;
            match named.remove(at).1 {
                Value::Text(text) => Some(text),
                _ => None,
            }
        };
        let name = take("_name");
        let version = take("_version");
        let mut step;
        let task;
        if call.name == "task" {
            let id = match call.arguments.first() {
                Some(Value::Text(id)) => id.clone(),
                _ => {
                    self.problem("task needs the task's id first, for example task(\"shopify::flow::log_output\").");
                    self.open = open;
                    return None;
                }
            };
            task = catalog.task(&id).or_else(|| shipped().task(&id));
            let version = take("version")
                .or_else(|| task.map(|task| task.version.clone()))
                .unwrap_or_else(|| "0.1".to_string());
            let task_type = take("type")
                .and_then(|text| TaskType::from_flow(&text))
                .or(wanted)
                .or_else(|| task.map(|task| task.task_type))
                .unwrap_or(TaskType::Action);
            step = Step::new("", id, version, task_type);
        } else {
            task = catalog
                .task_named(&call.name)
                .or_else(|| shipped().task_named(&call.name));
            match task {
                Some(found) => {
                    step = Step::new(
                        "",
                        found.id.clone(),
                        version.unwrap_or_else(|| found.version.clone()),
                        found.task_type,
                    );
                    self.check_kind(found, wanted);
                    if let Some(wanted) = wanted {
                        step.task_type = wanted;
                    }
                }
                None => {
                    self.unknown_task(&call.name, catalog);
                    step = Step::new(
                        "",
                        call.name.clone(),
                        "0.1",
                        wanted.unwrap_or(TaskType::Action),
                    );
                }
            }
        }
        named.retain(|(key, _)| key != "_goto");
        let positional = if call.name == "task" {
            &[]
        } else {
            call.arguments.as_slice()
        };
        self.fill(&mut step, task, positional, named);
        step.name = match (name, call.variable) {
            (Some(name), Some(variable)) => {
                let flow = camel_case(&name);
                let gives = !flow.is_empty() && task.is_some_and(|task| task.output().is_some());
                if gives && flow != variable {
                    self.aliases.push(variable, flow);
                }
                Some(name)
            }
            (Some(name), None) => Some(name),
            // A task that stands where another type is wanted gives no variable.
            (None, variable) => self.output_name(
                task.filter(|task| task.task_type == step.task_type),
                variable.as_deref(),
            ),
        };
        self.add(step, open)
    }

    fn check_kind(&mut self, task: &Task, wanted: Option<TaskType>) {
        let trigger = task.task_type == TaskType::Trigger;
        match wanted {
            Some(TaskType::Trigger) if !trigger => self.problem(format!(
                "{} is no trigger; begin with a trigger such as @order_created.",
                task.name
            )),
            None if trigger => self.problem(format!(
                "{} is a trigger; it stands above the workflow as @{}.",
                task.name, task.name
            )),
            _ => {}
        }
    }

    fn unknown_task(&mut self, name: &str, catalog: &Catalog) {
        let names = catalog.tasks().map(|task| task.name.as_str());
        let advice = match nearest(name, names) {
            Some(near) => format!("did you mean {near}?"),
            None => "choose one from the task list.".to_string(),
        };
        self.finding(
            "TASK_NOT_FOUND",
            Bucket::Task,
            format!("There is no task {name}; {advice}"),
        );
    }

    fn fill(
        &mut self,
        step: &mut Step,
        task: Option<&Task>,
        positional: &[Value],
        named: Vec<(String, Value)>,
    ) {
        let mut set = |id: String, value: String| {
            step.config.push(ConfigValue { id, value });
        };
        let recurring = task.and_then(|task| {
            task.fields
                .iter()
                .find(|field| field.kind == crate::catalog::FieldKind::Recurrence)
        });
        let waits = task.is_some_and(|task| task.id == WAIT);
        let mut problems = Vec::new();
        if let Some(field) = recurring
            && named
                .iter()
                .any(|(key, _)| recurrence::NAMES.contains(&key.as_str()))
        {
            match recurrence::from_values(&named) {
                Ok(value) => set(field.id.clone(), value),
                Err(message) => problems.push(message),
            }
        }
        // Arguments without names fill the fields in their order.
        for (i, value) in positional.iter().enumerate() {
            match task.and_then(|task| task.fields.get(i)) {
                Some(field) => set(
                    field.id.clone(),
                    values::to_config(value, Some(field), &self.aliases),
                ),
                None => {
                    problems.push("This call has too many arguments; name each one.".to_string())
                }
            }
        }
        for (key, value) in named {
            if recurring.is_some() && recurrence::NAMES.contains(&key.as_str()) {
                continue;
            }
            let unit = values::WAIT_UNITS
                .iter()
                .find(|unit| **unit == key || unit.trim_end_matches('s') == key);
            if let (true, Some(unit)) = (waits, unit) {
                match value {
                    Value::Number(amount) | Value::Text(amount) => {
                        set("wait_duration".into(), values::duration(&amount, unit));
                    }
                    _ => problems.push(format!("A wait takes a number, for example {key}=3.")),
                }
                continue;
            }
            if key == "_fields"
                && let Value::Dict(pairs) = &value
            {
                for (id, value) in pairs {
                    if let (Value::Text(id), Value::Text(value)) = (id, value) {
                        set(id.clone(), value.clone());
                    }
                }
                continue;
            }
            let field: Option<&Field> = task.and_then(|task| task.field(&key));
            set(key, values::to_config(&value, field, &self.aliases));
        }
        for message in problems {
            self.finding(
                "CONFIG_FIELD_PATH_VALIDATION_ERROR",
                Bucket::ConfigField,
                message,
            );
        }
    }

    /// The name that makes Flow give the step's output the variable's name.
    fn output_name(&mut self, task: Option<&Task>, variable: Option<&str>) -> Option<String> {
        let task = task?;
        let output = task.output()?;
        let count = self.outputs.entry(output.name.clone()).or_default();
        let number = match variable.and_then(|variable| output_number(variable, &output.name)) {
            Some(number) => {
                *count = (*count).max(number + 1);
                number
            }
            None => {
                let number = *count;
                *count += 1;
                if let Some(variable) = variable {
                    let flow = name_for_output(&output.name, number);
                    self.aliases.push(variable, flow);
                }
                number
            }
        };
        // Elsewhere the label does not give the variable, so the step is better left without a name.
        (camel_case(&task.label) == output.name).then(|| {
            if number == 0 {
                task.label.clone()
            } else {
                format!("{} ({number})", task.label)
            }
        })
    }

    fn add(&mut self, mut step: Step, open: Open) -> Option<usize> {
        let index = self.workflow.steps.len();
        if index >= MAX_STEPS {
            self.finding(
                "MAX_STEPS_EXCEEDED",
                Bucket::Workflow,
                "This workflow has too many steps; split it into several workflows.",
            );
            self.over = true;
            return None;
        }
        if index == 0 {
            self.workflow.steps.reserve(USUAL_STEPS);
            self.workflow.links.reserve(USUAL_STEPS);
        }
        step.id = format!("s{}", index + 1);
        step.position = self.position(&open, index);
        // The first step stands at 0.
        self.rightmost = match index {
            0 => step.position[0],
            _ => self.rightmost.max(step.position[0]),
        };
        self.workflow.steps.push(step);
        for (from, port) in open.ends {
            self.link(from, port, index);
        }
        for label in open.labels {
            // Paths sent there between the label and its step.
            for (from, port) in self.pending.remove(&label).unwrap_or_default() {
                self.link(from, port, index);
            }
            self.labelled.insert(label, index);
        }
        Some(index)
    }

    fn link(&mut self, from: usize, port: &'static str, to: usize) {
        if self.linked.insert((from, port, to)) {
            let link = Link::new(
                self.workflow.steps[from].id.clone(),
                port,
                self.workflow.steps[to].id.clone(),
            );
            self.workflow.links.push(link);
        }
    }

    /// Below what it hangs on, branches to the sides, as Flow lays out vertically.
    fn position(&self, open: &Open, index: usize) -> [f64; 2] {
        if open.ends.is_empty() {
            return if index == 0 {
                [0.0, 0.0]
            } else {
                [self.rightmost + 360.0, 0.0]
            };
        }
        let (mut x, mut y) = (0.0, 0.0_f64);
        for (from, port) in &open.ends {
            let at = self.workflow.steps[*from].position;
            x += at[0]
                + match *port {
                    "true" | "loop_body" => -180.0,
                    "false" | "after" => 180.0,
                    _ => 0.0,
                };
            y = y.max(at[1]);
        }
        // A count of ends is far below where f64 loses whole numbers.
        #[allow(clippy::cast_precision_loss)]
        let mean = x / open.ends.len() as f64;
        [mean.round(), y + 160.0]
    }
}

struct Call {
    name: String,
    arguments: Vec<Value>,
    named: Vec<(String, Value)>,
    variable: Option<String>,
}

fn builtin_step(
    id: &str,
    task_type: TaskType,
    catalog: &Catalog,
    config: Vec<ConfigValue>,
) -> Step {
    let version = catalog.task(id).map_or("0.1", |task| task.version.as_str());
    let mut step = Step::new("", id, version, task_type);
    step.config = config;
    step
}

fn name_of_comment(text: &str) -> String {
    if text.starts_with('"')
        && let Ok(found) = tokens(text)
        && let [Token::Text(name)] = found.as_slice()
    {
        return name.to_string();
    }
    text.to_string()
}

/// Reads whole text.
pub(super) fn parse(text: &str, catalog: &Catalog, limit: usize) -> Parsed {
    let mut reading = Reading::new(limit);
    reading.take(text, |machine, line| machine.line(line, catalog));
    reading.end(|machine, line| machine.line(line, catalog))
}

/// Text arriving in chunks.
#[derive(Debug)]
pub(super) struct Reading {
    lines: Lines,
    machine: Machine,
    read: usize,
    limit: usize,
}

impl Reading {
    pub(super) fn new(limit: usize) -> Reading {
        Reading {
            lines: Lines::default(),
            machine: Machine::default(),
            read: 0,
            limit,
        }
    }

    pub(super) fn push(&mut self, chunk: &str, catalog: &Catalog) -> Vec<Drawn> {
        let mut drawn = Vec::new();
        self.take(chunk, |machine, line| {
            drawn.extend(machine.draw(line, catalog));
        });
        drawn
    }

    pub(super) fn finish(self, catalog: &Catalog) -> (Vec<Drawn>, Parsed) {
        let mut drawn = Vec::new();
        let parsed = self.end(|machine, line| drawn.extend(machine.draw(line, catalog)));
        (drawn, parsed)
    }

    /// Cuts a chunk into lines and hands on those that are complete.
    fn take(&mut self, chunk: &str, mut each: impl FnMut(&mut Machine, &Line)) {
        let mut complete = Vec::new();
        let mut rest = chunk;
        while let Some(c) = rest.chars().next() {
            let run = self.lines.plain(rest, self.limit.saturating_sub(self.read));
            if run > 0 {
                self.read += run;
                rest = &rest[run..];
                continue;
            }
            if self.read >= self.limit {
                self.machine.over = true;
                break;
            }
            self.read += c.len_utf8();
            rest = &rest[c.len_utf8()..];
            self.lines.push(c, &mut complete);
            for line in complete.drain(..) {
                each(&mut self.machine, &line);
            }
        }
    }

    /// The text is over.
    fn end(mut self, mut each: impl FnMut(&mut Machine, &Line)) -> Parsed {
        let mut complete = Vec::new();
        self.lines.finish(&mut complete);
        for line in &complete {
            each(&mut self.machine, line);
        }
        if self.read >= self.limit {
            self.machine.truncated();
        }
        self.machine.finish()
    }
}
