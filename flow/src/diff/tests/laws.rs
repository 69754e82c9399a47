//! What must hold for any two workflows and any choice of changes.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// The changes that a mask picks.
fn picked<'a>(diff: &'a Diff, mask: &[bool]) -> Vec<&'a str> {
    found(diff)
        .into_iter()
        .zip(mask.iter().cycle())
        .filter(|(_, pick)| **pick)
        .map(|(id, _)| id)
        .collect()
}

/// No link to a step that is not there, none twice.
fn sound(workflow: &Workflow) -> Result<(), TestCaseError> {
    let mut seen = HashSet::new();
    for link in &workflow.links {
        prop_assert!(workflow.step(&link.from).is_some(), "{link:?}");
        prop_assert!(workflow.step(&link.to).is_some(), "{link:?}");
        prop_assert!(seen.insert(link), "{link:?} is there twice");
    }
    Ok(())
}

fn reached(workflow: &Workflow) -> BTreeSet<&str> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = workflow.triggers().map(|step| step.id.as_str()).collect();
    while let Some(id) = waiting.pop() {
        if reached.insert(id) {
            let next = workflow.links.iter().filter(|link| link.from == id);
            waiting.extend(next.map(|link| link.to.as_str()));
        }
    }
    reached
}

/// Codes of the findings about structure that an edit must not bring about.
fn errors(workflow: &Workflow) -> BTreeSet<String> {
    crate::check::check(workflow, &Catalog::default())
        .into_iter()
        .filter(|finding| {
            finding.code == "INVALID_LINK" || finding.message.contains("run in a circle")
        })
        .map(|finding| finding.message)
        .collect()
}

/// A workflow without what no change speaks of: order and layout.
fn content(workflow: &Workflow) -> (String, BTreeSet<String>, HashSet<&Link>) {
    let steps = workflow
        .steps
        .iter()
        .map(|step| {
            let mut step = step.clone();
            step.position = [0.0, 0.0];
            step.config.sort_by(|one, other| one.id.cmp(&other.id));
            format!("{step:?}")
        })
        .collect();
    (
        workflow.name.clone(),
        steps,
        workflow.links.iter().collect(),
    )
}

/// What holds for all graphs, however broken.
fn always(old: &Workflow, new: &Workflow, mask: &[bool]) -> Result<Diff, TestCaseError> {
    let diff = diff(old, new);
    let all = with_needs(&diff, &found(&diff));
    prop_assert_eq!(all.len(), diff.changes.len(), "ids are used twice");
    prop_assert_eq!(&apply(old, &diff, &all), new);
    if !diff.is_empty() {
        prop_assert_eq!(&apply(old, &diff, &BTreeSet::new()), old);
    }
    prop_assert!(super::diff(old, old).is_empty());
    let text = serde_json::to_string(&diff).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Diff>(&text).unwrap(), &diff);
    for change in &diff.changes {
        for need in &change.needs {
            prop_assert!(diff.change(need).is_some(), "{need}");
        }
        let sentence = describe(change, old, new, &Catalog::default());
        prop_assert!(sentence.ends_with('.'), "{sentence}");
        for need in with_needs(&diff, &[&change.id]) {
            prop_assert!(dependents(&diff, &[&need]).contains(&change.id));
        }
    }
    prop_assert!(!crate::summary::changes(old, new, &Catalog::default()).is_empty());
    let accepted = with_needs(&diff, &picked(&diff, mask));
    prop_assert_eq!(&with_needs(&diff, &Vec::from_iter(&accepted)), &accepted);
    if !accepted.is_empty() && accepted != all {
        sound(&apply(old, &diff, &accepted))?;
    }
    Ok(diff)
}

