//! What holds for every workflow and every edit.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::diff::tests::generate::{program, wild};

type Pick = (u8, u16, u16, u16);

fn pick<T>(list: &[T], at: u16) -> Option<&T> {
    (!list.is_empty()).then(|| &list[usize::from(at) % list.len()])
}

fn some_place(workflow: &Workflow, at: u16) -> Place {
    let link = pick(&workflow.links, at / 4);
    let step = pick(&workflow.steps, at / 4);
    match (at % 4, link, step) {
        (0, Some(link), _) => on(&link.from, &link.from_port, &link.to),
        (1, _, Some(step)) => {
            let ports = step.task_type.output_ports();
            after(&step.id, ports[usize::from(at / 7) % ports.len()])
        }
        (2, ..) => Place::Loose,
        _ => Place::Start,
    }
}

fn some_edit(workflow: &Workflow, (what, first, second, third): Pick) -> Edit {
    let id = |at: u16| pick(&workflow.steps, at).map_or_else(String::new, |step| step.id.clone());
    let some = || -> Vec<StepId> {
        let mut some = vec![id(first)];
        if third % 3 > 0 {
            some.push(id(second));
        }
        if third % 3 > 1 {
            some.push(id(third));
        }
        some
    };
    let task = |at: u16| [TAGS, EMAIL, CONDITION, FOREACH, ORDER][usize::from(at) % 5].to_string();
    match what % 12 {
        0 => Edit::Rename {
            name: format!("Name {first}"),
        },
        1 => Edit::AddTrigger {
            task_id: ORDER.to_string(),
        },
        2 | 3 => add(&task(second), some_place(workflow, first)),
        4 => Edit::Remove { steps: some() },
        5 => Edit::Duplicate { steps: some() },
        6 => Edit::Paste {
            steps: workflow
                .steps
                .iter()
                .skip(usize::from(first % 5))
                .cloned()
                .collect(),
            links: workflow.links.clone(),
            place: some_place(workflow, second),
        },
        7 | 8 => Edit::Move {
            steps: some(),
            place: some_place(workflow, second),
        },
        9 => Edit::ChangeTask {
            step: id(first),
            task_id: task(second),
        },
        10 => Edit::Link {
            from: id(first),
            port: "output".to_string(),
            to: id(second),
        },
        _ => Edit::SwapBranches { step: id(first) },
    }
}

fn sound(workflow: &Workflow) -> Result<(), TestCaseError> {
    let ids: BTreeSet<&str> = workflow.steps.iter().map(|step| step.id.as_str()).collect();
    prop_assert_eq!(ids.len(), workflow.steps.len(), "an id twice");
    let mut links = BTreeSet::new();
    for link in &workflow.links {
        prop_assert!(ids.contains(link.from.as_str()), "from nowhere: {:?}", link);
        prop_assert!(ids.contains(link.to.as_str()), "to nowhere: {:?}", link);
        let ports = workflow
            .step(&link.from)
            .map(|step| step.task_type.output_ports());
        prop_assert!(
            ports.is_some_and(|ports| ports.contains(&link.from_port.as_str())),
            "no such port: {:?}",
            link
        );
        prop_assert!(
            links.insert((&link.from, &link.from_port, &link.to)),
            "twice: {:?}",
            link
        );
    }
    Ok(())
}

fn codes(workflow: &Workflow) -> Vec<String> {
    check(workflow, catalog())
        .into_iter()
        .filter(|finding| finding.bucket == crate::check::Bucket::Workflow)
        .map(|finding| finding.message)
        .collect()
}

const NEVER_RUNS: &str = "Nothing leads to this step, so it never runs; link it or remove it.";

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_edit_leaves_a_sound_workflow(program in program(), picks in prop::collection::vec(any::<Pick>(), 1..5)) {
        let mut workflow = program.compile();
        for pick in picks {
            let edit = some_edit(&workflow, pick);
            if let Ok(edited) = apply(&workflow, &edit, catalog()) {
                sound(&edited.workflow)?;
                prop_assert!(!edited.summary.is_empty());
                if let Some(select) = &edited.select {
                    prop_assert!(edited.workflow.step(select).is_some());
                }
                let circle = codes(&edited.workflow).iter().any(|message| message.contains("circle"));
                prop_assert!(!circle, "{:?} made a circle", edit);
                workflow = edited.workflow;
            }
        }
    }

    #[test]
    fn no_workflow_and_no_edit_panics((first, second) in wild(), pick in any::<Pick>()) {
        let edit = some_edit(&second, pick);
        let _ = apply(&first, &edit, catalog());
        let _ = apply(&second, &edit, catalog());
    }

    #[test]
    fn removing_steps_cuts_nothing_off(program in program(), first in any::<u16>(), second in any::<u16>()) {
        let workflow = program.compile();
        let some: Vec<StepId> = [first, second]
            .iter()
            .filter_map(|at| pick(&workflow.steps, *at))
            .filter(|step| step.task_type != TaskType::Trigger)
            .map(|step| step.id.clone())
            .collect();
        let lost = |workflow: &Workflow| -> BTreeSet<StepId> {
            check(workflow, catalog())
                .into_iter()
                .filter(|finding| finding.message == NEVER_RUNS)
                .filter_map(|finding| finding.step)
                .collect()
        };
        if let Ok(edited) = apply(&workflow, &Edit::Remove { steps: some }, catalog()) {
            let before = lost(&workflow);
            prop_assert!(lost(&edited.workflow).is_subset(&before));
        }
    }

    #[test]
    fn inserting_on_a_link_and_removing_gives_the_same_graph(program in program(), link in any::<u16>(), task in 0..4_usize) {
        let workflow = program.compile();
        if let Some(link) = pick(&workflow.links, link) {
            let place = on(&link.from, &link.from_port, &link.to);
            let task = [TAGS, EMAIL, CONDITION, FOREACH][task];
            let added = made(&workflow, &add(task, place));
            let new = added.select.expect("the new step");
            let back = made(&added.workflow, &Edit::Remove { steps: vec![new] });
            prop_assert_eq!(&back.workflow.links, &workflow.links);
            let content = |workflow: &Workflow| -> Vec<Step> {
                workflow.steps.iter().cloned().map(|step| Step { position: [0.0, 0.0], ..step }).collect()
            };
            prop_assert_eq!(content(&back.workflow), content(&workflow));
        }
    }

    #[test]
    fn swapping_branches_twice_changes_nothing(program in program(), at in any::<u16>()) {
        let workflow = program.compile();
        let conditions: Vec<&Step> = workflow.steps.iter().filter(|step| step.task_type == TaskType::Condition).collect();
        if let Some(step) = pick(&conditions, at) {
            let edit = Edit::SwapBranches { step: step.id.clone() };
            if let Ok(once) = apply(&workflow, &edit, catalog()) {
                prop_assert_eq!(made(&once.workflow, &edit).workflow, workflow);
            }
        }
    }

    #[test]
    fn duplicating_leaves_the_original_steps_as_they_are(program in program(), at in any::<u16>()) {
        let workflow = program.compile();
        if let Some(step) = pick(&workflow.steps, at)
            && let Ok(edited) = apply(&workflow, &Edit::Duplicate { steps: vec![step.id.clone()] }, catalog())
        {
            for step in &workflow.steps {
                let now = edited.workflow.step(&step.id).map(|now| (&now.config, &now.task_id, &now.name));
                prop_assert_eq!(now, Some((&step.config, &step.task_id, &step.name)));
            }
            prop_assert!(edited.workflow.steps.len() > workflow.steps.len());
        }
    }
}
