//! Rendering a template, bounded in steps and in size.

use serde_json::{Value, json};

use super::expression::{Comparison, Filtered, Loop, Question, Term};
use super::parse::{Node, finding, parse};
use super::{MAX_FINDINGS, MAX_NAMES, Rendered, correct, filters};
use crate::check::Finding;
use crate::condition::values::{Env, items};
use crate::sorted::SortedSet;

/// A render stops after this many nodes and loop rounds.
const MAX_STEPS: usize = 100_000;

/// No text a template makes grows beyond this many bytes.
pub(super) const MAX_OUTPUT: usize = 512 * 1024;

/// Loops of a range run at most this often.
const MAX_RANGE: i64 = 1_000;

/// A render copies at most this much data, in values and in runs of 32 letters.
const MAX_COPIED: usize = 2_000_000;

/// Renders a template over an environment such as `{"order": {…}, "shop": {…}}`.
pub fn render(template: &str, env: &Value) -> Rendered {
    render_in(template, &Env::new(env))
}

pub(crate) fn render_in(template: &str, env: &Env<'_>) -> Rendered {
    if !super::is_template(template) {
        return Rendered {
            text: template.to_string(),
            findings: Vec::new(),
        };
    }
    let source = template;
    let template = parse(template);
    let mut renderer = Renderer {
        source,
        env,
        made: template.collected().made,
        names: Vec::new(),
        left: MAX_STEPS,
        copies_left: MAX_COPIED,
        findings: template.findings,
    };
    let mut text = String::new();
    renderer.nodes(&template.nodes, &mut text);
    Rendered {
        text,
        findings: renderer.findings,
    }
}

/// Whether a loop goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Continue,
    Break,
    /// A bound was met; nothing more is rendered.
    Stop,
}

struct Renderer<'a> {
    /// The template as it was written.
    source: &'a str,
    env: &'a Env<'a>,
    /// The names that some part of the template makes: one that was not made yet is nothing.
    made: SortedSet<String>,
    /// Names the template made, innermost last.
    names: Vec<(String, Value)>,
    left: usize,
    copies_left: usize,
    findings: Vec<Finding>,
}

