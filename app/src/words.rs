//! A workflow in words a merchant reads: titles, one-line summaries, conditions, durations.
//!
//! Only wording lives here; what a condition means is decided in `flow`.

use flow::catalog::FieldKind;
use flow::condition::{Expr, Op, Operand, Quantifier};
use flow::workflow::{Step, TaskType};
use serde_json::{Number, Value};

use crate::api::TaskInfo;
use crate::language::{Key, Language, k, language, said_text, t, tr};

/// The title of a step: its task's label, or words made from the task's id.
pub fn title(step: &Step, task: Option<&TaskInfo>) -> String {
    if step.task_type == TaskType::Condition {
        return t(k::KINDS_CONDITION).to_string();
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
        return t(k::WORDS_APP_TASK).to_string();
    }
    said_text(&capitalised(&last.replace(['_', '-'], " ")))
}

/// The word above a step's title.
pub fn kind(task_type: TaskType) -> &'static str {
    match task_type {
        TaskType::Trigger => t(k::KINDS_TRIGGER),
        TaskType::Condition => t(k::KINDS_CONDITION),
        TaskType::Action => t(k::KINDS_ACTION),
        TaskType::Foreach => t(k::KINDS_LOOP),
        TaskType::Wait => t(k::KINDS_WAIT),
    }
}

/// One plain line about what a step does, for its card.
pub fn summary(step: &Step, task: Option<&TaskInfo>) -> String {
    match step.task_type {
        TaskType::Condition => match step.config_value("condition") {
            Some(text) if !text.trim().is_empty() => {
                capitalised(&condition(text).unwrap_or_else(|| text.to_string()))
            }
            _ => t(k::WORDS_NO_CONDITION).to_string(),
        },
        TaskType::Foreach => match step.config_value("listpath") {
            Some(path) if !path.is_empty() => tr(k::WORDS_EACH_OF, &[&path_words(path)]),
            _ => t(k::WORDS_NO_LIST).to_string(),
        },
        TaskType::Wait => step
            .config_value("wait_duration")
            .and_then(duration)
            .unwrap_or_else(|| t(k::WORDS_NO_TIME).to_string()),
        TaskType::Trigger => match step.config_value("recurrence").and_then(recurrence) {
            Some(words) => words,
            None => task.map_or_else(
                || t(k::WORDS_STARTS).to_string(),
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
                "true" => t(k::FRAME_YES),
                "false" => t(k::FRAME_NO),
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
        Value::Null => t(k::WORDS_NULL).to_string(),
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

/// A number in digits, without the code that writes JSON: the page does not need it otherwise.
fn digits(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (_, Some(whole), _) => whole.to_string(),
        (.., value) => fraction(value.unwrap_or_default()),
    }
}

#[cfg(feature = "ssr")]
fn fraction(value: f64) -> String {
    value.to_string()
}

/// The browser can write numbers; a second way to do it need not be in the page.
#[cfg(not(feature = "ssr"))]
fn fraction(value: f64) -> String {
    js_sys::Number::from(value)
        .to_string_with_radix(10)
        .map_or_else(|_| String::new(), String::from)
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
    tr(k::WORDS_THE, &[&path_words(path)])
}

/// A value of an enum in words: `PARTIALLY_PAID` gives `Partially paid`.
pub fn enum_words(value: &str) -> String {
    if value.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        said_text(&capitalised(&value.to_lowercase().replace('_', " ")))
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
            "presentmentMoney" => t(k::WORDS_CUSTOMERS_CURRENCY),
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
    let words: Vec<String> = words.iter().map(|word| said_text(word)).collect();
    words.join(t(k::WORDS_PATH))
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
    let unit = match unit
        .strip_suffix('s')
        .unwrap_or(unit)
        .to_lowercase()
        .as_str()
    {
        "second" => k::UNITS_SECONDS,
        "minute" => k::UNITS_MINUTES,
        "hour" => k::UNITS_HOURS,
        "day" => k::UNITS_DAYS,
        "week" => k::UNITS_WEEKS,
        "month" => k::UNITS_MONTHS,
        "year" => k::UNITS_YEARS,
        _ => return Some(format!("{amount} {unit}")),
    };
    Some(tr(unit, &[&amount]))
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
        "MINUTELY" => k::UNITS_EVERY_MINUTES,
        "HOURLY" => k::UNITS_EVERY_HOURS,
        "DAILY" => k::UNITS_EVERY_DAYS,
        "WEEKLY" => k::UNITS_EVERY_WEEKS,
        "MONTHLY" => k::UNITS_EVERY_MONTHS,
        "YEARLY" => k::UNITS_EVERY_YEARS,
        _ => return None,
    };
    let mut words = tr(unit, &[interval]);
    if let Some(days) = part("BYDAY") {
        let names: Option<Vec<&str>> = days.split(',').map(day).collect();
        words = tr(
            k::UNITS_ON_DAYS,
            &[&words, &list_words(&names?, k::WORDS_LIST_AND)],
        );
    }
    if let Some(days) = part("BYMONTHDAY") {
        words = tr(k::UNITS_ON_MONTH_DAYS, &[&words, days]);
    }
    let clock = match (part("BYHOUR"), part("BYMINUTE")) {
        (Some(hour), minute) => Some(format!("{hour:0>2}:{:0>2}", minute.unwrap_or("0"))),
        (None, _) => start
            .and_then(|line| line.rsplit('T').next())
            .filter(|time| time.len() >= 4 && time.as_bytes()[..4].iter().all(u8::is_ascii_digit))
            .map(|time| format!("{}:{}", &time[..2], &time[2..4])),
    };
    if let Some(clock) =
        clock.filter(|_| !matches!(unit, k::UNITS_EVERY_MINUTES | k::UNITS_EVERY_HOURS))
    {
        words = tr(k::UNITS_AT_TIME, &[&words, &clock]);
    }
    Some(words)
}

fn day(code: &str) -> Option<&'static str> {
    let number = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .iter()
        .position(|known| *known == code)?;
    t(k::UNITS_WEEKDAYS).split(' ').nth(number)
}

fn list_words(items: &[&str], joined: Key) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_string(),
        [rest @ .., last] => tr(joined, &[&rest.join(t(k::WORDS_COMMA)), last]),
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
        Expr::And(parts) => join_words(parts, k::WORDS_AND),
        Expr::Or(parts) => join_words(parts, k::WORDS_OR),
        Expr::Not(inner) => tr(k::WORDS_NOT, &[&expr_words(inner)]),
        Expr::List {
            quantifier,
            path,
            item,
            body,
        } => {
            let list = path_words(path);
            match body.as_ref() {
                Expr::Compare {
                    path: inner,
                    op,
                    value,
                } if inner == item => {
                    comparison(&of_items(*quantifier, &list), *op, value.as_ref())
                }
                body => tr(
                    k::WORDS_PASSES,
                    &[&tr(passes(*quantifier), &[&list]), &item_words(body, item)],
                ),
            }
        }
    }
}

