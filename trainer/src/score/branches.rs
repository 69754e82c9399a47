//! On which side of the conditions a step runs, found by trying every way they can turn out.
//!
//! Each comparison becomes a leaf, always in its positive form, so that `a != 'x'`, `!(a == 'x')`
//! and the false branch of `a == 'x'` are the same leaf. Leaves that state an expected condition are
//! bound to its truth; what else was added must not stop a step.

use std::collections::{BTreeMap, BTreeSet};

use flow::condition::{Expr, Operand, Quantifier};
use flow::workflow::TaskType;
use flow::{Step, Workflow};

use super::{
    ActionCheck, ConditionCheck, Expect, is_match, opposite, plain_path, resolve, same_value,
};

/// More leaves than this are not tried; a workflow of a case has a handful.
const MOST_LEAVES: usize = 12;
/// As with leaves, for the conditions a case expects.
const MOST_CONDITIONS: usize = 6;

/// A comparison: its path in lower case, its operator, its literal, and the lists it is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    path: String,
    op: String,
    value: Option<String>,
    /// One mark for each list test around it; true for "any", false for "all".
    lists: Vec<bool>,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(usize),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Node {
    fn gather(&self, leaves: &mut BTreeSet<usize>) {
        match self {
            Node::Leaf(at) => {
                leaves.insert(*at);
            }
            Node::Not(inner) => inner.gather(leaves),
            Node::And(parts) | Node::Or(parts) => {
                for part in parts {
                    part.gather(leaves);
                }
            }
        }
    }

    fn holds(&self, truth: &[bool]) -> bool {
        match self {
            Node::Leaf(at) => truth.get(*at).copied().unwrap_or(false),
            Node::Not(inner) => !inner.holds(truth),
            Node::And(parts) => parts.iter().all(|part| part.holds(truth)),
            Node::Or(parts) => parts.iter().any(|part| part.holds(truth)),
        }
    }
}

/// The conditions of a workflow as trees over common leaves.
struct Trees<'a> {
    workflow: &'a Workflow,
    leaves: Vec<Leaf>,
    of_step: BTreeMap<&'a str, Node>,
    /// The leaves of each list test, which are all about the same item.
    of_items: Vec<BTreeSet<usize>>,
}

impl<'a> Trees<'a> {
    fn new(workflow: &'a Workflow) -> Trees<'a> {
        let mut trees = Trees {
            workflow,
            leaves: Vec::new(),
            of_step: BTreeMap::new(),
            of_items: Vec::new(),
        };
        for step in &workflow.steps {
            if step.task_type == TaskType::Condition
                && let Some(Ok(expr)) = step.config_value("condition").map(flow::condition::parse)
            {
                let node = trees.build(&expr, false, &[], &BTreeMap::new());
                trees.of_step.insert(step.id.as_str(), node);
            }
        }
        trees
    }

    fn leaf(&mut self, leaf: Leaf) -> Node {
        let at = match self.leaves.iter().position(|known| *known == leaf) {
            Some(at) => at,
            None => {
                self.leaves.push(leaf);
                self.leaves.len() - 1
            }
        };
        Node::Leaf(at)
    }

    fn build(
        &mut self,
        expr: &Expr,
        negated: bool,
        lists: &[bool],
        items: &BTreeMap<String, String>,
    ) -> Node {
        match expr {
            Expr::Not(inner) => self.build(inner, !negated, lists, items),
            Expr::And(parts) | Expr::Or(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.build(part, negated, lists, items))
                    .collect();
                if matches!(expr, Expr::And(_)) == negated {
                    Node::Or(parts)
                } else {
                    Node::And(parts)
                }
            }
            Expr::List {
                quantifier,
                path,
                item,
                body,
            } => {
                let mut inner = items.clone();
                inner.insert(item.clone(), full(self.workflow, path, items));
                if lists.is_empty() {
                    let node = self.build(body, *quantifier == Quantifier::All, &[true], &inner);
                    let mut leaves = BTreeSet::new();
                    node.gather(&mut leaves);
                    self.of_items.push(leaves);
                    return if (*quantifier == Quantifier::Any) == negated {
                        Node::Not(Box::new(node))
                    } else {
                        node
                    };
                }
                let (any, body_negated) = match (quantifier, negated) {
                    (Quantifier::Any, false) | (Quantifier::None, true) => (true, false),
                    (Quantifier::Any, true) | (Quantifier::None, false) => (false, true),
                    (Quantifier::All, false) => (false, false),
                    (Quantifier::All, true) => (true, true),
                };
                let lists: Vec<bool> = lists.iter().copied().chain([any]).collect();
                self.build(body, body_negated, &lists, &inner)
            }
            Expr::Compare { path, op, value } => {
                let path = plain_path(&full(self.workflow, path, items));
                let value = value.as_ref().map(|value| match value {
                    Operand::Path(other) => {
                        format!("path:{}", plain_path(&full(self.workflow, other, items)))
                    }
                    Operand::Boolean(value) => value.to_string(),
                    Operand::String(text) | Operand::Number(text) | Operand::Word(text) => {
                        text.trim().to_lowercase()
                    }
                });
                self.compare(path, op.as_str(), value, negated, lists)
            }
        }
    }

