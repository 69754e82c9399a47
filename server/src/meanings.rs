//! What findings mean: the pages of `docs/findings`, as far as a merchant needs them.
//!
//! The pages are read for people who write programs too; of each, a merchant is shown what is the
//! matter and what to do.

use app::api::Meaning;

macro_rules! page {
    ($code:literal) => {
        (
            $code,
            include_str!(concat!("../../docs/findings/", $code, ".md")),
        )
    };
}

/// Every code with its page.
const PAGES: &[(&str, &str)] = &[
    page!("CATALOG_FIELD_KIND_UNKNOWN"),
    page!("CATALOG_NOT_READ"),
    page!("CATALOG_TASK_NOT_USED"),
    page!("CATALOG_TYPE_UNKNOWN"),
    page!("CONDITION_DOUBLE_LOOP_WARNING"),
    page!("CONDITION_INVALID_ENUM_VALUE"),
    page!("CONDITION_NON_PRIMITIVE"),
    page!("CONDITION_TYPE_ERROR"),
    page!("CONDITION_VALUE_LIMIT_EXCEEDED"),
    page!("CONFIG_FIELD_FETCH_SORT_KEYS_INCOMPATIBILITY"),
    page!("CONFIG_FIELD_GRAPHQL_QUERY_ERROR"),
    page!("CONFIG_FIELD_JAVASCRIPT_ERROR"),
    page!("CONFIG_FIELD_LIQUID_ERROR"),
    page!("CONFIG_FIELD_MUTATION_NOT_FOUND"),
    page!("CONFIG_FIELD_PATH_VALIDATION_ERROR"),
    page!("CONFIG_FIELD_REQUIRED"),
    page!("CONFIG_FIELD_UNKNOWN"),
    page!("CONFIG_FIELD_VALUE_INVALID"),
    page!("CONFIG_FIELD_VALUE_TOO_LARGE"),
    page!("FLOW_FILE_CHECKSUM_MISMATCH"),
    page!("FOREACH_ITEM_LIMIT"),
    page!("INVALID_LINK"),
    page!("INVALID_STEP_ID"),
    page!("INVALID_STEP_NAME"),
    page!("LIQUID_VARIABLE_MISSING"),
    page!("MAX_STEPS_EXCEEDED"),
    page!("MULTIPLE_TRIGGER_STEPS"),
    page!("RUN_VALUE_MISSING"),
    page!("STEP_CONDITION_EMPTY"),
    page!("STEP_ID_REUSED_FOR_DIFFERENT_TASK"),
    page!("TASK_ID_GUESSED"),
    page!("TASK_NOT_AVAILABLE"),
    page!("TASK_NOT_FOUND"),
    page!("WAIT_STEP_LIMIT_EXCEEDED"),
    page!("WORKFLOW_LIMIT_EXCEEDED"),
    page!("WORKFLOW_NAME_REQUIRED"),
    page!("WORKFLOW_NAME_TOO_LONG"),
    page!("WORKFLOW_STRUCTURE_CHANGED"),
    page!("WORKFLOW_STRUCTURE_INVALID"),
];

/// What the findings with this code mean; `None` when there is no such page.
pub fn of(code: &str) -> Option<Meaning> {
    let (_, page) = PAGES.iter().find(|(known, _)| *known == code)?;
    Some(Meaning {
        what: paragraphs(page.lines().skip(1)),
        todo: paragraphs(
            page.lines()
                .skip_while(|line| line.trim() != "## What to do")
                .skip(1),
        ),
    })
}

/// The paragraphs up to the next heading or table, as plain text.
fn paragraphs<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut open = String::new();
    for line in lines.map(str::trim) {
        if line.starts_with('#') || line.starts_with('|') {
            break;
        }
        if line.is_empty() {
            if !open.is_empty() {
                paragraphs.push(std::mem::take(&mut open));
            }
            continue;
        }
        if !open.is_empty() {
            open.push(' ');
        }
        open.push_str(&plain(line));
    }
    if !open.is_empty() {
        paragraphs.push(open);
    }
    paragraphs
}

/// A line without marks of code, and with the words of a link in its place.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(words, target)| {
            let (_, behind) = target.split_once(')')?;
            Some((words, behind))
        });
        plain.push_str(before);
        match link {
            Some((words, behind)) => {
                plain.push_str(words);
                rest = behind;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.replace('`', "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_page_is_there_and_says_what_to_do() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the pages are there")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".md").map(str::to_string))
            .filter(|name| name != "README")
            .collect();
        let known: BTreeSet<String> = PAGES.iter().map(|(code, _)| code.to_string()).collect();
        assert_eq!(files, known);
        for code in &known {
            let meaning = of(code).expect("a page");
            assert!(!meaning.what.is_empty(), "{code} says what it is");
            assert!(!meaning.todo.is_empty(), "{code} says what to do");
            for text in meaning.what.iter().chain(&meaning.todo) {
                assert!(
                    !text.contains("](") && !text.contains('`'),
                    "{code}: {text}"
                );
            }
        }
        assert_eq!(of("NO_SUCH_CODE"), None);
    }

    #[test]
    fn marks_of_code_and_links_become_words() {
        assert_eq!(
            plain("Ask `task search`; [CATALOGUE.md](../CATALOGUE.md) shows how, `x[0]` too."),
            "Ask task search; CATALOGUE.md shows how, x[0] too."
        );
    }
}
