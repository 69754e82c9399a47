//! What a part of the changes makes of the links.

use super::*;

/// The links after accepting these changes and what they need.
fn after(old: &Workflow, new: &Workflow, accepted: &[&str]) -> String {
    links(&apply(old, &diff(old, new), &ids(accepted)))
}

#[test]
fn removing_in_the_middle_heals() {
    let old = graph("t a1 a2 a3", "t>a1 a1>a2 a2>a3");
    let new = graph("t a3", "t>a3");
    assert_eq!(found(&diff(&old, &new)), ["remove:a1", "remove:a2"]);
    assert_eq!(
        after(&old, &new, &["remove:a1"]),
        "t.output>a2 a2.output>a3"
    );
    assert_eq!(
        after(&old, &new, &["remove:a2"]),
        "t.output>a1 a1.output>a3"
    );
}

#[test]
fn adding_in_the_middle_goes_between() {
    let old = graph("t a1 a2", "t>a1 t>a2");
    let new = graph("t b1 b2 a1 a2", "t>b1 b1>b2 b2>a1 t>a2");
    let found = diff(&old, &new);
    assert_eq!(super::found(&found), ["add:b1", "add:b2"]);
    assert_eq!(found.changes[1].needs, ["add:b1"]);
    assert_eq!(
        after(&old, &new, &["add:b1"]),
        "t.output>b1 b1.output>a1 t.output>a2"
    );
}

#[test]
fn an_added_step_comes_after_a_removed_one_that_stays() {
    let old = graph("t a1 a2", "t>a1 a1>a2");
    let new = graph("t b1 a2", "t>b1 b1>a2");
    assert_eq!(
        after(&old, &new, &["add:b1"]),
        "t.output>a1 a1.output>b1 b1.output>a2"
    );
    assert_eq!(after(&old, &new, &["remove:a1"]), "t.output>a2");
}

#[test]
fn joins_are_kept() {
    let old = graph("t c a1 a2 a3", "t>c c.true>a1 c.false>a2 a1>a3 a2>a3");
    let new = graph("t c a1 a3", "t>c c.true>a1 c.false>a3 a1>a3");
    assert_eq!(found(&diff(&old, &new)), ["remove:a2"]);
    let back = diff(&new, &old);
    assert_eq!(found(&back), ["add:a2"]);
}

#[test]
fn an_else_branch_that_joins_is_one_change() {
    let old = graph("t c a1 a2", "t>c c.true>a1 a1>a2");
    let new = graph(
        "t c a1 b1 b2 a2",
        "t>c c.true>a1 a1>a2 c.false>b1 b1>b2 b2>a2",
    );
    assert_eq!(found(&diff(&old, &new)), ["add:b1", "add:b2"]);
    assert_eq!(
        after(&old, &new, &["add:b1"]),
        "t.output>c c.true>a1 a1.output>a2 c.false>b1 b1.output>a2"
    );
    // And the other way: without the branch, the way it opened is closed.
    assert_eq!(found(&diff(&new, &old)), ["remove:b1", "remove:b2"]);
    assert_eq!(
        after(&new, &old, &["remove:b1"]),
        "t.output>c c.true>a1 a1.output>a2 c.false>b2 b2.output>a2"
    );
}

#[test]
fn a_condition_goes_with_what_it_alone_allows() {
    let old = graph("t c a1 a2 a3", "t>c c.true>a1 c.false>a2 a2>a3");
    let new = graph("t a1", "t>a1");
    let diff = diff(&old, &new);
    assert_eq!(
        with_needs(&diff, &["remove:c"]),
        ids(&["remove:c", "remove:a2", "remove:a3"])
    );
    // Rejecting that a branch goes rejects that the condition goes.
    assert_eq!(
        dependents(&diff, &["remove:a3"]),
        ids(&["remove:a3", "remove:c"])
    );
    assert_eq!(
        after(&old, &new, &["remove:a2"]),
        "t.output>c c.true>a1 c.false>a3"
    );
}