impl Renderer<'_> {
    fn report(&mut self, code: &str, message: String) {
        self.say(finding(code, message));
    }

    fn say(&mut self, found: Finding) {
        if self.findings.len() < MAX_FINDINGS && !self.findings.contains(&found) {
            self.findings.push(found);
        }
    }

    fn spend(&mut self, steps: usize) -> bool {
        let enough = self.left >= steps && self.copies_left > 0;
        self.left = self.left.saturating_sub(steps);
        if !enough {
            self.report(
                "CONFIG_FIELD_LIQUID_ERROR",
                "This text takes too long to render; make its loops smaller.".to_string(),
            );
        }
        enough
    }

    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Flow {
        for node in nodes {
            if !self.spend(1) {
                return Flow::Stop;
            }
            match self.node(node, out) {
                Flow::On => {}
                other => return other,
            }
            if out.len() > MAX_OUTPUT {
                let mut end = MAX_OUTPUT;
                while !out.is_char_boundary(end) {
                    end -= 1;
                }
                out.truncate(end);
                self.report(
                    "CONFIG_FIELD_VALUE_TOO_LARGE",
                    "This text grows too long; it was cut.".to_string(),
                );
                return Flow::Stop;
            }
        }
        Flow::On
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Flow {
        match node {
            Node::Text(text) => {
                // A loop can copy a long text very often without showing it, in a capture.
                self.copies_left = self.copies_left.saturating_sub(text.len() / 32);
                out.push_str(text);
            }
            Node::Output(value) => {
                let value = self.filtered(value);
                self.print(&value, out);
            }
            Node::Assign(name, value) => {
                let value = self.filtered(value);
                self.set(name, value);
            }
            Node::Capture(name, body) => {
                let mut text = String::new();
                let flow = self.nodes(body, &mut text);
                self.set(name, Value::String(text));
                return flow;
            }
            Node::If {
                branches,
                otherwise,
            } => {
                for (opposite, question, body) in branches {
                    if self.question(question) != *opposite {
                        return self.nodes(body, out);
                    }
                }
                return self.nodes(otherwise, out);
            }
            Node::Case {
                subject,
                whens,
                otherwise,
            } => {
                let subject = self.term(subject, true);
                for (terms, body) in whens {
                    let hit = terms.iter().any(|term| {
                        let value = self.term(term, true);
                        filters::equal(&subject, &value)
                    });
                    if hit {
                        return self.nodes(body, out);
                    }
                }
                return self.nodes(otherwise, out);
            }
            Node::For {
                header,
                body,
                otherwise,
            } => return self.for_loop(header, body, otherwise, out),
            Node::Break => return Flow::Break,
            Node::Continue => return Flow::Continue,
        }
        Flow::On
    }

    fn for_loop(
        &mut self,
        header: &Loop,
        body: &[Node],
        otherwise: &[Node],
        out: &mut String,
    ) -> Flow {
        let list = self.term(&header.list, false);
        let mut list: Vec<Value> = match items(&list) {
            Some(items) => items.into_iter().cloned().collect(),
            None => Vec::new(),
        };
        if !self.spend(list.len()) {
            return Flow::Stop;
        }
        if let Some(offset) = header.offset.as_ref().and_then(|term| self.whole(term)) {
            list.drain(..offset.min(list.len()));
        }
        if let Some(limit) = header.limit.as_ref().and_then(|term| self.whole(term)) {
            list.truncate(limit);
        }
        if header.reversed {
            list.reverse();
        }
        if list.is_empty() {
            return self.nodes(otherwise, out);
        }
        let length = list.len();
        let place = self.names.len();
        self.names.push((header.item.clone(), Value::Null));
        self.names.push(("forloop".to_string(), Value::Null));
        let mut result = Flow::On;
        for (i, item) in list.into_iter().enumerate() {
            if !self.spend(1) {
                result = Flow::Stop;
                break;
            }
            self.names[place].1 = item;
            self.names[place + 1].1 = json!({
                "index": i + 1, "index0": i, "first": i == 0, "last": i + 1 == length,
                "length": length, "rindex": length - i, "rindex0": length - i - 1,
            });
            match self.nodes(body, out) {
                Flow::On | Flow::Continue => {}
                Flow::Break => break,
                Flow::Stop => {
                    result = Flow::Stop;
                    break;
                }
            }
        }
        self.names.drain(place..place + 2);
        result
    }

    fn whole(&mut self, term: &Term) -> Option<usize> {
        let value = self.term(term, false);
        filters::number(&value).map(|number| number.clamp(0.0, 1e9) as usize)
    }

    fn set(&mut self, name: &str, value: Value) {
        let full = self.names.len() >= MAX_NAMES;
        match self.names.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None if !full => self.names.push((name.to_string(), value)),
            None => self.report(
                "CONFIG_FIELD_LIQUID_ERROR",
                format!("This text makes more than {MAX_NAMES} names; use fewer."),
            ),
        }
    }

    fn filtered(&mut self, filtered: &Filtered) -> Value {
        // `x | default: 'y'` says itself what to do when x is not there.
        let forgiving = filtered
            .filters
            .first()
            .is_some_and(|filter| filter.name == "default");
        let mut value = self.term(&filtered.term, forgiving);
        for filter in &filtered.filters {
            self.copies_left = self.copies_left.saturating_sub(weight(&value));
            if !self.spend(1) {
                return Value::Null;
            }
            let arguments: Vec<Value> = filter
                .arguments
                .iter()
                .map(|argument| self.term(argument, false))
                .collect();
            // What is not known is said so often and no more: looking for what was meant takes time.
            if self.findings.len() >= MAX_FINDINGS && !filters::is_known(&filter.name) {
                return Value::Null;
            }
            let around = filters::Around {
                now: self.env.root.get("now"),
                shop: self.env.root.get("shop"),
            };
            match filters::apply(&filter.name, value, &arguments, around) {
                Ok(result) => {
                    value = result;
                    // A short text can be cut into very many.
                    self.copies_left = self.copies_left.saturating_sub(weight(&value));
                }
                Err(message) => {
                    // A loop says the same again and again; what was meant is worked out once.
                    let known = self.findings.iter().any(|said| said.message == message);
                    if !known && self.findings.len() < MAX_FINDINGS {
                        let correction = filters::unknown(&filter.name)
                            .and_then(|_| correct::filter(self.source, &filter.name));
                        self.say(
                            finding("CONFIG_FIELD_LIQUID_ERROR", message).corrected(correction),
                        );
                    }
                    return Value::Null;
                }
            }
        }
        value
    }

    /// The value of a term. A name that is nowhere is nothing, and reported unless `forgiving`.
    fn term(&mut self, term: &Term, forgiving: bool) -> Value {
        match term {
            Term::Literal(value) => {
                self.copies_left = self.copies_left.saturating_sub(weight(value));
                value.clone()
            }
            Term::Empty => Value::String(String::new()),
            Term::Range(low, high) => {
                let low = self.term(low, forgiving);
                let high = self.term(high, forgiving);
                let (Some(low), Some(high)) = (filters::number(&low), filters::number(&high))
                else {
                    return Value::Array(Vec::new());
                };
                let (low, high) = (low as i64, high as i64);
                let last = high.min(low.saturating_add(MAX_RANGE - 1));
                if last < high {
                    self.report(
                        "CONFIG_FIELD_LIQUID_ERROR",
                        format!("A range runs over at most {MAX_RANGE} numbers; it was cut."),
                    );
                }
                (low..=last).map(Value::from).collect()
            }
            Term::Path(path) => self.path(path, forgiving),
        }
    }

    fn path(&mut self, path: &[String], forgiving: bool) -> Value {
        let Some((first, rest)) = path.split_first() else {
            return Value::Null;
        };
        let named = self.names.iter().rev().find(|(name, _)| name == first);
        let start = match named {
            Some((_, value)) => Some(value),
            None => self
                .env
                .bindings
                .iter()
                .rev()
                .find(|binding| binding.name == first)
                .map(|binding| binding.value)
                .or_else(|| self.env.root.get(first.as_str())),
        };
        let mut missing = None;
        let value = match start {
            Some(start) => walk(start, rest, &mut missing),
            // A name that another branch would have made is nothing.
            None if self.made.contains(first) => Value::Null,
            None => {
                missing = Some(first.clone());
                Value::Null
            }
        };
        self.copies_left = self.copies_left.saturating_sub(weight(&value));
        if let Some(segment) = missing
            && !forgiving
        {
            self.report(
                "LIQUID_VARIABLE_MISSING",
                format!(
                    "There is no {segment} in {}, so nothing is shown for it.",
                    path.join(".")
                ),
            );
        }
        value
    }

    fn question(&mut self, question: &Question) -> bool {
        let first = self.comparison(&question.test);
        match &question.rest {
            None => first,
            Some((true, rest)) => self.question(rest) && first,
            Some((false, rest)) => self.question(rest) || first,
        }
    }

    fn comparison(&mut self, comparison: &Comparison) -> bool {
        // A test is allowed to ask for what is not there.
        let left = self.term(&comparison.left, true);
        match &comparison.right {
            None => !matches!(left, Value::Null | Value::Bool(false)),
            Some((operator, Term::Empty)) => {
                let empty = filters::is_empty(&left);
                if *operator == "!=" || *operator == "<>" {
                    !empty
                } else {
                    empty
                }
            }
            Some((operator, right)) => {
                let right = self.term(right, true);
                filters::compare(operator, &left, &right)
            }
        }
    }

    fn print(&mut self, value: &Value, out: &mut String) {
        if value.is_object() {
            self.report(
                "CONFIG_FIELD_LIQUID_ERROR",
                "An object cannot be shown as text; pick one of its fields.".to_string(),
            );
            return;
        }
        out.push_str(&filters::text(value));
    }
}

