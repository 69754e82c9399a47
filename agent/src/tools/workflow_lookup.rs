//! `workflow_lookup`: a workflow that the store already has, as a program.

use serde_json::Value;

use super::words::Words;

/// The program of the store's workflow whose name shares most words with the query, under its name.
/// Empty when none shares a word.
pub fn workflow_lookup(query: &str, workflows: &[Value]) -> Vec<String> {
    let words = Words::new();
    let wanted = words.unique(query);
    let best = workflows
        .iter()
        .filter_map(|workflow| {
            let name = workflow.get("name")?.as_str()?;
            let program = workflow.get("program")?.as_str()?;
            let shared = words
                .unique(name)
                .iter()
                .filter(|word| wanted.contains(word))
                .count();
            (shared > 0).then_some((shared, name, program))
        })
        // The first of equals.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((_, name, program)) => std::iter::once(format!("# {name}"))
            .chain(program.trim_end().lines().map(str::to_string))
            .collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_nearest_name_is_found() {
        let workflows = [
            json!({"name": "Tag big orders", "program": "@order_created\ndef tag(order):\n    pass\n"}),
            json!({"name": "Stock alert", "program": "@inventory_quantity_changed\n"}),
        ];
        let found = workflow_lookup("the alert about stock", &workflows);
        assert_eq!(found, ["# Stock alert", "@inventory_quantity_changed"]);
        assert!(workflow_lookup("returns", &workflows).is_empty());
    }
}
