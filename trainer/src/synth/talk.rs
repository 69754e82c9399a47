//! Answers that are no workflow: questions back, refusals with a way forward, and facts about Flow.

use agent::answers::facts::{About, facts};
use agent::contract::{Answer, RefusalKind};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::{Bound, Phrase, Values, expand};
use crate::requests::noise::{Care, type_out};
use crate::requests::pools::pick;
use crate::requests::seed::Block;

use super::compose::{self, Shape};
use super::library::{Action, weighted};
use super::{Maker, Pair, more_connectors};

/// Draws one.
pub(super) fn talk(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    match rng.random_range(0..100) {
        0..17 => written(maker, "clarify", rng),
        17..26 => incomplete(maker, rng),
        26..56 => written(maker, "refuse", rng),
        56..67 => not_installed(maker, rng),
        67..81 => written(maker, "ask", rng),
        81..91 => about_this(maker, rng),
        91..96 => vague_edit(maker, rng),
        _ => second_turn(maker, rng),
    }
}

fn written(maker: &Maker, kind: &str, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let blocks: Vec<&Block> = maker
        .library
        .talk
        .iter()
        .filter(|block| block.head.first().is_some_and(|head| head == kind))
        .collect();
    let block = weighted(rng, &blocks, Block::weight)?;
    let mut values = Values::default();
    let say = Phrase::parse(&block.joined("say")?);
    let text = expand(&say, &mut values, &Bound::new(), rng);
    let mut installed = block.list("app");
    let (slice, answer) = match kind {
        "clarify" => (
            "clarification",
            Answer::Clarification {
                question: block.get("question")?.to_string(),
                choices: block
                    .get("choices")?
                    .split(" | ")
                    .map(str::to_string)
                    .collect(),
            },
        ),
        "refuse" => (
            "refusal",
            Answer::Refusal {
                kind: kind_of(block.head.get(1)?)?,
                text: block.get("text")?.to_string(),
            },
        ),
        _ => (
            "question",
            Answer::Question {
                text: block.get("text")?.to_string(),
            },
        ),
    };
    // What Flow cannot do natively, a connector may: those must not be installed here.
    if kind != "refuse" {
        more_connectors(&mut installed, rng);
    }
    // The same is asked while a workflow lies open, and changes nothing then either.
    let open = match &answer {
        Answer::Question { .. } => true,
        Answer::Refusal { kind, .. } => matches!(
            kind,
            RefusalKind::MissingCapability | RefusalKind::WrongTool
        ),
        _ => false,
    };
    let mut workflow = None;
    let mut text = text;
    if open && installed.is_empty() && rng.random_range(0..100) < 22 {
        let (draft, made) = opened(maker, &[], rng)?;
        installed = draft.installed;
        workflow = Some(made);
        if kind == "refuse" && rng.random_bool(0.4) {
            let head = pick(rng, &["and ", "also ", "then ", "in addition ", "ok, and "]);
            text.insert_str(0, head);
        }
    }
    let request = type_out(&text, Care::draw(rng), rng);
    Some(Pair {
        archetype: format!("talk/{kind}"),
        slice: slice.to_string(),
        installed,
        previous: None,
        request,
        workflow,
        answer,
    })
}

/// A workflow that lies open, of a store with these connectors at most.
fn opened(
    maker: &Maker,
    allowed: &[&str],
    rng: &mut ChaCha8Rng,
) -> Option<(compose::Draft, flow::Workflow)> {
    let mut draft = if rng.random_bool(0.4) {
        compose::archetype(&maker.library, rng)?
    } else {
        let shape = Shape {
            plain: true,
            ..Shape::default()
        };
        compose::compose(&maker.library, &shape, rng)?
    };
    if draft
        .installed
        .iter()
        .any(|app| !allowed.contains(&app.as_str()))
    {
        return None;
    }
    let catalog = maker.catalog(&draft.installed);
    let (_, workflow) = maker
        .canonical(&draft.plan, &mut draft.values, &catalog, "talk/open", rng)
        .ok()?;
    Some((draft, workflow))
}

fn kind_of(word: &str) -> Option<RefusalKind> {
    RefusalKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)
}