/// What holds beyond that for workflows without broken links, and how a choice looks.
fn orderly(
    old: &Workflow,
    new: &Workflow,
    diff: &Diff,
    accepted: &BTreeSet<ChangeId>,
) -> Result<(), TestCaseError> {
    let result = apply(old, diff, accepted);
    sound(&result)?;
    let told = || {
        format!(
            "{accepted:?}\n{}\n{}\n{}",
            links(old),
            links(new),
            links(&result)
        )
    };
    // Exactly what was accepted came and went.
    for change in &diff.changes {
        let yes = accepted.contains(&change.id);
        match &change.what {
            What::StepAdded { step } => {
                prop_assert_eq!(result.step(step).is_some(), yes, "{}", told());
            }
            What::StepRemoved { step } => {
                prop_assert_eq!(result.step(step).is_some(), !yes, "{}", told());
            }
            What::TaskChanged { step, becomes, .. } => {
                let (here, source) = if yes { (becomes, new) } else { (step, old) };
                prop_assert_eq!(result.step(here), source.step(here));
            }
            What::FieldChanged {
                step,
                field,
                from,
                to,
            } => {
                let value = result.step(step).and_then(|step| step.config_value(field));
                let expected = if yes { to } else { from };
                prop_assert_eq!(value, expected.as_deref());
            }
            What::StepMoved { .. } | What::DetailChanged { .. } | What::Renamed { .. } => {}
        }
    }
    prop_assert_eq!(
        result.steps.len(),
        result
            .steps
            .iter()
            .map(|step| &step.id)
            .collect::<BTreeSet<_>>()
            .len()
    );
    // Nothing came loose, and no link is worse than those of the two workflows.
    let (before, after, now) = (reached(old), reached(new), reached(&result));
    for step in &result.steps {
        let id = step.id.as_str();
        if before.contains(id) && after.contains(id) {
            prop_assert!(now.contains(id), "{id} came loose\n{}", told());
        }
    }
    if errors(old).is_empty() && errors(new).is_empty() {
        prop_assert_eq!(errors(&result), BTreeSet::new(), "{}", told());
    }
    // What the result differs in from the old workflow is what was accepted.
    let again = super::diff(old, &result);
    for change in &again.changes {
        prop_assert!(
            accepted.contains(&change.id),
            "{} came too\n{}",
            change.id,
            told()
        );
    }
    for id in accepted.iter().filter(|id| !id.starts_with("move:")) {
        prop_assert!(again.change(id).is_some(), "{id} is lost\n{}", told());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_choice_is_sound((old, new) in generate::edited(), mask in prop::collection::vec(any::<bool>(), 1..12)) {
        let diff = always(&old, &new, &mask)?;
        let accepted = with_needs(&diff, &picked(&diff, &mask));
        if !diff.is_empty() {
            orderly(&old, &new, &diff, &accepted)?;
        }
        // The reverse: all but what is rejected, and what depends on that.
        let rejected = dependents(&diff, &picked(&diff, &mask));
        let rest: BTreeSet<ChangeId> = diff
            .changes
            .iter()
            .map(|change| change.id.clone())
            .filter(|id| !rejected.contains(id))
            .collect();
        prop_assert_eq!(&with_needs(&diff, &Vec::from_iter(&rest)), &rest);
        if !diff.is_empty() {
            orderly(&old, &new, &diff, &rest)?;
        }
    }

    #[test]
    fn each_change_is_sound_alone((old, new) in generate::edited()) {
        let diff = diff(&old, &new);
        for change in &diff.changes {
            orderly(&old, &new, &diff, &with_needs(&diff, &[&change.id]))?;
        }
    }

    #[test]
    fn independent_changes_come_in_any_order((old, new) in generate::edited(), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let diff = diff(&old, &new);
        if diff.is_empty() {
            return Ok(());
        }
        let id = |index: prop::sample::Index| &diff.changes[index.index(diff.changes.len())].id;
        let (one, other) = (with_needs(&diff, &[id(one)]), with_needs(&diff, &[id(other)]));
        if !one.is_disjoint(&other) {
            return Ok(());
        }
        let both: BTreeSet<ChangeId> = one.union(&other).cloned().collect();
        let together = apply(&old, &diff, &both);
        for (first, second) in [(&one, &other), (&other, &one)] {
            let halfway = apply(&old, &diff, first);
            let rest = super::super::diff(&halfway, &new);
            // Outputs are numbered in the order of the file, so that a change halfway can make
            // another provider's name mean something else, and the rest belong together.
            if !with_needs(&rest, &Vec::from_iter(second)).is_subset(second) {
                continue;
            }
            let done = apply(&halfway, &rest, second);
            prop_assert_eq!(content(&done), content(&together), "{:?} then {:?}\n{}\n{}", first, second, links(&old), links(&new));
        }
    }

    #[test]
    fn wild_graphs_neither_hang_nor_break((old, new) in generate::wild(), mask in prop::collection::vec(any::<bool>(), 1..12)) {
        always(&old, &new, &mask)?;
    }
}

#[test]
fn long_chains_are_compared_quickly() {
    let ids: Vec<String> = (0..1_500).map(|at| format!("a{at}")).collect();
    let edges = |ids: &[String]| -> String {
        ids.windows(2)
            .map(|pair| format!("{}>{} ", pair[0], pair[1]))
            .collect()
    };
    let old = graph(&ids.join(" "), &edges(&ids));
    let mut turned = ids.clone();
    turned.swap(1, 900);
    turned.remove(700);
    let new = graph(&turned.join(" "), &edges(&turned));
    let diff = diff(&old, &new);
    assert!(diff.changes.len() > 2);
    let result = apply(&old, &diff, &with_needs(&diff, &["remove:a700"]));
    assert_eq!(result.steps.len(), 1_499);
}
