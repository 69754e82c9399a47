//! What a workflow is made of beside its tasks and fields: comparisons, sides of conditions, loops, waits, values of
//! enums; of an edit, what it adds, takes away and changes.
//!
//! The order and nesting of an edit's steps have a module of their own ([`places`]).
//!
//! Whether a request means such a construct can be learned from its words as well as which task it means
//! ("begin with", "or less", "neither … nor"). `trainer rank --constructs` fits the same kind of model as the
//! [ranker](crate::tools::ranker) on them, and a program is held against it ([`crate::doubts`]). The model that
//! writes never sees it, so it is no part of the contract.

mod features;
mod places;

pub use features::features;
pub(crate) use places::{GONE, TRIGGER};

use std::collections::{BTreeMap, BTreeSet};

use flow::condition::{self, Expr, Op, Operand, Quantifier};
use flow::workflow::TaskType;
use flow::{Catalog, Step, Workflow};

/// The constructs of a new workflow, or of an edit of the one before.
pub fn constructs(
    workflow: &Workflow,
    before: Option<&Workflow>,
    catalog: &Catalog,
) -> BTreeSet<String> {
    let now = counts(workflow, catalog);
    let Some(before) = before else {
        return now.into_keys().collect();
    };
    let then = counts(before, catalog);
    let mut found = BTreeSet::new();
    for key in now.keys().chain(then.keys()) {
        let count = |counts: &BTreeMap<String, usize>| counts.get(key).copied().unwrap_or(0);
        match count(&now).cmp(&count(&then)) {
            std::cmp::Ordering::Greater => found.insert(format!("+{key}")),
            std::cmp::Ordering::Less => found.insert(format!("-{key}")),
            std::cmp::Ordering::Equal => false,
        };
    }
    for step in &workflow.steps {
        let Some(old) = before.step(&step.id) else {
            continue;
        };
        for value in &step.config {
            if old.config_value(&value.id) != Some(value.value.as_str()) {
                found.insert(format!("~{}", value.id));
            }
        }
    }
    found.extend(places::places(workflow, before));
    found
}

/// Which constructs there can be, given the workflow that is edited: what is not there cannot go or change.
///
/// A request is not asked about the others, so that "not the mail" means the mail that is there.
pub struct Open {
    before: Option<Before>,
}

/// What is known of the workflow that is edited.
struct Before {
    constructs: BTreeSet<String>,
    /// The fields of its steps' tasks.
    fields: BTreeSet<String>,
    conditional: bool,
}

impl Open {
    /// For a new workflow, or an edit of the one before.
    pub fn of(before: Option<&Workflow>, catalog: &Catalog) -> Open {
        let before = before.map(|before| Before {
            constructs: counts(before, catalog).into_keys().collect(),
            fields: fields(before, catalog),
            conditional: places::conditional(before),
        });
        Open { before }
    }

    /// Whether there can be such a construct.
    pub fn allows(&self, construct: &str) -> bool {
        let Some(before) = &self.before else {
            return !construct.starts_with(['+', '-', '~']);
        };
        if let Some(gone) = construct.strip_prefix('-') {
            return before.constructs.contains(gone);
        }
        match construct {
            places::TRIGGER | places::MOVED | places::GONE | places::NEW => true,
            places::IN | places::OUT => before.conditional,
            construct => match construct.strip_prefix('~') {
                Some(field) => before.fields.contains(field),
                None => construct.starts_with('+'),
            },
        }
    }
}

/// The fields that the steps of a workflow have, or could have.
fn fields(workflow: &Workflow, catalog: &Catalog) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for step in &workflow.steps {
        let task = catalog.task(&step.task_id);
        let known = task.into_iter().flat_map(|task| &task.fields);
        found.extend(known.map(|field| field.id.clone()));
        found.extend(step.config.iter().map(|value| value.id.clone()));
    }
    found
}