    fn compare(
        &mut self,
        mut path: String,
        op: &str,
        mut value: Option<String>,
        negated: bool,
        lists: &[bool],
    ) -> Node {
        if let ("in?" | "not_in?", Some(all)) = (op, &value) {
            let negated = negated != (op == "not_in?");
            let parts = all
                .split(',')
                .map(|one| {
                    let one = Some(one.trim().to_string());
                    self.compare(path.clone(), "==", one, negated, lists)
                })
                .collect();
            return if negated {
                Node::And(parts)
            } else {
                Node::Or(parts)
            };
        }
        let mut op = plain_op(op).to_string();
        match value.as_deref() {
            Some("" | "nil" | "null") if matches!(op.as_str(), "==" | "!=") => {
                op = if op == "==" { "nil?" } else { "not_nil?" }.to_string();
                value = None;
            }
            Some("false") if matches!(op.as_str(), "==" | "!=") => {
                op = if op == "==" { "!=" } else { "==" }.to_string();
                value = Some("true".to_string());
            }
            Some(text) => {
                // One order of the two sides, so that `a < b` and `b > a` are the same leaf.
                if let Some(other) = text.strip_prefix("path:").filter(|other| **other < *path) {
                    let other = other.to_string();
                    value = Some(format!("path:{path}"));
                    path = other;
                    op = turned(&op).to_string();
                } else if let Ok(number) = text.parse::<f64>() {
                    value = Some(number.to_string());
                }
            }
            None => {}
        }
        if negated && let Some(other) = opposite(&op) {
            op = other.to_string();
        }
        let negative = matches!(
            op.as_str(),
            "!=" | "<=" | "<" | "not_nil?" | "not_start_with?" | "not_end_with?" | "not_include?"
        );
        let positive = match opposite(&op) {
            Some(other) if negative && lists.is_empty() => other.to_string(),
            _ => op.clone(),
        };
        let turned_over = positive != op;
        let leaf = self.leaf(Leaf {
            path,
            op: positive,
            value,
            lists: lists.to_vec(),
        });
        if turned_over {
            Node::Not(Box::new(leaf))
        } else {
            leaf
        }
    }

    /// The steps that run when the leaves are as given.
    fn run(&self, truth: &[bool]) -> BTreeSet<&'a str> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&Step> = self.workflow.triggers().collect();
        while let Some(step) = next.pop() {
            if !seen.insert(step.id.as_str()) {
                continue;
            }
            let port = (step.task_type == TaskType::Condition).then(|| {
                match self.of_step.get(step.id.as_str()) {
                    Some(node) if node.holds(truth) => "true",
                    Some(_) => "false",
                    None => "",
                }
            });
            next.extend(
                self.workflow
                    .links
                    .iter()
                    .filter(|link| link.from == step.id)
                    .filter(|link| port.is_none_or(|port| link.from_port == port))
                    .filter_map(|link| self.workflow.step(&link.to)),
            );
        }
        seen
    }
}

fn full(workflow: &Workflow, path: &str, items: &BTreeMap<String, String>) -> String {
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    match items.get(head) {
        Some(list) if rest.is_empty() => list.clone(),
        Some(list) => format!("{list}.{rest}"),
        None => resolve(workflow, path),
    }
}

fn plain_op(op: &str) -> &str {
    match op {
        "empty_or_nil?" => "nil?",
        "not_empty_and_not_nil?" => "not_nil?",
        other => other,
    }
}

/// The operator with its two sides exchanged.
fn turned(op: &str) -> &str {
    match op {
        ">" => "<",
        "<" => ">",
        ">=" => "<=",
        "<=" => ">=",
        other => other,
    }
}

