//! The log of a session: its events, and the fold that turns a prefix of them into what is seen.
//!
//! Builder, replay and trainer read the same log through [`State::apply`]; there is no other
//! representation of a session. Events are facts, named in the past tense, and are never changed.

mod history;
mod state;

use serde::Serialize;
use serde_json::Value;

use crate::check::Finding;
use crate::diff::ChangeId;
use crate::from_json::from_json;
use crate::workflow::{Link, Step, Workflow};

pub use history::{Edition, History};
pub use state::{Activation, ChatEntry, Drawing, Proposal, State, TurnState};

/// The class of a turn's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

from_json! {
    enum Outcome {
        Workflow = "workflow",
        Clarification = "clarification",
        Refusal = "refusal",
        Question = "question",
    }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

from_json! {
    struct Timings {
        milliseconds,
        first_step_milliseconds,
        prompt_tokens,
        completion_tokens,
    }
}

/// One fact of a session.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// The merchant accepted or rejected all that was still pending of a turn.
    ProposalJudged {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// True when the changes became the draft.
        accepted: bool,
    },
    /// The merchant accepted or rejected some of the pending changes of a turn.
    ChangesJudged {
        /// The turn, counted from 1 within the session.
        turn: u32,
        /// True when they became part of the draft.
        accepted: bool,
        /// The changes ([`crate::diff`]) the verdict is about, those included that came along because
        /// they are needed (accepted) or need one of them (rejected).
        changes: Vec<ChangeId>,
        /// What is in force afterwards when they were accepted; what is still proposed when they were
        /// rejected.
        workflow: Workflow,
        /// Findings of that workflow.
        findings: Vec<Finding>,
        /// How many changes still wait for a verdict. With none left the proposal is over.
        remaining: usize,
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
    /// The last change of the draft, by chat or by hand, was taken back.
    Undone {
        /// What the change that was taken back is called.
        summary: String,
    },
    /// The change that was taken back last was made again.
    Redone {
        /// What that change is called.
        summary: String,
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

from_json! {
    enum Event by "type" {
        SessionStarted = "session_started" { store, contract, installed, workflow },
        MerchantSaid = "merchant_said" { turn, text },
        TurnStarted = "turn_started" { turn, model, contract },
        ToolCalled = "tool_called" { turn, tool, arguments, result },
        StepDrawn = "step_drawn" { turn, step, links },
        Sampled = "sampled" { turn, text, prompt_tokens, completion_tokens },
        RepairRequested = "repair_requested" { turn, findings },
        DraftCompleted = "draft_completed" { turn, workflow, findings },
        Answered = "answered" { turn, outcome, message, choices },
        TurnFinished = "turn_finished" { turn, timings },
        TurnFailed = "turn_failed" { turn, message },
        TurnInterrupted = "turn_interrupted" { turn },
        ProposalJudged = "proposal_judged" { turn, accepted },
        ChangesJudged = "changes_judged" { turn, accepted, changes, workflow, findings, remaining },
        EditedByHand = "edited_by_hand" { summary, workflow, findings },
        Undone = "undone" { summary },
        Redone = "redone" { summary },
        Activated = "activated" { workflow_id, version },
        Deactivated = "deactivated" { workflow_id },
        FeedbackGiven = "feedback_given" { turn, up, reason },
    }
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recorded {
    /// From 1, without gaps, in one session.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// What happened.
    pub event: Event,
}

from_json! {
    struct Recorded { seq, at_ms, event }
}

#[cfg(test)]
mod tests;
