//! Limits that a workflow tests the other way round than they were said: "ten or less" and `> 10`.
//!
//! Which of two signs stands before a number is one token of a program, and the one that a small model has
//! seen more often comes out too easily. What is found here is written once more ([`crate::turn`]), and what is
//! still so then is said to the merchant.

use std::collections::BTreeSet;

use flow::Workflow;
use flow::condition::{self, Expr, Op, Operand, Quantifier};
use flow::workflow::TaskType;

use crate::grammar::said::{digits, numbers};
use crate::listing::listing;

/// On which side of a limit something lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Below,
    Above,
}

impl Side {
    fn other(self) -> Side {
        match self {
            Side::Below => Side::Above,
            Side::Above => Side::Below,
        }
    }
}

/// What stands before a number; longer phrases come before those that they end with.
const BEFORE: [(&str, Side); 25] = [
    ("no more than", Side::Below),
    ("not more than", Side::Below),
    ("no less than", Side::Above),
    ("not less than", Side::Above),
    ("no fewer than", Side::Above),
    ("not fewer than", Side::Above),
    ("not over", Side::Below),
    ("not above", Side::Below),
    ("not under", Side::Above),
    ("not below", Side::Above),
    ("at most", Side::Below),
    ("up to", Side::Below),
    ("less than", Side::Below),
    ("fewer than", Side::Below),
    ("lower than", Side::Below),
    ("cheaper than", Side::Below),
    ("under", Side::Below),
    ("below", Side::Below),
    ("at least", Side::Above),
    ("more than", Side::Above),
    ("greater than", Side::Above),
    ("higher than", Side::Above),
    ("over", Side::Above),
    ("above", Side::Above),
    ("beyond", Side::Above),
];

/// What stands after a number, with at most one word between them.
const AFTER: [(&str, Side); 14] = [
    ("or less", Side::Below),
    ("or fewer", Side::Below),
    ("or below", Side::Below),
    ("or under", Side::Below),
    ("or lower", Side::Below),
    ("and below", Side::Below),
    ("and under", Side::Below),
    ("or more", Side::Above),
    ("or above", Side::Above),
    ("or over", Side::Above),
    ("or higher", Side::Above),
    ("and up", Side::Above),
    ("and more", Side::Above),
    ("and above", Side::Above),
];

/// Words that may stand between a phrase and its number.
const FILLERS: [&str; 12] = [
    "a", "an", "the", "of", "just", "about", "eur", "euro", "usd", "gbp", "chf", "kr",
];

/// Words that are part of a number spelled out.
const MULTIPLES: [&str; 4] = ["hundred", "thousand", "grand", "and"];

/// The limits that are tested the other way round than they were said, as the workflow writes them, each once.
pub fn inverted(request: &str, workflow: &Workflow) -> Vec<String> {
    let said = said(request);
    let mut found = Vec::new();
    for step in &workflow.steps {
        let condition = step
            .config_value("condition")
            .filter(|_| step.task_type == TaskType::Condition);
        let Some(Ok(expr)) = condition.map(condition::parse) else {
            continue;
        };
        let leads = |port: &str| workflow.followers(&step.id, port).next().is_some();
        let mut tests = Vec::new();
        limits(&expr, true, &mut tests);
        for (number, side) in tests {
            // A number that was said with both sides divides something into levels.
            let sides: BTreeSet<Side> = said
                .iter()
                .filter(|(numbers, _)| numbers.contains(&number))
                .map(|(_, side)| *side)
                .collect();
            let turned = sides.len() == 1 && sides.contains(&side.other());
            // What was said may be what happens where the condition does not hold.
            if turned && !leads("false") && !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}

/// A sentence about them; `None` where there are none.
pub fn sentence(inverted: &[String]) -> Option<String> {
    let all = listing(inverted.to_vec())?;
    Some(format!(
        "You said it the other way round for {all}; check that condition."
    ))
}

/// The numbers that an expression compares with, and on which side of them it holds.
fn limits(expr: &Expr, holds: bool, found: &mut Vec<(String, Side)>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().for_each(|part| limits(part, holds, found));
        }
        Expr::Not(inner) => limits(inner, !holds, found),
        Expr::List {
            quantifier, body, ..
        } => limits(body, holds != (*quantifier == Quantifier::None), found),
        Expr::Compare {
            op,
            value: Some(Operand::Number(number)),
            ..
        } => {
            let side = match op {
                Op::Gt | Op::Ge => Side::Above,
                Op::Lt | Op::Le => Side::Below,
                _ => return,
            };
            let number = digits(number).into_iter().next().unwrap_or_default();
            found.push((number, if holds { side } else { side.other() }));
        }
        Expr::Compare { .. } => {}
    }
}

