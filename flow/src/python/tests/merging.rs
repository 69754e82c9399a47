//! Edited programs: what was not changed stays as it was.

use super::*;

const BASE: &str = r#"{"__metadata":{"version":0.1},"root":{"steps":[
{"step_id":"01B","step_position":[5,300],"config_field_values":[{"config_field_id":"order_id","value":"{\"value\":\"\",\"default_value\":\"order.id\"}"},{"config_field_id":"tags","value":"[\"big\"]"}],"task_id":"shopify::admin::add_order_tags","task_version":"0.1","task_type":"ACTION","description":null,"note":"mine","name":null,"odd":7},
{"step_id":"01A","step_position":[5,5],"config_field_values":[],"task_id":"shopify::admin::order_created","task_version":"0.1","task_type":"TRIGGER","description":null,"note":null,"name":null},
{"step_id":"01C","step_position":[9,9],"config_field_values":[{"config_field_id":"message","value":"done"}],"task_id":"shopify::flow::log_output","task_version":"0.1","task_type":"ACTION","description":null,"note":null,"name":null}],
"links":[{"from_step_id":"01B","from_port_id":"output","to_step_id":"01C","to_port_id":"input"},{"from_step_id":"01A","from_port_id":"output","to_step_id":"01B","to_port_id":"input"}],
"patched_fields":[],"variables":[],"workflow_name":"Big  orders!"}}"#;

fn edited(from: &str, to: &str) -> (Workflow, Workflow) {
    let base = crate::json::parse(BASE).unwrap().workflow;
    let text = print(&base, shipped());
    assert!(text.contains(from), "{text}");
    let merged = merge(&base, parse(&text.replace(from, to), shipped()), shipped());
    (base, merged)
}

#[test]
fn one_field_changes_and_nothing_else() {
    let (base, merged) = edited("[\"big\"]", "[\"huge\"]");
    let mut expected = base;
    expected.steps[0].set_config("tags", "[\"huge\"]");
    assert_eq!(merged, expected);
}

#[test]
fn a_new_step_goes_between() {
    let (base, merged) = edited("    log_output", "    wait(days=2)\n    log_output");
    let ids: Vec<&str> = merged.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["01B", "s1", "01A", "01C"]);
    assert_eq!(merged.steps[0], base.steps[0]);
    let links: Vec<String> = merged
        .links
        .iter()
        .map(|link| format!("{}>{}", link.from, link.to))
        .collect();
    assert_eq!(links, ["01A>01B", "01B>s1", "s1>01C"]);
    assert_eq!(merged.name, "Big  orders!");
}

#[test]
fn a_step_goes_away() {
    let (base, merged) = edited("    log_output(message=\"done\")\n", "");
    assert_eq!(merged.steps, base.steps[..2]);
    assert_eq!(merged.links, base.links[1..]);
}

#[test]
fn another_trigger_is_another_step() {
    let (_, merged) = edited("@order_created", "@order_paid");
    assert_eq!(
        merged.steps.iter().filter(|step| step.id == "01A").count(),
        0
    );
    assert_eq!(merged.triggers().count(), 1);
}
