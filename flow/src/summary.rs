//! English for merchants: one sentence that says what a workflow does, and one that says what an edit
//! changed. The same workflows give the same sentences.

mod values;

use serde_json::Value;

use crate::catalog::{Catalog, FieldKind, Task};
use crate::condition::{self, Expr, Op, Operand, Quantifier};
use crate::python::shipped;
use crate::sorted::SortedSet;
use crate::workflow::{Step, TaskType, Workflow};
use crate::{diff, diff::Change};

pub(crate) use values::{field_label, value_words};

/// Sentences end after this many steps.
const MAX_STEPS: usize = 12;
/// An answer names this many changes and counts the others.
const MAX_CHANGES: usize = 4;

/// Says what a workflow does: "When an order is created, if the order total is over 500: add order
/// tags VIP."
pub fn sentence(workflow: &Workflow, catalog: &Catalog) -> String {
    let Some(start) = start(workflow, catalog) else {
        return "This workflow has no trigger yet.".to_string();
    };
    let rest = assuming(workflow, catalog, &|_| None);
    if rest.is_empty() {
        return format!("{start}, nothing happens yet.");
    }
    format!("{start}, {rest}.")
}

/// Says what starts a workflow: "When an order is created", "Every day at 09:00"; `None` without a
/// trigger.
pub fn start(workflow: &Workflow, catalog: &Catalog) -> Option<String> {
    let trigger = workflow.triggers().next()?;
    Some(trigger_words(trigger, catalog))
}

/// Says what a workflow does after its trigger, where `decide` knows how some of its conditions come
/// out: of these only the side that is taken is told, without the test. Empty where nothing happens.
pub fn assuming(
    workflow: &Workflow,
    catalog: &Catalog,
    decide: &dyn Fn(&Expr) -> Option<bool>,
) -> String {
    let Some(trigger) = workflow.triggers().next() else {
        return String::new();
    };
    let mut teller = Teller {
        workflow,
        catalog,
        decide,
        told: SortedSet::new(),
        cut: false,
    };
    teller.told.insert(trigger.id.as_str());
    teller.after(trigger, "output", 0)
}

/// Says what an edit changed: "Changed the tags of Add order tags from big to huge, and added Send
/// internal email to ops@example.com."
pub fn changes(before: &Workflow, after: &Workflow, catalog: &Catalog) -> String {
    let diff = diff::diff(before, after);
    let tell = |change: &Change| diff::told(change, before, after, catalog);
    let mut parts: Vec<String> = diff.changes.iter().take(MAX_CHANGES).map(tell).collect();
    match diff.changes.len().saturating_sub(MAX_CHANGES) {
        0 => {}
        1 => parts.push("1 more change".to_string()),
        more => parts.push(format!("{more} more changes")),
    }
    let Some(last) = parts.pop() else {
        return "Nothing changed.".to_string();
    };
    let text = if parts.is_empty() {
        last
    } else {
        format!("{}, and {last}", parts.join(", "))
    };
    format!("{}.", upper_first(&text))
}

/// What starts a workflow, in words.
fn trigger_words(step: &Step, catalog: &Catalog) -> String {
    let Some(task) = task(step, catalog) else {
        return "When this workflow starts".to_string();
    };
    if let Some(field) = task
        .fields
        .iter()
        .find(|field| field.kind == FieldKind::Recurrence)
    {
        let schedule = step.config_value(&field.id).and_then(schedule);
        return schedule.unwrap_or_else(|| "On a schedule".to_string());
    }
    // `Order created` becomes `When an order is created`.
    let label = task.label.to_lowercase();
    match label.rsplit_once(' ') {
        Some((noun, verb))
            if (verb.ends_with("ed") || verb == "paid")
                && !noun
                    .split(' ')
                    .any(|word| word.ends_with("ed") || word.ends_with("ns")) =>
        {
            format!("When {} {noun} is {verb}", article(noun))
        }
        _ => format!("When “{}” happens", task.label),
    }
}

struct Teller<'a> {
    workflow: &'a Workflow,
    catalog: &'a Catalog,
    /// How a condition comes out, where that is known.
    decide: &'a dyn Fn(&Expr) -> Option<bool>,
    told: SortedSet<&'a str>,
    /// The sentence has said that there is more.
    cut: bool,
}

