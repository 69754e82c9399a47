//! Scores one answer against what a case expects, without a model as judge.
//!
//! A case is semantically right when the outcome is one of those expected and, for a workflow, the
//! trigger, the conditions, the steps and what had to stay are as expected; a step counts only on the
//! right side of the conditions. It is syntactically right when the workflow has no error.

mod branches;
mod rule;
#[cfg(test)]
mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use flow::workflow::TaskType;
use flow::{Step, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::synth::Example;

use branches::Branches;
use rule::RuleCheck;

/// A case of a benchmark file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BenchCase {
    pub id: String,
    pub slice: String,
    pub request: String,
    #[serde(default)]
    pub installed: Vec<String>,
    #[serde(default)]
    pub workflow: Option<Value>,
    pub expect: Expect,
}

impl From<&Example> for BenchCase {
    /// A case that starts as the example does and expects nothing.
    fn from(example: &Example) -> BenchCase {
        BenchCase {
            id: example.id.clone(),
            request: example.case.request.clone(),
            installed: example.case.installed.clone(),
            workflow: example.case.workflow.clone(),
            ..BenchCase::default()
        }
    }
}

/// What a case expects. Keys that are not listed here are ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Expect {
    pub outcome: Vec<String>,
    #[serde(default)]
    pub message: Option<FieldCheck>,
    #[serde(default)]
    pub trigger: Vec<String>,
    #[serde(default)]
    pub trigger_fields: BTreeMap<String, FieldCheck>,
    #[serde(default)]
    pub conditions: Vec<ConditionCheck>,
    #[serde(default)]
    pub actions: Vec<ActionCheck>,
    #[serde(default)]
    pub forbid: Vec<String>,
    /// Ids of steps that must be unchanged.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Ids of steps that must be gone.
    #[serde(default)]
    pub removed: Vec<String>,
    /// Steps that must not be there.
    #[serde(default)]
    pub absent: Vec<ActionCheck>,
    #[serde(default)]
    pub no_steps_beyond: Option<usize>,
    /// At most so many steps of these tasks.
    #[serde(default)]
    pub max_of: Vec<MostOf>,
    /// Actions, by their place in `actions`, that must come one after another.
    #[serde(default)]
    pub order: Vec<usize>,
    /// Conditions, by their place in `conditions`, that must be about the same item of a list.
    #[serde(default)]
    pub joint: Vec<Vec<usize>>,
    /// Patterns of paths that further conditions may test.
    #[serde(default)]
    pub allow_extra: Vec<String>,
    /// Conditions that hold where further ones are judged.
    #[serde(default)]
    pub assume: Vec<ConditionCheck>,
    /// Alternatives, each laid over the rest; one must fit.
    #[serde(default)]
    pub any_expect: Vec<serde_json::Map<String, Value>>,
}

/// A limit on steps of some tasks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MostOf {
    pub task: Vec<String>,
    pub n: usize,
}

/// A test that must be there: one of the paths, operators and values.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ConditionCheck {
    #[serde(default)]
    pub path: Vec<String>,
    #[serde(default)]
    pub op: Vec<String>,
    #[serde(default)]
    pub value: Vec<Value>,
    /// `all` when every item of a list must pass the test, not just one.
    #[serde(default)]
    pub quant: Option<String>,
    /// Other operators, values or paths that say the same.
    #[serde(default)]
    pub alts: Vec<ConditionCheck>,
}

impl ConditionCheck {
    /// The condition and its alternatives, each complete.
    fn variants(&self) -> Vec<ConditionCheck> {
        let mut out = Vec::new();
        if !self.op.is_empty() {
            out.push(ConditionCheck {
                alts: Vec::new(),
                ..self.clone()
            });
        }
        for alt in &self.alts {
            let or = |own: &[String], other: &[String]| {
                if own.is_empty() {
                    other.to_vec()
                } else {
                    own.to_vec()
                }
            };
            out.push(ConditionCheck {
                path: or(&alt.path, &self.path),
                op: or(&alt.op, &self.op),
                value: if alt.value.is_empty() {
                    self.value.clone()
                } else {
                    alt.value.clone()
                },
                quant: alt.quant.clone().or_else(|| self.quant.clone()),
                alts: Vec::new(),
            });
        }
        out
    }
}

