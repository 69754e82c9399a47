//! Undo and redo: the drafts before and after the one in force, by chat and by hand in one row.

use serde::{Deserialize, Serialize};

use crate::check::Finding;
use crate::workflow::Workflow;

/// So many changes can be taken back.
pub const MOST_EDITIONS: usize = 100;
/// A change is called by at most so many characters.
const SUMMARY_CHARACTERS: usize = 60;

/// A draft, and what the change is called that it stands beside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// For a draft to go back to, the change that came after it; for one to go forward to, the change
    /// that leads to it. For example `Chat: email me instead`.
    pub summary: String,
    /// `None` before anything was drawn.
    pub workflow: Option<Workflow>,
    /// Findings of the workflow.
    pub findings: Vec<Finding>,
}

/// The drafts around the one in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    past: Vec<Edition>,
    future: Vec<Edition>,
}

impl History {
    /// What undoing would take back, if there is anything.
    pub fn undoes(&self) -> Option<&str> {
        self.past.last().map(|edition| edition.summary.as_str())
    }

    /// What redoing would make again, if there is anything.
    pub fn redoes(&self) -> Option<&str> {
        self.future.last().map(|edition| edition.summary.as_str())
    }

    /// The draft that undoing would put in force.
    pub fn before(&self) -> Option<&Edition> {
        self.past.last()
    }

    /// The draft that redoing would put in force.
    pub fn after(&self) -> Option<&Edition> {
        self.future.last()
    }

    /// The draft is about to change; what was undone before can no longer be redone.
    pub(super) fn changed(&mut self, before: Edition) {
        self.future.clear();
        self.past.push(before);
        if self.past.len() > MOST_EDITIONS {
            self.past.remove(0);
        }
    }

    /// Goes one draft back, from the one in force; `None` at the beginning.
    pub(super) fn undo(&mut self, now: Edition) -> Option<Edition> {
        let edition = self.past.pop()?;
        self.future.push(Edition {
            summary: edition.summary.clone(),
            ..now
        });
        Some(edition)
    }

    /// Goes one draft forward, from the one in force; `None` at the end.
    pub(super) fn redo(&mut self, now: Edition) -> Option<Edition> {
        let edition = self.future.pop()?;
        self.past.push(Edition {
            summary: edition.summary.clone(),
            ..now
        });
        Some(edition)
    }
}

/// The first line of a request, short enough for a button.
pub(super) fn shortened(request: &str) -> String {
    let line = request.trim().lines().next().unwrap_or_default().trim();
    if line.chars().count() <= SUMMARY_CHARACTERS {
        return line.to_string();
    }
    let cut: String = line.chars().take(SUMMARY_CHARACTERS).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}
