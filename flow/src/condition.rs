//! Conditions: the tests a condition step makes, read from Flow's text form or its JSON tree,
//! printed as text, checked against the catalogue and evaluated over an environment.
//!
//! The text form: `(order.totalPrice > 500)`, `((a.b == 'x') && (c.d not_nil?))`,
//! `(order.tags any? |tags_item| (tags_item == 'vip'))`. `&&` and `||` never stand at one level
//! without parentheses. Strings compare without regard to case.

mod check;
mod correct;
mod evaluate;
mod explain;
mod parse;
pub(crate) mod print;
mod tree;
pub(crate) mod values;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use crate::from_json::from_json;

pub use check::{Kind, allowed, check, kind_of};
pub use correct::corrected;
pub use evaluate::{Evaluation, Test, evaluate};
pub use explain::explain;
pub use parse::parse;
pub use print::print;
pub use tree::{rewritten, to_tree};

pub(crate) use evaluate::{evaluate_in, instant, number};

/// How deep a condition may nest; deeper ones are refused, so that nothing here can exhaust the stack.
pub const MAX_DEPTH: usize = 48;

/// The longest text, in bytes, that is read as a condition.
pub const MAX_LENGTH: usize = 64 * 1024;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// One test of a path. `value` is `None` for the operators that take none ([`Op::is_unary`]).
    Compare {
        /// The path as the condition spells it, for example `order.totalPrice`.
        path: String,
        /// What is asked.
        op: Op,
        /// What the path is compared with.
        value: Option<Operand>,
    },
    /// Holds when every part does.
    And(Vec<Expr>),
    /// Holds when at least one part does.
    Or(Vec<Expr>),
    /// Holds when the other does not.
    Not(Box<Expr>),
    /// A test of the items of a list, for example `(order.tags any? |tags_item| (tags_item == 'vip'))`.
    List {
        /// How many items must pass.
        quantifier: Quantifier,
        /// The path as the condition spells it, for example `order.totalPrice`.
        path: String,
        /// The name of the item inside `body`.
        item: String,
        /// The test of each item.
        body: Box<Expr>,
    },
}

/// What a comparison asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    /// `==`; texts without regard to case.
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `start_with?`
    StartWith,
    /// `not_start_with?`
    NotStartWith,
    /// `end_with?`
    EndWith,
    /// `not_end_with?`
    NotEndWith,
    /// `include?`: the text or list of the path holds the value.
    Include,
    /// `not_include?`
    NotInclude,
    /// `in?`: the value, texts between commas, holds what the path leads to.
    In,
    /// `not_in?`
    NotIn,
    /// `empty_or_nil?`
    EmptyOrNil,
    /// `not_empty_and_not_nil?`
    NotEmptyAndNotNil,
    /// `nil?`
    Nil,
    /// `not_nil?`
    NotNil,
}

from_json! {
    enum Op {
        Eq = "Eq",
        Ne = "Ne",
        Gt = "Gt",
        Ge = "Ge",
        Lt = "Lt",
        Le = "Le",
        StartWith = "StartWith",
        NotStartWith = "NotStartWith",
        EndWith = "EndWith",
        NotEndWith = "NotEndWith",
        Include = "Include",
        NotInclude = "NotInclude",
        In = "In",
        NotIn = "NotIn",
        EmptyOrNil = "EmptyOrNil",
        NotEmptyAndNotNil = "NotEmptyAndNotNil",
        Nil = "Nil",
        NotNil = "NotNil",
    }
}

impl Op {
    /// Every operator.
    pub const ALL: [Op; 18] = [
        Op::Eq,
        Op::Ne,
        Op::Gt,
        Op::Ge,
        Op::Lt,
        Op::Le,
        Op::StartWith,
        Op::NotStartWith,
        Op::EndWith,
        Op::NotEndWith,
        Op::Include,
        Op::NotInclude,
        Op::In,
        Op::NotIn,
        Op::EmptyOrNil,
        Op::NotEmptyAndNotNil,
        Op::Nil,
        Op::NotNil,
    ];

    /// Flow's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Op::Eq => "==",
            Op::Ne => "!=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::StartWith => "start_with?",
            Op::NotStartWith => "not_start_with?",
            Op::EndWith => "end_with?",
            Op::NotEndWith => "not_end_with?",
            Op::Include => "include?",
            Op::NotInclude => "not_include?",
            Op::In => "in?",
            Op::NotIn => "not_in?",
            Op::EmptyOrNil => "empty_or_nil?",
            Op::NotEmptyAndNotNil => "not_empty_and_not_nil?",
            Op::Nil => "nil?",
            Op::NotNil => "not_nil?",
        }
    }

    /// Reads Flow's spelling.
    pub fn from_flow(text: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.as_str() == text)
    }

    /// True for the operators that take no value.
    pub fn is_unary(self) -> bool {
        matches!(
            self,
            Op::EmptyOrNil | Op::NotEmptyAndNotNil | Op::Nil | Op::NotNil
        )
    }

    /// The operator that asks the opposite. Where there is no value to compare, `>` and its like
    /// and their opposites all fail.
    pub fn opposite(self) -> Op {
        match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Gt => Op::Le,
            Op::Ge => Op::Lt,
            Op::Lt => Op::Ge,
            Op::Le => Op::Gt,
            Op::StartWith => Op::NotStartWith,
            Op::NotStartWith => Op::StartWith,
            Op::EndWith => Op::NotEndWith,
            Op::NotEndWith => Op::EndWith,
            Op::Include => Op::NotInclude,
            Op::NotInclude => Op::Include,
            Op::In => Op::NotIn,
            Op::NotIn => Op::In,
            Op::EmptyOrNil => Op::NotEmptyAndNotNil,
            Op::NotEmptyAndNotNil => Op::EmptyOrNil,
            Op::Nil => Op::NotNil,
            Op::NotNil => Op::Nil,
        }
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many items of a list must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quantifier {
    /// At least one item.
    Any,
    /// Every item.
    All,
    /// No item.
    None,
}