/// The leaves that state an expected condition, each with the truth it has when the condition holds.
fn stated(leaves: &[Leaf], check: &ConditionCheck) -> BTreeMap<usize, bool> {
    let mut out = BTreeMap::new();
    for variant in check.variants() {
        for (at, leaf) in leaves.iter().enumerate() {
            let other_side = leaf
                .value
                .as_deref()
                .and_then(|value| value.strip_prefix("path:"));
            let mut sides = vec![(leaf.path.clone(), leaf.value.clone(), leaf.op.as_str())];
            if let Some(other) = other_side {
                let value = Some(format!("path:{}", leaf.path));
                sides.push((other.to_string(), value, turned(&leaf.op)));
            }
            for (path, value, op) in sides {
                if variant.path.iter().any(|wanted| path_fits(&path, wanted))
                    && let Some(truth) = truth_of(leaf, op, value.as_deref(), &variant)
                {
                    out.insert(at, truth);
                }
            }
        }
    }
    out
}

fn path_fits(path: &str, wanted: &str) -> bool {
    match wanted.strip_prefix("re:") {
        Some(pattern) => is_match(&format!("^(?:{pattern})$"), path),
        None => plain_path(wanted) == path,
    }
}

/// The truth of a leaf when the condition holds; `None` when the leaf says something else.
fn truth_of(leaf: &Leaf, op: &str, value: Option<&str>, check: &ConditionCheck) -> Option<bool> {
    let nothing = [serde_json::Value::Null];
    let values = if check.value.is_empty() {
        &nothing[..]
    } else {
        &check.value[..]
    };
    for wanted_op in &check.op {
        for wanted in values {
            let mut wanted_op = plain_op(wanted_op);
            let mut wanted = wanted.clone();
            if wanted.as_bool() == Some(false) && matches!(wanted_op, "==" | "!=") {
                wanted_op = if wanted_op == "==" { "!=" } else { "==" };
                wanted = true.into();
            }
            let same = if matches!(wanted_op, "nil?" | "not_nil?") {
                value.is_none()
            } else {
                value.is_some_and(|value| !wanted.is_null() && same_value(value, &wanted))
            };
            if !same {
                continue;
            }
            let any = leaf.lists.iter().all(|any| *any);
            if leaf.lists.is_empty() {
                if op == wanted_op {
                    return Some(true);
                }
                if opposite(op) == Some(wanted_op) {
                    return Some(false);
                }
            } else if check.quant.as_deref() == Some("all") {
                if any && opposite(wanted_op) == Some(op) {
                    return Some(false);
                }
            } else if any && op == wanted_op {
                return Some(true);
            }
        }
    }
    None
}

/// One way the expected conditions can turn out, with the steps that run then. There is one set for
/// each way the tests turn out that nobody asked for.
struct Outcome<'a> {
    expected: Vec<bool>,
    runs: Vec<BTreeSet<&'a str>>,
}

/// What is known of the branches of a workflow, for the steps a case expects.
pub(super) struct Branches<'a> {
    /// `None` when an expected condition is not there, or when there is too much to try.
    outcomes: Option<Vec<Outcome<'a>>>,
    missing: Vec<ConditionCheck>,
    /// Conditions that must be about one item of a list are.
    joined: bool,
}

