//! Where the workflow stands: one line under its name, and words on its cards.

use std::collections::HashMap;

use flow::check::Severity;
use flow::session::{Drawing, State};
use flow::workflow::{StepId, Workflow};

use super::desk::Overlay;
use crate::api::Compared;
use crate::canvas::{Mark, Tone};
use crate::language::{count, k, t};

/// Where the workflow stands, in a few words.
pub fn status(state: &State) -> (Tone, String) {
    if state.drawing == Drawing::Provisional {
        return (Tone::New, t(k::STATUS_BEING_DRAWN).to_string());
    }
    if state.proposal.is_some() {
        return (Tone::New, t(k::REVIEW_WAIT).to_string());
    }
    match &state.activation {
        Some(activation) if !activation.active => (Tone::Quiet, t(k::FRAME_OFF).to_string()),
        Some(activation) if state.unpublished => (
            Tone::Warning,
            count(k::STATUS_ON_CHANGED, activation.version as usize),
        ),
        Some(activation) => (Tone::Good, count(k::STATUS_ON, activation.version as usize)),
        None if state.draft.is_some() => (Tone::Quiet, t(k::STATUS_DRAFT).to_string()),
        None => (Tone::Quiet, t(k::STATUS_NOTHING).to_string()),
    }
}

/// Words on cards: what a proposal changes, and what a check found.
pub fn marks(state: &State) -> HashMap<StepId, Mark> {
    let mut marks = HashMap::new();
    if let (Some(proposal), Some(draft)) = (&state.proposal, &state.draft)
        && state.drawing != Drawing::Provisional
    {
        marks.extend(changes(draft, &proposal.workflow));
    }
    for finding in state.shown_findings() {
        if let Some(step) = &finding.step {
            let (tone, text) = match finding.severity {
                Severity::Error => (Tone::Bad, t(k::STATUS_NEEDS_A_LOOK)),
                Severity::Warning => (Tone::Warning, t(k::STATUS_CHECK_THIS)),
                Severity::Information => continue,
            };
            let mark = Mark {
                tone,
                text: text.to_string(),
            };
            if finding.severity == Severity::Error || !marks.contains_key(step) {
                marks.insert(step.clone(), mark);
            }
        }
    }
    marks
}

/// The workflow as it would be, with the steps that would go still in their places.
///
/// Layout and links of what stays are those of the proposal; a step that would go keeps the links it
/// has now.
pub fn overlaid(draft: &Workflow, proposed: &Workflow) -> Workflow {
    let mut shown = proposed.clone();
    let gone: Vec<_> = draft
        .steps
        .iter()
        .filter(|step| proposed.step(&step.id).is_none())
        .cloned()
        .collect();
    if gone.is_empty() {
        return shown;
    }
    let is_gone = |id: &StepId| gone.iter().any(|step| step.id == *id);
    for link in &draft.links {
        let other_end_is_there = |id: &StepId| is_gone(id) || proposed.step(id).is_some();
        if (is_gone(&link.from) || is_gone(&link.to))
            && other_end_is_there(&link.from)
            && other_end_is_there(&link.to)
        {
            shown.links.push(link.clone());
        }
    }
    shown.steps.extend(gone);
    shown
}

/// Two workflows on one canvas: what tells them apart is marked.
pub fn compared_overlay(compared: &Compared) -> Overlay {
    Overlay {
        workflow: Some(overlaid(&compared.before, &compared.after)),
        lit: None,
        marks: changes(&compared.before, &compared.after).collect(),
    }
}

fn changes<'a>(
    before: &'a Workflow,
    after: &'a Workflow,
) -> impl Iterator<Item = (StepId, Mark)> + 'a {
    let mark = |step: &StepId, tone: Tone, text: &str| {
        let text = text.to_string();
        (step.clone(), Mark { tone, text })
    };
    let there = after
        .steps
        .iter()
        .filter_map(move |step| match before.step(&step.id) {
            None => Some(mark(&step.id, Tone::New, t(k::STATUS_NEW))),
            Some(old) if old.config != step.config || old.task_id != step.task_id => {
                Some(mark(&step.id, Tone::New, t(k::STATUS_CHANGED)))
            }
            Some(_) => None,
        });
    let gone = before
        .steps
        .iter()
        .filter(|step| after.step(&step.id).is_none())
        .map(move |step| mark(&step.id, Tone::Gone, t(k::STATUS_REMOVED)));
    there.chain(gone)
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step};

    use super::*;

    fn workflow(ids: &[&str]) -> Workflow {
        Workflow {
            steps: ids
                .iter()
                .map(|id| Step::new(*id, "x::y", "0.1", TaskType::Action))
                .collect(),
            ..Workflow::default()
        }
    }

    #[test]
    fn a_proposal_marks_new_and_changed_steps() {
        let before = workflow(&["a", "b"]);
        let mut after = workflow(&["a", "b", "c"]);
        after.steps[1].set_config("tags", "[]");
        let marks: HashMap<_, _> = changes(&before, &after).collect();
        assert_eq!(marks.len(), 2);
        assert_eq!(marks["b"].text, "Changed");
        assert_eq!(marks["c"].text, "New");
    }

    #[test]
    fn a_step_that_would_go_stays_in_sight_with_its_links() {
        let mut before = workflow(&["a", "b", "c"]);
        before.links = vec![Link::new("a", "output", "b"), Link::new("b", "output", "c")];
        let mut after = workflow(&["a", "c"]);
        after.links = vec![Link::new("a", "output", "c")];
        let shown = overlaid(&before, &after);
        let ids: Vec<&str> = shown.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, ["a", "c", "b"]);
        assert_eq!(shown.links.len(), 3);
        let marks: HashMap<_, _> = changes(&before, &after).collect();
        assert_eq!(marks["b"].text, "Removed");
        assert_eq!(marks.len(), 1);
    }
}
