//! Conditions that always come out the same: `total >= 10 or total < 10`, or a test for 200 and more on the
//! side where the total is under 200.
//!
//! Such a program reads well and does something else than was asked for, so the model writes it once
//! more ([`crate::turn`]), and what is still so then is said to the merchant.

use flow::condition::{self, Expr, Op, Operand};
use flow::workflow::TaskType;
use flow::{Step, Workflow};

/// How deep conditions are followed.
const DEPTH: usize = 16;

/// A condition that always comes out the same, or a part of which does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The step.
    pub step: String,
    /// How it always comes out; `None` where only a part of it does where it matters, as in `over 400 or over 1000`.
    pub outcome: Option<bool>,
}

/// A test and how it came out on the way.
type Known = (String, Op, Operand, bool);

/// The conditions of a workflow that always come out the same, in the order of its links.
pub fn settled(workflow: &Workflow) -> Vec<Settled> {
    let mut found = Vec::new();
    for trigger in workflow.triggers() {
        follow(workflow, trigger, "output", &[], DEPTH, &mut found);
    }
    found
}

/// A sentence about them; `None` where there are none.
pub fn sentence(settled: &[Settled]) -> Option<String> {
    let first = settled.first()?;
    let text = match first.outcome {
        Some(true) => "One condition always holds as it stands; say what it should test.",
        Some(false) => "One condition can never hold as it stands; say what it should test.",
        None => "One condition tests more than it needs to; say what it should test.",
    };
    Some(text.to_string())
}

fn follow(
    workflow: &Workflow,
    from: &Step,
    port: &str,
    known: &[Known],
    depth: usize,
    found: &mut Vec<Settled>,
) {
    if depth == 0 {
        return;
    }
    for step in workflow.followers(&from.id, port) {
        // Several ways lead here, or time has passed: what was tested before says nothing.
        let fresh = step.task_type == TaskType::Wait
            || workflow
                .links
                .iter()
                .filter(|link| link.to == step.id)
                .count()
                > 1;
        let known = if fresh { &[] } else { known };
        match step.task_type {
            TaskType::Condition => {
                let expr = step
                    .config_value("condition")
                    .and_then(|text| condition::parse(text).ok());
                let Some(expr) = expr else {
                    continue;
                };
                let outcome = outcome(&expr, known);
                if outcome.is_some() || idle(&expr) {
                    let step = step.id.to_string();
                    if found.iter().all(|other| other.step != step) {
                        found.push(Settled { step, outcome });
                    }
                }
                for (port, holds) in [("true", true), ("false", false)] {
                    let mut known = known.to_vec();
                    learn(&expr, holds, &mut known);
                    follow(workflow, step, port, &known, depth - 1, found);
                }
            }
            TaskType::Foreach => {
                follow(workflow, step, "loop_body", known, depth - 1, found);
                follow(workflow, step, "after", known, depth - 1, found);
            }
            _ => follow(workflow, step, "output", known, depth - 1, found),
        }
    }
}

/// What a condition tells when it holds, or when it does not.
fn learn(expr: &Expr, holds: bool, known: &mut Vec<Known>) {
    match expr {
        Expr::Compare {
            path,
            op,
            value: Some(value),
        } => known.push((path.clone(), *op, value.clone(), holds)),
        Expr::And(parts) if holds => parts.iter().for_each(|part| learn(part, true, known)),
        Expr::Or(parts) if !holds => parts.iter().for_each(|part| learn(part, false, known)),
        Expr::Not(inner) => learn(inner, !holds, known),
        _ => {}
    }
}

/// How a condition comes out where this is known; `None` where it depends.
fn outcome(expr: &Expr, known: &[Known]) -> Option<bool> {
    match expr {
        Expr::Compare {
            path,
            op,
            value: Some(value),
        } => tested(path, *op, value, known),
        Expr::Not(inner) => outcome(inner, known).map(|holds| !holds),
        Expr::And(parts) => parts_outcome(parts, true, known),
        Expr::Or(parts) => parts_outcome(parts, false, known),
        Expr::Compare { .. } | Expr::List { .. } => None,
    }
}

/// Each part is looked at where those before it came out as they must for it to matter.
fn parts_outcome(parts: &[Expr], all: bool, known: &[Known]) -> Option<bool> {
    let mut known = known.to_vec();
    let mut open = false;
    for part in parts {
        match outcome(part, &known) {
            Some(holds) if holds != all => return Some(!all),
            Some(_) => {}
            None => open = true,
        }
        learn(part, all, &mut known);
    }
    (!open).then_some(all)
}

/// Whether a part of a condition always comes out the same wherever the other parts leave it to decide.
fn idle(expr: &Expr) -> bool {
    let (parts, all) = match expr {
        Expr::And(parts) => (parts, true),
        Expr::Or(parts) => (parts, false),
        Expr::Not(inner) => return idle(inner),
        Expr::Compare { .. } | Expr::List { .. } => return false,
    };
    let decides_nothing = |(place, part): (usize, &Expr)| {
        let mut known = Vec::new();
        let others = parts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place);
        others.for_each(|(_, other)| learn(other, all, &mut known));
        outcome(part, &known) == Some(all)
    };
    parts.iter().enumerate().any(decides_nothing) || parts.iter().any(idle)
}