impl Quantifier {
    /// Flow's spelling: `any?`, `all?` or `none?`.
    pub fn as_str(self) -> &'static str {
        match self {
            Quantifier::Any => "any?",
            Quantifier::All => "all?",
            Quantifier::None => "none?",
        }
    }

    /// Reads Flow's spelling of either form: `any?` in text, `ANY` in a tree.
    pub fn from_flow(text: &str) -> Option<Quantifier> {
        let word = text.strip_suffix('?').unwrap_or(text);
        [Quantifier::Any, Quantifier::All, Quantifier::None]
            .into_iter()
            .find(|quantifier| word.eq_ignore_ascii_case(quantifier.as_str().trim_end_matches('?')))
    }
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Operand {
    /// A text, without its quotes.
    String(String),
    /// A number with its digits as written, for example `10.0`.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A bare word in capitals, for example `PAID`.
    Word(String),
    /// Another path of the environment.
    Path(String),
}

from_json! {
    enum Operand of {
        String,
        Number,
        Boolean,
        Word,
        Path,
    }
}

/// A condition that does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionError {
    /// One sentence: what is wrong and what to do.
    pub message: String,
    /// The byte of the text it was found at.
    pub at: usize,
}

impl std::fmt::Display for ConditionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConditionError {}

impl ConditionError {
    pub(crate) fn new(message: impl Into<String>, at: usize) -> ConditionError {
        ConditionError {
            message: message.into(),
            at,
        }
    }
}

/// The paths a condition reads from outside its own list items, in reading order, each once.
pub fn paths(expr: &Expr) -> Vec<String> {
    let mut found = Vec::new();
    collect_paths(expr, &mut Vec::new(), &mut found);
    found
}

fn collect_paths<'a>(expr: &'a Expr, items: &mut Vec<&'a str>, found: &mut Vec<String>) {
    let mut add = |path: &str, items: &[&str]| {
        let first = path.split('.').next().unwrap_or_default();
        if !items.contains(&first) && !found.iter().any(|known| known == path) {
            found.push(path.to_string());
        }
    };
    match expr {
        Expr::Compare { path, value, .. } => {
            add(path, items);
            if let Some(Operand::Path(other)) = value {
                add(other, items);
            }
        }
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                collect_paths(part, items, found);
            }
        }
        Expr::Not(inner) => collect_paths(inner, items, found),
        Expr::List {
            path, item, body, ..
        } => {
            add(path, items);
            items.push(item);
            collect_paths(body, items, found);
            items.pop();
        }
    }
}

/// Every path a condition reads, in reading order, each once, with the items of its list tests
/// written out: `order.lineItems.sku` for `lineItems_item.sku` inside of a test of `order.lineItems`.
///
/// A variable of the same name as a list's item is hidden by it, as when the condition is evaluated.
pub fn full_paths(expr: &Expr) -> Vec<String> {
    let mut found = IndexSet::new();
    collect_full_paths(expr, &mut Vec::new(), &mut found);
    found.into_iter().collect()
}

/// `items` are the names of the items of the list tests around, with the full paths of their lists.
fn collect_full_paths<'a>(
    expr: &'a Expr,
    items: &mut Vec<(&'a str, String)>,
    found: &mut IndexSet<String>,
) {
    let full = |path: &str, items: &[(&str, String)]| {
        let (first, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
        match items.iter().rev().find(|(item, _)| *item == first) {
            Some((_, list)) => format!("{list}{rest}"),
            None => path.to_string(),
        }
    };
    match expr {
        Expr::Compare { path, value, .. } => {
            found.insert(full(path, items));
            if let Some(Operand::Path(other)) = value {
                found.insert(full(other, items));
            }
        }
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                collect_full_paths(part, items, found);
            }
        }
        Expr::Not(inner) => collect_full_paths(inner, items, found),
        Expr::List {
            path, item, body, ..
        } => {
            let list = full(path, items);
            found.insert(list.clone());
            items.push((item, list));
            collect_full_paths(body, items, found);
            items.pop();
        }
    }
}

#[cfg(test)]
mod tests;
