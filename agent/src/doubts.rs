//! What makes a program that checks without an error worth writing once more ([`crate::turn`]).
//!
//! Each kind of doubt has a module of its own; here they are counted, so that the program with the fewest is
//! taken, and put into words for those that stay.

use flow::{Catalog, Workflow};

use crate::futile::{self, Futile};
use crate::inverted::{self, Inverted, inverted};
use crate::plausible::{Plausible, plausible};
use crate::settled::{self, Settled};
use crate::tools::ranker::Label;
use crate::unbidden::{Unbidden, unbidden};
use crate::unmeant::{has_clear_step, unmeant};
use crate::unsaid::unsaid;
use crate::unused::{self, Value};

/// What one doubt weighs, in nats.
const DOUBT: f32 = 10.0;

/// By how many nats a program has to fit better than one that came out before it.
const MARGIN: f32 = 1.0;

/// From this regret on, in nats, a new program is written again.
const REGRET: f32 = 4.5;

/// From this regret on an edit is: it can spoil what was right.
const EDIT_REGRET: f32 = 2.0;

/// From this surprise on, in nats, a program is written again.
const SURPRISE: f32 = 14.0;

/// What a program was written for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub request: &'a str,
    /// What the merchant said before, where it still counts.
    pub previous: Option<&'a str>,
    /// The workflow that is edited, if one is.
    pub before: Option<&'a Workflow>,
    pub catalog: &'a Catalog,
}

impl Asked<'_> {
    /// All that was said.
    pub fn said(&self) -> String {
        match self.previous {
            Some(previous) => format!("{previous} {}", self.request),
            None => self.request.to_string(),
        }
    }
}

/// Everything doubtful about a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doubts {
    /// Values that were said and are not used.
    pub unused: Vec<Value>,
    /// Conditions that always come out the same.
    pub settled: Vec<Settled>,
    /// Parts that come to nothing.
    pub futile: Vec<Futile>,
    /// Limits that are tested the other way round than they were said.
    pub inverted: Vec<Inverted>,
    /// Values that are used and that nobody said.
    pub unsaid: Vec<String>,
    /// Tasks and fields that the request hardly means.
    pub unmeant: Vec<Label>,
    /// What an edit takes away or replaces, as it seems unasked.
    pub unbidden: Vec<Unbidden>,
    /// How well what it is made of fits what was said.
    pub plausible: Plausible,
    /// The negative logarithm of the probability that the model gives it, where that is known. Where the grammar
    /// rules out what the model would have written, what comes in its place is a surprise.
    pub surprise: f32,
    /// How the steps begin that do nothing, or what nobody spoke of.
    pub idle: Vec<String>,
    /// It does something that the request hardly means, and nothing that it clearly does.
    pub beside_the_point: bool,
    /// It edits a workflow.
    pub editing: bool,
}

impl Doubts {
    /// The doubts about a whole workflow. What stood in the one before is not doubted.
    pub fn of(asked: &Asked<'_>, workflow: &Workflow) -> Doubts {
        let Asked {
            request,
            before,
            catalog,
            ..
        } = *asked;
        let print = |workflow| flow::python::print(workflow, catalog);
        let current = before.map(print);
        let unmeant = unmeant(asked, workflow);
        let task = |label: &Label| matches!(label, Label::Task(_));
        let futile = |workflow| futile::futile(workflow, catalog);
        let futile = new(futile(workflow), before.map(futile));
        Doubts {
            unused: unused::unused(request, current.as_deref(), &print(workflow), catalog),
            settled: new(settled::settled(workflow), before.map(settled::settled)),
            inverted: new(
                inverted(request, workflow),
                before.map(|before| inverted(request, before)),
            ),
            unsaid: unsaid(&asked.said(), workflow, before, catalog),
            surprise: 0.0,
            unbidden: before.map_or_else(Vec::new, |before| {
                unbidden(request, workflow, before, catalog)
            }),
            plausible: plausible(&asked.said(), workflow, before, catalog),
            idle: idle(workflow, catalog, &futile, &unmeant),
            futile,
            editing: before.is_some(),
            beside_the_point: unmeant.iter().any(task) && !has_clear_step(asked, workflow),
            unmeant,
        }
    }

    /// How much is doubtful.
    pub fn count(&self) -> usize {
        self.kinds().into_iter().map(|(_, count)| count).sum()
    }

    /// Whether a program of which nothing is doubtful could still fit much better.
    pub fn is_unlikely(&self) -> bool {
        let most = match self.editing {
            true => EDIT_REGRET,
            false => REGRET,
        };
        self.plausible.regret > most || self.surprise > SURPRISE
    }

    /// How much speaks against a program, in nats.
    fn against(&self) -> f32 {
        self.count() as f32 * DOUBT + self.plausible.loss + self.surprise
    }

    /// Whether less speaks against this program than against another one.
    pub fn better_than(&self, other: &Doubts) -> bool {
        self.against() + MARGIN < other.against()
    }

