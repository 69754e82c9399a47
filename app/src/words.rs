//! A workflow in words a merchant reads: titles, one-line summaries, conditions, durations.
//!
//! Only wording lives here; what a condition means is decided in `flow`.

use flow::catalog::FieldKind;
use flow::condition::{Expr, Op, Operand, Quantifier};
use flow::workflow::{Step, TaskType};
use serde_json::{Number, Value};

use crate::api::TaskInfo;

/// The title of a step: its task's label, or words made from the task's id.
pub fn title(step: &Step, task: Option<&TaskInfo>) -> String {
    if step.task_type == TaskType::Condition {
        return "Condition".to_string();
    }
    match task {
        Some(task) => task.label.clone(),
        None => label_from_id(&step.task_id),
    }
}

/// `shopify::admin::add_order_tags` gives `Add order tags`.
pub fn label_from_id(id: &str) -> String {
    let last = id.rsplit("::").next().unwrap_or(id);
    if last.len() == 36 && last.matches('-').count() == 4 {
        return "An app's task".to_string();
    }
    capitalised(&last.replace(['_', '-'], " "))
}

/// The word above a step's title.
pub fn kind(task_type: TaskType) -> &'static str {
    match task_type {
        TaskType::Trigger => "Trigger",
        TaskType::Condition => "Condition",
        TaskType::Action => "Action",
        TaskType::Foreach => "Loop",
        TaskType::Wait => "Wait",
    }
}

/// One plain line about what a step does, for its card.
pub fn summary(step: &Step, task: Option<&TaskInfo>) -> String {
    match step.task_type {
        TaskType::Condition => match step.config_value("condition") {
            Some(text) if !text.trim().is_empty() => {
                capitalised(&condition(text).unwrap_or_else(|| text.to_string()))
            }
            _ => "No condition yet".to_string(),
        },
        TaskType::Foreach => match step.config_value("listpath") {
            Some(path) if !path.is_empty() => format!("Each of {}", path_words(path)),
            _ => "No list chosen yet".to_string(),
        },
        TaskType::Wait => step
            .config_value("wait_duration")
            .and_then(duration)
            .unwrap_or_else(|| "No time chosen yet".to_string()),
        TaskType::Trigger => match step.config_value("recurrence").and_then(recurrence) {
            Some(words) => words,
            None => task.map_or_else(
                || "Starts the workflow".to_string(),
                |task| task.description.clone(),
            ),
        },
        TaskType::Action => action_summary(step, task),
    }
}

/// The fields that say most about an action, most telling first.
const TELLING: [&str; 12] = [
    "tags", "address", "channel", "subject", "title", "message", "url", "note", "status", "value",
    "query", "sheet",
];

fn action_summary(step: &Step, task: Option<&TaskInfo>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for id in TELLING {
        if parts.len() == 2 {
            break;
        }
        if let Some(value) = step
            .config_value(id)
            .filter(|value| !value.trim().is_empty())
        {
            let kind = task.and_then(|task| task.field(id)).map(|field| field.kind);
            let words = match show(kind, value) {
                Shown::Chips(chips) => chips.join(", "),
                Shown::Words(words) => words,
                Shown::Text(text) | Shown::Code(text) => first_line(&text),
                Shown::Pairs(pairs) => pairs
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect::<Vec<_>>()
                    .join(", "),
                Shown::Nothing => continue,
            };
            parts.push(words);
        }
    }
    if parts.is_empty() {
        task.map(|task| task.description.clone())
            .unwrap_or_default()
    } else {
        parts.join(" · ")
    }
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    shorten(line, 90)
}

/// At most this many characters, with an ellipsis when something was left out.
pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_string(),
    }
}

/// How a field's value is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A list of short texts.
    Chips(Vec<String>),
    /// Words made from the value.
    Words(String),
    /// The text itself, Liquid as it stands.
    Text(String),
    /// Program text.
    Code(String),
    Pairs(Vec<(String, String)>),
    Nothing,
}