/// A step that must be there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ActionCheck {
    pub task: Vec<String>,
    #[serde(default)]
    pub fields: BTreeMap<String, FieldCheck>,
    /// The step lies below this port of some condition.
    #[serde(default)]
    pub branch: Option<String>,
    /// The step lies in a loop over one of these lists.
    #[serde(default)]
    pub in_loop: Vec<String>,
    /// The step runs once, after a loop over one of these lists.
    #[serde(default)]
    pub after_loop: Vec<String>,
    /// Conditions, by their place in `conditions`, that must all hold (`true`) or not (`false`)
    /// for the step to run, and only then; empty when it must run whatever they say.
    #[serde(default)]
    pub under: Option<Vec<(usize, String)>>,
    /// As `under`, where one of them is enough.
    #[serde(default)]
    pub under_any: Vec<(usize, String)>,
}

/// What a config field, or a message, must look like. Keys that are not listed are ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FieldCheck {
    /// Elements of a list, without regard to case.
    #[serde(default)]
    pub contains_ci: Vec<String>,
    #[serde(default)]
    pub matches: Option<String>,
    #[serde(default)]
    pub not_matches: Option<String>,
    #[serde(default)]
    pub equals: Option<Value>,
    /// Seconds of a wait.
    #[serde(default)]
    pub duration_s: Vec<f64>,
    /// When a schedule runs.
    #[serde(default)]
    pub rrule: Option<RuleCheck>,
}

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answered<'a> {
    pub outcome: &'a str,
    pub message: &'a str,
    pub workflow: Option<&'a Workflow>,
    /// The workflow has an error finding.
    pub errors: bool,
}

/// The verdict on one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub right: bool,
    /// `None` where no workflow was due and none came.
    pub valid: Option<bool>,
    pub reasons: Vec<String>,
}

/// Compares an answer with what is expected.
pub fn score(case: &BenchCase, answered: &Answered<'_>) -> Score {
    let expect = &case.expect;
    let due = expect.outcome.len() == 1 && expect.outcome[0] == "workflow";
    let mut reasons = Vec::new();
    if !expect
        .outcome
        .iter()
        .any(|outcome| outcome == answered.outcome)
    {
        reasons.push(format!(
            "outcome {}, expected {}",
            answered.outcome,
            expect.outcome.join(" or ")
        ));
    }
    let valid = match answered.workflow {
        Some(_) => Some(!answered.errors),
        None => due.then_some(false),
    };
    if reasons.is_empty() {
        match (answered.outcome, answered.workflow) {
            ("workflow", Some(workflow)) => {
                if answered.errors {
                    reasons.push("the workflow has errors".to_string());
                }
                let before = case
                    .workflow
                    .as_ref()
                    .and_then(|json| flow::json::parse(&json.to_string()).ok())
                    .map(|imported| imported.workflow);
                let best = alternatives(expect)
                    .iter()
                    .map(|expect| {
                        let mut reasons = Vec::new();
                        workflow_reasons(expect, workflow, before.as_ref(), &mut reasons);
                        reasons
                    })
                    .min_by_key(Vec::len);
                reasons.extend(best.unwrap_or_default());
            }
            ("workflow", None) => reasons.push("no workflow came".to_string()),
            _ => {
                if answered.message.trim().is_empty() {
                    reasons.push("the message is empty".to_string());
                } else if let Some(check) = &expect.message
                    && let Some(reason) = field_reason("message", answered.message, check)
                {
                    reasons.push(reason);
                }
            }
        }
    }
    Score {
        right: reasons.is_empty(),
        valid,
        reasons,
    }
}

