//! What is written is read again, and mistakes are told in serde's words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::catalog::{Catalog, FieldKind, IdStatus};
use crate::check::{Bucket, Finding, Severity};
use crate::condition::{Op, Operand, Test};
use crate::run::{Effect, Resume, Run, StepOutcome, StepRun};
use crate::session::{Event, Outcome, Recorded, Timings};
use crate::workflow::{Link, Step, TaskType, Workflow};

fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).expect("it is written");
    let read: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read, *value);
    let plain = serde_json::to_value(value).expect("it is written");
    assert_eq!(
        serde_json::from_value::<T>(plain).expect("it is read"),
        *value
    );
}

fn filled() -> Workflow {
    let mut step = Step::new(
        "a",
        "shopify::admin::order_created",
        "0.1",
        TaskType::Trigger,
    );
    step.numeric_id = true;
    step.position = [1.5, -20.0];
    step.name = Some("First".to_string());
    step.description = Some("It begins".to_string());
    step.note = Some("A note".to_string());
    step.set_config("tags", "[\"VIP\"]");
    step.extra
        .insert("odd".to_string(), json!({"deep": [1, 2.5, null]}));
    let mut workflow = Workflow {
        name: "Tags".to_string(),
        links: vec![Link::new("a", "output", "b")],
        patched_fields: vec![json!({"path": "order"})],
        ..Workflow::default()
    };
    workflow.steps = vec![step, Step::new("b", "x", "0.2", TaskType::Wait)];
    workflow.extra.insert("variables".to_string(), json!([]));
    workflow
}

fn finding() -> Finding {
    let mut finding = Finding::new(Severity::Warning, Bucket::ConfigField, "CODE", "Do this.")
        .at_step("a")
        .at_field("tags");
    finding.line = Some(3);
    finding.correction = Some("tag".to_string());
    finding
}

/// One event of each kind.
fn events() -> Vec<Event> {
    let (workflow, findings, text) = (filled(), vec![finding()], || "text".to_string());
    let turn = 2;
    vec![
        Event::SessionStarted {
            store: text(),
            contract: text(),
            installed: vec!["Slack".to_string()],
            workflow: Some(workflow.clone()),
        },
        Event::MerchantSaid { turn, text: text() },
        Event::TurnStarted {
            turn,
            model: text(),
            contract: text(),
        },
        Event::ToolCalled {
            turn,
            tool: text(),
            arguments: json!({"a": [1]}),
            result: text(),
        },
        Event::StepDrawn {
            turn,
            step: workflow.steps[0].clone(),
            links: workflow.links.clone(),
        },
        Event::Sampled {
            turn,
            text: text(),
            prompt_tokens: 7,
            completion_tokens: 8,
        },
        Event::RepairRequested {
            turn,
            findings: findings.clone(),
        },
        Event::DraftCompleted {
            turn,
            workflow: workflow.clone(),
            findings: findings.clone(),
        },
        Event::Answered {
            turn,
            outcome: Outcome::Refusal,
            message: text(),
            choices: vec![text()],
        },
        Event::TurnFinished {
            turn,
            timings: Timings {
                milliseconds: u64::MAX,
                first_step_milliseconds: Some(5),
                prompt_tokens: 6,
                completion_tokens: 7,
            },
        },
        Event::TurnFailed {
            turn,
            message: text(),
        },
        Event::TurnInterrupted { turn },
        Event::ProposalJudged {
            turn,
            accepted: true,
        },
        Event::ChangesJudged {
            turn,
            accepted: true,
            changes: vec![text()],
            workflow: workflow.clone(),
            findings: findings.clone(),
            remaining: 3,
        },
        Event::EditedByHand {
            summary: text(),
            workflow,
            findings,
        },
        Event::Undone { summary: text() },
        Event::Redone { summary: text() },
        Event::Activated {
            workflow_id: text(),
            version: 4,
        },
        Event::Deactivated {
            workflow_id: text(),
        },
        Event::FeedbackGiven {
            turn,
            up: true,
            reason: Some(text()),
        },
    ]
}

#[test]
fn every_event_is_read_as_it_was_written() {
    let events = events();
    let mut kinds: Vec<_> = events.iter().map(std::mem::discriminant).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), 20, "one of each");
    for event in events {
        again(&Recorded {
            seq: 1,
            at_ms: -5,
            event,
        });
    }
}

#[test]
fn what_may_be_left_out_is_left_out() {
    again(&Workflow::default());
    again(&Step::new("a", "b", "c", TaskType::Foreach));
    again(&Finding::new(
        Severity::Error,
        Bucket::Workflow,
        "CODE",
        "Do this.",
    ));
    again(&Event::FeedbackGiven {
        turn: 1,
        up: false,
        reason: None,
    });
    let bare: Event =
        serde_json::from_value(json!({"type": "feedback_given", "turn": 1, "up": false}))
            .expect("a reason need not be given");
    assert_eq!(
        bare,
        Event::FeedbackGiven {
            turn: 1,
            up: false,
            reason: None
        }
    );
}

