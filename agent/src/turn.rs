//! One turn, as a state machine without I/O: it asks for one thing at a time and is told the answer.
//!
//! A turn first asks for two searches over the request, then for a completion. While the completion
//! streams in, every finished line of a program becomes a drawn step. At its end the program is
//! checked; a program with an error goes back to the model once. One that changes nothing, leaves a value
//! unused that the merchant said, uses one that nobody said, or has parts that come to nothing is written
//! again, up to [`ATTEMPTS`] times in all, and the best is taken. The model may also ask back, refuse,
//! answer a question, or call a tool.

use std::sync::Arc;

use flow::check::{Finding, has_error};
use flow::python::{Drawn, Incremental, Parsed};
use flow::session::{Event, Outcome};
use flow::{Catalog, Workflow};
use serde_json::{Value, json};

use crate::answers;
use crate::backend::Generate;
use crate::contract::{self, Answer, Conversation, Entry};
use crate::doubts::{Asked, Doubts};
use crate::grammar;
use crate::grammar::said::Said;
use crate::outcome::{self, Forms};
use crate::placeholders;
use crate::resources::{self, Resource};
use crate::unsaid;

/// The longest request that is read, in characters.
pub const MAX_REQUEST: usize = 4_000;

/// The most tokens of one completion.
pub const MAX_TOKENS: usize = 400;

/// How often a program is written at most, so that the best of them can be taken.
pub const ATTEMPTS: usize = 4;

/// What a turn starts from.
#[derive(Clone, Debug)]
pub struct Request {
    /// Number of the turn in its session, from 1.
    pub turn: u32,
    /// What the merchant asks for.
    pub text: String,
    /// What the merchant said in the turn before; read only while there is no workflow.
    pub previous: Option<String>,
    /// The workflow to change, if there is one.
    pub workflow: Option<Workflow>,
    /// The store's catalogue.
    pub catalog: Arc<Catalog>,
    /// What the store is known to have, for names that stand where ids are wanted.
    pub resources: Arc<[Resource]>,
    /// Programs are held against what the request can mean. Off for backends that answer from a list, whatever
    /// they are asked.
    pub doubting: bool,
    pub seed: u64,
}

/// What a turn needs next.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    RunTool { tool: String, arguments: Value },
    Sample(Generate),
    Done(Box<TurnResult>),
}

/// What a turn is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    ToolResult(String),
    /// A piece of the completion.
    Text(String),
    /// The completion is over.
    Sampled {
        prompt_tokens: u32,
        completion_tokens: u32,
        /// The natural logarithm of its probability; `None` where the backend does not know it.
        likelihood: Option<f32>,
    },
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnResult {
    pub outcome: Outcome,
    /// What the merchant reads.
    pub message: String,
    /// Choices of a clarification.
    pub choices: Vec<String>,
    /// The whole new workflow, when the outcome is one.
    pub workflow: Option<Workflow>,
    pub findings: Vec<Finding>,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
}

/// The searches that run before the model writes: tool and arguments, in order.
pub fn searches(
    text: &str,
    previous: Option<&str>,
    workflow: Option<&Workflow>,
) -> Vec<(&'static str, Value)> {
    let query = match (workflow, previous) {
        (None, Some(previous)) => format!("{previous} {text}"),
        _ => text.to_string(),
    };
    contract::TOOLS_BEFORE
        .iter()
        .map(|tool| {
            let mut arguments = json!({ "query": query });
            if let Some(workflow) = workflow {
                arguments["editing"] = Value::Bool(true);
                if *tool == "environment_paths" {
                    arguments["tasks"] = workflow
                        .steps
                        .iter()
                        .map(|step| Value::String(step.task_id.clone()))
                        .collect();
                }
            }
            (*tool, arguments)
        })
        .collect()
}

enum State {
    /// These tools are still to run.
    Tools(Vec<(String, Value)>),
    Sampling(Box<Sampling>),
    Done(Box<TurnResult>),
}

/// A completion on its way.
#[derive(Default)]
struct Sampling {
    text: String,
    /// Set once the text is seen to be a program.
    program: Option<Incremental>,
}

