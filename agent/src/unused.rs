//! Values that a merchant said and that a workflow does not use.
//!
//! A condition that was left out leaves no trace in the program, but the value that it should have
//! compared does in the request: an address, a link, a quoted text, a name such as `late-xmas`, an
//! amount. What is found here is written once more by the model ([`crate::turn`]), and what is certain
//! is said to the merchant if it is still unused then.

mod names;

use flow::Catalog;

use crate::grammar::said::{addresses, numbers, quoted};
use crate::listing::listing;

/// A value in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub text: String,
    /// Hardly any right workflow does without it; others are sometimes only a manner of speaking.
    pub certain: bool,
}

/// The values of a request that stand neither in a program nor in the one it edits, in the order in
/// which they were said.
pub fn unused(
    request: &str,
    current: Option<&str>,
    program: &str,
    catalog: &Catalog,
) -> Vec<Value> {
    let siblings = siblings(request, program, catalog);
    let chosen = chosen(request, program, catalog);
    let names = match current {
        // Who is spoken of in a request for a new workflow is often told in passing.
        None => Vec::new(),
        Some(_) => names::names(request, catalog),
    };
    let names = names.into_iter().map(|(at, name)| {
        let value = Value {
            text: name.to_string(),
            certain: false,
        };
        (at, value, vec![name.to_lowercase()])
    });
    let program = lower(program);
    let current = current.map(lower).unwrap_or_default();
    let mut found: Vec<(usize, Value)> = Vec::new();
    for (at, value, readings) in values(request)
        .into_iter()
        .chain(siblings)
        .chain(chosen)
        .chain(names)
    {
        let stands = |text: &str| readings.iter().any(|reading| contains(text, reading));
        if !stands(&program) && !stands(&current) && found.iter().all(|known| known.1 != value) {
            found.push((at, value));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, value)| value).collect()
}

/// A sentence about what is certain and unused; `None` where there is nothing.
pub fn sentence(unused: &[Value]) -> Option<String> {
    let certain = unused.iter().filter(|value| value.certain);
    let all = listing(certain.map(|value| format!("“{}”", value.text)).collect())?;
    Some(format!("Nothing uses {all} yet; say what it is for."))
}

/// Words with a hyphen that are no values.
const WORDS: &[&str] = &[
    "all-in",
    "b2b",
    "b2c",
    "check-in",
    "check-out",
    "check-up",
    "drop-off",
    "drop-ship",
    "e-books",
    "e-mail",
    "e-mails",
    "fall-back",
    "follow-up",
    "follow-ups",
    "heads-up",
    "in-store",
    "log-in",
    "long-standing",
    "mark-up",
    "next-day",
    "not-so",
    "off-season",
    "on-hold",
    "opt-in",
    "out-of-stock",
    "pick-up",
    "pick-ups",
    "sign-up",
    "sign-ups",
    "so-called",
    "sold-out",
    "stand-in",
    "thank-you",
    "to-do",
    "to-dos",
    "write-off",
];

/// Beginnings of words that are no values either: auto-tag, pre-order.
const BEGINNINGS: &[&str] = &[
    "add", "anti", "auto", "back", "brand", "double", "ex", "fast", "first", "five", "four",
    "full", "half", "hand", "high", "low", "multi", "near", "new", "non", "old", "one", "opt",
    "over", "part", "post", "pre", "re", "second", "self", "semi", "ship", "six", "slow", "sub",
    "ten", "third", "three", "top", "two", "un", "under", "well",
];