/// A field's value, readable; `kind` is `None` for a field the catalogue does not know.
pub fn show(kind: Option<FieldKind>, value: &str) -> Shown {
    if value.trim().is_empty() {
        return Shown::Nothing;
    }
    let json = || serde_json::from_slice::<Value>(value.as_bytes()).ok();
    let text = || Shown::Text(value.to_string());
    match kind {
        Some(FieldKind::Array | FieldKind::Collections) => match json() {
            Some(Value::Array(items)) if items.is_empty() => Shown::Nothing,
            Some(Value::Array(items)) => Shown::Chips(items.iter().map(plain).collect()),
            _ => text(),
        },
        None => match json() {
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
                Shown::Chips(items.iter().map(plain).collect())
            }
            _ => text(),
        },
        Some(FieldKind::CommerceObject) => match json() {
            Some(Value::Object(object)) => ["value", "default_value"]
                .iter()
                .filter_map(|key| object.get(*key)?.as_str())
                .find(|found| !found.trim().is_empty())
                .map_or(Shown::Nothing, |found| Shown::Words(object_words(found))),
            _ => Shown::Words(object_words(value)),
        },
        Some(FieldKind::Duration) => duration(value).map_or_else(text, Shown::Words),
        Some(FieldKind::Recurrence) => recurrence(value).map_or_else(text, Shown::Words),
        Some(FieldKind::Boolean) => Shown::Words(
            match value {
                "true" => "Yes",
                "false" => "No",
                other => other,
            }
            .to_string(),
        ),
        Some(FieldKind::Enum) => Shown::Words(enum_words(value)),
        Some(FieldKind::Path) => Shown::Words(capitalised(&path_words(value))),
        Some(FieldKind::Condition) => condition(value).map_or_else(text, Shown::Words),
        Some(FieldKind::Sort) => match json() {
            Some(Value::Object(object)) => {
                let part = |names: [&str; 2]| {
                    names
                        .iter()
                        .find_map(|name| object.get(*name)?.as_str())
                        .map(enum_words)
                };
                let parts: Vec<String> =
                    [part(["sortKey", "sort_key"]), part(["order", "direction"])]
                        .into_iter()
                        .flatten()
                        .collect();
                Shown::Words(parts.join(", "))
            }
            _ => Shown::Words(enum_words(value)),
        },
        Some(FieldKind::Map | FieldKind::Metafield) => match json() {
            Some(Value::Object(object)) => Shown::Pairs(
                object
                    .iter()
                    .map(|(key, value)| (key.clone(), plain(value)))
                    .collect(),
            ),
            Some(Value::Array(items)) => Shown::Pairs(
                items
                    .iter()
                    .filter_map(Value::as_object)
                    .map(|pair| {
                        let get = |key| pair.get(key).map(plain).unwrap_or_default();
                        (get("key"), get("value"))
                    })
                    .collect(),
            ),
            _ => text(),
        },
        Some(FieldKind::Code | FieldKind::ApiCall | FieldKind::ShopifyqlQuery) => {
            Shown::Code(value.to_string())
        }
        Some(FieldKind::Text | FieldKind::Email | FieldKind::Integer | FieldKind::Resource) => {
            text()
        }
    }
}

/// A JSON value without quotes around a text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_string(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| format!("{key}: {}", plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => digits(number),
    }
}

/// A number as JSON writes it, without the code that writes JSON: the page does not need it otherwise.
fn digits(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (_, Some(whole), _) => whole.to_string(),
        (.., value) => format!("{:?}", value.unwrap_or_default()),
    }
}

/// `{{ order.customer.id }}` gives `The order customer`.
fn object_words(value: &str) -> String {
    let inner = value
        .trim()
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .unwrap_or(value)
        .trim();
    if inner.contains(['{', '|', ' ']) || inner.starts_with("gid:") {
        return value.to_string();
    }
    let path = inner.strip_suffix(".id").unwrap_or(inner);
    format!("The {}", path_words(path))
}

/// A value of an enum in words: `PARTIALLY_PAID` gives `Partially paid`.
pub fn enum_words(value: &str) -> String {
    if value.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        capitalised(&value.to_lowercase().replace('_', " "))
    } else {
        capitalised(&split_words(value))
    }
}