/// How often a workflow has each construct.
fn counts(workflow: &Workflow, catalog: &Catalog) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut add = |key: String| *found.entry(key).or_default() += 1;
    for step in &workflow.steps {
        match step.task_type {
            TaskType::Condition => {
                add("condition".to_string());
                if let Some(Ok(expr)) = step.config_value("condition").map(condition::parse) {
                    tests(&expr, &mut add);
                }
                let leads = |port: &str| workflow.followers(&step.id, port).next().is_some();
                if leads("true") && leads("false") {
                    add("else".to_string());
                } else if leads("false") {
                    add("only else".to_string());
                }
            }
            TaskType::Foreach => add("loop".to_string()),
            TaskType::Wait => add("wait".to_string()),
            TaskType::Trigger | TaskType::Action => task(step, catalog, &mut add),
        }
    }
    let loops = workflow.steps.iter();
    for step in loops.filter(|step| step.task_type == TaskType::Foreach) {
        for inner in workflow.followers(&step.id, "loop_body") {
            let kind = match inner.task_type {
                TaskType::Condition => "condition",
                _ => catalog
                    .task(&inner.task_id)
                    .map_or("other", |task| task.name.as_str()),
            };
            add(format!("loop {kind}"));
        }
    }
    found
}

/// The task of a step, its optional fields and the values of its enums.
fn task(step: &Step, catalog: &Catalog, add: &mut impl FnMut(String)) {
    let Some(task) = catalog
        .task(&step.task_id)
        .filter(|task| task.connector.is_none())
    else {
        return;
    };
    add(format!("task {}", task.name));
    for field in &task.fields {
        let Some(value) = step
            .config_value(&field.id)
            .filter(|value| !value.is_empty())
        else {
            continue;
        };
        if !field.must_be_given() {
            add(format!("{} {}=", task.name, field.id));
        }
        if value.len() > 1 && value.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            add(format!("{} {value}", task.name));
        }
        if value.contains("{%") {
            add("text loop".to_string());
        } else if value.contains("{{") && !["subject", "message"].contains(&field.id.as_str()) {
            add("data in a value".to_string());
        }
    }
}

fn tests(expr: &Expr, add: &mut impl FnMut(String)) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            let or = matches!(expr, Expr::Or(_));
            add(if or { "or" } else { "and" }.to_string());
            parts.iter().for_each(|part| tests(part, add));
        }
        Expr::Not(inner) => {
            add("not".to_string());
            tests(inner, add);
        }
        Expr::List {
            quantifier, body, ..
        } => {
            let name = match quantifier {
                Quantifier::Any => "any",
                Quantifier::All => "all",
                Quantifier::None => "none",
            };
            add(name.to_string());
            tests(body, add);
        }
        Expr::Compare { op, value, .. } => {
            if let Some(name) = comparison(*op, value.as_ref()) {
                add(name.to_string());
            }
            if let Some(Operand::Word(word) | Operand::String(word)) = value
                && word.len() > 1
                && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            {
                add(format!("= {word}"));
            }
        }
    }
}

/// The name of a comparison by what is compared; those that say nothing have none.
fn comparison(op: Op, value: Option<&Operand>) -> Option<&'static str> {
    Some(match (op, value) {
        (Op::Gt, _) => "over",
        (Op::Ge, _) => "at least",
        (Op::Lt, _) => "under",
        (Op::Le, _) => "at most",
        (Op::Eq, Some(Operand::Number(_))) => "exactly",
        (Op::Eq, Some(Operand::String(_))) => "equal text",
        (Op::Eq, Some(Operand::Path(_))) => "equal field",
        (Op::Ne, Some(Operand::Path(_))) => "other field",
        (Op::Eq, Some(Operand::Boolean(true))) => "true",
        (Op::Eq, Some(Operand::Boolean(false))) => "false",
        (Op::Ne, _) => "other",
        (Op::StartWith, _) => "begins",
        (Op::NotStartWith, _) => "begins not",
        (Op::EndWith, _) => "ends",
        (Op::NotEndWith, _) => "ends not",
        (Op::Include, _) => "holds",
        (Op::NotInclude, _) => "holds not",
        (Op::In, _) => "one of",
        (Op::NotIn, _) => "none of",
        (Op::EmptyOrNil | Op::Nil, _) => "empty",
        (Op::NotEmptyAndNotNil | Op::NotNil, _) => "given",
        _ => return None,
    })
}