/// What is counted by a number that is written otherwise in a program, or not at all.
const UNITS: &[&str] = &[
    "%",
    "a",
    "am",
    "clock",
    "day",
    "days",
    "gram",
    "grams",
    "h",
    "hour",
    "hours",
    "hr",
    "hrs",
    "kg",
    "kgs",
    "kilo",
    "kilogram",
    "kilograms",
    "kilos",
    "lb",
    "lbs",
    "m",
    "min",
    "mins",
    "minute",
    "minutes",
    "month",
    "months",
    "o",
    "p",
    "percent",
    "pm",
    "pound",
    "pounds",
    "st",
    "uhr",
    "week",
    "weeks",
    "year",
    "years",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// Quotation marks that are no apostrophes.
const QUOTES: [(char, char); 4] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')];

/// Marks around a word.
const AROUND: &[char] = &[
    '"', '\'', '“', '”', '‘', '’', '„', '«', '»', '`', '(', ')', '[', ']', '{', '}', ',', ';', ':',
    '!', '?', '.', '…', '*', '<', '>', '=', '#', '$', '€', '£', '¥', '+', '/', '-', '–', '—', '→',
];

/// Every value of a request: where it stands, and how it may be written, in lower case.
fn values(request: &str) -> Vec<(usize, Value, Vec<String>)> {
    let mut found = Vec::new();
    let mut add = |at: usize, text: &str, certain: bool, readings: Vec<String>| {
        let value = Value {
            text: text.to_string(),
            certain,
        };
        found.push((at, value, readings));
    };
    let place = |text: &str| request.find(text).unwrap_or_default();
    for address in addresses(request) {
        if !address.contains('=') {
            add(
                place(&address),
                &address,
                true,
                vec![address.to_lowercase()],
            );
        }
    }
    let quoted = quoted(request, &QUOTES).into_iter();
    for text in quoted.chain(in_single_quotes(request)) {
        let at = text.as_ptr() as usize - request.as_ptr() as usize;
        let text = text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c));
        // Names in longer sentences are quoted in passing.
        if (3..=120).contains(&text.chars().count()) {
            add(at, text, false, vec![text.to_lowercase()]);
        }
    }
    let words: Vec<(usize, &str)> = request
        .split_whitespace()
        .map(|word| (word.as_ptr() as usize - request.as_ptr() as usize, word))
        .collect();
    for (number, (at, word)) in words.iter().enumerate() {
        let near = |place: Option<usize>| {
            let word = place.and_then(|place| words.get(place));
            word.map_or("", |(_, word)| word.trim_matches(AROUND))
                .to_lowercase()
        };
        let (before, after) = (near(number.checked_sub(1)), near(Some(number + 1)));
        if word.contains("://") {
            let link = word.trim_matches(|c| AROUND.contains(&c) && c != '/');
            add(*at, link, true, vec![link.to_lowercase()]);
        } else if let Some(path) = path(word) {
            add(*at, path, false, vec![path.to_lowercase()]);
        } else if word.contains('@') {
            // An address, or the beginning of one.
        } else if let Some(name) = name(word) {
            add(*at, name, false, vec![name.to_lowercase()]);
        } else if let Some(amount) = amount(word, &before, &after) {
            let readings = numbers(amount).into_iter();
            let readings =
                readings.filter(|reading| reading.len() > 1 && amount.starts_with(&reading[..1]));
            add(*at, amount, true, readings.collect());
        }
    }
    found
}

/// Enums with more values than this are lists of codes, and their values are words of other meanings.
const FEW: usize = 40;

/// Values of enums that were said beside another one of the same enum, where the program uses that one:
/// "medium or high" is more than `"HIGH"`.
fn siblings(request: &str, program: &str, catalog: &Catalog) -> Vec<(usize, Value, Vec<String>)> {
    let lower = request.to_lowercase();
    let place = |value: &String| {
        let spoken = value.to_lowercase().replace('_', " ");
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !"-_".contains(c));
        let mut places = lower.match_indices(&spoken).map(|(at, _)| at);
        places.find(|at| {
            outside(lower[..*at].chars().next_back())
                && outside(lower[at + spoken.len()..].chars().next())
        })
    };
    let few = |values: &&Vec<String>| values.len() <= FEW;
    let mut found: Vec<(usize, Value, Vec<String>)> = Vec::new();
    for values in catalog.types.enums.values().filter(few) {
        let said: Vec<(usize, &String)> = values
            .iter()
            .filter_map(|value| Some((place(value)?, value)))
            .collect();
        let used = |value: &String| program.contains(&format!("\"{value}\""));
        if said.len() > 1 && said.iter().any(|(_, value)| used(value)) {
            found.extend(said.into_iter().map(|(at, text)| {
                let value = Value {
                    text: text.clone(),
                    certain: false,
                };
                (at, value, vec![format!("\"{}\"", text.to_lowercase())])
            }));
        }
    }
    found
}

