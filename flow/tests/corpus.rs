//! The committed fuzzing corpus, held to the same laws as under `cargo fuzz` (see `flow/fuzz`).

use std::fs;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod laws;

/// Holds every file of a corpus to a law, and names the file that breaks it.
fn replay(target: &str, law: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    assert!(files.len() >= 5, "{} is nearly empty", folder.display());
    for file in files {
        let data = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let outcome = std::panic::catch_unwind(|| law(&data));
        assert!(outcome.is_ok(), "{} breaks its law", file.display());
    }
}

#[test]
fn conditions_hold_their_law() {
    replay("condition", laws::condition::holds);
}

#[test]
fn templates_hold_their_law() {
    replay("liquid", laws::liquid::holds);
}

#[test]
fn programs_hold_their_law() {
    replay("python", laws::python::holds);
}

#[test]
fn workflow_files_hold_their_law() {
    replay("json", laws::json::holds);
}
