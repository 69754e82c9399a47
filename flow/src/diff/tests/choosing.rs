//! What belongs together, and what a choice of the changes leaves, case by case.

use super::*;

/// The links after accepting these changes and what they need, while the new name is not accepted.
fn after(old: &Workflow, new: &Workflow, accepted: &[&str]) -> String {
    let mut new = new.clone();
    new.name = "Another".to_string();
    links(&apply(old, &diff(old, &new), &ids(accepted)))
}

fn needed(old: &Workflow, new: &Workflow, id: &str) -> BTreeSet<ChangeId> {
    with_needs(&diff(old, new), &[id])
}

#[test]
fn changes_name_their_step() {
    let old = graph("t a1 a2 a3", "t>a1 a1>a2 a2>a3");
    let mut new = graph("t a2 a3 a4", "t>a2 a2>a3 t>a3 a3>a4");
    new.name = "Other".to_string();
    new.steps[1].note = Some("x".to_string());
    new.steps[2].set_config("message", "x");
    let diff = diff(&old, &new);
    let steps: Vec<(&str, Option<&str>)> = diff
        .changes
        .iter()
        .map(|change| (change.id.as_str(), change.what.step()))
        .collect();
    assert_eq!(
        steps,
        [
            ("name", None),
            ("note:a2", Some("a2")),
            ("field:a3:message", Some("a3")),
            ("move:a3", Some("a3")),
            ("add:a4", Some("a4")),
            ("remove:a1", Some("a1")),
        ]
    );
    assert!(!diff.is_empty());
    assert!(super::super::diff(&old, &old).is_empty());
}

#[test]
fn a_choice_of_fields_leaves_the_others() {
    let mut old = graph("t a", "t>a");
    for (field, value) in [("one", "1"), ("two", "2"), ("three", "3")] {
        old.steps[1].set_config(field, value);
    }
    old.patched_fields = vec!["a".into()];
    let mut new = old.clone();
    new.steps[1].config.retain(|field| field.id == "one");
    new.steps[1].set_config("one", "11");
    new.patched_fields = vec!["b".into(), "a".into()];
    let diff = diff(&old, &new);
    let result = apply(&old, &diff, &ids(&["field:a:two"]));
    let fields: Vec<(&str, &str)> = result.steps[1]
        .config
        .iter()
        .map(|field| (field.id.as_str(), field.value.as_str()))
        .collect();
    assert_eq!(fields, [("one", "1"), ("three", "3")]);
    // What is read as a patched field stays readable, whichever change is accepted.
    assert_eq!(result.patched_fields, ["a", "b"]);
}

#[test]
fn a_step_with_other_ports_changes_with_all_that_moves() {
    let old = graph("t a b c1 d", "t>a a>b t>c1 c1.true>d");
    let with = |task_type: TaskType| {
        // Something else moves.
        let mut new = graph("t a b c1 d", "t>a a>b t>c1 c1.false>d");
        new.steps[1].task_type = task_type;
        needed(&old, &new, "task:a")
    };
    // A wait has the ports of an action; a trigger and a condition have not.
    assert_eq!(with(TaskType::Wait), ids(&["task:a"]));
    assert_eq!(with(TaskType::Trigger), ids(&["task:a", "move:d"]));
    assert_eq!(with(TaskType::Condition), ids(&["task:a", "move:d"]));
    let mut trigger = old.clone();
    trigger.steps[1].task_type = TaskType::Trigger;
    let new = graph("t a b c1 d", "t>a a>b t>c1 c1.false>d");
    assert_eq!(needed(&trigger, &new, "task:a"), ids(&["task:a", "move:d"]));
}

#[test]
fn a_step_that_both_branches_lead_to_needs_not_go_with_the_condition() {
    let old = graph("t c a1 a2 a3", "t>c c.true>a1 a1>a3 c.false>a2 a2>a3");
    let new = graph("t", "");
    assert_eq!(
        needed(&old, &new, "remove:c"),
        ids(&["remove:c", "remove:a1", "remove:a2"])
    );
    // What the body of a loop leads to and what comes after it alike runs in any case.
    let old = graph("t f a1 a3", "t>f f.loop_body>a1 a1>a3 f.after>a3");
    assert_eq!(
        needed(&old, &new, "remove:f"),
        ids(&["remove:f", "remove:a1"])
    );
}

#[test]
fn unlinking_a_step_needs_the_moves_below_it() {
    // `b` and `d` still run, `c` does not.
    let old = graph("t a b c d e", "t>a a>b a>c t>d");
    let new = graph("t a b c d e", "t>b b>d a>c");
    let diff = diff(&old, &new);
    assert_eq!(found(&diff), ["move:a", "move:b", "move:d"]);
    assert_eq!(
        with_needs(&diff, &["move:a"]),
        ids(&["move:a", "move:b"]),
        "the step that does not hang below it may stay"
    );
    // A step that moves and still runs takes nothing along.
    let new = graph("t a b c d e", "t>d d>a a>c t>b");
    assert_eq!(needed(&old, &new, "move:a"), ids(&["move:a"]));
}

