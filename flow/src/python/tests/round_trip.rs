//! What is printed reads back, for the examples there are.

use super::*;

fn workflows() -> Vec<(String, Workflow)> {
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(shared.join("data/flow/fixtures"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if entry.path().extension().is_some_and(|ext| ext == "flow") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let workflow = crate::json::parse(&text).unwrap().workflow;
            found.push((entry.path().display().to_string(), workflow));
        }
    }
    for file in ["bench/public.jsonl", "bench/public_right.jsonl"] {
        let text = std::fs::read_to_string(shared.join(file)).unwrap_or_default();
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            if value["workflow"].is_object() {
                let workflow = crate::json::parse(&value["workflow"].to_string())
                    .unwrap()
                    .workflow;
                found.push((format!("{file} {}", value["id"]), workflow));
            }
        }
    }
    found
}

#[test]
fn examples_come_back_as_they_were() {
    let catalog = Catalog::builtin();
    for (name, workflow) in workflows() {
        let text = print(&workflow, &catalog);
        let parsed = parse(&text, &catalog);
        assert!(
            parsed.findings.is_empty(),
            "{name}\n{text}\n{:?}",
            parsed.findings
        );
        assert_eq!(print(&parsed.workflow, &catalog), text, "{name}");
        assert_eq!(
            merge(&workflow, parsed, &catalog),
            workflow,
            "{name}\n{text}"
        );
        if std::env::var_os("SHOW").is_some() {
            println!("{text}");
        }
    }
}
