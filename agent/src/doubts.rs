//! What makes a program that checks without an error worth writing once more ([`crate::turn`]).
//!
//! Each kind of doubt has a module of its own; here they are counted, so that the program with the fewest is
//! taken, and put into words for those that stay.

use flow::{Catalog, Workflow};

use crate::futile::{self, Futile};
use crate::inverted::{self, Inverted, inverted};
use crate::settled::{self, Settled};
use crate::tools::ranker::Label;
use crate::unmeant::{has_clear_step, unmeant};
use crate::unsaid::unsaid;
use crate::unused::{self, Value};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// It does something that the request hardly means, and nothing that it clearly does.
    pub beside_the_point: bool,
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
        Doubts {
            unused: unused::unused(request, current.as_deref(), &print(workflow), catalog),
            settled: new(settled::settled(workflow), before.map(settled::settled)),
            futile: new(futile(workflow), before.map(futile)),
            inverted: new(
                inverted(request, workflow),
                before.map(|before| inverted(request, before)),
            ),
            unsaid: unsaid(&asked.said(), workflow, before, catalog),
            beside_the_point: unmeant.iter().any(task) && !has_clear_step(asked, workflow),
            unmeant,
        }
    }

    /// How much is doubtful.
    pub fn count(&self) -> usize {
        self.unused.len()
            + self.settled.len()
            + self.futile.len()
            + self.inverted.len()
            + self.unsaid.len()
            + self.unmeant.len()
    }

    /// What a better program holds and this one does not.
    pub fn wanted(&self) -> Vec<String> {
        let unused = self.unused.iter().map(|value| value.text.clone());
        let signs = self.inverted.iter();
        let signs = signs.map(|limit| format!("{} {}", limit.sign, limit.number));
        unused.chain(signs).collect()
    }

    /// Pieces of the program that stand where something else should. Tasks and fields that are hardly meant are
    /// none: what is wrong there is mostly the line, or a choice before it.
    pub fn suspects(&self) -> Vec<String> {
        let limits = self.inverted.iter();
        let limits = limits.flat_map(|limit| {
            let turned = match limit.sign.starts_with('<') {
                true => [">", ">="],
                false => ["<", "<="],
            };
            turned.map(|sign| format!("{sign} {}", limit.number))
        });
        self.unsaid.iter().cloned().chain(limits).collect()
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
        workflow(&format!("@order_created\ndef a(order):\n{body}"))
    }
}