/// What is expected, once for each alternative.
fn alternatives(expect: &Expect) -> Vec<Expect> {
    if expect.any_expect.is_empty() {
        return vec![expect.clone()];
    }
    let Ok(Value::Object(mut rest)) = serde_json::to_value(expect) else {
        return Vec::new();
    };
    rest.remove("any_expect");
    expect
        .any_expect
        .iter()
        .filter_map(|alternative| {
            let mut whole = rest.clone();
            whole.extend(alternative.clone());
            serde_json::from_value(Value::Object(whole)).ok()
        })
        .collect()
}

fn workflow_reasons(
    expect: &Expect,
    workflow: &Workflow,
    before: Option<&Workflow>,
    reasons: &mut Vec<String>,
) {
    if !expect.trigger.is_empty() {
        let fit: Vec<&Step> = workflow
            .triggers()
            .filter(|step| task_in(step, &expect.trigger))
            .collect();
        if fit.is_empty() || fit.len() != workflow.triggers().count() {
            let found: Vec<&str> = workflow
                .triggers()
                .map(|step| step.task_id.as_str())
                .collect();
            reasons.push(format!("trigger {}", found.join(", ")));
        } else {
            for (field, check) in &expect.trigger_fields {
                if let Some(reason) = fields_reason(fit[0], field, check) {
                    reasons.push(reason);
                }
            }
        }
    }
    let branches = Branches::new(workflow, before, expect);
    for check in branches.missing() {
        reasons.push(format!(
            "no condition on {}",
            check.path.first().map_or("", String::as_str)
        ));
    }
    if !branches.joined() {
        reasons.push("the conditions are not about the same item".to_string());
    }
    let mut fit: Vec<Vec<&str>> = Vec::new();
    let mut asked: Vec<&String> = Vec::new();
    for check in &expect.actions {
        asked.extend(&check.task);
        let same: Vec<&Step> = workflow
            .steps
            .iter()
            .filter(|step| task_in(step, &check.task))
            .collect();
        if same.is_empty() {
            reasons.push(format!(
                "no step {}",
                check.task.first().map_or("", String::as_str)
            ));
            fit.push(Vec::new());
            continue;
        }
        let wrong: Vec<Option<String>> = same
            .iter()
            .map(|step| step_reason(workflow, step, check).or_else(|| branches.reason(step, check)))
            .collect();
        fit.push(
            same.iter()
                .zip(&wrong)
                .filter(|(_, wrong)| wrong.is_none())
                .map(|(step, _)| step.id.as_str())
                .collect(),
        );
        if let (false, Some(reason)) = (
            wrong.iter().any(Option::is_none),
            wrong.iter().flatten().next(),
        ) {
            reasons.push(reason.clone());
        }
    }
    if !in_order(workflow, expect, &fit) {
        reasons.push("the steps are not one after another".to_string());
    }
    // Steps that nobody asked for. Reading data and logging are free.
    if !expect.actions.is_empty() {
        for step in workflow
            .steps
            .iter()
            .filter(|step| step.task_type == TaskType::Action)
        {
            let last = step.task_id.rsplit("::").next().unwrap_or_default();
            let free = step.task_id.contains("::fetch::")
                || matches!(
                    last,
                    "count" | "sum" | "run_code" | "log_output" | "look_up_customer_in_segment"
                );
            let had = before
                .is_some_and(|before| before.steps.iter().any(|old| old.task_id == step.task_id));
            if !free && !had && !asked.iter().any(|task| task_is(step, task)) {
                reasons.push(format!("nobody asked for {}", step.task_id));
            }
        }
    }
    for step in &workflow.steps {
        if task_in(step, &expect.forbid) {
            reasons.push(format!("{} must not be there", step.task_id));
        }
    }
    for id in &expect.keep {
        let old = before.and_then(|before| before.step(id));
        match (old, workflow.step(id)) {
            (Some(old), Some(new)) if old.task_id == new.task_id && old.config == new.config => {}
            (_, None) => reasons.push(format!("step {id} was lost")),
            _ => reasons.push(format!("step {id} was changed")),
        }
    }
    for id in &expect.removed {
        if workflow.step(id).is_some() {
            reasons.push(format!("step {id} is still there"));
        }
    }
    for most in &expect.max_of {
        let count = workflow
            .steps
            .iter()
            .filter(|step| task_in(step, &most.task))
            .count();
        if count > most.n {
            reasons.push(format!("{count} steps of a kind, at most {}", most.n));
        }
    }
    for check in &expect.absent {
        for step in workflow
            .steps
            .iter()
            .filter(|step| task_in(step, &check.task))
        {
            let there = |(field, wanted): (&String, &FieldCheck)| {
                fields_reason(step, field, wanted).is_none()
            };
            if check.fields.iter().all(there) {
                reasons.push(format!("{} must not be there", step.task_id));
            }
        }
    }
    if let Some(most) = expect.no_steps_beyond
        && workflow.steps.len() > most
    {
        reasons.push(format!("{} steps, at most {most}", workflow.steps.len()));
    }
}

