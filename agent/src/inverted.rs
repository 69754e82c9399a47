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

/// A limit that is tested the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inverted {
    /// The limit as the workflow writes it.
    pub number: String,
    /// The sign that was said, as a program writes it.
    pub sign: &'static str,
}

/// What stands before a number; longer phrases come before those that they end with.
const BEFORE: [(&str, &str); 25] = [
    ("no more than", "<="),
    ("not more than", "<="),
    ("no less than", ">="),
    ("not less than", ">="),
    ("no fewer than", ">="),
    ("not fewer than", ">="),
    ("not over", "<="),
    ("not above", "<="),
    ("not under", ">="),
    ("not below", ">="),
    ("at most", "<="),
    ("up to", "<="),
    ("less than", "<"),
    ("fewer than", "<"),
    ("lower than", "<"),
    ("cheaper than", "<"),
    ("under", "<"),
    ("below", "<"),
    ("at least", ">="),
    ("more than", ">"),
    ("greater than", ">"),
    ("higher than", ">"),
    ("over", ">"),
    ("above", ">"),
    ("beyond", ">"),
];

/// What stands after a number, with at most one word between them.
const AFTER: [(&str, &str); 14] = [
    ("or less", "<="),
    ("or fewer", "<="),
    ("or below", "<="),
    ("or under", "<="),
    ("or lower", "<="),
    ("and below", "<="),
    ("and under", "<="),
    ("or more", ">="),
    ("or above", ">="),
    ("or over", ">="),
    ("or higher", ">="),
    ("and up", ">="),
    ("and more", ">="),
    ("and above", ">="),
];

/// Words that may stand between a phrase and its number.
const FILLERS: [&str; 12] = [
    "a", "an", "the", "of", "just", "about", "eur", "euro", "usd", "gbp", "chf", "kr",
];

/// Words that are part of a number spelled out.
const MULTIPLES: [&str; 4] = ["hundred", "thousand", "grand", "and"];

/// The limits that are tested the other way round than they were said, each once.
pub fn inverted(request: &str, workflow: &Workflow) -> Vec<Inverted> {
    let said = said(request);
    let mut found: Vec<Inverted> = Vec::new();
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
        for (number, above) in tests {
            // A number that was said with both sides divides something into levels.
            let meant = said.iter().filter(|(numbers, _)| numbers.contains(&number));
            let signs: Vec<&'static str> = meant.map(|(_, sign)| *sign).collect();
            let turned = signs.iter().all(|sign| sign.starts_with('>') != above);
            // What was said may be what happens where the condition does not hold.
            if let Some(sign) = signs.first().filter(|_| turned && !leads("false"))
                && found.iter().all(|known| known.number != number)
            {
                found.push(Inverted { number, sign });
            }
        }
    }
    found
}

/// A sentence about them; `None` where there are none.
pub fn sentence(inverted: &[Inverted]) -> Option<String> {
    let numbers = inverted.iter().map(|inverted| inverted.number.clone());
    let all = listing(numbers.collect())?;
    Some(format!(
        "You said it the other way round for {all}; check that condition."
    ))
}

/// The numbers that an expression compares with, and whether it holds above them.
fn limits(expr: &Expr, holds: bool, found: &mut Vec<(String, bool)>) {
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
            let above = match op {
                Op::Gt | Op::Ge => true,
                Op::Lt | Op::Le => false,
                _ => return,
            };
            let number = digits(number).into_iter().next().unwrap_or_default();
            found.push((number, above == holds));
        }
        Expr::Compare { .. } => {}
    }
}

/// The numbers of a request that were said with a side: what each may mean, and the sign.
fn said(request: &str) -> Vec<(BTreeSet<String>, &'static str)> {
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
        if let Some(sign) = sign(&bare[..start], &run, &bare[at..]) {
            found.push((meant, sign));
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

/// The sign that the words around a number mean.
fn sign(before: &[&str], number: &str, after: &[&str]) -> Option<&'static str> {
    if number.starts_with(['<', '≤']) {
        return Some("<=");
    }
    if number.starts_with(['>', '≥']) || number.trim_end_matches([',', '.', ':']).ends_with('+') {
        return Some(">=");
    }
    let fillers = before
        .iter()
        .rev()
        .take_while(|word| FILLERS.contains(word));
    let before = before[..before.len() - fillers.count()].join(" ");
    for (phrase, sign) in BEFORE {
        let rest = before.strip_suffix(phrase);
        if rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')) {
            return Some(sign);
        }
    }
    let after = |skipped: usize| {
        let words = after.get(skipped..skipped + 2)?.join(" ");
        AFTER.iter().find(|(phrase, _)| *phrase == words)
    };
    after(0).or_else(|| after(1)).map(|(_, sign)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::on_order;

    fn found(request: &str, body: &str) -> Vec<String> {
        let found = inverted(request, &on_order(body)).into_iter();
        found
            .map(|found| format!("{} {}", found.sign, found.number))
            .collect()
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
        let ten = Inverted {
            number: "10".to_string(),
            sign: "<=",
        };
        assert_eq!(
            sentence(&[ten]).as_deref(),
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
        assert_eq!(found("if there are over 10 of each", none), ["> 10"]);
        assert_eq!(
            found("ten or less", &test(">", "10")),
            ["<= 10"],
            "the sign is the one that was said"
        );
    }
}
