//! Parts of a workflow that come to nothing: a step that takes back what one before it did, a condition
//! whose two sides do the same.
//!
//! Nobody asks for them, but a small model writes them where it was unsure what to leave out, so the
//! program is written once more ([`crate::turn`]), and what is still so then is said to the merchant.

use flow::workflow::TaskType;
use flow::{Catalog, Step, Workflow};

/// How deep a workflow is followed.
const DEPTH: usize = 24;

/// Beginnings of names of tasks that take each other back, where the rest of the name is the same.
const OPPOSITES: [(&str, &str); 2] = [("add_", "remove_"), ("archive_", "unarchive_")];

/// Names of tasks that take each other back.
const PAIRS: [(&str, &str); 3] = [
    ("hold_fulfillment_order", "release_fulfillment_hold"),
    ("publish_product", "hide_product"),
    (
        "add_product_to_collections",
        "remove_product_from_collections",
    ),
];

/// What comes to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Futile {
    /// This step takes back what one shortly before it did.
    Undoes { step: String },
    /// Both sides of this condition do the same.
    SameSides { step: String },
}

/// Everything that comes to nothing, in the order of the links.
pub fn futile(workflow: &Workflow, catalog: &Catalog) -> Vec<Futile> {
    let mut walk = Walk {
        workflow,
        catalog,
        found: Vec::new(),
    };
    for trigger in workflow.triggers() {
        walk.follow(trigger, "output", &mut Vec::new(), DEPTH);
    }
    walk.found
}

/// A sentence about them; `None` where there are none.
pub fn sentence(futile: &[Futile], workflow: &Workflow, catalog: &Catalog) -> Option<String> {
    Some(match futile.first()? {
        Futile::Undoes { step } => {
            let task = workflow
                .step(step)
                .and_then(|step| catalog.task(&step.task_id));
            let label = task.map_or("One step", |task| task.label.as_str());
            format!("{label} takes back what a step before it did; say which one should stay.")
        }
        Futile::SameSides { .. } => {
            "One condition does the same whichever way it comes out; say what should differ."
                .to_string()
        }
    })
}

struct Walk<'a> {
    workflow: &'a Workflow,
    catalog: &'a Catalog,
    found: Vec<Futile>,
}

impl<'a> Walk<'a> {
    /// Follows a port; `done` are the actions on the way here since time last passed.
    fn follow(&mut self, from: &'a Step, port: &'a str, done: &mut Vec<&'a Step>, depth: usize) {
        if depth == 0 {
            return;
        }
        let workflow = self.workflow;
        for step in workflow.followers(&from.id, port) {
            let before = done.len();
            match step.task_type {
                // What was done may be taken back later.
                TaskType::Wait => self.follow(step, "output", &mut Vec::new(), depth - 1),
                TaskType::Condition => {
                    let yes = self.shape(step, "true", DEPTH);
                    if !yes.is_empty() && yes == self.shape(step, "false", DEPTH) {
                        self.add(Futile::SameSides {
                            step: step.id.to_string(),
                        });
                    }
                    for port in ["true", "false"] {
                        self.follow(step, port, done, depth - 1);
                        done.truncate(before);
                    }
                }
                TaskType::Foreach => {
                    // What the loop did is done when what stands after it runs.
                    self.follow(step, "loop_body", done, depth - 1);
                    self.follow(step, "after", done, depth - 1);
                }
                _ => {
                    if done.iter().any(|earlier| self.undoes(step, earlier)) {
                        self.add(Futile::Undoes {
                            step: step.id.to_string(),
                        });
                    }
                    done.push(step);
                    self.follow(step, "output", done, depth - 1);
                }
            }
            if step.task_type != TaskType::Foreach && from.task_type != TaskType::Foreach {
                done.truncate(before);
            }
        }
    }

    fn add(&mut self, futile: Futile) {
        if !self.found.contains(&futile) {
            self.found.push(futile);
        }
    }

    /// Whether a step takes back what an earlier one did: the opposite task, and every field that both
    /// have says the same.
    fn undoes(&self, step: &Step, earlier: &Step) -> bool {
        let (Some(task), Some(other)) = (
            self.catalog.task(&step.task_id),
            self.catalog.task(&earlier.task_id),
        ) else {
            return false;
        };
        opposite(&task.name, &other.name)
            && step.config.iter().all(|value| {
                earlier
                    .config_value(&value.id)
                    .is_none_or(|other| other == value.value)
            })
    }

