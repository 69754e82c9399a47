//! The fold: verdicts on single changes, undo and redo.

use super::*;
use crate::diff::{apply, diff, with_needs};
use crate::workflow::TaskType;

fn workflow(name: &str, tags: &str, steps: &[&str]) -> Workflow {
    let mut workflow = Workflow {
        name: name.to_string(),
        ..Workflow::default()
    };
    for (at, id) in steps.iter().enumerate() {
        let task_type = if at == 0 {
            TaskType::Trigger
        } else {
            TaskType::Action
        };
        let mut step = Step::new(*id, format!("x::{id}"), "0.1", task_type);
        if at == 1 {
            step.set_config("tags", tags);
        }
        if at > 0 {
            workflow.links.push(Link::new(steps[at - 1], "output", *id));
        }
        workflow.steps.push(step);
    }
    workflow
}

fn log(events: Vec<Event>) -> State {
    let recorded: Vec<Recorded> = events
        .into_iter()
        .enumerate()
        .map(|(at, event)| Recorded {
            seq: at as u64 + 1,
            at_ms: 0,
            event,
        })
        .collect();
    State::fold(&recorded)
}

fn said(turn: u32, text: &str) -> Event {
    Event::MerchantSaid {
        turn,
        text: text.to_string(),
    }
}

fn drafted(turn: u32, workflow: &Workflow) -> Event {
    Event::DraftCompleted {
        turn,
        workflow: workflow.clone(),
        findings: Vec::new(),
    }
}

fn judged(turn: u32, before: &Workflow, after: &Workflow, id: &str, accepted: bool) -> Event {
    let difference = diff(before, after);
    let changes = with_needs(&difference, &[id]);
    let chosen = if accepted {
        changes.clone()
    } else {
        difference
            .changes
            .iter()
            .map(|change| change.id.clone())
            .filter(|other| !changes.contains(other))
            .collect()
    };
    Event::ChangesJudged {
        turn,
        accepted,
        workflow: apply(before, &difference, &chosen),
        findings: Vec::new(),
        remaining: difference.changes.len() - changes.len(),
        changes: changes.into_iter().collect(),
    }
}

#[test]
fn accepting_one_change_leaves_the_others_pending() {
    let before = workflow("A", "[\"a\"]", &["t", "x"]);
    let after = workflow("B", "[\"b\"]", &["t", "x"]);
    let mut events = vec![
        said(1, "make it"),
        drafted(1, &before),
        said(2, "change it"),
        drafted(2, &after),
        judged(2, &before, &after, "name", true),
    ];
    let state = log(events.clone());
    let draft = state.draft.clone().expect("a draft");
    assert_eq!(draft.name, "B");
    assert_eq!(draft.steps[1].config_value("tags"), Some("[\"a\"]"));
    assert_eq!(
        state.proposal.as_ref().map(|proposal| proposal.turn),
        Some(2)
    );
    assert_eq!(state.revision, 5);

    events.push(judged(2, &draft, &after, "field:x:tags", true));
    let state = log(events);
    assert_eq!(state.draft, Some(after));
    assert_eq!(state.proposal, None);
}

#[test]
fn rejecting_changes_takes_them_out_of_the_proposal_and_leaves_the_draft() {
    let before = workflow("A", "[\"a\"]", &["t", "x"]);
    let after = workflow("B", "[\"b\"]", &["t", "x"]);
    let events = vec![
        drafted(1, &before),
        drafted(2, &after),
        judged(2, &before, &after, "name", false),
    ];
    let state = log(events.clone());
    assert_eq!(state.draft.as_ref(), Some(&before));
    let proposal = state.proposal.expect("a proposal");
    assert_eq!(proposal.workflow.name, "A");
    let mut events = events;
    events.push(judged(
        2,
        &before,
        &proposal.workflow,
        "field:x:tags",
        false,
    ));
    let state = log(events);
    assert_eq!(state.draft, Some(before));
    assert_eq!(state.proposal, None);
    assert_eq!(state.revision, 1);
}

#[test]
fn a_turn_that_changes_nothing_leaves_nothing_to_decide() {
    let before = workflow("A", "[]", &["t", "x"]);
    let after = workflow("B", "[]", &["t", "x"]);
    let same = log(vec![drafted(1, &before), drafted(2, &before)]);
    assert_eq!(same.proposal, None);
    assert_eq!(same.history.undoes(), Some("Chat: "));
    let back = log(vec![
        drafted(1, &before),
        drafted(2, &after),
        drafted(3, &before),
    ]);
    assert_eq!(back.proposal, None);
    assert_eq!(back.draft, Some(before));
}

