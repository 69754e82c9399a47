//! What a workflow needs of what the searches find: its tasks and the fields it reads.
//!
//! The ranker is fitted on these labels (`trainer rank`), and a draft is held against them
//! ([`crate::doubts`]).

use std::collections::{BTreeMap, BTreeSet};

use flow::condition::{Expr, Operand};
use flow::workflow::TaskType;
use flow::{Catalog, Workflow};

use super::ranker::Label;

/// The tasks of a workflow and the fields it reads.
pub fn needs(workflow: &Workflow, catalog: &Catalog) -> BTreeSet<Label> {
    let mut found = BTreeSet::new();
    for step in &workflow.steps {
        match step.task_type {
            TaskType::Condition => {
                if let Some(Ok(expr)) = step.config_value("condition").map(flow::condition::parse) {
                    let mut paths = BTreeSet::new();
                    tested(&expr, &BTreeMap::new(), &mut paths);
                    found.extend(paths.into_iter().map(|path| Label::Path(seen(&path))));
                }
            }
            TaskType::Foreach => {
                let list = step.config_value("listpath").unwrap_or_default();
                if list.contains('.') {
                    found.insert(Label::Path(seen(list)));
                }
            }
            _ => {
                if let Some(task) = catalog.task(&step.task_id) {
                    found.insert(Label::Task(task.name.clone()));
                }
                for field in &step.config {
                    // Mails hold the same few fields whatever they are about.
                    if ["subject", "message"].contains(&field.id.as_str()) {
                        continue;
                    }
                    for path in flow::liquid::paths(&field.value) {
                        if !path.ends_with(".id") && path.contains('.') {
                            found.insert(Label::Path(seen(&path)));
                        }
                    }
                }
            }
        }
    }
    found
}

/// The path as it stands in the Python form: items of loops are `item`.
fn seen(path: &str) -> String {
    match path.split_once('.') {
        Some((first, rest)) if first.ends_with("Foreachitem") => format!("item.{rest}"),
        _ => path.to_string(),
    }
}

fn tested(expr: &Expr, items: &BTreeMap<String, String>, found: &mut BTreeSet<String>) {
    let full = |path: &str| -> String {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match items.get(head) {
            Some(list) if rest.is_empty() => list.clone(),
            Some(list) => format!("{list}.{rest}"),
            None => path.to_string(),
        }
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                tested(part, items, found);
            }
        }
        Expr::Not(inner) => tested(inner, items, found),
        Expr::List {
            path, item, body, ..
        } => {
            let mut inner = items.clone();
            inner.insert(item.clone(), full(path));
            tested(body, &inner, found);
        }
        Expr::Compare { path, value, .. } => {
            found.insert(full(path));
            if let Some(Operand::Path(other)) = value {
                found.insert(full(other));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_needs_its_tasks_and_the_fields_it_reads() {
        let catalog = Catalog::builtin();
        let program = "@order_created\ndef a(order):\n    if any(x.product.vendor == \"Acme\" for x in order.lineItems) and order.test == False:\n        for item in order.lineItems:\n            add_product_tags(product_id=item.product.id, tags=[\"{{ lineItemsForeachitem.sku }}\"])\n";
        let parsed = flow::python::parse(program, &catalog);
        assert_eq!(parsed.findings, []);
        let needs: Vec<String> = needs(&parsed.workflow, &catalog)
            .into_iter()
            .map(|label| match label {
                Label::Task(name) => format!("task {name}"),
                Label::Path(path) => path,
            })
            .collect();
        assert_eq!(
            needs,
            [
                "task add_product_tags",
                "task order_created",
                "item.sku",
                "order.lineItems",
                "order.lineItems.product.vendor",
                "order.test",
            ]
        );
    }
}