/// The programs that were written and had something wrong with them.
#[derive(Default)]
struct Attempts {
    /// All of them, the best last.
    texts: Vec<String>,
    /// The best that is worth keeping: one that changes nothing is not.
    best: Option<Best>,
    /// What is doubtful about the last of them.
    last: Doubts,
}

/// A program that is handed over if none better is written.
struct Best {
    parsed: Parsed,
    doubts: Doubts,
}

/// A turn.
pub struct Turn {
    request: Request,
    conversation: Conversation,
    state: State,
    calls: usize,
    repaired: bool,
    attempts: Attempts,
    /// The best of the attempts does something that the request hardly means: only words are wanted.
    declined: bool,
    prompt_tokens: u32,
    completion_tokens: u32,
    outbox: Vec<Event>,
}

impl Turn {
    /// Starts a turn. A request that is too long, or empty, ends it at once.
    pub fn new(request: Request) -> Turn {
        let current = request
            .workflow
            .as_ref()
            .map(|workflow| flow::python::print(workflow, &request.catalog));
        let mut turn = Turn {
            conversation: Conversation {
                previous: match current {
                    Some(_) => None,
                    None => request.previous.clone(),
                },
                current,
                request: request.text.clone(),
                entries: Vec::new(),
            },
            state: State::Tools(Vec::new()),
            calls: 0,
            repaired: false,
            attempts: Attempts::default(),
            declined: false,
            prompt_tokens: 0,
            completion_tokens: 0,
            outbox: Vec::new(),
            request,
        };
        let characters = turn.request.text.chars().count();
        if turn.request.text.trim().is_empty() {
            turn.answer(
                Outcome::Refusal,
                "There is nothing to do yet; say what should happen, for example: tag orders over $500 as VIP.",
            );
        } else if characters > MAX_REQUEST {
            turn.answer(
                Outcome::Refusal,
                &format!(
                    "This request has {characters} characters and at most {MAX_REQUEST} are read; say it in fewer words."
                ),
            );
        } else {
            let mut tools: Vec<(String, Value)> = searches(
                &turn.request.text,
                turn.conversation.previous.as_deref(),
                turn.request.workflow.as_ref(),
            )
            .into_iter()
            .map(|(tool, arguments)| (tool.to_string(), arguments))
            .collect();
            tools.reverse();
            turn.state = State::Tools(tools);
        }
        turn
    }

