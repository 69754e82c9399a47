//! The text itself says everything but spelling: what is read from it, without the workflow that it
//! was printed from, is that workflow again, but for what travels beside the text.

use proptest::prelude::*;

use super::*;
use crate::catalog::{Field, FieldKind};
use crate::{condition, generate, json};

fn task(step: &Step) -> Option<&'static crate::catalog::Task> {
    shipped().task(&step.task_id)
}

/// Two spellings of one value, by what a field of this kind means.
fn same_value(field: Option<&Field>, a: &str, b: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    if a == b {
        return true;
    }
    match field.map(|field| field.kind) {
        Some(FieldKind::CommerceObject) => {
            values::reference(a).is_some() && values::reference(a) == values::reference(b)
        }
        Some(
            FieldKind::Array
            | FieldKind::Collections
            | FieldKind::Map
            | FieldKind::Metafield
            | FieldKind::Sort,
        ) => json(a).is_some() && json(a) == json(b),
        Some(FieldKind::Duration) => {
            values::duration_text(a).is_some()
                && values::duration_text(a) == values::duration_text(b)
        }
        Some(FieldKind::Recurrence) => {
            schedule_words(a).is_some() && schedule_words(a) == schedule_words(b)
        }
        Some(FieldKind::Condition) => match (condition::parse(a), condition::parse(b)) {
            (Ok(a), Ok(b)) => super::super::condition::simplify(&a) == b,
            _ => false,
        },
        _ => false,
    }
}

/// What the text loses of a step, in words; nothing when it says the step.
fn lost(base: &Workflow, was: &Step, is: &Step) -> Option<String> {
    if was.task_id != is.task_id || was.task_type != is.task_type {
        return Some(format!("task {:?}", (&is.task_id, is.task_type)));
    }
    let usual = task(was).is_some_and(|task| task.version == is.task_version);
    if was.task_version != is.task_version && !usual {
        return Some(format!("version {:?}", is.task_version));
    }
    let named = match (&was.name, &is.name) {
        (Some(was), Some(is)) => was == is,
        (None, None) => true,
        // The label of a task names nothing but what the task gives anyway.
        (Some(name), None) => {
            task(was).is_some_and(|task| task.output().is_none() && task.label == *name)
        }
        (None, Some(name)) => {
            crate::run::output_name(base, was, shipped()) == Some(crate::run::camel_case(name))
        }
    };
    if !named {
        return Some(format!("name {:?}", is.name));
    }
    let sorted = |step: &Step| {
        let mut config = step.config.clone();
        config.sort_by(|a, b| a.id.cmp(&b.id));
        config
    };
    let (a, b) = (sorted(was), sorted(is));
    if a.len() != b.len() {
        return Some(format!("fields {b:?}"));
    }
    a.iter().zip(&b).find_map(|(a, b)| {
        let field = task(was).and_then(|task| task.field(&a.id));
        (a.id != b.id || !same_value(field, &a.value, &b.value))
            .then(|| format!("{:?} as {:?}", (&a.id, &a.value), (&b.id, &b.value)))
    })
}

/// Everything that must hold of a workflow and its text.
pub(super) fn exact(workflow: &Workflow) -> Result<(), TestCaseError> {
    let catalog = shipped();
    let (text, order) = print::print(workflow, catalog);
    let parsed = parse(&text, catalog);
    let mut findings = parsed.findings.iter();
    if workflow.triggers().next().is_none() {
        // What has no trigger is said to have none; the rest reads all the same.
        prop_assert!(
            findings
                .next()
                .is_some_and(|finding| finding.message.contains("without a trigger"))
        );
    }
    prop_assert!(findings.next().is_none(), "{}\n{:?}", text, parsed.findings);
    let read = &parsed.workflow;
    prop_assert_eq!(&read.name, &workflow.name, "{}", text);
    prop_assert_eq!(read.steps.len(), workflow.steps.len(), "{}", text);
    for (is, at) in read.steps.iter().zip(&order) {
        let was = &workflow.steps[*at];
        let lost = lost(workflow, was, is);
        prop_assert!(lost.is_none(), "{}\n{:?}\n{:?}", text, lost, was);
    }
    let places: Vec<usize> = (0..read.steps.len()).collect();
    prop_assert_eq!(shape(read, &places), shape(workflow, &order), "{}", text);
    prop_assert_eq!(print(read, catalog), text.clone());
    prop_assert_eq!(
        merge(workflow, parsed, catalog),
        workflow.clone(),
        "{}",
        text
    );
    Ok(())
}

proptest! {
    #![proptest_config(generate::cases(300))]

    #[test]
    fn valid_workflows_round_trip_through_python(workflow in generate::workflow()) {
        exact(&workflow)?;
    }

    #[test]
    fn graphs_round_trip_through_python(workflow in generate::graph()) {
        exact(&workflow)?;
    }

    #[test]
    fn valid_workflows_round_trip_through_json(workflow in generate::workflow()) {
        for text in [json::to_text(&workflow), json::to_canonical(&workflow), json::to_flow_file(&workflow)] {
            let imported = json::parse(&text).map_err(|findings| TestCaseError::fail(format!("{findings:?}")))?;
            prop_assert_eq!(&imported.findings, &vec![]);
            prop_assert_eq!(&imported.workflow, &workflow);
        }
        prop_assert_eq!(json::parse(&json::to_text(&workflow)).map(|read| json::to_text(&read.workflow)).ok(), Some(json::to_text(&workflow)));
    }
}