/// The numbers of a request that were said with a side: what each may mean, and the side.
fn said(request: &str) -> Vec<(BTreeSet<String>, Side)> {
    let lower = request.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let bare: Vec<&str> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let start = at;
        let digit = words[at].contains(|c: char| c.is_ascii_digit());
        while at < words.len() && !digit && spelled(&bare[at..], at > start) {
            at += 1;
        }
        // "fifty and below"
        while at > start && bare[at - 1] == "and" {
            at -= 1;
        }
        if at == start && !digit {
            at += 1;
            continue;
        }
        at = at.max(start + 1);
        let run = words[start..at].join(" ");
        let meant = match digit {
            true => digits(&run),
            false => numbers(&run),
        };
        if let Some(side) = side(&bare[..start], &run, &bare[at..]) {
            found.push((meant, side));
        }
    }
    found
}

/// Whether words begin with a part of a number that is spelled out. Small numbers alone are too often no
/// numbers: "the first one", "a couple".
fn spelled(words: &[&str], inside: bool) -> bool {
    const SMALL: [&str; 3] = ["0", "1", "2"];
    let Some((word, after)) = words.split_first() else {
        return false;
    };
    let multiplied = after
        .first()
        .is_some_and(|next| MULTIPLES[..3].contains(next));
    match MULTIPLES.contains(word) {
        true => inside,
        false => {
            let number = numbers(word).len() > SMALL.len();
            let small = inside || multiplied;
            word.chars().all(char::is_alphabetic) && (number || (small && counts(word)))
        }
    }
}

/// Whether a word is the name of a small number.
fn counts(word: &str) -> bool {
    ["one", "two"].contains(&word)
}

/// The side that the words around a number name.
fn side(before: &[&str], number: &str, after: &[&str]) -> Option<Side> {
    if number.starts_with(['<', '≤']) {
        return Some(Side::Below);
    }
    if number.starts_with(['>', '≥']) || number.trim_end_matches([',', '.', ':']).ends_with('+') {
        return Some(Side::Above);
    }
    let fillers = before
        .iter()
        .rev()
        .take_while(|word| FILLERS.contains(word));
    let before = before[..before.len() - fillers.count()].join(" ");
    for (phrase, side) in BEFORE {
        let rest = before.strip_suffix(phrase);
        if rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')) {
            return Some(side);
        }
    }
    let after = |skipped: usize| {
        let words = after.get(skipped..skipped + 2)?.join(" ");
        AFTER.iter().find(|(phrase, _)| *phrase == words)
    };
    after(0).or_else(|| after(1)).map(|(_, side)| *side)
}

#[cfg(test)]
mod tests {
    use flow::Catalog;

    use super::*;

    fn found(request: &str, body: &str) -> Vec<String> {
        let catalog = Catalog::builtin();
        let program = format!("@order_created\ndef a(order):\n{body}");
        let parsed = flow::python::parse(&program, &catalog);
        assert!(
            parsed.findings.is_empty(),
            "{program}\n{:?}",
            parsed.findings
        );
        inverted(request, &parsed.workflow)
    }

    fn test(op: &str, number: &str) -> String {
        format!(
            "    if order.totalPriceSet.shopMoney.amount {op} {number}:\n        archive_order(order_id=order.id)\n"
        )
    }

    #[test]
    fn a_limit_the_other_way_round_is_found() {
        for (request, op, number, expected) in [
            ("ten euros or less is small change", ">", "10", true),
            ("ten euros or less is small change", "<=", "10", false),
            ("ten euros or less is small change", "<", "10", false),
            ("orders under $1,500", ">=", "1500", true),
            ("no more than 30 of them", ">", "30", true),
            ("no less than 30", ">=", "30", false),
            ("above two hundred and fifty", "<", "250", true),
            ("fifty and below is cheap", ">", "50", true),
            ("one thousand or more", "<", "1000", true),
            ("20+ pieces", "<", "20", true),
            (">20 pieces", ">", "20", false),
            ("from 20 and up", "<=", "20", true),
            ("at most 20 kg or so", ">", "40", false),
            ("over the counter", "<", "20", false),
            ("under 50 bronze, over 50 silver", ">", "50", false),
            ("5 or 6", ">", "5", false),
        ] {
            let found = found(request, &test(op, number));
            assert_eq!(
                found.len(),
                usize::from(expected),
                "{request} {op} {number}"
            );
        }
        assert_eq!(
            sentence(&["10".to_string()]).as_deref(),
            Some("You said it the other way round for 10; check that condition.")
        );
        assert_eq!(sentence(&[]), None);
    }

    #[test]
    fn what_happens_otherwise_may_be_what_was_said() {
        let otherwise = format!(
            "{}    else:\n        cancel_order(order_id=order.id, reason=\"OTHER\")\n",
            test(">", "10")
        );
        assert_eq!(found("cancel those of 10 or less", &otherwise), [""; 0]);
        let none = "    if none(x.quantity > 10 for x in order.lineItems):\n        archive_order(order_id=order.id)\n";
        assert_eq!(found("if there are at most 10 of each", none), [""; 0]);
        assert_eq!(found("if there are over 10 of each", none), ["10"]);
    }
}
