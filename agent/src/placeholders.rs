//! What stands in a new workflow without the merchant having said it, and has to be filled in.
//!
//! The grammar lets a placeholder stand only where nothing was given ([`crate::grammar::said`]); here
//! the answer names every one of them, so that none goes live unseen.

use flow::catalog::{Catalog, Field, FieldKind};
use flow::workflow::TaskType;
use flow::{Step, Workflow};

use crate::grammar::said::PLACEHOLDER;
use crate::listing::listing;

/// Fields that name something in another app: a name nobody said is a guess.
const GUESSED: [&str; 6] = [
    "audience",
    "board",
    "list",
    "project",
    "sheet",
    "spreadsheet",
];

/// A sentence that names the placeholders of a workflow; `None` where there are none.
///
/// `before` is the workflow that was changed: what stood in it already is not named again.
pub fn sentence(
    workflow: &Workflow,
    before: Option<&Workflow>,
    request: &str,
    catalog: &Catalog,
) -> Option<String> {
    let request = request.to_lowercase();
    let mut named: Vec<String> = Vec::new();
    for step in &workflow.steps {
        let Some(task) = catalog.task(&step.task_id) else {
            continue;
        };
        if step.task_type != TaskType::Action || before.is_some_and(|before| has(before, step)) {
            continue;
        }
        for field in &task.fields {
            if step
                .config_value(&field.id)
                .is_some_and(|value| is_placeholder(field, value, &request))
            {
                named.push(format!(
                    "the {} of {} ({})",
                    field.label.to_lowercase(),
                    task.label,
                    step.config_value(&field.id).unwrap_or_default()
                ));
            }
        }
    }
    let all = listing(named)?;
    Some(format!(
        "You did not say: {all}. Fill it in before you turn it on."
    ))
}

fn has(before: &Workflow, step: &Step) -> bool {
    before
        .steps
        .iter()
        .any(|other| other.task_id == step.task_id && other.config == step.config)
}

fn is_placeholder(field: &Field, value: &str, request: &str) -> bool {
    if value.is_empty() || value.contains("{{") {
        return false;
    }
    match field.kind {
        FieldKind::Email => value == PLACEHOLDER && !request.contains(PLACEHOLDER),
        FieldKind::Text => {
            GUESSED.contains(&field.id.as_str()) && !request.contains(&value.to_lowercase())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(program: &str, request: &str) -> Option<String> {
        let catalog = Catalog::builtin();
        let parsed = flow::python::parse(program, &catalog);
        assert_eq!(parsed.findings, []);
        sentence(&parsed.workflow, None, request, &catalog)
    }

    #[test]
    fn what_was_not_said_is_named() {
        let mail = "@order_created\ndef a(order):\n    send_email(address=\"you@example.com\", subject=\"a\", message=\"b\")\n";
        assert_eq!(
            told(mail, "email us about orders").as_deref(),
            Some(
                "You did not say: the to of Send internal email (you@example.com). Fill it in before you turn it on."
            )
        );
        assert_eq!(told(mail, "email you@example.com about orders"), None);
        let card = "@order_created\ndef a(order):\n    trello_create_card(board=\"Orders\", list=\"To do\", name=\"{{ order.name }}\")\n";
        let text = told(card, "a trello card on the board Orders for every order");
        assert_eq!(
            text.as_deref(),
            Some(
                "You did not say: the list of Create card (To do). Fill it in before you turn it on."
            )
        );
    }

    #[test]
    fn what_stood_there_before_is_not_named_again() {
        let catalog = Catalog::builtin();
        let mail = "@order_created\ndef a(order):\n    send_email(address=\"you@example.com\", subject=\"a\", message=\"b\")\n";
        let workflow = flow::python::parse(mail, &catalog).workflow;
        assert_eq!(
            sentence(&workflow, Some(&workflow), "and tag it x", &catalog),
            None
        );
    }
}