/// A step without a start, or a start without a step.
fn incomplete(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let mut values = Values::default();
    let library = &maker.library;
    // An action alone mostly says when by itself ("tag orders over $500": when one is made), and is
    // then built; few are asked back about.
    let (text, question, choices): (String, &str, [&str; 3]) = if rng.random_bool(0.8) {
        let triggers: Vec<_> = library
            .triggers
            .iter()
            .filter(|trigger| trigger.connector.is_none())
            .collect();
        let trigger = weighted(rng, &triggers, |trigger| trigger.weight)?;
        let when = expand(&trigger.when, &mut values, &Bound::new(), rng);
        let tests = compose::fitting_tests(library, trigger);
        let test = weighted(rng, &tests, |test| test.weight);
        let mut text = format!(
            "{} {when}",
            pick(
                rng,
                &[
                    "when",
                    "whenever",
                    "if",
                    "every time",
                    "do something when",
                    "make a workflow for when",
                    "something for when",
                    "react when"
                ]
            )
        );
        if let Some(test) = test.filter(|_| rng.random_bool(0.5)) {
            let checked = compose::check(test, trigger, &mut values, '5', rng)?;
            text = format!("{text} and {}", checked.clause);
        }
        let tag = if trigger.root("order").is_some() {
            "Tag the order"
        } else if trigger.root("product").is_some() {
            "Tag the product"
        } else if trigger.root("customer").is_some() {
            "Tag the customer"
        } else {
            "Write it to the log"
        };
        (
            text,
            "What should happen then?",
            [tag, "Send an email", "Post it to an address"],
        )
    } else {
        let actions: Vec<&Action> = library
            .actions
            .iter()
            .filter(|action| matches!(action.root.as_str(), "order" | "product" | "customer"))
            .filter(|action| action.only.is_none() && action.connector.is_none())
            .filter(|action| {
                !matches!(
                    action.task.as_str(),
                    "send_marketing_email"
                        | "archive_order"
                        | "capture_payment"
                        | "publish_product"
                )
            })
            .collect();
        let action = weighted(rng, &actions, |action| action.weight)?;
        let text = expand(&action.imp, &mut values, &Bound::new(), rng);
        // A bare pronoun says nothing about what it is.
        let (it, choices) = match action.root.as_str() {
            "product" => (
                "a product",
                [
                    "When a product is created",
                    "When a variant sells out",
                    "Every day at a set time",
                ],
            ),
            "customer" => (
                "a customer",
                [
                    "When a customer signs up",
                    "When an order is created",
                    "When an order is paid",
                ],
            ),
            _ => (
                "an order",
                [
                    "When an order is created",
                    "When an order is paid",
                    "When an order is fulfilled",
                ],
            ),
        };
        let text = text.replace(" it ", &format!(" {it} "));
        let text = if text.ends_with(" it") {
            format!("{} {it}", text.trim_end_matches(" it"))
        } else {
            text
        };
        let text = match rng.random_range(0..4) {
            0 => format!("I want to {text}"),
            1 => format!("please {text}"),
            2 => format!("make a workflow to {text}"),
            _ => text,
        };
        (text, "When should this happen?", choices)
    };
    let mut installed = Vec::new();
    more_connectors(&mut installed, rng);
    Some(Pair {
        archetype: "talk/incomplete".to_string(),
        slice: "clarification".to_string(),
        installed,
        previous: None,
        request: type_out(&text, Care::draw(rng), rng),
        workflow: None,
        answer: Answer::Clarification {
            question: question.to_string(),
            choices: choices.iter().map(ToString::to_string).collect(),
        },
    })
}

/// A connector that the store does not have.
fn not_installed(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let shape = Shape {
        connectors: true,
        ..Shape::default()
    };
    let draft = if rng.random_bool(0.7) {
        compose::compose(&maker.library, &shape, rng)?
    } else {
        compose::archetype(&maker.library, rng)?
    };
    // It must be the one that the request names.
    let named: Vec<&String> = draft
        .installed
        .iter()
        .filter(|connector| {
            draft
                .request
                .to_lowercase()
                .contains(&connector.to_lowercase())
        })
        .collect();
    let connector = named.first()?.to_string();
    let instead = match connector.as_str() {
        "Slack" | "Twilio" | "Google Sheets" | "Asana" | "Trello" => {
            "or I can send an email instead"
        }
        "Klaviyo" | "Mailchimp" | "dotdigital" | "Customer email app" => {
            "or I can send a marketing email instead"
        }
        "Gorgias" | "Zendesk" => "or I can email your support team instead",
        _ => "or tell me what should happen without it",
    };
    let mut installed = Vec::new();
    if rng.random_range(0..100) < 15 {
        let other = pick(
            rng,
            &[
                "Slack",
                "Klaviyo",
                "Google Sheets",
                "Gorgias",
                "Asana",
                "Trello",
                "Judge.me",
            ],
        )
        .to_string();
        if other != connector && !draft.installed.contains(&other) {
            installed.push(other);
        }
    }
    Some(Pair {
        archetype: "talk/not_installed".to_string(),
        slice: "third_party".to_string(),
        installed,
        previous: None,
        request: type_out(&draft.request, Care::draw(rng), rng),
        workflow: None,
        answer: Answer::Refusal {
            kind: RefusalKind::MissingCapability,
            text: format!(
                "{connector} is not installed in this store. Install it and ask again, {instead}."
            ),
        },
    })
}

/// A question about the workflow at hand. The answer is read off the workflow, as in serving.
fn about_this(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let (draft, workflow) = opened(maker, &["Slack", "Google Sheets", "Asana"], rng)?;
    let catalog = maker.catalog(&draft.installed);
    let blocks: Vec<&Block> = maker
        .library
        .talk
        .iter()
        .filter(|block| block.head.first().is_some_and(|head| head == "about"))
        .collect();
    let block = weighted(rng, &blocks, Block::weight)?;
    let about = about_named(block.head.get(1)?)?;
    let say = Phrase::parse(&block.joined("say")?);
    let text = expand(&say, &mut Values::default(), &Bound::new(), rng);
    let request = type_out(&text, Care::draw(rng), rng);
    let fitting: Vec<String> = facts(&workflow, &catalog, &request)
        .into_iter()
        .filter(|(kind, _)| *kind == about)
        .map(|(_, text)| text)
        .collect();
    // Of several readings of a number, the first is the one that was meant.
    let text = fitting.into_iter().next()?;
    Some(Pair {
        archetype: "talk/about".to_string(),
        slice: "question".to_string(),
        installed: draft.installed,
        previous: None,
        request,
        workflow: Some(workflow),
        answer: Answer::Question { text },
    })
}