/// True when the ordered actions, each by one of its steps, come one after another.
fn in_order(workflow: &Workflow, expect: &Expect, fit: &[Vec<&str>]) -> bool {
    let mut ordered = expect.order.iter().filter_map(|at| fit.get(*at));
    let Some(first) = ordered.next() else {
        return true;
    };
    let mut reached: BTreeSet<&str> = first.iter().copied().collect();
    for steps in ordered {
        // A step that is missing has been reported already.
        if reached.is_empty() || steps.is_empty() {
            return true;
        }
        let next: BTreeSet<&str> = steps
            .iter()
            .copied()
            .filter(|to| reached.iter().any(|from| comes_after(workflow, from, to)))
            .collect();
        if next.is_empty() {
            return false;
        }
        reached = next;
    }
    true
}

/// True when a step runs after another: down the links, or after the loop the other is in.
fn comes_after(workflow: &Workflow, from: &str, to: &str) -> bool {
    below(workflow, from).contains(to)
        || loops(workflow).any(|step| {
            reach(workflow, &step.id, "loop_body").contains(from)
                && reach(workflow, &step.id, "after").contains(to)
        })
}

fn loops(workflow: &Workflow) -> impl Iterator<Item = &Step> {
    workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Foreach)
}

fn task_in(step: &Step, tasks: &[String]) -> bool {
    tasks.iter().any(|task| task_is(step, task))
}

/// Ids match whole, or by their last segment; `app:slack` matches any task of that app.
fn task_is(step: &Step, task: &str) -> bool {
    let plain = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect()
    };
    match task.strip_prefix("app:") {
        Some(app) => plain(&step.task_id).contains(&plain(app)),
        None => {
            step.task_id == task
                || step.task_id.rsplit("::").next() == task.rsplit("::").next()
                    && !matches!(step.task_type, TaskType::Condition)
        }
    }
}

fn step_reason(workflow: &Workflow, step: &Step, check: &ActionCheck) -> Option<String> {
    for (field, wanted) in &check.fields {
        if let Some(reason) = fields_reason(step, field, wanted) {
            return Some(reason);
        }
    }
    if let Some(port) = &check.branch {
        let below = workflow
            .steps
            .iter()
            .filter(|other| other.task_type == TaskType::Condition)
            .any(|other| reach(workflow, &other.id, port).contains(step.id.as_str()));
        if !below {
            return Some(format!("{} is not on a {port} branch", step.task_id));
        }
    }
    let over = |step: &Step, lists: &[String]| {
        let list = resolve(workflow, step.config_value("listpath").unwrap_or_default());
        lists
            .iter()
            .any(|wanted| wanted == "*" || plain_path(wanted) == plain_path(&list))
    };
    let inside = |other: &Step| reach(workflow, &other.id, "loop_body").contains(step.id.as_str());
    let after = |other: &Step| reach(workflow, &other.id, "after").contains(step.id.as_str());
    if !check.in_loop.is_empty()
        && !loops(workflow).any(|other| inside(other) && over(other, &check.in_loop))
    {
        return Some(format!("{} is not in the loop", step.task_id));
    }
    if !check.after_loop.is_empty()
        && !loops(workflow)
            .any(|other| after(other) && !inside(other) && over(other, &check.after_loop))
    {
        return Some(format!("{} is not after the loop", step.task_id));
    }
    None
}