#[test]
fn every_word_is_read_as_it_was_written() {
    use FieldKind::*;
    for kind in [
        Text,
        Email,
        Integer,
        Boolean,
        Enum,
        Array,
        Map,
        CommerceObject,
        Resource,
        Collections,
        Condition,
        Duration,
        Recurrence,
        Path,
        Sort,
        ApiCall,
        Code,
        Metafield,
        ShopifyqlQuery,
    ] {
        again(&kind);
    }
    for status in [IdStatus::Exact, IdStatus::Guess] {
        again(&status);
    }
    for kind in [
        TaskType::Trigger,
        TaskType::Condition,
        TaskType::Action,
        TaskType::Foreach,
        TaskType::Wait,
    ] {
        again(&kind);
    }
    for severity in [Severity::Information, Severity::Warning, Severity::Error] {
        again(&severity);
    }
    for bucket in [
        Bucket::ConfigField,
        Bucket::Condition,
        Bucket::ForeachBody,
        Bucket::Task,
        Bucket::Workflow,
    ] {
        again(&bucket);
    }
    for outcome in [
        Outcome::Workflow,
        Outcome::Clarification,
        Outcome::Refusal,
        Outcome::Question,
    ] {
        again(&outcome);
    }
}

#[cfg(feature = "builtin")]
#[test]
fn every_task_is_read_as_it_was_written() {
    let catalog = Catalog::builtin();
    assert!(catalog.tasks().count() > 100);
    for task in catalog.tasks() {
        again(task);
    }
}

#[test]
fn a_run_is_read_as_it_was_written() {
    let step = |outcome| StepRun {
        step: "a".to_string(),
        task_id: "x".to_string(),
        outcome,
        item: None,
        tests: Vec::new(),
        fields: BTreeMap::new(),
        output: None,
        effect: None,
        findings: Vec::new(),
    };
    let test = |op, literal| Test {
        path: "order.name".to_string(),
        op,
        literal,
        against: Some(json!(3)),
        met: vec![json!("x"), json!(null)],
        passed: true,
        item: Some("order.lineItems[2]".to_string()),
    };
    let reason = || "It is so.".to_string();
    let mut trace: Vec<StepRun> = [
        StepOutcome::Started,
        StepOutcome::Decided { result: true },
        StepOutcome::Looped { items: 2, total: 3 },
        StepOutcome::Waiting { seconds: 9 },
        StepOutcome::Computed { value: json!([1]) },
        StepOutcome::Asked,
        StepOutcome::Skipped { reason: reason() },
        StepOutcome::Failed { reason: reason() },
    ]
    .map(step)
    .into();
    trace[0].tests = Op::ALL.iter().map(|op| test(*op, None)).collect();
    trace[1].tests = [
        Operand::String(reason()),
        Operand::Number("10.0".to_string()),
        Operand::Boolean(true),
        Operand::Word("PAID".to_string()),
        Operand::Path("shop.name".to_string()),
    ]
    .map(|literal| test(Op::Eq, Some(literal)))
    .into();
    trace[2].fields.insert("tags".to_string(), json!(["a"]));
    trace[2].item = Some("x[1]".to_string());
    trace[2].output = Some(json!({"a": 1}));
    trace[2].effect = Some(0);
    trace[2].findings = vec![finding()];
    let effect = Effect {
        step: "a".to_string(),
        task_id: "x".to_string(),
        fields: trace[2].fields.clone(),
        output: Some("order".to_string()),
        item: None,
    };
    let resume = Resume {
        step: "a".to_string(),
        port: "output".to_string(),
        seconds: 60,
        env: json!({"order": {}}),
        item: None,
        done: ["b", "a"].map(str::to_string).into(),
    };
    again(&Run {
        trace,
        effects: vec![effect],
        waiting: vec![resume],
    });
}

#[cfg(feature = "builtin")]
#[test]
fn the_types_are_read_as_they_were_written() {
    again(&Catalog::builtin().types);
}

#[test]
fn mistakes_are_told_as_serde_tells_them() {
    fn mistake<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
        serde_json::from_str::<T>(text).expect_err(text).to_string()
    }
    assert_eq!(
        mistake::<Event>(r#"{"type":"undone"}"#),
        "missing field `summary`"
    );
    assert_eq!(
        mistake::<Event>(r#"{"type":"forgotten"}"#)
            .split(", expected")
            .next(),
        Some("unknown variant `forgotten`")
    );
    assert_eq!(
        mistake::<Event>(r#"{"type":"undone","summary":3}"#),
        "invalid type: integer `3`, expected a string"
    );
    assert_eq!(
        mistake::<Workflow>("[]").split(" at ").next(),
        Some("invalid type: sequence, expected struct Workflow")
    );
    // The first mistake is told, not the last.
    assert!(mistake::<Link>(r#"{"from":1,"to":2}"#).contains("integer `1`"));
    let tasks = "[\n{\"id\": \"x\"}]";
    let error = Catalog::parse(tasks, "{}").expect_err("a task needs more");
    assert!(
        error
            .message
            .contains("missing field `id_status` at line 2"),
        "{}",
        error.message
    );
}
