//! How long a wait is, and what the run goes on with after it.

use super::*;

/// What a wait with this duration comes to: its seconds, or why it fails.
fn length(duration: &str) -> Result<u64, String> {
    let run = one(wait("w", duration), json!({}));
    match &run.trace[1].outcome {
        StepOutcome::Waiting { seconds } => {
            assert_eq!(run.waiting.len(), 1, "{duration}");
            assert_eq!(run.waiting[0].seconds, *seconds, "{duration}");
            Ok(*seconds)
        }
        StepOutcome::Failed { reason } => {
            assert!(run.waiting.is_empty(), "{duration}");
            Err(reason.clone())
        }
        other => panic!("{duration}: {other:?}"),
    }
}

#[test]
fn every_unit_has_its_seconds() {
    for (duration, seconds) in [
        (r#"{"amount":0,"unit":"days"}"#, 0),
        (r#"{"amount":45,"unit":"seconds"}"#, 45),
        (r#"{"amount":1,"unit":"second"}"#, 1),
        (r#"{"amount":"2","unit":"minutes"}"#, 120),
        (r#"{"amount":" 3 ","unit":"hours"}"#, 10_800),
        (r#"{"amount":4,"unit":"DAYS"}"#, 345_600),
        (r#"{"amount":1,"unit":"week"}"#, 604_800),
        (r#"{"amount":2,"unit":"months"}"#, 5_184_000),
    ] {
        assert_eq!(length(duration), Ok(seconds), "{duration}");
    }
}

#[test]
fn a_wait_without_a_length_fails() {
    for duration in [
        "",
        "3 days",
        r#"{"amount":3}"#,
        r#"{"unit":"days"}"#,
        r#"{"amount":-3,"unit":"days"}"#,
        r#"{"amount":1.5,"unit":"days"}"#,
        r#"{"amount":"many","unit":"days"}"#,
        r#"{"amount":3,"unit":"moons"}"#,
        r#"{"amount":3,"unit":7}"#,
        r#"{"amount":18446744073709551615,"unit":"minutes"}"#,
    ] {
        assert_eq!(
            length(duration),
            Err("This wait does not say how long; give it an amount and a unit.".to_string()),
            "{duration}"
        );
    }
}

#[test]
fn a_wait_keeps_what_it_was_set_to() {
    let run = one(
        wait("w", r#"{"amount":"{{ order.days }}","unit":"days"}"#),
        json!({"order": {"days": 2}}),
    );
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Waiting { seconds: 172_800 }
    );
    assert_eq!(
        run.trace[1].fields["wait_duration"],
        json!({"amount": "2", "unit": "days"})
    );
    let missing = one(
        wait("w", r#"{"amount":"1{{ order.none }}","unit":"days"}"#),
        json!({"order": {"days": 2}}),
    );
    assert_eq!(codes(&missing.trace[1]), ["LIQUID_VARIABLE_MISSING"]);
}

#[test]
fn after_a_wait_in_a_loop_the_item_is_still_known() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.tags"),
            wait("w", r#"{"amount":1,"unit":"hours"}"#),
            log("l", "{{ tagsForeachitem }}"),
        ],
        "t>f f.loop_body>w w>l",
    );
    let event = json!({"order": {"tags": ["a", "b"]}});
    let run = start(&workflow, &Catalog::builtin(), "t", event.clone());
    let items: Vec<Option<&str>> = run
        .waiting
        .iter()
        .map(|wait| wait.item.as_deref())
        .collect();
    assert_eq!(items, [Some("order.tags[0]"), Some("order.tags[1]")]);
    assert_eq!(
        run.waiting[1].env,
        json!({"order": {"tags": ["a", "b"]}, "tagsForeachitem": "b"})
    );
    let later = resume(&workflow, &Catalog::builtin(), run.waiting[1].clone());
    assert_eq!(logged(&later), ["b"]);
    assert_eq!(later.effects[0].item.as_deref(), Some("order.tags[1]"));
    assert_eq!(later.trace[0].item.as_deref(), Some("order.tags[1]"));
}

#[test]
fn what_follows_a_loop_waits_for_its_longest_wait_only() {
    let hours =
        |id: &str, amount: &str| wait(id, &format!(r#"{{"amount":{amount},"unit":"hours"}}"#));
    // A wait before the loop is none of its own.
    let workflow = workflow(
        vec![
            trigger(),
            hours("before", "9"),
            foreach("f", "order.tags"),
            hours("short", "1"),
            hours("long", "5"),
            log("after", "after"),
            foreach("g", "order.tags"),
            log("inside", "{{ tagsForeachitem }}"),
            log("end", "end"),
        ],
        "t>before t>f f.loop_body>short f.loop_body>long f.after>after t>g g.loop_body>inside g.after>end",
    );
    let run = start(
        &workflow,
        &Catalog::builtin(),
        "t",
        json!({"order": {"tags": ["a"]}}),
    );
    let waits: Vec<(&str, &str, u64)> = run
        .waiting
        .iter()
        .map(|wait| (wait.step.as_str(), wait.port.as_str(), wait.seconds))
        .collect();
    assert_eq!(
        waits,
        [
            ("before", "output", 9 * 3_600),
            ("short", "output", 3_600),
            ("long", "output", 5 * 3_600),
            ("f", "after", 5 * 3_600),
        ]
    );
    assert_eq!(logged(&run), ["a", "end"]);
}

#[test]
fn a_loop_with_waits_and_nothing_after_it_leaves_no_wait_of_its_own() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.tags"),
            wait("w", r#"{"amount":1,"unit":"hours"}"#),
            log("l", "x"),
        ],
        "t>f f.loop_body>w w>l",
    );
    let run = start(
        &workflow,
        &Catalog::builtin(),
        "t",
        json!({"order": {"tags": ["a", "b"]}}),
    );
    let from: Vec<&str> = run.waiting.iter().map(|wait| wait.step.as_str()).collect();
    assert_eq!(from, ["w", "w"]);
}

#[test]
fn what_ran_before_a_wait_does_not_run_again_after_it() {
    let workflow = workflow(
        vec![
            trigger(),
            log("a", "a"),
            wait("w", r#"{"amount":1,"unit":"hours"}"#),
            log("b", "b"),
        ],
        "t>a t>w w>a w>b",
    );
    let run = start(&workflow, &Catalog::builtin(), "t", json!({}));
    assert_eq!(logged(&run), ["a"]);
    let done: Vec<&str> = run.waiting[0].done.iter().map(String::as_str).collect();
    assert_eq!(done, ["a", "t", "w"]);
    let later = resume(&workflow, &Catalog::builtin(), run.waiting[0].clone());
    assert_eq!(logged(&later), ["b"]);
    assert_eq!(
        later.trace[0].outcome,
        StepOutcome::Skipped {
            reason: "It already ran; a step runs once for each item.".to_string()
        }
    );
}

#[test]
fn the_parts_of_a_run_become_one() {
    let workflow = workflow(
        vec![
            trigger(),
            log("a", "a"),
            wait("w", r#"{"amount":1,"unit":"hours"}"#),
            log("b", "b"),
            log("c", "c"),
            wait("v", r#"{"amount":2,"unit":"hours"}"#),
        ],
        "t>a t>w w>b b>c c>v",
    );
    let mut run = start(&workflow, &Catalog::builtin(), "t", json!({}));
    let waiting = run.waiting.remove(0);
    run.extend(resume(&workflow, &Catalog::builtin(), waiting));
    assert_eq!(ran(&run), ["t", "a", "w", "b", "c", "v"]);
    let effects: Vec<Option<usize>> = run.trace.iter().map(|step| step.effect).collect();
    assert_eq!(effects, [None, Some(0), None, Some(1), Some(2), None]);
    assert_eq!(logged(&run), ["a", "b", "c"]);
    assert_eq!(run.waiting.len(), 1);
    assert_eq!(run.waiting[0].seconds, 7_200);
}
