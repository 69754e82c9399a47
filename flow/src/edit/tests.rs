//! Edits by hand: what each gives, what is refused, and what no edit may do.

mod laws;

use std::sync::LazyLock;

use super::*;
use crate::check::{check, has_error};

/// Read once: the laws make thousands of edits.
static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

fn catalog() -> &'static Catalog {
    &CATALOG
}

const TAGS: &str = "shopify::admin::add_order_tags";
const EMAIL: &str = "shopify::flow::log_output";
const CONDITION: &str = "shopify::flow::condition";
const FOREACH: &str = "shopify::flow::foreach";
const ORDER: &str = "shopify::admin::order_created";

fn step(id: &str, task: &str) -> Step {
    let catalog = catalog();
    let task = catalog.task(task).expect("a known task");
    Step::new(id, task.id.as_str(), task.version.as_str(), task.task_type)
}

/// A workflow from steps and links written `a.output b`.
fn workflow(steps: &[(&str, &str)], links: &[&str]) -> Workflow {
    Workflow {
        name: "Test".to_string(),
        steps: steps.iter().map(|(id, task)| step(id, task)).collect(),
        links: links
            .iter()
            .map(|text| {
                let (from, to) = text.split_once(' ').expect("two ends");
                let (from, port) = from.split_once('.').expect("a port");
                Link::new(from, port, to)
            })
            .collect(),
        ..Workflow::default()
    }
}

/// t → if; true → a → end, false → b → end.
fn branched() -> Workflow {
    workflow(
        &[
            ("t", ORDER),
            ("if", CONDITION),
            ("a", EMAIL),
            ("b", EMAIL),
            ("end", EMAIL),
        ],
        &[
            "t.output if",
            "if.true a",
            "if.false b",
            "a.output end",
            "b.output end",
        ],
    )
}

fn links(workflow: &Workflow) -> Vec<String> {
    let mut links: Vec<String> = workflow
        .links
        .iter()
        .map(|link| format!("{}.{} {}", link.from, link.from_port, link.to))
        .collect();
    links.sort();
    links
}

fn ids(list: &[&str]) -> Vec<StepId> {
    list.iter().map(ToString::to_string).collect()
}

fn after(step: &str, port: &str) -> Place {
    Place::After {
        step: step.to_string(),
        port: port.to_string(),
    }
}

fn on(from: &str, port: &str, to: &str) -> Place {
    Place::OnLink {
        from: from.to_string(),
        port: port.to_string(),
        to: to.to_string(),
    }
}

fn add(task: &str, place: Place) -> Edit {
    Edit::AddStep {
        task_id: task.to_string(),
        place,
    }
}

fn made(workflow: &Workflow, edit: &Edit) -> Edited {
    match apply(workflow, edit, catalog()) {
        Ok(edited) => edited,
        Err(refused) => panic!("{edit:?} was refused: {refused}"),
    }
}

fn refused(workflow: &Workflow, edit: &Edit) -> String {
    match apply(workflow, edit, catalog()) {
        Ok(edited) => panic!("{edit:?} was made: {}", edited.summary),
        Err(refused) => refused.message,
    }
}

