//! The log of a session: its events, and the fold that turns a prefix of them into what is seen.
//!
//! Builder, replay and trainer read the same log through [`State::apply`]; there is no other
//! representation of a session. Events are facts, named in the past tense, and are never changed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::Finding;
use crate::workflow::{Link, Step, Workflow};

/// The class of a turn's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A draft, or pending edits of the current workflow.
    Workflow,
    /// One question back, with choices.
    Clarification,
    /// It cannot be done; the message names a way forward.
    Refusal,
    /// An answer about Flow or about this workflow; nothing changed.
    Question,
}

impl Outcome {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Workflow => "workflow",
            Outcome::Clarification => "clarification",
            Outcome::Refusal => "refusal",
            Outcome::Question => "question",
        }
    }
}

/// What a turn cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// From the request to the end of the turn.
    pub milliseconds: u64,
    /// From the request to the first drawn step; `None` when none was drawn.
    pub first_step_milliseconds: Option<u64>,
    /// Tokens read by all completions of the turn.
    pub prompt_tokens: u32,
    /// Tokens written by all completions of the turn.
    pub completion_tokens: u32,
}

/// One fact of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The first event of every session.
    SessionStarted {
        /// Name of the store, for support.
        store: String,
        /// The contract's hash (hex SHA-256).
        contract: String,
        /// Connectors installed in the store.
        installed: Vec<String>,
        /// The workflow the session starts from, when an existing one was opened.
        workflow: Option<Workflow>,
    },
    /// The merchant asked for something.
    MerchantSaid {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The words as they were written.
        text: String,
    },
    /// The server began to work on it.
    TurnStarted {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The adapter or model that serves the turn.
        model: String,
        /// The hash (hex SHA-256) of the contract the turn runs under.
        contract: String,
    },
    /// A tool ran; `result` is the text the model was shown, byte for byte.
    ToolCalled {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The tool's name.
        tool: String,
        /// What the model gave the tool.
        arguments: Value,
        /// The text that the model was shown.
        result: String,
    },
    /// A line of the program was complete and drew a step.
    StepDrawn {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The step as far as its line says it.
        step: Step,
        /// Links from steps drawn earlier into this one.
        links: Vec<Link>,
    },
    /// The model finished one completion; the text is kept byte for byte for training.
    Sampled {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The words as they were written.
        text: String,
        /// Tokens that were read.
        prompt_tokens: u32,
        /// Tokens that were written.
        completion_tokens: u32,
    },
    /// Findings went back to the model for one repair; what was drawn in this turn is drawn anew.
    RepairRequested {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// What the check found.
        findings: Vec<Finding>,
    },
    /// The program is whole and checked. The first of a session becomes the draft; a later one is a
    /// proposal that waits for the merchant's verdict.
    DraftCompleted {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The whole workflow.
        workflow: Workflow,
        /// What the check found.
        findings: Vec<Finding>,
    },
    /// The answer that the merchant reads.
    Answered {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// The class of the answer.
        outcome: Outcome,
        /// What the merchant reads.
        message: String,
        /// Choices to click, of a clarification.
        choices: Vec<String>,
    },
    /// The turn came to its end; an answer stands before this.
    TurnFinished {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// What the turn cost.
        timings: Timings,
    },
    /// The merchant stopped the turn, or it failed; the message says what to do next.
    TurnFailed {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// What the merchant reads.
        message: String,
    },
    /// The server went away in the middle of the turn; it can be retried.
    TurnInterrupted {
        /// The turn, counted from 1 within the session.
        turn: u32,
    },
    /// The merchant accepted or rejected the pending changes of a turn.
    ProposalJudged {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// True when the changes became the draft.
        accepted: bool,
    },
    /// The merchant changed the draft by hand.
    EditedByHand {
        /// What a person would call the change, for example `Renamed the workflow`.
        summary: String,
        /// The whole workflow.
        workflow: Workflow,
        /// What the check found.
        findings: Vec<Finding>,
    },
    /// The merchant turned the draft on; it was stored as a version.
    Activated {
        /// Id of the stored workflow.
        workflow_id: String,
        /// Counts the activations of this workflow, from 1.
        version: u32,
    },
    /// The merchant turned the workflow off.
    Deactivated {
        /// Id of the stored workflow.
        workflow_id: String,
    },
    /// Thumbs up or down for a turn.
    FeedbackGiven {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// True for a thumb up.
        up: bool,
        /// The merchant's own words, if there were any.
        reason: Option<String>,
    },
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// From 1, without gaps, in one session.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// What happened.
    pub event: Event,
}

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
    /// Something the merchant did: a verdict, an activation, an edit by hand.
    Note {
        /// The words as they were written.
        text: String,
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
                if self.draft.is_some() {
                    self.proposal = Some(Proposal {
                        turn: *turn,
                        workflow: workflow.clone(),
                        findings: findings.clone(),
                    });
                } else {
                    self.adopt(workflow, findings);
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
                        self.adopt(&proposal.workflow, &proposal.findings);
                    }
                    self.note(if *accepted {
                        "You accepted the changes."
                    } else {
                        "You discarded the changes."
                    });
                }
            }
            Event::EditedByHand {
                summary,
                workflow,
                findings,
            } => {
                self.adopt(workflow, findings);
                self.note(summary);
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

    fn adopt(&mut self, workflow: &Workflow, findings: &[Finding]) {
        self.draft = Some(workflow.clone());
        self.findings = findings.to_vec();
        self.proposal = None;
        self.unpublished = self.activation.is_some();
        self.drawing = Drawing::Verified;
    }

    fn clear_drawn(&mut self) {
        self.drawn = Workflow::default();
        self.drawing = if self.draft.is_some() {
            Drawing::Verified
        } else {
            Drawing::Empty
        };
    }

    fn note(&mut self, text: &str) {
        self.chat.push(ChatEntry::Note {
            text: text.to_string(),
        });
    }
}
