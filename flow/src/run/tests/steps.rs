//! What each kind of step comes to.

use super::*;

fn count(id: &str, path: &str) -> Step {
    step(
        id,
        "shopify::flow::count",
        TaskType::Action,
        &[("listpath", path)],
    )
}

/// What `Sum` gives for a list of amounts.
fn sum(amounts: Value) -> Value {
    let step = step(
        "s",
        "shopify::flow::sum",
        TaskType::Action,
        &[("listpath", "order.amounts")],
    );
    let run = one(step, json!({"order": {"amounts": amounts}}));
    match &run.trace[1].outcome {
        StepOutcome::Computed { value } => value.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_from_a_step_that_is_not_there_fails() {
    let run = start(
        &workflow(vec![trigger()], ""),
        &Catalog::builtin(),
        "nobody",
        json!({}),
    );
    assert_eq!(ran(&run), ["nobody"]);
    assert_eq!(
        run.trace[0].outcome,
        StepOutcome::Failed {
            reason: "The workflow has no step nobody.".to_string()
        }
    );
}

#[test]
fn a_trigger_keeps_its_config() {
    let trigger = step(
        "t",
        "shopify::flow::scheduled_time",
        TaskType::Trigger,
        &[
            ("recurrence", r#"["RRULE:FREQ=DAILY"]"#),
            ("more", "{{ none }}"),
        ],
    );
    let run = start(
        &workflow(vec![trigger], ""),
        &Catalog::builtin(),
        "t",
        json!({}),
    );
    assert_eq!(run.trace[0].outcome, StepOutcome::Started);
    assert_eq!(
        run.trace[0].fields["recurrence"],
        json!(["RRULE:FREQ=DAILY"])
    );
    assert_eq!(codes(&run.trace[0]), ["LIQUID_VARIABLE_MISSING"]);
}

#[test]
fn links_are_followed_in_their_order() {
    let workflow = workflow(
        vec![trigger(), log("a", "a"), log("b", "b"), log("c", "c")],
        "t>b b>c t>a",
    );
    let run = start(&workflow, &Catalog::builtin(), "t", json!({}));
    assert_eq!(ran(&run), ["t", "b", "c", "a"]);
}

#[test]
fn a_step_runs_once_for_the_run_and_once_for_each_item() {
    let workflow = workflow(
        vec![
            trigger(),
            log("outside", "outside"),
            foreach("f", "order.tags"),
            log("inside", "{{ tagsForeachitem }}"),
        ],
        "t>outside t>f f.loop_body>outside f.loop_body>inside f.loop_body>inside",
    );
    let run = start(
        &workflow,
        &Catalog::builtin(),
        "t",
        json!({"order": {"tags": ["a", "b"]}}),
    );
    assert_eq!(logged(&run), ["outside", "a", "b"]);
    let skipped = run
        .trace
        .iter()
        .filter(|step| matches!(step.outcome, StepOutcome::Skipped { .. }))
        .count();
    // `outside` once for each item, and `inside` the second time for each.
    assert_eq!(skipped, 4);
}

#[test]
fn a_condition_of_an_unknown_task_is_its_only_field() {
    let condition = step(
        "c",
        "of-an-app",
        TaskType::Condition,
        &[("test", "(order.name == 'x')")],
    );
    let workflow = workflow(
        vec![trigger(), condition, log("yes", "yes"), log("no", "no")],
        "t>c c.true>yes c.false>no",
    );
    for (name, said) in [("x", "yes"), ("y", "no")] {
        let event = json!({"order": {"name": name}});
        let run = start(&workflow, &Catalog::default(), "t", event);
        assert_eq!(logged(&run), [said]);
        assert_eq!(run.trace[1].tests.len(), 1);
    }
}

#[test]
fn a_condition_that_does_not_read_says_why() {
    let condition = step(
        "c",
        "shopify::flow::condition",
        TaskType::Condition,
        &[("condition", "(order.name ==")],
    );
    let run = one(condition, json!({}));
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Failed {
            reason: "A value is missing here; add a number, a text in quotes or a path."
                .to_string()
        }
    );
}

#[test]
fn loops_leave_out_what_is_not_there() {
    for (path, event, items, total, code) in [
        (
            "order.tags",
            json!({"order": {"tags": ["a", null, "b"]}}),
            2,
            2,
            None,
        ),
        ("order.tags", json!({"order": {"tags": []}}), 0, 0, None),
        ("order.tags", json!({"order": {"tags": null}}), 0, 0, None),
        (
            "order.tags",
            json!({"order": {}}),
            0,
            0,
            Some("RUN_VALUE_MISSING"),
        ),
        // Some of the items have the field.
        (
            "order.lines.tags",
            json!({"order": {"lines": [{}, {"tags": ["a"]}]}}),
            1,
            1,
            None,
        ),
        (
            "{{ order.tags }}",
            json!({"order": {"tags": ["a"]}}),
            1,
            1,
            None,
        ),
        (
            "order.tags",
            json!({"order": {"tags": vec!["a"; MAX_ITEMS]}}),
            100,
            100,
            None,
        ),
        (
            "order.tags",
            json!({"order": {"tags": vec!["a"; MAX_ITEMS + 1]}}),
            100,
            101,
            Some("FOREACH_ITEM_LIMIT"),
        ),
    ] {
        let run = one(foreach("f", path), event);
        let looped = &run.trace[1];
        assert_eq!(
            looped.outcome,
            StepOutcome::Looped { items, total },
            "{path}"
        );
        assert_eq!(codes(looped), Vec::from_iter(code), "{path}");
        let bare = path.trim_matches(['{', '}', ' ']);
        assert_eq!(looped.fields["listpath"], json!(bare), "{path}");
    }
}

#[test]
fn the_list_of_a_loop_is_found_among_other_fields() {
    let config = [("more", "order.other"), ("listpath", "order.tags")];
    let run = one(
        step("f", "shopify::flow::foreach", TaskType::Foreach, &config),
        json!({"order": {"tags": ["a", "b"], "other": []}}),
    );
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Looped { items: 2, total: 2 }
    );
}

#[test]
fn loops_say_what_they_left_out() {
    let event = json!({"order": {"tags": vec!["a"; 130]}});
    let run = one(foreach("f", "order.tags"), event);
    assert_eq!(
        run.trace[1].findings[0].message,
        "A loop runs over at most 100 items; 30 were left out."
    );
    let run = one(foreach("f", "order.tags"), json!({"order": {}}));
    assert_eq!(
        run.trace[1].findings[0].message,
        "The event has no tags in order.tags, so the loop has no items."
    );
    for path in ["", "  ", "{{ }}"] {
        let run = one(foreach("f", path), json!({}));
        assert_eq!(
            run.trace[1].outcome,
            StepOutcome::Failed {
                reason: "This loop has no list; choose one.".to_string()
            },
            "{path}"
        );
    }
}

#[test]
fn a_count_is_of_what_is_there() {
    for (event, value, code) in [
        (json!({"order": {"tags": ["a", null, "b"]}}), 2, None),
        (json!({"order": {"tags": []}}), 0, None),
        (json!({"order": {}}), 0, Some("RUN_VALUE_MISSING")),
    ] {
        let run = one(count("n", "order.tags"), event.clone());
        assert_eq!(
            run.trace[1].outcome,
            StepOutcome::Computed {
                value: json!(value)
            },
            "{event}"
        );
        assert_eq!(codes(&run.trace[1]), Vec::from_iter(code), "{event}");
        assert_eq!(run.trace[1].fields["listpath"], json!("order.tags"));
        assert!(run.effects.is_empty());
    }
    let some = json!({"order": {"lines": [{}, {"tags": ["a"]}]}});
    let run = one(count("n", "order.lines.tags"), some);
    assert_eq!(
        run.trace[1].outcome,
        StepOutcome::Computed { value: json!(1) }
    );
    assert_eq!(codes(&run.trace[1]), Vec::<&str>::new());
}

#[test]
fn sums_are_exact_to_the_cent() {
    for (amounts, total) in [
        (json!(["0.1", "0.2"]), json!(0.3)),
        (json!(["12.50", 7.5]), json!(20)),
        (json!([{"amount": "3.25"}, {"amount": "1"}]), json!(4.25)),
        (json!(["-1.5", "0.25"]), json!(-1.25)),
        (json!(["-2", "1"]), json!(-1)),
        (json!([5, "many", null]), json!(5)),
        (json!([]), json!(0)),
        // Beyond what a whole number holds exactly it stays a decimal.
        (json!([1e16]), json!(1e16)),
        (json!([-1e16]), json!(-1e16)),
        (json!([9e15]), json!(9e15)),
        (json!([8e15]), json!(8_000_000_000_000_000_i64)),
    ] {
        assert_eq!(sum(amounts.clone()), total, "{amounts}");
    }
}

#[test]
fn what_nobody_answers_is_an_empty_list_or_nothing() {
    let catalog = Catalog::builtin();
    let list = step(
        "d",
        "shopify::flow::fetch::orders",
        TaskType::Action,
        &[("query", "tag:x")],
    );
    let single = step(
        "d",
        RUN_CODE,
        TaskType::Action,
        &[("input", "{ order { name } }")],
    );
    for (step, said) in [(list, "0"), (single, "")] {
        let name = output_name(&workflow(vec![], ""), &step, &catalog).expect("an output");
        let message = format!("{{{{ {name} | size }}}}{{{{ {name}.x }}}}");
        let message = if said.is_empty() {
            format!("{{{{ {name} }}}}")
        } else {
            message
        };
        let workflow = workflow(vec![trigger(), step, log("l", &message)], "t>d d>l");
        let run = start(&workflow, &catalog, "t", json!({"order": {"name": "#1"}}));
        assert_eq!(logged(&run), [said]);
        // That nobody answered is no output of the step.
        assert_eq!(run.trace[1].output, None);
        assert_eq!(run.trace[1].effect, Some(0));
    }
}

#[test]
fn a_failed_step_keeps_its_fields_and_asks_for_nothing() {
    let fetch = step(
        "d",
        "shopify::flow::fetch::orders",
        TaskType::Action,
        &[("query", "tag:{{ none }}")],
    );
    let workflow = workflow(vec![trigger(), fetch, log("l", "x")], "t>d d>l");
    let run = start_with(&workflow, &Catalog::builtin(), "t", json!({}), &mut |_| {
        Answer::Failed("It is closed.".to_string())
    });
    assert_eq!(ran(&run), ["t", "d"]);
    assert_eq!(run.trace[1].fields["query"], json!("tag:"));
    assert_eq!(codes(&run.trace[1]), ["LIQUID_VARIABLE_MISSING"]);
    assert!(run.effects.is_empty());
    assert_eq!(run.trace[1].effect, None);
}

#[test]
fn only_a_script_gets_values_for_its_input() {
    let script = step(
        "s",
        RUN_CODE,
        TaskType::Action,
        &[("input", "{ order { name } count }")],
    );
    let other = step(
        "o",
        "an-app",
        TaskType::Action,
        &[("input", "{ order { name } }")],
    );
    let workflow = workflow(
        vec![trigger(), count("n", "order.tags"), script, other],
        "t>n n>s s>o",
    );
    let run = start(
        &workflow,
        &Catalog::builtin(),
        "t",
        json!({"order": {"name": "#1", "tags": ["a"]}}),
    );
    // A script sees what steps before it worked out.
    assert_eq!(
        run.effects[0].fields["input"],
        json!({"order": {"name": "#1"}, "count": 1})
    );
    assert_eq!(run.effects[1].fields["input"], json!("{ order { name } }"));
}

#[test]
fn an_item_hides_a_variable_of_its_name() {
    let workflow = workflow(
        vec![
            trigger(),
            foreach("f", "order.lines"),
            foreach("g", "linesForeachitem.lines"),
            log("l", "{{ linesForeachitem.id }}"),
            log("m", "{{ linesForeachitem }}"),
        ],
        "t>f f.loop_body>g g.loop_body>l f.after>m",
    );
    let event = json!({
        "order": {"lines": [{"id": 1, "lines": [{"id": 2}, {"id": 3}]}]},
        "linesForeachitem": "outside"
    });
    let run = start(&workflow, &Catalog::builtin(), "t", event);
    assert_eq!(logged(&run), ["2", "3", "outside"]);
    let items: Vec<Option<&str>> = run.effects.iter().map(|e| e.item.as_deref()).collect();
    assert_eq!(
        items,
        [
            Some("order.lines[0].lines[0]"),
            Some("order.lines[0].lines[1]"),
            None
        ]
    );
}

#[test]
fn an_event_that_is_no_object_holds_no_variables() {
    let workflow = workflow(
        vec![
            trigger(),
            count("n", "order.tags"),
            wait("w", r#"{"amount":1,"unit":"days"}"#),
        ],
        "t>n n>w",
    );
    let run = start(&workflow, &Catalog::builtin(), "t", json!("odd"));
    assert_eq!(run.waiting[0].env, json!({"count": 0}));
}