#[test]
fn a_trigger_goes_with_the_moves_of_what_it_started() {
    let old = graph("t1 t2 a b", "t1>a t2>b");
    let new = graph("t1 a b", "t1>a a>b");
    assert_eq!(
        needed(&old, &new, "remove:t2"),
        ids(&["remove:t2", "move:b"])
    );
    // Another step may go without them.
    let old = graph("t1 t2 a b", "t1>a t1>t2 t2>b");
    let mut no_trigger = old.clone();
    no_trigger.steps[1].task_type = TaskType::Action;
    assert_eq!(needed(&no_trigger, &new, "remove:t2"), ids(&["remove:t2"]));
}

#[test]
fn ids_used_twice_are_told_apart() {
    let old = graph("t a a b", "t>a a>b");
    let new = graph("t a b", "t>a a>b");
    assert_eq!(found(&diff(&old, &new)), ["remove:a#2"]);
    assert_eq!(found(&diff(&new, &old)), ["add:a#2"]);
    let clash = graph("t a a a#2", "");
    assert_eq!(
        found(&diff(&graph("t", ""), &clash)),
        ["add:a", "add:a#2", "add:a#2#"]
    );
}

#[test]
fn a_link_means_the_first_step_with_its_id() {
    let old = graph("t1 a b", "a>b");
    let mut new = graph("a t1 b", "a>b");
    // The trigger now has the id of a step before it.
    new.steps[1].id = "a".to_string();
    assert_eq!(found(&diff(&old, &new)), ["task:t1"]);
}

#[test]
fn what_is_linked_to_nothing_is_compared_like_the_rest() {
    // A further way that an added step opens belongs to that step.
    let old = graph("t c a", "c.true>a");
    let new = graph("t c a b", "c.true>a c.false>b b>a");
    assert_eq!(found(&diff(&old, &new)), ["add:b"]);
    // A way that ties a step in is a change of its own, …
    let new = graph("t c a b", "c.true>a t>b b>a");
    assert_eq!(found(&diff(&old, &new)), ["move:a", "add:b"]);
    // … and so is one that takes the place of the only way that ran.
    let old = graph("t c a", "t>c c.true>a");
    let new = graph("t c a b", "c.true>a t>b b>a");
    assert_eq!(found(&diff(&old, &new)), ["move:c", "move:a", "add:b"]);
    let old = graph("t p q r x a", "t>p t>q p>r r>a x>a");
    let new = graph("t p q n x a", "t>p t>q q>n n>a x>a");
    assert_eq!(found(&diff(&old, &new)), ["add:n", "move:a", "remove:r"]);
}

#[test]
fn a_link_that_stood_beside_removed_steps_stays() {
    let old = graph("t r1 r2 a", "t>a t>r1 r1>a t>r2 r2>a");
    let new = graph("t a", "t>a");
    assert_eq!(
        after(&old, &new, &["remove:r1"]),
        "t.output>a t.output>r2 r2.output>a"
    );
    // An added step comes after both: after the steps that stay, and where the link was.
    let new = graph("t b a", "t>b b>a");
    assert_eq!(
        after(&old, &new, &["remove:r1", "add:b"]),
        "t.output>r2 r2.output>b t.output>b b.output>a"
    );
}

#[test]
fn added_steps_follow_each_other() {
    let old = graph("t a", "t>a");
    let new = graph("t b1 b2 a", "t>b1 b1>b2 b2>a");
    assert_eq!(
        after(&old, &new, &["add:b1", "add:b2"]),
        "t.output>b1 b1.output>b2 b2.output>a"
    );
}

#[test]
fn links_stand_in_the_order_of_the_workflow() {
    let old = graph("t a1 a2 a3", "t>a1 t>a2 a1>a3");
    for (new, accepted, expected) in [
        // Between, before and behind its siblings.
        (
            graph("t a1 b a2 a3", "t>a1 t>b t>a2 a1>a3"),
            ["add:b"],
            "t.output>a1 t.output>b t.output>a2 a1.output>a3",
        ),
        (
            graph("t b a1 a2 a3", "t>b t>a1 t>a2 a1>a3"),
            ["add:b"],
            "t.output>b t.output>a1 t.output>a2 a1.output>a3",
        ),
        (
            graph("t a1 a2 b a3", "t>a1 t>a2 t>b a1>a3"),
            ["add:b"],
            "t.output>a1 t.output>a2 t.output>b a1.output>a3",
        ),
        // Alone under its port: behind the link it follows in the new workflow.
        (
            graph("t a1 b a2 a3", "t>a1 t>a2 a2>b a1>a3"),
            ["add:b"],
            "t.output>a1 t.output>a2 a2.output>b a1.output>a3",
        ),
        // A healed link stands where the removed step's link stood.
        (
            graph("t a2 a3", "t>a3 t>a2"),
            ["remove:a1"],
            "t.output>a3 t.output>a2",
        ),
    ] {
        assert_eq!(after(&old, &new, &accepted), expected);
    }
}

#[test]
fn links_healed_from_one_keep_their_order() {
    let old = graph("t r a b x", "t>r r>a r>b t>x");
    let new = graph("t a b x", "t>x x>a x>b");
    assert_eq!(found(&diff(&old, &new)), ["move:a", "move:b", "remove:r"]);
    assert_eq!(
        after(&old, &new, &["remove:r"]),
        "t.output>a t.output>b t.output>x"
    );
}