fn tested(path: &str, op: Op, value: &Operand, known: &[Known]) -> Option<bool> {
    let same: Vec<&Known> = known.iter().filter(|(other, ..)| other == path).collect();
    match value {
        Operand::Number(limit) => {
            let limit: f64 = limit.parse().ok()?;
            let mut range = Range::default();
            for (_, op, value, holds) in same {
                if let Operand::Number(text) = value
                    && let Ok(number) = text.parse()
                {
                    range.narrow(if *holds { *op } else { op.opposite() }, number);
                }
            }
            range.decides(op, limit)
        }
        Operand::String(text) | Operand::Word(text) => {
            let is = match op {
                Op::Eq => true,
                Op::Ne => false,
                _ => return None,
            };
            same.iter().find_map(|(_, op, value, holds)| {
                let (Operand::String(other) | Operand::Word(other)) = value else {
                    return None;
                };
                let equal = match (op, holds) {
                    (Op::Eq, true) | (Op::Ne, false) => true,
                    (Op::Eq, false) | (Op::Ne, true) => false,
                    _ => return None,
                };
                match (equal, other.eq_ignore_ascii_case(text)) {
                    (true, matches) => Some(matches == is),
                    (false, true) => Some(!is),
                    (false, false) => None,
                }
            })
        }
        // A field compared with itself.
        Operand::Path(other) if other == path => match op {
            Op::Eq | Op::Ge | Op::Le => Some(true),
            Op::Ne | Op::Gt | Op::Lt => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The numbers that are left.
struct Range {
    low: f64,
    /// `low` itself is left out.
    above: bool,
    high: f64,
    below: bool,
}

impl Default for Range {
    fn default() -> Range {
        Range {
            low: f64::NEG_INFINITY,
            above: false,
            high: f64::INFINITY,
            below: false,
        }
    }
}

impl Range {
    fn narrow(&mut self, op: Op, number: f64) {
        match op {
            Op::Gt if number >= self.low => (self.low, self.above) = (number, true),
            Op::Ge if number > self.low => (self.low, self.above) = (number, false),
            Op::Lt if number <= self.high => (self.high, self.below) = (number, true),
            Op::Le if number < self.high => (self.high, self.below) = (number, false),
            Op::Eq => {
                (self.low, self.above) = (number, false);
                (self.high, self.below) = (number, false);
            }
            _ => {}
        }
    }

    /// How a test of a number in the range comes out.
    fn decides(&self, op: Op, limit: f64) -> Option<bool> {
        let over = |strict: bool| match strict {
            // Everything left is over the limit, or nothing is.
            true if self.low > limit || (self.low == limit && self.above) => Some(true),
            true if self.high <= limit => Some(false),
            false if self.low >= limit => Some(true),
            false if self.high < limit || (self.high == limit && self.below) => Some(false),
            _ => None,
        };
        match op {
            Op::Gt => over(true),
            Op::Ge => over(false),
            Op::Le => over(true).map(|over| !over),
            Op::Lt => over(false).map(|over| !over),
            Op::Eq if self.low > limit || self.high < limit => Some(false),
            Op::Eq if self.low == limit && self.above => Some(false),
            Op::Eq if self.high == limit && self.below => Some(false),
            Op::Eq if self.low == limit && self.high == limit => Some(true),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::on_order;

    fn outcomes(body: &str) -> Vec<Option<bool>> {
        settled(&on_order(body))
            .into_iter()
            .map(|settled| settled.outcome)
            .collect()
    }

    const TOTAL: &str = "order.totalPriceSet.shopMoney.amount";
    const STEP: &str = "archive_order(order_id=order.id)";

    #[test]
    fn what_always_comes_out_the_same_is_found() {
        for (test, expected) in [
            ("TOTAL >= 10 or TOTAL < 10", &[Some(true)][..]),
            ("TOTAL < 1 and TOTAL > 4", &[Some(false)]),
            ("TOTAL > 4 and TOTAL < 1", &[Some(false)]),
            ("TOTAL == 5 and TOTAL >= 6", &[Some(false)]),
            ("TOTAL >= 1 and TOTAL <= 4", &[]),
            ("TOTAL < 10 or TOTAL > 20", &[]),
            ("TOTAL > 400 or TOTAL > 1000", &[None]),
            ("TOTAL > 1000 or TOTAL > 400", &[None]),
            ("TOTAL > 10 and order.test == True and TOTAL >= 5", &[None]),
            ("TOTAL > 10 and order.test == True", &[]),
            ("order.currencyCode == order.currencyCode", &[Some(true)]),
            (
                "order.currencyCode == \"EUR\" and order.currencyCode == \"USD\"",
                &[Some(false)],
            ),
            (
                "order.currencyCode == \"EUR\" or order.currencyCode == \"USD\"",
                &[],
            ),
            (
                "order.currencyCode != \"EUR\" or order.currencyCode != \"USD\"",
                &[Some(true)],
            ),
        ] {
            let body = format!("    if {}:\n        {STEP}\n", test.replace("TOTAL", TOTAL));
            assert_eq!(outcomes(&body), expected, "{test}");
        }
    }

    #[test]
    fn what_was_tested_before_counts() {
        let tiers = |second: &str| {
            format!(
                "    if {TOTAL} >= 200:\n        {STEP}\n    else:\n        if {TOTAL} >= {second}:\n            {STEP}\n"
            )
        };
        assert_eq!(outcomes(&tiers("100")), []);
        assert_eq!(outcomes(&tiers("200")), [Some(false)]);
        assert_eq!(outcomes(&tiers("300")), [Some(false)]);
        let inside = format!(
            "    if {TOTAL} >= 200:\n        wait(days=1)\n        if {TOTAL} >= 200:\n            {STEP}\n"
        );
        assert_eq!(outcomes(&inside), [], "after a wait all is open");
        assert_eq!(
            outcomes(&inside.replace("        wait(days=1)\n", "")),
            [Some(true)]
        );
    }
}
