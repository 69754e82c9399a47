//! What a question is answered with: a sentence that is known to be true.
//!
//! A small model that answers freely says what sounds right. So its answers are chosen, not worded: among
//! the sentences about Flow that it was trained on, and among what can be read off the workflow at hand
//! ([`facts`]). A linear model of the question, fitted by `trainer rank --answers`, offers the few that
//! come into question; the grammar allows these, and the model takes one.

use std::sync::OnceLock;

use flow::catalog::Catalog;
use flow::workflow::Workflow;

use crate::tools::ranker::{self, Label, Ranker};

pub mod facts;

use facts::About;

/// The fitted file. Its labels are the sentences themselves, and the names of [`About`].
const SHIPPED: &[u8] = include_bytes!("../../models/answers.bin");

/// How many sentences are offered at most.
const OFFERED: usize = 4;

/// A sentence is offered if it is at least this share as likely as the likeliest one.
const SHARE: f32 = 0.25;

/// What is least likely enough to be offered at all.
const LEAST: f32 = 0.02;

/// The answer to a question that nothing is known about.
pub const UNKNOWN: &str = "I do not know that for certain, so I rather say nothing. I can build a workflow, change the one you have open, or tell you what it does.";

fn fitted() -> &'static Ranker {
    static FITTED: OnceLock<Ranker> = OnceLock::new();
    FITTED.get_or_init(|| Ranker::read(SHIPPED))
}

/// The sentences a question may be answered with, likeliest first; at least one.
pub fn answers(request: &str, workflow: Option<&Workflow>, catalog: &Catalog) -> Vec<String> {
    offered(fitted(), request, workflow, catalog)
}

/// [`answers`] by a ranker.
fn offered(
    ranker: &Ranker,
    request: &str,
    workflow: Option<&Workflow>,
    catalog: &Catalog,
) -> Vec<String> {
    let ranked = ranker.rank_features(&ranker::features(request, workflow.is_some()));
    let mut known: Vec<(f32, String)> = ranked
        .tasks()
        .into_iter()
        .filter(|(name, _)| !name.starts_with('='))
        .map(|(name, probability)| (probability, name.to_string()))
        .collect();
    if let Some(workflow) = workflow {
        for (about, text) in facts::facts(workflow, catalog, request) {
            let label = Label::Task(about.as_str().to_string());
            known.push((ranked.of(&label).unwrap_or_default(), text));
        }
    }
    known.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let best = known.first().map_or(0.0, |(probability, _)| *probability);
    let bar = (best * SHARE).max(LEAST);
    let mut found: Vec<String> = known
        .into_iter()
        .take_while(|(probability, _)| *probability >= bar)
        .map(|(_, text)| text)
        .collect();
    found.dedup();
    found.truncate(OFFERED);
    if found.is_empty() {
        found.push(UNKNOWN.to_string());
    }
    found
}

/// What an answer to a question is, as a label: one of the [`About`] or the sentence itself.
pub fn label(text: &str, request: &str, workflow: Option<&Workflow>, catalog: &Catalog) -> String {
    let about: Option<About> = workflow.and_then(|workflow| {
        facts::facts(workflow, catalog, request)
            .into_iter()
            .find(|(_, fact)| fact == text)
            .map(|(about, _)| about)
    });
    match about {
        Some(about) => about.as_str().to_string(),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_get_sentences_that_are_known() {
        let catalog = Catalog::builtin();
        for (question, part) in [
            ("can a workflow be undone?", "no undo"),
            ("how often can a schedule run?", "10 minutes"),
            (
                "does it run on orders from last year?",
                "after you turn it on",
            ),
        ] {
            let found = answers(question, None, &catalog);
            assert!(found.len() <= OFFERED);
            assert!(
                found.iter().any(|text| text.contains(part)),
                "{question}: {found:?}"
            );
        }
        let found = offered(&Ranker::default(), "why is the sky blue?", None, &catalog);
        assert_eq!(found, [UNKNOWN]);
    }

    #[test]
    fn questions_about_a_workflow_are_answered_from_it() {
        let catalog = Catalog::builtin();
        let program = "@order_paid\ndef big(order):\n    if order.totalPriceSet.shopMoney.amount > 300:\n        add_order_tags(order_id=order.id, tags=[\"huge-one\"])\n        send_email(address=\"ops@example.com\", subject=\"x\", message=\"y\")\n";
        let workflow = flow::python::parse(program, &catalog).workflow;
        for (question, part) in [
            ("who gets the email?", "ops@example.com"),
            ("which tag is it again?", "huge-one"),
            (
                "what happens with an order of 250?",
                "With 250, nothing happens.",
            ),
            ("does it wait?", "nothing here waits"),
        ] {
            let found = answers(question, Some(&workflow), &catalog);
            assert!(found[0].contains(part), "{question}: {found:?}");
        }
    }
}