/// Steps below a port.
fn reach<'a>(workflow: &'a Workflow, id: &'a str, port: &'a str) -> BTreeSet<&'a str> {
    spread(
        workflow,
        workflow.followers(id, port).map(|step| step.id.as_str()),
    )
}

/// Steps below a step, through whichever port.
fn below<'a>(workflow: &'a Workflow, id: &str) -> BTreeSet<&'a str> {
    let links = workflow.links.iter().filter(|link| link.from == id);
    spread(workflow, links.map(|link| link.to.as_str()))
}

fn spread<'a>(workflow: &'a Workflow, start: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = start.collect();
    while let Some(at) = next.pop() {
        if seen.insert(at) {
            next.extend(
                workflow
                    .links
                    .iter()
                    .filter(|link| link.from == at)
                    .map(|link| link.to.as_str()),
            );
        }
    }
    seen
}

fn fields_reason(step: &Step, field: &str, check: &FieldCheck) -> Option<String> {
    let values: Vec<&str> = if field == "*" {
        step.config
            .iter()
            .map(|field| field.value.as_str())
            .collect()
    } else {
        field
            .split('|')
            .filter_map(|id| {
                if id == "*" {
                    None
                } else {
                    step.config_value(id)
                }
            })
            .collect()
    };
    if values.is_empty() {
        return (check.not_matches.is_none()).then(|| format!("{field} is missing"));
    }
    let mut last = None;
    for value in values {
        last = field_reason(field, value, check);
        last.as_ref()?;
    }
    last
}

fn field_reason(name: &str, value: &str, check: &FieldCheck) -> Option<String> {
    let shown: String = value.chars().take(60).collect();
    let elements: Vec<String> = match serde_json::from_str::<Value>(value) {
        Ok(Value::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_string)
            })
            .collect(),
        _ => value
            .split([',', ';', '\n'])
            .map(|part| part.trim().to_string())
            .collect(),
    };
    for wanted in &check.contains_ci {
        if !elements
            .iter()
            .any(|element| element.eq_ignore_ascii_case(wanted))
        {
            return Some(format!("{name} lacks {wanted}: {shown}"));
        }
    }
    if let Some(pattern) = &check.matches
        && !is_match(pattern, value)
    {
        return Some(format!("{name} does not match {pattern}: {shown}"));
    }
    if let Some(pattern) = &check.not_matches
        && is_match(pattern, value)
    {
        return Some(format!("{name} matches {pattern}: {shown}"));
    }
    if let Some(wanted) = &check.equals {
        let wanted = wanted
            .as_str()
            .map_or_else(|| wanted.to_string(), str::to_string);
        if value.trim() != wanted {
            return Some(format!("{name} is not {wanted}: {shown}"));
        }
    }
    if !check.duration_s.is_empty() {
        let seconds = seconds(value);
        if !check
            .duration_s
            .iter()
            .any(|wanted| Some(*wanted) == seconds)
        {
            return Some(format!("{name} lasts {seconds:?} s"));
        }
    }
    check
        .rrule
        .as_ref()
        .and_then(|rule| rule::reason(value, rule))
}

fn is_match(pattern: &str, text: &str) -> bool {
    fancy_regex::Regex::new(&format!("(?is){pattern}"))
        .ok()
        .and_then(|regex| regex.is_match(text).ok())
        .unwrap_or(false)
}