/// A field path in words: `order.totalPriceSet.shopMoney.amount` gives `order total price`.
pub fn path_words(path: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let segments: Vec<&str> = path.trim().split('.').collect();
    for (index, segment) in segments.iter().enumerate() {
        let segment = match *segment {
            "shopMoney" => continue,
            "presentmentMoney" => "in the customer's currency",
            "amount" if index > 0 && segments[index - 1].ends_with("Money") => continue,
            other => other,
        };
        if let Some(list) = segment.strip_suffix("Foreachitem") {
            words.push(singular(&split_words(list)));
        } else if let Some(list) = segment.strip_suffix("_item") {
            words.push(singular(&split_words(list)));
        } else {
            let money = segments
                .get(index + 1)
                .is_some_and(|next| next.ends_with("Money"));
            let name = if money {
                segment.strip_suffix("Set").unwrap_or(segment)
            } else {
                segment
            };
            words.push(split_words(name));
        }
    }
    words.join(" ")
}

/// `numberOfOrders` gives `number of orders`.
fn split_words(name: &str) -> String {
    let mut words = String::new();
    let mut before_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && before_lower {
            words.push(' ');
        }
        before_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        if character == '_' {
            words.push(' ');
        } else {
            words.push(character.to_ascii_lowercase());
        }
    }
    words
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        format!("{stem}y")
    } else if word.ends_with("ss") {
        word.to_string()
    } else {
        word.strip_suffix('s').unwrap_or(word).to_string()
    }
}

/// The same text with a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// `{"amount":3,"unit":"days"}` gives `3 days`.
pub fn duration(text: &str) -> Option<String> {
    let value: Value = serde_json::from_slice(text.as_bytes()).ok()?;
    let amount = match value.get("amount")? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let unit = value.get("unit")?.as_str()?;
    let unit = unit.strip_suffix('s').unwrap_or(unit).to_lowercase();
    Some(if amount == "1" {
        format!("1 {unit}")
    } else {
        format!("{amount} {unit}s")
    })
}

/// A recurrence rule in words, or `None` when it says more than words would.
pub fn recurrence(text: &str) -> Option<String> {
    let joined = match serde_json::from_slice::<Value>(text.as_bytes()) {
        Ok(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        Ok(Value::String(text)) => text,
        _ => text.to_string(),
    };
    let rule = joined
        .lines()
        .find_map(|line| line.trim().strip_prefix("RRULE:"))?;
    let start = joined
        .lines()
        .find(|line| line.trim().starts_with("DTSTART"));
    let part = |name: &str| {
        rule.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    let interval = part("INTERVAL").unwrap_or("1");
    let unit = match part("FREQ")? {
        "MINUTELY" => "minute",
        "HOURLY" => "hour",
        "DAILY" => "day",
        "WEEKLY" => "week",
        "MONTHLY" => "month",
        "YEARLY" => "year",
        _ => return None,
    };
    let mut words = if interval == "1" {
        format!("Every {unit}")
    } else {
        format!("Every {interval} {unit}s")
    };
    if let Some(days) = part("BYDAY") {
        let names: Option<Vec<&str>> = days.split(',').map(day).collect();
        words.push_str(&format!(" on {}", list_words(&names?, "and")));
    }
    if let Some(days) = part("BYMONTHDAY") {
        words.push_str(&format!(" on day {days}"));
    }
    let clock = match (part("BYHOUR"), part("BYMINUTE")) {
        (Some(hour), minute) => Some(format!("{hour:0>2}:{:0>2}", minute.unwrap_or("0"))),
        (None, _) => start
            .and_then(|line| line.rsplit('T').next())
            .filter(|time| time.len() >= 4 && time.as_bytes()[..4].iter().all(u8::is_ascii_digit))
            .map(|time| format!("{}:{}", &time[..2], &time[2..4])),
    };
    if let Some(clock) = clock.filter(|_| !matches!(unit, "minute" | "hour")) {
        words.push_str(&format!(" at {clock}"));
    }
    Some(words)
}

fn day(code: &str) -> Option<&'static str> {
    Some(match code {
        "MO" => "Monday",
        "TU" => "Tuesday",
        "WE" => "Wednesday",
        "TH" => "Thursday",
        "FR" => "Friday",
        "SA" => "Saturday",
        "SU" => "Sunday",
        _ => return None,
    })
}

fn list_words(items: &[&str], joiner: &str) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_string(),
        [rest @ .., last] => format!("{} {joiner} {last}", rest.join(", ")),
    }
}