    /// The catalogue the turn works with.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.request.catalog
    }

    /// What the turn needs next. Asking again before anything was told gives the same.
    pub fn ask(&mut self) -> Ask {
        match &mut self.state {
            State::Tools(tools) => match tools.last() {
                Some((tool, arguments)) => Ask::RunTool {
                    tool: tool.clone(),
                    arguments: arguments.clone(),
                },
                None => {
                    self.state = State::Sampling(Box::default());
                    self.ask()
                }
            },
            State::Sampling(_) => Ask::Sample(self.generate()),
            State::Done(result) => Ask::Done(result.clone()),
        }
    }

    /// Takes what was asked for; returns the events that follow from it.
    pub fn told(&mut self, told: Told) -> Vec<Event> {
        match told {
            Told::ToolResult(result) => self.tool_result(result),
            Told::Text(text) => self.text(&text),
            Told::Sampled {
                prompt_tokens,
                completion_tokens,
                likelihood,
            } => self.sampled(prompt_tokens, completion_tokens, likelihood),
        }
        self.events()
    }

    /// Events that came without anything being told, as when a request is refused at once.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.outbox)
    }

    fn generate(&self) -> Generate {
        let attempts = &self.attempts;
        let first = attempts.texts.is_empty();
        let calls = self.calls < contract::MAX_CALLS && !self.repaired && first;
        let doubts = attempts.best.as_ref().map(|best| &best.doubts);
        let doubts = doubts.unwrap_or(&attempts.last);
        let forms = self.forms();
        Generate {
            prompt: contract::prompt(&self.conversation),
            grammar: Some(grammar::lark_with(
                &self.request.catalog,
                self.request.workflow.as_ref(),
                calls,
                forms,
                &Said::of(
                    &self.request.text,
                    self.conversation.previous.as_deref(),
                    self.conversation.current.as_deref(),
                ),
                &answers::answers(
                    &self.request.text,
                    self.request.workflow.as_ref(),
                    &self.request.catalog,
                ),
            )),
            max_tokens: MAX_TOKENS,
            temperature: 0.0,
            seed: self.request.seed,
            other_than: attempts.texts.clone(),
            wanted: doubts.wanted(),
            suspects: doubts.suspects(),
            edits: match self.repaired {
                true => None,
                false => self.conversation.current.clone(),
            },
            words: match forms == Forms::ALL {
                true => 0.0,
                false => outcome::LEAD,
            },
        }
    }

    /// The forms that come into question. What follows another sentence of the merchant, or a draft
    /// of the model, is not judged by itself.
    fn forms(&self) -> Forms {
        if self.declined {
            return Forms::NOTHING_BUILT;
        }
        if self.attempts.best.is_some() {
            return Forms::PROGRAM;
        }
        if self.conversation.previous.is_some() || self.repaired {
            return Forms::ALL;
        }
        // The first of the searches is that for tasks.
        let found = self
            .conversation
            .entries
            .iter()
            .find_map(|entry| match entry {
                Entry::Tool(found) => Some(found.as_str()),
                _ => None,
            });
        outcome::forms(
            &self.request.text,
            self.request.workflow.is_some(),
            found.unwrap_or_default(),
        )
    }

    fn tool_result(&mut self, result: String) {
        let State::Tools(tools) = &mut self.state else {
            return;
        };
        let Some((tool, arguments)) = tools.pop() else {
            return;
        };
        self.conversation.entries.push(Entry::Tool(result.clone()));
        self.outbox.push(Event::ToolCalled {
            turn: self.request.turn,
            tool,
            arguments,
            result,
        });
    }

    fn text(&mut self, text: &str) {
        let State::Sampling(sampling) = &mut self.state else {
            return;
        };
        let seen = sampling.text.len();
        sampling.text.push_str(text);
        let start = sampling.text.trim_start();
        if sampling.program.is_none() && start.starts_with('@') {
            sampling.program = Some(Incremental::new(Catalog::clone(&self.request.catalog)));
        }
        let Some(program) = &mut sampling.program else {
            return;
        };
        // What came before the text was seen to be a program goes in with its first piece.
        let chunk = if seen == 0 || sampling.text[..seen].trim().is_empty() {
            sampling.text.trim_start()
        } else {
            text
        };
        let drawn = program.push(chunk);
        self.drawn(drawn);
    }

    fn drawn(&mut self, drawn: Vec<Drawn>) {
        let turn = self.request.turn;
        self.outbox
            .extend(drawn.into_iter().map(|drawn| Event::StepDrawn {
                turn,
                step: drawn.step,
                links: drawn.links,
            }));
    }

    fn sampled(&mut self, prompt_tokens: u32, completion_tokens: u32, likelihood: Option<f32>) {
        let State::Sampling(sampling) = &mut self.state else {
            return;
        };
        let Sampling { text, program } = std::mem::take(sampling.as_mut());
        self.prompt_tokens += prompt_tokens;
        self.completion_tokens += completion_tokens;
        self.outbox.push(Event::Sampled {
            turn: self.request.turn,
            text: text.clone(),
            prompt_tokens,
            completion_tokens,
        });
        let answer = Answer::parse(&text);
        if !matches!(answer, Answer::Workflow { .. })
            && !self.declined
            && let Some(best) = self.attempts.best.take()
        {
            return self.hand_over(best.parsed);
        }
        match answer {
            Answer::Workflow { .. } => {
                let cut = completion_tokens as usize >= MAX_TOKENS;
                self.program(&text, program, cut, likelihood);
            }
            Answer::Clarification { question, choices } => {
                self.finish(Outcome::Clarification, question, choices, None, Vec::new());
            }
            Answer::Refusal { text, .. } => self.answer(Outcome::Refusal, &text),
            Answer::Question { text } => self.answer(Outcome::Question, &text),
            Answer::Call { tool, argument } if self.calls < contract::MAX_CALLS => {
                self.calls += 1;
                self.conversation.entries.push(Entry::Call(text));
                self.state = State::Tools(vec![(tool, json!({ "query": argument }))]);
            }
            Answer::Call { .. } => self.answer(Outcome::Refusal, LOST),
        }
    }

    /// A program is whole, or was cut off at the limit: check it, and have it written again or hand it over.
    /// What breaks off in the middle of a line a second time is worth nothing to a merchant.
    fn program(
        &mut self,
        text: &str,
        program: Option<Incremental>,
        cut: bool,
        likelihood: Option<f32>,
    ) {
        let Some(program) = program else {
            // Not one of the forms; only a server without grammars can write this.
            return self.send_back(text, Vec::new());
        };
        let (drawn, mut parsed) = program.finish();
        self.drawn(drawn);
        let catalog = self.request.catalog.clone();
        // What nobody said speaks against a program, but does not go to the merchant.
        let written = self.whole(parsed.clone());
        if let Some(before) = &self.request.workflow {
            let mut less = parsed.clone();
            unsaid::without_additions(&mut less.workflow, &self.asked().said(), before, &catalog);
            // Where it is all that the edit does, it was asked for in other words.
            if self.whole(less.clone()) != *before {
                parsed = less;
            }
        }
        let mut findings = parsed.findings.clone();
        findings.extend(flow::check::check(&parsed.workflow, &catalog));
        let broken = has_error(&findings);
        if broken && !self.repaired && self.attempts.texts.is_empty() {
            return self.send_back(text, findings);
        }
        let useless = parsed.workflow.steps.is_empty() || (cut && has_error(&parsed.findings));
        if self.repaired {
            return match useless {
                true => self.answer(Outcome::Refusal, LOST),
                false => self.hand_over(parsed),
            };
        }
        let before = self.request.workflow.as_ref();
        let same = before == Some(&self.whole(parsed.clone()));
        let mut doubts = Doubts::of(&self.asked(), &written);
        doubts.surprise = -likelihood.unwrap_or_default();
        if !self.request.doubting {
            doubts = Doubts {
                unused: doubts.unused,
                settled: doubts.settled,
                ..Doubts::default()
            };
        }
        tracing::debug!(
            likelihood,
            loss = doubts.plausible.loss,
            regret = doubts.plausible.regret,
            count = doubts.count(),
            broken,
            same,
            text,
            "a program was written"
        );
        let attempts = &mut self.attempts;
        // A backend that cannot tell what else came near may write the same again and again.
        let again = attempts.texts.iter().any(|known| known == text);
        attempts.last = doubts.clone();
        let better = |best: &Best| doubts.better_than(&best.doubts);
        let better = attempts.best.as_ref().is_none_or(better);
        let kept = better && !broken && !useless && !same;
        let behind = usize::from(!kept && attempts.best.is_some());
        let place = attempts.texts.len() - behind;
        attempts.texts.insert(place, text.to_string());
        if kept {
            attempts.best = Some(Best {
                parsed: parsed.clone(),
                doubts,
            });
        }
        let best = attempts.best.as_ref();
        let settled = |doubts: &Doubts| doubts.count() == 0 && !doubts.is_unlikely();
        let beyond_doubt = best.is_some_and(|best| settled(&best.doubts));
        if !beyond_doubt && !again && attempts.texts.len() < ATTEMPTS {
            // A change was asked for, or a value was said for something, or a condition was to
            // decide something: what most nearly came out instead is tried.
            return self.again(Vec::new());
        }
        // A new workflow of which nobody spoke is worth less to a merchant than a word about why not.
        let beside_the_point = best.is_some_and(|best| best.doubts.beside_the_point);
        if before.is_none() && beside_the_point && !self.declined {
            self.declined = true;
            return self.again(Vec::new());
        }
        match attempts.best.take() {
            Some(best) => self.hand_over(best.parsed),
            None if same => self.hand_over(parsed),
            None if broken => self.send_back(text, findings),
            None => self.answer(Outcome::Refusal, LOST),
        }
    }

    /// The whole workflow that a program makes.
    fn whole(&self, parsed: Parsed) -> Workflow {
        match &self.request.workflow {
            Some(base) => flow::python::merge(base, parsed, &self.request.catalog),
            None => parsed.workflow,
        }
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            request: &self.request.text,
            previous: self.conversation.previous.as_deref(),
            before: self.request.workflow.as_ref(),
            catalog: &self.request.catalog,
        }
    }

    /// A program is what the merchant gets.
    fn hand_over(&mut self, parsed: Parsed) {
        let catalog = self.request.catalog.clone();
        let syntax = parsed.findings.clone();
        let mut workflow = self.whole(parsed);
        let mut doubts = Doubts::of(&self.asked(), &workflow);
        let same = self.request.workflow.as_ref() == Some(&workflow);
        let lookups = resources::resolve(
            &mut workflow,
            self.request.workflow.as_ref(),
            &self.request.resources,
            &catalog,
        );
        let turn = self.request.turn;
        let looked_up = |lookup: &resources::Lookup| Event::ToolCalled {
            turn,
            tool: "shop_resource_search".to_string(),
            arguments: json!({ "query": lookup.name, "kind": lookup.kind }),
            result: lookup.result.clone(),
        };
        self.outbox.extend(lookups.iter().map(looked_up));
        let mut findings = syntax;
        findings.extend(flow::check::check(&workflow, &catalog));
        // What was built, or changed, is said by the workflow itself: no sentence can then claim more
        // than the canvas shows.
        let mut message = match &self.request.workflow {
            None => flow::summary::sentence(&workflow, &catalog),
            Some(_) if same => UNCHANGED.to_string(),
            Some(before) => flow::summary::changes(before, &workflow, &catalog),
        };
        let open = placeholders::sentence(
            &workflow,
            self.request.workflow.as_ref(),
            &self.request.text,
            &catalog,
        );
        if same {
            doubts.unused.clear();
        }
        let doubtful = doubts.sentences(&workflow, &catalog);
        let nameless = resources::sentence(&lookups);
        for sentence in [open, nameless].into_iter().flatten().chain(doubtful) {
            message.push(' ');
            message.push_str(&sentence);
        }
        self.outbox.push(Event::DraftCompleted {
            turn: self.request.turn,
            workflow: workflow.clone(),
            findings: findings.clone(),
        });
        self.finish(
            Outcome::Workflow,
            message,
            Vec::new(),
            Some(workflow),
            findings,
        );
    }

    fn send_back(&mut self, text: &str, findings: Vec<Finding>) {
        if self.repaired {
            return self.answer(Outcome::Refusal, LOST);
        }
        self.repaired = true;
        self.conversation
            .entries
            .push(Entry::Draft(text.trim_end().to_string()));
        self.conversation
            .entries
            .push(Entry::Tool(contract::findings(&findings)));
        self.again(findings);
    }

    /// Lets the model write once more; what was drawn is void.
    fn again(&mut self, findings: Vec<Finding>) {
        self.outbox.push(Event::RepairRequested {
            turn: self.request.turn,
            findings,
        });
        self.state = State::Sampling(Box::default());
    }

    fn answer(&mut self, outcome: Outcome, message: &str) {
        self.finish(outcome, message.to_string(), Vec::new(), None, Vec::new());
    }

    fn finish(
        &mut self,
        outcome: Outcome,
        message: String,
        choices: Vec<String>,
        workflow: Option<Workflow>,
        findings: Vec<Finding>,
    ) {
        self.outbox.push(Event::Answered {
            turn: self.request.turn,
            outcome,
            message: message.clone(),
            choices: choices.clone(),
        });
        self.state = State::Done(Box::new(TurnResult {
            outcome,
            message,
            choices,
            workflow,
            findings,
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
        }));
    }
}

/// The answer when the model's text cannot be used.
const LOST: &str = "I could not turn this into a workflow. Say when it should start and what should happen then, for example: when an order over $500 comes in, tag it VIP.";

/// The answer when the model wrote the workflow again as it was.
const UNCHANGED: &str = "I changed nothing, because I could not tell what should be different. Name the step and what it should be, for example: change the tag to gold.";

#[cfg(test)]
mod tests;
