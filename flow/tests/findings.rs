//! Every finding has its page in `docs/findings`.

use std::collections::BTreeSet;
use std::path::Path;

/// The codes in the sources of a folder: capital words joined by underscores, in quotes.
fn codes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                codes(&path, found);
            }
        } else if name.ends_with(".rs") && !["tests.rs", "generate.rs"].contains(&name.as_str()) {
            let text = std::fs::read_to_string(&path).expect("a source");
            for word in text.split('"') {
                let mut parts = word.split('_');
                let capital = |part: &str| {
                    part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_uppercase())
                };
                if word.contains('_') && parts.all(capital) {
                    found.insert(word.to_string());
                }
            }
        }
    }
}

#[test]
fn every_finding_has_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    codes(&root.join("src"), &mut found);
    assert!(
        found.contains("CONDITION_TYPE_ERROR") && found.len() > 20,
        "{found:?}"
    );
    let missing: Vec<&String> = found
        .iter()
        .filter(|code| !root.join(format!("../docs/findings/{code}.md")).is_file())
        .collect();
    assert!(missing.is_empty(), "without a page: {missing:?}");
}
