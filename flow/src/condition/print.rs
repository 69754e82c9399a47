//! The canonical text of a condition.

use super::{Expr, Op, Operand};

/// Prints a condition as text, for example `((order.note not_nil?) && (order.totalPrice > 500))`.
///
/// Reading the text again gives the same condition, as long as every `And` and `Or` has two parts
/// or more.
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, &mut out);
    out
}

fn write(expr: &Expr, out: &mut String) {
    match expr {
        Expr::Compare { path, op, value } => {
            out.push('(');
            out.push_str(path);
            out.push(' ');
            out.push_str(op.as_str());
            if let Some(value) = value {
                out.push(' ');
                out.push_str(&operand(value));
            }
            out.push(')');
        }
        Expr::And(parts) => join(parts, " && ", out),
        Expr::Or(parts) => join(parts, " || ", out),
        Expr::Not(inner) => {
            out.push('!');
            write(inner, out);
        }
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            out.push('(');
            out.push_str(path);
            out.push(' ');
            out.push_str(quantifier.as_str());
            out.push_str(" |");
            out.push_str(item);
            out.push_str("| ");
            // A body always has parentheses of its own.
            if let Expr::Not(_) = **body {
                out.push('(');
                write(body, out);
                out.push(')');
            } else {
                write(body, out);
            }
            out.push(')');
        }
    }
}

fn join(parts: &[Expr], between: &str, out: &mut String) {
    // One part needs no operator, and no parentheses beyond its own.
    if let [only] = parts {
        return write(only, out);
    }
    out.push('(');
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        write(part, out);
    }
    out.push(')');
}

/// The text of a right side.
pub(crate) fn operand(value: &Operand) -> String {
    match value {
        Operand::String(text) => quote(text),
        Operand::Number(text) | Operand::Word(text) | Operand::Path(text) => text.clone(),
        Operand::Boolean(value) => value.to_string(),
    }
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    let mut before = ' ';
    for c in text.chars() {
        // `{{` and `{%` would look like Liquid, which no condition may hold.
        let opens_liquid = before == '{' && matches!(c, '{' | '%');
        if opens_liquid || matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out.push('\'');
    out
}

/// True when an operator and its value belong together.
pub(crate) fn fits(op: Op, value: Option<&Operand>) -> bool {
    op.is_unary() != value.is_some()
}
