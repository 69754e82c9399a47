//! A condition as rows and groups to edit one by one.
//!
//! The rows are the condition itself, only that everything stands in a group: [`open`] puts the
//! groups in, [`close`] takes them out again. A row that is not filled in yet has no path, or an
//! operator without the value it needs; such a condition does not close.

use std::collections::HashMap;

use flow::catalog::condition_item_name;
use flow::condition::{self, Expr, Kind, Op, Operand, Quantifier};

use crate::api::PathInfo;

/// Where a part stands: the number of the child at each level.
pub type At = Vec<usize>;

/// The lists whose items a part is about, outermost first: the item's name, and the list's path
/// as the event has it.
pub type Items = Vec<(String, String)>;

/// An empty row.
pub fn empty_row() -> Expr {
    Expr::Compare {
        path: String::new(),
        op: Op::Eq,
        value: None,
    }
}

/// The condition with a group at the top and in every list, and a row in every group.
pub fn open(expr: &Expr) -> Expr {
    grouped(inside(expr))
}

fn grouped(expr: Expr) -> Expr {
    match expr {
        Expr::And(parts) if parts.is_empty() => Expr::And(vec![empty_row()]),
        Expr::And(_) | Expr::Or(_) => expr,
        other => Expr::And(vec![other]),
    }
}

fn inside(expr: &Expr) -> Expr {
    match expr {
        Expr::Compare { .. } => expr.clone(),
        Expr::And(parts) => Expr::And(parts.iter().map(inside).collect()),
        Expr::Or(parts) => Expr::Or(parts.iter().map(inside).collect()),
        Expr::Not(inner) => Expr::Not(Box::new(inside(inner))),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => Expr::List {
            quantifier: *quantifier,
            path: path.clone(),
            item: item.clone(),
            body: Box::new(open(body)),
        },
    }
}

/// The condition that the rows say; `None` while one of them is not filled in.
pub fn close(expr: &Expr) -> Option<Expr> {
    let closed = without_groups(expr)?;
    // What does not read again as it is cannot be stored.
    let read = condition::parse(&condition::print(&closed)).ok()?;
    (read == closed).then_some(closed)
}

fn without_groups(expr: &Expr) -> Option<Expr> {
    let all = |parts: &[Expr]| parts.iter().map(without_groups).collect::<Option<Vec<_>>>();
    let join = |parts: &[Expr], any: bool| {
        let mut parts = all(parts)?;
        match (parts.len(), any) {
            (0, _) => None,
            (1, _) => parts.pop(),
            (_, true) => Some(Expr::Or(parts)),
            (_, false) => Some(Expr::And(parts)),
        }
    };
    match expr {
        Expr::Compare { path, op, value } => {
            let number = match value {
                Some(Operand::Number(text)) => is_number(text),
                Some(Operand::Path(path)) => !path.is_empty(),
                _ => true,
            };
            (!path.is_empty() && op.is_unary() == value.is_none() && number).then(|| expr.clone())
        }
        Expr::And(parts) => join(parts, false),
        Expr::Or(parts) => join(parts, true),
        Expr::Not(inner) => without_groups(inner).map(|inner| Expr::Not(Box::new(inner))),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => Some(Expr::List {
            quantifier: *quantifier,
            path: path.clone(),
            item: item.clone(),
            body: Box::new(without_groups(body)?),
        }),
    }
}

/// The part at a place.
pub fn part<'a>(expr: &'a Expr, at: &[usize]) -> Option<&'a Expr> {
    let Some((first, rest)) = at.split_first() else {
        return Some(expr);
    };
    let child = match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.get(*first)?,
        Expr::Not(inner) => inner,
        Expr::List { body, .. } => body,
        Expr::Compare { .. } => return None,
    };
    part(child, rest)
}

/// The part at a place, to change it.
pub fn part_mut<'a>(expr: &'a mut Expr, at: &[usize]) -> Option<&'a mut Expr> {
    let Some((first, rest)) = at.split_first() else {
        return Some(expr);
    };
    let child = match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.get_mut(*first)?,
        Expr::Not(inner) => inner,
        Expr::List { body, .. } => body,
        Expr::Compare { .. } => return None,
    };
    part_mut(child, rest)
}

/// Puts a part at the end of a group.
pub fn add(expr: &mut Expr, group: &[usize], new: Expr) {
    if let Some(Expr::And(parts) | Expr::Or(parts)) = part_mut(expr, group) {
        parts.push(new);
    }
}