/// Values of optional arguments that were said beside what they belong to: "an urgent ticket", "priority high".
fn chosen(request: &str, program: &str, catalog: &Catalog) -> Vec<(usize, Value, Vec<String>)> {
    /// How many words may stand between the value and what it belongs to.
    const BETWEEN: usize = 1;
    let words: Vec<(usize, String)> = request
        .split_whitespace()
        .map(|word| {
            let at = word.as_ptr() as usize - request.as_ptr() as usize;
            (at, word.trim_matches(AROUND).to_lowercase())
        })
        .collect();
    let mut found = Vec::new();
    for task in catalog.tasks() {
        if task.connector.is_none() || !program.contains(&format!("{}(", task.name)) {
            continue;
        }
        for field in task.fields.iter().filter(|field| !field.must_be_given()) {
            let about = format!("{} {} {}", task.publisher(), task.label, field.label);
            let about = about.to_lowercase();
            let about: Vec<&str> = about.split(' ').filter(|word| word.len() > 3).collect();
            for value in &field.values {
                let spoken = value.to_lowercase();
                let beside = |at: usize| {
                    let near = at.saturating_sub(BETWEEN + 1)..(at + BETWEEN + 2).min(words.len());
                    words[near]
                        .iter()
                        .any(|(_, word)| about.contains(&word.as_str()))
                };
                let place = (0..words.len()).find(|at| words[*at].1 == spoken && beside(*at));
                if let Some(place) = place {
                    let text = Value {
                        text: value.clone(),
                        certain: false,
                    };
                    found.push((words[place].0, text, vec![format!("\"{spoken}\"")]));
                }
            }
        }
    }
    found
}

/// A text in single quotation marks, which stand elsewhere as apostrophes: they open after a gap and close
/// before one.
fn in_single_quotes(request: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, c) in request.char_indices().filter(|(_, c)| "'‘’".contains(*c)) {
        let end = at + c.len_utf8();
        let gap = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let (before, after) = (
            request[..at].chars().next_back(),
            request[end..].chars().next(),
        );
        if gap(before) && after.is_some_and(|c| !c.is_whitespace()) {
            open = Some(end);
        } else if let Some(start) = open.filter(|_| gap(after)) {
            found.push(&request[start..at]);
            open = None;
        }
    }
    found
}

/// A word that nobody says but as a name: letters and digits, or parts held together by marks.
fn name(word: &str) -> Option<&str> {
    let bare = word.trim_matches(AROUND);
    let bare = ["'s", "’s"]
        .iter()
        .find_map(|end| bare.strip_suffix(end))
        .unwrap_or(bare);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !bare.chars().all(plain) || !bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let lower = bare.to_lowercase();
    let parts: Vec<&str> = lower.split(['-', '_']).collect();
    let digits = bare.contains(|c: char| c.is_ascii_digit());
    let common = WORDS.contains(&lower.as_str())
        || parts.iter().any(|part| part.is_empty())
        || (!digits && BEGINNINGS.contains(&parts[0]));
    let held = parts.len() > 1 || (digits && bare.len() >= 4);
    (held && !common).then_some(bare)
}

/// A path on a site: "/new".
fn path(word: &str) -> Option<&str> {
    let bare = word.trim_matches(|c| AROUND.contains(&c) && c != '/');
    let rest = bare.strip_prefix('/')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    (rest.len() >= 2
        && rest.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.chars().all(plain))
    .then_some(bare)
}

/// A number of two digits or more that is neither a time nor a date nor counts a unit.
fn amount<'a>(word: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let bare = word.trim_matches(AROUND);
    let number = bare.chars().all(|c| c.is_ascii_digit() || ".,".contains(c));
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let counted = UNITS.contains(&after) || word.contains(['%', '°']);
    let dated = MONTHS.contains(&after) || MONTHS.contains(&before) || before == "at";
    let grouped = after.chars().all(|c| c.is_ascii_digit()) && after.len() == 3;
    let multiplied = ["k", "thousand", "grand", "hundred", "million"].contains(&after);
    (number && digits >= 2 && !counted && !dated && !grouped && !multiplied).then_some(bare)
}

/// A program as its values are looked for.
fn lower(program: &str) -> String {
    program.replace("\\\"", "\"").to_lowercase()
}