impl<'a> Teller<'a> {
    /// Tells what follows a port.
    fn after(&mut self, from: &'a Step, port: &'a str, depth: usize) -> String {
        let workflow = self.workflow;
        let followers: Vec<&'a Step> = workflow.followers(&from.id, port).collect();
        let mut parts = Vec::new();
        for step in followers {
            let mut step = step;
            loop {
                if !self.told.insert(step.id.as_str()) {
                    break;
                }
                if self.told.len() > MAX_STEPS || depth > 6 {
                    if !std::mem::replace(&mut self.cut, true) {
                        parts.push("and so on".to_string());
                    }
                    break;
                }
                match step.task_type {
                    TaskType::Condition => {
                        parts.push(self.condition(step, depth));
                        break;
                    }
                    TaskType::Foreach => {
                        let body = self.after(step, "loop_body", depth + 1);
                        let list = step
                            .config_value("listpath")
                            .map(last_words)
                            .unwrap_or_default();
                        parts.push(format!("for each of the {list}: {body}"));
                    }
                    _ => parts.push(self.action(step)),
                }
                let port = if step.task_type == TaskType::Foreach {
                    "after"
                } else {
                    "output"
                };
                let mut next = workflow.followers(&step.id, port);
                match (next.next(), next.next()) {
                    (Some(only), None) => step = only,
                    (Some(_), Some(_)) => {
                        parts.push(self.after(step, port, depth + 1));
                        break;
                    }
                    _ => break,
                }
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }

    fn condition(&mut self, step: &'a Step, depth: usize) -> String {
        let expr = step
            .config_value("condition")
            .and_then(|text| condition::parse(text).ok());
        if let Some(outcome) = expr.as_ref().and_then(self.decide) {
            return self.after(step, if outcome { "true" } else { "false" }, depth + 1);
        }
        let test = match &expr {
            Some(expr) => told(expr, &mut Vec::new()),
            None => "a condition holds".to_string(),
        };
        let yes = self.after(step, "true", depth + 1);
        let no = self.after(step, "false", depth + 1);
        match (yes.is_empty(), no.is_empty()) {
            (false, true) => format!("if {test}: {yes}"),
            (false, false) => format!("if {test}: {yes}; otherwise: {no}"),
            (true, false) => format!("unless {test}: {no}"),
            (true, true) => format!("if {test}, nothing more happens"),
        }
    }

    fn action(&self, step: &Step) -> String {
        if step.task_type == TaskType::Wait {
            return format!(
                "wait {}",
                wait(step).unwrap_or_else(|| "a while".to_string())
            );
        }
        let Some(task) = task(step, self.catalog) else {
            return "run a step of an app".to_string();
        };
        let mut out = match task.label.as_str() {
            "Send internal email" => "send an internal email".to_string(),
            label => lower_first(label),
        };
        out.push_str(&particulars(step, task));
        out
    }
}

/// How long a wait lasts, in words: "3 days".
pub fn wait(step: &Step) -> Option<String> {
    step.config_value("wait_duration").and_then(duration)
}

/// The task of a step, also of a connector that the store has not installed.
pub(crate) fn task<'a>(step: &Step, catalog: &'a Catalog) -> Option<&'a Task> {
    catalog
        .task(&step.task_id)
        .or_else(|| shipped().task(&step.task_id))
}

/// What tells a step from others of its task, to put behind the task's label: ` VIP`,
/// ` to ops@example.com`, ` (paid)`.
pub(crate) fn particulars(step: &Step, task: &Task) -> String {
    let mut out = String::new();
    // The tags, the address or the status say most; long texts say little in one sentence.
    for field in &task.fields {
        let Some(value) = step
            .config_value(&field.id)
            .filter(|value| !value.is_empty())
        else {
            continue;
        };
        match field.kind {
            FieldKind::Array => out.push_str(&format!(" {}", short(&list(value)))),
            FieldKind::Email => out.push_str(&format!(" to {}", short(value))),
            FieldKind::Enum => out.push_str(&format!(" ({})", value.to_lowercase())),
            _ => {}
        }
    }
    out
}

/// A condition in words, if it reads.
pub(crate) fn condition_words(text: &str) -> Option<String> {
    let expr = condition::parse(text).ok()?;
    Some(told(&expr, &mut Vec::new()))
}

/// `["VIP","Gold"]` is `VIP and Gold`.
fn list(value: &str) -> String {
    match serde_json::from_str(value) {
        Ok(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" and "),
        _ => value.to_string(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

pub(crate) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The text with a small first letter.
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

pub(crate) fn short(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_string();
    }
    let cut: String = text.chars().take(39).collect();
    format!("{cut}…")
}

/// `shippingAddress` becomes `shipping address`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() || c == '_' {
            out.push(' ');
        }
        if c != '_' {
            out.extend(c.to_lowercase());
        }
    }
    out.trim().to_string()
}

/// The last name of a path in words: `order.lineItems` are `line items`.
pub(crate) fn last_words(path: &str) -> String {
    let words = words(path.rsplit('.').next().unwrap_or(path));
    // What a "get data" step found goes by what it is: `getOrderData` are orders.
    match words
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .strip_prefix("get ")
        .and_then(|rest| rest.strip_suffix(" data"))
    {
        Some(noun) => match noun.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{noun}s"),
        },
        None => words,
    }
}

