//! What is printed reads back, for the workflows there are: our own, and real ones when they are at
//! hand.

use std::path::{Path, PathBuf};

use super::exact::exact;
use super::*;

/// The workflows of a folder: `.flow` files and documents, by name.
fn folder(path: &Path) -> Vec<(PathBuf, Workflow)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "flow" || extension == "json")
        })
        .collect();
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let workflow = crate::json::parse(&text).unwrap().workflow;
        (file, workflow)
    };
    files.into_iter().map(read).collect()
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All that must hold of one workflow, through Python and through JSON.
fn holds(name: &str, workflow: &Workflow) {
    if let Err(error) = exact(workflow) {
        panic!("{name}: {error}");
    }
    for text in [
        crate::json::to_text(workflow),
        crate::json::to_flow_file(workflow),
    ] {
        let imported = crate::json::parse(&text).unwrap();
        assert_eq!(imported.findings, [], "{name}");
        assert_eq!(imported.workflow, *workflow, "{name}");
    }
}

#[test]
fn our_own_files_come_back_as_they_were() {
    let files = folder(&package().join("tests/fixtures"));
    for name in ["gift_wrap", "low_stock", "circles", "restock"] {
        let (path, workflow) = files
            .iter()
            .find(|(path, _)| path.file_stem().is_some_and(|stem| stem == name))
            .unwrap();
        holds(name, workflow);
        let text = std::fs::read_to_string(path).unwrap();
        if path
            .extension()
            .is_some_and(|extension| extension == "flow")
        {
            assert_eq!(crate::json::to_flow_file(workflow), text);
        } else {
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(crate::json::to_value(workflow), document, "{name}");
        }
        insta::assert_snapshot!(name, print(workflow, shipped()));
    }
}

#[test]
fn real_files_come_back_as_they_were() {
    let shared = package().join("../../shared");
    if !shared.exists() {
        eprintln!("skipped: there is no {}", shared.display());
        return;
    }
    let mut found: Vec<(String, Workflow)> = folder(&shared.join("data/flow/fixtures"))
        .into_iter()
        .map(|(path, workflow)| (path.display().to_string(), workflow))
        .collect();
    assert!(!found.is_empty());
    for file in ["bench/public.jsonl", "bench/public_right.jsonl"] {
        let before = found.len();
        let text = std::fs::read_to_string(shared.join(file)).unwrap_or_default();
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            if value["workflow"].is_object() {
                let imported = crate::json::from_value(&value["workflow"]).unwrap();
                found.push((format!("{file} {}", value["id"]), imported.workflow));
            }
        }
        assert!(found.len() > before, "{file}");
    }
    for (name, workflow) in &found {
        holds(name, workflow);
        if std::env::var_os("SHOW").is_some() {
            println!("{}", print(workflow, shipped()));
        }
    }
}