/// A condition in one readable line, or `None` when it does not read.
pub fn condition(text: &str) -> Option<String> {
    flow::condition::parse(text)
        .ok()
        .map(|expr| expr_words(&expr))
}

/// A condition in one readable line.
pub fn expr_words(expr: &Expr) -> String {
    match expr {
        Expr::Compare { path, op, value } => comparison(&path_words(path), *op, value.as_ref()),
        Expr::And(parts) => join_words(parts, "and"),
        Expr::Or(parts) => join_words(parts, "or"),
        Expr::Not(inner) => format!("not ({})", expr_words(inner)),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            let which = quantifier_words(*quantifier);
            let list = path_words(path);
            match body.as_ref() {
                Expr::Compare {
                    path: inner,
                    op,
                    value,
                } if inner == item => comparison(&format!("{which} {list}"), *op, value.as_ref()),
                body => format!("{which} {list} passes: {}", item_words(body, item)),
            }
        }
    }
}

/// How many items of a list must pass, in words.
pub fn quantifier_words(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::Any => "any of",
        Quantifier::All => "every one of",
        Quantifier::None => "none of",
    }
}

/// A condition on one item of a list, without naming the item again and again.
fn item_words(expr: &Expr, item: &str) -> String {
    let prefix = format!("{} ", path_words(item));
    expr_words(expr).replace(&prefix, "")
}

fn join_words(parts: &[Expr], joiner: &str) -> String {
    parts
        .iter()
        .map(|part| match part {
            Expr::And(_) | Expr::Or(_) => format!("({})", expr_words(part)),
            _ => expr_words(part),
        })
        .collect::<Vec<_>>()
        .join(&format!(" {joiner} "))
}

/// One comparison in words.
pub fn comparison(left: &str, op: Op, value: Option<&Operand>) -> String {
    let right = value.map(|value| operand(op, value));
    match right {
        Some(right) if !op.is_unary() => format!("{left} {} {right}", op_words(op, value)),
        _ => format!("{left} {}", op_words(op, value)),
    }
}

/// What an operator asks, in words; of dates in the words for dates.
pub fn op_words(op: Op, value: Option<&Operand>) -> &'static str {
    let date = matches!(value, Some(Operand::String(text)) if looks_like_date(text));
    match op {
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::Gt if date => "is after",
        Op::Gt => "is more than",
        Op::Ge if date => "is on or after",
        Op::Ge => "is at least",
        Op::Lt if date => "is before",
        Op::Lt => "is less than",
        Op::Le if date => "is on or before",
        Op::Le => "is at most",
        Op::StartWith => "starts with",
        Op::NotStartWith => "does not start with",
        Op::EndWith => "ends with",
        Op::NotEndWith => "does not end with",
        Op::Include => "contains",
        Op::NotInclude => "does not contain",
        Op::In => "is one of",
        Op::NotIn => "is none of",
        Op::EmptyOrNil => "is empty",
        Op::NotEmptyAndNotNil => "is not empty",
        Op::Nil => "is not set",
        Op::NotNil => "is set",
    }
}

fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..4].iter().all(u8::is_ascii_digit)
}

