//! Sentences about changes, beside the button and in the chat, that no program of the model makes.

use super::super::told;
use super::*;

/// The sentences beside the buttons, and the same as the chat tells them.
fn both(old: &Workflow, new: &Workflow) -> String {
    let catalog = Catalog::builtin();
    diff(old, new)
        .changes
        .iter()
        .map(|change| {
            format!(
                "{} / {}",
                describe(change, old, new, &catalog),
                told(change, old, new, &catalog)
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn step(id: &str, task: &str, task_type: TaskType, config: &[(&str, &str)]) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    for (field, value) in config {
        step.set_config(field, *value);
    }
    step
}

#[test]
fn names_fields_and_schedules() {
    let trigger = |recurrence: &str| {
        step(
            "t",
            "shopify::flow::scheduled_time",
            TaskType::Trigger,
            &[("recurrence", recurrence)],
        )
    };
    let email = |message: &str| {
        step(
            "a",
            "shopify::flow::send_email",
            TaskType::Action,
            &[("message", message)],
        )
    };
    let tags = |tags: &str| {
        step(
            "b",
            "shopify::admin::add_order_tags",
            TaskType::Action,
            &[("tags", tags)],
        )
    };
    let long = "A text that is longer than what anybody wants to read again";
    let mut old = graph("", "");
    old.name = " ".to_string();
    old.steps = vec![
        trigger(r#"["DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY"]"#),
        email(""),
        tags(r#"["VIP"]"#),
    ];
    let mut new = old.clone();
    new.name = "Mornings".to_string();
    new.steps = vec![
        trigger(r#"["DTSTART:20260101T090000Z\nRRULE:FREQ=WEEKLY"]"#),
        email(long),
        tags(r#"[ "VIP" ]"#),
    ];
    insta::assert_snapshot!(both(&old, &new), @r#"
    Names the workflow ‘Mornings’. / named the workflow Mornings
    Changes the schedule. / changed the schedule
    Fills in the message of ‘Send internal email’. / filled in the message of Send internal email
    Changes the tags of ‘Add order tags’. / changed the tags of Add order tags
    "#);
    // The name that is left is a blank, which no line of a source may end with.
    let told: Vec<String> = both(&new, &old)
        .lines()
        .map(|line| line.trim_end().to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    Renames the workflow from ‘Mornings’ to ‘ ’. / renamed the workflow from Mornings to
    Changes the schedule. / changed the schedule
    Clears the message of ‘Send internal email’. / cleared the message of Send internal email
    Changes the tags of ‘Add order tags’. / changed the tags of Add order tags
    "#);
}

#[test]
fn conditions_and_loops_put_around_steps() {
    let old = graph("t a", "t>a");
    let mut wrapped = graph("t c a", "t>c c.true>a");
    wrapped.steps[1].set_config("condition", "(order.test == true)");
    let looped = graph("t f a", "t>f f.loop_body>a");
    let mut behind = graph("t a c b", "t>a a>c c.true>b");
    behind.steps[2].set_config("condition", "(order.test == true)");
    let said: Vec<String> = [wrapped, looped, behind]
        .iter()
        .map(|new| both(&old, new))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    Adds a condition before ‘Log output’: the order's test is true. / added a condition that the order's test is true before Log output
    Adds a loop around ‘Log output’. / added a loop around Log output
    Adds a condition after ‘Log output’: the order's test is true. / added a condition that the order's test is true
    Adds ‘Log output’ to run if the order's test is true. / added Log output
    "#);
}

#[test]
fn other_tasks() {
    let log = || step("a", "shopify::flow::log_output", TaskType::Action, &[]);
    let old = {
        let mut old = graph("t", "");
        old.steps.push(log());
        old
    };
    let with = |edit: &dyn Fn(&mut Step)| {
        let mut new = old.clone();
        edit(&mut new.steps[1]);
        both(&old, &new)
    };
    let said = [
        with(&|step| step.task_version = "0.2".to_string()),
        // Another task of another version is another task.
        with(&|step| {
            step.task_id = "shopify::flow::send_email".to_string();
            step.task_version = "0.2".to_string();
        }),
        with(&|step| step.task_id = "shopify::flow::send_email".to_string()),
        // What becomes a trigger is not what the workflow started with.
        with(&|step| {
            step.task_id = "shopify::admin::order_paid".to_string();
            step.task_type = TaskType::Trigger;
        }),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    Updates ‘Log output’ to version 0.2. / updated Log output to version 0.2
    Uses ‘Send internal email’ instead of ‘Log output’. / used Send internal email instead of Log output
    Uses ‘Send internal email’ instead of ‘Log output’. / used Send internal email instead of Log output
    Uses ‘Order paid’ instead of ‘Log output’. / used Order paid instead of Log output
    "#);
}

#[test]
fn moves_between_steps_that_look_alike() {
    let old = graph("t a1 a2 b", "t>a1 t>a2 a1>b");
    let new = graph("t a1 a2 b", "t>a1 t>a2 a2>b");
    assert_eq!(both(&old, &new), "Moves ‘Log output’. / moved Log output");
}
