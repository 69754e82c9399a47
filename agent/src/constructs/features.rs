//! What the constructs of a request are read off: its words, and for an edit how they touch the workflow before.
//!
//! "Just the note is for Oak Barn" says where a step goes, once it is known that Oak Barn is what the condition
//! compares. So what stands in the workflow is called by where it stands, as delexicalised features are in dialogue
//! systems (Henderson et al., "Word-based dialog state tracking with recurrent neural networks", 2014), and what
//! the workflow is made of comes along.

use std::collections::BTreeMap;

use flow::workflow::TaskType;
use flow::{Catalog, Workflow};

use crate::grammar::said::strings;
use crate::tools::ranker;

/// Longer texts are not repeated word for word.
const LONGEST: usize = 40;

/// A word that stands for a literal of a condition, of a wait, of another step, or of several kinds of lines.
const TEST: &str = "qtest";
const WAIT: &str = "qwait";
const VALUE: &str = "qvalue";
const SEVERAL: &str = "qseveral";

/// The features of a request for a new workflow, or for an edit of the one before: buckets in ascending order.
pub fn features(request: &str, before: Option<&Workflow>, catalog: &Catalog) -> Vec<u16> {
    let Some(before) = before else {
        return ranker::features(request, false);
    };
    let program = flow::python::print(before, catalog);
    let mut found = ranker::features(&located(request, &program), true);
    found.extend(made_of(before, catalog));
    found.sort_unstable();
    found.dedup();
    found
}

/// What the workflow before is made of.
fn made_of(before: &Workflow, catalog: &Catalog) -> impl Iterator<Item = u16> {
    let counts = super::counts(before, catalog);
    let actions = before.steps.iter();
    let actions = actions.filter(|step| step.task_type == TaskType::Action);
    let size = format!("=actions {}", actions.count().min(4));
    let kinds = counts.into_keys().filter(|key| {
        ["condition", "else", "only else", "wait", "loop"].contains(&key.as_str())
            || key.starts_with("task ")
    });
    let kinds = kinds.map(|key| format!("=has {key}"));
    kinds.chain([size]).map(|name| ranker::bucket(&name))
}

/// The request with the literals of the program called by where they stand.
fn located(request: &str, program: &str) -> String {
    let mut places: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut add = |literal: &str, place: &'static str| {
        let literal = literal.trim().to_lowercase();
        let long = (1..=LONGEST).contains(&literal.chars().count());
        if long && literal.chars().any(char::is_alphanumeric) {
            places
                .entry(literal)
                .and_modify(|known| {
                    if *known != place {
                        *known = SEVERAL;
                    }
                })
                .or_insert(place);
        }
    };
    for line in program.lines() {
        let bare = line.trim_start();
        let place = match bare {
            _ if bare.starts_with('@') || bare.starts_with("def ") => continue,
            _ if bare.starts_with("if ") || bare.starts_with("elif ") => TEST,
            _ if bare.starts_with("wait(") => WAIT,
            _ => VALUE,
        };
        for text in strings(line) {
            add(&text, place);
        }
        for number in outside_texts(line) {
            add(&number, place);
        }
    }
    let mut literals: Vec<(&String, &&str)> = places.iter().collect();
    literals.sort_by_key(|(literal, _)| std::cmp::Reverse(literal.len()));
    let mut text = request.to_lowercase();
    for (literal, place) in literals {
        text = replaced(&text, literal, place);
    }
    text
}

/// The numbers of a line that stand in no text.
fn outside_texts(line: &str) -> Vec<String> {
    let code = line.split('"').step_by(2);
    let numbers = code.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '.'));
    let number =
        |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    numbers.filter(number).map(str::to_string).collect()
}

/// A text with every occurrence of a literal replaced where it is no part of a longer word or number.
fn replaced(text: &str, literal: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(at) = rest.find(literal) {
        let (head, tail) = (&rest[..at], &rest[at + literal.len()..]);
        let inside =
            |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
        let mut after = tail.chars();
        let (next, second) = (after.next(), after.next());
        // 4 is no part of "4." but of "4.5".
        let decimal =
            next.is_some_and(|c| ".,".contains(c)) && second.is_some_and(|c| c.is_ascii_digit());
        let starts = !inside(head.chars().next_back().or(before));
        let whole = starts && !inside(next) && !decimal;
        out.push_str(head);
        match whole {
            true => {
                out.push(' ');
                out.push_str(by);
                out.push(' ');
            }
            false => out.push_str(literal),
        }
        before = literal.chars().next_back();
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::on_order;

    fn words(request: &str, body: &str) -> String {
        let program = flow::python::print(&on_order(body), &Catalog::builtin());
        let text = located(request, &program);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    const BODY: &str = "    if order.totalPriceSet.shopMoney.amount > 400:\n        add_order_tags(order_id=order.id, tags=[\"top-order\", \"low\"])\n        wait(days=4)\n";

    #[test]
    fn what_stands_in_the_workflow_is_called_by_where_it_stands() {
        for (request, expected) in [
            (
                "400 is too low, make it 4000",
                "qtest is too qvalue , make it 4000",
            ),
            (
                "Top-Order stays, $400 and 4.50 too",
                "qvalue stays, $ qtest and 4.50 too",
            ),
            ("4 days are enough. 4.", "qwait days are enough. qwait ."),
            ("top-orders, slow", "top-orders, slow"),
        ] {
            assert_eq!(words(request, BODY), expected, "{request}");
        }
    }

    #[test]
    fn of_an_edit_the_workflow_before_counts() {
        let catalog = Catalog::builtin();
        let with = |body: &str| features("drop it", Some(&on_order(body)), &catalog);
        let plain = features("drop it", None, &catalog);
        assert_eq!(plain, ranker::features("drop it", false));
        assert_ne!(
            with(BODY),
            with("    add_order_tags(order_id=order.id, tags=[\"x\"])\n")
        );
        assert!(with(BODY).is_sorted());
    }
}