/// Whether a text holds a reading: a number not as a part of another.
fn contains(text: &str, reading: &str) -> bool {
    if !reading.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return text.contains(reading);
    }
    text.match_indices(reading).any(|(at, _)| {
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_digit());
        outside(text[..at].chars().next_back())
            && outside(text[at + reading.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(request: &str, current: Option<&str>, program: &str) -> Vec<String> {
        unused(request, current, program, &Catalog::builtin())
            .into_iter()
            .map(|value| value.text)
            .collect()
    }

    #[test]
    fn what_was_said_and_is_not_used_is_found() {
        for (request, expected) in [
            (
                "customer tagged trade-ok: note net prices",
                vec!["trade-ok"],
            ),
            (
                "over 300: cancel, else tag it review-me",
                vec!["300", "review-me"],
            ),
            ("1.200 and more, mail ops@x.io", vec!["1.200", "ops@x.io"]),
            (
                "write \"paid in full, pack it\" to https://x.io/hook",
                vec!["paid in full, pack it", "https://x.io/hook"],
            ),
            (
                "#returns-desk should know, tag web2027",
                vec!["returns-desk", "web2027"],
            ),
            (
                "don't forget: the buyers' note needs 'handle with care', and /new-in leads there",
                vec!["handle with care", "/new-in"],
            ),
        ] {
            assert_eq!(
                texts(request, None, "@order_created\n"),
                expected,
                "{request}"
            );
        }
    }

    #[test]
    fn manners_of_speaking_are_no_values() {
        for request in [
            "auto-tag b2b orders as a follow-up, e-mail or pick-up",
            "at 10 on the 24 december, 30 days or 15 kg or 20 % later",
            "3 orders for our VIPs in Leeds",
            "mail me@home if it's a two-day sale",
            "it's the customers' and/or our vendors' 24/7 thing, isn't it?",
        ] {
            assert_eq!(texts(request, None, ""), Vec::<String>::new(), "{request}");
        }
    }

    #[test]
    fn what_stands_in_the_program_or_the_one_before_is_used() {
        let program =
            "if order.total > 1200:\n    tag(tags=[\"Late-XMAS\"], text=\"say \\\"hi you\\\"\")\n";
        assert!(texts("1,200 late-xmas “say \"hi you\"”", None, program).is_empty());
        assert_eq!(texts("over 120", None, program), ["120"]);
        assert!(texts("no longer over 120", Some("if total > 120:"), program).is_empty());
    }

    #[test]
    fn the_certain_ones_are_named() {
        let all = "tag new-ones, 250 and 300 at ops@x.io";
        let all = unused(all, None, "", &Catalog::builtin());
        assert_eq!(
            sentence(&all).as_deref(),
            Some("Nothing uses “250”, “300” and “ops@x.io” yet; say what it is for.")
        );
        assert_eq!(
            sentence(&unused("tag new-ones", None, "", &Catalog::builtin())),
            None
        );
    }

    #[test]
    fn a_value_said_beside_another_of_its_kind_is_missed() {
        let test = "if orderRiskLevel == \"HIGH\":";
        for (request, program, expected) in [
            ("medium or high risk: mail us", test, vec!["MEDIUM"]),
            ("high risk: mail us", test, vec![]),
            ("tag medium-well ones, high risk", test, vec!["medium-well"]),
            ("medium or high risk", "add_order_tags()", vec![]),
            (
                "medium or high risk",
                "if orderRiskLevel in [\"HIGH\", \"MEDIUM\"]:",
                vec![],
            ),
        ] {
            assert_eq!(texts(request, None, program), expected, "{request}");
        }
    }

    #[test]
    fn a_choice_said_beside_its_step_is_missed() {
        let catalog = Catalog::builtin().with_connectors(&["Zendesk"]);
        let ticket =
            "    zendesk_create_ticket(subject=\"a\", message=\"b\", customer_email=\"c\"MORE)\n";
        for (request, more, expected) in [
            ("return asked for = urgent ticket", "", vec!["urgent"]),
            ("a ticket with priority high", "", vec!["high"]),
            ("an urgent ticket", ", priority=\"urgent\"", vec![]),
            ("orders of high risk become a ticket", "", vec![]),
        ] {
            let found = unused(request, None, &ticket.replace("MORE", more), &catalog);
            let found: Vec<String> = found.into_iter().map(|value| value.text).collect();
            assert_eq!(found, expected, "{request}");
        }
    }
}