fn operand(op: Op, value: &Operand) -> String {
    match value {
        Operand::String(text) if matches!(op, Op::In | Op::NotIn) => {
            let items: Vec<String> = text
                .split(',')
                .map(|item| format!("“{}”", item.trim()))
                .collect();
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            list_words(&items, "or")
        }
        Operand::String(text) => format!("“{text}”"),
        Operand::Number(text) => text.clone(),
        Operand::Boolean(true) => "true".to_string(),
        Operand::Boolean(false) => "false".to_string(),
        Operand::Word(word) => word.to_lowercase().replace('_', " "),
        Operand::Path(path) => path_words(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_without_quotes() {
        for (value, words) in [
            ("7", "7"),
            ("18446744073709551615", "18446744073709551615"),
            ("0.5", "0.5"),
            ("500.0", "500.0"),
            ("true", "true"),
            ("null", "nothing"),
            (r#"["a", 1]"#, "a, 1"),
            (r#"{"a": "b", "c": [1, 2]}"#, "a: b, c: 1, 2"),
        ] {
            assert_eq!(plain(&serde_json::from_str(value).unwrap()), words);
        }
    }

    #[test]
    fn paths_read_as_words() {
        for (path, words) in [
            ("order.totalPriceSet.shopMoney.amount", "order total price"),
            ("order.totalPrice", "order total price"),
            (
                "order.customer.numberOfOrders",
                "order customer number of orders",
            ),
            (
                "lineItemsForeachitem.product.title",
                "line item product title",
            ),
            ("tags_item", "tag"),
            ("order.lineItems", "order line items"),
        ] {
            assert_eq!(path_words(path), words);
        }
    }

    #[test]
    fn conditions_read_as_sentences() {
        for (text, words) in [
            (
                "(order.totalPriceSet.shopMoney.amount > 500)",
                "order total price is more than 500",
            ),
            (
                "((order.totalPrice > 500) && (order.tags any? |tags_item| (tags_item == 'vip')))",
                "order total price is more than 500 and any of order tags is “vip”",
            ),
            (
                "(order.customer.email empty_or_nil?)",
                "order customer email is empty",
            ),
            (
                "(order.createdAt >= '2026-01-01')",
                "order created at is on or after “2026-01-01”",
            ),
            (
                "(order.displayFinancialStatus == PAID)",
                "order display financial status is paid",
            ),
            (
                "(order.shippingAddress.countryCode in? 'SE,NO')",
                "order shipping address country code is one of “SE” or “NO”",
            ),
        ] {
            assert_eq!(condition(text).as_deref(), Some(words), "{text}");
        }
        assert_eq!(condition("(order.total >"), None);
    }

    #[test]
    fn values_read_as_words() {
        let words = |text: &str| Shown::Words(text.to_string());
        for (kind, value, shown) in [
            (
                FieldKind::Duration,
                r#"{"amount":"1","unit":"hours"}"#,
                words("1 hour"),
            ),
            (
                FieldKind::Duration,
                r#"{"amount":3,"unit":"days"}"#,
                words("3 days"),
            ),
            (
                FieldKind::CommerceObject,
                r#"{"value":"{{ order.customer.id }}","default_value":""}"#,
                words("The order customer"),
            ),
            (
                FieldKind::CommerceObject,
                r#"{"value": "", "default_value": "product.id"}"#,
                words("The product"),
            ),
            (
                FieldKind::Recurrence,
                r#"["DTSTART;TZID=Europe/Stockholm:20260101T060000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH"]"#,
                words("Every week on Monday and Thursday at 06:00"),
            ),
            (FieldKind::Enum, "DRAFT", words("Draft")),
            (FieldKind::Boolean, "false", words("No")),
            (
                FieldKind::Array,
                r#"["VIP","big"]"#,
                Shown::Chips(vec!["VIP".to_string(), "big".to_string()]),
            ),
            (
                FieldKind::Array,
                "{{ order.tags }}",
                Shown::Text("{{ order.tags }}".to_string()),
            ),
            (FieldKind::Array, "[]", Shown::Nothing),
            (FieldKind::Text, "  ", Shown::Nothing),
        ] {
            assert_eq!(show(Some(kind), value), shown, "{value}");
        }
    }

    #[test]
    fn a_step_without_a_known_task_still_has_a_title() {
        assert_eq!(
            label_from_id("shopify::admin::add_order_tags"),
            "Add order tags"
        );
        assert_eq!(
            label_from_id("0b2f3d5e-1111-4222-8333-444455556666"),
            "An app's task"
        );
    }

    #[test]
    fn cards_say_what_an_action_does() {
        let mut step = Step::new("s", "shopify::flow::send_email", "0.1", TaskType::Action);
        step.set_config("address", "ops@example.com");
        step.set_config("subject", "Big order {{ order.name }}");
        assert_eq!(
            summary(&step, None),
            "ops@example.com · Big order {{ order.name }}"
        );
        let mut tags = Step::new(
            "s",
            "shopify::admin::add_order_tags",
            "0.1",
            TaskType::Action,
        );
        tags.set_config("tags", r#"["VIP"]"#);
        assert_eq!(summary(&tags, None), "VIP");
    }
}