/// Takes a part out; a group that is empty then goes too, up to the top, which keeps an empty row.
pub fn remove(expr: &mut Expr, at: &[usize]) {
    let Some((last, above)) = at.split_last() else {
        *expr = Expr::And(vec![empty_row()]);
        return;
    };
    let gone = match part_mut(expr, above) {
        Some(Expr::And(parts) | Expr::Or(parts)) => {
            if *last < parts.len() {
                parts.remove(*last);
            }
            parts.is_empty()
        }
        // Without what it denies or tests, a `not` or a list says nothing.
        Some(_) => true,
        None => false,
    };
    if gone {
        remove(expr, above);
    }
}

/// Whether a group holds when any of its parts does.
pub fn set_any(expr: &mut Expr, group: &[usize], any: bool) {
    if let Some(there) = part_mut(expr, group)
        && let Expr::And(parts) | Expr::Or(parts) = there
    {
        let parts = std::mem::take(parts);
        *there = if any {
            Expr::Or(parts)
        } else {
            Expr::And(parts)
        };
    }
}

/// Takes a `not` away and leaves what it denied.
pub fn affirm(expr: &mut Expr, at: &[usize]) {
    if let Some(there) = part_mut(expr, at)
        && let Expr::Not(inner) = there
    {
        *there = std::mem::replace(inner, empty_row());
    }
}

/// The operators that fit a kind of value, likeliest first; every one where nothing is known.
pub fn operators(kind: Option<Kind>) -> Vec<Op> {
    const ORDER: [Op; 18] = [
        Op::Eq,
        Op::Ne,
        Op::Gt,
        Op::Ge,
        Op::Lt,
        Op::Le,
        Op::Include,
        Op::NotInclude,
        Op::In,
        Op::NotIn,
        Op::StartWith,
        Op::NotStartWith,
        Op::EndWith,
        Op::NotEndWith,
        Op::EmptyOrNil,
        Op::NotEmptyAndNotNil,
        Op::NotNil,
        Op::Nil,
    ];
    ORDER
        .into_iter()
        .filter(|op| match kind {
            None => op.is_unary(),
            // Texts are asked whether they are empty, everything else whether it is set.
            Some(Kind::Text) => condition::allowed(*op, Kind::Text) && !is_nil(*op),
            Some(kind) => condition::allowed(*op, kind),
        })
        .collect()
}

fn is_nil(op: Op) -> bool {
    matches!(op, Op::Nil | Op::NotNil)
}

/// A new test of a path that was chosen for a row; of a list it tests the items. What the row said
/// before is kept as far as it fits.
pub fn test_of(info: &PathInfo, items: &Items, before: Option<&Expr>) -> Expr {
    let path = as_item(&info.path, items);
    let Some(list) = &info.list else {
        return compare(path, info.kind, before);
    };
    let list_path = as_item(list, items);
    let mut item = condition_item_name(list);
    while items.iter().any(|(name, _)| *name == item) {
        item.push_str("_2");
    }
    let inner = match info.path.strip_prefix(list.as_str()) {
        Some("") if info.kind.is_none() => String::new(),
        Some(rest) => format!("{item}{rest}"),
        None => String::new(),
    };
    Expr::List {
        quantifier: Quantifier::Any,
        path: list_path,
        item,
        body: Box::new(Expr::And(vec![compare(inner, info.kind, before)])),
    }
}

fn compare(path: String, kind: Option<Kind>, before: Option<&Expr>) -> Expr {
    let fitting = operators(kind);
    let (op, value) = match before {
        Some(Expr::Compare { op, value, .. }) if fitting.contains(op) => {
            let value = value.clone().filter(|value| fits_kind(value, kind));
            (*op, value)
        }
        _ => (fitting.first().copied().unwrap_or(Op::Eq), None),
    };
    let value =
        value.or((kind == Some(Kind::Boolean) && !op.is_unary()).then_some(Operand::Boolean(true)));
    Expr::Compare { path, op, value }
}

fn fits_kind(value: &Operand, kind: Option<Kind>) -> bool {
    matches!(
        (kind, value),
        (Some(Kind::Number), Operand::Number(_))
            | (Some(Kind::Boolean), Operand::Boolean(_))
            | (Some(Kind::Text), Operand::String(_))
            | (_, Operand::Path(_))
    )
}

/// A path of the event as it is written inside of lists: `order.lineItems.sku` is `item.sku`.
fn as_item(path: &str, items: &Items) -> String {
    for (item, list) in items.iter().rev() {
        if let Some(rest) = path.strip_prefix(list.as_str())
            && (rest.is_empty() || rest.starts_with('.'))
        {
            return format!("{item}{rest}");
        }
    }
    path.to_string()
}

/// A path as it is written inside of lists, as the event has it: `item.sku` is `order.lineItems.sku`.
pub fn as_event(path: &str, items: &Items) -> String {
    let (first, rest) = match path.split_once('.') {
        Some((first, _)) => (first, path.get(first.len()..).unwrap_or_default()),
        None => (path, ""),
    };
    match items.iter().rev().find(|(item, _)| item == first) {
        Some((_, list)) => format!("{list}{rest}"),
        None => path.to_string(),
    }
}