/// A path as people say it: `order.totalPriceSet.shopMoney.amount` is `the order's total price`.
fn spoken(path: &str, items: &[(String, String)]) -> String {
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    let path = match items.iter().rev().find(|(item, _)| item == head) {
        Some((_, name)) if rest.is_empty() => name.clone(),
        Some((_, name)) => format!("{name}.{rest}"),
        None => path.to_string(),
    };
    let parts: Vec<&str> = path
        .split('.')
        .filter(|part| !matches!(*part, "shopMoney" | "amount"))
        .map(|part| part.strip_suffix("Set").unwrap_or(part))
        .map(|part| part.strip_suffix("Foreachitem").unwrap_or(part))
        .map(|part| part.strip_suffix("_item").unwrap_or(part))
        .collect();
    match parts.as_slice() {
        [] => "it".to_string(),
        [only] => format!("the {}", words(only)),
        [.., owner, field] => format!("the {}'s {}", words(owner), words(field)),
    }
}

/// A condition in words; `items` are the list items it stands inside, with what to call them.
fn told(expr: &Expr, items: &mut Vec<(String, String)>) -> String {
    match expr {
        Expr::And(parts) => join(parts, " and ", items),
        Expr::Or(parts) => join(parts, " or ", items),
        Expr::Not(inner) => format!("it is not so that {}", told(inner, items)),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            let list = last_words(path);
            if let Expr::Compare {
                path: tested,
                op: Op::Eq,
                value: Some(value),
            } = &**body
                && tested == item
            {
                let value = operand(value, items);
                return match quantifier {
                    Quantifier::Any => format!("the {list} include {value}"),
                    Quantifier::None => format!("the {list} do not include {value}"),
                    Quantifier::All => format!("all {list} are {value}"),
                };
            }
            let singular = match list.strip_suffix("ies") {
                Some(stem) => format!("{stem}y"),
                None => list.strip_suffix('s').unwrap_or("item").to_string(),
            };
            items.push((item.clone(), singular));
            let body = told(body, items);
            items.pop();
            match quantifier {
                Quantifier::Any => format!("for any of the {list} {body}"),
                Quantifier::All => format!("for all of the {list} {body}"),
                Quantifier::None => format!("for none of the {list} {body}"),
            }
        }
        Expr::Compare { path, op, value } => {
            let path = spoken(path, items);
            let value = value
                .as_ref()
                .map(|value| operand(value, items))
                .unwrap_or_default();
            match op {
                Op::Eq => format!("{path} is {value}"),
                Op::Ne => format!("{path} is not {value}"),
                Op::Gt => format!("{path} is over {value}"),
                Op::Ge => format!("{path} is at least {value}"),
                Op::Lt => format!("{path} is under {value}"),
                Op::Le => format!("{path} is at most {value}"),
                Op::StartWith => format!("{path} starts with {value}"),
                Op::NotStartWith => format!("{path} does not start with {value}"),
                Op::EndWith => format!("{path} ends with {value}"),
                Op::NotEndWith => format!("{path} does not end with {value}"),
                Op::Include => format!("{path} contains {value}"),
                Op::NotInclude => format!("{path} does not contain {value}"),
                Op::In => format!("{path} is one of {value}"),
                Op::NotIn => format!("{path} is none of {value}"),
                Op::EmptyOrNil | Op::Nil => format!("{path} is empty"),
                Op::NotEmptyAndNotNil | Op::NotNil => format!("{path} is not empty"),
            }
        }
    }
}

fn join(parts: &[Expr], between: &str, items: &mut Vec<(String, String)>) -> String {
    let told: Vec<String> = parts.iter().map(|part| told(part, items)).collect();
    told.join(between)
}

fn operand(value: &Operand, items: &[(String, String)]) -> String {
    match value {
        Operand::String(text) => format!("“{}”", short(text)),
        Operand::Number(text) => text.clone(),
        Operand::Boolean(true) => "true".to_string(),
        Operand::Boolean(false) => "false".to_string(),
        Operand::Word(word) => words(&word.to_lowercase()),
        Operand::Path(path) => spoken(path, items),
    }
}

/// `{"amount":3,"unit":"days"}` is `3 days`.
pub(crate) fn duration(config: &str) -> Option<String> {
    let object: Value = serde_json::from_str(config).ok()?;
    let unit = object["unit"].as_str()?;
    let amount = match &object["amount"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let unit = if amount == "1" {
        unit.trim_end_matches('s')
    } else {
        unit
    };
    Some(format!("{amount} {unit}"))
}

/// `Every Monday at 06:00`.
fn schedule(config: &str) -> Option<String> {
    let parts = crate::python::schedule_words(config)?;
    let get = |name: &str| {
        parts
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.replace(['"', '[', ']'], ""))
    };
    let mut out = format!("Every {}", get("every")?);
    if let Some(on) = get("on") {
        let days: Vec<&str> = on
            .split(", ")
            .map(|day| match day {
                "MO" => "Monday",
                "TU" => "Tuesday",
                "WE" => "Wednesday",
                "TH" => "Thursday",
                "FR" => "Friday",
                "SA" => "Saturday",
                "SU" => "Sunday",
                other => other,
            })
            .collect();
        out.push_str(&format!(" on {}", days.join(" and ")));
    }
    if let Some(at) = get("at") {
        out.push_str(&format!(" at {at}"));
    }
    Some(out)
}

#[cfg(test)]
mod tests;
