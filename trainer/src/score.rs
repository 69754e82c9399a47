//! Scores one answer against what a case expects, without a model as judge.
//!
//! A case is semantically right when the outcome is one of those expected and, for a workflow, the
//! trigger, the conditions, the steps and what had to stay are as expected. It is syntactically right
//! when the workflow has no error.

use std::collections::{BTreeMap, BTreeSet};

use flow::condition::{Expr, Operand, Quantifier};
use flow::workflow::TaskType;
use flow::{Step, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A case of a benchmark file.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    #[serde(default)]
    pub no_steps_beyond: Option<usize>,
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
    /// Other operators, values or paths that say the same.
    #[serde(default)]
    pub alts: Vec<ConditionCheck>,
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
                workflow_reasons(expect, workflow, before.as_ref(), &mut reasons);
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
    let tests = tests(workflow);
    for check in &expect.conditions {
        if !found(&tests, check) {
            reasons.push(format!(
                "no condition on {}",
                check.path.first().map_or("", String::as_str)
            ));
        }
    }
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
            continue;
        }
        let wrong: Vec<Option<String>> = same
            .iter()
            .map(|step| step_reason(workflow, step, check))
            .collect();
        if let (false, Some(reason)) = (
            wrong.iter().any(Option::is_none),
            wrong.iter().flatten().next(),
        ) {
            reasons.push(reason.clone());
        }
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
    if let Some(most) = expect.no_steps_beyond
        && workflow.steps.len() > most
    {
        reasons.push(format!("{} steps, at most {most}", workflow.steps.len()));
    }
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
    if !check.in_loop.is_empty() {
        let inside = workflow
            .steps
            .iter()
            .filter(|other| other.task_type == TaskType::Foreach)
            .filter(|other| reach(workflow, &other.id, "loop_body").contains(step.id.as_str()))
            .any(|other| {
                let list = resolve(workflow, other.config_value("listpath").unwrap_or_default());
                check
                    .in_loop
                    .iter()
                    .any(|wanted| wanted == "*" || *wanted == list)
            });
        if !inside {
            return Some(format!("{} is not in the loop", step.task_id));
        }
    }
    None
}

/// Steps below a port.
fn reach<'a>(workflow: &'a Workflow, id: &'a str, port: &'a str) -> BTreeSet<&'a str> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = workflow
        .followers(id, port)
        .map(|step| step.id.as_str())
        .collect();
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
    None
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

/// One comparison somewhere in a workflow, list items resolved to their lists.
struct Found {
    path: String,
    op: String,
    value: Option<String>,
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

fn tests(workflow: &Workflow) -> Vec<Found> {
    let mut out = Vec::new();
    for step in workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Condition)
    {
        if let Some(Ok(expr)) = step.config_value("condition").map(flow::condition::parse) {
            gather(workflow, &expr, &BTreeMap::new(), false, &mut out);
        }
    }
    out
}

fn gather(
    workflow: &Workflow,
    expr: &Expr,
    items: &BTreeMap<String, String>,
    negated: bool,
    out: &mut Vec<Found>,
) {
    let full = |path: &str| -> String {
        let (head, rest) = path
            .split_once('.')
            .map_or((path, ""), |(head, rest)| (head, rest));
        match items.get(head) {
            Some(list) if rest.is_empty() => list.clone(),
            Some(list) => format!("{list}.{rest}"),
            None => resolve(workflow, path),
        }
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                gather(workflow, part, items, negated, out);
            }
        }
        Expr::Not(inner) => gather(workflow, inner, items, !negated, out),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            let mut inner = items.clone();
            inner.insert(item.clone(), full(path));
            gather(
                workflow,
                body,
                &inner,
                negated != (*quantifier == Quantifier::None),
                out,
            );
        }
        Expr::Compare { path, op, value } => {
            let mut op = op.as_str().to_string();
            if negated && let Some(other) = opposite(&op) {
                // Both readings count: which branch is meant is for the steps to say.
                out.push(Found {
                    path: full(path),
                    op: other.to_string(),
                    value: value.as_ref().map(|value| shown(value, &full)),
                });
            }
            if op == "empty_or_nil?" {
                op = "nil?".to_string();
            } else if op == "not_empty_and_not_nil?" {
                op = "not_nil?".to_string();
            }
            out.push(Found {
                path: full(path),
                op,
                value: value.as_ref().map(|value| shown(value, &full)),
            });
        }
    }
}

fn shown(value: &Operand, full: &impl Fn(&str) -> String) -> String {
    match value {
        Operand::String(text) | Operand::Number(text) | Operand::Word(text) => text.clone(),
        Operand::Boolean(value) => value.to_string(),
        Operand::Path(path) => format!("path:{}", full(path)),
    }
}

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
        "nil?" => "not_nil?",
        "not_nil?" => "nil?",
        _ => return None,
    })
}

fn found(tests: &[Found], check: &ConditionCheck) -> bool {
    let mut variants = Vec::new();
    if !check.op.is_empty() {
        variants.push(check.clone());
    }
    for alt in &check.alts {
        variants.push(ConditionCheck {
            path: if alt.path.is_empty() {
                check.path.clone()
            } else {
                alt.path.clone()
            },
            op: if alt.op.is_empty() {
                check.op.clone()
            } else {
                alt.op.clone()
            },
            value: if alt.value.is_empty() && alt.op.iter().any(|op| op.contains("nil")) {
                Vec::new()
            } else if alt.value.is_empty() {
                check.value.clone()
            } else {
                alt.value.clone()
            },
            alts: Vec::new(),
        });
    }
    variants
        .iter()
        .any(|variant| tests.iter().any(|test| fits(test, variant)))
}

fn fits(test: &Found, check: &ConditionCheck) -> bool {
    let path = plain_path(&test.path);
    let path_fits = check
        .path
        .iter()
        .any(|wanted| match wanted.strip_prefix("re:") {
            Some(pattern) => is_match(&format!("^(?:{pattern})$"), &path),
            None => plain_path(wanted) == path,
        });
    let op_fits = |op: &str| {
        check.op.iter().any(|wanted| {
            let wanted = match wanted.as_str() {
                "empty_or_nil?" => "nil?",
                "not_empty_and_not_nil?" => "not_nil?",
                other => other,
            };
            wanted == op
        })
    };
    if !path_fits {
        return false;
    }
    let unary = test.value.is_none();
    let same = |op: &str| {
        op_fits(op)
            && (unary
                || check
                    .value
                    .iter()
                    .any(|wanted| same_value(test.value.as_deref().unwrap_or_default(), wanted)))
    };
    // `a == 'x'` with the branches exchanged is `a != 'x'`.
    same(&test.op) || opposite(&test.op).is_some_and(same)
}

fn plain_path(path: &str) -> String {
    path.to_lowercase()
        .replace("productvariant.product.", "product.")
        .replace(".variant.product.", ".product.")
}

fn same_value(got: &str, wanted: &Value) -> bool {
    let wanted = match wanted {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let (Some(got), Some(wanted)) = (got.strip_prefix("path:"), wanted.strip_prefix("path:")) {
        return plain_path(got) == plain_path(wanted);
    }
    match (got.parse::<f64>(), wanted.parse::<f64>()) {
        (Ok(got), Ok(wanted)) => got == wanted,
        _ => got.trim().eq_ignore_ascii_case(wanted.trim()),
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
}