#[test]
fn a_removed_loop_does_not_take_what_comes_after_it() {
    let old = graph("t f a1 a2", "t>f f.loop_body>a1 f.after>a2");
    let new = graph("t", "");
    let diff = diff(&old, &new);
    assert_eq!(
        with_needs(&diff, &["remove:f"]),
        ids(&["remove:f", "remove:a1"])
    );
    assert_eq!(after(&old, &new, &["remove:f"]), "t.output>a2");
}

#[test]
fn wrapping_brings_the_moves_out_of_the_wrapping() {
    let old = graph("t a1 a2", "t>a1 a1>a2");
    let new = graph("t f a1 a2", "t>f f.loop_body>a1 f.after>a2");
    let wrapped = diff(&old, &new);
    assert_eq!(found(&wrapped), ["add:f", "move:a2"]);
    assert_eq!(with_needs(&wrapped, &["add:f"]).len(), 2);
    // With a condition, what follows runs either way, and that is no change of its own.
    let new = graph("t c a1 a2", "t>c c.true>a1 a1>a2 c.false>a2");
    assert_eq!(found(&diff(&old, &new)), ["add:c"]);
    assert_eq!(found(&diff(&new, &old)), ["remove:c"]);
}

#[test]
fn swapped_steps_do_not_come_to_lead_to_each_other() {
    let old = graph("t a1 a2", "t>a1 a1>a2");
    let new = graph("t a2 a1", "t>a2 a2>a1");
    assert_eq!(found(&diff(&old, &new)), ["move:a2", "move:a1"]);
    assert_eq!(after(&old, &new, &["move:a1"]), "t.output>a2 a2.output>a1");
    assert_eq!(after(&old, &new, &["move:a2"]), "t.output>a1 t.output>a2");
}

#[test]
fn one_trigger_for_another_is_one_change() {
    let old = graph("t1 a", "t1>a");
    let new = graph("t2 b a", "t2>b b>a");
    assert_eq!(found(&diff(&old, &new)), ["task:t1", "add:b"]);
    assert_eq!(after(&old, &new, &["task:t1"]), "t2.output>a");
    assert_eq!(after(&old, &new, &["add:b"]), "t1.output>b b.output>a");
}

#[test]
fn several_triggers_and_detached_steps() {
    let old = graph("t1 t2 a b", "t1>a t2>a");
    let new = graph("t1 a b", "t1>a a>b");
    assert_eq!(found(&diff(&old, &new)), ["move:b", "remove:t2"]);
    // What ties a step in comes before what is cut.
    assert_eq!(
        with_needs(&diff(&old, &new), &["remove:t2"]),
        ids(&["remove:t2", "move:b"])
    );
    assert_eq!(
        after(&old, &new, &["move:b"]),
        "t1.output>a a.output>b t2.output>a"
    );
}

#[test]
fn layout_alone_is_no_change() {
    let old = graph("t a", "t>a");
    let mut new = old.clone();
    new.steps[1].position = [7.0, 7.0];
    new.steps.reverse();
    let diff = diff(&old, &new);
    assert!(diff.is_empty());
    assert_eq!(apply(&old, &diff, &BTreeSet::new()), new);
    // Beside another change it comes along with the last one.
    new.name = "Other".into();
    let diff = super::diff(&old, &new);
    assert_eq!(apply(&old, &diff, &BTreeSet::new()), old);
    assert_eq!(apply(&old, &diff, &ids(&["name"])), new);
}

#[test]
fn a_circle_ends() {
    let old = graph("t a1 a2 a3", "t>a1 a1>a2 a2>a3 a3>a1");
    let new = graph("t a1", "t>a1 a1>a1");
    let diff = diff(&old, &new);
    for change in &diff.changes {
        apply(&old, &diff, &with_needs(&diff, &[&change.id]));
    }
    assert_eq!(
        after(&old, &new, &["remove:a2", "remove:a3"]),
        "t.output>a1"
    );
}