fn about_named(word: &str) -> Option<About> {
    About::ALL
        .into_iter()
        .find(|about| about.as_str().trim_start_matches('=') == word)
}

/// A change of which something is missing: the new value, or which of several is meant.
fn vague_edit(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let (mut draft, workflow) = opened(maker, &["Slack", "Google Sheets", "Asana"], rng)?;
    let catalog = maker.catalog(&draft.installed);
    let names = draft.plan.values();
    let of = |kind: &str| -> Vec<String> {
        names
            .iter()
            .filter(|name| crate::requests::pools::kind(name) == kind)
            .cloned()
            .collect()
    };
    let labels: Vec<String> = draft
        .plan
        .steps()
        .into_iter()
        .filter_map(|at| match &draft.plan.lines[at].kind {
            super::plan::Kind::Step(task) => Some(catalog.task_named(task)?.label.clone()),
            _ => None,
        })
        .collect();
    let mut distinct = labels.clone();
    distinct.sort();
    distinct.dedup();
    let kind = pick(rng, &["tag", "email", "money", "steps", "better"]);
    let (say, question, choices): (&str, String, Vec<String>) = match kind {
        "steps" if labels.len() > 1 && distinct.len() == labels.len() => (
            "{remove|delete|drop} {a|one} step|{one|a} step is too {much|many}|take {something|a step} out|it does too much, remove one thing",
            "Which step should go?".to_string(),
            labels,
        ),
        "better" => (
            "{make|do} it better|improve {this|it|the workflow}|this isn't what I {want|meant}|change {it|this}|it's {wrong|not right}|please {fix|optimise|optimize} {this|it}",
            "What should be different?".to_string(),
            vec![
                "When it starts".to_string(),
                "The condition".to_string(),
                "What it does".to_string(),
            ],
        ),
        "tag" | "email" | "money" => {
            let own = of(kind);
            let [first, rest @ ..] = own.as_slice() else {
                return None;
            };
            let value = draft.values.get(first, rng);
            let (say, noun) = match kind {
                "tag" => (
                    "change the tag|{another|a different} tag please|the tag is wrong|rename the tag",
                    "tag",
                ),
                "email" => (
                    "change the {address|email address|recipient}|send it to {someone else|somebody else|another address}|the address is wrong",
                    "address",
                ),
                _ => (
                    "change the {limit|amount|threshold}|the {limit|amount} is too {low|high}|another {limit|amount} please|raise the limit{ a bit|}",
                    "amount",
                ),
            };
            if let Some(second) = rest.first() {
                let other = draft.values.get(second, rng);
                (
                    say,
                    format!("Which {noun} do you mean, and what should it be?"),
                    vec![value.code, other.code],
                )
            } else {
                (
                    say,
                    format!("What should the {noun} be instead of {}?", value.code),
                    vec![
                        "I will type it".to_string(),
                        "Leave it as it is".to_string(),
                    ],
                )
            }
        }
        _ => return None,
    };
    let text = expand(
        &Phrase::parse(say),
        &mut Values::default(),
        &Bound::new(),
        rng,
    );
    Some(Pair {
        archetype: "talk/vague_edit".to_string(),
        slice: "clarification".to_string(),
        installed: draft.installed,
        previous: None,
        request: type_out(&text, Care::draw(rng), rng),
        workflow: Some(workflow),
        answer: Answer::Clarification { question, choices },
    })
}

/// The merchant answers a question back: what was vague becomes a workflow.
fn second_turn(maker: &Maker, rng: &mut ChaCha8Rng) -> Option<Pair> {
    let shape = Shape {
        plain: true,
        ..Shape::default()
    };
    let draft = compose::compose(&maker.library, &shape, rng)?;
    let vague = if draft.archetype.contains("order") {
        pick(
            rng,
            &[
                "do something with orders",
                "automate my orders",
                "tag orders",
                "help me with orders",
                "order workflow",
            ],
        )
    } else if draft.archetype.contains("customer") {
        pick(
            rng,
            &[
                "something for customers",
                "tag customers",
                "automate customers",
            ],
        )
    } else if draft.archetype.contains("email") {
        pick(rng, &["send an email", "email me", "I want a notification"])
    } else {
        pick(
            rng,
            &[
                "help me automate",
                "I need a workflow",
                "automate something",
            ],
        )
    }
    .to_string();
    let mut pair = maker.finished(draft, rng).ok()?;
    pair.archetype = "talk/second_turn".to_string();
    pair.previous = Some(vague);
    Some(pair)
}
