//! What belongs together because of the variables that steps give and read.

use super::*;

fn step(id: &str, task: &str, task_type: TaskType, field: &str, value: &str) -> Step {
    let mut step = Step::new(id, task, "0.1", task_type);
    step.set_config(field, value);
    step
}

fn log(id: &str, message: &str) -> Step {
    let task = "shopify::flow::log_output";
    step(id, task, TaskType::Action, "message", message)
}

/// A step that gives `getOrderData`, or `getOrderData1` where it is the second of the file.
fn get(id: &str) -> Step {
    let task = "shopify::flow::fetch::orders";
    step(id, task, TaskType::Action, "query", "tag:x")
}

/// One step after the other, behind a trigger.
fn chain(steps: Vec<Step>) -> Workflow {
    let mut workflow = graph("t", "");
    for step in steps {
        let from = workflow.steps.last().map(|step| step.id.clone()).unwrap();
        let port = match workflow.steps.last().map(|step| step.task_type) {
            Some(TaskType::Foreach) => "loop_body",
            _ => "output",
        };
        workflow.links.push(Link::new(from, port, &step.id));
        workflow.steps.push(step);
    }
    workflow
}

/// All needs, as `change: needs`.
fn needs(old: &Workflow, new: &Workflow) -> Vec<String> {
    diff(old, new)
        .changes
        .iter()
        .map(|change| format!("{}: {}", change.id, change.needs.join(" ")))
        .map(|line| line.trim_end().to_string())
        .collect()
}

#[test]
fn another_list_of_a_loop_comes_with_what_reads_its_items() {
    let each = |list: &str| {
        let task = "shopify::flow::foreach";
        let item = format!("{{{{ {list}Foreachitem.name }}}}");
        chain(vec![
            step(
                "f",
                task,
                TaskType::Foreach,
                "listpath",
                &format!("order.{list}"),
            ),
            log("a", &item),
        ])
    };
    assert_eq!(
        needs(&each("lineItems"), &each("fulfillments")),
        [
            "field:f:listpath: field:a:message",
            "field:a:message: field:f:listpath",
        ]
    );
}

#[test]
fn another_name_of_a_step_comes_with_what_reads_its_output() {
    let old = chain(vec![get("g"), log("a", "{{ getOrderData | size }}")]);
    let mut named = get("g");
    named.name = Some("VIP orders".to_string());
    let new = chain(vec![named, log("a", "{{ vipOrders | size }}")]);
    assert_eq!(
        needs(&old, &new),
        ["name:g: field:a:message", "field:a:message: name:g"]
    );
}

#[test]
fn a_step_that_makes_another_the_second_of_its_kind_comes_with_its_readers() {
    let old = chain(vec![get("g"), log("a", "{{ getOrderData | size }}")]);
    let new = chain(vec![
        log("x", "x"),
        get("h"),
        get("g"),
        log("a", "{{ getOrderData1 | size }}"),
    ]);
    assert_eq!(
        needs(&old, &new),
        [
            "add:x:",
            "add:h: add:x field:a:message",
            "field:a:message: add:h",
        ]
    );
    assert_eq!(
        needs(&new, &old),
        [
            "field:a:message: remove:h",
            "remove:x:",
            "remove:h: field:a:message",
        ]
    );
}

#[test]
fn another_task_that_reads_an_added_step_needs_it() {
    let old = chain(vec![log("a", "x")]);
    let email = step(
        "a",
        "shopify::flow::send_email",
        TaskType::Action,
        "message",
        "{{ getOrderData | size }}",
    );
    let new = chain(vec![get("g"), email]);
    assert_eq!(needs(&old, &new), ["add:g:", "task:a: add:g"]);
}

#[test]
fn what_gives_a_variable_goes_when_another_gives_it() {
    let reader = || log("a", "{{ getOrderData | size }}");
    let old = chain(vec![get("g"), reader()]);
    assert_eq!(
        needs(&old, &chain(vec![get("h"), reader()])),
        ["add:h:", "remove:g: add:h"]
    );
    // Where nobody read it before, it may go on its own.
    let unread = chain(vec![get("g"), log("a", "x")]);
    assert_eq!(
        needs(&unread, &chain(vec![get("h"), reader()])),
        ["add:h:", "field:a:message: add:h", "remove:g:"]
    );
    // And where nobody gives it any more, nothing is needed.
    assert_eq!(needs(&old, &chain(vec![reader()])), ["remove:g:"]);
}