#[test]
fn a_verdict_on_another_turn_changes_nothing() {
    let before = workflow("A", "[]", &["t", "x"]);
    let after = workflow("B", "[]", &["t", "x"]);
    let state = log(vec![
        drafted(1, &before),
        drafted(2, &after),
        judged(3, &before, &after, "name", true),
    ]);
    assert_eq!(state.draft, Some(before));
    assert!(state.proposal.is_some());
}

#[test]
fn undo_and_redo_walk_over_chat_and_hand_alike() {
    let first = workflow("A", "[]", &["t", "x"]);
    let second = workflow("B", "[]", &["t", "x"]);
    let mut events = vec![
        said(1, "tag orders"),
        drafted(1, &first),
        Event::EditedByHand {
            summary: "Renamed the workflow".to_string(),
            workflow: second.clone(),
            findings: Vec::new(),
        },
    ];
    let state = log(events.clone());
    assert_eq!(state.history.undoes(), Some("Renamed the workflow"));
    assert_eq!(state.history.redoes(), None);

    let undone = |summary: &str| Event::Undone {
        summary: summary.to_string(),
    };
    events.push(undone("Renamed the workflow"));
    let state = log(events.clone());
    assert_eq!(state.draft, Some(first.clone()));
    assert_eq!(state.history.undoes(), Some("Chat: tag orders"));
    assert_eq!(state.history.redoes(), Some("Renamed the workflow"));

    events.push(undone("Chat: tag orders"));
    let state = log(events.clone());
    assert_eq!(state.draft, None);
    assert_eq!(state.drawing, Drawing::Empty);
    assert_eq!(state.history.undoes(), None);
    // Once more there is nothing to take back.
    events.push(undone("anything"));
    assert_eq!(log(events.clone()).draft, None);

    for (summary, expected) in [
        ("Chat: tag orders", &first),
        ("Renamed the workflow", &second),
    ] {
        events.push(Event::Redone {
            summary: summary.to_string(),
        });
        assert_eq!(log(events.clone()).draft.as_ref(), Some(expected));
    }
    assert_eq!(log(events).history.redoes(), None);
}

#[test]
fn a_change_after_undoing_ends_what_could_be_redone() {
    let state = log(vec![
        drafted(1, &workflow("A", "[]", &["t"])),
        Event::EditedByHand {
            summary: "One".to_string(),
            workflow: workflow("B", "[]", &["t"]),
            findings: Vec::new(),
        },
        Event::Undone {
            summary: "One".to_string(),
        },
        Event::EditedByHand {
            summary: "Two".to_string(),
            workflow: workflow("C", "[]", &["t"]),
            findings: Vec::new(),
        },
    ]);
    assert_eq!(state.history.redoes(), None);
    assert_eq!(state.history.undoes(), Some("Two"));
    assert_eq!(state.draft.map(|draft| draft.name), Some("C".to_string()));
}

#[test]
fn changes_by_hand_that_follow_one_another_are_one_entry() {
    let by_hand = |summary: &str| Event::EditedByHand {
        summary: summary.to_string(),
        workflow: workflow("B", "[]", &["t"]),
        findings: Vec::new(),
    };
    let state = log(vec![
        by_hand("One"),
        by_hand("Two"),
        Event::Undone {
            summary: "Two".to_string(),
        },
        Event::Activated {
            workflow_id: "w".to_string(),
            version: 1,
        },
        by_hand("Three"),
    ]);
    let entry = |changes: &[&str]| ChatEntry::ByHand {
        changes: changes.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(state.chat.len(), 3);
    assert_eq!(state.chat[0], entry(&["One", "Two", "Undone: Two"]));
    assert_eq!(state.chat[2], entry(&["Three"]));
}

#[test]
fn undoing_after_turning_on_leaves_changes_that_are_not_on() {
    let state = log(vec![
        drafted(1, &workflow("A", "[]", &["t"])),
        Event::Activated {
            workflow_id: "w".to_string(),
            version: 1,
        },
        Event::EditedByHand {
            summary: "One".to_string(),
            workflow: workflow("B", "[]", &["t"]),
            findings: Vec::new(),
        },
        Event::Undone {
            summary: "One".to_string(),
        },
    ]);
    assert!(state.unpublished);
}

#[test]
fn long_requests_are_cut_at_a_word_in_the_history() {
    let long = "word ".repeat(40);
    let state = log(vec![
        said(1, &long),
        drafted(1, &workflow("A", "[]", &["t"])),
    ]);
    let name = state.history.undoes().expect("something to undo");
    assert!(
        name.starts_with("Chat: word") && name.ends_with("word…"),
        "{name}"
    );
    assert!(name.chars().count() < 70, "{name}");
}