impl<'a> Branches<'a> {
    /// Tries a workflow; `before` is the workflow it was made from.
    pub(super) fn new(
        workflow: &'a Workflow,
        before: Option<&Workflow>,
        expect: &Expect,
    ) -> Branches<'a> {
        let trees = Trees::new(workflow);
        let stated: Vec<BTreeMap<usize, bool>> = expect
            .conditions
            .iter()
            .map(|check| stated(&trees.leaves, check))
            .collect();
        let missing: Vec<ConditionCheck> = expect
            .conditions
            .iter()
            .zip(&stated)
            .filter(|(_, leaves)| leaves.is_empty())
            .map(|(check, _)| check.clone())
            .collect();
        let small = trees.leaves.len() <= MOST_LEAVES && expect.conditions.len() <= MOST_CONDITIONS;
        let outcomes =
            (missing.is_empty() && small).then(|| try_all(&trees, &stated, before, expect));
        let joined = expect
            .joint
            .iter()
            .all(|together| are_joined(&trees, &stated, together));
        Branches {
            outcomes,
            missing,
            joined,
        }
    }

    /// False when conditions that are meant of one item could hold for different ones.
    pub(super) fn joined(&self) -> bool {
        self.joined
    }

    /// Conditions that are expected and that no test states.
    pub(super) fn missing(&self) -> &[ConditionCheck] {
        &self.missing
    }

    /// What is wrong with the side a step runs on.
    pub(super) fn reason(&self, step: &Step, check: &ActionCheck) -> Option<String> {
        if !self.missing.is_empty() {
            return None;
        }
        let asked = check.under.is_some() || !check.under_any.is_empty();
        let Some(outcomes) = &self.outcomes else {
            return asked.then(|| "the conditions could not be followed".to_string());
        };
        let id = step.id.as_str();
        let task = &step.task_id;
        let always = |outcome: &Outcome<'_>| outcome.runs.iter().all(|run| run.contains(id));
        if !asked {
            return (!outcomes.is_empty() && !outcomes.iter().any(always))
                .then(|| format!("a condition that nobody asked for stops {task}"));
        }
        let holds = |outcome: &Outcome<'_>, side: &(usize, String)| {
            outcome.expected.get(side.0) == Some(&(side.1 == "true"))
        };
        let under = check.under.clone().unwrap_or_default();
        let wanted = |outcome: &Outcome<'_>| {
            under.iter().all(|side| holds(outcome, side))
                && (check.under_any.is_empty()
                    || check.under_any.iter().any(|side| holds(outcome, side)))
        };
        if outcomes
            .iter()
            .any(|outcome| !wanted(outcome) && outcome.runs.iter().any(|run| run.contains(id)))
        {
            return Some(format!("{task} runs on the wrong side of a condition"));
        }
        let ways: Vec<Vec<(usize, String)>> = if check.under_any.is_empty() {
            vec![under.clone()]
        } else {
            check
                .under_any
                .iter()
                .map(|side| under.iter().chain([side]).cloned().collect())
                .collect()
        };
        let each_way = ways.iter().all(|way| {
            outcomes
                .iter()
                .any(|outcome| way.iter().all(|side| holds(outcome, side)) && always(outcome))
        });
        let whatever_happens = check.under.as_ref().is_none_or(|under| !under.is_empty())
            || outcomes.iter().all(|outcome| {
                outcomes
                    .iter()
                    .any(|other| other.expected == outcome.expected && always(other))
            });
        (!each_way || !whatever_happens)
            .then(|| format!("{task} does not run when its conditions hold"))
    }
}

/// True when some list test states all of the conditions, or when a loop does, whose tests are of
/// no list; a condition that is not stated at all has been reported already.
fn are_joined(trees: &Trees<'_>, stated: &[BTreeMap<usize, bool>], together: &[usize]) -> bool {
    let leaves: Vec<&BTreeMap<usize, bool>> =
        together.iter().filter_map(|at| stated.get(*at)).collect();
    let of_one_item = trees.of_items.iter().any(|item| {
        leaves
            .iter()
            .all(|leaves| leaves.keys().any(|at| item.contains(at)))
    });
    let of_no_list = leaves
        .iter()
        .all(|leaves| leaves.keys().any(|at| trees.leaves[*at].lists.is_empty()));
    of_one_item || of_no_list || leaves.iter().any(|leaves| leaves.is_empty())
}

