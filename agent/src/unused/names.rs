//! Names of a request, told by their capital letters: "it should be Oak Barn".

use std::collections::BTreeSet;

use flow::Catalog;

use super::{AROUND, MONTHS};
use crate::grammar::said::has_code;

/// In a text with more capital letters than one word in so many, they do not tell names.
const SHARE: usize = 3;

/// What ends a word before a new sentence.
const ENDS: &[char] = &['.', '!', '?', ':', '…', '-', '–', '—'];

/// Capitalised words that are no values.
const COMMON: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "christmas",
    "easter",
    "english",
    "flow",
    "shopify",
    "google",
    "internet",
    "flowright",
    "euro",
    "euros",
    "thanks",
    "please",
    "regards",
    "cheers",
];

/// The names in a request, with their places: capitalised words within a sentence, those side by side as one.
///
/// The apps of the catalogue are none, and neither are months, countries and days.
pub(super) fn names<'a>(request: &'a str, catalog: &Catalog) -> Vec<(usize, &'a str)> {
    let words: Vec<&str> = request.split_whitespace().collect();
    let mut found: Vec<(usize, &str)> = Vec::new();
    let mut capitals = 0;
    // Whether the word before is a name.
    let mut goes_on = false;
    for pair in words.windows(2) {
        let (before, word) = (pair[0], bare(pair[1]));
        let capital = !before.ends_with(ENDS) && is_capitalised(word);
        capitals += usize::from(capital);
        let name = capital && !is_common(word);
        if name {
            let at = word.as_ptr() as usize - request.as_ptr() as usize;
            match found.last_mut() {
                Some((start, name)) if goes_on && !before.ends_with(AROUND) => {
                    *name = &request[*start..at + word.len()];
                }
                _ => found.push((at, word)),
            }
        }
        goes_on = name;
    }
    if capitals * SHARE > words.len() {
        return Vec::new();
    }
    let apps: BTreeSet<String> = catalog
        .tasks()
        .flat_map(|task| task.publisher().split(' '))
        .map(str::to_lowercase)
        .collect();
    let app = |name: &str| {
        name.split(' ')
            .any(|word| apps.contains(&word.to_lowercase()))
    };
    found.retain(|(_, name)| !has_code(name) && !app(name));
    found
}

/// A capital letter and small ones, three or more in all.
fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.clone().count() > 1
        && letters.all(char::is_lowercase)
}

fn is_common(word: &str) -> bool {
    let lower = word.to_lowercase();
    COMMON.contains(&lower.as_str()) || MONTHS.contains(&lower.as_str())
}

/// A word without marks around it and without its ending.
fn bare(word: &str) -> &str {
    let bare = word.trim_matches(AROUND);
    let ends = ["'s", "’s"];
    let owner = ends.iter().find_map(|end| bare.strip_suffix(end));
    owner.unwrap_or(bare).trim_matches(AROUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_within_a_sentence_are_names() {
        let catalog = Catalog::builtin().with_connectors(&["Slack"]);
        for (request, expected) in [
            (
                "sorry, wrong maker. it should be Oak Barn, not Oakley's",
                vec!["Oak Barn", "Oakley"],
            ),
            ("Change the maker to Leedham", vec!["Leedham"]),
            ("Tell Slack on Monday in May, in Germany. Thanks", vec![]),
            (
                "Bitte auch Bestellungen über hundert Euro mit Gruß an Anna",
                vec![],
            ),
            ("make it VIP, I think, I'd rather", vec![]),
        ] {
            let found: Vec<&str> = names(request, &catalog)
                .into_iter()
                .map(|(_, name)| name)
                .collect();
            assert_eq!(found, expected, "{request}");
        }
    }
}