    /// How much is doubtful of each kind.
    pub fn kinds(&self) -> [(&'static str, usize); 7] {
        [
            ("unused", self.unused.len()),
            ("settled", self.settled.len()),
            ("futile", self.futile.len()),
            ("inverted", self.inverted.len()),
            ("unsaid", self.unsaid.len()),
            ("unmeant", self.unmeant.len()),
            ("unbidden", self.unbidden.len()),
        ]
    }

    /// What a better program holds and this one does not.
    pub fn wanted(&self) -> Vec<String> {
        let unused = self.unused.iter().map(|value| value.text.clone());
        let signs = self.inverted.iter();
        let signs = signs.map(|limit| format!("{} {}", limit.sign, limit.number));
        let gone = self.unbidden.iter().flat_map(|unbidden| match unbidden {
            Unbidden::Gone { pieces } => pieces.clone(),
            Unbidden::Trigger { .. } => Vec::new(),
        });
        unused.chain(signs).chain(gone).collect()
    }

    /// Pieces of the program that stand where something else should. Fields that are hardly meant are none: what is
    /// wrong there is mostly a choice before them.
    pub fn suspects(&self) -> Vec<String> {
        let limits = self.inverted.iter();
        let limits = limits.flat_map(|limit| {
            let turned = match limit.sign.starts_with('<') {
                true => [">", ">="],
                false => ["<", "<="],
            };
            turned.map(|sign| format!("{sign} {}", limit.number))
        });
        let unlikely = self.plausible.suspects.iter();
        let unlikely = unlikely.filter(|_| self.is_unlikely());
        let starts = self.unbidden.iter().filter_map(|unbidden| match unbidden {
            Unbidden::Trigger { piece } => Some(piece),
            Unbidden::Gone { .. } => None,
        });
        let unsaid = self
            .unsaid
            .iter()
            .chain(&self.idle)
            .chain(unlikely)
            .chain(starts);
        unsaid.cloned().chain(limits).collect()
    }

    /// Sentences about what a merchant should look at.
    pub fn sentences(&self, workflow: &Workflow, catalog: &Catalog) -> Vec<String> {
        [
            unused::sentence(&self.unused),
            settled::sentence(&self.settled),
            futile::sentence(&self.futile, workflow, catalog),
            inverted::sentence(&self.inverted),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// How steps begin that take another back, or whose task is hardly meant.
fn idle(
    workflow: &Workflow,
    catalog: &Catalog,
    futile: &[Futile],
    unmeant: &[Label],
) -> Vec<String> {
    let undoing = futile.iter().filter_map(|futile| match futile {
        Futile::Undoes { step } => catalog.task(&workflow.step(step)?.task_id),
        Futile::SameSides { .. } => None,
    });
    let undoing = undoing.map(|task| &task.name);
    let hardly = unmeant.iter().filter_map(|label| match label {
        Label::Task(name) => Some(name),
        Label::Path(_) => None,
    });
    undoing
        .chain(hardly)
        .map(|name| format!("{name}("))
        .collect()
}

/// What was found beyond as many as there were before.
fn new<T>(mut found: Vec<T>, before: Option<Vec<T>>) -> Vec<T> {
    let known = before.map_or(0, |before| before.len());
    found.truncate(found.len().saturating_sub(known));
    found
}

/// Workflows for the tests of all kinds of doubts.
#[cfg(test)]
pub(crate) mod samples {
    use flow::{Catalog, Workflow};

    /// The workflow of a program, which has to read.
    pub(crate) fn workflow(program: &str) -> Workflow {
        let parsed = flow::python::parse(program, &Catalog::builtin());
        assert!(
            parsed.findings.is_empty(),
            "{program}\n{:?}",
            parsed.findings
        );
        parsed.workflow
    }

    /// A workflow that starts when an order is created.
    pub(crate) fn on_order(body: &str) -> Workflow {
        workflow(&program(body))
    }

    /// The same, written as an edit of the one before.
    pub(crate) fn edited(before: &Workflow, body: &str) -> Workflow {
        let catalog = Catalog::builtin();
        let parsed = flow::python::parse(&program(body), &catalog);
        flow::python::merge(before, parsed, &catalog)
    }

    fn program(body: &str) -> String {
        format!("@order_created\ndef a(order):\n{body}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_programs_the_one_with_less_against_it_is_better() {
        let doubts = |unsaid: usize, loss: f32, surprise: f32| Doubts {
            unsaid: vec![String::new(); unsaid],
            plausible: Plausible {
                loss,
                ..Plausible::default()
            },
            surprise,
            ..Doubts::default()
        };
        let first = doubts(0, 10.0, 2.0);
        for (other, better) in [
            (doubts(0, 10.0, 1.5), false),
            (doubts(0, 5.0, 3.0), true),
            // It fits better, but the model would hardly write it.
            (doubts(0, 5.0, 9.0), false),
            // A doubt weighs more than how likely a program is.
            (doubts(1, 4.0, 1.0), false),
        ] {
            assert_eq!(other.better_than(&first), better, "{other:?}");
        }
        assert!(first.better_than(&doubts(1, 4.0, 1.0)));
        assert!(!first.is_unlikely());
        assert!(doubts(0, 0.0, SURPRISE + 1.0).is_unlikely());
    }
}