fn seconds(value: &str) -> Option<f64> {
    let json: Value = serde_json::from_str(value).ok()?;
    let amount = match json.get("amount")? {
        Value::String(text) => text.parse().ok()?,
        other => other.as_f64()?,
    };
    let unit = match json.get("unit")?.as_str()?.trim_end_matches('s') {
        "second" => 1.0,
        "minute" => 60.0,
        "hour" => 3_600.0,
        "day" => 86_400.0,
        "week" => 604_800.0,
        "month" => 2_592_000.0,
        _ => return None,
    };
    Some(amount * unit)
}

/// A path with loop items resolved to the lists they come from.
fn resolve(workflow: &Workflow, path: &str) -> String {
    let mut path = path.trim().to_string();
    for _ in 0..4 {
        let (head, rest) = match path.split_once('.') {
            Some((head, rest)) => (head.to_string(), format!(".{rest}")),
            None => (path.clone(), String::new()),
        };
        let list = workflow
            .steps
            .iter()
            .filter(|step| step.task_type == TaskType::Foreach)
            .filter_map(|step| step.config_value("listpath"))
            .find(|list| flow::catalog::foreach_item_name(list) == head);
        match list {
            Some(list) => path = format!("{list}{rest}"),
            None => break,
        }
    }
    path
}

/// The operator that holds exactly when this one does not.
fn opposite(op: &str) -> Option<&'static str> {
    Some(match op {
        "==" => "!=",
        "!=" => "==",
        ">" => "<=",
        ">=" => "<",
        "<" => ">=",
        "<=" => ">",
        "in?" => "not_in?",
        "not_in?" => "in?",
        "include?" => "not_include?",
        "not_include?" => "include?",
        "start_with?" => "not_start_with?",
        "not_start_with?" => "start_with?",
        "end_with?" => "not_end_with?",
        "not_end_with?" => "end_with?",
        "nil?" => "not_nil?",
        "not_nil?" => "nil?",
        _ => return None,
    })
}

/// A path in lower case, the same for every way to one value.
fn plain_path(path: &str) -> String {
    let path = path
        .to_lowercase()
        .replace("productvariant.product.", "product.")
        .replace(".variant.product.", ".product.");
    let to_order = [
        "fulfillmentorder",
        "refund",
        "return",
        "fulfillment",
        "dispute",
    ];
    match path.split_once('.') {
        Some((head, rest))
            if to_order.contains(&head) && (rest == "order" || rest.starts_with("order.")) =>
        {
            rest.to_string()
        }
        _ => path,
    }
}

