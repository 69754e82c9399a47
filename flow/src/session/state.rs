//! What a session looks like after a prefix of its log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Edition, Event, History, Outcome, Recorded};
use crate::check::Finding;
use crate::workflow::Workflow;

/// One entry of the chat as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChatEntry {
    /// What the merchant wrote.
    Merchant {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The words as they were written.
        text: String,
    },
    /// A tool ran; the chat shows it in one quiet line.
    Tool {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The tool's name.
        tool: String,
        /// What the model gave the tool.
        arguments: Value,
    },
    /// What the merchant was answered.
    Answer {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The class of the answer.
        outcome: Outcome,
        /// What the merchant reads.
        message: String,
        /// Choices to click, of a clarification.
        choices: Vec<String>,
    },
    /// The turn failed, was stopped or was interrupted; offers a retry.
    Trouble {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// What the merchant reads.
        message: String,
    },
    /// Something the merchant did: a verdict, an activation.
    Note {
        /// The words as they were written.
        text: String,
    },
    /// Changes by hand that followed one another, those taken back or made again included.
    ByHand {
        /// What a person would call each of them, the newest last; never empty.
        changes: Vec<String>,
    },
}

/// Where the turn stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TurnState {
    /// Nothing runs; a request can be made.
    #[default]
    Idle,
    /// A turn is at work.
    Running {
        /// The turn, counted from 1 within the session.
        turn: u32,
    },
}

/// Whether what is on the canvas has been checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drawing {
    /// Nothing has been drawn.
    #[default]
    Empty,
    /// Steps appear while the model writes.
    Provisional,
    /// The whole workflow was parsed and checked.
    Verified,
}

/// A whole new version of the workflow that waits for the merchant's verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The turn that proposed it.
    pub turn: u32,
    /// The workflow as it would be.
    pub workflow: Workflow,
    /// What the check of it found.
    pub findings: Vec<Finding>,
    /// The number of the event that last changed what is proposed.
    pub revision: u64,
}

/// The activated workflow of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// Id of the stored workflow.
    pub workflow_id: String,
    /// The version that was turned on, from 1.
    pub version: u32,
    /// False once it was turned off again.
    pub active: bool,
}

/// What a session looks like after a prefix of its log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last event that was folded in, 0 before the first.
    pub last_seq: u64,
    /// Name of the store, for support.
    pub store: String,
    /// Connectors installed in the store.
    pub installed: Vec<String>,
    /// The chat, oldest first.
    pub chat: Vec<ChatEntry>,
    /// Whether a turn is at work.
    pub turn: TurnState,
    /// Number of the last turn, 0 before the first.
    pub last_turn: u32,
    /// What the merchant last asked for, to retry it.
    pub last_request: String,
    /// The draft in force: what activation would turn on.
    pub draft: Option<Workflow>,
    /// Findings of the draft.
    pub findings: Vec<Finding>,
    /// Steps drawn by the running turn.
    pub drawn: Workflow,
    /// Whether what is shown has been checked.
    pub drawing: Drawing,
    /// Changes that wait for a verdict.
    pub proposal: Option<Proposal>,
    /// The last activation, if there was one.
    pub activation: Option<Activation>,
    /// The draft changed after the last activation.
    pub unpublished: bool,
    /// The number of the event that last changed the draft; 0 while there is none. Who changes the
    /// draft by hand says which one they saw, so that nothing is overwritten unseen.
    pub revision: u64,
    /// The drafts before and after this one, to undo and redo.
    pub history: History,
}