/// Gives a row another operator; a value that it does not take goes.
pub fn set_op(expr: &mut Expr, at: &[usize], new: Op, kind: Option<Kind>) {
    if let Some(Expr::Compare { op, value, .. }) = part_mut(expr, at) {
        *op = new;
        if new.is_unary() {
            *value = None;
        } else if value.is_none() && kind == Some(Kind::Boolean) {
            *value = Some(Operand::Boolean(true));
        }
    }
}

/// The value that was typed or chosen; `None` of an empty one. A value that says no type keeps the
/// one it had.
pub fn operand(text: &str, kind: Option<Kind>, before: Option<&Operand>) -> Option<Operand> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let boolean = match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    Some(match (kind, boolean) {
        (Some(Kind::Number), _) => Operand::Number(text.to_string()),
        (Some(Kind::Boolean), Some(value)) => Operand::Boolean(value),
        (Some(Kind::Enum), _) if matches!(before, Some(Operand::Word(_))) => {
            Operand::Word(text.to_string())
        }
        (Some(Kind::Open) | None, Some(value)) => Operand::Boolean(value),
        (Some(Kind::Open) | None, None)
            if is_number(text) && !matches!(before, Some(Operand::String(_))) =>
        {
            Operand::Number(text.to_string())
        }
        _ => Operand::String(text.to_string()),
    })
}

/// The text of a value, to type over.
pub fn text_of(value: Option<&Operand>) -> String {
    match value {
        None => String::new(),
        Some(
            Operand::String(text)
            | Operand::Number(text)
            | Operand::Word(text)
            | Operand::Path(text),
        ) => text.clone(),
        Some(Operand::Boolean(value)) => value.to_string(),
    }
}

/// Digits with an optional sign and fraction, which is how a condition spells a number.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, fraction)) => all(whole) && all(fraction),
        None => all(digits),
    }
}