#[test]
fn a_workflow_is_made_by_hand_from_nothing() {
    let nothing = Workflow::default();
    assert_eq!(
        refused(&nothing, &add(TAGS, Place::Start)),
        "A workflow begins with a trigger; add that first."
    );
    let begun = made(
        &nothing,
        &Edit::AddTrigger {
            task_id: ORDER.to_string(),
        },
    );
    assert_eq!(begun.workflow.name, "New workflow");
    assert_eq!(begun.summary, "Added ‘Order created’");
    let first = begun.select.expect("the trigger");
    let tagged = made(&begun.workflow, &add(TAGS, after(&first, "output")));
    let step = tagged.workflow.step("s2").expect("the new step");
    // The only order there is fills the field, in the catalogue's own spelling.
    assert_eq!(
        step.config_value("order_id"),
        Some(r#"{"value":"{{ order.id }}","default_value":""}"#)
    );
    assert_eq!(links(&tagged.workflow), ["s1.output s2"]);
    let filled = made(
        &tagged.workflow,
        &Edit::SetField {
            step: "s2".to_string(),
            field: "tags".to_string(),
            value: Some(r#"["VIP"]"#.to_string()),
        },
    );
    assert_eq!(filled.summary, "Edited ‘Tags’ of ‘Add order tags’");
    assert!(!has_error(&check(&filled.workflow, catalog())));
}

#[test]
fn a_step_is_added_where_it_is_wanted() {
    let before = branched();
    for (place, expected) in [
        (
            on("if", "true", "a"),
            vec![
                "a.output end",
                "b.output end",
                "if.false b",
                "if.true s1",
                "s1.output a",
                "t.output if",
            ],
        ),
        (
            after("t", "output"),
            vec![
                "a.output end",
                "b.output end",
                "if.false b",
                "if.true a",
                "s1.output if",
                "t.output s1",
            ],
        ),
        (
            after("end", "output"),
            vec![
                "a.output end",
                "b.output end",
                "end.output s1",
                "if.false b",
                "if.true a",
                "t.output if",
            ],
        ),
        (
            Place::Loose,
            links(&before).iter().map(String::as_str).collect(),
        ),
    ] {
        let edited = made(&before, &add(EMAIL, place.clone()));
        assert_eq!(links(&edited.workflow), expected, "{place:?}");
        assert_eq!(edited.select.as_deref(), Some("s1"));
    }
    // A condition decides over what followed; a loop goes before it.
    let condition = made(&before, &add(CONDITION, on("b", "output", "end")));
    assert!(
        condition
            .workflow
            .links
            .contains(&Link::new("s1", "true", "end"))
    );
    let repeated = made(&before, &add(FOREACH, on("b", "output", "end")));
    assert!(
        repeated
            .workflow
            .links
            .contains(&Link::new("s1", "after", "end"))
    );
}

#[test]
fn numbers_stay_numbers() {
    let mut before = workflow(&[("1", ORDER), ("7", EMAIL)], &["1.output 7"]);
    for step in &mut before.steps {
        step.numeric_id = true;
    }
    let edited = made(&before, &add(EMAIL, after("7", "output")));
    let new = edited.workflow.step("8").expect("the next number");
    assert!(new.numeric_id);
}

#[test]
fn what_followed_a_removed_step_hangs_where_it_hung() {
    let edited = made(&branched(), &Edit::Remove { steps: ids(&["a"]) });
    assert_eq!(
        links(&edited.workflow),
        ["b.output end", "if.false b", "if.true end", "t.output if"]
    );
    assert_eq!(edited.summary, "Removed ‘Log output’");
    assert_eq!(edited.select.as_deref(), Some("if"));
    // What a removed condition decided happens always.
    let edited = made(
        &branched(),
        &Edit::Remove {
            steps: ids(&["if"]),
        },
    );
    assert_eq!(
        links(&edited.workflow),
        ["a.output end", "b.output end", "t.output a", "t.output b"]
    );
    let edited = made(
        &branched(),
        &Edit::Remove {
            steps: ids(&["if", "a", "b"]),
        },
    );
    assert_eq!(links(&edited.workflow), ["t.output end"]);
    assert_eq!(edited.summary, "Removed 3 steps");
}

#[test]
fn a_variable_keeps_its_name_when_the_one_before_it_goes() {
    let get = "shopify::flow::fetch::orders";
    let mut before = workflow(
        &[("t", ORDER), ("g1", get), ("g2", get), ("log", EMAIL)],
        &["t.output g1", "g1.output g2", "g2.output log"],
    );
    before.steps[3].set_config("message", "{{ getOrderData1.size }}");
    let edited = made(
        &before,
        &Edit::Remove {
            steps: ids(&["g1"]),
        },
    );
    let kept = edited.workflow.step("g2").expect("the other one");
    assert_eq!(
        crate::run::output_name(&edited.workflow, kept, catalog()).as_deref(),
        Some("getOrderData1")
    );
}

#[test]
fn a_condition_moves_and_is_duplicated_with_its_branches() {
    let before = workflow(
        &[
            ("t", ORDER),
            ("x", EMAIL),
            ("if", CONDITION),
            ("a", EMAIL),
            ("end", EMAIL),
        ],
        &[
            "t.output x",
            "x.output if",
            "if.true a",
            "if.false end",
            "a.output end",
        ],
    );
    let edited = made(
        &before,
        &Edit::Move {
            steps: ids(&["if"]),
            place: on("t", "output", "x"),
        },
    );
    assert_eq!(
        links(&edited.workflow),
        [
            "a.output x",
            "if.false x",
            "if.true a",
            "t.output if",
            "x.output end"
        ]
    );
    let edited = made(
        &before,
        &Edit::Duplicate {
            steps: ids(&["if"]),
        },
    );
    assert_eq!(
        links(&edited.workflow),
        [
            "a.output s1",
            "if.false s1",
            "if.true a",
            "s1.false end",
            "s1.true s2",
            "s2.output end",
            "t.output x",
            "x.output if",
        ]
    );
}

#[test]
fn steps_that_are_apart_are_put_in_one_behind_the_other() {
    let before = workflow(
        &[
            ("t", ORDER),
            ("a", EMAIL),
            ("b", EMAIL),
            ("c", EMAIL),
            ("d", EMAIL),
        ],
        &["t.output a", "a.output b", "b.output c", "c.output d"],
    );
    let edited = made(
        &before,
        &Edit::Move {
            steps: ids(&["c", "a"]),
            place: after("d", "output"),
        },
    );
    assert_eq!(
        links(&edited.workflow),
        ["a.output c", "b.output d", "d.output a", "t.output b"]
    );
    assert_eq!(edited.summary, "Moved 2 steps");
    assert_eq!(
        refused(
            &before,
            &Edit::Move {
                steps: ids(&["b"]),
                place: after("a", "output"),
            },
        ),
        "This is where it stands already; choose another place."
    );
}

#[test]
fn what_is_pasted_keeps_its_links_and_its_fields() {
    let other = workflow(
        &[("9", ORDER), ("5", CONDITION), ("6", TAGS)],
        &["9.output 5", "5.true 6"],
    );
    let mut copied = other.steps.clone();
    copied[2].set_config("tags", "{{ nowhere.id }}");
    let edited = made(
        &branched(),
        &Edit::Paste {
            steps: copied,
            links: other.links.clone(),
            place: on("a", "output", "end"),
        },
    );
    // The trigger stays behind: there is one.
    assert_eq!(edited.summary, "Pasted 2 steps");
    let expected = ["a.output s1", "s1.true s2", "s2.output end"];
    let found = links(&edited.workflow);
    for link in expected {
        assert!(found.contains(&link.to_string()), "{found:?}");
    }
    let pasted = edited.workflow.step("s2").expect("the pasted step");
    assert_eq!(pasted.config_value("tags"), Some("{{ nowhere.id }}"));
    // From nothing, the trigger comes along.
    let edited = made(
        &Workflow::default(),
        &Edit::Paste {
            steps: other.steps.clone(),
            links: other.links.clone(),
            place: Place::Start,
        },
    );
    assert_eq!(links(&edited.workflow), ["s1.output s2", "s2.true s3"]);
}

#[test]
fn another_task_keeps_what_both_are_configured_with() {
    let mut before = workflow(
        &[("t", ORDER), ("a", TAGS), ("b", EMAIL)],
        &["t.output a", "a.output b"],
    );
    before.steps[1].set_config("tags", r#"["VIP"]"#);
    let edited = made(
        &before,
        &Edit::ChangeTask {
            step: "a".to_string(),
            task_id: "shopify::admin::remove_order_tags".to_string(),
        },
    );
    let step = edited.workflow.step("a").expect("the same step");
    assert_eq!(step.config_value("tags"), Some(r#"["VIP"]"#));
    assert!(step.config_value("order_id").is_some());
    let edited = made(
        &before,
        &Edit::ChangeTask {
            step: "a".to_string(),
            task_id: CONDITION.to_string(),
        },
    );
    assert_eq!(links(&edited.workflow), ["a.true b", "t.output a"]);
}

#[test]
fn links_are_made_and_taken_away_one_by_one() {
    let before = branched();
    let edit = |from: &str, port: &str, to: &str| Edit::Link {
        from: from.to_string(),
        port: port.to_string(),
        to: to.to_string(),
    };
    let edited = made(&before, &edit("t", "output", "end"));
    assert_eq!(edited.summary, "Linked ‘Order created’ to ‘Log output’");
    let back = made(
        &edited.workflow,
        &Edit::Unlink {
            from: "t".to_string(),
            port: "output".to_string(),
            to: "end".to_string(),
        },
    );
    assert_eq!(back.workflow, before);
    for (edit, sentence) in [
        (
            edit("end", "output", "if"),
            "The workflow would run in a circle; choose another step.",
        ),
        (
            edit("a", "output", "t"),
            "A trigger only begins a workflow; choose another step.",
        ),
        (edit("t", "output", "if"), "These two are linked already."),
        (
            edit("a", "true", "b"),
            "‘Log output’ has no such way out; choose another.",
        ),
        (
            edit("a", "output", "gone"),
            "This step is no longer there. Look at the canvas again.",
        ),
    ] {
        assert_eq!(refused(&before, &edit), sentence);
    }
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let before = branched();
    let rename = |name: &str| Edit::Rename {
        name: name.to_string(),
    };
    for (edit, sentence) in [
        (rename("  "), "A workflow needs a name; give it one."),
        (rename("Test"), "This is so already; nothing was changed."),
        (
            rename(&"x".repeat(256)),
            "This name is too long; use at most 255 characters.",
        ),
        (
            Edit::AddTrigger {
                task_id: ORDER.to_string(),
            },
            "The workflow starts with ‘Order created’ already; change that step instead.",
        ),
        (
            add("no::such", Place::Start),
            "This task is not available in your store; choose another.",
        ),
        (
            add(TAGS, on("t", "output", "end")),
            "This link is no longer there. Look at the canvas again.",
        ),
        (Edit::Remove { steps: Vec::new() }, "Choose a step first."),
        (
            Edit::Duplicate { steps: ids(&["t"]) },
            "A workflow has one trigger, so it cannot be duplicated.",
        ),
        (
            Edit::Move {
                steps: ids(&["t"]),
                place: Place::Loose,
            },
            "A trigger always stands first, so it cannot be moved.",
        ),
        (
            Edit::Move {
                steps: ids(&["if"]),
                place: on("if", "true", "a"),
            },
            "This is where it stands already; choose another place.",
        ),
        (
            Edit::SetField {
                step: "a".to_string(),
                field: "nothing".to_string(),
                value: Some(String::new()),
            },
            "‘Log output’ has no field ‘nothing’.",
        ),
        (
            Edit::SwapBranches {
                step: "a".to_string(),
            },
            "Only a condition has two branches that can be swapped.",
        ),
    ] {
        assert_eq!(refused(&before, &edit), sentence);
    }
}

#[test]
fn an_edit_reads_as_it_was_written() {
    let edit = Edit::Move {
        steps: ids(&["a"]),
        place: on("t", "output", "if"),
    };
    let text = serde_json::to_string(&edit).expect("JSON");
    assert_eq!(
        text,
        r#"{"kind":"move","steps":["a"],"place":{"at":"on_link","from":"t","port":"output","to":"if"}}"#
    );
    assert_eq!(serde_json::from_str::<Edit>(&text).expect("an edit"), edit);
}