impl State {
    /// Folds a whole log.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> State {
        let mut state = State::default();
        for recorded in events {
            state.apply(recorded);
        }
        state
    }

    /// Folds one more event in. An event that was already seen changes nothing.
    pub fn apply(&mut self, recorded: &Recorded) {
        if recorded.seq <= self.last_seq {
            return;
        }
        self.last_seq = recorded.seq;
        match &recorded.event {
            Event::SessionStarted {
                store,
                installed,
                workflow,
                ..
            } => {
                self.store.clone_from(store);
                self.installed.clone_from(installed);
                if let Some(workflow) = workflow {
                    self.draft = Some(workflow.clone());
                    self.drawing = Drawing::Verified;
                    self.revision = recorded.seq;
                }
            }
            Event::MerchantSaid { turn, text } => {
                self.last_turn = *turn;
                self.last_request.clone_from(text);
                self.chat.push(ChatEntry::Merchant {
                    turn: *turn,
                    text: text.clone(),
                });
            }
            Event::TurnStarted { turn, .. } => {
                self.turn = TurnState::Running { turn: *turn };
                self.clear_drawn();
            }
            Event::ToolCalled {
                turn,
                tool,
                arguments,
                ..
            } => self.chat.push(ChatEntry::Tool {
                turn: *turn,
                tool: tool.clone(),
                arguments: arguments.clone(),
            }),
            Event::StepDrawn { step, links, .. } => {
                self.drawn.steps.push(step.clone());
                self.drawn.links.extend(links.iter().cloned());
                self.drawing = Drawing::Provisional;
            }
            Event::Sampled { .. } => {}
            Event::RepairRequested { .. } => self.clear_drawn(),
            Event::DraftCompleted {
                turn,
                workflow,
                findings,
            } => {
                self.clear_drawn();
                // What is the same as before is nothing to decide on.
                if self.draft.as_ref() == Some(workflow) {
                    self.proposal = None;
                } else if self.draft.is_some() {
                    self.proposal = Some(Proposal {
                        turn: *turn,
                        workflow: workflow.clone(),
                        findings: findings.clone(),
                        revision: recorded.seq,
                    });
                } else {
                    let name = self.name_of_turn();
                    self.change(&name, workflow, findings);
                }
            }
            Event::Answered {
                turn,
                outcome,
                message,
                choices,
            } => self.chat.push(ChatEntry::Answer {
                turn: *turn,
                outcome: *outcome,
                message: message.clone(),
                choices: choices.clone(),
            }),
            Event::TurnFinished { .. } => {
                self.turn = TurnState::Idle;
                self.clear_drawn();
            }
            Event::TurnFailed { turn, message } => {
                self.turn = TurnState::Idle;
                self.clear_drawn();
                self.chat.push(ChatEntry::Trouble {
                    turn: *turn,
                    message: message.clone(),
                });
            }
            Event::TurnInterrupted { turn } => {
                self.turn = TurnState::Idle;
                self.clear_drawn();
                self.chat.push(ChatEntry::Trouble {
                    turn: *turn,
                    message: "This was interrupted before it was finished. Nothing you had is lost; try it again."
                        .to_string(),
                });
            }
            Event::ProposalJudged { turn, accepted } => {
                if let Some(proposal) = self.proposal.take_if(|proposal| proposal.turn == *turn) {
                    if *accepted {
                        let name = self.name_of_turn();
                        self.change(&name, &proposal.workflow, &proposal.findings);
                    }
                    self.note(if *accepted {
                        "You accepted the changes."
                    } else {
                        "You discarded the changes."
                    });
                }
            }
            Event::ChangesJudged {
                turn,
                accepted,
                workflow,
                findings,
                changes,
                remaining,
            } => self.judge(
                *turn,
                *accepted,
                workflow,
                findings,
                changes.len(),
                *remaining,
            ),
            Event::EditedByHand {
                summary,
                workflow,
                findings,
            } => {
                self.proposal = None;
                self.change(summary, workflow, findings);
                self.by_hand(summary.clone());
            }
            Event::Undone { summary } => {
                if let Some(edition) = self.history.undo(self.edition(summary)) {
                    self.put(edition);
                    self.by_hand(format!("Undone: {summary}"));
                }
            }
            Event::Redone { summary } => {
                if let Some(edition) = self.history.redo(self.edition(summary)) {
                    self.put(edition);
                    self.by_hand(format!("Redone: {summary}"));
                }
            }
            Event::Activated {
                workflow_id,
                version,
            } => {
                self.activation = Some(Activation {
                    workflow_id: workflow_id.clone(),
                    version: *version,
                    active: true,
                });
                self.unpublished = false;
                self.note(&format!("You turned the workflow on (version {version})."));
            }
            Event::Deactivated { .. } => {
                if let Some(activation) = &mut self.activation {
                    activation.active = false;
                }
                self.note("You turned the workflow off.");
            }
            Event::FeedbackGiven { up, .. } => self.note(if *up {
                "You said this was helpful."
            } else {
                "You said this was not helpful."
            }),
        }
    }

    /// The workflow the canvas shows: steps being drawn, else a pending proposal, else the draft.
    pub fn shown(&self) -> Option<&Workflow> {
        if self.drawing == Drawing::Provisional {
            Some(&self.drawn)
        } else if let Some(proposal) = &self.proposal {
            Some(&proposal.workflow)
        } else {
            self.draft.as_ref()
        }
    }

    /// Findings that belong to what [`State::shown`] returns.
    pub fn shown_findings(&self) -> &[Finding] {
        match (&self.proposal, self.drawing) {
            (_, Drawing::Provisional) => &[],
            (Some(proposal), _) => &proposal.findings,
            (None, _) => &self.findings,
        }
    }

    /// What the change of the running or last turn is called in the history.
    fn name_of_turn(&self) -> String {
        format!("Chat: {}", super::history::shortened(&self.last_request))
    }

    /// The draft in force as an entry of the history.
    fn edition(&self, summary: &str) -> Edition {
        Edition {
            summary: summary.to_string(),
            workflow: self.draft.clone(),
            findings: self.findings.clone(),
        }
    }

    /// A new draft; the one before can be got back.
    fn change(&mut self, summary: &str, workflow: &Workflow, findings: &[Finding]) {
        self.history.changed(self.edition(summary));
        self.put(Edition {
            summary: String::new(),
            workflow: Some(workflow.clone()),
            findings: findings.to_vec(),
        });
    }

    /// Puts a draft in force.
    fn put(&mut self, edition: Edition) {
        self.drawing = match edition.workflow {
            Some(_) => Drawing::Verified,
            None => Drawing::Empty,
        };
        self.draft = edition.workflow;
        self.findings = edition.findings;
        self.unpublished = self.activation.is_some();
        self.revision = self.last_seq;
    }

    /// Some changes of a proposal were accepted or rejected.
    fn judge(
        &mut self,
        turn: u32,
        accepted: bool,
        workflow: &Workflow,
        findings: &[Finding],
        count: usize,
        remaining: usize,
    ) {
        let Some(mut proposal) = self.proposal.take_if(|proposal| proposal.turn == turn) else {
            return;
        };
        if accepted {
            let name = self.name_of_turn();
            self.change(&name, workflow, findings);
        } else {
            proposal.workflow.clone_from(workflow);
            proposal.findings = findings.to_vec();
            proposal.revision = self.last_seq;
        }
        if remaining > 0 {
            self.proposal = Some(proposal);
        }
        let verb = if accepted { "accepted" } else { "discarded" };
        self.note(&match count {
            1 => format!("You {verb} one change."),
            count => format!("You {verb} {count} changes."),
        });
    }

    fn clear_drawn(&mut self) {
        self.drawn = Workflow::default();
        self.drawing = if self.draft.is_some() {
            Drawing::Verified
        } else {
            Drawing::Empty
        };
    }

    /// A saved field is one change, and there are many: those that follow one another are one entry.
    fn by_hand(&mut self, change: String) {
        match self.chat.last_mut() {
            Some(ChatEntry::ByHand { changes }) => changes.push(change),
            _ => self.chat.push(ChatEntry::ByHand {
                changes: vec![change],
            }),
        }
    }

    fn note(&mut self, text: &str) {
        self.chat.push(ChatEntry::Note {
            text: text.to_string(),
        });
    }
}