fn same_value(got: &str, wanted: &Value) -> bool {
    let wanted = match wanted {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let (Some(got), Some(wanted)) = (got.strip_prefix("path:"), wanted.strip_prefix("path:")) {
        return plain_path(got) == plain_path(wanted);
    }
    if let Some(pattern) = wanted.strip_prefix("re:") {
        return is_match(&format!("^(?:{pattern})$"), got);
    }
    match (got.parse::<f64>(), wanted.parse::<f64>()) {
        (Ok(got), Ok(wanted)) => got == wanted,
        _ => got.trim().to_lowercase() == wanted.trim().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow::Catalog;

    fn read(program: &str) -> Workflow {
        flow::python::parse(program, &Catalog::builtin()).workflow
    }

    fn case(expect: Value) -> BenchCase {
        serde_json::from_value(
            serde_json::json!({"id": "x", "slice": "create", "request": "r", "expect": expect}),
        )
        .expect("a case")
    }

    fn right(expect: Value, program: &str) -> bool {
        let workflow = read(program);
        let answered = Answered {
            outcome: "workflow",
            message: "m",
            workflow: Some(&workflow),
            errors: false,
        };
        score(&case(expect), &answered).right
    }

    const BIG: &str = "@order_created\ndef f(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n";

    #[test]
    fn right_and_wrong_workflows() {
        let expect = |amount: u32, tag: &str| {
            serde_json::json!({
                "outcome": ["workflow"], "trigger": ["shopify::admin::order_created"],
                "conditions": [{"path": ["order.totalPriceSet.shopMoney.amount"], "op": [">"], "value": [amount]}],
                "actions": [{"task": ["shopify::admin::add_order_tags"], "fields": {"tags": {"contains_ci": [tag]}}, "branch": "true"}]
            })
        };
        assert!(right(expect(500, "vip"), BIG));
        assert!(!right(expect(50, "vip"), BIG));
        assert!(!right(expect(500, "gold"), BIG));
        let more = BIG.to_string() + "        archive_order(order_id=order.id)\n";
        assert!(!right(expect(500, "vip"), &more));
    }

    #[test]
    fn items_of_lists_and_loops_are_resolved() {
        let none = "@order_created\ndef f(order):\n    if none(x == \"checked\" for x in order.tags):\n        add_order_tags(order_id=order.id, tags=[\"a\"])\n";
        assert!(right(
            serde_json::json!({"outcome": ["workflow"], "conditions": [{"path": ["order.tags"], "op": ["=="], "value": ["checked"]}]}),
            none
        ));
        let looped = "@order_created\ndef f(order):\n    for item in order.lineItems:\n        add_product_tags(product_id=item.product.id, tags=[\"a\"])\n";
        assert!(right(
            serde_json::json!({"outcome": ["workflow"], "actions": [{"task": ["shopify::admin::add_product_tags"], "in_loop": ["order.lineItems"]}]}),
            looped
        ));
    }

    #[test]
    fn other_outcomes_need_a_message() {
        let case =
            case(serde_json::json!({"outcome": ["question"], "message": {"matches": "yes|fires"}}));
        let answered = |message| Answered {
            outcome: "question",
            message,
            ..Answered::default()
        };
        assert!(score(&case, &answered("Yes.")).right);
        assert!(!score(&case, &answered("No.")).right);
        assert_eq!(score(&case, &answered("Yes.")).valid, None);
    }
    #[test]
    fn a_step_must_be_on_the_right_side() {
        let expect = |under: Value| {
            serde_json::json!({
                "outcome": ["workflow"],
                "conditions": [{"path": ["order.totalPriceSet.shopMoney.amount"], "op": [">"], "value": [500]}],
                "actions": [{"task": ["shopify::admin::add_order_tags"], "under": under}]
            })
        };
        let holds = serde_json::json!([[0, "true"]]);
        let not = serde_json::json!([[0, "false"]]);
        let always = serde_json::json!([]);
        let turned = BIG.replace("> 500", "<= 500");
        let both = BIG.replace(
            "        add",
            "        log_output(message=\"big\")\n    with branch():\n        add",
        );
        for (program, truths) in [
            (BIG, [true, false, false]),
            (turned.as_str(), [false, true, false]),
            (both.as_str(), [false, false, true]),
        ] {
            let judged = [&holds, &not, &always].map(|under| right(expect(under.clone()), program));
            assert_eq!(judged, truths, "{program}");
        }
        let narrower = BIG.replace("> 500", "> 500 and order.customer.numberOfOrders > 3");
        assert!(!right(expect(holds), &narrower));
    }

    #[test]
    fn conditions_of_one_item_are_not_those_of_two() {
        let expect = serde_json::json!({
            "outcome": ["workflow"],
            "conditions": [
                {"path": ["order.lineItems.sku"], "op": ["=="], "value": ["A-1"]},
                {"path": ["order.lineItems.quantity"], "op": [">"], "value": [2]}
            ],
            "joint": [[0, 1]]
        });
        let one = BIG.replace(
            "order.totalPriceSet.shopMoney.amount > 500",
            "any(x.sku == \"A-1\" and x.quantity > 2 for x in order.lineItems)",
        );
        let two = BIG.replace(
            "order.totalPriceSet.shopMoney.amount > 500",
            "any(x.sku == \"A-1\" for x in order.lineItems) and any(x.quantity > 2 for x in order.lineItems)",
        );
        assert!(right(expect.clone(), &one));
        assert!(!right(expect, &two));
    }
}
