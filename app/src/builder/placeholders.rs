//! Values that only hold a place: an example address that nobody reads, a web address that leads
//! nowhere, a note in brackets of what goes there.

use flow::workflow::{StepId, Workflow};

use crate::panel::is_example_host;

/// A value that waits for the merchant's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    pub step: StepId,
    pub field: String,
    /// What stands there now.
    pub value: String,
}

/// All of them, in the order of the steps and their fields.
pub fn placeholders(workflow: &Workflow) -> Vec<Placeholder> {
    let mut found = Vec::new();
    for step in &workflow.steps {
        for field in &step.config {
            let mut seen: Vec<&str> = Vec::new();
            for value in places(&field.value) {
                if !seen.contains(&value) {
                    seen.push(value);
                    found.push(Placeholder {
                        step: step.id.clone(),
                        field: field.id.clone(),
                        value: value.to_string(),
                    });
                }
            }
        }
    }
    found
}

/// What in a value holds a place.
fn places(value: &str) -> Vec<&str> {
    let mut found: Vec<&str> = value
        .split(|c: char| c.is_whitespace() || "\"'<>(),;{}[]".contains(c))
        .map(|word| word.trim_end_matches(['.', ':', '!', '?']))
        .filter(|word| leads_nowhere(word))
        .collect();
    found.extend(bracketed(value));
    found
}

/// True for an e-mail or web address at a host that is kept for examples.
fn leads_nowhere(word: &str) -> bool {
    let host = match word.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#', ':']).next().unwrap_or_default(),
        None => match word.split_once('@') {
            Some((name, host)) if !name.is_empty() => host,
            _ => return false,
        },
    };
    is_example_host(host)
}

/// Words in square brackets that say what goes there, as in `[your webhook]`.
fn bracketed(value: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find('[') {
        let Some(end) = rest[start..].find(']') else {
            break;
        };
        let whole = &rest[start..=start + end];
        let words = whole[1..whole.len() - 1].trim().to_ascii_lowercase();
        if ["your ", "my ", "insert ", "enter ", "replace "]
            .iter()
            .any(|begin| words.starts_with(begin))
        {
            found.push(whole);
        }
        rest = &rest[start + end + 1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::Step;

    use super::*;

    #[test]
    fn what_holds_a_place_is_found_in_any_value() {
        for (value, expected) in [
            ("ops@example.com", vec!["ops@example.com"]),
            (
                r#"["a@shop.test","b@harborgoods.com"]"#,
                vec!["a@shop.test"],
            ),
            (
                "https://hooks.example.com/abc?x=1",
                vec!["https://hooks.example.com/abc?x=1"],
            ),
            (
                "Write to team@example.org. Soon: team@example.org",
                vec!["team@example.org", "team@example.org"],
            ),
            ("Post to [your channel] now", vec!["[your channel]"]),
            ("{{ order.lineItems[0].name }} [big]", vec![]),
            ("https://flowright.dev and ops@harborgoods.com", vec![]),
            ("an [open bracket", vec![]),
        ] {
            assert_eq!(places(value), expected, "{value}");
        }
    }

    #[test]
    fn each_stands_once_for_its_field() {
        let mut step = Step::new("s2", "x::mail", "0.1", TaskType::Action);
        step.set_config("address", "ops@example.com, ops@example.com");
        step.set_config("message", "Ask ops@example.com");
        let workflow = Workflow {
            steps: vec![step],
            ..Workflow::default()
        };
        let fields: Vec<String> = placeholders(&workflow)
            .into_iter()
            .map(|found| found.field)
            .collect();
        assert_eq!(fields, ["address", "message"]);
    }
}