/// What copying a value costs.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / 32,
        Value::Array(list) => 1 + list.iter().map(weight).sum::<usize>(),
        Value::Object(object) => 1 + object.values().map(weight).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

/// Follows the rest of a path; a list on the way gives the list of its items' fields.
fn walk(start: &Value, rest: &[String], missing: &mut Option<String>) -> Value {
    let Some((segment, rest_of)) = rest.split_first() else {
        return start.clone();
    };
    if let Some(list) = items(start) {
        return match segment.as_str() {
            "size" => Value::from(list.len()),
            "first" => list
                .first()
                .map_or(Value::Null, |item| walk(item, rest_of, missing)),
            "last" => list
                .last()
                .map_or(Value::Null, |item| walk(item, rest_of, missing)),
            _ => match segment.parse::<usize>() {
                Ok(index) => list
                    .get(index)
                    .map_or(Value::Null, |item| walk(item, rest_of, missing)),
                Err(_) => list.iter().map(|item| walk(item, rest, missing)).collect(),
            },
        };
    }
    match start {
        Value::Null => Value::Null,
        Value::String(text) if segment == "size" => Value::from(text.chars().count()),
        _ => match start.get(segment.as_str()) {
            Some(inner) => walk(inner, rest_of, missing),
            None => {
                missing.get_or_insert_with(|| segment.clone());
                Value::Null
            }
        },
    }
}