/// How many items of a list must pass, in words.
fn of_items(quantifier: Quantifier, list: &str) -> String {
    let key = match quantifier {
        Quantifier::Any => k::WORDS_ANY_ITEM,
        Quantifier::All => k::WORDS_ALL_ITEMS,
        Quantifier::None => k::WORDS_NO_ITEM,
    };
    tr(key, &[list])
}

/// That so many items of a list pass.
pub fn passes(quantifier: Quantifier) -> Key {
    match quantifier {
        Quantifier::Any => k::WORDS_ANY_PASSES,
        Quantifier::All => k::WORDS_ALL_PASS,
        Quantifier::None => k::WORDS_NONE_PASSES,
    }
}

/// A condition on one item of a list, without naming the item again and again.
fn item_words(expr: &Expr, item: &str) -> String {
    let prefix = format!("{}{}", path_words(item), t(k::WORDS_PATH));
    expr_words(expr).replace(&prefix, "")
}

fn join_words(parts: &[Expr], joined: Key) -> String {
    parts
        .iter()
        .map(|part| match part {
            Expr::And(_) | Expr::Or(_) => format!("({})", expr_words(part)),
            _ => expr_words(part),
        })
        .reduce(|before, last| tr(joined, &[&before, &last]))
        .unwrap_or_default()
}

/// One comparison in words.
pub fn comparison(left: &str, op: Op, value: Option<&Operand>) -> String {
    let right = value.map(|value| operand(op, value));
    match right {
        Some(right) if !op.is_unary() => tr(
            k::OPERATORS_WITH_VALUE,
            &[left, op_words(op, value), &right],
        ),
        _ => tr(k::OPERATORS_WITHOUT_VALUE, &[left, op_words(op, value)]),
    }
}

/// What an operator asks, in words; of dates in the words for dates.
pub fn op_words(op: Op, value: Option<&Operand>) -> &'static str {
    let date = matches!(value, Some(Operand::String(text)) if looks_like_date(text));
    match op {
        Op::Eq => t(k::OPERATORS_EQ),
        Op::Ne => t(k::OPERATORS_NE),
        Op::Gt if date => t(k::OPERATORS_AFTER),
        Op::Gt => t(k::OPERATORS_GT),
        Op::Ge if date => t(k::OPERATORS_ON_OR_AFTER),
        Op::Ge => t(k::OPERATORS_GE),
        Op::Lt if date => t(k::OPERATORS_BEFORE),
        Op::Lt => t(k::OPERATORS_LT),
        Op::Le if date => t(k::OPERATORS_ON_OR_BEFORE),
        Op::Le => t(k::OPERATORS_LE),
        Op::StartWith => t(k::OPERATORS_START_WITH),
        Op::NotStartWith => t(k::OPERATORS_NOT_START_WITH),
        Op::EndWith => t(k::OPERATORS_END_WITH),
        Op::NotEndWith => t(k::OPERATORS_NOT_END_WITH),
        Op::Include => t(k::OPERATORS_INCLUDE),
        Op::NotInclude => t(k::OPERATORS_NOT_INCLUDE),
        Op::In => t(k::OPERATORS_IN),
        Op::NotIn => t(k::OPERATORS_NOT_IN),
        Op::EmptyOrNil => t(k::OPERATORS_EMPTY),
        Op::NotEmptyAndNotNil => t(k::OPERATORS_NOT_EMPTY),
        Op::Nil => t(k::OPERATORS_NIL),
        Op::NotNil => t(k::OPERATORS_NOT_NIL),
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
                .map(|item| tr(k::WORDS_QUOTED, &[item.trim()]))
                .collect();
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            list_words(&items, k::WORDS_LIST_OR)
        }
        Operand::String(text) => tr(k::WORDS_QUOTED, &[text]),
        Operand::Number(text) => text.clone(),
        Operand::Boolean(true) => t(k::WORDS_TRUE).to_string(),
        Operand::Boolean(false) => t(k::WORDS_FALSE).to_string(),
        Operand::Word(word) if language() == Language::English => {
            word.to_lowercase().replace('_', " ")
        }
        Operand::Word(word) => enum_words(word),
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
            ("500.0", "500"),
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
