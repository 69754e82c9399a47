//! One sentence about why a test passed or did not.

use serde_json::Value;

use super::{Op, Operand, Test};

/// Says in one sentence what met what: `612.40 is more than 500`.
pub fn explain(test: &Test) -> String {
    let (is, is_not) = words(test.op);
    let verb = if test.passed { is } else { is_not };
    let met = match test.met.as_slice() {
        [] => "nothing".to_string(),
        [only] => show(only),
        many => {
            let shown: Vec<String> = many.iter().take(3).map(show).collect();
            let more = if many.len() > 3 {
                format!(" and {} more", many.len() - 3)
            } else {
                String::new()
            };
            format!("[{}{more}]", shown.join(", "))
        }
    };
    let right = match (&test.literal, &test.against) {
        _ if test.op.is_unary() => String::new(),
        (Some(Operand::Path(path)), Some(value)) => format!(" {} ({path})", show(value)),
        // The literal keeps its digits, `10.0` for example.
        (Some(Operand::Number(text)), _) => format!(" {text}"),
        (_, Some(value)) => format!(" {}", show(value)),
        (Some(operand), None) => format!(" {}", super::print::operand(operand)),
        (None, None) => String::new(),
    };
    format!("{met} {verb}{right}")
}

/// The words for an operator that holds, and for one that does not.
fn words(op: Op) -> (&'static str, &'static str) {
    match op {
        Op::Eq => ("is", "is not"),
        Op::Ne => ("is not", "is"),
        Op::Gt => ("is more than", "is not more than"),
        Op::Ge => ("is at least", "is less than"),
        Op::Lt => ("is less than", "is not less than"),
        Op::Le => ("is at most", "is more than"),
        Op::StartWith => ("starts with", "does not start with"),
        Op::NotStartWith => ("does not start with", "starts with"),
        Op::EndWith => ("ends with", "does not end with"),
        Op::NotEndWith => ("does not end with", "ends with"),
        Op::Include => ("contains", "does not contain"),
        Op::NotInclude => ("does not contain", "contains"),
        Op::In => ("is one of", "is none of"),
        Op::NotIn => ("is none of", "is one of"),
        Op::EmptyOrNil => ("is empty", "is not empty"),
        Op::NotEmptyAndNotNil => ("is not empty", "is empty"),
        Op::Nil => ("is not set", "is set"),
        Op::NotNil => ("is set", "is not set"),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_string(),
        // Amounts arrive as texts; they read better without quotes.
        Value::String(text) if super::evaluate::number(value).is_some() => text.clone(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    }
}