/// How a construct that stands in a program begins there; `None` where that cannot be said.
pub fn piece(construct: &str) -> Option<String> {
    if construct == places::TRIGGER {
        return Some("@".to_string());
    }
    if let Some(field) = construct.strip_prefix('~') {
        return (!places::ALL.contains(&construct) && field != "condition")
            .then(|| format!("{field}="));
    }
    let construct = construct.trim_start_matches('+');
    let fixed = match construct {
        "else" => "else:",
        "or" => " or ",
        "and" => " and ",
        "not" => "not ",
        "any" => "any(",
        "all" => "all(",
        "none" => "none(",
        "over" => " > ",
        "at least" => " >= ",
        "under" => " < ",
        "at most" => " <= ",
        "exactly" | "equal text" | "equal field" => " == ",
        "true" => " == True",
        "false" => " == False",
        "other" | "other field" => " != ",
        "begins" => ".startswith(",
        "ends" => ".endswith(",
        "empty" => " is None",
        "given" => " is not None",
        "wait" => "wait(",
        "loop" => "for item in ",
        "condition" => "if ",
        "text loop" => "{% for ",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed.to_string());
    }
    if let Some(task) = construct.strip_prefix("task ") {
        return Some(format!("{task}("));
    }
    match construct.rsplit_once(' ') {
        Some((_, field)) if field.ends_with('=') => Some(field.to_string()),
        Some((_, word)) if word.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
            Some(format!("\"{word}\""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::{edited, on_order};

    fn found(before: Option<&str>, body: &str) -> Vec<String> {
        let before = before.map(on_order);
        let workflow = match &before {
            Some(before) => edited(before, body),
            None => on_order(body),
        };
        constructs(&workflow, before.as_ref(), &Catalog::builtin())
            .into_iter()
            .collect()
    }

    const TAG: &str = "    add_order_tags(order_id=order.id, tags=[\"VIP\"])\n";

    #[test]
    fn a_new_workflow_has_all_it_is_made_of() {
        let body = format!(
            "    wait(days=2)\n    if order.totalPriceSet.shopMoney.amount >= 500 and not (any(x.startswith(\"A\") for x in order.discountCodes) or order.note is None):\n    {TAG}    else:\n        cancel_order(order_id=order.id, reason=\"FRAUD\", restock=True)\n"
        );
        assert_eq!(
            found(None, &body),
            [
                "and",
                "any",
                "at least",
                "begins",
                "cancel_order FRAUD",
                "cancel_order restock=",
                "condition",
                "data in a value",
                "else",
                "empty",
                "not",
                "or",
                "task add_order_tags",
                "task cancel_order",
                "task order_created",
                "wait",
            ]
        );
        let body = "    for item in order.lineItems:\n        if item.product.vendor == \"Acme\":\n            add_product_tags(product_id=item.product.id, tags=[\"x\"])\n";
        let found = found(None, body);
        for construct in ["loop", "loop condition", "equal text"] {
            assert!(
                found.iter().any(|one| one == construct),
                "{construct}: {found:?}"
            );
        }
    }

    #[test]
    fn an_edit_has_what_it_changes() {
        let over = |limit: &str| {
            format!("    if order.totalPriceSet.shopMoney.amount > {limit}:\n    {TAG}")
        };
        assert_eq!(found(Some(&over("5")), &over("5")), [""; 0]);
        assert_eq!(found(Some(&over("5")), &over("7")), ["~condition"]);
        let without = found(Some(&over("5")), TAG);
        for construct in ["-condition", "-over"] {
            assert!(without.iter().any(|one| one == construct), "{without:?}");
        }
        assert!(
            without.iter().all(|one| !one.starts_with('+')),
            "{without:?}"
        );
        let more = found(Some(TAG), &format!("{TAG}    wait(days=1)\n"));
        assert_eq!(more, ["+wait", "+wait last", "~new"]);
    }

    #[test]
    fn only_what_is_there_can_go() {
        let catalog = Catalog::builtin();
        let before = on_order(TAG);
        let open = Open::of(Some(&before), &catalog);
        for (construct, expected) in [
            ("-task add_order_tags", true),
            ("-task cancel_order", false),
            ("+task cancel_order", true),
            ("~tags", true),
            ("~subject", false),
            ("~out", false),
            ("~trigger", true),
            ("task add_order_tags", false),
        ] {
            assert_eq!(open.allows(construct), expected, "{construct}");
        }
        let open = Open::of(None, &catalog);
        assert!(open.allows("wait"));
        assert!(!open.allows("+wait"));
    }

    #[test]
    fn constructs_are_found_where_they_begin_in_a_program() {
        for (construct, expected) in [
            ("+else", Some("else:")),
            ("equal text", Some(" == ")),
            ("~subject", Some("subject=")),
            ("~condition", None),
            ("+task add_order_tags", Some("add_order_tags(")),
            ("cancel_order restock=", Some("restock=")),
            ("cancel_order FRAUD", Some("\"FRAUD\"")),
            ("= PAID", Some("\"PAID\"")),
            ("two words", None),
        ] {
            assert_eq!(piece(construct).as_deref(), expected, "{construct}");
        }
    }
}