/// What is known of the paths of a condition, by path as it is written there.
pub type Known = HashMap<String, PathInfo>;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Expr {
        condition::parse(text).expect("a condition")
    }

    fn info(path: &str, kind: Option<Kind>, list: Option<&str>) -> PathInfo {
        PathInfo {
            path: path.to_string(),
            kind,
            ty: String::new(),
            list: list.map(str::to_string),
            values: Vec::new(),
            deprecated: false,
        }
    }

    #[test]
    fn rows_that_nobody_changed_say_the_same_condition() {
        for text in [
            "(order.totalPrice > 500)",
            "((order.note not_nil?) && (order.totalPrice > 10.0))",
            "((order.test == true) || ((order.name == '') && !(order.email empty_or_nil?)))",
            "(order.tags any? |tags_item| (tags_item == 'vip'))",
            "(order.tags none? |tags_item| (!((tags_item == 'a') || (tags_item == 'b'))))",
            "(((order.a == 1) && (order.b == 2)) && (order.c == order.d))",
            "(order.lineItems all? |i| ((i.sku start_with? 'A') && (i.taxLines any? |t| (t.rate > 1))))",
            "!(!(order.displayFinancialStatus == PAID))",
            r#"{"uuid":"1","lhs":{"uuid":"2","value":"order.name","comparison_value_type":"EnvironmentValue"},"rhs":{"uuid":"3","value":"x","comparison_value_type":"LiteralValue"},"value_type":"EnvironmentScalarDefinition:String","operator":"==","operation_type":"Comparison"}"#,
        ] {
            let expr = parse(text);
            assert_eq!(close(&open(&expr)), Some(expr), "{text}");
        }
    }

    #[test]
    fn a_row_that_is_not_filled_in_keeps_the_condition_open() {
        let mut expr = open(&parse("(order.totalPrice > 500)"));
        add(&mut expr, &[], empty_row());
        assert_eq!(close(&expr), None);
        if let Some(Expr::Compare { path, .. }) = part_mut(&mut expr, &[1]) {
            *path = "order.note".to_string();
        }
        assert_eq!(close(&expr), None, "the value is missing");
        set_op(&mut expr, &[1], Op::EmptyOrNil, Some(Kind::Text));
        assert_eq!(
            close(&expr).map(|expr| condition::print(&expr)).as_deref(),
            Some("((order.totalPrice > 500) && (order.note empty_or_nil?))")
        );
        set_any(&mut expr, &[], true);
        assert_eq!(
            close(&expr).map(|expr| condition::print(&expr)).as_deref(),
            Some("((order.totalPrice > 500) || (order.note empty_or_nil?))")
        );
    }

    #[test]
    fn numbers_that_are_none_are_not_stored() {
        let mut expr = open(&parse("(order.totalPrice > 500)"));
        if let Some(Expr::Compare { value, .. }) = part_mut(&mut expr, &[0]) {
            *value = operand("12,50", Some(Kind::Number), None);
        }
        assert_eq!(close(&expr), None);
    }

    #[test]
    fn taking_the_last_row_out_leaves_an_empty_one() {
        let mut expr = open(&parse(
            "((order.a == 1) && ((order.b == 2) || (order.c == 3)))",
        ));
        remove(&mut expr, &[1, 0]);
        remove(&mut expr, &[1, 0]);
        assert_eq!(close(&expr), Some(parse("(order.a == 1)")));
        remove(&mut expr, &[0]);
        assert_eq!(expr, Expr::And(vec![empty_row()]));
    }

    #[test]
    fn taking_out_the_only_test_of_a_list_takes_the_list_out() {
        let mut expr = open(&parse(
            "((order.tags any? |t| (t == 'a')) && (order.name == 'x'))",
        ));
        remove(&mut expr, &[0, 0, 0]);
        assert_eq!(close(&expr), Some(parse("(order.name == 'x')")));
    }

    #[test]
    fn a_denied_part_can_be_affirmed() {
        let mut expr = open(&parse("!(order.name == 'x')"));
        affirm(&mut expr, &[0]);
        assert_eq!(close(&expr), Some(parse("(order.name == 'x')")));
    }

    #[test]
    fn a_list_that_is_chosen_is_tested_by_its_items() {
        let tags = info("order.tags", Some(Kind::Text), Some("order.tags"));
        let expr = test_of(&tags, &Vec::new(), None);
        assert!(matches!(
            part(&expr, &[0, 0]),
            Some(Expr::Compare { path, .. }) if path == "tags_item"
        ));
        let sku = info(
            "order.lineItems.sku",
            Some(Kind::Text),
            Some("order.lineItems"),
        );
        let before = Expr::Compare {
            path: "order.name".to_string(),
            op: Op::Include,
            value: Some(Operand::String("A".to_string())),
        };
        let expr = test_of(&sku, &Vec::new(), Some(&before));
        assert_eq!(
            close(&open(&expr))
                .map(|expr| condition::print(&expr))
                .as_deref(),
            Some("(order.lineItems any? |lineItems_item| (lineItems_item.sku include? 'A'))")
        );
        let items = vec![("lineItems_item".to_string(), "order.lineItems".to_string())];
        let inside = info("order.lineItems.quantity", Some(Kind::Number), None);
        let expr = test_of(&inside, &items, Some(&before));
        assert_eq!(
            expr,
            Expr::Compare {
                path: "lineItems_item.quantity".to_string(),
                op: Op::Eq,
                value: None
            }
        );
        assert_eq!(
            as_event("lineItems_item.sku", &items),
            "order.lineItems.sku"
        );
        assert_eq!(as_event("order.name", &items), "order.name");
    }

    #[test]
    fn operators_fit_the_kind() {
        let has = |kind, op| operators(kind).contains(&op);
        assert!(has(Some(Kind::Number), Op::Gt) && !has(Some(Kind::Number), Op::Include));
        assert!(has(Some(Kind::Text), Op::EmptyOrNil) && !has(Some(Kind::Text), Op::Nil));
        assert!(has(Some(Kind::Enum), Op::In) && !has(Some(Kind::Enum), Op::EmptyOrNil));
        assert!(!has(Some(Kind::Boolean), Op::In));
        assert_eq!(
            operators(None),
            [Op::EmptyOrNil, Op::NotEmptyAndNotNil, Op::NotNil, Op::Nil]
        );
        assert_eq!(operators(Some(Kind::Open)).len(), Op::ALL.len());
    }

    #[test]
    fn values_are_spelled_as_their_kind_is() {
        let word = Operand::Word("PAID".to_string());
        for (text, kind, before, expected) in [
            ("5", Some(Kind::Number), None, Operand::Number("5".into())),
            ("5", Some(Kind::Text), None, Operand::String("5".into())),
            ("true", Some(Kind::Boolean), None, Operand::Boolean(true)),
            (
                "PAID",
                Some(Kind::Enum),
                Some(&word),
                Operand::Word("PAID".into()),
            ),
            (
                "PAID",
                Some(Kind::Enum),
                None,
                Operand::String("PAID".into()),
            ),
            ("7", Some(Kind::Open), None, Operand::Number("7".into())),
        ] {
            assert_eq!(operand(text, kind, before), Some(expected));
        }
        assert_eq!(operand("  ", Some(Kind::Text), None), None);
    }
}
