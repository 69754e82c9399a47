//! The way a run took through its workflow, for the canvas.

use std::collections::HashMap;

use flow::run::{Run, StepOutcome, StepRun};
use flow::workflow::{StepId, Workflow};

use crate::canvas::{Lit, Mark, Tone};
use crate::language::{k, t};

/// Which steps ran, and over which links the run went.
pub fn lit(workflow: &Workflow, run: &Run) -> Lit {
    let mut lit = Lit::default();
    for step in &run.trace {
        lit.steps.insert(step.step.clone());
    }
    for link in &workflow.links {
        if !lit.steps.contains(&link.to) {
            continue;
        }
        let went = run
            .trace
            .iter()
            .filter(|step| step.step == link.from)
            .any(|step| leaves_over(step, &link.from_port));
        if went {
            lit.links
                .insert((link.from.clone(), link.from_port.clone(), link.to.clone()));
        }
    }
    lit
}

fn leaves_over(step: &StepRun, port: &str) -> bool {
    match &step.outcome {
        StepOutcome::Decided { result } => port == if *result { "true" } else { "false" },
        StepOutcome::Looped { items, .. } => port != "loop_body" || *items > 0,
        StepOutcome::Failed { .. } => false,
        _ => true,
    }
}

/// A word on each card: how often and how it ran.
pub fn marks(run: &Run) -> HashMap<StepId, Mark> {
    let mut counts: HashMap<&StepId, (usize, Tone, String)> = HashMap::new();
    for step in &run.trace {
        let (tone, text) = match &step.outcome {
            StepOutcome::Decided { result: true } => (Tone::Good, t(k::FRAME_YES).to_string()),
            StepOutcome::Decided { result: false } => (Tone::Quiet, t(k::FRAME_NO).to_string()),
            StepOutcome::Skipped { .. } => (Tone::Quiet, t(k::RUN_SKIPPED).to_string()),
            StepOutcome::Failed { .. } => (Tone::Bad, t(k::RUN_FAILED).to_string()),
            StepOutcome::Waiting { .. } => (Tone::Warning, t(k::RUN_WAITS).to_string()),
            _ => (Tone::Good, t(k::RUN_RAN).to_string()),
        };
        let entry = counts
            .entry(&step.step)
            .or_insert_with(|| (0, tone, text.clone()));
        entry.0 += 1;
        if entry.1 != tone || entry.2 != text {
            entry.2 = t(k::RUN_MIXED).to_string();
            if tone == Tone::Bad {
                entry.1 = Tone::Bad;
            }
        }
    }
    counts
        .into_iter()
        .map(|(id, (count, tone, text))| {
            let text = if count > 1 {
                format!("{text} {count}×")
            } else {
                text
            };
            (id.clone(), Mark { tone, text })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step};

    use super::*;

    fn ran(step: &str, outcome: StepOutcome) -> StepRun {
        StepRun {
            step: step.to_string(),
            task_id: "x::y".to_string(),
            outcome,
            item: None,
            tests: Vec::new(),
            fields: Default::default(),
            output: None,
            effect: None,
            findings: Vec::new(),
        }
    }

    #[test]
    fn only_the_way_that_was_taken_is_lit() {
        let workflow = Workflow {
            steps: ["t", "if", "yes", "no"]
                .into_iter()
                .map(|id| Step::new(id, "x::y", "0.1", TaskType::Action))
                .collect(),
            links: vec![
                Link::new("t", "output", "if"),
                Link::new("if", "true", "yes"),
                Link::new("if", "false", "no"),
            ],
            ..Workflow::default()
        };
        let run = Run {
            trace: vec![
                ran("t", StepOutcome::Started),
                ran("if", StepOutcome::Decided { result: true }),
                ran("yes", StepOutcome::Asked),
            ],
            ..Run::default()
        };
        let lit = lit(&workflow, &run);
        assert_eq!(lit.steps.len(), 3);
        assert_eq!(lit.links.len(), 2);
        assert!(!lit.steps.contains("no"));
        let marks = marks(&run);
        assert_eq!(marks["if"].text, "Yes");
        assert_eq!(marks["yes"].text, "Ran");
    }
}