    /// What happens behind a port, as far as it can be compared.
    fn shape(&self, from: &Step, port: &str, depth: usize) -> Vec<String> {
        if depth == 0 {
            return Vec::new();
        }
        let mut shape = Vec::new();
        for step in self.workflow.followers(&from.id, port) {
            let mut config: Vec<String> = step
                .config
                .iter()
                .map(|value| format!("{}={}", value.id, value.value))
                .collect();
            config.sort();
            shape.push(format!("{} {}", step.task_id, config.join(" ")));
            for port in step.task_type.output_ports() {
                shape.push(format!("-{port}"));
                shape.extend(self.shape(step, port, depth - 1));
            }
        }
        shape
    }
}

/// Whether two names are those of tasks that take each other back.
fn opposite(name: &str, other: &str) -> bool {
    let turned = |(one, two): (&str, &str)| {
        name.strip_prefix(one)
            .zip(other.strip_prefix(two))
            .is_some_and(|(rest, same)| rest == same)
    };
    OPPOSITES
        .iter()
        .any(|(one, two)| turned((one, two)) || turned((two, one)))
        || PAIRS
            .iter()
            .any(|pair| *pair == (name, other) || *pair == (other, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::on_order;

    fn found(body: &str) -> (Vec<Futile>, Option<String>) {
        let catalog = Catalog::builtin();
        let workflow = on_order(body);
        let found = futile(&workflow, &catalog);
        let sentence = sentence(&found, &workflow, &catalog);
        (found, sentence)
    }

    const ADD: &str = "add_order_tags(order_id=order.id, tags=[\"a\"])\n";
    const REMOVE: &str = "remove_order_tags(order_id=order.id, tags=[\"a\"])\n";

    #[test]
    fn what_is_taken_back_is_found() {
        let (undone, said) = found(&format!("    {ADD}    {REMOVE}"));
        assert!(matches!(undone[..], [Futile::Undoes { .. }]), "{undone:?}");
        assert_eq!(
            said.as_deref(),
            Some(
                "Remove order tags takes back what a step before it did; say which one should stay."
            )
        );
        let (undone, _) = found(
            "    for item in order.fulfillmentOrders:\n        hold_fulfillment_order(fulfillment_order_id=item.id, reason=\"OTHER\")\n    for item in order.fulfillmentOrders:\n        release_fulfillment_hold(fulfillment_order_id=item.id)\n",
        );
        assert!(matches!(undone[..], [Futile::Undoes { .. }]), "{undone:?}");
        let (undone, _) = found(&format!(
            "    {ADD}    if order.test == True:\n        {REMOVE}"
        ));
        assert_eq!(undone.len(), 1);
    }

    #[test]
    fn what_stays_or_is_taken_back_later_is_fine() {
        for body in [
            format!("    {ADD}    wait(days=2)\n    {REMOVE}"),
            format!("    {ADD}    {}", REMOVE.replace("\"a\"", "\"b\"")),
            format!("    if order.test == True:\n        {ADD}    else:\n        {REMOVE}"),
            format!("    {ADD}    {ADD}"),
        ] {
            assert_eq!(found(&body), (vec![], None), "{body}");
        }
    }

    #[test]
    fn sides_that_do_the_same_are_found() {
        let sides =
            |no: &str| format!("    if order.test == True:\n        {ADD}    else:\n        {no}");
        let (same, said) = found(&sides(ADD));
        assert!(matches!(same[..], [Futile::SameSides { .. }]), "{same:?}");
        assert_eq!(
            said.as_deref(),
            Some("One condition does the same whichever way it comes out; say what should differ.")
        );
        assert_eq!(found(&sides(&ADD.replace("\"a\"", "\"b\""))).0, []);
        assert_eq!(found(&sides(&format!("{ADD}        {ADD}"))).0, []);
        assert_eq!(
            found(&format!("    if order.test == True:\n        {ADD}")).0,
            []
        );
    }
}