fn try_all<'a>(
    trees: &Trees<'a>,
    stated: &[BTreeMap<usize, bool>],
    before: Option<&Workflow>,
    expect: &Expect,
) -> Vec<Outcome<'a>> {
    let old = before.map(Trees::new).map(|trees| trees.leaves);
    let named: BTreeSet<usize> = stated
        .iter()
        .flat_map(|leaves| leaves.keys().copied())
        .collect();
    let mut fixed: BTreeMap<usize, bool> = BTreeMap::new();
    let (mut loose, mut strict) = (Vec::new(), Vec::new());
    for (at, leaf) in trees.leaves.iter().enumerate() {
        if named.contains(&at) {
            continue;
        }
        let known = old.as_ref().is_some_and(|old| old.contains(leaf));
        let asked = expect
            .allow_extra
            .iter()
            .any(|pattern| path_matches(pattern, leaf));
        let tag = path_matches(r"(.*\.)?tags", leaf);
        let free = known
            || asked
            || tag
            || matches!(leaf.op.as_str(), "nil?" | "not_nil?")
            || path_matches(r"count\d*(\..*)?", leaf);
        if !free {
            strict.push(at);
        } else if tag && !asked && !known && matches!(leaf.op.as_str(), "==" | "include?") {
            // A guard that a tag is not there is free; one that it is there is not.
            fixed.insert(at, false);
        } else {
            loose.push(at);
        }
    }
    for check in &expect.assume {
        for (at, truth) in self::stated(&trees.leaves, check) {
            if loose.contains(&at) {
                fixed.insert(at, truth);
            }
        }
    }
    loose.retain(|at| !fixed.contains_key(at));
    let named: Vec<usize> = named.into_iter().collect();
    let mut out = Vec::new();
    for combination in truths(named.len()) {
        let mut truth = vec![false; trees.leaves.len()];
        for (at, value) in named
            .iter()
            .zip(&combination)
            .map(|(at, value)| (*at, *value))
        {
            truth[at] = value;
        }
        for (at, value) in &fixed {
            truth[*at] = *value;
        }
        // Several leaves may state one condition; they must agree on it.
        let expected: Option<Vec<bool>> = stated
            .iter()
            .map(|leaves| {
                let mut turns = leaves.iter().map(|(at, holds)| truth[*at] == *holds);
                let first = turns.next()?;
                turns.all(|turn| turn == first).then_some(first)
            })
            .collect();
        let Some(expected) = expected else {
            continue;
        };
        for free in truths(loose.len()) {
            let mut runs = Vec::new();
            for added in truths(strict.len()) {
                for (at, value) in loose.iter().zip(&free).chain(strict.iter().zip(&added)) {
                    truth[*at] = *value;
                }
                if possible(&trees.leaves, &truth) {
                    runs.push(trees.run(&truth));
                }
            }
            if !runs.is_empty() {
                out.push(Outcome {
                    expected: expected.clone(),
                    runs,
                });
            }
        }
    }
    out
}

fn path_matches(pattern: &str, leaf: &Leaf) -> bool {
    is_match(&format!("^(?:{pattern})$"), &leaf.path)
}

/// Every combination of so many truths.
fn truths(count: usize) -> Vec<Vec<bool>> {
    (0..1_usize << count)
        .map(|bits| (0..count).map(|at| bits >> at & 1 == 1).collect())
        .collect()
}

/// False where leaves about one value contradict each other, as `a > 5` and not `a > 3` do.
fn possible(leaves: &[Leaf], truth: &[bool]) -> bool {
    let mut by_path: BTreeMap<&str, Vec<(&Leaf, bool)>> = BTreeMap::new();
    for (leaf, truth) in leaves.iter().zip(truth) {
        if leaf.lists.is_empty() {
            by_path.entry(&leaf.path).or_default().push((leaf, *truth));
        }
    }
    by_path.values().all(|tests| {
        let nothing = tests
            .iter()
            .any(|(leaf, truth)| leaf.op == "nil?" && *truth);
        let something = tests
            .iter()
            .any(|(leaf, truth)| leaf.op != "nil?" && *truth);
        let texts = tests.iter().filter(|(leaf, truth)| {
            *truth
                && leaf.op == "=="
                && leaf.value.as_deref().is_some_and(|value| {
                    value.parse::<f64>().is_err() && !value.starts_with("path:")
                })
        });
        !(nothing && something) && texts.count() <= 1 && numbers_agree(tests)
    })
}

/// True when some number passes exactly those tests that are said to hold.
fn numbers_agree(tests: &[(&Leaf, bool)]) -> bool {
    let numbers: Vec<(&str, f64, bool)> = tests
        .iter()
        .filter_map(|(leaf, truth)| {
            let number = leaf.value.as_deref()?.parse().ok()?;
            Some((leaf.op.as_str(), number, *truth))
        })
        .collect();
    if numbers.len() < 2 {
        return true;
    }
    let mut candidates: Vec<f64> = Vec::new();
    for (_, one, _) in &numbers {
        candidates.extend([one - 0.5, *one, one + 0.5]);
        candidates.extend(numbers.iter().map(|(_, other, _)| (one + other) / 2.0));
    }
    candidates.iter().any(|candidate| {
        numbers.iter().all(|(op, number, truth)| match *op {
            "==" => (candidate == number) == *truth,
            ">" => (candidate > number) == *truth,
            ">=" => (candidate >= number) == *truth,
            _ => true,
        })
    })
}
